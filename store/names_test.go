package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/store"
)

// renamed is what a plan says that calls all by new ids.
var renamed = []aggregator.Calling{
	{Kind: aggregator.SourceID, ID: "new", Was: []string{"a"}},
	{Kind: aggregator.TopicID, ID: "levant", Was: []string{"x"}},
	{Kind: aggregator.EditionID, ID: "paper", Was: []string{"ed"}},
}

// called is a store with an item of source a in topic x and edition ed, ordered
// about, and a subscription.
func called(t *testing.T, dir string) *store.DB {
	t.Helper()
	db := open(t, dir)
	if err := db.Adopt(t.Context(), aggregator.Roster{Now: noon, URLs: map[string]string{"a": "https://a.example/feed"}}); err != nil {
		t.Fatal(err)
	}
	b := batch("a", noon, record("a", "g:1", "One", noon))
	b.Habits = []byte("habits")
	save(t, db, b)
	f := aggregator.Filing{Plan: "p", At: noon, Changed: []aggregator.Issue{{Edition: "ed", Print: "look"}}}
	r := queue(t, db, "p")[0]
	f.Decisions = []aggregator.Decision{{Record: r.ID, Rev: 1, Story: r.ID}}
	f.Entries = []aggregator.Entry{{Edition: "ed", ID: "tag:1", Story: r.ID, Part: 1, Published: noon, Updated: noon,
		Lead: aggregator.Telling{Record: r.ID, Source: "a", Key: "g:1", Title: "One", Topics: []string{"x"}}}}
	if err := db.File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	err := db.Give(t.Context(),
		&aggregator.Order{At: noon, By: "anna", Kind: aggregator.Put, Source: "a", Key: "g:1", Topic: "x"},
		&aggregator.Order{At: noon, By: "anna", Kind: aggregator.Pin, Source: "a", Key: "g:1", Edition: "ed"},
		&aggregator.Order{At: noon, By: "anna", Kind: aggregator.Merge, Source: "a", Key: "g:1", With: &aggregator.Ref{Source: "a", Key: "g:2"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.SaveSubscription(t.Context(), aggregator.Subscription{Source: "a", Hub: "https://hub.example"}); err != nil {
		t.Fatal(err)
	}
	return db
}

func rename(t *testing.T, db *store.DB) *aggregator.Names {
	t.Helper()
	names, _, err := db.Rename(t.Context(), renamed)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestARenamingTakesAllAlong(t *testing.T) {
	db := called(t, t.TempDir())
	before, err := db.Memory(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	rename(t, db)
	err = db.Adopt(t.Context(), aggregator.Roster{Now: noon, URLs: map[string]string{"new": "https://a.example/feed"}})
	if err != nil {
		t.Fatal(err)
	}
	states, err := db.States(t.Context())
	if err != nil || len(states) != 1 || states[0].Source != "new" || states[0].ETag != `W/"x"` || !states[0].NextPoll.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v, %v", states, err)
	}
	mem, err := db.Memory(t.Context(), "new")
	if d := cmp.Diff(before, mem); err != nil || d != "" || len(mem.Keys) == 0 {
		t.Error(d, err)
	}
	is, entries, err := db.Edition(t.Context(), "paper", 10, 10, 0)
	if err != nil || is.Version != 1 || len(entries) != 1 {
		t.Fatal(is, entries, err)
	}
	if e := entries[0]; e.Edition != "paper" || e.ID != "tag:1" || e.Lead.Source != "new" || !cmp.Equal(e.Lead.Topics, []string{"levant"}) {
		t.Errorf("%+v", e)
	}
	orders, err := db.Orders(t.Context())
	if err != nil || len(orders) != 3 || orders[0].Source != "new" || orders[0].Topic != "levant" || orders[1].Edition != "paper" || orders[2].With.Source != "new" {
		t.Errorf("%+v, %v", orders, err)
	}
	if r := queue(t, db, "p"); len(r) != 1 || len(r[0].Orders) != 3 {
		t.Errorf("%+v", r)
	}
	subs, err := db.Subscriptions(t.Context())
	if err != nil || len(subs) != 1 || subs[0].Source != "new" {
		t.Errorf("%+v, %v", subs, err)
	}
	wantKeys(t, db, "source:new", "g:1")
	wantKeys(t, db, "source:a")
	if found, err := db.Examine(t.Context()); err != nil || len(found) > 0 {
		t.Error(found, err)
	}
}

// What was begun under the old ids ends under the new ones, or is begun again.
func TestWhatWasBegunBeforeARenaming(t *testing.T) {
	db := called(t, t.TempDir())
	names := rename(t, db)
	if seen, err := db.Seen(t.Context(), "a", []string{"g:1"}); err != nil || len(seen) != 1 {
		t.Errorf("%+v, %v: a poll in flight takes what is known for new", seen, err)
	}
	save(t, db, batch("a", noon, record("a", "g:2", "Two", noon)))
	wantKeys(t, db, "source:new", "g:2", "g:1")
	f := aggregator.Filing{Plan: "p", At: noon, Changed: []aggregator.Issue{{Edition: "ed", Print: "look"}}}
	if err := db.File(t.Context(), f); !errors.Is(err, aggregator.ErrRenamed) {
		t.Error(err)
	}
	f.Renamed = names.Count()
	if err := db.File(t.Context(), f); err != nil {
		t.Error(err)
	}
	o := aggregator.Order{At: noon, By: "anna", Kind: aggregator.Drop, Source: "a", Key: "g:2", Topic: "x"}
	if err := db.Give(t.Context(), &o); err != nil || o.Source != "new" || o.Topic != "levant" {
		t.Error(o, err)
	}
}

func TestARenamingIsDoneOnce(t *testing.T) {
	dir := t.TempDir()
	db := called(t, dir)
	rename(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir)
	names, done, err := db.Rename(t.Context(), renamed)
	if err != nil || len(done.Moves)+len(done.Apart) > 0 || names.Count() != 0 || names.Now(aggregator.EditionID, "ed") != "paper" {
		t.Error(names, done, err)
	}
}

// A renaming that fails has changed nothing.
func TestARenamingIsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	db := called(t, dir)
	spoil(t, dir, `UPDATE orders SET doc = '"a"' WHERE id = 2`)
	names, _, err := db.Rename(t.Context(), renamed)
	if err == nil || names != nil {
		t.Fatal("it went well")
	}
	if states, err := db.States(t.Context()); err != nil || len(states) != 1 || states[0].Source != "a" {
		t.Errorf("%+v, %v", states, err)
	}
	is, entries, err := db.Edition(t.Context(), "ed", 10, 10, 0)
	if err != nil || is.Version != 1 || len(entries) != 1 || entries[0].Edition != "ed" || entries[0].Lead.Source != "a" {
		t.Error(is, entries, err)
	}
	save(t, db, batch("a", noon, record("a", "g:2", "Two", noon)))
	wantKeys(t, db, "source:a", "g:2", "g:1")
}

// Orders change in a renaming only, and then nothing but the ids in them.
func TestOrdersAreStillFixed(t *testing.T) {
	dir := t.TempDir()
	db := called(t, dir)
	rename(t, db)
	raw := openRaw(t, dir)
	for _, query := range []string{`UPDATE orders SET source = 'b'`, `DELETE FROM orders`} {
		if _, err := raw.ExecContext(t.Context(), query); err == nil {
			t.Error(query, "is taken")
		}
	}
}

// spoil writes what no wiredesk would.
func spoil(t *testing.T, dir, query string) {
	t.Helper()
	raw := openRaw(t, dir)
	for _, q := range []string{`INSERT INTO meta (name, value) VALUES ('renaming', '')`, query, `DELETE FROM meta WHERE name = 'renaming'`} {
		if _, err := raw.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
}

// A block of a source follows it to its new id at once, in the process that renames
// it and has read the blocks before.
func TestABlockHoldsAfterItsSourceIsRenamed(t *testing.T) {
	db := called(t, t.TempDir())
	block(t, db, aggregator.Order{At: noon.Add(time.Hour), Source: "a"})
	if _, es, err := db.Edition(t.Context(), "ed", 10, 10, 0); err != nil || len(es) != 1 || !es[0].Withheld() {
		t.Fatal(es, err)
	}
	rename(t, db)
	if _, es, err := db.Edition(t.Context(), "paper", 10, 10, 0); err != nil || len(es) != 1 || !es[0].Withheld() {
		t.Error(es, err)
	}
	save(t, db, batch("new", noon, record("new", "g:2", "Two", noon)))
	for _, key := range []string{"1", "2"} {
		rs, err := db.Record(t.Context(), key)
		if err != nil || len(rs) != 1 {
			t.Fatal(rs, err)
		}
		if _, blocked := rs[0].Blocked(); !blocked {
			t.Errorf("%s is not blocked", key)
		}
	}
}
