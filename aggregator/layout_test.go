package aggregator

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

// deskPlan has one edition of one topic, grouped as told.
func deskPlan(group string) *Plan {
	ed := &config.Edition{ID: "syria", Topics: []string{"syria"}, Group: group, Items: 100, Formats: []string{"rss", "atom", "json"}}
	cfg := &config.Config{
		Site:     config.Site{Title: "Desk", Tag: "desk.example,2024", BaseURL: "https://desk.example"},
		Topics:   []*config.Topic{{ID: "syria", Title: "Syria"}},
		Editions: []*config.Edition{ed},
	}
	p := &Plan{Config: cfg, sources: map[string]*config.Source{}, editions: map[string]*config.Edition{"syria": ed}}
	for _, id := range []string{"a", "b", "c"} {
		src := &config.Source{ID: id, Title: "Outlet " + id, URL: "https://" + id + ".example/feed", Excerpt: 300}
		cfg.Sources = append(cfg.Sources, src)
		p.sources[id] = src
	}
	return p
}

func told(id int64, source string, story, copyOf int64, at time.Time) *Record {
	return &Record{
		ID: id, Source: source, Key: fmt.Sprintf("g:%d", id), Rev: 1, Published: at, FirstSeen: at,
		Item:    feeds.Item{Title: fmt.Sprintf("Title %d", id), Link: fmt.Sprintf("https://%s.example/%d", source, id), Lang: "en"},
		Matches: []topic.Match{{Topic: "syria", In: true}}, Story: story, CopyOf: copyOf,
	}
}

// round plays one batch on top of the entries of earlier ones.
func round(p *Plan, held []Entry, now time.Time, records ...*Record) []Entry {
	return after(held, play(p, held, now, records...))
}

// play lays out one batch; of records that wait no later one is played again.
func play(p *Plan, held []Entry, now time.Time, records ...*Record) *layout {
	l := newLayout(p, slices.Clone(held), now) // as the store would give them: the desk's own
	for _, r := range records {
		l.place(r)
	}
	l.arrange()
	return l
}

