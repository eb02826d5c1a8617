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
	ws := make([]Word, 0, len(s)/5+1)
	var pair []int // offsets of the characters of a run without spaces
	it := uax29.FromString("")
	for at := 0; at < len(s); {
		start := at
		if end, letters := ascii(s, at); end > at {
			ws, pair = pairs(ws, s, pair, start), pair[:0]
			if letters {
				low := strings.ToLower(s[start:end])
				ws = append(ws, Word{s[start:end], low, low, start, end})
			}
			at = end
			continue
		}
		it.SetText(s[at:])
		it.Next()
		tok := it.Value()
		at += len(tok)
		r, _ := utf8.DecodeRuneInString(tok)
		if spaceless(r) {
			for i, r := range tok {
				if i == 0 || !unicode.IsMark(r) { // a mark stays with its character
					pair = append(pair, start+i)
				}
			}
			continue
		}
		ws, pair = pairs(ws, s, pair, start), pair[:0]
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || r == '_' || r == narrowBlank {
			ws = parts(ws, tok, start)
		}
	}
	return pairs(ws, s, pair, len(s))
}

// ascii finds the end of the word, or of the one sign, that begins at a boundary,
// where its neighbours leave no doubt; most words of most news. It answers at when
// there is doubt: a sign that may join words, or anything but ASCII, comes next.
func ascii(s string, at int) (end int, letters bool) {
	for end = at; end < len(s) && alphanumeric(s[end]); {
		end++
	}
	if end == at {
		if s[at] == '_' || s[at] >= utf8.RuneSelf {
			return at, false
		}
		end++
		if end < len(s) && s[end] >= utf8.RuneSelf { // a mark would stand on the sign
			return at, false
		}
		return end, false
	}
	next := end
	if next < len(s) && strings.IndexByte(".:',;", s[next]) >= 0 { // joins what stands on both sides
		next++
	}
	if next < len(s) && (s[next] >= utf8.RuneSelf || s[next] == '_' || next > end && alphanumeric(s[next])) {
		return at, false
	}
	return end, true
}

func alphanumeric(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || digit(c) }

// spaceless says whether a script writes words without spaces and is matched by
// pairs of characters.
func spaceless(r rune) bool {
	return r >= 0x2e80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// pairs adds the pairs of a run that ends at end.
func pairs(ws []Word, s string, at []int, end int) []Word {
	if len(at) == 0 {
		return ws
	}
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

// parts cuts a token of UAX #29 where a reader sees two words: "Syria's",
// "#Syria_talks", "Beirut:Damascus", and "calm.Syria", whose blank got lost.
func parts(ws []Word, tok string, start int) []Word {
	from := 0
	for i, r := range tok {
		if !cuts(r) || r == '.' && joined(tok[from:i], tok[i+1:]) {
			continue
		}
		if i > from {
			ws = append(ws, word(tok[from:i], start+from))
		}
		from = i + utf8.RuneLen(r)
	}
	if from < len(tok) {
		ws = append(ws, word(tok[from:], start+from))
	}
	return ws
}

// narrowBlank is what French sets inside « » and before ! and ?. For UAX #29 it
// belongs to the word beside it, as _ does.
const narrowBlank = '\u202f'

// cuts are the characters that may stand inside a token of UAX #29 and end a
// word all the same.
func cuts(r rune) bool {
	switch r {
	case '\'', '’', '‘', 'ʼ', '＇', '`', '´', '_', ':', '·', '.', '．',
		narrowBlank:
		return true
	}
	return false
}

// joined says whether a full stop between two letters or figures belongs to one
// word: "U.S", "Ph.D", "3.5", but not "calm.Syria". It looks at what folding
// leaves, without marks and what cannot be seen.
func joined(before, after string) bool {
	if i := strings.IndexAny(after, ".．"); i >= 0 {
		after = after[:i]
	}
	before, after = Fold(before), Fold(after)
	if before != "" && after != "" && digit(before[len(before)-1]) && digit(after[0]) {
		return true
	}
	return utf8.RuneCountInString(before) < 3 && utf8.RuneCountInString(after) < 3
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func word(raw string, start int) Word {
	w := Word{Raw: raw, Start: start, End: start + len(raw)}
	if plain(raw) {
		w.Fold = strings.ToLower(raw)
		w.Marks = w.Fold
		return w
	}
	if fold, ok := foldArabic(raw); ok {
		w.Fold, w.Marks = fold, raw
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
