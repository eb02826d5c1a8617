package feeds

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// Write renders a clean feed. The same feed gives the same bytes: nothing in
// them depends on when or where they were written. What a format has no room for
// is left out, and so is what would make it malformed.
func Write(f *Feed, format Format) ([]byte, error) {
	safe := outSafe(f)
	switch format {
	case RSS:
		return writeRSS(safe)
	case Atom:
		return writeAtom(safe)
	case JSON:
		return writeJSON(safe)
	default:
		return nil, fmt.Errorf("%q is not a format that is written", format)
	}
}

// outSafe copies a feed with every text legal and every address http or https,
// so that the writers below need not think of it.
func outSafe(f *Feed) *Feed {
	g := *f
	for _, s := range []*string{&g.ID, &g.Title, &g.Description, &g.Lang, &g.Rights, &g.Generator} {
		*s = outText(*s)
	}
	for _, s := range []*string{&g.Link, &g.Self, &g.Hub, &g.Prev, &g.Next, &g.Current, &g.Image} {
		*s = outURL(*s)
	}
	g.Authors, g.Categories = outPeople(f.Authors), outCategories(f.Categories)
	g.Items = make([]Item, len(f.Items))
	for i := range f.Items {
		g.Items[i] = outItem(f.Items[i])
	}
	return &g
}

func outItem(it Item) Item {
	for _, s := range []*string{&it.ID, &it.Title, &it.Summary, &it.Content, &it.Text, &it.Lang, &it.Rights} {
		*s = outText(*s)
	}
	it.Link, it.Image = outURL(it.Link), outURL(it.Image)
	it.Authors, it.Categories = outPeople(it.Authors), outCategories(it.Categories)
	var files []Enclosure
	for _, e := range it.Enclosures {
		if u := outURL(e.URL); u != "" {
			files = append(files, Enclosure{u, outText(e.Type), max(e.Length, 0)})
		}
	}
	it.Enclosures = files
	if it.Origin != nil {
		it.Origin = &Origin{outText(it.Origin.ID), outText(it.Origin.Title), outURL(it.Origin.Link), outURL(it.Origin.Self)}
	}
	var also []Link
	for _, l := range it.Also {
		if l.URL = outURL(l.URL); l.URL != "" {
			l.Title, l.Outlet, l.Lang = outText(l.Title), outText(l.Outlet), outText(l.Lang)
			also = append(also, l)
		}
	}
	it.Also = also
	return it
}

func outPeople(ps []Person) (out []Person) {
	for _, p := range ps {
		p = Person{outText(p.Name), outText(p.Email), outURL(p.URI)}
		if p.Name != "" || p.Email != "" {
			out = append(out, p)
		}
	}
	return out
}

func outCategories(cs []Category) (out []Category) {
	for _, c := range cs {
		if c = (Category{outText(c.Term), outText(c.Scheme), outText(c.Label)}); c.Term != "" {
			out = append(out, c)
		}
	}
	return out
}

// outText makes a text that every format can carry: valid UTF-8 without what
// XML 1.0 forbids (2.2). The parser reads CR as LF, so CR goes too.
func outText(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	return onlyLegal(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
}

// outURL passes http and https addresses.
func outURL(s string) string {
	s = strings.TrimSpace(outText(s))
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsAny(s, "<>\"\n\t ") {
		return ""
	}
	return s
}

// outPlain is an item's excerpt for formats and readers without HTML.
func outPlain(it *Item) string {
	if it.Text != "" {
		return it.Text
	}
	return strings.TrimSpace(outTags(it.Summary))
}

// outTags takes the tags out of clean HTML.
func outTags(s string) string {
	var b strings.Builder
	in := false
	for _, r := range s {
		switch {
		case r == '<':
			in = true
		case r == '>' && in:
			in = false
		case !in:
			b.WriteRune(r)
		}
	}
	return unescape(b.String())
}

func outRFC3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }
