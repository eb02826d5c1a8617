package aggregator

import (
	"net/url"
	"strings"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/clean"
)

// Limits of what one telling shows. A document has room for 1 MB: one item with
// a title of that size would push every other entry out of it.
const (
	maxTitle   = 500       // characters
	maxContent = 100 << 10 // bytes; a longer text is left at its publisher
	maxAlso    = 100       // tellings beside a lead
)

// telling copies from a record what an entry shows of it.
func telling(plan *Plan, r *Record, topics []string) Telling {
	src := plan.Source(r.Source)
	if src == nil {
		src = &config.Source{ID: r.Source} // retired; its items are still told
	}
	it := &r.Item
	t := Telling{
		Record: r.ID, Source: r.Source, Key: r.Key, Outlet: outlet(src, it), Label: src.Label,
		Weight: src.Weight, Title: it.Title, Link: it.Link, Lang: it.Lang,
		Summary: excerpt(it, src.Excerpt), Words: len(strings.Fields(it.Text)),
		Published: r.Published, Authors: authors(it), Categories: subjects(it), Topics: topics,
		Enclosures: audible(it.Enclosures), Rights: it.Rights, CopyOf: r.CopyOf,
		Feed: origin(src, it), Note: r.Note, NoteRev: r.NoteRev, Facts: facts(it),
	}
	for _, l := range r.Links {
		t.Links = append(t.Links, l.Story)
	}
	t.Credit = credit(it, t.Outlet, src.ID)
	if src.Rights != "" {
		t.Rights = src.Rights
	}
	t.Title = clean.Excerpt(t.Title, maxTitle)
	t.Rights = clean.Excerpt(t.Rights, 300)
	if t.Title == "" {
		t.Title = clean.Excerpt(it.Text, 80) // RSS 2.0 allows an item without a title; readers do not
	}
	if src.Images == "link" {
		t.Image = it.Image
	}
	if src.Content == "full" && src.Allowed != "" && len(it.Content) <= maxContent {
		t.Content = it.Content
	}
	return t
}

// Outlet names who published an item, as its entry does.
func (p *Plan) Outlet(r *Record) string {
	src := p.Source(r.Source)
	if src == nil {
		src = &config.Source{ID: r.Source}
	}
	return outlet(src, &r.Item)
}

// outlet names who published an item: the source's title, else whom the item
// itself names as its origin, else the source's id. Not the feed's own title,
// which may change with any poll: what is published would with it.
func outlet(src *config.Source, it *feeds.Item) string {
	switch {
	case src.Title != "":
		return src.Title
	case it.Origin != nil && it.Origin.Title != "":
		return clean.Excerpt(it.Origin.Title, 100)
	default:
		return src.ID
	}
}

// origin says where we read an item. An address that may be a secret is never
// told (one that is private, with a password, or from a url_file), nor one with
// a query, which may carry a token (DESIGN 8).
func origin(src *config.Source, it *feeds.Item) feeds.Origin {
	o := feeds.Origin{Title: outlet(src, it)}
	u, err := url.Parse(src.URL)
	if err != nil || u.Host == "" {
		return o
	}
	home := url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}
	o.Link = home.String()
	if !src.Secret() && u.RawQuery == "" {
		o.Self = src.URL
	}
	o.ID = o.Self
	if o.ID == "" {
		o.ID = o.Link
	}
	return o
}

// feed is where readers are told that t was read: not at an address that has
// become a secret since the entry was opened.
func (p *Plan) feed(t *Telling) *feeds.Origin {
	o := t.Feed
	if src := p.Source(t.Source); src != nil && src.Secret() {
		o.Self, o.ID = "", o.Link
	}
	return &o
}

// excerpt cuts the publisher's own summary; never the body.
func excerpt(it *feeds.Item, n int) string {
	if n == 0 || it.Summary == "" {
		return ""
	}
	return clean.Excerpt(clean.Text(it.Summary), n)
}

func authors(it *feeds.Item) (names []string) {
	for _, a := range it.Authors {
		if a.Name != "" && len(names) < 5 {
			names = append(names, clean.Excerpt(a.Name, 100))
		}
	}
	return names
}

// subjects are the publisher's own categories, at most five. A comma would
// split one in two for readers that take lists.
func subjects(it *feeds.Item) (terms []string) {
	for _, c := range it.Categories {
		term := c.Label
		if term == "" {
			term = c.Term
		}
		term = strings.TrimSpace(strings.ReplaceAll(term, ",", " "))
		if term != "" && len(terms) < 5 && len(term) <= 60 {
			terms = append(terms, term)
		}
	}
	return terms
}

func audible(all []feeds.Enclosure) (kept []feeds.Enclosure) {
	for _, e := range all {
		if strings.HasPrefix(e.Type, "audio/") || strings.HasPrefix(e.Type, "video/") {
			kept = append(kept, e)
		}
	}
	return kept
}
