package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/store"
)

func block(t testing.TB, db *store.DB, o aggregator.Order) {
	t.Helper()
	o.Kind, o.By = aggregator.Block, "anna"
	give(t, db, &o)
}

// saveNumbered stores items with numbers 1 to n of source a.
func saveNumbered(t testing.TB, db *store.DB, n int) {
	t.Helper()
	var rs []aggregator.Record
	for i := range n {
		rs = append(rs, record("a", fmt.Sprint("g:", i+1), fmt.Sprint("Item ", i+1), noon))
	}
	save(t, db, batch("a", noon, rs...))
}

var published = aggregator.Filing{Changed: []aggregator.Issue{{Edition: "ed"}}}

// An item is blocked while its entry is staged: nobody has ever had it, so
// nothing is withdrawn. One that was read is.
func TestWhatNobodyHasReadIsNotWithdrawn(t *testing.T) {
	db := open(t, t.TempDir())
	saveNumbered(t, db, 3)
	f := published
	f.Entries = []aggregator.Entry{entryOf("a", "Item 1", 1)}
	file(t, db, f)
	file(t, db, aggregator.Filing{Staged: true, Entries: []aggregator.Entry{entryOf("b", "Item 2", 2)}})
	lift := noon.Add(61 * time.Minute)
	block(t, db, aggregator.Order{At: noon.Add(30 * time.Minute), Source: "a"})
	file(t, db, aggregator.Filing{Show: true})
	file(t, db, aggregator.Filing{Entries: []aggregator.Entry{entryOf("c", "Item 3", 3)}})
	if got := readers(t, db); len(got) != 0 {
		t.Errorf("blocked before anything was read: %q", got)
	}
	block(t, db, aggregator.Order{At: lift, Source: "a", Off: true})
	if d := cmp.Diff([]string{"a Item 1 1", "b Item 2 1", "c Item 3 1"}, readers(t, db)); d != "" {
		t.Errorf("lifted: %s", d)
	}
	block(t, db, aggregator.Order{At: lift.Add(time.Minute), Source: "a"})
	if got := readers(t, db); len(got) != 3 || !strings.Contains(got[2], "Withdrawn by the desk") {
		t.Errorf("blocked once it was read: %q", got)
	}
}

