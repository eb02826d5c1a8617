package topic

import (
	"strings"
	"unicode/utf8"
)

// A glance tells that no word of a text leads to a rule, without cutting the text
// into words, which costs many times as much: most items are in no topic. It looks
// at how words begin, and knows only texts in plain letters.
type glance struct {
	blind  bool // rules stand under words that it cannot tell by their beginning
	begins [1 << 10]uint64
}

// What a glance knows of a word's first letters: that a whole word begins so, or a stem.
const (
	wholeLen = 8
	stemLen  = headLen
	stemMark = 1 << 63 // no plain letter has this bit
)

// bit is the place of a beginning.
func bit(beginning uint64) (word, mask uint64) {
	h := beginning * 0x9e3779b97f4a7c15 >> 48
	return h >> 6, 1 << (h & 63)
}

func (g *glance) has(beginning uint64) bool {
	word, mask := bit(beginning)
	return g.begins[word]&mask != 0
}

// add makes the glance see what an index files a rule under: a folded word, or a
// stem with its star.
func (g *glance) add(filed string) {
	stem, isStem := strings.CutSuffix(filed, "*")
	begins, n := beginning(stem)
	switch {
	case n < len(stem) && n == 0:
		return // it begins with what stands in no plain text
	case isStem && n < stemLen:
		g.blind = true
		return
	case isStem:
		begins = begins&(1<<(8*stemLen)-1) | stemMark
	}
	word, mask := bit(begins)
	g.begins[word] |= mask
}

// beginning are the first plain letters and figures of a text in lower case, at most
// as many as a number holds, and how many plain ones there are before another character.
func beginning(s string) (begins uint64, n int) {
	for n < len(s) {
		c := plain[s[n]]
		if c == 0 {
			break
		}
		if n < wholeLen {
			begins |= uint64(c) << (8 * n)
		}
		n++
	}
	return begins, n
}

// plain are the letters and figures of ASCII in lower case; 0 for other bytes.
var plain = func() (lower [256]byte) {
	for c := byte('a'); c <= 'z'; c++ {
		lower[c], lower[c-'a'+'A'] = c, c
	}
	for c := byte('0'); c <= '9'; c++ {
		lower[c] = c
	}
	return lower
}()

// apart are the signs beyond ASCII that plain texts have, and that end words.
const apart = "’‘“”«»–—…\u00a0"

// overlooks says that no word of the text leads to a rule. A word of a plain text
// begins where its letters do, and folding changes nothing but their case.
func (g *glance) overlooks(text string) bool {
	if g.blind {
		return false
	}
	for at := 0; at < len(text); {
		begins, n := beginning(text[at:])
		switch {
		case n > 0:
			if g.has(begins) || n >= stemLen && g.has(begins&(1<<(8*stemLen)-1)|stemMark) {
				return false
			}
			at += n
		case text[at] < utf8.RuneSelf:
			at++
		default:
			r, size := utf8.DecodeRuneInString(text[at:])
			if !strings.ContainsRune(apart, r) {
				return false
			}
			at += size
		}
	}
	return true
}

// overlooks says that an item is in no topic, and misses none, since no word of it
// leads to a rule, and nothing else does.
func (s *Set) overlooks(d Doc) bool {
	if len(s.roving) > 0 || len(s.index.always) > 0 || s.byID[d.Take] != nil {
		return false
	}
	g, it := &s.index.glance, d.Item
	return g.overlooks(it.Title) && g.overlooks(it.Text) && g.overlooks(plainText(it.Summary))
}
