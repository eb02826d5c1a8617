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

	weights []uint16 // beside terms; not stored
	fresh   uint16   // of a term not seen yet
	begin   []uint32 // where in terms those with the same first bits begin; not stored
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

// firstBits is how many bits of a term lead to its place in begin.
const firstBits = 12

// weigh prepares tell: the logarithms are taken once, and the terms, hashes that
// they are, lie evenly under their first bits.
func (f *Frequencies) weigh() {
	f.begin = make([]uint32, 1<<firstBits+1)
	for _, t := range f.terms {
		f.begin[t>>(32-firstBits)+1]++
	}
	for i := range f.begin[1:] {
		f.begin[i+1] += f.begin[i]
	}
	f.fresh = f.weight(0)
	f.weights = make([]uint16, len(f.terms))
	for i, n := range f.count {
		f.weights[i] = f.weight(n)
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
	first := term >> (32 - firstBits)
	from, to := f.begin[first], f.begin[first+1]
	if i, ok := slices.BinarySearch(f.terms[from:to], term); ok {
		return uint64(f.weights[int(from)+i])
	}
	return uint64(f.fresh)
}

// A counting is what has come since the last freeze in one language.
type counting struct {
	items int
	terms map[uint32]uint32
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
	sums := make(map[uint32]uint32, len(c.terms))
	next.items = uint32(c.items)
	if f != nil {
		next.items += f.items
		next.Last = max(next.Last, f.Last)
		for i, t := range f.terms {
			sums[t] = f.count[i]
		}
	}
	for t, n := range c.terms {
		sums[t] += n
	}
	least := uint32(1)
	if len(sums) > maxTerms {
		least = 2
	}
	half := next.items > remembered
	if half {
		next.items /= 2
	}
	for t, n := range sums {
		if half {
			sums[t] = n / 2
		}
		if sums[t] >= least {
			next.terms = append(next.terms, t)
		}
	}
	slices.Sort(next.terms)
	next.count = make([]uint32, len(next.terms))
	for i, t := range next.terms {
		next.count[i] = sums[t]
	}
	next.weigh()
	return next
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
