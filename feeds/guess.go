package feeds

import (
	"bytes"
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
	best, err := chardet.NewTextDetector().DetectBest(sample)
	switch {
	case err == nil && best.Confidence >= guessLeast:
		// ICU names the ISO charsets of Hebrew, Arabic and Greek for what
		// nearly always was written on Windows.
		label := best.Charset
		if strings.HasPrefix(label, "ISO-8859-8") {
			label = "windows-1255"
		}
		if enc, name := charset.Lookup(label); enc != nil && name != "utf-8" {
			return enc, name
		}
	case thai(sample):
		return charmap.Windows874, "tis-620"
	}
	return charmap.Windows1252, "windows-1252"
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

// thai says whether bytes can be TIS-620, for which ICU has no model: all of
// them in its two blocks of letters and signs, tone marks and upper vowels among
// them, and those only behind another letter.
func thai(b []byte) bool {
	above, letters := 0, 0
	for i, c := range b {
		switch {
		case c < 0x80:
		case c < 0xa1 || c > 0xda && c < 0xdf || c > 0xfb:
			return false
		case c == 0xd1 || c >= 0xd4 && c <= 0xda || c >= 0xe7 && c <= 0xee:
			if i == 0 || b[i-1] < 0xa1 {
				return false
			}
			above++
		default:
			letters++
		}
	}
	return above > 0 && letters > above
}
