package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/feeds"
)

// A kind is how a reader takes the text of a field.
type kind int

const (
	plainText kind = iota // shown as text
	htmlText              // shown as HTML
	address               // followed
	number                // dates, sizes, ids: letters that mean nothing to a browser
)

// fieldKinds say how the fields of what we publish are taken. A field that is not
// here fails the test: it has to be thought of.
//
// RSS 2.0 does not say whether a title is text or HTML, and many readers show it
// as HTML; its description is HTML. In Atom a text construct without a type is text
// (RFC 4287, 3.1.1), in JSON Feed all but content_html is.
var fieldKinds = map[string]kind{
	"rss title": htmlText, "rss description": htmlText, "rss encoded": htmlText, "rss creator": plainText, "rss category": plainText,
	"rss rights": plainText, "rss copyright": plainText, "rss source": plainText, "rss generator": plainText, "rss language": plainText,
	"rss link": address, "rss url": address, "rss @url": address, "rss @href": address, "rss guid": number, "rss pubDate": number,
	"rss lastBuildDate": number, "rss updated": number, "rss ttl": number, "rss @version": number, "rss @isPermaLink": number,
	"rss @length": number, "rss @type": plainText, "rss @rel": number, "rss @medium": number, "rss @domain": plainText,

	"atom title": plainText, "atom subtitle": plainText, "atom summary": plainText, "atom content": htmlText, "atom rights": plainText,
	"atom name": plainText, "atom email": plainText, "atom uri": address, "atom id": number, "atom updated": number, "atom published": number,
	"atom logo": address, "atom generator": plainText, "atom @href": address, "atom @rel": number, "atom @type": plainText, "atom @length": number,
	"atom @title": plainText, "atom @hreflang": plainText, "atom @term": plainText, "atom @scheme": plainText, "atom @label": plainText, "atom @lang": plainText,

	"json version": number, "json title": plainText, "json description": plainText, "json home_page_url": address, "json feed_url": address, "json next_url": address,
	"json icon": address, "json name": plainText, "json url": address, "json id": number, "json content_html": htmlText, "json content_text": plainText,
	"json summary": plainText, "json image": address, "json date_published": number, "json date_modified": number, "json tags": plainText,
	"json language": plainText, "json mime_type": plainText, "json type": plainText, "json size_in_bytes": number, "json outlet": plainText, "json copy": number,

	"opml title": plainText, "opml @text": plainText, "opml @title": plainText, "opml @xmlUrl": address, "opml @htmlUrl": address, "opml @type": number,
	"opml @version": number, "opml dateModified": number,
}

// checks judges published documents, each distinct text once.
type checks struct {
	t      *testing.T
	fields map[string]int             // how often each field was seen
	html   map[markup]map[string]bool // distinct HTML → the fields it stood in
	plain  map[string]bool            // texts published as plain text, in any format
	bad    map[string][]string        // field → what is wrong, with its text
}

func newChecks(t *testing.T) *checks {
	return &checks{t: t, fields: map[string]int{}, html: map[markup]map[string]bool{}, plain: map[string]bool{}, bad: map[string][]string{}}
}

// feed writes f in every format and judges what came out.
func (c *checks) feed(f *feeds.Feed) {
	c.t.Helper()
	for i := range f.Items { // which some format may leave out
		c.value("item", "summary", f.Items[i].Summary, htmlText)
		c.value("item", "content", f.Items[i].Content, htmlText)
	}
	for _, format := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
		out, err := feeds.Write(f, format)
		if err != nil {
			c.t.Error(err)
			continue
		}
		c.document(string(format), out)
	}
}

// document takes a published document apart.
func (c *checks) document(format string, body []byte) {
	c.t.Helper()
	var err error
	switch format {
	case "json":
		var doc any
		if err = json.Unmarshal(body, &doc); err == nil {
			c.json("", doc)
		}
	case "html":
		c.hold(markup{HTML: string(body), Page: true}, "page")
	default:
		err = c.xml(format, body)
	}
	if err != nil {
		c.t.Errorf("%s: %v", format, err)
	}
}

