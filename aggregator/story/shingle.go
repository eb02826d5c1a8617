package story

import (
	"slices"

	"github.com/wiredesk/wiredesk/feeds/words"
)

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

// shingles hashes the runs of three words of a text, sorted, each once.
func shingles(text []words.Word) []uint32 {
	if len(text) < run {
		return nil
	}
	hs := make([]uint32, 0, len(text)-run+1)
	a, b := hash(text[0].Fold), hash(text[1].Fold)
	for _, w := range text[run-1:] {
		c := hash(w.Fold)
		hs = append(hs, uint32(mix(a*3+b*5+c*7)>>32))
		a, b = b, c
	}
	slices.Sort(hs)
	return slices.Compact(hs)
}

// shared counts what two sorted lists have in common.
func shared(a, b []uint32) (n int) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			n++
			a, b = a[1:], b[1:]
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
