package feeds

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// undouble undoes UTF-8 that was taken for windows-1252 and encoded once more
// ("â€¦" for "…"): when every character of a text is one of windows-1252 and the
// bytes they stand for are valid UTF-8. Honest text hardly ever is: a lone é is no
// UTF-8. "é" before a no-break space and "…" is, so only the first bytes of what
// is really met count: U+0080 to U+06FF, and general punctuation.
func undouble(s string) string {
	if strings.IndexByte(s, 0xc3) < 0 {
		return s // such a first byte is written À to ô
	}
	out := make([]byte, 0, len(s))
	for _, r := range s {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok && r >= 0x80 && r < 0xa0 {
			b, ok = byte(r), true // the five that mean nothing there
		}
		if !ok || b >= 0xf5 || len(out) > 0 && !follows(out[len(out)-1], b) {
			return s
		}
		out = append(out, b)
	}
	if !utf8.Valid(out) {
		return s
	}
	return onlyLegal(string(out))
}

// follows says whether a byte may stand behind another in such text.
func follows(last, b byte) bool {
	more := b&0xc0 == 0x80
	switch {
	case last < 0x80:
		return b < 0x80 || b >= 0xc2 && b <= 0xdb || b == 0xe2
	case last == 0xe2:
		return b == 0x80 || b == 0x82 || b == 0x84
	case last >= 0xc2:
		return more
	}
	return true // utf8.Valid judges the rest
}
