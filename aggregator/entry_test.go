package aggregator_test

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
)

// A dispatch is an item on its way to the store.
type dispatch struct {
	came      time.Duration // after start
	published time.Duration // after start
	source    string
	key       string
	topic     string // a word of its title: "Aleppo" is matched
	text      int    // dispatches with the same one are copies
}

func (d dispatch) record() aggregator.Record {
	at := start.Add(d.came)
	title := fmt.Sprintf("%s reads %s of %s", d.topic, d.key, d.source)
	text := strings.Repeat(fmt.Sprintf("dispatch number %d about the ovens of the town ", d.text), 8)
	return aggregator.Record{
		Source: d.source, Key: d.key, Keys: []string{d.key}, Sum: []byte(d.key), Rev: 1,
		Item:      feeds.Item{ID: d.key, Link: "https://" + d.source + ".example/" + d.key, Title: title, Text: text, Lang: "en"},
		Published: start.Add(min(d.published, minute(d))), FirstSeen: at, Changed: at,
	}
}

// play saves dispatches in the order given, and lets the daemon's desk file as
// time goes by. It answers the sum of the desk's ledgers.
func (r *room) play(ds []dispatch, until time.Duration) (sum aggregator.Round) {
	r.t.Helper()
	for i, d := range ds {
		b := aggregator.Batch{State: aggregator.State{Source: d.source}, Records: []aggregator.Record{d.record()}, At: start.Add(d.came)}
		if err := r.db.Save(r.t.Context(), b); err != nil {
			r.t.Fatal(err)
		}
		if i+1 == len(ds) || minute(ds[i+1]) != minute(d) {
			r.look(&sum, minute(d)+time.Minute)
		}
	}
	for _, at := range []time.Duration{time.Hour, 6 * time.Hour, 36 * time.Hour} {
		if at < until {
			r.look(&sum, at)
		}
	}
	r.look(&sum, until)
	return sum
}

func minute(d dispatch) time.Duration { return d.came.Truncate(time.Minute) }

// look lets the desk file at a time, which is never before the last one.
func (r *room) look(sum *aggregator.Round, at time.Duration) {
	r.t.Helper()
	if now := start.Add(at); now.After(r.now) {
		r.now = now
	}
	round := r.daily()
	if round.Filed != round.Unmatched+round.Lead+round.Also+round.Copy {
		r.t.Errorf("the ledger does not close: %+v", round)
	}
	sum.Filed += round.Filed
}

