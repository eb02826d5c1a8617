package story

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// A peer is how another aggregator groups items: by the likeness of two titles
// within the pause of a story, the first like one deciding.
type peer struct {
	name string
	same func(a, b []uint32) bool
	take func(title string) []string
}

var peers = []peer{
	{"NewsBlur: overlap >= .6", func(a, b []uint32) bool {
		n := shared(a, b)
		return n >= 3 && float64(n) >= .6*float64(min(len(a), len(b)))
	}, longWords},
	{"tt-rss: trigrams >= .75", func(a, b []uint32) bool { return jaccard(a, b) >= .75 }, trigrams},
	{"titles: Jaccard >= .55", func(a, b []uint32) bool { return jaccard(a, b) >= .55 }, allWords},
}

// told groups items as the peer does. An item without a title is compared by its
// first words.
func (p peer) told(items []goldItem) map[string]string {
	got := map[string]string{}
	sets := make([][]uint32, len(items))
	for i, it := range items {
		title := it.Item.Title
		if title == "" {
			ws := words.Split(it.Item.Text)
			title = it.Item.Text[:ws[min(len(ws), 20)-1].End]
		}
		for _, w := range p.take(title) {
			sets[i] = append(sets[i], uint32(hash(w)))
		}
		slices.Sort(sets[i])
		sets[i] = slices.Compact(sets[i])
		got[it.ID] = fmt.Sprint(i)
		for j := i - 1; j >= 0 && it.At.Sub(items[j].At) <= Pause; j-- {
			if p.same(sets[i], sets[j]) {
				got[it.ID] = got[items[j].ID]
				break
			}
		}
	}
	return got
}

func jaccard(a, b []uint32) float64 {
	n := shared(a, b)
	return portion(n, len(a)+len(b)-n)
}

func allWords(title string) (ws []string) {
	for _, w := range words.Split(title) {
		ws = append(ws, w.Fold)
	}
	return ws
}

func longWords(title string) []string {
	return slices.DeleteFunc(allWords(title), func(w string) bool { return utf8.RuneCountInString(w) < 5 })
}

// trigrams are those of PostgreSQL's pg_trgm: of each word, two blanks before and
// one behind it.
func trigrams(title string) (ts []string) {
	for _, w := range allWords(title) {
		rs := []rune("  " + w + " ")
		for i := range len(rs) - 2 {
			ts = append(ts, string(rs[i:i+3]))
		}
	}
	return ts
}
