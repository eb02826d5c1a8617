package words

import (
	"strings"
	"unicode/utf8"
)

// foldArabic folds a word of plain Arabic letters, most words of Arabic news,
// without the general machinery: such letters have no case and no width, and
// only these have forms. It answers false for a word with anything else in it.
func foldArabic(s string) (string, bool) {
	if !arabicLetters(s) {
		return "", false
	}
	for _, r := range s {
		if arabicForm(r) != r {
			b := make([]byte, 0, len(s))
			for _, r := range s {
				b = utf8.AppendRune(b, arabicForm(r))
			}
			return string(b), true
		}
	}
	return s, true
}

// arabicLetters says whether s is letters of the basic block, hamza to yeh,
// without tatweel and vowel marks.
func arabicLetters(s string) bool {
	for _, r := range s {
		if r < 'ء' || r > 'ي' || r > 'غ' && r < 'ف' {
			return false
		}
	}
	return s != ""
}

// arabicForm is the letter that the spellings of a sound share: a hamza leaves
// its carrier.
func arabicForm(r rune) rune {
	switch r {
	case 'آ', 'أ', 'إ':
		return 'ا'
	case 'ؤ':
		return 'و'
	case 'ئ', 'ى':
		return 'ي'
	case 'ة':
		return 'ه'
	}
	return r
}

// particles are what Arabic writes on to the next word: and, so, with, like,
// for, the article, and what they come to together.
var particles = []string{
	"و", "ف", "ب", "ك", "ل", "ال", "لل", "وب", "وك", "ول", "فب", "فك", "فل",
	"وال", "فال", "بال", "كال", "وبال", "وكال", "ولل", "فبال", "فكال", "فلل",
}

// least is how many letters a word keeps when a prefix is taken off: two-letter
// remains would be anything.
const least = 3

// Prefixable says whether a folded word is in the Arabic block, where words may
// carry prefixes.
func Prefixable(fold string) bool { return fold != "" && fold[0] >= 0xd8 && fold[0] <= 0xdb }

// Stems lists what remains of a folded Arabic word without each prefix it may
// carry: والسوري may be السوري and سوري. After ل the article loses its alef, so
// that للاسد may be الاسد too. There are none for a word in another script.
func Stems(fold string) (stems []string) {
	if !Prefixable(fold) {
		return nil
	}
	letters := utf8.RuneCountInString(fold)
	for _, p := range particles {
		rest, ok := strings.CutPrefix(fold, p)
		if !ok || letters-utf8.RuneCountInString(p) < least {
			continue
		}
		stems = append(stems, rest)
		if strings.HasSuffix(p, "لل") {
			stems = append(stems, "ال"+rest)
		}
	}
	return stems
}

// Prefixed lists the words in which a folded Arabic word stands behind a prefix:
// those it is one of the Stems of. There are none for a word in another script.
func Prefixed(fold string) (forms []string) {
	if !Prefixable(fold) || utf8.RuneCountInString(fold) < least {
		return nil
	}
	for _, p := range particles {
		forms = append(forms, p+fold)
	}
	bare, ok := strings.CutPrefix(fold, "ال")
	if !ok || utf8.RuneCountInString(bare) < least {
		return forms
	}
	for _, p := range particles {
		if strings.HasSuffix(p, "لل") {
			forms = append(forms, p+bare)
		}
	}
	return forms
}
