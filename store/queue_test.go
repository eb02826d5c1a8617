package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

func keysOf(rs []aggregator.Record) (keys []string) {
	for _, r := range rs {
		keys = append(keys, r.Key)
	}
	return keys
}

// Which source was polled first in a minute makes no difference, nor do portions,
// nor whether the records are new or another plan's.
func TestTheQueueIsInTheOrderOfItsItems(t *testing.T) {
	at := func(source, key string, came, published time.Duration) aggregator.Record {
		r := record(source, key, "Title", noon.Add(came))
		r.Published = noon.Add(published)
		return r
	}
	rs := []aggregator.Record{
		at("b", "g:1", 50*time.Second, -time.Hour), at("a", "g:2", 10*time.Second, 0), at("a", "g:1", 30*time.Second, 0),
		at("b", "g:3", time.Second, 0), at("c", "g:4", 61*time.Second, -2*time.Hour),
	}
	want := []string{"bg:1", "ag:1", "ag:2", "bg:3", "cg:4"}
	for turn := range len(rs) {
		db := open(t, t.TempDir())
		for i := range rs {
			r := rs[(i+turn)%len(rs)]
			save(t, db, batch(r.Source, noon, r))
		}
		for _, plan := range []string{"p", "o", "q"} { // one filed by p waits for o, which is less, and for q
			var got []string
			for {
				part, err := db.Queue(t.Context(), aggregator.Due{Plan: plan, Now: noon.Add(time.Hour)}, 2)
				if err != nil {
					t.Fatal(err)
				}
				if len(part) == 0 {
					break
				}
				f := aggregator.Filing{Plan: plan, At: noon}
				for _, r := range part {
					got = append(got, r.Source+r.Key)
					f.Decisions = append(f.Decisions, aggregator.Decision{Record: r.ID, Rev: r.Rev})
				}
				if err := db.File(t.Context(), f); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("saved from the %dth on, plan %s: %v, want %v", turn, plan, got, want)
			}
		}
	}
}

func TestAMinuteThatIsNotOverIsLeftOut(t *testing.T) {
	db := open(t, t.TempDir())
	save(t, db, batch("a", noon, record("a", "g:1", "One", noon.Add(-time.Millisecond)), record("a", "g:2", "Two", noon)))
	due := aggregator.Due{Plan: "p", Now: noon, Before: noon}
	if rs, err := db.Queue(t.Context(), due, 10); err != nil || !slices.Equal(keysOf(rs), []string{"g:1"}) {
		t.Errorf("%v, %v", keysOf(rs), err)
	}
	o := aggregator.Order{At: noon, By: "anna", Kind: aggregator.Put, Topic: "x", Source: "a", Key: "g:2"}
	if err := db.Give(t.Context(), &o); err != nil {
		t.Fatal(err)
	}
	if rs, err := db.Queue(t.Context(), due, 10); err != nil || len(rs) != 2 {
		t.Errorf("an order waits for the minute to end: %v, %v", keysOf(rs), err)
	}
}

func TestWhatWaitsForItsStoryIsListedWithIt(t *testing.T) {
	db := open(t, t.TempDir())
	save(t, db, batch("a", noon, record("a", "g:1", "One", noon), record("a", "g:2", "Two", noon), record("a", "g:3", "Three", noon)))
	f := aggregator.Filing{Plan: "p", At: noon, Decisions: []aggregator.Decision{
		{Record: 1, Rev: 1, Story: 1}, {Record: 2, Rev: 1, Story: 1, Again: noon.Add(time.Hour), Aside: "waits"}, {Record: 3, Rev: 1, Story: 3, Again: noon.Add(time.Hour)},
	}}
	if err := db.File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	_, waiting, err := db.Stories(t.Context(), []int64{1}, nil, nil)
	if err != nil || len(waiting) != 1 || waiting[0].Key != "g:2" || waiting[0].Aside != "waits" {
		t.Errorf("%v, %v", keysOf(waiting), err)
	}
	if _, waiting, err = db.Stories(t.Context(), []int64{1}, []int64{2}, nil); err != nil || len(waiting) != 0 {
		t.Errorf("the desk has it, and got it again: %v, %v", keysOf(waiting), err)
	}
}

