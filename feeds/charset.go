package feeds

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// marks are byte order marks and what "<" or "<?" looks like in wide encodings.
var marks = []struct {
	start, name string
	enc         encoding.Encoding
	skip        int // bytes of the mark
}{
	{"\x00\x00\xfe\xff", "utf-32be", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), 4},
	{"\xff\xfe\x00\x00", "utf-32le", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), 4},
	{"\xef\xbb\xbf", "utf-8", nil, 3},
	{"\xfe\xff", "utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 2},
	{"\xff\xfe", "utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), 2},
	{"\x00\x00\x00<", "utf-32be", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), 0},
	{"<\x00\x00\x00", "utf-32le", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), 0},
	{"\x00<\x00", "utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 0},
	{"<\x00", "utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), 0},
}

var declaration = regexp.MustCompile(`(?i)^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// decode makes UTF-8 of a document and names the charset it was in. In order: a
// byte order mark, the HTTP header, the XML declaration, what the bytes are
// valid as, what its letters look like. A label that the bytes disprove is passed over:
// publishers change the encoding and forget the label.
func decode(body []byte, contentType string) (text []byte, name string) {
	for _, m := range marks {
		if bytes.HasPrefix(body, []byte(m.start)) {
			body = body[m.skip:]
			if m.enc == nil {
				return patch(body), m.name
			}
			if out, err := m.enc.NewDecoder().Bytes(body); err == nil {
				return out, m.name
			}
		}
	}
	for _, label := range []string{headerCharset(contentType), declared(body)} {
		if out, name, ok := decodeAs(body, label); ok {
			return out, name
		}
	}
	if !utf8.Valid(body) && !mostlyUTF8(body) {
		return guess(body)
	}
	return patch(body), "utf-8"
}

func headerCharset(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return strings.Trim(params["charset"], "' ")
}

func declared(body []byte) string {
	m := declaration.FindSubmatch(body[:min(len(body), 512)])
	if m == nil {
		return ""
	}
	return string(m[1])
}

// decodeAs decodes by a label, unless it is unknown or cannot be true.
func decodeAs(body []byte, label string) ([]byte, string, bool) {
	enc, name := charset.Lookup(label)
	if enc == nil {
		return nil, "", false
	}
	wide := strings.HasPrefix(name, "utf-16") || strings.HasPrefix(name, "utf-32") || name == "replacement"
	if wide && bytes.IndexByte(body[:min(len(body), 64)], 0) < 0 {
		return nil, "", false // "utf-16" above text that is not
	}
	if name == "utf-8" {
		if !utf8.Valid(body) && !mostlyUTF8(body) {
			return nil, "", false
		}
		return patch(body), name, true
	}
	if utf8.Valid(body) && wideRunes(body) && name != "iso-2022-jp" {
		return body, "utf-8", true
	}
	if name == "gbk" { // GB 18030 has all of it and more
		enc, name = simplifiedchinese.GB18030, "gb18030"
	}
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return nil, "", false
	}
	return out, spoken(label, name), true
}

// spoken is the charset's name: the label's, where the Encoding standard reads
// it as windows-1252, of which it is a part.
func spoken(label, name string) string {
	label = strings.ToLower(strings.TrimSpace(label))
	if name == "windows-1252" && (label == "us-ascii" || label == "iso-8859-1") {
		return label
	}
	return name
}

// wideRunes says whether valid UTF-8 has a character beyond ASCII: text in an
// 8-bit charset is almost never valid by accident.
func wideRunes(b []byte) bool {
	return bytes.ContainsFunc(b, func(r rune) bool { return r >= 0x80 })
}

// mostlyUTF8 says whether wrong bytes are the exception.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		b = b[n:]
	}
	return good > 4*bad
}

// patch reads bytes that are no UTF-8 as windows-1252, one by one: a wrong byte
// costs one character, not the document.
func patch(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	out := make([]byte, 0, len(b)+16)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			r = charmap.Windows1252.DecodeByte(b[0])
		}
		out = utf8.AppendRune(out, r)
		b = b[n:]
	}
	return out
}
