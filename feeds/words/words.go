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
	low, whole := lower(s)
	each(s, func(from, to int) {
		if whole {
			ws = append(ws, Word{s[from:to], low[from:to], low[from:to], from, to})
		} else {
			ws = append(ws, word(s[from:to], from))
		}
	})
	return ws
}

// Folds lists the folds of the words of a text, as Split has them, and the same
// with a blank behind each. It costs less than Split, and keeps no part of s.
func Folds(s string) (all []string, line string) {
	var room [1 << 10]byte // enough for most paragraphs
	var places [1 << 7]int
	folds, ends := room[:0], places[:0]
	low, whole := lower(s)
	each(s, func(from, to int) {
		if whole {
			folds = append(folds, low[from:to]...)
		} else {
			folds = append(folds, fold(s[from:to])...)
		}
		ends = append(ends, len(folds))
		folds = append(folds, ' ')
	})
	line = string(folds)
	all = make([]string, len(ends))
	from := 0
	for i, end := range ends {
		all[i] = line[from:end]
		from = end + 1
	}
	return all, line
}

// Count is how many words a text has: len(Split(s)).
func Count(s string) (n int) {
	each(s, func(int, int) { n++ })
	return n
}

// each finds the words of a text, in order.
func each(s string, found func(from, to int)) {
	var pair []int // offsets of the characters of a run without spaces
	it := uax29.FromString("")
	for at := 0; at < len(s); {
		start := at
		if s[at] == ' ' && len(pair) == 0 && at+1 < len(s) && s[at+1] < utf8.RuneSelf { // every other call of ascii
			at++
			continue
		}
		if end, letters := ascii(s, at); end > at {
			if len(pair) > 0 {
				pairs(pair, start, found)
				pair = pair[:0]
			}
			if letters {
				found(start, end)
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
		pairs(pair, start, found)
		pair = pair[:0]
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || r == '_' || r == narrowBlank {
			parts(tok, start, found)
		}
	}
	pairs(pair, len(s), found)
}

// ascii finds the end of the word, or of the one sign, that begins at a boundary,
// where its neighbours leave no doubt; most words of most news. It answers at when
// there is doubt: a sign that may join words, or anything but ASCII, comes next.
func ascii(s string, at int) (end int, letters bool) {
	for end = at; end < len(s) && alphanumeric[s[end]]; {
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
	if next < len(s) && joins(s[next]) {
		next++
	}
	if next < len(s) && (s[next] >= utf8.RuneSelf || s[next] == '_' || next > end && alphanumeric[s[next]]) {
		return at, false
	}
	return end, true
}

// joins says whether a sign may make one word of what stands on both sides.
func joins(c byte) bool { return c == '.' || c == ':' || c == '\'' || c == ',' || c == ';' }

// alphanumeric are the letters and digits of ASCII.
var alphanumeric = func() (t [256]bool) {
	for c := range t {
		t[c] = c|0x20 >= 'a' && c|0x20 <= 'z' || digit(byte(c))
	}
	return t
}()

// spaceless says whether a script writes words without spaces and is matched by
// pairs of characters.
func spaceless(r rune) bool {
	return r >= 0x2e80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// pairs finds the pairs of a run of characters that ends at end.
func pairs(at []int, end int, found func(from, to int)) {
	for i, from := range at {
		switch {
		case i+2 < len(at):
			found(from, at[i+2])
		case i == 0 || i+2 == len(at): // the last character stands in the pair before
			found(from, end)
		}
	}
}

// parts cuts a token of UAX #29 where a reader sees two words: "Syria's",
// "#Syria_talks", "Beirut:Damascus", and "calm.Syria", whose blank got lost.
func parts(tok string, start int, found func(from, to int)) {
	from := 0
	for i, r := range tok {
		if !cuts(r) || r == '.' && joined(tok[from:i], tok[i+1:]) {
			continue
		}
		if i > from {
			found(start+from, start+i)
		}
		from = i + utf8.RuneLen(r)
	}
	if from < len(tok) {
		found(start+from, start+len(tok))
	}
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
	if low, ok := lower(raw); ok {
		w.Fold, w.Marks = low, low
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

// fold is the Fold of a word.
func fold(raw string) string {
	if low, ok := lower(raw); ok {
		return low
	}
	if fold, ok := foldArabic(raw); ok {
		return fold
	}
	return strip(FoldMarks(raw))
}

// lower is an ASCII text in lower case; false for any other.
func lower(s string) (string, bool) {
	capitals := false
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return "", false
		}
		capitals = capitals || s[i] >= 'A' && s[i] <= 'Z'
	}
	if capitals {
		return strings.ToLower(s), true
	}
	return s, true
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
