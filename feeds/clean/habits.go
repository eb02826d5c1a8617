package clean

import (
	"encoding/binary"
	"errors"
	"slices"
)

// Habits are what a source's last items say, as hashes: what several of them say
// at their end is no news of one. A Habits is not changed once made and may be
// read from several goroutines; nil is none.
//
//	old := new(clean.Habits)
//	err := old.UnmarshalBinary(stored) // an error: old is empty and may be used
//	habits := clean.Feed(feed, clean.Options{Habits: old})
//	stored, _ = habits.MarshalBinary() // saved with the records
type Habits struct {
	tellings []telling // newest first, no two of one id
}

const (
	lastItems   = 20 // items a source is judged by
	leastItems  = 3  // that say a passage before it is a habit, and 30 % of those looked at
	shownBlocks = 29 // hashes kept of an item, the last ones; with its marks 256 bytes
)

// joined is what the source says now: the items of a document, then older ones.
func (h *Habits) joined(fresh []telling) *Habits {
	all := fresh
	if h != nil {
		all = slices.Concat(fresh, h.tellings)
	}
	var now Habits
	ids := map[uint64]bool{}
	for _, t := range all {
		if id := t.marks[0]; id != 0 && !ids[id] && len(now.tellings) < lastItems {
			ids[id] = true
			now.tellings = append(now.tellings, t)
		}
	}
	return &now
}

// repeated lists the hashes that enough items share.
func (h *Habits) repeated() map[uint64]bool {
	var apart []telling
	count := map[uint64]int{}
	for _, t := range h.tellings {
		if slices.ContainsFunc(apart, t.same) {
			continue
		}
		apart = append(apart, t)
		for _, sum := range t.blocks {
			count[sum]++
		}
	}
	often := map[uint64]bool{}
	for sum, n := range count {
		if n >= leastItems && 10*n >= 3*len(h.tellings) {
			often[sum] = true
		}
	}
	return often
}

// bounded forgets what is not stored.
func (h *Habits) bounded() *Habits {
	for i := range h.tellings {
		t := &h.tellings[i]
		t.blocks = t.blocks[max(0, len(t.blocks)-shownBlocks):]
	}
	return h
}

// layoutVersion is the first byte of a stored Habits.
const layoutVersion = 1

// MarshalBinary gives at most 5,141 bytes, the same for the same habits: the
// version, then of each item the number of its hashes, its marks and they, eight
// bytes each, low byte first. No habits are no bytes.
func (h *Habits) MarshalBinary() ([]byte, error) {
	if h == nil || len(h.tellings) == 0 {
		return nil, nil
	}
	b := []byte{layoutVersion}
	for _, t := range h.tellings {
		b = append(b, byte(len(t.blocks)))
		for _, v := range slices.Concat(t.marks[:], t.blocks) {
			b = binary.LittleEndian.AppendUint64(b, v)
		}
	}
	return b, nil
}

var errHabits = errors.New("habits: not what MarshalBinary writes")

// UnmarshalBinary reads what MarshalBinary wrote. After an error h is empty.
func (h *Habits) UnmarshalBinary(b []byte) error {
	*h = Habits{}
	if len(b) == 0 {
		return nil
	}
	if b[0] != layoutVersion {
		return errHabits
	}
	var all []telling
	for b = b[1:]; len(b) > 0; {
		var t telling
		n := int(b[0])
		size := 1 + 8*(len(t.marks)+n)
		if n > shownBlocks || len(b) < size || len(all) == lastItems {
			return errHabits
		}
		for i := range t.marks {
			t.marks[i] = binary.LittleEndian.Uint64(b[1+8*i:])
		}
		for i := range n {
			t.blocks = append(t.blocks, binary.LittleEndian.Uint64(b[1+8*(len(t.marks)+i):]))
		}
		all, b = append(all, t), b[size:]
	}
	h.tellings = all
	return nil
}
