package story

// MinHash in 16 bands of 2 rows: of two texts with half of all their shingles in
// common 99 in 100 pairs share a band, with a third 85; samples find the others.
const (
	bandCount = 16
	rows      = 2
)

// bands are the keys under which a text with alike shingles is found; nil when
// it has none.
func bands(shingles []uint32) []uint32 {
	if len(shingles) == 0 {
		return nil
	}
	var least [bandCount * rows]uint32
	for i := range least {
		least[i] = 1<<32 - 1
	}
	for i := 0; i < len(least); i += 4 { // four at a time stay in registers
		m := (*[4]uint64)(multipliers[i : i+4])
		a, b, c, d := least[i], least[i+1], least[i+2], least[i+3]
		for _, s := range shingles {
			a = min(a, uint32(uint64(s)*m[0]>>32))
			b = min(b, uint32(uint64(s)*m[1]>>32))
			c = min(c, uint32(uint64(s)*m[2]>>32))
			d = min(d, uint32(uint64(s)*m[3]>>32))
		}
		least[i], least[i+1], least[i+2], least[i+3] = a, b, c, d
	}
	keys := make([]uint32, bandCount)
	for i := range keys {
		h := uint64(i)
		for _, m := range least[i*rows : (i+1)*rows] {
			h = mix(h<<32 ^ uint64(m) ^ h>>32)
		}
		keys[i] = uint32(h)
	}
	return keys
}

// multipliers are odd numbers, each of which puts hashes in another order.
var multipliers = func() (m [bandCount * rows]uint64) {
	for i := range m {
		m[i] = mix(uint64(i)+0x9e3779b97f4a7c15) | 1
	}
	return m
}()
