package feeds

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

const (
	guessBytes = 4000 // of words with bytes beyond ASCII: what a guess looks at
	guessLeast = 15   // of 100: a guess below says that no model fits
)

// guess decodes a document that says no charset, or says UTF-8 and is not, by
// the frequencies of its letters (ICU's models). Markup and ASCII words say
// nothing and would speak for the Latin charsets: they are left out.
func guess(body []byte) (text []byte, name string) {
	enc, name := guessed(foreignWords(body))
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return patch(body), "utf-8"
	}
	return out, name
}

func guessed(sample []byte) (encoding.Encoding, string) {
	if thai(sample) {
		return charmap.Windows874, "tis-620"
	}
	if best := likeliest(sample); best.Confidence >= guessLeast {
		// ICU names the ISO charsets of Hebrew, Arabic and Greek for what
		// nearly always was written on Windows.
		label := best.Charset
		if strings.HasPrefix(label, "ISO-8859-8") {
			label = "windows-1255"
		}
		if enc, name := charset.Lookup(label); enc != nil && name != "utf-8" {
			return enc, name
		}
	}
	return charmap.Windows1252, "windows-1252"
}

// likeliest is the best guess. The detector asks its models at the same time and
// lists equal answers in the order they come: the name decides between them, and
// the Western charsets before others, so that the same bytes are always read alike.
func likeliest(sample []byte) (best chardet.Result) {
	all, err := chardet.NewTextDetector().DetectAll(sample)
	if err != nil {
		return best // no model fits at all
	}
	western := func(r chardet.Result) int {
		if r.Charset == "ISO-8859-1" || r.Charset == "windows-1252" {
			return 0
		}
		return 1
	}
	return slices.MinFunc(all, func(a, b chardet.Result) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(western(a), western(b)), cmp.Compare(a.Charset, b.Charset))
	})
}

// foreignWords are the words outside tags that have bytes beyond ASCII.
func foreignWords(body []byte) []byte {
	var out []byte
	for len(body) > 0 && len(out) < guessBytes {
		word := body
		if i := bytes.IndexAny(body, " \t\r\n<>"); i >= 0 {
			word, body = body[:i], body[i+1:]
		} else {
			body = nil
		}
		if bytes.ContainsFunc(word, func(r rune) bool { return r >= 0x80 }) {
			out = append(append(out, word...), ' ')
		}
	}
	return out
}

// thai says whether bytes can only be TIS-620, for which ICU has no model: all of
// them in its two blocks of letters and signs; tone marks and upper vowels among
// them, which stand behind another letter; vowels written in front of a consonant
// in front of one.
func thai(b []byte) bool {
	above, letters, latin := 0, 0, 0
	for i, c := range b {
		switch {
		case c > ' ' && c < 0x80 && i > 0 && b[i-1] >= 0x80:
			latin++ // a second byte, as in Big5
		case c < 0x80:
		case c < 0xa1 || c > 0xda && c < 0xdf || c > 0xfb:
			return false
		case c == 0xd1 || c >= 0xd4 && c <= 0xda || c >= 0xe7 && c <= 0xee:
			if i == 0 || b[i-1] < 0xa1 {
				return false
			}
			above++
		case c >= 0xe0 && c <= 0xe4:
			if i+1 == len(b) || b[i+1] < 0xa1 || b[i+1] > 0xce {
				return false
			}
		default:
			letters++
		}
	}
	return above > 0 && letters > above && latin*20 < letters
}
