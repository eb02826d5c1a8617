package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Normal is the primary subtag of a language tag (BCP 47) in lower case: "en"
// for "en-US", "ar" for "AR_sy", "" for what is no tag.
func Normal(tag string) string {
	tag = strings.ToLower(strings.TrimSpace(tag))
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		tag = tag[:i]
	}
	if len(tag) < 2 || len(tag) > 3 {
		return ""
	}
	for i := range len(tag) {
		if tag[i] < 'a' || tag[i] > 'z' {
			return ""
		}
	}
	return tag
}

// Tag is a whole language tag as BCP 47 writes it, with hyphens: "en-US" for
// "en_US"; "" for what is no tag. Letter case stays: it means nothing.
func Tag(tag string) string {
	tag = strings.ReplaceAll(strings.TrimSpace(tag), "_", "-")
	odd := func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	if Normal(tag) == "" || len(tag) > 35 || strings.ContainsFunc(tag, odd) {
		return ""
	}
	return tag
}

// rtl are the languages written from right to left.
var rtl = map[string]bool{
	"ar": true, "fa": true, "he": true, "ur": true, "ps": true, "ckb": true, "sd": true, "ug": true,
	"yi": true, "dv": true, "arc": true, "syr": true, "iw": true, "prs": true,
}

// Dir is the direction a language is written in: "rtl" or "ltr".
func Dir(lang string) string {
	if rtl[Normal(lang)] {
		return "rtl"
	}
	return "ltr"
}

// scripts by their ISO 15924 codes, the likely ones first.
var scripts = []struct {
	code  string
	table *unicode.RangeTable
}{
	{"Latn", unicode.Latin}, {"Arab", unicode.Arabic}, {"Cyrl", unicode.Cyrillic}, {"Hebr", unicode.Hebrew},
	{"Grek", unicode.Greek}, {"Hani", unicode.Han}, {"Hira", unicode.Hiragana}, {"Kana", unicode.Katakana},
	{"Hang", unicode.Hangul}, {"Deva", unicode.Devanagari}, {"Armn", unicode.Armenian}, {"Thai", unicode.Thai},
}

// Script is the script most letters of a text are in, by its ISO 15924 code;
// "" for a text without letters.
func Script(s string) string {
	count := make([]int, len(scripts))
	seen := 0
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf && alphanumeric[r] && !digit(byte(r)):
			count[0]++ // Latin, as most are
		case r < utf8.RuneSelf || !unicode.IsLetter(r):
			continue
		default:
			for i := range scripts {
				if unicode.Is(scripts[i].table, r) {
					count[i]++
					break
				}
			}
		}
		if seen++; seen == 400 {
			break // enough to tell
		}
	}
	best := -1
	for i, n := range count {
		if n > 0 && (best < 0 || n > count[best]) {
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	return scripts[best].code
}

// ScriptOf is the script a language is usually written in; "" when not known.
func ScriptOf(lang string) string {
	switch l := Normal(lang); {
	case l == "":
		return ""
	case l == "he" || l == "yi" || l == "iw":
		return "Hebr"
	case l == "ku": // Kurmanji; Sorani is ckb
		return "Latn"
	case rtl[l]:
		return "Arab"
	case strings.Contains(" ru uk bg be mk kk mn tg ky sr ", " "+l+" "):
		return "Cyrl"
	case l == "el":
		return "Grek"
	case l == "zh" || l == "ja":
		return "Hani"
	case l == "ko":
		return "Hang"
	default:
		return "Latn"
	}
}
