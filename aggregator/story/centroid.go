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
	first   time.Time // of its leads; zero when it has none
	last    time.Time

	place int32 // in Index.fronts
}

// A front is what rank asks of a story, in one piece of memory: it looks at each
// of the many that share a word with an item, and the rest of them lies far apart.
type front struct {
	tale   *tale   // nil: gone
	score  uint64  // in use within rank
	norm   float64 // length of the story by the frequencies of normOf; 0: not known
	normOf *Frequencies
	first  int64 // ns; of its leads
	last   int64
	leads  int
}

// follow brings a front up to its story.
func (f *front) follow() {
	f.norm, f.leads = 0, f.tale.leads
	if f.leads > 0 {
		f.first, f.last = f.tale.first.UnixNano(), f.tale.last.UnixNano()
	}
}

// length is that of the story, kept until it or the frequencies change.
func (f *front) length(by *Frequencies) float64 {
	if f.normOf != by || f.norm == 0 {
		f.norm, f.normOf = length(f.tale.sum, by), by
	}
	return f.norm
}

// takes is the story's takes for a piece of that time, but for the operator's word.
func (f *front) takes(at int64) bool {
	return f.leads > 0 && f.leads < maxLeads && at-f.last <= int64(Pause) && f.first-at <= int64(Pause) &&
		at-f.first <= int64(Longest) && f.last-at <= int64(Longest)
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

// length is that of a vector of which each term weighs as f says.
func length(v []coordinate, f *Frequencies) float64 {
	var square uint64
	for _, c := range v {
		w := uint64(c.weight) * f.tell(c.term)
		square += w * w
	}
	return math.Sqrt(float64(square))
}

// A probe is the lead of a piece, weighted.
type probe struct {
	v      []coordinate
	tell   []uint64 // of each term
	length float64
	freq   *Frequencies
}

func newProbe(s *Signature, f *Frequencies) probe {
	p := probe{v: s.vector(), freq: f}
	p.tell = make([]uint64, len(p.v))
	for i, c := range p.v {
		p.tell[i] = f.tell(c.term)
	}
	p.length = length(p.v, f)
	return p
}

// cosine is how alike the lead and the story's centroid are, 0 to 1. While
// frequencies tell little one word in common is no likeness: it may be the subject.
func (p *probe) cosine(t *tale, norm float64) float64 {
	var dot uint64
	sum, common := t.sum, 0
	for i, c := range p.v {
		at, ok := slices.BinarySearchFunc(sum, c.term, byTerm)
		if ok {
			common++
			dot += uint64(c.weight) * uint64(sum[at].weight) * p.tell[i] * p.tell[i]
		}
		sum = sum[at:]
	}
	if dot == 0 || common < 2 && (p.freq == nil || p.freq.items < young/10) {
		return 0
	}
	return float64(dot) / (p.length * norm)
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
