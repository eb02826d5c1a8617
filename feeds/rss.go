package feeds

import (
	"strconv"
	"strings"
	"time"

	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"
)

// fromRSS maps RSS 0.9x, 1.0 and 2.0.
func fromRSS(d *rss.Feed, base string) *Feed {
	f := &Feed{
		Format: RSS, Base: base, Title: first(d.Title, firstOf(d.Extensions, "dc:title", "itunes:title")),
		Description: first(d.Description, firstOf(d.Extensions, "dc:description", "itunes:summary", "itunes:subtitle")),
		Link:        link(base, first(d.Link, firstOf(d.Extensions, "wd:about"))),
		Lang:        first(d.Language, firstOf(d.Extensions, "dc:language", "wd:lang")),
		Rights:      first(d.Copyright, firstOf(d.Extensions, "dc:rights", "dcterms:rights")),
		Generator:   d.Generator,
		Updated:     firstDate(d.LastBuildDate, firstOf(d.Extensions, "dc:date", "dcterms:modified", "dcterms:updated"), d.PubDate, firstOf(d.Extensions, "atom:updated")),
	}
	if d.DublinCoreExt != nil {
		dc := d.DublinCoreExt
		f.Title = first(f.Title, oneOf(dc.Title))
		f.Description = first(f.Description, oneOf(dc.Description))
		f.Lang = first(d.Language, oneOf(dc.Language), f.Lang)
		f.Rights = first(f.Rights, oneOf(dc.Rights))
		if f.Updated.IsZero() {
			f.Updated = firstDate(dc.Date...)
		}
		f.Authors = persons(dc.Creator, dc.Author)
	}
	if len(f.Authors) == 0 {
		f.Authors = persons([]string{d.ManagingEditor}, values(d.Extensions, "itunes", "author"), values(d.Extensions, "wd", "author"))
		f.Authors = f.Authors[:min(len(f.Authors), 1)]
	}
	if d.Image != nil {
		f.Image = link(base, d.Image.URL)
	}
	for _, x := range append(d.Extensions["itunes"]["image"], d.Extensions["itunes"]["link"]...) {
		if rel := x.Attrs["rel"]; rel == "" || rel == "image" {
			f.Image = first(f.Image, link(base, first(x.Attrs["href"], x.Attrs["url"])))
		}
	}
	for _, c := range d.Categories {
		f.Categories = label(f.Categories, Category{Term: c.Value, Scheme: c.Domain})
	}
	if d.DublinCoreExt != nil {
		for _, s := range d.DublinCoreExt.Subject {
			f.Categories = label(f.Categories, Category{Term: s})
		}
	}
	f.Categories = extLabels(f.Categories, d.Extensions)
	rssLinks(f, d.Extensions, base)
	rssAsks(f, d)
	f.Gone = deleted(d.Extensions)
	f.Archive = len(d.Extensions["fh"]["archive"]) > 0
	for _, it := range d.Items {
		f.Items = append(f.Items, rssItem(it, base))
	}
	return f
}

func oneOf(vs []string) string {
	return first(vs...)
}

func persons(lists ...[]string) (ps []Person) {
	for _, list := range lists {
		for _, s := range list {
			if p := person(s); p != (Person{}) {
				ps = append(ps, p)
			}
		}
	}
	return ps
}

// rssLinks reads atom:link in a channel.
func rssLinks(f *Feed, e ext.Extensions, base string) {
	for _, x := range e["atom"]["link"] {
		href := link(base, x.Attrs["href"])
		switch x.Attrs["rel"] {
		case "self":
			f.Self = first(f.Self, href)
		case "hub":
			f.Hub = first(f.Hub, href)
		case "prev-archive":
			f.Prev = first(f.Prev, href)
		case "next-archive":
			f.Next = first(f.Next, href)
		case "current":
			f.Current = first(f.Current, href)
		case "", "alternate":
			f.Link = first(f.Link, href)
		}
	}
}

// rssAsks reads how often the channel wants to be polled.
func rssAsks(f *Feed, d *rss.Feed) {
	if n, err := strconv.Atoi(strings.TrimSpace(d.TTL)); err == nil && n > 0 && n < 60*24*366 {
		f.TTL = time.Duration(n) * time.Minute
	}
	for _, h := range d.SkipHours {
		if n, err := strconv.Atoi(strings.TrimSpace(h)); err == nil && n >= 0 && n <= 24 {
			f.SkipHours = append(f.SkipHours, n%24)
		}
	}
	for _, s := range d.SkipDays {
		for day := time.Sunday; day <= time.Saturday; day++ {
			if strings.EqualFold(strings.TrimSpace(s), day.String()) {
				f.SkipDays = append(f.SkipDays, day)
			}
		}
	}
}

