package story

import (
	"math"
	"slices"
)

// A probe is the lead of a piece, weighted.
type probe struct {
	v      []coordinate
	pull   []uint64 // of each term: its weight here, and what it tells on both sides
	length float64
	freq   *Frequencies
	at     *table // of terms, in v, from 1 on
}

// newProbe weighs a lead. at is memory for the probe to use.
func newProbe(s *Signature, f *Frequencies, at *table) probe {
	p := probe{v: s.vector(), freq: f, at: at}
	p.pull = make([]uint64, len(p.v))
	at.size(4 * len(p.v)) // mostly free, so that what is not in it is seen at once
	var square uint64
	for i, c := range p.v {
		tell := f.tell(c.term)
		w := uint64(c.weight) * tell
		p.pull[i] = w * tell
		square += w * w
		at.put(c.term, all).value = int32(i + 1)
	}
	p.length = math.Sqrt(float64(square))
	return p
}

// long is how many times as many terms as the lead a story has when it is quicker
// to look up the lead's in it.
const long = 16

// common calls f with the terms that lead and story share: the place in v, and
// the weight in the story.
func (p *probe) common(t *tale, f func(place int, weight uint32)) {
	if len(t.sum) < long*len(p.v) {
		for _, c := range t.sum {
			if at := p.at.get(c.term); at != 0 {
				f(int(at-1), c.weight)
			}
		}
		return
	}
	sum := t.sum
	for i, c := range p.v {
		at, ok := slices.BinarySearchFunc(sum, c.term, byTerm)
		if ok {
			f(i, sum[at].weight)
		}
		sum = sum[at:]
	}
}

// cosine is how alike the lead and the story's centroid are, 0 to 1. While
// frequencies tell little one word in common is no likeness: it may be the subject.
func (p *probe) cosine(t *tale, norm float64) float64 {
	var dot uint64
	n := 0
	p.common(t, func(place int, weight uint32) {
		n++
		dot += uint64(weight) * p.pull[place]
	})
	if dot == 0 || n < 2 && (p.freq == nil || p.freq.items < young/10) {
		return 0
	}
	return float64(dot) / (p.length * norm)
}

// told lists the shared terms that weigh most.
func (p *probe) told(t *tale) []uint32 {
	type part struct {
		term uint32
		dot  uint64
	}
	best := make([]part, 0, explained+1)
	p.common(t, func(place int, weight uint32) {
		c := part{p.v[place].term, uint64(weight) * p.pull[place]}
		at := len(best)
		for at > 0 && (best[at-1].dot < c.dot || best[at-1].dot == c.dot && best[at-1].term > c.term) {
			at--
		}
		if at < explained {
			best = slices.Insert(best[:min(len(best), explained-1)], at, c)
		}
	})
	terms := make([]uint32, len(best))
	for i, c := range best {
		terms[i] = c.term
	}
	return terms
}
