package feeds

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"
)

// Version is raised with every change of what Parse returns, so that stored sums
// of documents no longer hold and everything is read once more.
const Version = 5

// Parse reads a document of any format, but for the items that are known. The
// error says in words why a document is no feed: ErrEmpty, ErrHTML, a
// *LimitError, or what stands in the way. What it returns is untrusted: package
// clean makes it fit to keep.
func Parse(body []byte, meta Meta, known Known) (*Feed, error) {
	f, err := parse(body, meta, known.Items)
	if err == nil && len(f.Skipped) > 0 && f.Context != known.Context {
		return parse(body, meta, nil)
	}
	return f, err
}

func parse(body []byte, meta Meta, known map[Sum]bool) (f *Feed, err error) {
	if at := joinURL(meta.URL, meta.Location); strings.HasPrefix(at, "http") {
		meta.URL = at // RFC 9110, 8.7
	}
	if len(body) > MaxBytes {
		return nil, &LimitError{"bytes", MaxBytes}
	}
	text, charset := decode(body, meta.ContentType)
	text = bytes.TrimLeft(text, " \t\r\n\ufeff")
	if len(text) == 0 {
		return nil, ErrEmpty
	}
	// The limits are what protects from gofeed; this is for what nobody foresaw.
	defer func() {
		if r := recover(); r != nil {
			f, err = nil, fmt.Errorf("the parser panicked: %v", r)
		}
	}()
	if text[0] == '{' {
		f, err = parseJSON(text, meta, known)
	} else {
		f, err = parseXML(text, meta, known)
	}
	if err != nil {
		return nil, err
	}
	f.Charset = charset
	if f.Lang == "" {
		f.Lang = meta.Language
	}
	f.Context = f.context(meta)
	finish(f)
	return f, nil
}

func parseXML(text []byte, meta Meta, known map[Sum]bool) (*Feed, error) {
	if start := bytes.IndexByte(text, '<'); start > 0 {
		text = text[start:] // warnings some scripts print in front
	}
	n, err := normalise(text, meta.URL, known)
	if err != nil {
		return nil, err
	}
	var f *Feed
	if n.root == "feed" {
		doc, err := (&atom.Parser{}).Parse(&n.out)
		if err != nil {
			return nil, fmt.Errorf("read Atom: %w", err)
		}
		f = fromAtom(doc, meta.URL)
	} else {
		doc, err := (&rss.Parser{}).Parse(&n.out)
		if err != nil {
			return nil, fmt.Errorf("read RSS: %w", err)
		}
		f = fromRSS(doc, meta.URL)
		if n.root == "rdf" {
			f.Format = RDF
		}
	}
	n.restore(f)
	f.Over, f.Skipped = n.over, n.skipped
	return f, nil
}

// finish fills what items inherit from their feed.
func finish(f *Feed) {
	f.Gone = slices.DeleteFunc(f.Gone, func(id string) bool { // RFC 6721, 4: the later of the two holds, and the item is still here
		return id == "" || slices.ContainsFunc(f.Items, func(it Item) bool { return it.ID == id })
	})
	for i := range f.Items {
		it := &f.Items[i]
		if it.Lang == "" {
			it.Lang = f.Lang
		}
		if len(it.Authors) == 0 {
			it.Authors = append([]Person(nil), f.Authors...)
		}
	}
}

// Empty says whether an item carries nothing to keep: no id, link, title, text
// or file. What else it may say (a date, an author) is about nothing.
func (it *Item) Empty() bool {
	return it.ID == "" && it.Link == "" && it.Title == "" && it.Summary == "" && it.Content == "" && len(it.Enclosures) == 0
}

// values are the texts of an extension element, the empty ones left out.
func values(e ext.Extensions, prefix, name string) (vs []string) {
	for _, x := range e[prefix][name] {
		if v := strings.TrimSpace(x.Value); v != "" {
			vs = append(vs, v)
		}
	}
	return vs
}

func first(vs ...string) string {
	for _, v := range vs {
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
	}
	return ""
}

// deleted are the ids that tombstones name (RFC 6721), whatever prefix they have.
func deleted(e ext.Extensions) (ids []string) {
	for _, byName := range e {
		for _, x := range byName["deleted-entry"] {
			ids = append(ids, x.Attrs["ref"])
		}
	}
	slices.Sort(ids) // a document may use two prefixes, and maps have no order
	return slices.Compact(ids)
}

// firstOf is the first text among extension elements written "prefix:name".
func firstOf(e ext.Extensions, names ...string) string {
	for _, n := range names {
		prefix, name, _ := strings.Cut(n, ":")
		if vs := values(e, prefix, name); len(vs) > 0 {
			return vs[0]
		}
	}
	return ""
}

// firstDate is the first of these that can be read.
func firstDate(vs ...string) time.Time {
	for _, v := range vs {
		if t, ok := ParseDate(v); ok {
			return t
		}
	}
	return time.Time{}
}

// link resolves an address against its base. Blanks around it go, also the
// no-break ones that editors leave.
func link(base, ref string) string {
	ref = strings.TrimFunc(ref, func(r rune) bool { return r == '\u00a0' || r <= ' ' })
	if ref == "" {
		return ""
	}
	return joinURL(base, strings.ReplaceAll(ref, " ", "%20"))
}

// person reads "Name", "Name <mail>", "mail (Name)" or "mail".
func person(s string) Person {
	s = strings.TrimSpace(s)
	if before, after, ok := strings.Cut(s, "("); ok && strings.HasSuffix(after, ")") {
		name, mail := strings.TrimSpace(strings.TrimSuffix(after, ")")), strings.TrimSpace(before)
		if strings.Contains(mail, "@") {
			return Person{Name: name, Email: mail}
		}
		if strings.Contains(name, "@") {
			return Person{Name: mail, Email: name}
		}
	}
	if before, after, ok := strings.Cut(s, "<"); ok && strings.HasSuffix(after, ">") && strings.Contains(after, "@") {
		return Person{Name: strings.TrimSpace(before), Email: strings.TrimSuffix(after, ">")}
	}
	if strings.Contains(s, "@") && !strings.ContainsAny(s, " \t") {
		return Person{Email: s}
	}
	return Person{Name: s}
}
