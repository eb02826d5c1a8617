package feeds

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// legal says whether XML 1.0 has room for a character (2.2), and Unicode a
// meaning: its noncharacters are free for our own use, see held.
func legal(r rune) bool {
	switch {
	case r >= 0xfdd0 && r <= 0xfdef:
		return false
	case r >= 0x20 && r <= 0xd7ff, r >= 0xe000 && r <= 0xfffd, r >= 0x10000 && r <= 0x10ffff:
		return true
	}
	return r == '\t' || r == '\n' || r == '\r'
}

// unescape decodes references once: XML's, HTML's names, numbers, and numbers
// from 128 to 159 as windows-1252, which is what their writers meant. A bare &
// stays as it is; characters XML cannot carry go.
func unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return onlyLegal(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			b.WriteString(onlyLegal(s))
			return b.String()
		}
		b.WriteString(onlyLegal(s[:i]))
		text, n := reference(s[i:])
		b.WriteString(text)
		s = s[i+n:]
	}
}

// reference decodes what s starts with: an & and perhaps a reference. It answers
// the text and the bytes read.
func reference(s string) (string, int) {
	end := strings.IndexByte(s[:min(len(s), 34)], ';')
	if end < 2 {
		return "&", 1
	}
	name := s[1:end]
	if name[0] == '#' {
		return numeric(name[1:], end+1)
	}
	text := html.UnescapeString(s[:end+1])
	if text == s[:end+1] || strings.HasSuffix(text, ";") && name != "semi" {
		return "&", 1 // no such name: the & stood for itself
	}
	return onlyLegal(text), end + 1
}

func numeric(digits string, n int) (string, int) {
	base := 10
	if digits != "" && (digits[0] == 'x' || digits[0] == 'X') {
		digits, base = digits[1:], 16
	}
	code, err := strconv.ParseUint(digits, base, 32)
	if err != nil {
		return "&", 1
	}
	if code > utf8.MaxRune || !legal(rune(code)) {
		return "", n
	}
	return string(legalRune(rune(code))), n
}

// onlyLegal drops what XML 1.0 cannot carry, and reads U+0080 to U+009F, which
// mean nothing in text, as windows-1252.
func onlyLegal(s string) string {
	for i := range len(s) {
		if suspect[s[i]] && (s[i] != 0xc2 || s[i+1] < 0xa0) {
			return strings.Map(legalRune, s)
		}
	}
	return s
}

// suspect are the first bytes of what cannot pass, and of some that can. The text
// is valid UTF-8.
var suspect = func() (t [256]bool) {
	for c := range 0x20 {
		t[c] = c != '\t' && c != '\n' && c != '\r'
	}
	t[0xc2], t[0xef], t[0xf4] = true, true, true
	return t
}()

func legalRune(r rune) rune {
	switch {
	case r >= 0x80 && r < 0xa0:
		if c := charmap.Windows1252.DecodeByte(byte(r)); c != utf8.RuneError {
			return c
		}
		return r // five bytes mean nothing there either
	case legal(r):
		return r
	}
	return -1
}

var xmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "\r", "&#13;")

// cut shortens a text to n bytes at a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
