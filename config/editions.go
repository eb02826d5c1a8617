package config

import (
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
)

var editionKeys = []string{"title", "topics", "formats", "group", "items", "span", "hold", "langs", "exclude_sources", "entry_title", "was", "hub", "private"}

var formats = []string{"rss", "atom", "json", "html"}

// edition reads one edition. Without formats it has all of them.
func (r *reader) edition(id, path string, t *value) {
	r.keys(t, path, editionKeys...)
	e := &Edition{
		ID: id, Title: r.text(t, path, "title", ""), Topics: r.texts(t, path, "topics"), Formats: r.texts(t, path, "formats"),
		Group: r.oneOf(t, path, "group", "story", "story", "copy", "item"),
		Items: r.number(t, path, "items", 100, 1, 500), Span: r.length(t, path, "span", 48*time.Hour), Hold: r.hold(t, path),
		Langs: r.texts(t, path, "langs"), ExcludeSources: r.texts(t, path, "exclude_sources"),
		EntryTitle: r.text(t, path, "entry_title", ""), Was: r.texts(t, path, "was"),
		Hub: r.text(t, path, "hub", ""), Private: r.yes(t, path, "private"),
	}
	switch {
	case t.find("formats") == nil:
		e.Formats = slices.Clone(formats)
	case t.find("formats").empty():
		r.fail(t.find("formats").span, "leave it out for all four", "%s.formats is empty: nothing would be published", path)
	}
	if v := t.find("topics"); v == nil || v.empty() {
		r.fail(r.cfg.places["table:"+path], `write topics = ["…"]`, "%s has no topics", path)
	}
	r.cfg.Editions = append(r.cfg.Editions, e)
}

// maxHold bounds how long an entry waits: news that waits longer is none.
const maxHold = 6 * time.Hour

// hold reads how long an entry waits; "0m" is not at all.
func (r *reader) hold(t *value, path string) time.Duration {
	if v := t.find("hold"); v != nil && v.kind == unstable.String && v.text == "0m" {
		r.place(join(path, "hold"), v)
		return 0
	}
	d := r.length(t, path, "hold", 10*time.Minute)
	if d > maxHold {
		r.fail(t.find("hold").span, `write "10m", or "0m" to publish at once`, "%s.hold is over 6h", path)
	}
	return d
}
