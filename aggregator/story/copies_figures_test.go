package story

import (
	"slices"
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// The figures of research/topics.md 3.1 on this set, and what DESIGN 7's rule
// of shingles alone would say: for reading, not for passing.
func TestCopiesSetFigures(t *testing.T) {
	type row struct {
		contained []float64
		called    int
		copy      bool
	}
	rows := map[string]*row{}
	for _, p := range goldPairs(t) {
		r := rows[p.Kind]
		if r == nil {
			r = &row{copy: p.Copy}
			rows[p.Kind] = r
		}
		c, shared, shorter := shingleShare(p.A.Text, p.B.Text)
		r.contained = append(r.contained, c)
		if c >= .50 && shared >= 25 && shorter >= 30 && p.A.Lang == p.B.Lang && p.A.Source != p.B.Source {
			r.called++
		}
	}
	kinds := make([]string, 0, len(rows))
	for kind := range rows {
		kinds = append(kinds, kind)
	}
	slices.SortFunc(kinds, func(a, b string) int {
		if rows[a].copy != rows[b].copy {
			return map[bool]int{true: -1, false: 1}[rows[a].copy]
		}
		return strings.Compare(a, b)
	})
	t.Logf("%-36s %5s %5s %4s %4s %4s %6s", "kind", "copy", "pairs", "min", "med", "max", "called")
	for _, kind := range kinds {
		r := rows[kind]
		slices.Sort(r.contained)
		n := len(r.contained)
		t.Logf("%-36s %5v %5d %4.2f %4.2f %4.2f %6d", kind, r.copy, n, r.contained[0], r.contained[n/2], r.contained[n-1], r.called)
	}
}

// shingleShare is the share of the 3-word shingles of the text with fewer that the
// other has too, how many these are, and the words of the shorter text.
func shingleShare(a, b string) (share float64, shared, shorter int) {
	x, n := shinglesOf(a)
	y, m := shinglesOf(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	for s := range x {
		if y[s] {
			shared++
		}
	}
	if len(x) == 0 {
		return 0, 0, min(n, m)
	}
	return float64(shared) / float64(len(x)), shared, min(n, m)
}

func shinglesOf(text string) (set map[[3]string]bool, n int) {
	ws := words.Split(text)
	set = map[[3]string]bool{}
	for i := range max(0, len(ws)-2) {
		set[[3]string{ws[i].Fold, ws[i+1].Fold, ws[i+2].Fold}] = true
	}
	return set, len(ws)
}
