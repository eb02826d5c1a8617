package clean

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A writer renders the nodes that pass, and leaves the tree as what it wrote:
// attributes and texts at once, what is left out or unwrapped by prune.
//
// It notes whether a second pass could see or write anything else. Doubt is
// always safe: the pass is repeated.
type writer struct {
	strings.Builder
	to    linker
	rules *Rules
	skip  drops // repeats and footers; then all that is not written
	open  drops // unwrapped: only what they hold is written

	stack []atom.Atom // of what is written around
	moved bool        // what a second pass finds set apart may be other than this one did
	doubt bool        // a second pass may read or write something else
}

// fragment renders what stays of a document, without the shells of what goes.
func (w *writer) fragment(nodes []*html.Node) string {
	w.open = drops{}
	if len(w.skip) > 0 {
		for _, n := range nodes {
			w.skip.hollow(n)
		}
	}
	for _, n := range nodes {
		w.node(n)
	}
	return strings.TrimSpace(w.String())
}

// link is an address as it may stand in what is written.
func (w *writer) link(raw string) string {
	link := w.to(raw)
	out := w.rules.Apply(link)
	if out != link || link != raw && w.to(link) != link {
		w.doubt = true
	}
	return out
}

func (w *writer) node(n *html.Node) {
	switch {
	case w.skip[n]:
	case n.Type == html.TextNode:
		if s := strip(n.Data); s != n.Data {
			n.Data, w.moved = s, true
		}
		w.text(n.Data)
	case n.Type == html.ElementNode:
		w.element(n)
	default:
		w.skip[n] = true
	}
}

func (w *writer) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
}

// unwrap writes only what n holds.
func (w *writer) unwrap(n *html.Node) {
	w.open[n] = true
	w.children(n)
}

func (w *writer) element(n *html.Node) {
	a := n.DataAtom
	if n.Namespace != "" || dropped[a] || a == 0 && codelike(n.Data) {
		w.skip[n] = true
		return
	}
	names, ok := kept[a]
	switch {
	case !ok || a == atom.Span && n.Attr == nil:
		w.unwrap(n)
		return
	case a == atom.Img:
		w.image(n)
		return
	}
	attrs := w.attributes(n, nil, names)
	switch {
	case a == atom.Span && len(attrs) == 0, a == atom.A && !says(attrs, "href"):
		w.unwrap(n)
		return
	case a == atom.Audio || a == atom.Video:
		if !says(attrs, "src") {
			w.skip[n] = true
			return
		}
		attrs = append(attrs, html.Attribute{Key: "controls"})
	}
	w.start(n, attrs)
	if !void[a] {
		w.inside(n)
		w.WriteString("</")
		w.WriteString(n.Data)
		w.WriteByte('>')
	}
	n.Attr = attrs // only now: pictures ask what surrounds them whether it is hidden
}

// start writes a start tag.
func (w *writer) start(n *html.Node, attrs []html.Attribute) {
	if !w.nests(n.DataAtom) {
		w.doubt = true
	}
	w.WriteByte('<')
	w.WriteString(n.Data)
	for _, at := range attrs {
		w.WriteByte(' ')
		w.WriteString(at.Key)
		w.WriteString(`="`)
		w.text(at.Val)
		w.WriteByte('"')
	}
	if void[n.DataAtom] {
		w.WriteByte('/')
	}
	w.WriteByte('>')
}

// inside writes what stands between a start tag and its end tag.
func (w *writer) inside(n *html.Node) {
	w.stack = append(w.stack, n.DataAtom)
	c := n.FirstChild
	line := n.DataAtom == atom.Pre && c != nil && c.Type == html.TextNode && strings.HasPrefix(c.Data, "\n")
	if line {
		w.WriteByte('\n') // the parser takes one newline after <pre>
	}
	from := w.Len()
	w.children(n)
	if n.DataAtom == atom.Pre && line != strings.HasPrefix(w.String()[from:], "\n") {
		w.doubt = true
	}
	w.stack = w.stack[:len(w.stack)-1]
}

// says whether an attribute is among those written. One that quotes it counts.
func says(attrs []html.Attribute, name string) bool {
	for _, at := range attrs {
		if at.Key == name || strings.Contains(at.Val, " "+name+"=") {
			return true
		}
	}
	return false
}

// attributes adds those that pass to what is there, in the order of the allow-list.
func (w *writer) attributes(n *html.Node, there []html.Attribute, names string) []html.Attribute {
	if n.Attr == nil && n.DataAtom != atom.Audio && n.DataAtom != atom.Video {
		return there
	}
	for name := range strings.FieldsSeq(names) {
		there = w.attribute(n, there, name)
	}
	return w.attribute(n, w.attribute(n, there, "lang"), "dir")
}

// attribute adds one when a value of it passes.
func (w *writer) attribute(n *html.Node, there []html.Attribute, name string) []html.Attribute {
	raw := attr(n, name)
	v := w.value(n, name, raw)
	if v != raw {
		w.doubt = w.doubt || v != "" && w.value(n, name, v) != v
		w.moved = w.moved || Plain(raw) != raw
	}
	if v == "" {
		return there
	}
	return append(there, html.Attribute{Key: name, Val: v})
}

// value is what passes of an attribute's; "" when nothing does.
func (w *writer) value(n *html.Node, name, raw string) string {
	v := Plain(raw)
	switch name {
	case "href":
		if mail, ok := mailto(v); ok {
			return mail
		}
		return w.link(v)
	case "src":
		if v == "" && (n.DataAtom == atom.Audio || n.DataAtom == atom.Video) {
			v = Plain(childSource(n))
		}
		return w.link(v)
	case "dir":
		if v = strings.ToLower(v); v != "rtl" && v != "ltr" && v != "auto" {
			return ""
		}
	case "lang":
		if strings.ContainsFunc(v, func(r rune) bool {
			return !(r == '-' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9')
		}) || len(v) > 35 {
			return ""
		}
	case "width", "height", "colspan", "rowspan", "start":
		if i, err := strconv.Atoi(v); err != nil || i < 1 || i > 10000 || strconv.Itoa(i) != v {
			return ""
		}
	}
	return v
}

// entities are those that html.EscapeString writes.
var entities = strings.NewReplacer("&", "&amp;", "'", "&#39;", "<", "&lt;", ">", "&gt;", `"`, "&#34;")

// text writes a text so that the parser reads it again.
func (w *writer) text(s string) { _, _ = entities.WriteString(&w.Builder, s) } // a Builder has no errors
