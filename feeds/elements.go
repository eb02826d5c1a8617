package feeds

import (
	"fmt"
	"net/url"
	"strings"
)

// start reads a start tag.
func (n *normaliser) start(rest string) error {
	from := n.at
	t, size := readTag(rest)
	n.at += size
	if size == len(rest) && !t.whole {
		return nil // the document breaks off inside a tag
	}
	if n.elements++; n.elements > maxElements {
		return &LimitError{"elements", maxElements}
	}
	if n.take != nil {
		return n.inside(t)
	}
	if n.root == "" {
		if err := n.open(t); err != nil {
			return err
		}
	}
	if len(n.stack) > maxNesting {
		return &LimitError{"elements nested", maxNesting}
	}
	if n.isItem(t.name) && n.skipping == 0 && n.pass(from, t) {
		return nil
	}
	if n.child(t); n.xmlns > maxXMLNS {
		return &LimitError{"namespace declarations", maxXMLNS}
	}
	return nil
}

// open judges the root element.
func (n *normaliser) open(t tag) error {
	n.root = strings.ToLower(local(t.name))
	n.rootPrefix, _, _ = strings.Cut(t.name, ":")
	if n.rootPrefix == t.name || isKnown(n.rootPrefix) {
		n.rootPrefix = ""
	}
	switch n.root {
	case "rss", "rdf", "feed":
		return nil
	case "html", "head", "body", "title", "meta", "link", "script", "div", "p": // HTML lets its root be left out
		return ErrHTML
	default:
		return fmt.Errorf("the root element is %s: not a feed", cut(n.root, 40))
	}
}

// pass counts an item and passes over one whose bytes are known.
func (n *normaliser) pass(from int, t tag) bool {
	if n.items++; n.items > MaxItems {
		return false // child leaves it out
	}
	n.raw = n.rawItem(from, t)
	if n.raw.end == 0 || !n.known[n.raw.sum] {
		return false
	}
	n.skipped = append(n.skipped, n.raw.sum)
	n.at = n.raw.end
	return true
}

// child writes an element and what gofeed would lose of it.
func (n *normaliser) child(t tag) {
	parent := n.stack[len(n.stack)-1]
	el := inherit(parent, t)
	first := len(n.stack) == 1
	switch item := n.isItem(t.name); {
	case n.skipping > 0:
	case item && n.items > MaxItems:
		n.over++
		n.skipping = len(n.stack)
	case item:
		n.itemAt, n.itemDepth, n.told, n.itemParts = n.out.Len(), len(n.stack), false, 0
	case n.crowded():
		n.skipping = len(n.stack)
	}
	n.xmlns += el.xmlns
	n.declare(el, 1)
	el.hidden = n.inItem() && n.root != "feed" && t.name == "categories"
	n.stack = append(n.stack, el)
	if n.skipping == 0 && !el.hidden {
		n.writeStart(t, first)
		n.writeOwn(t, el)
	}
	switch {
	case t.closed:
		n.close()
	case n.skipping == 0:
		n.take = n.construct(t)
		if n.take != nil && n.inItem() && el.base != parent.base {
			n.own("base", el.base) // an xml:base on the text itself
		}
	}
}

// crowded counts an element and says whether its item, or the feed beside its
// items, has too many.
func (n *normaliser) crowded() bool {
	parts := &n.feedParts
	if n.inItem() {
		parts = &n.itemParts
	}
	*parts++
	return *parts > maxParts
}

// inherit is the element of a start tag below a parent.
func inherit(parent element, t tag) element {
	el := element{name: t.name, lang: parent.lang, base: parent.base}
	for _, a := range t.attrs {
		switch prefix, name, ok := strings.Cut(a.name, ":"); {
		case a.name == "xml:lang":
			el.lang = a.value
		case a.name == "xml:base":
			el.base = joinURL(parent.base, a.value)
		case a.name == "xmlns":
			el.xmlns++
			el.spaces = append(el.spaces, "", a.value)
		case ok && prefix == "xmlns":
			el.xmlns++
			if a.value != ownNamespace && plainName(name) && a.value != "" {
				el.spaces = append(el.spaces, name, a.value)
			}
		}
	}
	return el
}

// declare puts the prefixes of an element in force, or out of it.
func (n *normaliser) declare(el element, by int) {
	for i := 0; i < len(el.spaces); i += 2 {
		if prefix := el.spaces[i]; prefix != "" {
			n.declared[prefix] += by
		}
	}
}

// isItem says whether an element about to open is an item of this kind of
// document. What stands inside an item is none: gofeed does not read it as one.
func (n *normaliser) isItem(name string) bool {
	if n.inItem() {
		return false
	}
	switch strings.ToLower(local(name)) {
	case "item":
		return n.root != "feed" && len(n.stack) <= 3
	case "entry":
		return n.root == "feed" && len(n.stack) == 2
	}
	return false
}

func (n *normaliser) inItem() bool { return n.itemAt >= 0 }

// end reads an end tag. One that closes nothing is passed over; one that closes
// an outer element closes what is open inside.
func (n *normaliser) end(rest string) {
	i := strings.IndexByte(rest, '>')
	if i < 0 {
		n.at = len(n.src)
		return
	}
	n.at += i + 1
	name := strings.TrimSpace(rest[2:i])
	if n.take != nil {
		if !n.endInside(name) {
			return
		}
	}
	for d := len(n.stack) - 1; d > 0; d-- {
		if n.stack[d].name == name {
			for len(n.stack) > d {
				n.close()
			}
			return
		}
	}
}

// close closes the innermost element.
func (n *normaliser) close() {
	depth := len(n.stack) - 1
	el := n.stack[depth]
	n.stack = n.stack[:depth]
	n.xmlns -= el.xmlns
	n.declare(el, -1)
	if n.skipping > 0 {
		if depth == n.skipping {
			n.skipping = 0
		}
		return
	}
	item := n.inItem() && depth == n.itemDepth
	if item && n.at == n.raw.end {
		n.own("raw", n.raw.sum.String())
	}
	if !el.hidden {
		n.out.WriteString("</" + el.written + ">")
	}
	if item {
		n.itemAt, n.raw = -1, rawItem{}
	}
}

// finish closes what is open at the end of a document that breaks off. An item
// still open is not whole: it goes.
func (n *normaliser) finish() {
	if n.take != nil && n.itemAt < 0 {
		n.closeConstruct()
	}
	n.take = nil
	if n.itemAt >= 0 {
		n.out.Truncate(n.itemAt)
		n.stack = n.stack[:n.itemDepth]
		n.skipping = 0
	}
	for len(n.stack) > 1 {
		n.close()
	}
	n.lend()
}

func local(name string) string {
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// joinURL resolves ref against base; a ref that cannot be read changes nothing.
func joinURL(base, ref string) string {
	r, err := url.Parse(strings.TrimSpace(ref))
	if err != nil {
		return base
	}
	b, err := url.Parse(base)
	if err != nil {
		return r.String()
	}
	return b.ResolveReference(r).String()
}
