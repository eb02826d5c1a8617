// Package clean makes a parsed feed fit to store and to publish: HTML safe and
// tidy, titles plain, links absolute and free of trackers, repeated captions and
// footers gone.
//
//	feed, err := feeds.Parse(body, meta)
//	clean.Feed(feed, clean.Options{Base: meta.URL, Lang: "ar"})
//
// HTML is cleaned by an allow-list: what is not on it does not pass (see html.go).
// Everything here is a pure function and idempotent: cleaning twice is cleaning
// once.
package clean

import (
	"html"
	"net/url"
	"strings"

	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// Version is raised with every change of what comes out, so that stored sums of
// documents no longer hold and everything is read once more.
const Version = 2

// Options say what is known of a feed beside its document.
type Options struct {
	Base string // address of the document: what relative links start from
	Lang string // language the operator says the source writes

	Habits *Habits // what earlier items of the source said; nil for none
}

// Feed cleans f in place and returns what the source says now, for the next
// time. An item whose cleaning panics is kept as plain text: one hostile item
// never costs the others.
func Feed(f *feeds.Feed, o Options) *Habits {
	f.Title = Title(f.Title)
	f.Description = Title(f.Description)
	f.Rights = Title(f.Rights)
	f.Generator = Title(f.Generator)
	f.Link = Link(f.Link, o.Base)
	f.Self = Link(f.Self, o.Base)
	f.Hub = Link(f.Hub, o.Base)
	f.Image = Link(f.Image, o.Base)
	f.Lang = words.Normal(f.Lang)
	people(f.Authors, o.Base)
	categories(f.Categories)
	tellings := make([]telling, len(f.Items))
	for i := range f.Items {
		safely(&f.Items[i], func(it *feeds.Item) { tellings[i] = item(f, it, o) })
	}
	habits := o.Habits.joined(tellings)
	often := habits.repeated()
	for i := range f.Items {
		safely(&f.Items[i], func(it *feeds.Item) { tellings[i].dropHabits(f, it, often) })
		safely(&f.Items[i], func(it *feeds.Item) { finish(f, it, o) })
	}
	return habits.bounded()
}

// safely does one step of cleaning an item, and takes all markup off it when
// that panics.
func safely(it *feeds.Item, step func(*feeds.Item)) {
	defer func() {
		if recover() != nil {
			it.Title, it.Summary, it.Content = escape(it.Title), escape(it.Summary), escape(it.Content)
			it.Text = it.Title
			it.Enclosures, it.Image, it.Link = nil, "", ""
		}
	}()
	step(it)
}

func escape(s string) string { return html.EscapeString(Plain(s)) }

// item cleans what stands in one item and says what it tells.
func item(f *feeds.Feed, it *feeds.Item, o Options) telling {
	base := o.Base
	if it.Base != "" {
		base = it.Base
	}
	it.Base = ""
	it.Title = Title(it.Title)
	it.Link = Link(it.Link, base)
	b := bodyOf(f, it)
	if it.Link != "" && base == "" {
		base = it.Link
	}
	var summary, content []passage
	it.Summary = b.noting(&summary).clean(it.Summary, base)
	it.Content = b.noting(&content).clean(it.Content, base)
	it.Rights = Title(it.Rights)
	people(it.Authors, base)
	categories(it.Categories)
	it.Enclosures = enclosures(it.Enclosures, base)
	it.Image = Link(it.Image, base)
	if it.Origin != nil {
		g := *it.Origin
		g.Title, g.Link, g.Self = Title(g.Title), Link(g.Link, base), Link(g.Self, base)
		it.Origin = &g
	}
	return b.tell(it, summary, content)
}

// finish fills the fields that follow from the others.
func finish(f *feeds.Feed, it *feeds.Item, o Options) {
	it.Text = fuller(Text(it.Summary), Text(it.Content))
	if it.Image == "" {
		it.Image = leadImage(it)
	}
	it.Lang = language(it, o.Lang, f.Lang)
}

func fuller(a, b string) string {
	if len(b) >= len(a) {
		return b
	}
	return a
}

// language is the operator's word, else the document's, unless the text is in
// another script; then, and when nobody says, it is detected.
func language(it *feeds.Item, source, feed string) string {
	sample := it.Title + "\n" + it.Text
	if len(sample) > 4000 {
		sample = strings.ToValidUTF8(sample[:4000], "")
	}
	script := words.Script(sample)
	for _, said := range []string{source, it.Lang, feed} {
		if l := words.Normal(said); l != "" && (script == "" || words.ScriptOf(l) == script || related(l, script)) {
			return l
		}
	}
	return words.Detect(sample)
}

// related covers languages written in more than one script.
func related(lang, script string) bool {
	switch lang {
	case "ja":
		return script == "Hira" || script == "Kana"
	case "ku":
		return script == "Arab"
	case "sr", "az", "uz":
		return script == "Latn" || script == "Cyrl"
	}
	return false
}

func people(ps []feeds.Person, base string) {
	for i := range ps {
		ps[i].Name = Title(ps[i].Name)
		ps[i].Email = Plain(ps[i].Email)
		ps[i].URI = Link(ps[i].URI, base)
	}
}

func categories(cs []feeds.Category) {
	for i := range cs {
		cs[i].Term, cs[i].Label, cs[i].Scheme = Title(cs[i].Term), Title(cs[i].Label), Plain(cs[i].Scheme)
	}
}

func enclosures(all []feeds.Enclosure, base string) (kept []feeds.Enclosure) {
	for _, e := range all {
		if e.URL = Link(e.URL, base); e.URL != "" {
			e.Type = Plain(e.Type)
			kept = append(kept, e)
		}
	}
	return kept
}

// leadImage is the first picture the item carries or shows.
func leadImage(it *feeds.Item) string {
	for _, e := range it.Enclosures {
		if strings.HasPrefix(e.Type, "image/") {
			return e.URL
		}
	}
	for _, h := range []string{it.Content, it.Summary} {
		if src := firstImage(h); src != "" {
			return src
		}
	}
	return ""
}

// resolve makes an address absolute; nil when it is none.
func resolve(raw, base string) *url.URL {
	u, err := url.Parse(raw)
	if err != nil {
		return nil
	}
	if !u.IsAbs() && base != "" {
		if b, err := url.Parse(base); err == nil {
			u = b.ResolveReference(u)
		}
	}
	return u
}