// after is what is published once a layout is stored.
func after(held []Entry, l *layout) []Entry {
	changed, withdrawn, _ := l.result()
	after := map[string]Entry{}
	for _, e := range held {
		after[e.ID] = e
	}
	for _, e := range changed {
		after[e.ID] = e
	}
	for _, id := range withdrawn {
		delete(after, id)
	}
	var out []Entry
	for _, e := range after {
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// days is long after all that these tests tell of: nothing waits any more.
var days = noon.AddDate(0, 0, 9)

func TestCopiesJoinTheEntryOfTheirOriginal(t *testing.T) {
	for group, want := range map[string]int{"story": 1, "copy": 1, "item": 3} {
		l := play(deskPlan(group), nil, days,
			told(1, "a", 1, 0, noon), told(2, "b", 1, 1, noon.Add(time.Hour)), told(3, "c", 1, 1, noon.Add(35*time.Hour)))
		entries := after(nil, l)
		if len(entries) != want {
			t.Fatalf("group %s: %d entries, want %d", group, len(entries), want)
		}
		if want == 1 && len(entries[0].Also) != 2 {
			t.Errorf("group %s: %d also, want 2", group, len(entries[0].Also))
		}
	}
}

func TestAStoryTellsOnForADayAndAHalfThenOpensAnotherPart(t *testing.T) {
	p := deskPlan("story")
	entries := round(p, nil, days, told(1, "a", 1, 0, noon))
	entries = round(p, entries, days, told(2, "b", 1, 0, noon.Add(entrySpan)))
	if len(entries) != 1 {
		t.Fatalf("%d entries within the span, want 1", len(entries))
	}
	entries = round(p, entries, days, told(3, "c", 1, 0, noon.Add(entrySpan+time.Minute)))
	if len(entries) != 2 || entries[0].ID == entries[1].ID {
		t.Errorf("after the span: %d entries, want a second part", len(entries))
	}
}

func TestALaterOutletNeverChangesWhatReadersHold(t *testing.T) {
	p := deskPlan("story")
	before := round(p, nil, days, told(1, "b", 1, 0, noon))[0]
	weighty := told(2, "a", 1, 0, noon.Add(-time.Hour)) // earlier, and would have led
	after := round(p, []Entry{before}, days, weighty)[0]
	want := before
	want.Also = after.Also
	if d := cmp.Diff(want, after); d != "" || len(after.Also) != 1 {
		t.Errorf("%d also; the rest changed: %s", len(after.Also), d)
	}
}

func TestTheBestOfOneBatchLeads(t *testing.T) {
	early, late := told(1, "a", 1, 0, noon), told(2, "b", 1, 0, noon.Add(-time.Hour))
	entries := round(deskPlan("story"), nil, days, early, late)
	if len(entries) != 1 || entries[0].Lead.Record != 2 {
		t.Errorf("lead %+v, want the earlier item 2", entries)
	}
}

func TestTheEarliestOfEqualTextsLeadsWhoeverWasPolledFirst(t *testing.T) {
	polledFirst, original := told(1, "b", 1, 0, noon), told(2, "a", 1, 1, noon.Add(-time.Hour))
	e := round(deskPlan("story"), nil, days, polledFirst, original)[0]
	if e.Lead.Record != 2 || e.CopyOf(e.Also[0]) != "Outlet a" {
		t.Errorf("lead %d, the other a copy of %q; want 2, Outlet a", e.Lead.Record, e.CopyOf(e.Also[0]))
	}
}

func TestAnItemOfNoTopicLeavesItsEntry(t *testing.T) {
	p := deskPlan("story")
	entries := round(p, nil, days, told(1, "a", 1, 0, noon), told(2, "b", 1, 1, noon.Add(time.Hour)))
	lead := told(1, "a", 1, 0, noon)
	lead.Matches = nil
	lead.Story = 0
	left := round(p, entries, days, lead)
	if len(left) != 1 || left[0].Lead.Record != 2 || left[0].ID == entries[0].ID {
		t.Fatalf("after the lead left: %+v, want an entry of item 2 alone", left)
	}
	other := told(2, "b", 0, 0, noon)
	other.Matches = nil
	if last := round(p, left, days, other); len(last) != 0 {
		t.Errorf("after both left: %d entries, want none", len(last))
	}
}

func TestAnEditionShowsACopyWhoseOriginalItExcludes(t *testing.T) {
	p := deskPlan("story")
	p.Config.Editions[0].ExcludeSources = []string{"a"}
	entries := round(p, nil, days, told(1, "a", 1, 0, noon), told(2, "b", 1, 1, noon))
	if len(entries) != 1 || entries[0].Lead.Source != "b" {
		t.Errorf("%+v, want the copy of b as lead", entries)
	}
}

func TestFilingTheSameAgainChangesNothing(t *testing.T) {
	p := deskPlan("story")
	a, b := told(1, "a", 1, 0, noon), told(2, "b", 1, 1, noon)
	entries := round(p, nil, days, a, b)
	l := play(p, entries, days.Add(time.Hour), a, b)
	if changed, withdrawn, issues := l.result(); len(changed)+len(withdrawn)+len(issues) != 0 {
		t.Errorf("changed %v, withdrawn %v, editions %v", changed, withdrawn, issues)
	}
}

func TestOnlyAPublishersCorrectionUpdatesAnEntry(t *testing.T) {
	p := deskPlan("story")
	r := told(1, "a", 1, 0, noon)
	r.Item.Text = "Twelve lorries crossed on Monday."
	entries := round(p, nil, days, r)
	r.Rev, r.Item.Text = 2, "Thirteen lorries crossed on Monday."
	if after := round(p, entries, days.Add(time.Hour), r); cmp.Diff(entries, after) != "" {
		t.Errorf("a silent edit changed the entry: %s", cmp.Diff(entries, after))
	}
	for _, note := range []string{
		"Correction: thirteen lorries crossed.", "تصحيح: عبرت ثلاث عشرة شاحنة.",
		"Rectificatif : treize camions.", "Düzeltme: on üç kamyon.", "Korrektur: dreizehn Lastwagen.", "Corrección: trece camiones.",
	} {
		r.Item.Text = "Thirteen lorries crossed on Monday.\n" + note
		r.Rev, r.Note, r.NoteRev = 3, note, 3
		after := round(p, entries, days.Add(time.Hour), r)[0]
		if after.Lead.Note != note || !after.Updated.Equal(days.Add(time.Hour)) || !after.Published.Equal(noon) {
			t.Errorf("%q: note %q, updated %v, published %v", note, after.Lead.Note, after.Updated, after.Published)
		}
		if after.Lead.Title != entries[0].Lead.Title || after.ID != entries[0].ID {
			t.Errorf("%q: title or id moved", note)
		}
	}
}

func TestIdsDependOnNothingButTheirItem(t *testing.T) {
	mintOne := func(change func(*Plan)) string {
		p := deskPlan("story")
		change(p)
		return round(p, nil, days, told(1, "a", 1, 0, noon))[0].ID
	}
	same := mintOne(func(*Plan) {})
	for name, change := range map[string]func(*Plan){
		"another base URL":    func(p *Plan) { p.Config.Site.BaseURL = "https://other.example" },
		"another topic title": func(p *Plan) { p.Config.Topics[0].Title = "Suriye" },
		"another outlet name": func(p *Plan) { p.sources["a"].Title = "A" },
	} {
		if got := mintOne(change); got != same {
			t.Errorf("%s: %s, want %s", name, got, same)
		}
	}
}

// An entry that opens late, as when a changed topic works on the past, is as it
// would have been: led by what was there at its opening.
func TestAnEntryOfThePastIsLedByWhatWasThereAtItsOpening(t *testing.T) {
	p := deskPlan("story")
	first, weighty := told(1, "a", 1, 0, noon), told(2, "b", 1, 0, noon)
	weighty.FirstSeen = noon.Add(3 * time.Hour)
	p.sources["b"].Weight = 2
	live := round(p, round(p, nil, noon.Add(time.Hour), first), days, weighty)
	if d := cmp.Diff(live, round(p, nil, days, weighty, first)); d != "" || live[0].Lead.Record != 1 {
		t.Errorf("lead %d; as it came, all at once: %s", live[0].Lead.Record, d)
	}
}

// Where each item has an entry of its own, none tells of an earlier one: not even
// what is left of an entry that was opened while the edition had another group. The
// store gives first parts without what they say (Stories), so nothing would keep it
// up to what happens to the earlier one.
func TestAFirstPartThatIsLeftTellsOfNoEarlierOne(t *testing.T) {
	p := deskPlan("item")
	first, second := told(1, "a", 1, 0, noon), told(2, "b", 1, 0, noon.Add(48*time.Hour))
	third := told(3, "c", 1, 0, noon.Add(49*time.Hour))
	member := func(r *Record) Telling { return telling(p, r, []string{"syria"}) }
	held := []Entry{
		{Edition: "syria", ID: "tag:1", Story: 1, Part: 1, Opened: noon, Began: noon, Published: noon, Lead: member(first)},
		{Edition: "syria", ID: "tag:2", Story: 1, Part: 2, Opened: second.Published, Began: second.Published, Published: second.Published,
			Lead: member(second), Also: []Telling{member(third)}, Earlier: &Earlier{ID: "tag:1", Title: "Title 1", Link: first.Item.Link}},
	}
	second.Matches = nil // dropped
	entries := round(p, held, days, second)
	if len(entries) != 2 {
		t.Fatalf("%d entries", len(entries))
	}
	for _, e := range entries {
		if e.Part != 1 || e.Earlier != nil {
			t.Errorf("%s is part %d, after %+v", e.Lead.Title, e.Part, e.Earlier)
		}
	}
}
