package feeds

import (
	"slices"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"
)

func rssCategories(it *Item, d *rss.Item) {
	var own []Category
	for _, t := range values(d.Extensions, "wd", "tags") {
		own = commas(own, t, "")
	}
	for _, c := range d.Categories {
		own = label(own, Category{Term: c.Value, Scheme: c.Domain})
	}
	for _, c := range it.Categories {
		own = label(own, c)
	}
	it.Categories = extLabels(own, d.Extensions)
}

// itunes is the scheme of iTunes' categories, as other readers name it.
const itunesScheme = "http://www.itunes.com/"

// extLabels adds the labels of extensions: Media RSS, iTunes with its nested
// categories, and lists of keywords.
func extLabels(cs []Category, e ext.Extensions) []Category {
	cs = mediaLabels(cs, e["media"])
	cs = itunesLabels(cs, e["itunes"]["category"])
	for _, k := range values(e, "itunes", "keywords") {
		cs = commas(cs, k, itunesScheme)
	}
	return cs
}

func mediaLabels(cs []Category, m map[string][]ext.Extension) []Category {
	for _, x := range m["category"] {
		cs = label(cs, Category{Term: x.Value, Scheme: x.Attrs["scheme"], Label: x.Attrs["label"]})
	}
	for _, x := range m["keywords"] {
		cs = commas(cs, x.Value, "")
	}
	for _, name := range []string{"group", "content"} {
		for _, x := range m[name] {
			cs = mediaLabels(cs, x.Children)
		}
	}
	return cs
}

func itunesLabels(cs []Category, xs []ext.Extension) []Category {
	for _, x := range xs {
		cs = label(cs, Category{Term: x.Attrs["text"], Scheme: itunesScheme})
		cs = itunesLabels(cs, x.Children["category"])
	}
	return cs
}

// commas adds a list of labels.
func commas(cs []Category, list, scheme string) []Category {
	for _, term := range strings.Split(list, ",") {
		cs = label(cs, Category{Term: term, Scheme: scheme})
	}
	return cs
}

// label adds a category that says something and is not there yet.
func label(cs []Category, c Category) []Category {
	c.Term = strings.TrimSpace(c.Term)
	if c.Term == "" || slices.Contains(cs, c) {
		return cs
	}
	return append(cs, c)
}
