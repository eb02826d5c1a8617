package feeds

import (
	"strings"

	"github.com/mmcdole/gofeed/atom"
)

// fromAtom maps Atom 1.0 and 0.3. Its text constructs have become HTML before.
func fromAtom(d *atom.Feed, base string) *Feed {
	f := &Feed{
		Format: Atom, Base: base, ID: firstOf(d.Extensions, "wd:id"), Title: d.Title, Description: d.Subtitle, Lang: firstOf(d.Extensions, "wd:lang", "dc:language"),
		Rights: d.Rights, Image: link(base, first(d.Logo, d.Icon)), Updated: firstDate(d.Updated),
		Authors: atomPeople(d.Authors, base), Categories: atomCategories(d.Categories),
	}
	if d.Generator != nil {
		f.Generator = d.Generator.Value
	}
	for _, l := range d.Links {
		href := link(base, l.Href)
		switch l.Rel {
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
	f.Gone = deleted(d.Extensions)
	f.Archive = len(d.Extensions["fh"]["archive"]) > 0
	for _, e := range d.Entries {
		f.Items = append(f.Items, atomItem(e, base))
	}
	return f
}

func atomPeople(ps []*atom.Person, base string) (out []Person) {
	for _, p := range ps {
		q := Person{Name: strings.TrimSpace(p.Name), Email: strings.TrimSpace(p.Email), URI: link(base, p.URI)}
		if q != (Person{}) {
			out = append(out, q)
		}
	}
	return out
}

func atomCategories(cs []*atom.Category) (out []Category) {
	for _, c := range cs {
		if c.Term != "" || c.Label != "" {
			out = append(out, Category{Term: first(c.Term, c.Label), Scheme: c.Scheme, Label: c.Label})
		}
	}
	return out
}

func atomItem(d *atom.Entry, docBase string) Item {
	e := d.Extensions
	base := first(firstOf(e, "wd:base"), docBase)
	it := Item{
		Base: base, Raw: readSum(firstOf(e, "wd:raw")), ID: firstOf(e, "wd:id"), Lang: firstOf(e, "wd:lang", "dc:language"),
		Title: first(d.Title, firstOf(e, "dc:title")), Summary: d.Summary, Rights: d.Rights,
		Published:  firstDate(d.Published, firstOf(e, "dcterms:issued", "dcterms:created", "dc:date")),
		Updated:    firstDate(d.Updated, firstOf(e, "dcterms:modified")),
		Authors:    atomPeople(d.Authors, base),
		Categories: atomCategories(d.Categories),
	}
	if it.Published.IsZero() {
		it.Published = it.Updated // RFC 4287 asks for updated only
	}
	if d.Content != nil {
		it.Content = d.Content.Value
	}
	for _, s := range values(e, "dc", "subject") {
		it.Categories = label(it.Categories, Category{Term: s})
	}
	for _, t := range values(e, "wd", "tags") {
		it.Categories = commas(it.Categories, t, "")
	}
	it.Categories = extLabels(it.Categories, e)
	if len(it.Authors) == 0 {
		it.Authors = persons(values(e, "dc", "creator"), nil)
	}
	atomLinks(&it, d, base)
	media(&it, e["media"], base)
	atomSource(&it, d.Source, base)
	return it
}

func atomLinks(it *Item, d *atom.Entry, base string) {
	it.Link = link(base, firstOf(d.Extensions, "feedburner:origLink"))
	for _, l := range d.Links {
		href := link(base, l.Href)
		switch l.Rel {
		case "", "alternate":
			it.Link = first(it.Link, href)
		case "canonical":
			it.Canonical = first(it.Canonical, href)
		case "enclosure":
			if href != "" {
				it.Enclosures = append(it.Enclosures, Enclosure{href, l.Type, size(l.Length)})
			}
		}
	}
	if it.Link == "" && d.Content != nil {
		it.Link = link(base, d.Content.Src)
	}
	if it.Link == "" && (strings.HasPrefix(it.ID, "http://") || strings.HasPrefix(it.ID, "https://")) {
		it.Link = it.ID // blogs that give nothing else
	}
}

// atomSource reads where an entry came from (RFC 4287, 4.2.11). Its authors are
// those of an entry that names none (4.2.1).
func atomSource(it *Item, s *atom.Source, base string) {
	if s == nil {
		return
	}
	o := &Origin{ID: strings.TrimSpace(s.ID), Title: s.Title}
	for _, l := range s.Links {
		switch l.Rel {
		case "self":
			o.Self = first(o.Self, link(base, l.Href))
		case "", "alternate":
			o.Link = first(o.Link, link(base, l.Href))
		}
	}
	if *o != (Origin{}) {
		it.Origin = o
	}
	if len(it.Authors) == 0 {
		it.Authors = atomPeople(s.Authors, base)
	}
}
