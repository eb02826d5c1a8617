package clean

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// drops are the nodes that go.
type drops map[*html.Node]bool

func (d drops) passage(p *passage) {
	for _, n := range p.nodes {
		d[n] = true
	}
	for _, n := range p.breaks {
		d[n] = true
	}
}

func (d drops) has(p *passage) bool { return d[p.nodes[0]] }

// rest is what stays of all.
func (d drops) rest(all []passage) (rest []passage) {
	if len(d) == 0 {
		return all
	}
	rest = make([]passage, 0, len(all))
	for i := range all {
		if !d.has(&all[i]) {
			rest = append(rest, all[i])
		}
	}
	return rest
}

// leaveOne takes the first passage back when all that show anything would go.
func (d drops) leaveOne(all []passage) {
	for i := range all {
		if !all[i].empty() && !d.has(&all[i]) {
			return
		}
	}
	for i := range all {
		if p := &all[i]; !p.empty() {
			for _, n := range p.nodes {
				delete(d, n)
			}
			return
		}
	}
}

// hollow marks what holds nothing but what goes, in one pass however deep it is
// nested, and says whether n is so. Cells keep a table in shape.
func (d drops) hollow(n *html.Node) bool {
	gone := d[n]
	all := n.FirstChild != nil
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.CommentNode, c.Type == html.TextNode && !seen(c.Data):
		case c.Type == html.ElementNode && d.hollow(c):
			gone = true
		case d[c]:
			gone = true
		default:
			all = false
		}
	}
	switch {
	case d[n]:
		return true
	case !all || !gone || n.DataAtom == atom.Td || n.DataAtom == atom.Th || n.DataAtom == atom.Tr || n.DataAtom == atom.Table:
		return false
	}
	d[n] = true
	return true
}
