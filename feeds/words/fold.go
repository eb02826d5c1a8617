package words

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold folds a text as its words are folded, and turns curly quotes, special
// blanks and invisible marks into plain ones. Fold(Fold(s)) == Fold(s).
func Fold(s string) string {
	if plain(s) {
		return strings.ToLower(s)
	}
	return strip(FoldMarks(s))
}

// FoldMarks folds case, width, quotes and invisible characters, and leaves
// diacritics: "Şam" is "şam", not "sam".
func FoldMarks(s string) string {
	if plain(s) {
		return strings.ToLower(s)
	}
	// Folding a character may open it to normalisation and the other way
	// round: twice reaches the end (Unicode 15, 3.13, D146).
	for range 2 {
		s = cases.Fold().String(norm.NFKC.String(s))
	}
	return norm.NFC.String(strings.Map(letter, s))
}

// letter maps what two spellings differ in, and drops what cannot be seen.
func letter(r rune) rune {
	switch r {
	case '\u00a0', '\u2007', '\u202f', '\u2009', '\u200a':
		return ' '
	case '\u2018', '\u2019', '\u201a', '\u201b', '\u02bc', '\u2032':
		return '\''
	case '\u201c', '\u201d', '\u201e', '\u201f', '\u00ab', '\u00bb':
		return '"'
	case '\u2010', '\u2011', '\u2012', '\u2013', '\u2014':
		return '-'
	case '\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u0640': // and tatweel
		return -1
	}
	if unicode.Is(unicode.Bidi_Control, r) {
		return -1
	}
	return r
}

// strip takes diacritics off and makes one letter of the Arabic spellings.
func strip(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(base(r))
		}
	}
	return norm.NFC.String(b.String())
}

// base is the letter that spellings of one sound share. NFD has already split
// أ إ آ ؤ ئ into letter and mark.
func base(r rune) rune {
	switch r {
	case 'ٱ':
		return 'ا'
	case 'ى', 'ی', 'ې':
		return 'ي'
	case 'ة', 'ۀ', 'ہ', 'ە':
		return 'ه'
	case 'ک', 'ڪ':
		return 'ك'
	case 'ı':
		return 'i'
	case 'ø':
		return 'o'
	case 'ł':
		return 'l'
	case 'đ':
		return 'd'
	}
	if r >= '٠' && r <= '٩' { // Arabic-Indic digits
		return r - '٠' + '0'
	}
	if r >= '۰' && r <= '۹' {
		return r - '۰' + '0'
	}
	return r
}

// prefixes are the particles that Arabic writes on to the next word: and, so,
// with, like, for, and the article with them. Longest first.
var prefixes = []string{"وبال", "فبال", "وكال", "ولل", "فلل", "وال", "فال", "بال", "كال", "ال", "لل", "و", "ف", "ب", "ك", "ل"}

// least is how many letters a word keeps when a prefix is taken off: two-letter
// remains would be anything.
const least = 3

// Stems lists a folded Arabic word and what remains of it without each prefix
// it may carry. Words in other scripts come back alone.
func Stems(fold string) []string {
	stems := []string{fold}
	if Script(fold) != "Arab" {
		return stems
	}
	letters := []rune(fold)
	for _, p := range prefixes {
		n := len([]rune(p))
		if strings.HasPrefix(fold, p) && len(letters)-n >= least {
			stems = append(stems, string(letters[n:]))
		}
	}
	return stems
}
