package story

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"time"
)

// Frequencies say in how many of the items filed so far, in one language, a term
// stands: what everybody writes weighs little. They are counted over matched
// items only, so that on a desk with one subject the subject itself weighs
// nothing. They are frozen, stored, and replaced whole: daily, and more often
// while few items are known.
type Frequencies struct {
	Lang  string
	Day   time.Time // frozen in; UTC
	Last  int64     // the highest record counted: those after it are counted next time
	items uint32
	terms []uint32 // sorted
	count []uint32 // beside terms

	weights table  // of terms; not stored
	fresh   uint64 // the weight of a term not seen yet
}

const (
	// young is the number of items below which frequencies are frozen whenever
	// those filed have grown by a quarter: a desk's first day is not told by none.
	young = 1000
	// remembered bounds items: beyond it every count is halved, so that old
	// subjects fade.
	remembered = 20_000
	// maxTerms bounds the terms: beyond it those seen once are forgotten, which
	// hardly changes their weight.
	maxTerms = 200_000
)

// What the first items are told by: as if doubt items had come before them, and
// no term were quite new.
const (
	doubt = 20
	hint  = .4
)

// fine is the grain of a term's weight. Weights are whole numbers, see the
// package's doc.
const fine = 64

// weigh prepares tell: the logarithms are taken once.
func (f *Frequencies) weigh() {
	f.fresh = uint64(f.weight(0))
	f.weights.size(len(f.terms))
	for i, t := range f.terms {
		f.weights.put(t, all).value = int32(f.weight(f.count[i])) + 1
	}
}

// weight is ln(items/items with the term) in units of 1/fine.
func (f *Frequencies) weight(count uint32) uint16 {
	idf := math.Log((float64(f.items) + doubt) / (float64(count) + hint))
	return uint16(math.Round(fine * max(idf, 0)))
}

// tell is the weight of a term.
func (f *Frequencies) tell(term uint32) uint64 {
	if f == nil {
		return fine
	}
	if w := f.weights.get(term); w != 0 {
		return uint64(w - 1)
	}
	return f.fresh
}

// A counting is what has come since the last freeze in one language.
type counting struct {
	items int
	terms table // how many items have each, plus one
}

// add counts the terms of an item, or takes them out.
func (c *counting) add(terms []uint32, by int) {
	c.items += by
	for _, t := range terms {
		at := c.terms.put(t, all)
		at.value = max(max(at.value, 1)+int32(by), 1)
	}
}

// due says whether the frequencies in use, f, are to be replaced now.
func (c *counting) due(f *Frequencies, now time.Time) bool {
	if c.items == 0 {
		return false
	}
	if f == nil {
		return true
	}
	if f.items < young && uint32(c.items)*4 >= f.items {
		return true
	}
	return now.UTC().Truncate(24 * time.Hour).After(f.Day.UTC().Truncate(24 * time.Hour))
}

// freeze makes next of f and what was counted.
func (c *counting) freeze(f *Frequencies, next Frequencies) Frequencies {
	sums := c.sorted()
	next.items = uint32(c.items)
	if f != nil {
		next.items += f.items
		next.Last = max(next.Last, f.Last)
		was := make([]coordinate, len(f.terms))
		for i, t := range f.terms {
			was[i] = coordinate{t, f.count[i]}
		}
		sums = merge(was, sums, false)
	}
	least := uint32(1)
	if len(sums) > maxTerms {
		least = 2
	}
	half := next.items > remembered
	if half {
		next.items /= 2
	}
	for _, s := range sums {
		if half {
			s.weight /= 2
		}
		if s.weight >= least {
			next.terms, next.count = append(next.terms, s.term), append(next.count, s.weight)
		}
	}
	next.weigh()
	return next
}

// sorted lists what was counted, by term.
func (c *counting) sorted() []coordinate {
	sums := make([]coordinate, 0, c.terms.full)
	for _, at := range c.terms.buckets {
		if at.value > 1 {
			sums = append(sums, coordinate{at.key, uint32(at.value - 1)})
		}
	}
	slices.SortFunc(sums, func(a, b coordinate) int { return byTerm(a, b.term) })
	return sums
}

// AppendBinary appends f as it is stored.
func (f *Frequencies) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, Version...)
	b = append(b, byte(len(f.Lang)))
	b = append(b, f.Lang...)
	b = binary.AppendVarint(b, f.Day.UnixMilli())
	b = binary.AppendVarint(b, f.Last)
	b = binary.AppendUvarint(b, uint64(f.items))
	b = appendSorted(b, f.terms)
	for _, n := range f.count {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return b, nil
}

var errStored = errors.New("story: not stored by this version")

// UnmarshalBinary reads what AppendBinary wrote.
func (f *Frequencies) UnmarshalBinary(b []byte) error {
	r := reader{rest: b}
	if string(r.bytes(len(Version))) != Version {
		return errStored
	}
	*f = Frequencies{Lang: string(r.bytes(int(r.byte())))}
	f.Day = time.UnixMilli(r.varint()).UTC()
	f.Last = r.varint()
	f.items = uint32(r.uvarint())
	f.terms = r.sorted()
	f.count = make([]uint32, len(f.terms))
	for i := range f.count {
		f.count[i] = uint32(r.uvarint())
	}
	f.weigh()
	return r.end()
}
