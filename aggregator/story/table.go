package story

import "math/rand/v2"

// A table finds numbers by keys that are hashes, in one look into memory where a
// map takes three. It has no order and is never walked for a decision.
type table struct {
	buckets []bucket // a power of two, so that some are always free
	full    int
	shift   int
	salt    uint32 // odd; else a feed could choose words that all fall into one place
}

// A bucket holds one key. The value 0 marks a free one.
type bucket struct {
	key   uint32
	value int32
}

// leastCells is the size of a table that holds something.
const leastCells = 64

// at is the bucket of a key, or the free one where it belongs; the table is not nil.
func (t *table) at(key uint32) *bucket {
	last := uint32(len(t.buckets) - 1)
	for i := key * t.salt >> t.shift; ; i++ {
		c := &t.buckets[i&last]
		if c.key == key || c.value == 0 {
			return c
		}
	}
}

// get is the value of a key, 0 when it has none.
func (t *table) get(key uint32) int32 {
	if t.full == 0 {
		return 0
	}
	if c := t.at(key); c.key == key {
		return c.value
	}
	return 0
}

// put is the bucket of a key, made when it has none: then its value is 0, and the
// caller must set it before the table is used again.
func (t *table) put(key uint32, keep func(value int32) bool) *bucket {
	if 4*(t.full+1) > 3*len(t.buckets) {
		t.grow(keep)
	}
	c := t.at(key)
	if c.value == 0 {
		c.key = key
		t.full++
	}
	return c
}

// grow makes room: first by leaving out what need not be kept.
func (t *table) grow(keep func(value int32) bool) {
	live := 1
	for _, c := range t.buckets {
		if c.value != 0 && keep(c.value) {
			live++
		}
	}
	was := t.buckets
	t.buckets = nil
	t.size(2 * live)
	for _, c := range was {
		if c.value != 0 && keep(c.value) {
			*t.at(c.key) = c
			t.full++
		}
	}
}

// size empties the table and lays it out for so many keys.
func (t *table) size(keys int) {
	n, shift := leastCells, 32-6
	for 3*n < 4*keys {
		n, shift = 2*n, shift-1
	}
	t.full, t.shift = 0, shift
	if t.salt == 0 {
		t.salt = rand.Uint32() | 1
	}
	if len(t.buckets) == n {
		clear(t.buckets)
		return
	}
	t.buckets = make([]bucket, n)
}

// all keeps every value.
func all(int32) bool { return true }