func TestABlockRaisesTheVersionAtOnce(t *testing.T) {
	db := open(t, t.TempDir())
	saveNumbered(t, db, 1)
	f := published
	f.Entries = []aggregator.Entry{entryOf("a", "Item 1", 1)}
	file(t, db, f)
	before, _, err := db.Edition(t.Context(), "ed", 1, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	at := noon.Add(2 * time.Hour)
	block(t, db, aggregator.Order{At: at, Source: "a", Key: "g:1"})
	after, es, err := db.Edition(t.Context(), "ed", 1, 1, 0)
	if err != nil || after.Version != before.Version+1 || !after.ChangedAt.Equal(at) || len(es) != 1 || !es[0].Updated.Equal(at) || !es[0].Published.Equal(noon) {
		t.Errorf("%+v after %+v, %+v, %v", after, before, es, err)
	}
}

// An edition has as many entries as it is asked for, however many of the newest
// were blocked from the start.
func TestAnEditionIsNotEmptiedByWhatWasNeverPublished(t *testing.T) {
	db := open(t, t.TempDir())
	saveNumbered(t, db, 60)
	block(t, db, aggregator.Order{At: noon, Words: `title:/Item [1-5]?[0-9]$/ -title:"Item 60"`})
	f := published
	for i := range int64(60) {
		e := entryOf(fmt.Sprint("e", i+1), fmt.Sprint("Item ", i+1), i+1)
		e.Published = noon.Add(-time.Duration(i) * time.Minute)
		f.Entries = append(f.Entries, e)
	}
	file(t, db, f)
	if _, es, err := db.Edition(t.Context(), "ed", 1, 10, 0); err != nil || len(es) != 1 || es[0].ID != "e60" {
		t.Errorf("%+v, %v", es, err)
	}
}

// What came earlier is named as it is told now, or not at all.
func TestEarlierSaysNothingThatIsBlocked(t *testing.T) {
	db := open(t, t.TempDir())
	saveNumbered(t, db, 3)
	first, second := entryOf("a", "Item 1", 1, 2), entryOf("b", "Item 3", 3)
	first.Lead.Link, first.Also[0].Title, first.Also[0].Link = "https://a.example/g:1", "Item 2", "https://a.example/g:2"
	second.Earlier = &aggregator.Earlier{ID: "a", Title: "Item 1", Link: first.Lead.Link}
	f := published
	f.Entries = []aggregator.Entry{first, second}
	file(t, db, f)
	earlier := func() string {
		_, es, err := db.Edition(t.Context(), "ed", 10, 10, 0)
		if err != nil || len(es) != 2 {
			t.Fatal(es, err)
		}
		if es[1].Earlier == nil {
			return ""
		}
		return es[1].Earlier.Title + " " + es[1].Earlier.Link
	}
	after := noon.Add(2 * time.Hour)
	block(t, db, aggregator.Order{At: after, Source: "a", Key: "g:1"})
	if got := earlier(); got != "Item 2 https://a.example/g:2" {
		t.Errorf("the lead is blocked: %q", got)
	}
	block(t, db, aggregator.Order{At: after, URL: "https://a.example/g:2"})
	if got := earlier(); got != "" {
		t.Errorf("all is blocked: %q", got)
	}
	block(t, db, aggregator.Order{At: after, URL: "https://a.example/g:2", Off: true})
	block(t, db, aggregator.Order{At: after, Source: "a", Key: "g:1", Off: true})
	if got := earlier(); got != "Item 1 https://a.example/g:1" {
		t.Errorf("lifted: %q", got)
	}
}

// The entry outlives its record: it is judged by what it says.
func TestAnEntryIsBlockedWithoutItsRecord(t *testing.T) {
	for name, o := range map[string]aggregator.Order{
		"item": {Source: "a", Key: "g:9"}, "source": {Source: "a"}, "url": {URL: "a.example/*"}, "words": {Words: "Old"},
	} {
		db := open(t, t.TempDir())
		e := entryOf("a", "Old news", 9)
		e.Lead.Source, e.Lead.Key, e.Lead.Link = "a", "g:9", "https://a.example/9"
		f := published
		f.Entries = []aggregator.Entry{e}
		file(t, db, f)
		o.At = noon.Add(2 * time.Hour)
		block(t, db, o)
		if got := readers(t, db); len(got) != 1 || strings.Contains(got[0], "Old") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// BenchmarkEdition is reading 500 entries for a printing, with no block and with
// blocks of each kind that hit nothing.
func BenchmarkEdition(b *testing.B) {
	for _, blocked := range []bool{false, true} {
		b.Run(fmt.Sprint("blocked=", blocked), func(b *testing.B) {
			db := open(b, b.TempDir())
			for i := 0; i < 500; i += 100 {
				var rs []aggregator.Record
				for j := range 100 {
					r := record("a", fmt.Sprint("g:", i+j), fmt.Sprint("Item ", i+j), noon)
					r.Item.Lang = "en"
					r.Sum = fmt.Append(nil, i+j)
					r.Item.Text = strings.Repeat("some words of a text that says nothing new ", 60)
					rs = append(rs, r)
				}
				save(b, db, batch("a", noon, rs...))
				fileAll(b, db, "p", noon)
			}
			if blocked {
				for i := range 100 {
					block(b, db, aggregator.Order{At: noon, Words: fmt.Sprint("nonsense", i)})
					block(b, db, aggregator.Order{At: noon, URL: fmt.Sprintf("b%d.example/*", i)})
				}
			}
			b.ResetTimer()
			for b.Loop() {
				if _, es, err := db.Edition(b.Context(), "ed", 500, 500, 0); err != nil || len(es) != 500 {
					b.Fatal(len(es), err)
				}
			}
		})
	}
}
