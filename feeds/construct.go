package feeds

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// texts of Atom (RFC 4287, 3.1) by local name.
var atomTexts = map[string]bool{
	"title": true, "subtitle": true, "tagline": true, "summary": true, "content": true, "rights": true, "copyright": true, "info": true,
}

// markup of RSS: elements that often hold raw HTML elements.
var rssTexts = map[string]bool{
	"title": true, "description": true, "summary": true, "content:encoded": true, "body": true, "xhtml:body": true, "fullitem": true,
}

func (n *normaliser) atomText(name string) bool {
	prefix, rest, ok := strings.Cut(name, ":")
	if !ok {
		prefix, rest = "", name
	}
	atom := n.root == "feed" && (prefix == "" || prefix == "atom") || prefix == "atom" || prefix == "a10"
	return atom && atomTexts[strings.ToLower(rest)]
}

// construct says how an element's content becomes HTML; nil when it has parts of
// its own that gofeed reads.
func (n *normaliser) construct(t tag) *construct {
	switch {
	case n.atomText(t.name):
		return atomConstruct(t)
	case n.root != "feed" && rssTexts[strings.ToLower(t.name)]:
		return &construct{name: t.name}
	}
	return nil
}

// atomConstruct reads type (1.0) and mode (0.3) of a text construct.
func atomConstruct(t tag) *construct {
	c := &construct{name: t.name}
	kind, _ := t.attr("type")
	mode, has := t.attr("mode")
	kind, mode = strings.ToLower(strings.TrimSpace(kind)), strings.ToLower(mode)
	switch {
	case kind == "html" || kind == "text/html" && (mode == "escaped" || !has):
	case kind == "xhtml" || kind == "application/xhtml+xml" || kind == "text/html" || strings.HasSuffix(kind, "+xml") || strings.HasSuffix(kind, "/xml"):
		c.escape = true
	case kind == "" || kind == "text" || kind == "text/plain" || kind == "plain":
		c.escape = true
	case strings.HasPrefix(kind, "text/"), !strings.Contains(kind, "/"): // "markdown", say
		c.escape = true
	default: // RFC 4287, 4.1.3.3: any other type is base64
		c.base64 = !has
	}
	c.base64 = c.base64 || mode == "base64"
	return c
}

// inside writes a start tag within a construct as HTML.
func (n *normaliser) inside(t tag) error {
	c := n.take
	name := strings.ToLower(local(t.name))
	if !void[name] && !t.closed {
		if c.open++; c.open > maxMarkup {
			return &LimitError{"elements nested in an item's text", maxMarkup}
		}
		if t.name == c.name {
			c.depth++
		}
	}
	if c.drop {
		return nil
	}
	var b strings.Builder
	b.WriteString("<" + safeName(name))
	for _, a := range t.attrs {
		if plainName(a.name) && a.name != "xmlns" {
			b.WriteString(" " + a.name + `="` + xmlText.Replace(a.value) + `"`)
		}
	}
	b.WriteByte('>')
	if t.closed && !void[name] {
		b.WriteString("</" + safeName(name) + ">")
	}
	c.raw(b.String())
	return nil
}

// raw adds markup, which is not text to escape.
func (c *construct) raw(s string) {
	if !c.drop && c.text.Len()+len(s) <= maxField {
		c.text.WriteString(s)
	}
}

// endInside reads an end tag within a construct and says whether it ends it.
func (n *normaliser) endInside(name string) bool {
	c := n.take
	if name == c.name {
		if c.depth == 0 {
			n.closeConstruct()
			return true
		}
		c.depth--
	}
	if n.outer(name) {
		n.closeConstruct() // <description> without an end: its item's closes it
		return true
	}
	c.open = max(c.open-1, 0)
	if short := strings.ToLower(local(name)); !void[short] && plainName(short) {
		c.raw("</" + short + ">")
	}
	return false
}

// outer says whether an end tag is that of an item or feed around the construct.
func (n *normaliser) outer(name string) bool {
	switch strings.ToLower(local(name)) {
	case "item", "entry", "channel", "rss", "rdf", "feed":
	default:
		return false
	}
	for _, el := range n.stack[1 : len(n.stack)-1] {
		if el.name == name {
			return true
		}
	}
	return false
}

// closeConstruct writes the text taken.
func (n *normaliser) closeConstruct() {
	c := n.take
	n.take = nil
	text := strings.TrimSpace(c.text.String())
	if c.base64 {
		text = unbase64(text)
	}
	if inner, ok := strings.CutPrefix(text, "<div>"); ok && strings.HasSuffix(inner, "</div>") && c.escape && strings.Count(inner, "<div") == 0 {
		text = strings.TrimSuffix(inner, "</div>") // the div of RFC 4287, 3.1.1.3 is not content
	}
	if n.inItem() && len(text) > holdFrom {
		text = n.hold(text)
	}
	xmlText.WriteString(&n.out, text)
}

// void are the elements of HTML without content.
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true,
	"link": true, "meta": true, "param": true, "source": true, "track": true, "wbr": true,
}

// A tag is a start tag.
type tag struct {
	name   string
	attrs  []attr
	closed bool // ends with />
	whole  bool // its > was found
}

type attr struct{ name, value string }

func (t tag) attr(name string) (string, bool) {
	for _, a := range t.attrs {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

// maxAttrs bounds the attributes of one tag; more say nothing.
const maxAttrs = 256

// readTag reads a start tag, quotes missing or not, and answers its length.
func readTag(s string) (t tag, size int) {
	i := 1
	for i < len(s) && !blank(s[i]) && s[i] != '>' && s[i] != '/' {
		i++
	}
	t.name = s[1:i]
	for i < len(s) {
		switch c := s[i]; {
		case c == '>':
			t.whole = true
			return t, i + 1
		case c == '/' && i+1 < len(s) && s[i+1] == '>':
			t.closed, t.whole = true, true
			return t, i + 2
		case c == '<':
			t.whole = true // the next tag starts: this one lost its end
			return t, i
		case blank(c) || c == '/':
			i++
		default:
			var a attr
			a, i = readAttr(s, i)
			if len(t.attrs) < maxAttrs {
				t.attrs = append(t.attrs, a)
			}
		}
	}
	return t, len(s)
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func readAttr(s string, i int) (attr, int) {
	start := i
	for i < len(s) && !blank(s[i]) && s[i] != '=' && s[i] != '>' && s[i] != '/' && s[i] != '<' {
		i++
	}
	a := attr{name: s[start:i]}
	if i == start {
		return a, i + 1
	}
	for i < len(s) && blank(s[i]) {
		i++
	}
	if i >= len(s) || s[i] != '=' {
		return a, i
	}
	i++
	for i < len(s) && blank(s[i]) {
		i++
	}
	if i < len(s) && (s[i] == '"' || s[i] == '\'') {
		end := strings.IndexByte(s[i+1:], s[i])
		if end < 0 {
			return a, len(s)
		}
		a.value = unescape(s[i+1 : i+1+end])
		return a, i + end + 2
	}
	start = i
	for i < len(s) && !blank(s[i]) && s[i] != '>' {
		i++
	}
	a.value = unescape(s[start:i])
	return a, i
}

// unbase64 decodes Atom 0.3's mode="base64" and the media types of Atom 1.0; ""
// when it is none, or holds a picture or a program rather than text.
func unbase64(s string) string {
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil || bytes.IndexByte(data, 0) >= 0 || !utf8.Valid(data) && !mostlyUTF8(data) {
		return ""
	}
	return onlyLegal(string(patch(data)))
}
