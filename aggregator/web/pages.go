package web

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/words"
)

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"dir": func(lang string) string {
		if lang == "" {
			return "auto"
		}
		return words.Dir(lang)
	},
	"stamp": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"reach": reach,
	"clock": func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
	"short": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
}).ParseFS(assets, "assets/*.html"))

// page fills a template and seals it as a document.
func page(name string, value any, modified time.Time) (*aggregator.Document, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, value); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return aggregator.NewDocument(b.Bytes(), "text/html; charset=utf-8", modified), nil
}

// A link is an address of an edition's feed, as shown.
type link struct {
	Name string
	Type string
	URL  string
}

// reach shows site.contact as people write it; what is no address of the web or
// of mail has no URL.
func reach(contact string) link {
	mail, found := strings.CutPrefix(contact, "mailto:")
	if found || strings.HasPrefix(contact, "https://") || strings.HasPrefix(contact, "http://") {
		return link{Name: mail, URL: contact}
	}
	return link{Name: contact}
}

// feedNames are the formats as people call them.
var feedNames = map[string]link{
	"rss":  {Name: "RSS", Type: "application/rss+xml"},
	"atom": {Name: "Atom", Type: "application/atom+xml"},
	"json": {Name: "JSON Feed", Type: "application/feed+json"},
}

func links(plan *aggregator.Plan, ed *config.Edition, is aggregator.Issue) []link {
	var all []link
	for _, format := range ed.Formats {
		if l, ok := feedNames[format]; ok {
			l.URL = plan.Address(ed, is, format)
			all = append(all, l)
		}
	}
	return all
}

// editionPage is what edition.html shows.
type editionPage struct {
	Site    config.Site
	Title   string
	Changed time.Time
	Feeds   []link
	Digests []link             // none unless the plan wants them
	Archive bool               // it has some
	Pinned  []aggregator.Entry // newest first; not in Days again
	Days    []day
	Private bool
}

// A day is the entries published on one day (UTC), newest first.
type day struct {
	Date    time.Time
	Entries []aggregator.Entry
}

// edition prints an edition's page.
func (s *Site) edition(ctx context.Context, id string) (*aggregator.Document, error) {
	return s.Press.Render(ctx, id, "html", func(plan *aggregator.Plan, ed *config.Edition, issue aggregator.Issue, entries []aggregator.Entry) (*aggregator.Document, error) {
		pinned, rest := split(entries)
		return page("edition.html", editionPage{
			Site: plan.Config.Site, Title: aggregator.EditionTitle(plan, ed),
			Changed: issue.ChangedAt, Feeds: links(plan, ed, issue), Digests: digestLinks(plan, ed, issue),
			Archive: issue.Archive > 0, Pinned: pinned, Days: days(rest), Private: ed.Private,
		}, issue.ChangedAt)
	})
}

// split takes the pinned entries out of the others; both keep their order.
func split(entries []aggregator.Entry) (pinned, rest []aggregator.Entry) {
	for _, e := range entries {
		if e.Pinned() {
			pinned = append(pinned, e)
		} else {
			rest = append(rest, e)
		}
	}
	return pinned, rest
}

// days groups entries that are already in order.
func days(entries []aggregator.Entry) []day {
	var ds []day
	for _, e := range entries {
		date := e.Published.UTC().Truncate(24 * time.Hour)
		if len(ds) == 0 || !ds[len(ds)-1].Date.Equal(date) {
			ds = append(ds, day{Date: date})
		}
		last := &ds[len(ds)-1]
		last.Entries = append(last.Entries, e)
	}
	return ds
}

// indexPage is what index.html shows.
type indexPage struct {
	Site     config.Site
	Editions []editionLine
}

type editionLine struct {
	Title string
	Page  string // "" without an HTML format
	Feeds []link
}

func index(plan *aggregator.Plan, changed time.Time) (*aggregator.Document, error) {
	p := indexPage{Site: plan.Config.Site}
	for _, ed := range plan.Config.Editions {
		if ed.Private {
			continue
		}
		line := editionLine{Title: aggregator.EditionTitle(plan, ed), Feeds: links(plan, ed, aggregator.Issue{})}
		if aggregator.Prints(ed, "html") {
			line.Page = plan.Config.Site.BaseURL + "/" + ed.ID + "/"
		}
		p.Editions = append(p.Editions, line)
	}
	return page("index.html", p, changed)
}

// statusPage is what status.html shows: how the sources do, those that need
// attention first. It tells no address: a feed's URL may carry a token.
type statusPage struct {
	Site    config.Site
	Sources []sourceLine
	OK      int
	Failing int
	Past    int // items that a changed config has still to file
	Config  Reading
	Hubs    []hubLine // that could not be told
}

type sourceLine struct {
	ID    string
	Title string
	State aggregator.State
	Words string // how it does, in words
	Bad   bool
}

func (s *Site) status(w http.ResponseWriter, r *http.Request) error {
	states, err := s.Store.States(r.Context())
	if err != nil {
		return err
	}
	plan := s.Plan()
	p := statusPage{Site: plan.Config.Site}
	if p.Past, err = s.Store.Past(r.Context(), plan.Print); err != nil {
		return err
	}
	if p.Hubs, err = s.hubs(r.Context()); err != nil {
		return err
	}
	if s.Reading != nil {
		p.Config = s.Reading()
	}
	for _, st := range states {
		line := sourceLine{ID: st.Source, Title: st.Feed.Title, State: st, Words: st.Health(time.Now()), Bad: st.Error != ""}
		if line.Bad {
			p.Failing++
		} else {
			p.OK++
		}
		p.Sources = append(p.Sources, line)
	}
	slices.SortStableFunc(p.Sources, func(a, b sourceLine) int { return rank(a) - rank(b) })
	doc, err := page("status.html", p, time.Time{})
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return send(w, r, doc)
}

func rank(l sourceLine) int {
	if l.Bad {
		return 0
	}
	return 1
}
