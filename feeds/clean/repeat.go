package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// A body is what is known of an item while its HTML is cleaned.
type body struct {
	title string // plain
	link  string
	site  string // home page of its feed
	rules *Rules // of the operator; nil for none
}

// clean cleans one HTML field: safe first, then without repeats and footers.
func (b body) clean(src, base string) string {
	if strings.TrimSpace(src) == "" {
		return ""
	}
	return settle(src, func(s string) (string, error) {
		nodes, err := parse(s)
		if err != nil {
			return "", err
		}
		w := &writer{base: base, rules: b.rules, skip: b.surplus(nodes)}
		for _, n := range nodes {
			w.node(n)
		}
		return strings.TrimSpace(w.String()), nil
	})
}

// A passage is a block of text without blocks inside.
type passage struct {
	node  *html.Node
	words []words.Word
	fold  string
}

const (
	longest   = 60 // words: no longer passage is ever taken for a repeat or a footer by likeness
	footerMax = 25
)

// surplus finds the blocks that say nothing new: empty ones, a caption that
// stands twice, the title again, footers that only lead back.
func (b body) surplus(nodes []*html.Node) map[*html.Node]bool {
	skip := map[*html.Node]bool{}
	var all []passage
	for _, n := range nodes {
		all = passages(all, n)
	}
	title := foldOf(words.Split(b.title))
	var last *passage
	for i := range all {
		p := &all[i]
		switch {
		case len(p.words) == 0:
			if !holdsMedia(p.node) {
				skip[p.node] = true
			}
			continue
		case last == nil && title != "" && p.fold == title && len(all) > 1:
			skip[p.node] = true
			continue
		case last != nil && same(last, p):
			worse := p
			if typography(p.node) > typography(last.node) {
				worse = last
			}
			skip[worse.node] = true
			if worse == p {
				continue
			}
		}
		last = p
	}
	b.footers(all, skip)
	return skip
}

// same says whether two neighbours are one passage told twice.
func same(a, b *passage) bool {
	if !mayRepeat(a.node) || !mayRepeat(b.node) {
		return false
	}
	if a.fold == b.fold {
		return true
	}
	if len(a.words) >= longest || len(b.words) >= longest || min(len(a.words), len(b.words)) < 5 {
		return false
	}
	return jaccard(a.words, b.words) >= .9
}

// mayRepeat leaves lists and tables alone: equal cells are honest there.
func mayRepeat(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Li, atom.Td, atom.Th, atom.Dt, atom.Dd, atom.Pre:
		return false
	}
	return true
}

func jaccard(a, b []words.Word) float64 {
	in := map[string]int{}
	for _, w := range a {
		in[w.Fold] |= 1
	}
	for _, w := range b {
		in[w.Fold] |= 2
	}
	both := 0
	for _, m := range in {
		if m == 3 {
			both++
		}
	}
	return float64(both) / float64(len(in))
}

// typography counts the marks of a text that somebody has set with care.
func typography(n *html.Node) int {
	var b strings.Builder
	text(&b, n)
	count := 0
	for _, r := range b.String() {
		switch r {
		case '‘', '’', '“', '”', '–', '—', '…', '«', '»':
			count++
		}
	}
	return count
}

// passages lists the blocks of text in order. A run of text between blocks
// stands under its own node.
func passages(all []passage, n *html.Node) []passage {
	if n.Type != html.ElementNode || n.Namespace != "" || dropped[n.DataAtom] {
		return all
	}
	if hasBlock(n) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			all = passages(all, c)
		}
		return all
	}
	if !blocks[n.DataAtom] {
		return all
	}
	var b strings.Builder
	text(&b, n)
	ws := words.Split(b.String())
	return append(all, passage{n, ws, foldOf(ws)})
}

func hasBlock(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && blocks[d.DataAtom] {
			return true
		}
	}
	return false
}

func foldOf(ws []words.Word) string {
	var b strings.Builder
	for _, w := range ws {
		b.WriteString(w.Fold)
		b.WriteByte(' ')
	}
	return b.String()
}

// holdsMedia says whether a block without words has something to see or hear.
func holdsMedia(n *html.Node) bool {
	for d := range n.Descendants() {
		switch d.DataAtom {
		case atom.Img, atom.Audio, atom.Video, atom.Hr, atom.Table:
			return true
		}
	}
	return n.DataAtom == atom.Td || n.DataAtom == atom.Th || n.DataAtom == atom.Tr
}

// footers marks short blocks at the end that only lead back to the item or its
// site, or to where it may be shared. Never the first block.
func (b body) footers(all []passage, skip map[*html.Node]bool) {
	for i := len(all) - 1; i > 0; i-- {
		p := &all[i]
		if skip[p.node] {
			continue
		}
		if len(p.words) >= footerMax || !b.leadsBack(p.node) {
			return
		}
		skip[p.node] = true
	}
}

// shares are addresses that post something on a network.
var shares = []string{
	"facebook.com/sharer", "twitter.com/share", "twitter.com/intent", "x.com/intent", "linkedin.com/share", "pinterest.com/pin/create",
	"t.me/share", "api.whatsapp.com/send", "wa.me/?", "feeds.feedburner.com/~ff/", "reddit.com/submit",
}

// leadsBack says whether every link of a block is of that kind, and one there is.
func (b body) leadsBack(n *html.Node) bool {
	links := 0
	for d := range n.Descendants() {
		if d.DataAtom != atom.A {
			continue
		}
		href := Link(attr(d, "href"), b.link)
		if href == "" || !b.back(href) {
			return false
		}
		links++
	}
	return links > 0
}

func (b body) back(href string) bool {
	for _, s := range shares {
		if strings.Contains(href, s) {
			return true
		}
	}
	key := Key(href)
	return b.link != "" && key == Key(b.link) || b.site != "" && key == Key(b.site)
}
