package aggregator

import (
	"fmt"
	"html"
	"strings"
	"unicode"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// Compose lays an edition out as a feed. It is a pure function: the same plan,
// issue and entries give the same feed on every machine (I7).
func Compose(plan *Plan, ed *config.Edition, issue Issue, entries []Entry, format feeds.Format) *feeds.Feed {
	site := &plan.Config.Site
	f := &feeds.Feed{
		Format:      format,
		ID:          "tag:" + site.Tag + ":" + plan.names.root(EditionID, ed.ID),
		Title:       EditionTitle(plan, ed),
		Description: describe(plan, ed),
		Link:        plan.Address(ed, issue, "html"),
		Self:        plan.Address(ed, issue, string(format)),
		Generator:   "wiredesk",
		Updated:     issue.ChangedAt,
		TTL:         plan.ttl(),
		Hub:         ed.Hub,
		Lang:        oneLang(entries),
	}
	f.Prev = archiveAddress(f, issue.Before)
	f.Authors = []feeds.Person{{Name: site.Title}}
	for i := range entries {
		f.Items = append(f.Items, composeItem(plan, ed, &entries[i], f.Link))
	}
	return f
}

// EditionTitle is the edition's own title, else those of its topics.
func EditionTitle(plan *Plan, ed *config.Edition) string {
	if ed.Title != "" {
		return ed.Title
	}
	return strings.Join(topicTitles(plan, ed.Topics), ", ") + " · " + plan.Config.Site.Title
}

func topicTitles(plan *Plan, ids []string) []string {
	var titles []string
	for _, id := range ids {
		title := id
		for _, t := range plan.Config.Topics {
			if t.ID == id && t.Title != "" {
				title = t.Title
			}
		}
		titles = append(titles, title)
	}
	return titles
}

func describe(plan *Plan, ed *config.Edition) string {
	return strings.Join(topicTitles(plan, ed.Topics), ", ") + ": what many outlets say, brought together."
}

// oneLang is the language of all entries, "" when they have several.
func oneLang(entries []Entry) string {
	lang := ""
	for i := range entries {
		switch l := entries[i].Lead.Lang; {
		case l == "" || lang != "" && lang != l:
			return ""
		default:
			lang = l
		}
	}
	return lang
}

// composeItem lays an entry out; page is where its edition stands.
func composeItem(plan *Plan, ed *config.Edition, e *Entry, page string) feeds.Item {
	t := &e.Lead
	it := feeds.Item{
		ID: e.ID, Link: t.Link, Title: entryTitle(ed, t), Published: e.Published, Updated: e.Updated,
		Text: plainBody(e), Summary: "<p>" + html.EscapeString(plainBody(e)) + "</p>", Content: body(e),
		Lang: t.Lang, Image: t.Image, Rights: t.Rights, Enclosures: t.Enclosures, Origin: plan.feed(t),
		Categories: facets(plan, t),
	}
	if e.Withheld() { // RSS has no item with an empty link
		it.Origin, it.Link = nil, page
	}
	for _, name := range t.Authors {
		if name != t.Outlet { // many feeds sign with their own name
			it.Authors = append(it.Authors, feeds.Person{Name: t.Outlet + ", " + name})
		}
	}
	if len(it.Authors) == 0 {
		it.Authors = []feeds.Person{{Name: t.Outlet}}
	}
	for _, a := range e.Others() {
		it.Also = append(it.Also, feeds.Link{
			URL: a.Link, Title: a.Head(), Outlet: a.Outlet, Lang: a.Lang, Published: a.Published, Copy: e.CopyOf(a) != "",
		})
	}
	for _, o := range e.Tongues {
		it.Also = append(it.Also, feeds.Link{URL: o.Link, Title: o.Head(), Outlet: o.Outlet, Lang: o.Lang, Published: o.Published})
	}
	return it
}

// entryTitle fills the edition's template. A right-to-left title that starts
// with a Latin word gets a mark in front, for readers that guess by its first
// letter (research/ux.md 4).
func entryTitle(ed *config.Edition, t *Telling) string {
	title := t.Head()
	if ed.EntryTitle != "" {
		title = strings.NewReplacer("{title}", title, "{outlet}", t.Outlet, "{lang}", t.Lang).Replace(ed.EntryTitle)
	}
	if words.Dir(t.Lang) == "rtl" && startsLatin(title) {
		return "\u200f" + title
	}
	return title
}

func startsLatin(s string) bool {
	i := strings.IndexFunc(s, unicode.IsLetter)
	return i >= 0 && unicode.Is(unicode.Latin, []rune(s[i:])[0])
}

// facets are the categories of an entry, each under the scheme of its kind.
func facets(plan *Plan, t *Telling) (cs []feeds.Category) {
	scheme := func(kind string) string { return "tag:" + plan.Config.Site.Tag + ":" + kind }
	for _, title := range topicTitles(plan, t.Topics) {
		cs = append(cs, feeds.Category{Term: strings.ReplaceAll(title, ",", " "), Scheme: scheme("topic")})
	}
	cs = append(cs, feeds.Category{Term: strings.ReplaceAll(t.Outlet, ",", " "), Scheme: scheme("outlet")})
	if t.Lang != "" {
		cs = append(cs, feeds.Category{Term: t.Lang, Scheme: scheme("language")})
	}
	for _, s := range t.Categories {
		cs = append(cs, feeds.Category{Term: s, Scheme: scheme("subject")})
	}
	return cs
}

// Byline names the outlet, with its label: "SANA (state media)".
func (t Telling) Byline() string {
	if t.Label == "" {
		return t.Outlet
	}
	return t.Outlet + " (" + t.Label + ")"
}

// plainBody is the entry for readers without HTML.
func plainBody(e *Entry) string {
	t := &e.Lead
	var parts []string
	if t.Summary != "" {
		parts = append(parts, t.Summary)
	}
	if t.Note != "" {
		parts = append(parts, "Updated: "+t.Note)
	}
	for _, note := range e.Remarks() {
		parts = append(parts, "Editor's note: "+note)
	}
	if p := e.Earlier; p != nil {
		parts = append(parts, "Earlier: "+strings.TrimSpace(p.Title+" "+p.Link))
	}
	if len(parts) == 0 {
		return t.Byline()
	}
	return t.Byline() + ": " + strings.Join(parts, " ")
}

// body is the entry as HTML: the outlet and its excerpt, a correction, the way
// to the publisher, then the other outlets and the part before. Elements carry lang and dir, since
// one entry may hold several directions.
func body(e *Entry) string {
	var b strings.Builder
	t := &e.Lead
	open(&b, "p", t.Lang)
	fmt.Fprintf(&b, "<b>%s</b>", html.EscapeString(t.Byline()))
	if t.Summary != "" {
		b.WriteString(": " + html.EscapeString(t.Summary))
	}
	b.WriteString("</p>")
	if t.Image != "" {
		fmt.Fprintf(&b, `<p><img src="%s" alt=""/></p>`, html.EscapeString(t.Image))
	}
	if t.Content != "" {
		open(&b, "div", t.Lang)
		b.WriteString(t.Content + "</div>")
	}
	if t.Note != "" {
		open(&b, "p", t.Lang)
		fmt.Fprintf(&b, "<b>Updated:</b> %s</p>", html.EscapeString(t.Note))
	}
	for _, note := range e.Remarks() { // ours, in whatever language
		fmt.Fprintf(&b, `<p dir="auto"><b>Editor's note:</b> %s</p>`, html.EscapeString(note))
	}
	if t.Link != "" {
		fmt.Fprintf(&b, `<p><a href="%s">Read at %s</a></p>`, html.EscapeString(t.Link), html.EscapeString(t.Outlet))
	}
	list(&b, "Also:", e.Others(), e)
	list(&b, "In other languages:", e.Tongues, e)
	if p := e.Earlier; p != nil {
		fmt.Fprintf(&b, `<p dir="auto">Earlier: <a href="%s">%s</a></p>`, html.EscapeString(p.Link), html.EscapeString(p.Title))
	}
	return b.String()
}

// list writes tellings beside the lead under a heading.
func list(b *strings.Builder, heading string, others []Telling, e *Entry) {
	if len(others) == 0 {
		return
	}
	b.WriteString("<p>" + heading + "</p><ul>")
	for i := range others {
		t := &others[i]
		open(b, "li", t.Lang)
		fmt.Fprintf(b, `%s: <a href="%s">%s</a>`, html.EscapeString(t.Byline()), html.EscapeString(t.Link), html.EscapeString(t.Head()))
		fmt.Fprintf(b, " (%s)</li>", html.EscapeString(remarks(t, e.CopyOf(*t))))
	}
	b.WriteString("</ul>")
}

// remarks says how a telling stands to the lead: language, day and hour, copy.
func remarks(t *Telling, original string) string {
	var parts []string
	if t.Lang != "" {
		parts = append(parts, t.Lang)
	}
	parts = append(parts, t.Published.UTC().Format("2 Jan 15:04")+" UTC")
	if original != "" {
		parts = append(parts, "copy of "+original)
	}
	return strings.Join(parts, ", ")
}

func open(b *strings.Builder, element, lang string) {
	if lang == "" {
		fmt.Fprintf(b, `<%s dir="auto">`, element)
		return
	}
	fmt.Fprintf(b, `<%s lang="%s" dir="%s">`, element, html.EscapeString(lang), words.Dir(lang))
}
