package clean

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxStack is how many elements may be written inside each other without doubt:
// the parser gives up at 512.
const maxStack = 256

// nests says whether a parser finds the element that is about to be written
// where it stands in the tree, and closed by its own end tag (HTML 13.2.6.4.7,
// "in body"). It answers false for tables, whose rules are many.
func (w *writer) nests(a atom.Atom) bool {
	if len(w.stack) > maxStack {
		return false
	}
	var around atom.Atom
	if len(w.stack) > 0 {
		around = w.stack[len(w.stack)-1]
	}
	switch a {
	case atom.Span, atom.Kbd, atom.Samp, atom.Var, atom.Del, atom.Ins, atom.Sub, atom.Sup, atom.Q, atom.Cite, atom.Abbr,
		atom.Mark, atom.Time, atom.Bdi, atom.Bdo, atom.Audio, atom.Video, atom.Br, atom.Img:
		return true // nothing is closed by them
	case atom.A, atom.B, atom.Code, atom.Em, atom.I, atom.S, atom.Small, atom.Strong, atom.U:
		return !slices.Contains(w.stack, a) // a link ends a link; of four <b> one is forgotten
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return !heading(around) && !slices.Contains(w.stack, atom.P)
	case atom.Li:
		return (around == atom.Ul || around == atom.Ol) && !slices.Contains(w.stack, atom.P)
	case atom.Dt, atom.Dd:
		return around == atom.Dl && !slices.Contains(w.stack, atom.P)
	case atom.P, atom.Div, atom.Blockquote, atom.Pre, atom.Figure, atom.Figcaption, atom.Ul, atom.Ol, atom.Dl, atom.Hr:
		return !slices.Contains(w.stack, atom.P) // they end a paragraph
	}
	return false
}

func heading(a atom.Atom) bool {
	switch a {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

// shortened makes the tree what was written of it when only its end was left out,
// behind a block, as a footer is: then the passages that stay are those that were
// found. It says whether that was so.
func (w *writer) shortened(root *html.Node, out string) bool {
	last, left := root.LastChild, len(w.skip)
	for ; last != nil && (w.skip[last] || last.Type == html.TextNode && strings.TrimSpace(last.Data) == ""); last = last.PrevSibling {
		if w.skip[last] {
			left--
		}
	}
	if w.moved || len(w.open) > 0 || left > 0 || last == nil || !blocks[last.DataAtom] || !strings.HasPrefix(w.String(), out) {
		return false
	}
	for root.LastChild != last {
		root.RemoveChild(root.LastChild)
	}
	return true
}

// prune makes the tree below n what was written of it.
func (w *writer) prune(n *html.Node) {
	var next *html.Node
	for c := n.FirstChild; c != nil; c = next {
		next = c.NextSibling
		if w.skip[c] || c.Type == html.TextNode && c.Data == "" {
			n.RemoveChild(c)
			continue
		}
		if w.prune(c); !w.open[c] {
			continue
		}
		for d := c.FirstChild; d != nil; d = c.FirstChild {
			c.RemoveChild(d)
			n.InsertBefore(d, c)
		}
		n.RemoveChild(c)
	}
	join(n)
}

// join makes one text of those that stand beside each other below n.
func join(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		var more []string
		for d := c.NextSibling; c.Type == html.TextNode && d != nil && d.Type == html.TextNode; d = c.NextSibling {
			more = append(more, d.Data)
			n.RemoveChild(d)
		}
		if more != nil {
			c.Data += strings.Join(more, "")
		}
	}
}

// trim takes the blanks off both ends of what stands below n.
func trim(n *html.Node) {
	if c := n.FirstChild; c != nil && c.Type == html.TextNode {
		if c.Data = strings.TrimLeftFunc(c.Data, unicode.IsSpace); c.Data == "" {
			n.RemoveChild(c)
		}
	}
	if c := n.LastChild; c != nil && c.Type == html.TextNode {
		if c.Data = strings.TrimRightFunc(c.Data, unicode.IsSpace); c.Data == "" {
			n.RemoveChild(c)
		}
	}
}

// children are the nodes right below n.
func children(n *html.Node) (all []*html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		all = append(all, c)
	}
	return all
}