// TestTheQueueIsOrderedAsSQLWould: records are put into the order of the queue here,
// and it must be the one in which the engine has found them.
func TestTheQueueIsOrderedAsSQLWould(t *testing.T) {
	db := open(t, t.TempDir())
	r := rand.New(rand.NewPCG(1, 2))
	names := []string{"a", "B", "b", "ä", "z", "دمشق", "😀", "a-", "a "}
	for i, source := range names {
		var rs []aggregator.Record
		for j, key := range names {
			published := noon.Add(time.Duration(r.IntN(3)) * time.Second)
			switch r.IntN(8) {
			case 0:
				published = time.Time{}
			case 1:
				published = time.UnixMilli(-int64(r.IntN(200_000)))
			}
			rc := record(source, "g:"+key, "title", published)
			rc.Changed = noon.Add(time.Duration(r.IntN(180)) * time.Second)
			if i == j {
				rc.Changed = time.UnixMilli(-int64(r.IntN(200_000)))
			}
			rs = append(rs, rc)
		}
		save(t, db, batch(source, noon, rs...))
	}
	due := aggregator.Due{Plan: "p", Now: noon.Add(time.Hour)}
	all, err := db.Queue(t.Context(), due, 200)
	if err != nil || len(all) != len(names)*len(names) {
		t.Fatal(len(all), err)
	}
	for n := range all { // which are the first n, SQL says
		first, err := db.Queue(t.Context(), due, n+1)
		if err != nil || first[n].ID != all[n].ID {
			t.Fatalf("at %d comes %d, in SQL %d; %v", n, all[n].ID, first[n].ID, err)
		}
	}
}

// BenchmarkFullQueue is what a batch of the desk costs to find while this many
// wait: all new, then all filed by another plan. Reading the items themselves
// costs what a batch holds.
func BenchmarkFullQueue(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		db := open(b, b.TempDir())
		for i := 0; i < n; i += 1000 {
			var rs []aggregator.Record
			for j := range 1000 {
				rs = append(rs, record("a", fmt.Sprint("g:", (i+j)*7919%n), "title", noon.Add(time.Duration((i+j)%5000)*time.Second)))
			}
			save(b, db, batch("a", noon, rs...))
		}
		for _, plan := range []string{"", "p"} {
			if plan != "" {
				for len(queue(b, db, plan)) > 0 {
					fileAll(b, db, plan, noon)
				}
			}
			b.Run(fmt.Sprintf("%d/plan=%q", n, plan), func(b *testing.B) {
				for b.Loop() {
					rs, err := db.Queue(b.Context(), aggregator.Due{Plan: plan + "q", Now: noon}, 1)
					if err != nil || len(rs) != 1 {
						b.Fatal(len(rs), err)
					}
				}
			})
		}
	}
}

// However much is stored, a round of the desk reads what it files. Of the indexes
// some hold a part of their table only, and serve a query that says so alone.
func TestDeskGoesThroughIndexes(t *testing.T) {
	db := open(t, t.TempDir())
	save(t, db, batch("a", noon, record("a", "g:1", "One", noon), record("a", "g:2", "Two", noon)))
	file(t, db, aggregator.Filing{Plan: "old", Entries: []aggregator.Entry{entryOf("e", "One", 1)},
		Decisions: []aggregator.Decision{{Record: 1, Rev: 1, Story: 1}, {Record: 2, Rev: 1}}})
	if rs, err := db.Queue(t.Context(), aggregator.Due{Plan: "new", Now: noon}, 10); err != nil || len(rs) != 2 {
		t.Fatalf("%d wait: %v", len(rs), err)
	}
	if n, err := db.Past(t.Context(), "new"); err != nil || n != 2 {
		t.Errorf("another plan has filed %d: %v", n, err)
	}
	if es, _, err := db.Stories(t.Context(), []int64{1}, []int64{1}, []string{"ed"}); err != nil || len(es) != 1 {
		t.Errorf("entries %v: %v", es, err)
	}
	for _, table := range []string{"records", "entries"} {
		if scans, err := db.Scans(t.Context(), table); err != nil || len(scans) > 0 {
			t.Errorf("%s: %v", strings.Join(scans, "\n"), err)
		}
	}
}
