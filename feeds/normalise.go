package feeds

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"strings"
)

// Errors of documents that are no feeds.
var (
	ErrEmpty = errors.New("the document is empty")
	ErrHTML  = errors.New("an HTML page, not a feed")
)

// A normaliser rewrites a lenient document as the plain XML that gofeed reads
// well: one encoding, no DOCTYPE, comments or CDATA, every reference decoded and
// escaped anew, every element closed, every text construct (Atom's by their
// type, RSS descriptions with raw markup inside) as one run of escaped HTML.
// What gofeed would lose, it writes as elements of its own namespace "wd": an
// item's language, its xml:base and its rdf:about.
type normaliser struct {
	src        string
	body       []byte // the same
	at         int
	out        bytes.Buffer
	root       string // local name, lower case
	rootPrefix string // "" for none, or one known

	stack     []element
	declared  map[string]int  // prefixes in force, and how often
	used      map[string]bool // prefixes of elements, and namespaces that were declared
	forgotten [][2]string     // known prefixes that the root does not declare
	rootEnd   int             // where in out its start tag ends
	elements  int
	xmlns     int // declarations in force
	items     int
	over      int
	itemParts int  // elements in the open item
	feedParts int  // elements beside the items
	typed     bool // a DOCTYPE was seen
	itemAt    int  // where in out the open item starts; -1 outside
	itemDepth int  // its place in the stack
	told      bool // the open item has its description
	take      *construct
	skipping  int // depth of the stack at which an item over the limit opened; 0 for none

	known     map[Sum]bool // raw items to pass over
	skipped   []Sum        // those passed over, in order
	raw       rawItem      // the open item
	endless   bool         // an item had no end tag: so have those behind it
	hash      hash.Hash    // of raw items, used again
	inherited []byte       // what it begins with, used again
	held      []string     // texts kept from gofeed
}

type element struct {
	name    string // as written, "dc:date"
	lang    string
	base    string
	xmlns   int      // namespaces it declares
	spaces  []string // the same, prefix and address by turns
	written string   // its name in the output
	hidden  bool     // only its content is written
}

// A construct is an element whose content becomes one HTML text.
type construct struct {
	name   string
	escape bool // its text is text, not HTML source
	drop   bool // its content is neither
	base64 bool // Atom 0.3
	depth  int  // elements of the same name inside
	open   int  // elements inside
	text   strings.Builder
}

// ownNamespace holds what we tell ourselves through gofeed. No document may speak in it.
const ownNamespace = "urn:wiredesk"

// known prefixes are declared for documents that use them and forget to.
var known = [][2]string{
	{"dc", "http://purl.org/dc/elements/1.1/"}, {"content", "http://purl.org/rss/1.0/modules/content/"},
	{"media", "http://search.yahoo.com/mrss/"}, {"itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"},
	{"atom", "http://www.w3.org/2005/Atom"}, {"dcterms", "http://purl.org/dc/terms/"},
	{"sy", "http://purl.org/rss/1.0/modules/syndication/"}, {"slash", "http://purl.org/rss/1.0/modules/slash/"},
	{"feedburner", "http://rssnamespace.org/feedburner/ext/1.0"}, {"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
	{"wfw", "http://wellformedweb.org/CommentAPI/"}, {"georss", "http://www.georss.org/georss"},
	{"at", "http://purl.org/atompub/tombstones/1.0"}, {"wd", ownNamespace},
}

// normalise rewrites XML. Items whose raw bytes are known are left out.
func normalise(text []byte, base string, known map[Sum]bool) (n *normaliser, err error) {
	n = &normaliser{body: text, src: string(text), hash: sha256.New(), declared: map[string]int{"xml": 1}, used: map[string]bool{}, itemAt: -1, known: known}
	n.stack = append(n.stack, element{base: base})
	n.out.Grow(min(len(text), 16<<10)) // long texts are held back
	for n.at < len(n.src) {
		if err := n.step(); err != nil {
			return nil, err
		}
	}
	if n.root == "" {
		return nil, errors.New("no XML element in it: not a feed")
	}
	n.finish()
	return n, nil
}

// step reads one piece of markup or the text before the next.
func (n *normaliser) step() error {
	rest := n.src[n.at:]
	i := strings.IndexByte(rest, '<')
	if i != 0 {
		if i < 0 {
			i = len(rest)
		}
		n.text(undouble(unescape(rest[:i])))
		n.at += i
		return nil
	}
	switch {
	case strings.HasPrefix(rest, "<!--"):
		n.skip(rest, "-->")
	case strings.HasPrefix(rest, "<![CDATA["):
		end := strings.Index(rest, "]]>")
		inside, past := rest[9:], len(rest)
		if end >= 0 {
			inside, past = rest[9:end], end+3
		}
		n.text(undouble(onlyLegal(inside)))
		n.at += past
	case strings.HasPrefix(rest, "<!"):
		n.doctype(rest)
	case strings.HasPrefix(rest, "<?"):
		n.skip(rest, ">")
	case strings.HasPrefix(rest, "</"):
		n.end(rest)
	case len(rest) > 1 && nameStart(rest[1]):
		return n.start(rest)
	default:
		n.text("<")
		n.at++
	}
	return nil
}

func nameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

// skip passes over markup that says nothing.
func (n *normaliser) skip(rest, end string) {
	if i := strings.Index(rest, end); i >= 0 {
		n.at += i + len(end)
		return
	}
	n.at = len(n.src)
}

// doctype passes over the DOCTYPE with its internal subset, and over other
// declarations. Its entities are never expanded: they are how a kilobyte becomes
// a gigabyte. A document has one, before its root: looking for the end of each of
// many would take the square of their number.
func (n *normaliser) doctype(rest string) {
	if n.typed || n.root != "" {
		n.skip(rest, ">")
		return
	}
	n.typed = true
	depth, quote := 0, byte(0)
	for i := 2; i < len(rest); i++ {
		switch c := rest[i]; {
		case quote == 0 && strings.HasPrefix(rest[i:], "<!--"):
			end := strings.Index(rest[i:], "-->")
			if end < 0 {
				n.at = len(n.src)
				return
			}
			i += end + 2
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && depth > 0:
			quote = c
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>' && depth <= 0:
			n.at += i + 1
			return
		}
	}
	n.skip(rest, ">") // it never closes: take the first end there is
}

// text writes character data, decoded.
func (n *normaliser) text(s string) {
	switch {
	case n.skipping > 0 || n.root == "":
	case n.take != nil:
		n.take.add(s)
	case len(n.stack) > 1:
		xmlText.WriteString(&n.out, cut(s, maxField))
	}
}

func (c *construct) add(s string) {
	if c.drop || c.text.Len() >= maxField {
		return
	}
	if c.escape {
		s = htmlText.Replace(s)
	}
	c.text.WriteString(cut(s, maxField-c.text.Len()))
}

var htmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
