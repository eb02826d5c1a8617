package story

import "math/bits"

// maxOrder bounds the words whose order is kept.
const maxOrder = 512

// order is the beginning of a text whose words have these hashes, a short hash for each. Two words have
// one hash once in 65,536 times.
func order(hashes []uint64) []uint16 {
	hs := make([]uint16, min(len(hashes), maxOrder))
	for i := range hs {
		hs[i] = uint16(hashes[i] >> 48)
	}
	return hs
}

// A sequence is a text made ready to be compared word by word: where in it each
// word stands, as bits.
type sequence struct {
	at  map[uint16][]uint64
	len int
}

func newSequence(order []uint16) *sequence {
	s := &sequence{at: make(map[uint16][]uint64, len(order)), len: len(order)}
	for i, h := range order {
		if s.at[h] == nil {
			s.at[h] = make([]uint64, (len(order)+63)/64)
		}
		s.at[h][i/64] |= 1 << (i % 64)
	}
	return s
}

// common is the length of the longest sequence of words that both texts have in
// the same order, with anything in between (Crochemore et al. 2001, by bits).
func (s *sequence) common(other []uint16) int {
	row := make([]uint64, (s.len+63)/64)
	for i := range row {
		row[i] = ^uint64(0)
	}
	for _, h := range other {
		at := s.at[h]
		if at == nil {
			continue
		}
		var carry uint64
		for i, v := range row {
			hit := v & at[i]
			var sum uint64
			sum, carry = bits.Add64(v, hit, carry)
			row[i] = sum | v&^at[i]
		}
	}
	n := 0
	for i, v := range row {
		if last := s.len - 64*i; last < 64 {
			v |= ^uint64(0) << last
		}
		n += bits.OnesCount64(^v)
	}
	return n
}
