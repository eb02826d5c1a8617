package aggregator

import (
	"context"
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

// PrintDigests renders one format of an edition's digests: those it is published
// in itself, but for the page. ErrNoEdition when the plan wants no digests.
func (p *Press) PrintDigests(ctx context.Context, id string, format feeds.Format) (*Document, error) {
	plan := p.Plan()
	ed := plan.Edition(id)
	if ed == nil || !plan.Digested() || !Prints(ed, string(format)) || mediaTypes[format] == "" {
		return nil, fmt.Errorf("%s.%s: %w", DigestsOf(id), format, ErrNoEdition)
	}
	key := plan.sheet(ed, "digest."+string(format))
	key.digest = true
	return p.take(ctx, key, plan, func(*standing) (printed, error) {
		all, issue, err := p.Store.Digests(ctx, ed.ID)
		if err != nil {
			return printed{}, err
		}
		doc, err := printDigests(plan, ed, issue, all, format)
		return printed{issue.Version, plan, plan.look(ed), doc}, err
	})
}

// DigestAddress is where an edition's digests are published in a format.
func (p *Plan) DigestAddress(ed *config.Edition, is Issue, format string) string {
	return p.Address(ed, is, "html") + "digest." + format
}

// printDigests prints, and prints again with fewer digests while it is over 1 MB.
func printDigests(plan *Plan, ed *config.Edition, issue Issue, all []Digest, format feeds.Format) (*Document, error) {
	for {
		body, err := feeds.Write(composeDigests(plan, ed, issue, all, format), format)
		if err != nil {
			return nil, fmt.Errorf("print %s.%s: %w", DigestsOf(ed.ID), format, err)
		}
		if len(body) <= maxDocument || len(all) <= 1 {
			return NewDocument(body, mediaTypes[format], issue.ChangedAt), nil
		}
		all = all[:min(len(all)-1, len(all)*maxDocument/len(body))]
	}
}

// composeDigests lays digests out as a feed: a pure function, as Compose is (I7).
// Before the first one it has no items: nobody holds any that they could lose.
func composeDigests(plan *Plan, ed *config.Edition, issue Issue, all []Digest, format feeds.Format) *feeds.Feed {
	site := &plan.Config.Site
	f := &feeds.Feed{
		Format:      format,
		ID:          "tag:" + site.Tag + ":" + DigestsOf(plan.names.root(EditionID, ed.ID)),
		Title:       EditionTitle(plan, ed) + " · digest",
		Description: "What " + EditionTitle(plan, ed) + " has published, listed at set times.",
		Link:        site.BaseURL + "/",
		Self:        plan.DigestAddress(ed, issue, string(format)),
		Generator:   "wiredesk",
		Authors:     []feeds.Person{{Name: site.Title}},
		Updated:     issue.ChangedAt,
	}
	if Prints(ed, "html") {
		f.Link = plan.Address(ed, issue, "html")
	}
	var last time.Time
	for i := range all {
		it := composeDigest(&all[i], f.Link)
		f.Items = append(f.Items, it)
		if it.Updated.After(last) {
			last = it.Updated
		}
	}
	if !last.IsZero() {
		f.Updated = last // what else the edition publishes changes nothing here
	}
	return f
}

// composeDigest lists the entries of a digest. It is updated when one of them is
// corrected, overridden or withdrawn.
func composeDigest(d *Digest, link string) feeds.Item {
	it := feeds.Item{ID: d.ID, Link: link, Title: d.Title, Published: d.At, Updated: d.At}
	var lines strings.Builder
	var plain []string
	later := func(t time.Time) {
		if t.After(it.Updated) {
			it.Updated = t
		}
	}
	later(d.Withdrawn)
	left := 0
	for i := range d.Entries {
		e := &d.Entries[i]
		later(e.Updated)
		if t := &e.Lead; t.Withdrawn.IsZero() {
			left++
			plain = append(plain, t.Head()+" ("+t.Byline()+")")
			digestLine(&lines, t)
		}
	}
	if left > 0 {
		it.Content = "<ul>" + lines.String() + "</ul>"
	}
	if gone := d.Stories - left; gone > 0 {
		words := fmt.Sprintf("%d no longer published.", gone)
		it.Content += "<p>" + words + "</p>"
		plain = append(plain, words)
	}
	it.Text = strings.Join(plain, " · ")
	return it
}

// digestLine is one entry: its title, which leads to its publisher, and outlet.
func digestLine(b *strings.Builder, t *Telling) {
	open(b, "li", t.Lang)
	title := html.EscapeString(t.Head())
	if t.Link != "" {
		title = fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(t.Link), title)
	}
	fmt.Fprintf(b, "%s (<bdi>%s</bdi>)</li>", title, html.EscapeString(t.Byline()))
}
