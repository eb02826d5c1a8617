package aggregator_test

import (
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// file lets a desk without memory file what waits.
func (r *room) file() aggregator.Round {
	r.t.Helper()
	d := aggregator.NewDesk(r.db, r.active, slog.New(slog.NewTextHandler(&r.logs, nil)))
	d.Now, d.Once = r.clock, true
	round, err := d.File(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return round
}

// order gives one about the item with this guid in source one, and files.
func (r *room) order(guid string, o aggregator.Order) {
	r.t.Helper()
	o.At, o.By, o.Source, o.Key = r.now, "anna", "one", r.key(guid)
	if err := r.db.Give(r.t.Context(), &o); err != nil {
		r.t.Fatal(err)
	}
	r.file()
}

func (r *room) key(guid string) string {
	r.t.Helper()
	return r.record(guid).Key
}

func (r *room) record(guid string) aggregator.Record {
	r.t.Helper()
	found, err := r.db.Record(r.t.Context(), "https://one.example/"+guid)
	if err != nil || len(found) != 1 {
		r.t.Fatal(guid, len(found), err)
	}
	return found[0]
}

// shown are the entries of the edition as stored, newest first.
func (r *room) shown() []aggregator.Entry {
	r.t.Helper()
	_, es, err := r.db.Edition(r.t.Context(), "syria", 100, 500, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	return es
}

// version is where the edition stands.
func (r *room) version() int64 {
	r.t.Helper()
	is, _, err := r.db.Edition(r.t.Context(), "syria", 1, 1, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	return is.Version
}

// orderRoom has three items of which the first two match.
func orderRoom(t *testing.T) *room {
	t.Helper()
	r := newRoom(t, `'Aleppo'`)
	r.docs["https://one.example/feed"] = rss("1|Aleppo reopens|Shops open.", "2|Aleppo airport|First flight.", "3|Cup final|Rain.")
	r.docs["https://two.example/feed"] = rss("9|Snow|Much of it.")
	r.round()
	return r
}

func TestPutAndDropOutrankTheScore(t *testing.T) {
	r := orderRoom(t)
	before := r.entries()
	r.now = r.now.Add(time.Hour)
	r.order("1", aggregator.Order{Kind: aggregator.Drop, Topic: "syria"})
	r.order("3", aggregator.Order{Kind: aggregator.Put, Topic: "syria"})
	got := titles(r.entries())
	slices.Sort(got)
	if d := cmp.Diff([]string{"Aleppo airport 2024-12-08T10:00:00Z", "Cup final 2024-12-08T09:00:00Z"}, got); d != "" {
		t.Error(d)
	}
	m := r.record("1").Matches
	if len(m) != 1 || m[0].In || m[0].By != "drop" || m[0].Score < m[0].Need || len(m[0].Reasons) == 0 {
		t.Errorf("%+v, want dropped over a score that is kept", m)
	}
	r.configure(`'Aleppo', 'Homs'`) // another plan obeys them too
	r.restart()
	r.file()
	if again := titles(r.entries()); len(again) != 2 || strings.Contains(strings.Join(again, " "), "reopens") {
		t.Errorf("after another plan: %v", again)
	}
	r.order("1", aggregator.Order{Kind: aggregator.Put, Topic: "syria"})
	r.order("3", aggregator.Order{Kind: aggregator.Drop, Topic: "syria"})
	if d := cmp.Diff(before, r.entries()); d != "" {
		t.Errorf("the later order does not hold: %s", d)
	}
}

func TestADroppedLeadLeavesItsEntryToTheOtherOutlet(t *testing.T) {
	text := strings.Repeat("word after word of the very same dispatch ", 8)
	r := newRoom(t, `'Aleppo'`)
	r.docs["https://one.example/feed"] = rss("7|Snow|Much of it.", "1|Aleppo reopens|"+text)
	r.docs["https://two.example/feed"] = rss("9|Rain|Some of it.")
	r.round() // one comes first: the entry is its own
	r.now = r.now.Add(26 * time.Hour)
	r.docs["https://two.example/feed"] = rss("8|Aleppo reopens|" + text)
	r.round()
	r.now = r.now.Add(11 * time.Hour) // the entry closes and takes in the other outlet
	r.file()
	es := r.shown()
	if len(es) != 1 || es[0].Lead.Source != "one" || len(es[0].Also) != 1 {
		t.Fatalf("%+v", es)
	}
	r.order("1", aggregator.Order{Kind: aggregator.Drop, Topic: "syria"})
	if after := r.shown(); len(after) != 1 || after[0].Lead.Source != "two" || after[0].ID == es[0].ID {
		t.Errorf("%+v, want one entry of its own for two", after)
	}
}

func TestOrdersAboutUnknownTopicsAndKindsDoNothing(t *testing.T) {
	r := orderRoom(t)
	version := r.version()
	r.order("1", aggregator.Order{Kind: aggregator.Drop, Topic: "gone"})
	r.order("1", aggregator.Order{Kind: "praise", Text: "2"})
	if r.version() != version || r.file().Filed != 0 {
		t.Error("an order that means nothing here changed the edition, or is never done")
	}
}

func TestAHeadlineAndANoteAreOursAndMoveUpdated(t *testing.T) {
	r := orderRoom(t)
	before := r.shown()[0]
	r.now = r.now.Add(time.Hour)
	r.order("1", aggregator.Order{Kind: aggregator.Headline, Text: "Aleppo opens & closes"})
	r.order("1", aggregator.Order{Kind: aggregator.Note, Text: "Ours & ours alone."})
	e := r.shown()[0]
	if e.ID != before.ID || !e.Published.Equal(before.Published) || e.Lead.Title != before.Lead.Title || e.Lead.Link != before.Lead.Link {
		t.Errorf("what is frozen moved: %+v", e)
	}
	if !e.Updated.Equal(r.now) {
		t.Errorf("updated %s, want %s", e.Updated, r.now)
	}
	for _, format := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
		f, err := aggregator.Read(r.print(format).Body, feeds.Meta{})
		if err != nil {
			t.Fatal(err)
		}
		it := f.Items[0]
		if it.Title != "Aleppo opens & closes" || !strings.Contains(it.Content, "<b>Editor&#39;s note:</b> Ours &amp; ours alone.") {
			t.Errorf("%s: %q %q", format, it.Title, it.Content)
		}
	}
	version := r.version()
	r.order("1", aggregator.Order{Kind: aggregator.Headline})
	r.order("1", aggregator.Order{Kind: aggregator.Note})
	if e := r.shown()[0]; e.Lead.Head() != before.Lead.Title || len(e.Remarks()) != 0 || r.version() != version+2 {
		t.Errorf("taken away: %+v, version %d after %d", e.Lead, r.version(), version)
	}
}

func TestAPinMovesNoFeedAndEndsByItself(t *testing.T) {
	r := orderRoom(t)
	before := r.print(feeds.JSON)
	updated := r.shown()[1].Updated
	r.order("2", aggregator.Order{Kind: aggregator.Pin, Edition: "syria", Until: r.now.Add(24 * time.Hour)})
	r.order("1", aggregator.Order{Kind: aggregator.Pin, Edition: "other"})
	es := r.shown()
	if es[0].Pinned() || !es[1].Pinned() || !es[1].Updated.Equal(updated) {
		t.Errorf("%+v", es)
	}
	if after := r.print(feeds.JSON); string(after.Body) != string(before.Body) {
		t.Errorf("a pin changed a feed: %s", cmp.Diff(string(before.Body), string(after.Body)))
	}
	version := r.version()
	r.now = r.now.Add(24*time.Hour - time.Second)
	if r.file().Filed != 0 {
		t.Error("filed again before the pin ends")
	}
	r.now = r.now.Add(time.Second)
	if r.file().Filed != 1 || r.shown()[1].Pinned() || r.version() != version+1 {
		t.Errorf("the pin has not ended: %+v, version %d after %d", r.shown()[1], r.version(), version)
	}
	if r.file().Filed != 0 {
		t.Error("a pin that has ended keeps the desk busy")
	}
	r.order("2", aggregator.Order{Kind: aggregator.Pin, Edition: "syria"})
	r.order("2", aggregator.Order{Kind: aggregator.Pin, Edition: "syria", Off: true})
	if r.shown()[1].Pinned() {
		t.Error("not taken off")
	}
}

func TestTextThatIsNotOnePlainLineIsRefused(t *testing.T) {
	for _, bad := range []string{"two\nlines", "tab\t", "esc\x1b[31m", "turn \u202e round", "bad \xff byte", "line\u2028", strings.Repeat("ا", 301)} {
		o := aggregator.Order{Kind: aggregator.Note, By: "anna", Text: bad}
		if o.Check() == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, good := range []string{"", strings.Repeat("ا", 300), "\u200fHTS: دمشق"} {
		o := aggregator.Order{Kind: aggregator.Note, By: "anna", Text: good}
		if err := o.Check(); err != nil {
			t.Error(err)
		}
	}
	if (&aggregator.Order{Kind: aggregator.Put}).Check() == nil {
		t.Error("an order of nobody is taken")
	}
}

// drawOrders draws a log about items 1 to 3, an hour between two orders.
func drawOrders(t *rapid.T, r *room) []aggregator.Order {
	text := rapid.SampledFrom([]string{"", "A", "B"})
	orders := make([]aggregator.Order, rapid.IntRange(1, 8).Draw(t, "n"))
	for i := range orders {
		o := &orders[i]
		at := start.Add(time.Duration(i+1) * time.Hour)
		*o = aggregator.Order{At: at, By: "anna", Source: "one", Key: r.key(rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "item"))}
		switch o.Kind = rapid.SampledFrom([]string{"put", "drop", "drop", "pin", "note", "headline"}).Draw(t, "kind"); o.Kind {
		case "put", "drop":
			o.Topic = rapid.SampledFrom([]string{"syria", "syria", "gone"}).Draw(t, "topic")
		case "pin":
			o.Edition, o.Off = "syria", rapid.Bool().Draw(t, "off")
			if !o.Off {
				o.Until = at.Add(time.Duration(rapid.IntRange(1, 6).Draw(t, "until")) * time.Hour)
			}
		default:
			o.Text = text.Draw(t, "text")
		}
	}
	return orders
}

// shape is an entry without what depends on when orders were obeyed.
type shape struct {
	ID, Head  string
	Published time.Time
	Remarks   []string
	Pinned    bool
}

func shapes(es []aggregator.Entry) (all []shape) {
	for _, e := range es {
		all = append(all, shape{e.ID, e.Lead.Head(), e.Published, e.Remarks(), e.Pinned()})
	}
	return all
}

// What stands depends on the log alone: obeyed one by one as they are given, in
// any portions, or all at once on a fresh database, it comes to the same.
func TestReplayingTheLogGivesTheSameEditions(t *testing.T) {
	first := orderRoom(t)
	first.db.Close()
	rapid.Check(t, func(rt *rapid.T) {
		live := first.again()
		for _, o := range drawOrders(rt, live) {
			live.now = o.At
			if err := live.db.Give(t.Context(), &o); err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(rt, "file") {
				live.file()
			}
		}
		live.file()
		fresh := first.again()
		if rapid.Bool().Draw(rt, "before the items") {
			fresh = newRoom(t, `'Aleppo'`)
			fresh.docs = first.docs
		}
		replay(live, fresh)
		if d := cmp.Diff(shapes(live.shown()), shapes(fresh.shown())); d != "" {
			rt.Errorf("live, replayed: %s", d)
		}
		live.db.Close()
		fresh.db.Close()
	})
}

// again is a room with what a closed one has stored, as it was then.
func (r *room) again() *room {
	r.t.Helper()
	c := &room{t: r.t, dir: r.t.TempDir(), now: r.now, plan: r.plan, docs: r.docs, asks: map[string]fetch.Request{}}
	if err := os.CopyFS(c.dir, os.DirFS(r.dir)); err != nil {
		r.t.Fatal(err)
	}
	c.open()
	return c
}

// replay gives a room's log to a fresh one, whose items are there or come then.
func replay(from, fresh *room) {
	from.t.Helper()
	log, err := from.db.Orders(from.t.Context())
	if err != nil {
		from.t.Fatal(err)
	}
	fresh.now = from.now
	for _, o := range log {
		if err := fresh.db.Give(from.t.Context(), &o); err != nil {
			from.t.Fatal(err)
		}
	}
	fresh.round()
}

// With copies, who leads depends on what was published when. The same orders at
// the same times still come to the same, whatever restarts lie between.
func TestReplayingInTimeGivesTheSameBytes(t *testing.T) {
	text := strings.Repeat("word after word of the very same dispatch ", 8)
	for seed := range 10 {
		var orders []aggregator.Order
		var all [2][]aggregator.Entry
		var docs [2]string
		for i := range all {
			r := newRoom(t, `'Aleppo'`)
			r.docs["https://one.example/feed"] = rss("1|Aleppo reopens|"+text, "2|Aleppo airport|"+text, "3|Aleppo again|"+text)
			r.round() // two answers 503, so that numbers are given in one order
			if i == 0 {
				orders = rapid.Custom(func(rt *rapid.T) []aggregator.Order { return drawOrders(rt, r) }).Example(seed)
			}
			for _, o := range orders {
				r.now = o.At
				if err := r.db.Give(t.Context(), &o); err != nil {
					t.Fatal(err)
				}
				r.file()
			}
			all[i], docs[i] = r.shown(), string(r.print(feeds.Atom).Body)
		}
		if d := cmp.Diff(all[0], all[1]) + cmp.Diff(docs[0], docs[1]); d != "" {
			t.Errorf("live, replayed: %s", d)
		}
	}
}
