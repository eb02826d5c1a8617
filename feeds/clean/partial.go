package clean

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/wiredesk/wiredesk/feeds"
)

// minWhole is how many words make a text that is taken for whole: shorter news
// exists, and costs one look at its page.
const minWhole = 150

// Partial says whether a cleaned item holds only the start of its article: it
// has no content beside its summary, or few words, or it breaks off with dots, or
// the last thing in it is a link to the article ("Read more", in any language).
// A link of that kind in a block of its own is gone by now, as a footer is (see
// footers).
func Partial(it *feeds.Item) bool {
	return it.Content == "" || it.Words < minWhole ||
		breaksOff(Text(it.Content)) || breaksOff(it.Text) || leadsOn(it)
}

// breaksOff finds the dots at the end of a text: "…", "[…]", "(...)", and the
// two dots that are common in Arabic.
func breaksOff(text string) bool {
	text = strings.TrimRight(text, " \n\"'”’»)]")
	return strings.HasSuffix(text, "…") || strings.HasSuffix(text, "..")
}

// leadsOn says whether an item's content ends with a link to the item.
func leadsOn(it *feeds.Item) bool {
	nodes, err := parse(it.Content)
	if err != nil || it.Link == "" {
		return false
	}
	e := ending{key: Key(it.Link)}
	for _, n := range nodes {
		e.walk(n)
	}
	return e.leads
}

// An ending says of the last words seen so far whether they lead to the address
// with this key.
type ending struct {
	key   string
	leads bool
}

// walk reports whether there are words in n.
func (e *ending) walk(n *html.Node) bool {
	said := n.Type == html.TextNode && strings.ContainsFunc(n.Data, letter)
	if said {
		e.leads = false
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		said = e.walk(c) || said
	}
	if said && n.DataAtom == atom.A {
		e.leads = Key(attr(n, "href")) == e.key
	}
	return said
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
