package story

import "slices"

// run is how many words make a shingle. Independent reports of one event share
// few runs of three words; copies share most.
const run = 3

// hash is FNV-1a of a word, mixed so that all its bits are worth the same.
func hash(word string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(word) {
		h = (h ^ uint64(word[i])) * 1099511628211
	}
	return mix(h)
}

// mix is the finisher of MurmurHash3.
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// shingles hashes the runs of three words of a text, whose words have these
// hashes: sorted, each once.
func shingles(words []uint64) []uint32 {
	if len(words) < run {
		return nil
	}
	hs := make([]uint32, len(words)-run+1)
	for i := range hs {
		hs[i] = uint32(mix(words[i]*3+words[i+1]*5+words[i+2]*7) >> 32)
	}
	slices.Sort(hs)
	return slices.Compact(hs)
}

// shared counts what two sorted lists have in common. It has no branch that
// depends on them but its end: the processor would guess each second one wrong.
func shared(a, b []uint32) (n int) {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		x, y := a[i], b[j]
		if x == y {
			n++
		}
		if x <= y {
			i++
		}
		if y <= x {
			j++
		}
	}
	return n
}

// one in sampleRate shingles stands in the index for a short text within a long
// one: of 25 shared ones, the fewest that count, it misses all 4 times in 100.
const sampleRate = 8

// sample picks the shingles whose hash falls in the lowest part (Broder's
// "0 mod m"), the same ones in every text that has them.
func sample(shingles []uint32) []uint32 {
	i, _ := slices.BinarySearch(shingles, (1<<32-1)/sampleRate)
	return shingles[:i]
}
