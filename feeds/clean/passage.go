package clean

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// A passage is a stretch of text that a reader sees set apart: a block without
// blocks inside, or what stands between blocks or between two line breaks.
type passage struct {
	nodes   []*html.Node
	breaks  []*html.Node // line breaks before it, which go when it goes
	cell    *html.Node   // list item, table cell or <pre> it stands in; nil for none
	quoted  bool         // stands in a <blockquote>
	caption bool         // stands in a <figure>
	lines   bool         // holds line breaks, or is set off by them
	media   bool         // has something to see or hear
	links   int
	images  []*html.Node
	text    string
	folding
}

// A folding is a text as words.
type folding struct {
	words []string
	fold  string // the same in one
	done  bool   // false: the text was not folded yet
}

func foldingOf(text string) folding {
	ws, fold := words.Folds(text)
	return folding{ws, fold, true}
}

// foldings remember what was folded: most passages of one pass are those of the
// pass before.
type foldings map[string]folding

func (f foldings) of(text string) folding {
	if got, ok := f[text]; ok {
		return got
	}
	f[text] = foldingOf(text)
	return f[text]
}

// place is where in the document a passage stands.
type place struct {
	cell            *html.Node
	quoted, caption bool
	lines           bool
}

// A layout lists the passages of a document in order.
type layout struct {
	all   []passage
	known foldings
	line  []byte // the text of one passage, used again
}

// unfold folds a passage that was listed without.
func (p *passage) unfold() {
	if !p.done {
		p.folding = foldingOf(p.text)
	}
}

// passages lists the passages of a document; without foldings, unfolded.
func passages(nodes []*html.Node, known foldings) []passage {
	l := &layout{known: known, all: make([]passage, 0, min(len(nodes)/2+1, 32))}
	l.runs(nodes, place{})
	return l.all
}

// block lists the passages of one element.
func (l *layout) block(n *html.Node, at place) {
	switch n.DataAtom {
	case atom.Li, atom.Td, atom.Th, atom.Dt, atom.Dd, atom.Pre:
		at.cell = n
	case atom.Blockquote:
		at.quoted = true
	case atom.Figure, atom.Figcaption:
		at.caption = true
	}
	before := len(l.all)
	switch {
	case hasBlock(n):
		l.runs(children(n), at)
		return
	case n.DataAtom != atom.Pre && broken(n):
		at.lines = true
		if l.runs(children(n), at); len(l.all) > before {
			return
		}
	}
	l.add([]*html.Node{n}, nil, at)
}

// runs lists what stands among siblings: blocks, and the text between them, cut
// where two line breaks follow each other.
func (l *layout) runs(siblings []*html.Node, at place) {
	var run, breaks []*html.Node
	pending := -1 // in run: a line break with nothing after it
	flush := func(next ...*html.Node) {
		if pending >= 0 {
			run = run[:pending]
		}
		if visible(run) {
			l.add(run, breaks, at)
			breaks = nil
		}
		run, breaks, pending = nil, next, -1
	}
	for _, n := range siblings {
		switch {
		case n.Type == html.TextNode && strings.TrimSpace(n.Data) == "":
			if len(run) > 0 {
				run = append(run, n)
			}
		case n.Type == html.TextNode:
			run, pending = append(run, n), -1
		case n.Type != html.ElementNode || n.Namespace != "" || dropped[n.DataAtom]:
		case n.DataAtom == atom.Br && len(run) == 0:
			breaks = append(breaks, n)
		case n.DataAtom == atom.Br && pending >= 0:
			first := run[pending]
			flush(first, n)
		case n.DataAtom == atom.Br:
			pending, run = len(run), append(run, n)
		case n.DataAtom == atom.Hr:
			flush()
		case blocks[n.DataAtom] || hasBlock(n):
			flush()
			l.block(n, at)
		default:
			run, pending = append(run, n), -1
		}
	}
	flush()
}

func (l *layout) add(nodes, breaks []*html.Node, at place) {
	p := passage{nodes: nodes, breaks: breaks, cell: at.cell, quoted: at.quoted, caption: at.caption, lines: at.lines}
	l.line = l.line[:0]
	for _, n := range nodes {
		l.line = text(l.line, n)
		p.look(n)
	}
	p.text = string(l.line)
	if l.known != nil {
		p.folding = l.known.of(p.text)
	}
	l.all = append(l.all, p)
}

// look notes what there is in n beside text.
func (p *passage) look(n *html.Node) {
	switch n.DataAtom {
	case atom.Img:
		p.images, p.media = append(p.images, n), true
	case atom.Audio, atom.Video, atom.Hr, atom.Table:
		p.media = true
	case atom.Br:
		p.lines = true
	case atom.A:
		p.links++
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.look(c)
	}
}

// empty says whether a passage shows nothing. Cells keep a table in shape.
func (p *passage) empty() bool {
	switch p.nodes[0].DataAtom {
	case atom.Td, atom.Th, atom.Tr, atom.Table:
		return false
	}
	return len(p.words) == 0 && !p.media && !seen(p.text)
}

// seen says whether a text has a character that shows.
func seen(s string) bool {
	for _, r := range s {
		switch {
		case r > ' ' && r < 0x7f:
			return true
		case !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !unicode.IsControl(r) && r != '\ufffd':
			return true
		}
	}
	return false
}

func visible(run []*html.Node) bool { return slices.ContainsFunc(run, shows) }

func shows(n *html.Node) bool {
	if n.Type == html.TextNode && seen(n.Data) || n.DataAtom == atom.Img || n.DataAtom == atom.Audio || n.DataAtom == atom.Video {
		return true
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if shows(c) {
			return true
		}
	}
	return false
}

// broken says whether two line breaks follow each other in a block.
func broken(n *html.Node) bool {
	before := false
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.DataAtom == atom.Br && before:
			return true
		case c.DataAtom == atom.Br:
			before = true
		case c.Type != html.TextNode || strings.TrimSpace(c.Data) != "":
			before = false
		}
	}
	return false
}

// within is a node and all below it.
func within(n *html.Node) func(func(*html.Node) bool) {
	return func(yield func(*html.Node) bool) {
		if !yield(n) {
			return
		}
		for d := range n.Descendants() {
			if !yield(d) {
				return
			}
		}
	}
}

func hasBlock(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && (blocks[c.DataAtom] || hasBlock(c)) {
			return true
		}
	}
	return false
}
