package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Plain makes one line of text safe for every format: no characters XML cannot
// carry, no controls, no marks that reorder what stands around them, blanks
// collapsed.
func Plain(s string) string {
	if isPlain(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || unicode.IsSpace(r):
			return ' '
		case forbidden(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// isPlain says whether Plain has nothing to do, as with most texts.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c > ' ' && c < 0x7f:
		case c == ' ':
			if i == 0 || i+1 == len(s) || s[i+1] == ' ' {
				return false
			}
		case c < utf8.RuneSelf:
			return false
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if unicode.IsSpace(r) || forbidden(r) || r == utf8.RuneError {
				return false
			}
			i += size - 1
		}
	}
	return true
}

// forbidden are characters that no text of ours carries: controls, what XML 1.0
// has no room for, and the bidi embeddings, overrides and isolates of hostile
// titles (U+200E and U+200F stay: they are letters' neighbours in honest text).
func forbidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.IsControl(r), r == '\ufeff', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return true
	case r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef:
		return true
	}
	return false
}

// strip drops forbidden characters and keeps blanks as they are.
func strip(s string) string {
	plain := true
	for _, r := range s {
		if (r < ' ' || r >= 0x7f) && (forbidden(r) || r == utf8.RuneError) {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	return strings.Map(func(r rune) rune {
		if forbidden(r) {
			return -1
		}
		return r
	}, s)
}

// Title is the plain text of a title that may carry markup or entities.
func Title(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return Plain(s)
	}
	return Plain(strings.ReplaceAll(Text(s), "\n", " "))
}

// Text is the plain text of an HTML fragment, one line a block.
func Text(src string) string {
	nodes, err := parse(src)
	if err != nil {
		return Plain(src)
	}
	return textOf(nodes, len(src))
}

// textOf is the text of a document written in so many bytes.
func textOf(nodes []*html.Node, size int) string {
	b := make([]byte, 0, size)
	for _, n := range nodes {
		b = text(b, n)
	}
	var out strings.Builder
	out.Grow(len(b))
	for line := range strings.SplitSeq(string(b), "\n") {
		if line = Plain(line); line != "" {
			if out.Len() > 0 {
				out.WriteByte('\n')
			}
			out.WriteString(line)
		}
	}
	return out.String()
}

// text appends a node's text to b; blocks end a line.
func text(b []byte, n *html.Node) []byte {
	switch {
	case n.Type == html.TextNode:
		from := len(b)
		b = append(b, n.Data...)
		for i := from; i < len(b); i++ {
			if b[i] == '\n' || b[i] == '\r' { // HTML shows them as blanks
				b[i] = ' '
			}
		}
		return b
	case n.Type != html.ElementNode || n.Namespace != "" || dropped[n.DataAtom] || n.DataAtom == 0 && codelike(n.Data):
		return b
	case n.DataAtom == atom.Br || n.DataAtom == atom.Hr:
		return append(b, '\n')
	}
	block := blocks[n.DataAtom]
	if block {
		b = append(b, '\n')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b = text(b, c)
	}
	if block {
		b = append(b, '\n')
	}
	return b
}

// Excerpt cuts a plain text to n characters at a word, and says with "…" that it
// did. Paragraphs become one line.
func Excerpt(s string, n int) string {
	s = Plain(s)
	letters := []rune(s)
	if len(letters) <= n {
		return s
	}
	if n < 2 {
		return ""
	}
	cut := n - 1 // room for the "…"
	for i := cut; i > cut/2; i-- {
		if letters[i] == ' ' {
			cut = i
			break
		}
	}
	return strings.TrimRight(string(letters[:cut]), " ,;:–—-") + "…"
}
