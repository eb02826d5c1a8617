package story

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// What makes a copy. Independent reports of one event reach .40 of shared
// shingles at most, and .58 of their words in the same order; texts spun at 40 %
// keep .30 and .69. How many telling words they share does not part the two:
// spinners replace telling words, and who retells the same facts has them.
const (
	nearShare    = .50 // of the shorter text's shingles
	nearShared   = 25
	spunShare    = .65 // of the shorter text's words, in the same order
	spunShingles = .25
	spunWords    = 80
	spunWindow   = 7 * 24 * time.Hour
	nearBudget   = 4000 // postings visited in search of a copy
	nearVerified = 24   // texts compared
	spunVerified = 200
)

// equal finds the piece whose text p repeats word for word.
func (x *Index) equal(p *Piece) (Verdict, bool) {
	if p.Sum == (Sum{}) {
		return Verdict{}, false
	}
	var best *placed
	for _, record := range x.sums[p.Sum] {
		o := x.slots[x.at[record]]
		if x.comparable(p, o, Window) && (best == nil || before(o, best)) {
			best = o
		}
	}
	if best == nil {
		return Verdict{}, false
	}
	return best.copied("copy: same text as item %d of %s", best.Record, best.Source), true
}

// comparable says whether p may be a copy of o at all.
func (x *Index) comparable(p *Piece, o *placed, within time.Duration) bool {
	return o != nil && o.Record != p.Record && o.Lang == p.Lang && p.allowed(o.tale.id) && p.At.Sub(o.At).Abs() <= within
}

// before orders pieces that p is equally like: an original comes before a copy,
// the earlier record before the later.
func before(a, b *placed) bool {
	if (a.copyOf == 0) != (b.copyOf == 0) {
		return a.copyOf == 0
	}
	return a.Record < b.Record
}

// copied is the verdict on a copy of o. Copies name the original, not each other.
func (o *placed) copied(rule string, args ...any) Verdict {
	v := Verdict{Story: o.tale.id, CopyOf: o.Record, Rule: fmt.Sprintf(rule, args...)}
	if o.copyOf != 0 {
		v.CopyOf = o.copyOf
		v.Rule += fmt.Sprintf(", itself a copy of %d", o.copyOf)
	}
	return v
}

// alike finds the piece with which p shares the most of the shorter text's
// shingles, when that makes it a copy. One source repeats itself only word for
// word: what else is alike there is a form it fills in.
func (x *Index) alike(p *Piece) (Verdict, bool) {
	if p.Words < MinWords {
		return Verdict{}, false
	}
	var best *placed
	var share float64
	var common int
	for _, o := range x.suspects(p) {
		if !sameFigures(p, o) || !x.sieve.lets(p, o, nearShare) {
			continue
		}
		n := shared(p.shingles, o.shingles)
		s := float64(n) / float64(min(len(p.shingles), len(o.shingles)))
		if n < nearShared || s < nearShare {
			continue
		}
		if best == nil || s > share || s == share && before(o, best) {
			best, share, common = o, s, n
		}
	}
	if best == nil {
		return Verdict{}, false
	}
	return best.copied("copy: %.0f %% of the shorter text stands in item %d of %s (bar %.0f %%, %d runs of %d words)",
		100*share, best.Record, best.Source, 100*nearShare, common, run), true
}

// suspects are the pieces that share bands or sampled shingles with p, those
// that share most first.
func (x *Index) suspects(p *Piece) []*placed {
	type suspect struct {
		*placed
		hits int32
	}
	slots := make([]int32, 0, 64)
	count := func(slot int32) {
		if x.hits[slot] == 0 {
			slots = append(slots, slot)
		}
		x.hits[slot]++
	}
	x.bands.visit(p.bands, nearBudget, count)
	x.samples.visit(sample(p.shingles), nearBudget, count)
	var found []suspect
	for _, slot := range slots {
		if o := x.slots[slot]; x.comparable(p, o, Window) && o.Source != p.Source {
			found = append(found, suspect{o, x.hits[slot]})
		}
		x.hits[slot] = 0
	}
	slices.SortFunc(found, func(a, b suspect) int {
		return cmp.Or(cmp.Compare(b.hits, a.hits), cmp.Compare(a.Record, b.Record))
	})
	most := make([]*placed, min(len(found), nearVerified))
	for i := range most {
		most[i] = found[i].placed
	}
	return most
}

// spun finds a piece of the story that has p's words in the same order: a copy
// with words replaced. Only inside a story is the looser measure safe.
func (x *Index) spun(p *Piece, t *tale) (Verdict, bool) {
	if p.Words < spunWords {
		return Verdict{}, false
	}
	var best *placed
	var share float64
	var text *sequence
	for _, o := range x.newest(t, spunVerified) {
		if !x.comparable(p, o, spunWindow) || o.Source == p.Source || o.Words < spunWords ||
			!sameFigures(p, o) || !x.sieve.lets(p, o, spunShingles) || likeness(p, o) < spunShingles {
			continue
		}
		if text == nil {
			text = newSequence(p.order)
		}
		s := float64(text.common(o.order)) / float64(min(len(p.order), len(o.order)))
		if s >= spunShare && (best == nil || s > share || s == share && before(o, best)) {
			best, share = o, s
		}
	}
	if best == nil {
		return Verdict{}, false
	}
	return best.copied("copy: %.0f %% of the shorter text's words stand in item %d of %s in the same order (bar %.0f %%)",
		100*share, best.Record, best.Source, 100*spunShare), true
}

// likeness is the share of the shorter text's shingles that the other has.
func likeness(p *Piece, o *placed) float64 {
	return float64(shared(p.shingles, o.shingles)) / float64(min(len(p.shingles), len(o.shingles)))
}

// sameFigures says whether most figures of the one text stand in the other. Where
// they do not, both fill in one form, as a weather report or a table of rates.
func sameFigures(p *Piece, o *placed) bool {
	fewer := min(len(p.figures), len(o.figures))
	return fewer < 3 || 2*shared(p.figures, o.figures) >= fewer
}

// newest are the members of a story, in a large one only the last.
func (x *Index) newest(t *tale, n int) []*placed {
	all := make([]*placed, len(t.members))
	records := make([]int64, len(t.members))
	for i, slot := range t.members {
		all[i] = x.slots[slot]
		records[i] = all[i].Record
	}
	if len(all) <= n {
		return all
	}
	slices.Sort(records) // quicker than sorting what they are of
	least := records[len(records)-n]
	return slices.DeleteFunc(all, func(o *placed) bool { return o.Record < least })
}