func (c *checks) json(name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			c.json(k, inner)
		}
	case []any:
		for _, inner := range v {
			c.json(name, inner)
		}
	default:
		c.field("json", name, fmt.Sprint(v))
	}
}

func (c *checks) xml(format string, body []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(body))
	var texts []string // of the open elements
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch el := tok.(type) {
		case xml.StartElement:
			texts = append(texts, "")
			for _, a := range el.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					c.attribute(format, el, a)
				}
			}
		case xml.CharData:
			if len(texts) > 0 {
				texts[len(texts)-1] += string(el)
			}
		case xml.EndElement:
			text := texts[len(texts)-1]
			texts = texts[:len(texts)-1]
			if strings.TrimSpace(text) != "" {
				c.field(format, el.Name.Local, text)
			}
		}
	}
}

// attribute judges one. The type of an Atom text says how to take the text, and
// fieldKinds rely on it.
func (c *checks) attribute(format string, el xml.StartElement, a xml.Attr) {
	html := el.Name.Local == "content" && format == "atom"
	if text := html || el.Name.Local == "title" || el.Name.Local == "summary"; format == "atom" && text && a.Name.Local == "type" {
		if (a.Value == "html") != html {
			c.t.Errorf("atom %s has type %q", el.Name.Local, a.Value)
		}
		return
	}
	c.field(format, "@"+a.Name.Local, a.Value)
}

func (c *checks) field(format, name, value string) {
	k, ok := fieldKinds[format+" "+name]
	if !ok {
		c.t.Errorf("%s has a field %s that nobody has thought of", format, name)
		return
	}
	c.value(format, name, value, k)
}

func (c *checks) value(format, name, value string, k kind) {
	name = format + " " + name
	c.fields[name]++
	if !utf8.ValidString(value) || strings.ContainsFunc(value, disguised) {
		c.wrong(name, "characters", value)
	}
	switch k {
	case plainText:
		c.plain[value] = true
	case htmlText:
		c.hold(markup{HTML: value}, name)
	case address:
		u, err := url.Parse(value)
		if value != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsAny(value, " \t\n<>\"")) {
			c.wrong(name, "address", value)
		}
	}
}

// disguised are characters that hide or turn what stands around them.
func disguised(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

func (c *checks) wrong(field, what, value string) {
	c.bad[field] = append(c.bad[field], fmt.Sprintf("%s: %.300q", what, value))
}

func (c *checks) hold(m markup, field string) {
	if c.html[m] == nil {
		c.html[m] = map[string]bool{}
	}
	c.html[m][field] = true
}

// finish runs both parsers and reports what they find.
func (c *checks) finish() {
	c.t.Helper()
	ms := slices.SortedFunc(maps.Keys(c.html), func(a, b markup) int { return strings.Compare(a.HTML, b.HTML) })
	low, high := startHTML5lib(c.t, ms[:len(ms)/2]), startHTML5lib(c.t, ms[len(ms)/2:])
	first := make([][]string, len(ms))
	for i, m := range ms {
		first[i] = violations(m)
	}
	second := append(low(), high()...)
	for i, m := range ms {
		bad := first[i]
		if len(bad) == 0 && len(second[i]) == 0 {
			continue
		}
		for field := range c.html[m] {
			c.wrong(field, fmt.Sprintf("x/net/html %v, html5lib %v", bad, second[i]), m.HTML)
		}
	}
	c.report()
}

func (c *checks) report() {
	c.t.Helper()
	for _, field := range slices.Sorted(maps.Keys(c.bad)) {
		texts := c.bad[field]
		c.t.Errorf("%s: %d texts, as in\n%s", field, len(texts), strings.Join(texts[:min(3, len(texts))], "\n"))
	}
}

// sum says what was judged.
func (c *checks) sum() string {
	count := func(found map[string][]string) (n int) {
		for _, texts := range found {
			n += len(texts)
		}
		return n
	}
	values := 0
	for _, n := range c.fields {
		values += n
	}
	return fmt.Sprintf("%d published values, %d distinct texts of HTML, %d violations",
		values, len(c.html), count(c.bad))
}
