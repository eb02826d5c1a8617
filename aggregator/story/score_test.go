package story

import (
	"math"
	"testing"
)

// Both scores compare two partitions of the items named in gold, each given as
// item → story. An item that got leaves out is a story of its own; an item that
// gold does not know is not judged.

// bcubed is B³ (Bagga and Baldwin 1998): for each item the share of its story in
// got that belongs there, and the share of its story in gold that is found,
// each averaged over the items; f is their harmonic mean.
func bcubed(gold, got map[string]string) (p, r, f float64) {
	t := tally(gold, got)
	if len(gold) == 0 {
		return 1, 1, 1
	}
	for cell, n := range t.both {
		// Each of the n items sees the n of its own cell as right.
		p += float64(n*n) / float64(t.got[cell.got])
		r += float64(n*n) / float64(t.gold[cell.gold])
	}
	p /= float64(len(gold))
	r /= float64(len(gold))
	return p, r, harmonic(p, r)
}

// pairwise counts pairs of items told as one story: how many of those in got
// are in gold, and how many of those in gold are in got. Where one side has no
// pair at all there is none to be wrong about, and its share is 1.
func pairwise(gold, got map[string]string) (p, r, f float64) {
	t := tally(gold, got)
	var both, inGold, inGot int
	for _, n := range t.both {
		both += n * (n - 1) / 2
	}
	for _, n := range t.gold {
		inGold += n * (n - 1) / 2
	}
	for _, n := range t.got {
		inGot += n * (n - 1) / 2
	}
	p, r = portion(both, inGot), portion(both, inGold)
	return p, r, harmonic(p, r)
}

// A cell is where a story of gold and a story of got meet.
type cell struct{ gold, got string }

type tallied struct {
	gold, got map[string]int // items per story
	both      map[cell]int
}

func tally(gold, got map[string]string) tallied {
	t := tallied{gold: map[string]int{}, got: map[string]int{}, both: map[cell]int{}}
	for item, story := range gold {
		c := cell{story, "alone\x00" + item}
		if told, ok := got[item]; ok {
			c.got = told
		}
		t.gold[c.gold]++
		t.got[c.got]++
		t.both[c]++
	}
	return t
}

func portion(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

func harmonic(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

// The wanted figures were worked out on paper.
func TestScoresAgreeWithFiguresWorkedOutByHand(t *testing.T) {
	gold := map[string]string{"a": "X", "b": "X", "c": "X", "d": "Y", "e": "Y"}
	type score struct{ p, r, f float64 }
	for name, tc := range map[string]struct {
		got          map[string]string
		items, pairs score
	}{
		"as gold, other names": {
			map[string]string{"a": "1", "b": "1", "c": "1", "d": "2", "e": "2"},
			score{1, 1, 1}, score{1, 1, 1},
		},
		// c in the wrong story: items (1+1+1/3+2/3+2/3)/5 and
		// (2/3+2/3+1/3+1+1)/5; pairs ab and de of ab, cd, ce, de.
		"one astray": {
			map[string]string{"a": "1", "b": "1", "c": "2", "d": "2", "e": "2"},
			score{11.0 / 15, 11.0 / 15, 11.0 / 15}, score{.5, .5, .5},
		},
		// (3·3/5 + 2·2/5)/5; 4 right pairs of 10.
		"all in one": {
			map[string]string{"a": "1", "b": "1", "c": "1", "d": "1", "e": "1"},
			score{.52, 1, 1.04 / 1.52}, score{.4, 1, .8 / 1.4},
		},
		// (3·1/3 + 2·1/2)/5; no pair told, so none is wrong.
		"all alone": {nil, score{1, .4, .8 / 1.4}, score{1, 0, 0}},
		// d and e left out, a strange item ignored: recall (3·1 + 2·1/2)/5.
		"some left out": {
			map[string]string{"a": "1", "b": "1", "c": "1", "stranger": "1"},
			score{1, .8, 1.6 / 1.8}, score{1, .75, 1.5 / 1.75},
		},
	} {
		near := func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
		if p, r, f := bcubed(gold, tc.got); !near(p, tc.items.p) || !near(r, tc.items.r) || !near(f, tc.items.f) {
			t.Errorf("%s: B³ %v %v %v, want %v", name, p, r, f, tc.items)
		}
		if p, r, f := pairwise(gold, tc.got); !near(p, tc.pairs.p) || !near(r, tc.pairs.r) || !near(f, tc.pairs.f) {
			t.Errorf("%s: pairs %v %v %v, want %v", name, p, r, f, tc.pairs)
		}
	}
}
