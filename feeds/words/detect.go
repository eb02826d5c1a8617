package words

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/RadhiFadlillah/whatlanggo"
)

// The length in characters from which a guess is worth making. Measured on news:
// of 110 guesses at English under 60 characters 8 were wrong, of 1,450 at longer
// texts one; of 1,000 at Arabic titles of any length none.
const (
	minDetect      = 60
	minDetectOther = 40 // scripts that few languages share
)

// sure is the confidence, by whatlanggo's measure, that a guess must have.
const sure = 0.5

// sampled is how many bytes are looked at. The texts that Detect was measured on
// are shorter, and more costs more.
const sampled = 1000

// onlyIn are the languages that have a script to themselves.
var onlyIn = map[string]string{
	"Grek": "el", "Hang": "ko", "Thai": "th", "Armn": "hy", "Hira": "ja", "Kana": "ja",
}

// Detect guesses the language of a text, among the plausible ones when any are
// given. It answers "" rather than a doubtful guess. Name plausible languages
// only when the text cannot be in another: of 420 texts in a language left out,
// two in three were given to one of those named.
//
// Of news items of title and lead in MasakhaNEWS at least 98 in 100 come out right
// in English, French, Hausa, Igbo, Oromo, Shona, Somali and Tigrinya. These are not
// claimed: Amharic (taken for Tigrinya), Kirundi (for Kinyarwanda, or unknown),
// Yoruba (mostly unknown), and those it has no model of: Swahili and Lingala (taken
// for Hausa, or unknown), Xhosa (for Zulu), Luganda, Nigerian Pidgin (for English).
func Detect(text string, plausible ...string) string {
	if len(text) > sampled {
		text = strings.ToValidUTF8(text[:sampled], "")
	}
	script := Script(text)
	least := minDetectOther
	if script == "Latn" {
		least = minDetect
	}
	if utf8.RuneCountInString(text) < least {
		return ""
	}
	if l := onlyIn[script]; l != "" {
		return among(l, plausible)
	}
	if script == "Latn" && plainEnglish(text) {
		return among("en", plausible)
	}
	if script == "Hani" && strings.ContainsFunc(text, kana) {
		return among("ja", plausible)
	}
	found := whatlanggo.DetectWithOptions(text, whatlanggo.Options{Whitelist: whitelist(plausible)})
	if found.Lang < 0 || found.Confidence < sure {
		return ""
	}
	return among(whatlanggo.LangToStringShort(found.Lang), plausible)
}

// common are the words that English is full of.
var common = map[string]bool{
	"the": true, "of": true, "and": true, "to": true, "a": true, "in": true, "that": true, "for": true, "on": true, "with": true,
	"was": true, "is": true, "said": true, "from": true, "by": true, "at": true, "have": true, "has": true, "which": true, "they": true,
}

// plainEnglish says whether one word in five is common and one in fifty is "the",
// which no other language has that often. Most of what does not say its language
// is English, and whatlanggo looks at 14,000 trigrams to tell.
func plainEnglish(text string) bool {
	all, some, the := 0, 0, 0
	for w := range strings.FieldsSeq(text) {
		all++
		if common[w] {
			some++
		}
		if w == "the" {
			the++
		}
	}
	return all >= 20 && 5*some >= all && 50*the >= all
}

func kana(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) }

// among keeps a guess that is plausible.
func among(lang string, plausible []string) string {
	fits := func(p string) bool { return Normal(p) == lang }
	if len(plausible) > 0 && !slices.ContainsFunc(plausible, fits) {
		return ""
	}
	return lang
}

// whitelist is the plausible languages as whatlanggo wants them: nil for all.
func whitelist(plausible []string) map[whatlanggo.Lang]bool {
	if len(plausible) == 0 {
		return nil
	}
	list := map[whatlanggo.Lang]bool{}
	for l := range whatlanggo.Langs {
		if among(whatlanggo.LangToStringShort(l), plausible) != "" {
			list[l] = true
		}
	}
	return list
}