// daily lets a daemon's desk without memory file what is due.
func (r *room) daily() aggregator.Round {
	r.t.Helper()
	d := aggregator.NewDesk(r.db, r.active, slog.New(slog.NewTextHandler(io.Discard, nil)))
	d.Now = r.clock
	round, err := d.File(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return round
}

// all lists the edition's entries, and the records that none of them shows with
// the reason.
func (r *room) all() (es []aggregator.Entry, aside map[string]string) {
	r.t.Helper()
	records, err := r.db.Queue(r.t.Context(), aggregator.Due{Plan: "another: all wait for it"}, 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	aside = map[string]string{}
	for _, rec := range records {
		shown, err := r.db.EntriesOf(r.t.Context(), rec.ID)
		if err != nil {
			r.t.Fatal(err)
		}
		if len(shown) > 1 {
			r.t.Errorf("%s is in %d entries", rec.Key, len(shown))
		}
		if len(shown) == 0 {
			aside[rec.Key] = rec.Aside
			if rec.Story != 0 && rec.Aside == "" {
				r.t.Errorf("%s is in a story, in no entry, and nothing says why", rec.Key)
			}
		}
		for _, e := range shown {
			if !slices.ContainsFunc(es, func(o aggregator.Entry) bool { return o.ID == e.ID }) {
				es = append(es, e)
			}
		}
	}
	slices.SortFunc(es, func(a, b aggregator.Entry) int { return strings.Compare(a.ID, b.ID) })
	return es, aside
}

// A sight is an entry as readers see it.
type sight struct {
	ID, Link, Title, Earlier string
	Published, Opened        time.Time
	Also                     []string
}

func sights(es []aggregator.Entry) (all []sight) {
	for _, e := range es {
		s := sight{ID: e.ID, Link: e.Lead.Link, Title: e.Lead.Title, Published: e.Published, Opened: e.Opened}
		if e.Earlier != nil {
			s.Earlier = e.Earlier.ID
		}
		for _, t := range e.Also {
			s.Also = append(s.Also, t.Link+" "+e.CopyOf(t))
		}
		all = append(all, s)
	}
	return all
}

// drawDispatches draws what three outlets send in bursts over some days, in the
// order in which it comes.
func drawDispatches(t *rapid.T) []dispatch {
	ds := make([]dispatch, rapid.IntRange(2, 14).Draw(t, "n"))
	for i := range ds {
		ds[i] = dispatch{
			came: rapid.SampledFrom([]time.Duration{0, time.Minute, 9 * time.Minute, 11 * time.Minute, 50 * time.Minute,
				5 * time.Hour, 30 * time.Hour, 40 * time.Hour}).Draw(t, "came") + time.Duration(rapid.IntRange(0, 59_999).Draw(t, "ms"))*time.Millisecond,
			published: -time.Duration(rapid.IntRange(-60*60, 60*60).Draw(t, "published")) * time.Minute,
			source:    rapid.SampledFrom([]string{"one", "two"}).Draw(t, "source"), key: fmt.Sprint("g:", i),
			topic: rapid.SampledFrom([]string{"Aleppo", "Aleppo", "Aleppo", "Rain"}).Draw(t, "topic"), text: rapid.IntRange(1, 3).Draw(t, "text"),
		}
	}
	slices.SortStableFunc(ds, func(a, b dispatch) int { return int(a.came - b.came) })
	return ds
}

// shuffle gives what came in one minute another order, and other seconds.
func shuffle(t *rapid.T, ds []dispatch) []dispatch {
	mixed := slices.Clone(rapid.Permutation(ds).Draw(t, "mixed"))
	slices.SortStableFunc(mixed, func(a, b dispatch) int { return int(minute(a) - minute(b)) })
	for i := range mixed {
		mixed[i].came = minute(mixed[i]) + time.Duration(i)*time.Second
	}
	return mixed
}

// No item is lost and none is in two entries; the ledger closes; and the order in
// which the outlets were polled within a minute changes nothing that is published.
func TestTheOrderOfArrivalWithinAMinuteChangesNothing(t *testing.T) {
	empty := newRoom(t, `'Aleppo'`)
	empty.db.Close()
	rapid.Check(t, func(rt *rapid.T) {
		ds := drawDispatches(rt)
		a, b := empty.again(), empty.again()
		defer a.db.Close()
		defer b.db.Close()
		until := 36*time.Hour + 40*time.Hour + time.Hour
		a.play(ds, until)
		b.play(shuffle(rt, ds), until)
		es, aside := a.all()
		others, otherAside := b.all()
		if d := cmp.Diff(sights(es), sights(others)) + cmp.Diff(aside, otherAside); d != "" {
			rt.Errorf("one order, another: %s", d)
		}
		told := len(aside)
		for _, e := range es {
			told += 1 + len(e.Also)
		}
		if told != len(ds) {
			rt.Errorf("%d of %d items are told or explained", told, len(ds))
		}
	})
}

func fromAleppo(key, source string, came, published time.Duration, text int) dispatch {
	return dispatch{came: came, published: published, source: source, key: key, topic: "Aleppo", text: text}
}

func TestAnEntryOpensAfterItsHoldWithWhatCameUntilThen(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	late := fromAleppo("g:2", "two", 9*time.Minute, -2*time.Hour, 1)
	r.play([]dispatch{fromAleppo("g:1", "one", 0, -time.Hour, 1), late}, 10*time.Minute)
	if es, aside := r.all(); len(es) != 0 || !strings.Contains(aside["g:1"], "8 Dec 12:11 UTC") {
		t.Fatalf("before the hold is over: %d entries, %q", len(es), aside)
	}
	r.now = start.Add(11 * time.Minute)
	r.daily()
	es, _ := r.all()
	if len(es) != 1 || es[0].Lead.Key != "g:2" || len(es[0].Also) != 1 || es[0].CopyOf(es[0].Also[0]) != "two" {
		t.Fatalf("%+v, want one entry led by the earlier", es)
	}
	fresh := newRoom(t, `'Aleppo'`)
	fresh.play([]dispatch{late}, time.Hour)
	if alone, _ := fresh.all(); alone[0].ID != es[0].ID {
		t.Errorf("id %s, want that of the first item by date, %s", es[0].ID, alone[0].ID)
	}
}

func TestOtherOutletsJoinInTwoBatchesAndAtTheClose(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	ds := []dispatch{fromAleppo("g:1", "one", 0, 0, 1)}
	for i, came := range []time.Duration{20 * time.Minute, 30 * time.Minute, 2 * time.Hour, 7 * time.Hour} {
		ds = append(ds, fromAleppo(fmt.Sprint("g:", i+2), "two", came, came, 1))
	}
	var sum aggregator.Round
	opened := 11 * time.Minute
	r.play(ds[:3], opened+time.Minute)
	first, _ := r.all()
	also := func() int {
		es, _ := r.all()
		if len(es) != 1 || es[0].ID != first[0].ID || !es[0].Updated.Equal(first[0].Updated) {
			t.Fatalf("the entry moved: %+v", es)
		}
		return len(es[0].Also)
	}
	for _, row := range []struct {
		at   time.Duration
		want int
	}{
		{opened + 59*time.Minute, 0}, {opened + time.Hour, 2}, {2*time.Hour + time.Minute, 2}, {opened + 6*time.Hour - time.Second, 2},
		{opened + 6*time.Hour, 3}, {8 * time.Hour, 3}, {opened + 36*time.Hour - time.Second, 3}, {opened + 36*time.Hour, 4},
	} {
		for len(ds) > 3 && ds[3].came < row.at {
			d := ds[3]
			ds = slices.Delete(ds, 3, 4)
			if err := r.db.Save(t.Context(), aggregator.Batch{State: aggregator.State{Source: d.source}, Records: []aggregator.Record{d.record()}, At: start.Add(d.came)}); err != nil {
				t.Fatal(err)
			}
		}
		r.look(&sum, row.at)
		if got := also(); got != row.want {
			t.Errorf("after %s: %d other outlets, want %d", row.at, got, row.want)
		}
		version := r.version()
		if r.look(&sum, row.at); r.version() != version {
			t.Errorf("after %s: filed again with nothing due, the version rose", row.at)
		}
	}
}

func TestALateCopyIsExplainedAndOpensNothing(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	first := fromAleppo("one", "one", 0, 0, 1)
	second := first
	second.came, second.published, second.source = 40*time.Hour, 40*time.Hour, "two"
	r.play([]dispatch{first, second}, 50*time.Hour)
	records, err := r.db.Record(t.Context(), "https://two.example/one")
	if err != nil || len(records) != 1 {
		t.Fatal(len(records), err)
	}
	es, _ := r.all()
	if got := records[0]; got.CopyOf == 0 || !strings.Contains(got.Aside, "closed") || len(es) != 1 || len(es[0].Also) != 0 {
		t.Errorf("copy of %d, aside %q, %+v", got.CopyOf, got.Aside, es)
	}
}

func TestWhatIsNewAfterTheCloseOpensAPartThatNamesTheOneBefore(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	first := fromAleppo("1", "one", 0, 0, 1)
	second := fromAleppo("2", "two", 40*time.Hour, 40*time.Hour, 1)
	second.topic = "Aleppo and Idlib: Aleppo" // a name that nobody had
	r.play([]dispatch{first, second}, 50*time.Hour)
	es, _ := r.all()
	slices.SortFunc(es, func(a, b aggregator.Entry) int { return a.Part - b.Part })
	if len(es) != 2 || es[1].Part != 2 || es[1].Earlier == nil || es[1].Earlier.ID != es[0].ID {
		t.Fatalf("%+v", es)
	}
	for _, format := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
		f, err := aggregator.Read(r.print(format).Body, feeds.Meta{})
		if err != nil {
			t.Fatal(err)
		}
		newest := f.Items[0].Content + f.Items[0].Summary
		if !strings.Contains(newest, "Earlier: ") || !strings.Contains(newest, "https://one.example/1") || strings.Contains(f.Items[1].Content, "Earlier: ") {
			t.Errorf("%s: %q, %q", format, newest, f.Items[1].Content)
		}
	}
}

func TestWhatIsPutByHandIsNotHeld(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	ds := []dispatch{fromAleppo("1", "one", 0, 0, 1), {came: time.Second, source: "one", key: "2", topic: "Rain", text: 2}}
	r.play(ds, time.Minute)
	for _, key := range []string{"1", "2"} {
		o := aggregator.Order{At: r.now, By: "anna", Kind: aggregator.Put, Topic: "syria", Source: "one", Key: key}
		if err := r.db.Give(t.Context(), &o); err != nil {
			t.Fatal(err)
		}
		r.daily()
	}
	es, aside := r.all()
	told := 0
	for _, e := range es {
		told += 1 + len(e.Also)
	}
	if told != 2 {
		t.Errorf("%d told, want both at once: %q", told, aside)
	}
}

// A late match older than the window is news of its own day.
func TestAnItemOlderThanTheWindowIsAnEntryOfItsOwn(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	day := 24 * time.Hour
	r.play([]dispatch{fromAleppo("1", "one", 0, 0, 1), fromAleppo("2", "two", 20*time.Minute, -15*day, 1)}, 40*time.Hour)
	es, _ := r.all()
	if len(es) != 2 || es[0].Earlier != nil || es[1].Earlier != nil {
		t.Fatalf("%+v", es)
	}
	if early := es[0].Published; !early.Equal(start.Add(-15*day)) && !es[1].Published.Equal(start.Add(-15*day)) {
		t.Errorf("none has the date of the late match: %v", sights(es))
	}
}
