// Package words is the one place that knows what a word is: for topics, for
// stories, for search, for telling languages apart.
//
//	for _, w := range words.Split("Syria’s Şam") {
//		fmt.Println(w.Raw, w.Fold, w.Marks) // "Syria syria syria", "s s s", "Şam sam şam"
//	}
//	words.Detect(text, "en", "ar") // "ar"
//	words.Dir("ar")                // "rtl"
//
// Words are those of Unicode Standard Annex #29. Folding makes spellings meet
// that a reader takes for one: case, diacritics, width, and in Arabic the forms
// of alef, yeh and teh marbuta (DESIGN 6).
package words

import (
	"strings"
	"unicode"
	"unicode/utf8"

	uax29 "github.com/clipperhouse/uax29/v2/words"
)

// A Word is one word of a text.
type Word struct {
	Raw   string // as it stands
	Fold  string // folded: what terms are compared by
	Marks string // folded, diacritics kept: for texts of unknown language
	Start int    // byte offset in the text
	End   int
}

// Split lists the words of a text in order; the text is valid UTF-8, as clean
// leaves it (words of other bytes may overlap). Punctuation and blanks are no
// words; an apostrophe ends one ("Syria's", "d'Alep", "Halep'te"); Chinese and
// Japanese come as overlapping pairs of characters.
func Split(s string) []Word {
	ws := make([]Word, 0, len(s)/6+1)
	var pair []int // offsets of the characters of a run without spaces
	at := 0
	for it := uax29.FromString(s); it.Next(); {
		tok := it.Value()
		start := at
		at += len(tok)
		r, _ := utf8.DecodeRuneInString(tok)
		if spaceless(r) {
			for i := range tok {
				pair = append(pair, start+i)
			}
			continue
		}
		ws, pair = pairs(ws, s, pair, start), pair[:0]
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) {
			ws = parts(ws, tok, start)
		}
	}
	return pairs(ws, s, pair, at)
}

// spaceless says whether a script writes words without spaces and is matched by
// pairs of characters.
func spaceless(r rune) bool {
	return r >= 0x2e80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// pairs adds the pairs of a run that ends at end.
func pairs(ws []Word, s string, at []int, end int) []Word {
	bounds := append(at[:len(at):len(at)], end)
	for i := range at {
		stop := min(i+2, len(at))
		if i > 0 && stop-i < 2 {
			break // the last character stands in the pair before
		}
		ws = append(ws, word(s[at[i]:bounds[stop]], at[i]))
	}
	return ws
}

// parts cuts a token of UAX #29, which keeps "Syria's" whole, at apostrophes.
func parts(ws []Word, tok string, start int) []Word {
	for {
		i := strings.IndexAny(tok, "'’ʼ＇`´")
		if i < 0 {
			break
		}
		if i > 0 {
			ws = append(ws, word(tok[:i], start))
		}
		_, n := utf8.DecodeRuneInString(tok[i:])
		tok, start = tok[i+n:], start+i+n
	}
	if tok != "" {
		ws = append(ws, word(tok, start))
	}
	return ws
}

func word(raw string, start int) Word {
	w := Word{Raw: raw, Start: start, End: start + len(raw)}
	if plain(raw) {
		w.Fold = strings.ToLower(raw)
		w.Marks = w.Fold
		return w
	}
	w.Marks = FoldMarks(raw)
	w.Fold = strip(w.Marks)
	return w
}

// plain says whether s is ASCII, which has nothing to fold but case.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
