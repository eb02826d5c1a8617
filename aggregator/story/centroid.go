package story

import (
	"math"
	"slices"
	"time"
)

// maxLeads bounds a story, and with it the sums below.
const maxLeads = 2000

// A tale is a story as the index holds it.
type tale struct {
	id      int64
	members []int32 // slots of its pieces, in no order
	leads   int     // members that are no copies
	sum     []coordinate
	square  uint64    // of the length that its front knows
	first   time.Time // of its leads; zero when it has none
	last    time.Time

	place int32 // in Index.told
}

// A front is what rank asks of a story besides its score, in one piece of memory:
// it looks at each of the many that share a word with an item, and the rest of them
// lies far apart.
type front struct {
	norm   float64 // length of the story by the frequencies of normOf; 0: not known
	normOf *Frequencies
}

// follow adds a lead's vector to a story, or takes it out, and keeps the length
// that is known: |s±v|² is |s|² ± 2s·v + |v|², and whole numbers lose nothing.
func (f *front) follow(t *tale, v []coordinate, by *Frequencies, out bool) {
	known := f.norm != 0 && f.normOf == by
	if known {
		square, dot := products(t.sum, v, by)
		if out {
			dot = -dot
		}
		t.square += square + 2*dot
	}
	t.sum = merge(t.sum, v, out)
	f.norm = 0
	if known {
		f.norm = math.Sqrt(float64(t.square))
	}
}

// products are v·v and sum·v, both weighted as by says.
func products(sum, v []coordinate, by *Frequencies) (square, dot uint64) {
	for _, c := range v {
		tell := by.tell(c.term)
		w := uint64(c.weight) * tell
		square += w * w
		at, ok := slices.BinarySearchFunc(sum, c.term, byTerm)
		if ok {
			dot += w * uint64(sum[at].weight) * tell
		}
		sum = sum[at:]
	}
	return square, dot
}

// length is that of the story t, kept until the frequencies change.
func (f *front) length(t *tale, by *Frequencies) float64 {
	if f.normOf != by || f.norm == 0 {
		t.square = square(t.sum, by)
		f.norm, f.normOf = math.Sqrt(float64(t.square)), by
	}
	return f.norm
}

// merge adds a lead's vector to a sorted sum, or takes it out.
func merge(sum, v []coordinate, out bool) []coordinate {
	if len(sum) == 0 {
		return v
	}
	merged := make([]coordinate, 0, len(sum)+len(v))
	for len(sum) > 0 || len(v) > 0 {
		switch {
		case len(v) == 0 || len(sum) > 0 && sum[0].term < v[0].term:
			merged = append(merged, sum[0])
			sum = sum[1:]
		case len(sum) == 0 || v[0].term < sum[0].term:
			merged = append(merged, v[0])
			v = v[1:]
		default:
			w := sum[0].weight + v[0].weight
			if out {
				w = sum[0].weight - v[0].weight
			}
			if w > 0 {
				merged = append(merged, coordinate{v[0].term, w})
			}
			sum, v = sum[1:], v[1:]
		}
	}
	return slices.Clip(merged)
}

// square is the squared length of a vector of which each term weighs as f says.
func square(v []coordinate, f *Frequencies) (sum uint64) {
	for _, c := range v {
		w := uint64(c.weight) * f.tell(c.term)
		sum += w * w
	}
	return sum
}

func byTerm(c coordinate, term uint32) int {
	switch {
	case c.term < term:
		return -1
	case c.term > term:
		return 1
	default:
		return 0
	}
}

const (
	// level is the cosine from which a piece tells a story.
	level = .30
	// Pause is how long after its last lead a story takes no new one.
	Pause = 72 * time.Hour
	// Longest is how long a story takes leads at all.
	Longest = 10 * 24 * time.Hour
	// short is the number of content words under which the bar falls as the story
	// grows: the centroid of many headlines spreads, and each has few of its words.
	short  = 12
	least  = .06
	spread = .35
	// ease is the part of the bar that falls for a titled item while its story is
	// lively: what is told within hours with the same words is mostly one thing.
	// An item without a title says too little of what it is about.
	ease = .30
	// lively is how fast both end: a story that has paused does not take up
	// whatever shares a word with it.
	lively = 6 * time.Hour
)

// bar is the cosine that a piece needs to tell the story.
func (t *tale) bar(p *Piece) float64 {
	paused := max(p.At.Sub(t.last), 0)
	life := math.Exp(-paused.Hours() / lively.Hours())
	switch {
	case p.Content < short && t.leads > 1:
		return max(least, level*math.Pow(float64(t.leads), -spread*life))
	case p.Titled:
		return level * (1 - ease*life)
	}
	return level
}
