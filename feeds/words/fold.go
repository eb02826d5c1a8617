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
	s = strings.ToValidUTF8(s, "\ufffd") // norm leaves what follows a broken byte as it is
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

// diacritic says whether a mark is left out: those of Latin, Greek, Cyrillic,
// Hebrew, Arabic and Syriac, and the general ones. Other scripts write vowels and
// voicing as marks (Hindi, Thai, Japanese ガ), and without them it is another word.
func diacritic(r rune) bool {
	return (r < 0x0900 || r >= 0x1ab0 && r < 0x2100 || r >= 0xfe00 && r < 0xfe30) && unicode.Is(unicode.Mn, r)
}

// strip takes diacritics off and makes one letter of the Arabic spellings.
func strip(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(s) {
		if !diacritic(r) {
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
	case 'ة', 'ہ', 'ۃ', 'ھ', 'ە':
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