func rssItem(d *rss.Item, docBase string) Item {
	e := d.Extensions
	base := first(firstOf(e, "wd:base"), docBase)
	it := Item{
		Base: base, Lang: firstOf(e, "dc:language", "wd:lang"), Raw: readSum(firstOf(e, "wd:raw")),
		Title:   first(d.Title, firstOf(e, "dc:title", "media:title")),
		Summary: first(d.Description, firstOf(e, "dc:description", "media:description", "itunes:summary", "itunes:subtitle")),
		Content: first(d.Content, firstOf(e, "content:encoded", "xhtml:body", "wd:more")),
		Rights:  firstOf(e, "dc:rights", "dcterms:rights", "media:copyright"),
		Published: firstDate(d.PubDate, firstOf(e, "dcterms:issued", "dcterms:created", "atom:published"),
			firstOf(e, "dc:date"), firstOf(e, "atom:updated", "dcterms:modified")),
		Updated: firstDate(firstOf(e, "dcterms:modified", "atom:updated"), firstOf(e, "dcterms:valid")),
	}
	if dc := d.DublinCoreExt; dc != nil {
		it.Title = first(it.Title, oneOf(dc.Title))
		it.Summary = first(it.Summary, oneOf(dc.Description))
		it.Lang = first(oneOf(dc.Language), it.Lang)
		it.Rights = first(it.Rights, oneOf(dc.Rights))
		it.Authors = persons(dc.Creator, dc.Author)
		if it.Published.IsZero() {
			it.Published = firstDate(dc.Date...)
		}
		for _, s := range dc.Subject {
			it.Categories = append(it.Categories, Category{Term: s})
		}
	}
	for _, x := range e["atom"]["link"] {
		if x.Attrs["rel"] == "canonical" {
			it.Canonical = first(it.Canonical, link(base, x.Attrs["href"]))
		}
	}
	rssIdentity(&it, d, base)
	rssAuthors(&it, d)
	rssCategories(&it, d)
	rssFiles(&it, d, base)
	if d.Source != nil && (d.Source.URL != "" || d.Source.Title != "") {
		it.Origin = &Origin{ID: d.Source.URL, Title: d.Source.Title, Self: link(base, d.Source.URL)}
	}
	return it
}

// rssIdentity reads guid and link. A guid that is an address is the link of an
// item without one (RSS 2.0, guid: isPermaLink is true by default).
func rssIdentity(it *Item, d *rss.Item, base string) {
	e := d.Extensions
	permanent := false
	if d.GUID != nil {
		it.ID = strings.TrimSpace(d.GUID.Value)
		permanent = !strings.EqualFold(d.GUID.IsPermalink, "false")
	}
	it.ID = first(it.ID, firstOf(e, "wd:about", "atom:id"))
	it.Link = link(base, first(firstOf(e, "feedburner:origLink"), d.Link))
	if it.Link == "" {
		for _, x := range e["atom"]["link"] {
			if rel := x.Attrs["rel"]; rel == "" || rel == "alternate" {
				it.Link = link(base, x.Attrs["href"])
				break
			}
		}
	}
	if it.Link == "" && permanent && (strings.HasPrefix(it.ID, "http://") || strings.HasPrefix(it.ID, "https://")) {
		it.Link = it.ID
	}
	if it.Link == "" {
		it.Link = link(base, firstOf(e, "wd:about"))
	}
}

func rssAuthors(it *Item, d *rss.Item) {
	if len(it.Authors) == 0 {
		it.Authors = persons(values(d.Extensions, "dc", "creator"), nil)
	}
	if len(it.Authors) == 0 {
		it.Authors = persons([]string{d.Author}, nil)
	}
	if len(it.Authors) == 0 && d.ITunesExt != nil {
		it.Authors = persons([]string{d.ITunesExt.Author}, nil)
	}
	for _, a := range d.Extensions["atom"]["author"] {
		if len(it.Authors) > 0 {
			return
		}
		p := Person{}
		for _, n := range a.Children["name"] {
			p.Name = n.Value
		}
		for _, m := range a.Children["email"] {
			p.Email = m.Value
		}
		if p != (Person{}) {
			it.Authors = append(it.Authors, p)
		}
	}
}

// rssFiles reads enclosures and Media RSS, whose parts may stand in a group.
func rssFiles(it *Item, d *rss.Item, base string) {
	for _, f := range d.Enclosures {
		if u := link(base, f.URL); u != "" {
			it.Enclosures = append(it.Enclosures, Enclosure{u, f.Type, size(f.Length)})
		}
	}
	media(it, d.Extensions["media"], base)
}

func size(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// media reads the elements of Media RSS that say what nothing else did.
func media(it *Item, m map[string][]ext.Extension, base string) {
	for _, g := range m["group"] {
		media(it, g.Children, base)
	}
	for _, c := range m["content"] {
		u := link(base, c.Attrs["url"])
		kind := c.Attrs["type"]
		if kind == "" && c.Attrs["medium"] == "image" {
			kind = "image/*"
		}
		if strings.HasPrefix(kind, "image/") {
			it.Image = first(it.Image, u)
		}
		playable := strings.HasPrefix(kind, "audio/") || strings.HasPrefix(kind, "video/")
		if u != "" && playable && !held(it.Enclosures, u) {
			it.Enclosures = append(it.Enclosures, Enclosure{u, kind, size(c.Attrs["fileSize"])})
		}
		media(it, c.Children, base)
	}
	for _, t := range m["thumbnail"] {
		it.Image = first(it.Image, link(base, t.Attrs["url"]))
	}
	for _, t := range m["title"] {
		it.Title = first(it.Title, t.Value)
	}
	for _, t := range m["description"] {
		if it.Content == "" {
			it.Summary = first(it.Summary, t.Value)
		}
	}
}

func held(all []Enclosure, u string) bool {
	for _, e := range all {
		if e.URL == u {
			return true
		}
	}
	return false
}
