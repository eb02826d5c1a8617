package story

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// AppendBinary appends s as it is stored beside its record.
func (s *Signature) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, Version...)
	b = append(b, byte(len(s.Lang)))
	b = append(b, s.Lang...)
	b = append(b, s.Sum[:]...)
	b = binary.AppendUvarint(b, uint64(s.Words))
	content := uint64(s.Content) << 1
	if s.Titled {
		content |= 1
	}
	b = binary.AppendUvarint(b, content)
	b = binary.LittleEndian.AppendUint64(b, s.link)
	b = binary.LittleEndian.AppendUint64(b, s.image)
	b = appendSorted(b, s.shingles)
	b = appendSorted(b, s.terms)
	b = append(b, s.counts...)
	b = binary.AppendUvarint(b, uint64(len(s.order)))
	for _, h := range s.order {
		b = binary.LittleEndian.AppendUint16(b, h)
	}
	b = appendSorted(b, s.figures)
	return appendSorted(b, s.names), nil
}

// UnmarshalBinary reads what AppendBinary wrote. It refuses what another Version
// wrote: such an item is signed anew.
func (s *Signature) UnmarshalBinary(b []byte) error {
	r := reader{rest: b}
	if v := string(r.bytes(len(Version))); v != Version {
		return fmt.Errorf("signature of version %q, this is %s: %w", v, Version, errStored)
	}
	*s = Signature{Lang: string(r.bytes(int(r.byte())))}
	copy(s.Sum[:], r.bytes(len(s.Sum)))
	s.Words = int(r.uvarint())
	content := r.uvarint()
	s.Content, s.Titled = int(content>>1), content&1 == 1
	s.link, s.image = r.uint64(), r.uint64()
	s.shingles = r.sorted()
	s.terms = r.sorted()
	s.counts = slices.Clone(r.bytes(len(s.terms)))
	if n := r.uvarint(); n > 0 && n <= maxOrder {
		s.order = make([]uint16, n)
	}
	for i := range s.order {
		s.order[i] = binary.LittleEndian.Uint16(r.bytes(2))
	}
	s.figures, s.names = r.sorted(), r.sorted()
	s.bands = bands(s.shingles)
	return r.end()
}

// appendSorted appends a sorted list: its length, then what each adds to the one
// before.
func appendSorted(b []byte, list []uint32) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	last := uint32(0)
	for _, v := range list {
		b = binary.AppendUvarint(b, uint64(v-last))
		last = v
	}
	return b
}

// A reader takes stored values off a slice. After the first that is not there
// it gives zeros, and end the error.
type reader struct {
	rest  []byte
	short bool
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.short, r.rest = true, nil
		return make([]byte, min(max(n, 0), 16))
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) byte() byte { return r.bytes(1)[0] }

func (r *reader) uint64() uint64 { return binary.LittleEndian.Uint64(r.bytes(8)) }

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.short, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.short, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) sorted() []uint32 {
	n := r.uvarint()
	if n > uint64(len(r.rest)) { // each takes a byte at least
		r.short, r.rest = true, nil
		return nil
	}
	if n == 0 {
		return nil
	}
	list := make([]uint32, n)
	last := uint32(0)
	for i := range list {
		last += uint32(r.uvarint())
		list[i] = last
	}
	return list
}

func (r *reader) end() error {
	if r.short || len(r.rest) > 0 {
		return errStored
	}
	return nil
}
