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
	last := ' '
	for _, r := range s {
		blank := r == ' '
		if blank && last == ' ' || !blank && unicode.IsSpace(r) || forbidden(r) || r == utf8.RuneError {
			return false
		}
		last = r
	}
	return last != ' ' || s == ""
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
	return textOf(nodes)
}

func textOf(nodes []*html.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		text(&b, n)
	}
	var lines []string
	for _, line := range strings.Split(b.String(), "\n") {
		if line = Plain(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// folded is text with its line breaks, which HTML shows as blanks.
var folded = strings.NewReplacer("\n", " ", "\r", " ")

// text writes a node's text; blocks end a line.
func text(b *strings.Builder, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		b.WriteString(folded.Replace(n.Data))
		return
	case n.Type != html.ElementNode || n.Namespace != "" || dropped[n.DataAtom] || n.DataAtom == 0 && codelike(n.Data):
		return
	case n.DataAtom == atom.Br || n.DataAtom == atom.Hr:
		b.WriteByte('\n')
		return
	}
	block := blocks[n.DataAtom]
	if block {
		b.WriteByte('\n')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		text(b, c)
	}
	if block {
		b.WriteByte('\n')
	}
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
