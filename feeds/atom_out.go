package feeds

import (
	"encoding/xml"
	"time"

	gorilla "github.com/gorilla/feeds"
)

type atomOut struct {
	XMLName    xml.Name  `xml:"http://www.w3.org/2005/Atom feed"`
	Lang       string    `xml:"xml:lang,attr,omitempty"`
	FH         string    `xml:"xmlns:fh,attr,omitempty"`
	ID         string    `xml:"id"`
	Title      string    `xml:"title"`
	Subtitle   string    `xml:"subtitle,omitempty"`
	Updated    string    `xml:"updated"`
	Archive    *struct{} `xml:"fh:archive"`
	Links      []atomOutLink
	Authors    []gorilla.AtomAuthor `xml:"author"`
	Categories []atomOutCategory    `xml:"category"`
	Rights     string               `xml:"rights,omitempty"`
	Logo       string               `xml:"logo,omitempty"`
	Generator  string               `xml:"generator,omitempty"`
	Entries    []atomOutEntry
}

// FeedXml makes it a document for gorilla's WriteXML.
func (a *atomOut) FeedXml() any { return a }

type atomOutLink struct {
	XMLName xml.Name `xml:"link"`
	Rel     string   `xml:"rel,attr"`
	Type    string   `xml:"type,attr,omitempty"`
	Lang    string   `xml:"hreflang,attr,omitempty"`
	Title   string   `xml:"title,attr,omitempty"`
	Length  int64    `xml:"length,attr,omitempty"`
	Href    string   `xml:"href,attr"`
}

type atomOutCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr,omitempty"`
	Label  string `xml:"label,attr,omitempty"`
}

type atomOutEntry struct {
	XMLName    xml.Name `xml:"entry"`
	Lang       string   `xml:"xml:lang,attr,omitempty"`
	ID         string   `xml:"id"`
	Title      string   `xml:"title"`
	Published  string   `xml:"published,omitempty"`
	Updated    string   `xml:"updated"`
	Links      []atomOutLink
	Authors    []gorilla.AtomAuthor `xml:"author"`
	Categories []atomOutCategory    `xml:"category"`
	Rights     string               `xml:"rights,omitempty"`
	Summary    *atomOutText         `xml:"summary"`
	Content    *gorilla.AtomContent
	Source     *atomOutSource `xml:"source"`
}

type atomOutText struct {
	Type string `xml:"type,attr,omitempty"`
	Text string `xml:",chardata"`
}

type atomOutSource struct {
	ID    string `xml:"id,omitempty"`
	Title string `xml:"title,omitempty"`
	Links []atomOutLink
}

// epoch stands where RFC 4287 asks for a date and there is none.
var epoch = time.Unix(0, 0).UTC()

func outDate(t, otherwise time.Time) string {
	if t.IsZero() {
		t = otherwise
	}
	if t.IsZero() {
		t = epoch
	}
	return outRFC3339(t)
}

func writeAtom(f *Feed) ([]byte, error) {
	out := &atomOut{
		Lang: f.Lang, ID: f.ID, Title: f.Title, Subtitle: f.Description, Updated: outDate(f.Updated, newest(f.Items)),
		Authors: atomOutPeople(f.Authors), Categories: atomOutCategories(f.Categories), Rights: f.Rights, Logo: f.Image, Generator: f.Generator,
	}
	if len(out.Authors) == 0 { // required of the feed when an entry has none (RFC 4287, 4.1.1)
		out.Authors = atomOutPeople([]Person{{Name: f.Title}})
	}
	if out.ID == "" {
		out.ID = f.Self
	}
	add := func(rel, kind, href string) {
		if href != "" {
			out.Links = append(out.Links, atomOutLink{Rel: rel, Type: kind, Href: href})
		}
	}
	add("self", "application/atom+xml", f.Self)
	add("alternate", "text/html", f.Link)
	add("hub", "", f.Hub)
	add("current", "application/atom+xml", f.Current)
	add("prev-archive", "application/atom+xml", f.Prev)
	add("next-archive", "application/atom+xml", f.Next)
	if f.Archive {
		out.FH, out.Archive = historySpace, &struct{}{}
	}
	for i := range f.Items {
		out.Entries = append(out.Entries, atomOutOf(&f.Items[i]))
	}
	return outXML(out, f)
}

func newest(items []Item) (t time.Time) {
	for i := range items {
		if items[i].Updated.After(t) {
			t = items[i].Updated
		}
	}
	return t
}

func atomOutPeople(ps []Person) (out []gorilla.AtomAuthor) {
	for _, p := range ps {
		name := p.Name
		if name == "" {
			name = p.Email
		}
		out = append(out, gorilla.AtomAuthor{AtomPerson: gorilla.AtomPerson{Name: name, Uri: p.URI, Email: p.Email}})
	}
	return out
}

func atomOutCategories(cs []Category) (out []atomOutCategory) {
	for _, c := range cs {
		out = append(out, atomOutCategory(c))
	}
	return out
}

func atomOutOf(it *Item) atomOutEntry {
	e := atomOutEntry{
		Lang: it.Lang, ID: it.ID, Title: it.Title, Updated: outDate(it.Updated, it.Published), Authors: atomOutPeople(it.Authors),
		Categories: atomOutCategories(it.Categories), Rights: it.Rights,
	}
	if !it.Published.IsZero() {
		e.Published = outRFC3339(it.Published)
	}
	if it.Link != "" {
		e.Links = append(e.Links, atomOutLink{Rel: "alternate", Type: "text/html", Href: it.Link})
	}
	for _, l := range it.Also {
		e.Links = append(e.Links, atomOutLink{Rel: "related", Type: "text/html", Lang: l.Lang, Title: l.Title, Href: l.URL})
	}
	for _, f := range it.Enclosures {
		e.Links = append(e.Links, atomOutLink{Rel: "enclosure", Type: f.Type, Length: f.Length, Href: f.URL})
	}
	if plain := outPlain(it); plain != "" {
		e.Summary = &atomOutText{Text: plain}
	}
	if it.Content != "" {
		e.Content = &gorilla.AtomContent{Type: "html", Content: it.Content}
	}
	if o := it.Origin; o != nil && o.ID != "" {
		e.Source = &atomOutSource{ID: o.ID, Title: o.Title}
		if o.Link != "" {
			e.Source.Links = append(e.Source.Links, atomOutLink{Rel: "alternate", Type: "text/html", Href: o.Link})
		}
		if o.Self != "" {
			e.Source.Links = append(e.Source.Links, atomOutLink{Rel: "self", Href: o.Self})
		}
	}
	return e
}
