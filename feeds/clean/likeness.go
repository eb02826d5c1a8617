package clean

import (
	"slices"
	"strings"
	"unicode"
)

// near says whether two texts under 60 words are one, told with a word more or
// another spelling: nine in ten words shared (Jaccard), those in one order, and
// the rest missing on one side or alike. Two captions that differ by a place or
// a figure are two.
func near(a, b []string) bool {
	if len(a) >= longest || len(b) >= longest || min(len(a), len(b)) < 5 {
		return false
	}
	unlike := 0 // words of b that a has not: most neighbours share few, and need no table to tell
	for i, w := range b {
		if !slices.Contains(a, w) && !slices.Contains(b[:i], w) {
			if unlike++; 9*unlike > min(len(a), len(b)) {
				return false
			}
		}
	}
	in := map[string]int{}
	for _, w := range a {
		in[w] |= 1
	}
	for _, w := range b {
		in[w] |= 2
	}
	both := 0
	for _, m := range in {
		if m == 3 {
			both++
		}
	}
	if float64(both) < .9*float64(len(in)) {
		return false
	}
	sharedA, restA := part(a, in)
	sharedB, restB := part(b, in)
	return sharedA == sharedB && (restA == "" || restB == "" || alike(restA, restB))
}

// part splits a text into the words both have and the others, run together:
// "AlJazeera" is "Al Jazeera".
func part(ws []string, in map[string]int) (shared, rest string) {
	var s, r strings.Builder
	for _, w := range ws {
		if in[w] == 3 {
			s.WriteString(w + " ")
			continue
		}
		r.WriteString(w)
	}
	return s.String(), r.String()
}

// alike says whether two words share two thirds of their letters, at their
// beginning and end, and no figure sets them apart.
func alike(a, b string) bool {
	if a == b {
		return true
	}
	if strings.ContainsFunc(a+b, unicode.IsNumber) {
		return false
	}
	x, y := []rune(a), []rune(b)
	n, head, tail := min(len(x), len(y)), 0, 0
	for head < n && x[head] == y[head] {
		head++
	}
	for head+tail < n && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	return 3*(head+tail) >= 2*max(len(x), len(y))
}

// blankLost says whether two texts differ in nothing but blanks: "Al Jazeera",
// "AlJazeera".
func blankLost(a, b *passage) bool {
	n, m := len(a.words), len(b.words)
	return n != m && min(n, m) > short && max(n, m)-min(n, m) <= 3 &&
		strings.ReplaceAll(a.fold, " ", "") == strings.ReplaceAll(b.fold, " ", "")
}
