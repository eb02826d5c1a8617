// Package clean makes a parsed feed fit to store and to publish: HTML safe and
// tidy, titles plain, links absolute and free of trackers, repeated captions and
// footers gone.
//
//	feed, err := feeds.Parse(body, meta, known)
//	clean.Feed(feed, clean.Options{Base: meta.URL, Lang: "ar"})
//
// HTML is cleaned by an allow-list: what is not on it does not pass (see html.go).
// Everything here is a pure function and idempotent: cleaning twice is cleaning
// once.
package clean

import (
	"cmp"
	"html"
	"strings"

	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// Version is raised with every change of what comes out, so that stored sums of
// documents no longer hold and everything is read once more.
const Version = 3

// Options say what is known of a feed beside its document.
type Options struct {
	Base string // address of the document: what relative links start from
	Lang string // language the operator says the source writes

	Rules  *Rules  // the operator's own, for every link; nil for none
	Habits *Habits // what earlier items of the source said; nil for none
}

// link is Link, then the operator's rules.
func (o Options) link(raw string) string { return o.Rules.Apply(Link(raw, o.Base)) }

// at is o for what starts from another address: an item's xml:base.
func (o Options) at(base string) Options {
	if base != "" {
		if u := resolve(base, o.Base); u != nil && web(u) {
			o.Base = u.String()
		}
	}
	return o
}

// Feed cleans f in place and returns what the source says now, for the next
// time. An item whose cleaning panics is kept as plain text: one hostile item
// never costs the others.
func Feed(f *feeds.Feed, o Options) *Habits {
	if f.Base != "" {
		o.Base, f.Base = f.Base, ""
	}
	f.Title = Title(f.Title)
	f.Description = body{rules: o.Rules}.clean(f.Description, o.Base)
	f.Rights = Title(f.Rights)
	f.Generator = Title(f.Generator)
	if o.Base == "" { // a document from a file: it may say where it belongs
		if o.Base = Link(f.Self, ""); o.Base == "" {
			o.Base = Link(f.Link, "")
		}
	}
	f.Link = o.link(f.Link)
	f.Self = o.link(f.Self)
	f.Hub = o.link(f.Hub)
	f.Prev, f.Next, f.Current = o.link(f.Prev), o.link(f.Next), o.link(f.Current)
	f.Image = o.link(f.Image)
	f.Lang = words.Tag(f.Lang)
	people(f.Authors, o)
	categories(f.Categories)
	tellings := make([]telling, len(f.Items))
	views := make([]*view, len(f.Items))
	ks := keys{}
	for i := range f.Items {
		safely(&f.Items[i], func(it *feeds.Item) { tellings[i], views[i] = item(f, it, ks, o) })
	}
	habits := o.Habits.joined(tellings)
	often := habits.repeated()
	for i := range f.Items {
		safely(&f.Items[i], func(it *feeds.Item) {
			v := views[i]
			if views[i] = nil; !tellings[i].dropHabits(f, it, ks, often) {
				views[i] = v
			}
		})
		safely(&f.Items[i], func(it *feeds.Item) { finish(f, it, o, views[i]) })
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
			it.Enclosures, it.Image, it.Link, it.Canonical = nil, "", "", ""
		}
	}()
	step(it)
}

func escape(s string) string { return html.EscapeString(Plain(s)) }

// item cleans what stands in one item and says what it tells and shows.
func item(f *feeds.Feed, it *feeds.Item, ks keys, o Options) (telling, *view) {
	o = o.at(it.Base)
	it.Base = ""
	it.Title = Title(it.Title)
	it.Link, it.Canonical = o.link(it.Link), o.link(it.Canonical)
	b := bodyOf(f, it, ks, o.Rules)
	if o.Base == "" {
		o.Base = it.Link
	}
	var summary, content []passage
	var above, below view
	it.Summary, above = b.noting(&summary).view(it.Summary, o.Base)
	it.Content, below = b.noting(&content).view(it.Content, o.Base)
	it.Rights = Title(it.Rights)
	people(it.Authors, o)
	categories(it.Categories)
	it.Enclosures = enclosures(it.Enclosures, o)
	it.Image = o.link(it.Image)
	if it.Origin != nil {
		g := *it.Origin
		g.Title, g.Link, g.Self = Title(g.Title), o.link(g.Link), o.link(g.Self)
		it.Origin = &g
	}
	return b.tell(it, summary, content), both(above, below)
}

// both is the view of an item by those of its summary and its content.
func both(summary, content view) *view {
	return &view{fuller(summary.text, content.text), cmp.Or(content.image, summary.image)}
}

// finish fills the fields that follow from the others; v is nil when they have
// changed since the item was looked at.
func finish(f *feeds.Feed, it *feeds.Item, o Options, v *view) {
	if v == nil {
		v = both(viewOf(it.Summary), viewOf(it.Content))
	}
	it.Text = v.text
	it.Words = words.Count(it.Text)
	if it.Image == "" {
		it.Image = cmp.Or(enclosedImage(it), v.image)
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

func people(ps []feeds.Person, o Options) {
	for i := range ps {
		ps[i].Name = Title(ps[i].Name)
		ps[i].Email = Plain(ps[i].Email)
		ps[i].URI = o.link(ps[i].URI)
	}
}

func categories(cs []feeds.Category) {
	for i := range cs {
		cs[i].Term, cs[i].Label, cs[i].Scheme = Title(cs[i].Term), Title(cs[i].Label), Plain(cs[i].Scheme)
	}
}

func enclosures(all []feeds.Enclosure, o Options) (kept []feeds.Enclosure) {
	for _, e := range all {
		if e.URL = o.link(e.URL); e.URL != "" {
			e.Type = Plain(e.Type)
			kept = append(kept, e)
		}
	}
	return kept
}

// enclosedImage is the first picture the item carries.
func enclosedImage(it *feeds.Item) string {
	for _, e := range it.Enclosures {
		if strings.HasPrefix(e.Type, "image/") {
			return e.URL
		}
	}
	return ""
}
