package store_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/store"
)

// numbers are those of all entries of "ed" that readers can find, in its archives
// and in the edition, by id; each must be in one place only.
func numbers(t *testing.T, db *store.DB) map[string]int64 {
	t.Helper()
	all := map[string]int64{}
	add := func(es []aggregator.Entry) {
		for _, e := range es {
			if n, ok := all[e.ID]; ok {
				t.Errorf("%s is in two places, as %d and %d", e.ID, n, e.Number)
			}
			all[e.ID] = e.Number
		}
	}
	is, es, err := db.Edition(t.Context(), "ed", 1, 500, 0)
	if err != nil {
		t.Fatal(err)
	}
	add(es)
	for n := is.Before; n > 0; {
		a, es := archive(t, db, n)
		add(es)
		n = a.Prev
	}
	return all
}

func archive(t *testing.T, db *store.DB, n int64) (aggregator.Archive, []aggregator.Entry) {
	t.Helper()
	a, es, err := db.Archive(t.Context(), "ed", n)
	if err != nil {
		t.Fatal(err)
	}
	return a, es
}

// changes are when the archives of "ed" changed, in hours after noon, by number.
func changes(t *testing.T, db *store.DB) map[int64]float64 {
	t.Helper()
	all, err := db.Archives(t.Context(), "ed")
	if err != nil {
		t.Fatal(err)
	}
	at := map[int64]float64{}
	for _, a := range all {
		at[a.Number] = a.ChangedAt.Sub(noon).Hours()
	}
	return at
}

// fill publishes entries "from" to "to", one an hour, in a round of their last hour.
func fill(t *testing.T, db *store.DB, from, to int) {
	t.Helper()
	f := aggregator.Filing{At: noon.Add(time.Duration(to) * time.Hour), Changed: []aggregator.Issue{{Edition: "ed"}}}
	for i := from; i <= to; i++ {
		f.Entries = append(f.Entries, numberedEntry(i, "x"))
	}
	if err := db.File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func numberedEntry(i int, title string) aggregator.Entry {
	e := entryOf(fmt.Sprintf("tag:%04d", i), title, int64(i))
	e.Published = noon.Add(time.Duration(i) * time.Hour)
	return e
}

func fileAt(t *testing.T, db *store.DB, hour int, f aggregator.Filing) {
	t.Helper()
	f.At = noon.Add(time.Duration(hour) * time.Hour)
	f.Changed = []aggregator.Issue{{Edition: "ed"}}
	if err := db.File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func TestEntriesAreNumberedOnceAndForEver(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	fill(t, db, 1, 120)
	before := numbers(t, db)
	for id, n := range before {
		if id != fmt.Sprintf("tag:%04d", n) {
			t.Errorf("%s has number %d", id, n)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir)
	fileAt(t, db, 200, aggregator.Filing{Withdrawn: []string{"tag:0007", "tag:0120"}, Entries: []aggregator.Entry{numberedEntry(9, "corrected")}})
	fill(t, db, 201, 202)
	fileAt(t, db, 203, aggregator.Filing{Entries: []aggregator.Entry{numberedEntry(7, "back again")}})
	want := maps.Clone(before)
	delete(want, "tag:0120")
	want["tag:0201"], want["tag:0202"] = 121, 122 // a gap is never filled
	if d := cmp.Diff(want, numbers(t, db)); d != "" {
		t.Error(d)
	}
}

func TestWhatIsStagedIsNumberedWhenItIsShown(t *testing.T) {
	db := open(t, t.TempDir())
	fill(t, db, 1, 40)
	var past []aggregator.Entry
	for i := 1040; i > 1000; i-- {
		past = append(past, numberedEntry(i, "x"))
	}
	fileAt(t, db, 50, aggregator.Filing{Staged: true, Entries: past, Withdrawn: []string{"tag:0003"}})
	fileAt(t, db, 51, aggregator.Filing{Staged: true, Withdrawn: []string{"tag:1020"}}) // never seen: leaves no gap
	fill(t, db, 41, 42)                                                                 // published meanwhile
	if n := numbers(t, db); len(n) != 42 || n["tag:0042"] != 42 {
		t.Errorf("before it is shown: %v", n)
	}
	fileAt(t, db, 60, aggregator.Filing{Show: true})
	got := numbers(t, db)
	if len(got) != 42-1+39 || got["tag:1001"] != 43 || got["tag:1019"] != 61 || got["tag:1021"] != 62 || got["tag:1040"] != 81 {
		t.Errorf("shown: %v", got)
	}
	fill(t, db, 90, 90)
	if n := numbers(t, db)["tag:0090"]; n != 82 {
		t.Errorf("the next is number %d, want 82", n)
	}
	if d := cmp.Diff(map[int64]float64{1: 60}, changes(t, db)); d != "" {
		t.Errorf("archives: %s", d)
	}
}

// Editions count for themselves.
func TestEachEditionHasASeriesOfItsOwn(t *testing.T) {
	db := open(t, t.TempDir())
	fill(t, db, 1, 60)
	other := numberedEntry(500, "x")
	other.Edition = "other"
	fileAt(t, db, 70, aggregator.Filing{Entries: []aggregator.Entry{other}})
	err := db.File(t.Context(), aggregator.Filing{At: noon, Changed: []aggregator.Issue{{Edition: "other"}}})
	if err != nil {
		t.Fatal(err)
	}
	is, es, err := db.Edition(t.Context(), "other", 1, 500, 0)
	if err != nil || len(es) != 1 || es[0].Number != 1 || is.Archive != 0 || is.Before != 0 {
		t.Errorf("%+v, %+v, %v", is, es, err)
	}
}

// What is published later leaves an archive alone; it only gets one that follows.
func TestAnArchiveChangesWithItsOwnEntriesOnly(t *testing.T) {
	db := open(t, t.TempDir())
	want := map[int64]float64{}
	step := func(name string, changed map[int64]float64) {
		t.Helper()
		maps.Copy(want, changed)
		if d := cmp.Diff(want, changes(t, db)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	fill(t, db, 1, 49)
	step("not full", nil)
	fill(t, db, 50, 50)
	step("full", map[int64]float64{1: 50})
	fill(t, db, 51, 99)
	step("the next is not full", nil)
	fill(t, db, 100, 180)
	step("the second and third follow", map[int64]float64{1: 180, 2: 180, 3: 180})
	fill(t, db, 181, 199)
	step("news", nil)
	fileAt(t, db, 300, aggregator.Filing{Entries: []aggregator.Entry{numberedEntry(60, "corrected")}})
	step("a correction", map[int64]float64{2: 300})
	fileAt(t, db, 301, aggregator.Filing{Entries: []aggregator.Entry{numberedEntry(60, "corrected")}})
	step("the same again", nil)
	fileAt(t, db, 302, aggregator.Filing{Withdrawn: []string{"tag:0150"}})
	step("a withdrawal", map[int64]float64{3: 302})
	fileAt(t, db, 303, aggregator.Filing{Staged: true, Entries: []aggregator.Entry{numberedEntry(1, "reworded")}})
	step("staged", nil)
	fileAt(t, db, 304, aggregator.Filing{Show: true})
	step("shown", map[int64]float64{1: 304})
	look := aggregator.Filing{At: noon.Add(305 * time.Hour), Changed: []aggregator.Issue{{Edition: "ed", Print: "another look"}}}
	if err := db.File(t.Context(), look); err != nil {
		t.Fatal(err)
	}
	step("another look", map[int64]float64{1: 305, 2: 305, 3: 305})
	fileAt(t, db, 100, aggregator.Filing{Entries: []aggregator.Entry{numberedEntry(60, "a clock set back")}})
	step("time goes on", map[int64]float64{2: 305 + 2/3600.0, 1: 305 + 1/3600.0, 3: 305 + 1/3600.0})
}

// An archive of nothing is none: those beside it name each other.
func TestAnArchiveWhoseEntriesAreAllWithdrawnIsPassedOver(t *testing.T) {
	db := open(t, t.TempDir())
	fill(t, db, 1, 160)
	var second []string
	for i := 51; i <= 100; i++ {
		second = append(second, fmt.Sprintf("tag:%04d", i))
	}
	fileAt(t, db, 200, aggregator.Filing{Withdrawn: second})
	if _, _, err := db.Archive(t.Context(), "ed", 2); !errors.Is(err, aggregator.ErrNoArchive) {
		t.Errorf("got %v", err)
	}
	first, _ := archive(t, db, 1)
	third, _ := archive(t, db, 3)
	if first.Next != 3 || third.Prev != 1 {
		t.Errorf("%+v, %+v", first, third)
	}
	if d := cmp.Diff(map[int64]float64{1: 200, 3: 200}, changes(t, db)); d != "" {
		t.Error(d)
	}
	if n := numbers(t, db); len(n) != 110 {
		t.Errorf("%d entries", len(n))
	}
	fileAt(t, db, 201, aggregator.Filing{Entries: []aggregator.Entry{numberedEntry(77, "back")}})
	if d := cmp.Diff(map[int64]float64{1: 201, 2: 201, 3: 201}, changes(t, db)); d != "" {
		t.Errorf("back: %s", d)
	}
	if n := numbers(t, db); len(n) != 111 || n["tag:0077"] != 77 {
		t.Errorf("%d entries, %d", len(n), n["tag:0077"])
	}
}

// Retention takes entries out of archives, and the archive's readers are told.
func TestPruningEmptiesArchivesFromTheOldest(t *testing.T) {
	db := open(t, t.TempDir())
	var rs []aggregator.Record
	for i := range 620 {
		rs = append(rs, record("a", fmt.Sprintf("g:%03d", i), "x", noon.Add(time.Duration(i)*time.Minute)))
	}
	save(t, db, batch("a", noon, rs...))
	fileAll(t, db, "p", noon)
	var left []string
	for i := range 620 {
		left = append(left, fmt.Sprintf("g:%03d", i), fmt.Sprintf("l:g:%03d", i))
	}
	save(t, db, empty("a", noon, left...))
	was, _, err := db.Edition(t.Context(), "ed", 100, 500, 0)
	if err != nil {
		t.Fatal(err)
	}
	late := noon.AddDate(10, 0, 0)
	if n, err := db.Prune(t.Context(), late, time.Hour, time.Hour); err != nil || n != 120 {
		t.Fatalf("pruned %d, %v; want what is not among the newest 500", n, err)
	}
	all, err := db.Archives(t.Context(), "ed")
	if err != nil || len(all) != 10 || all[0].Number != 3 || all[0].Entries != 30 || all[0].Prev != 0 || !all[0].ChangedAt.Equal(late) || all[1].ChangedAt.Equal(late) {
		t.Fatalf("%+v, %v", all, err)
	}
	is, _, err := db.Edition(t.Context(), "ed", 100, 500, 0)
	if err != nil || is.Version <= was.Version || !is.ChangedAt.Equal(late) {
		t.Errorf("%+v after %+v, %v", is, was, err)
	}
	if n := numbers(t, db); len(n) != 500 || n["tag:g:120"] != 121 {
		t.Errorf("%d entries, %d", len(n), n["tag:g:120"])
	}
}

// An archive is kept in memory as its edition stands: the edition moves on when
// retention takes some of its entries, and its date does not.
func TestPruningPartOfAnArchiveMovesItsEditionOn(t *testing.T) {
	db := open(t, t.TempDir())
	var rs []aggregator.Record
	var left []string
	for i := range 510 {
		rs = append(rs, record("a", fmt.Sprintf("g:%03d", i), "x", noon.Add(time.Duration(i)*time.Minute)))
		left = append(left, fmt.Sprintf("g:%03d", i), fmt.Sprintf("l:g:%03d", i))
	}
	save(t, db, batch("a", noon, rs...))
	fileAll(t, db, "p", noon)
	save(t, db, empty("a", noon, left...))
	press := &aggregator.Press{Store: db}
	before, err := press.Issues(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := db.Prune(t.Context(), noon.AddDate(10, 0, 0), time.Hour, time.Hour); err != nil || n != 10 {
		t.Fatal(n, err)
	}
	if a, _ := archive(t, db, 1); a.Entries != 40 {
		t.Errorf("%+v", a)
	}
	after, err := press.Issues(t.Context())
	if err != nil || len(after) != 1 || after[0].Version <= before[0].Version || !after[0].ChangedAt.Equal(before[0].ChangedAt) {
		t.Errorf("%+v after %+v, %v", after, before, err)
	}
}

// Many blocks let an edition reach further than it may hold. What it leaves out then
// is in the archives that it names.
func TestBlocksMakeNoGapBetweenAnEditionAndItsArchives(t *testing.T) {
	db := open(t, t.TempDir())
	saveNumbered(t, db, 700)
	fill(t, db, 1, 700)
	block(t, db, aggregator.Order{At: noon.Add(-time.Hour), Source: "a", Key: "g:699"})
	found := map[string]bool{}
	is, es, err := db.Edition(t.Context(), "ed", 300, 500, 0)
	if err != nil || len(es) != 500 {
		t.Fatal(len(es), err)
	}
	for n := is.Before; ; {
		for _, e := range es {
			found[e.ID] = true
		}
		if n == 0 {
			break
		}
		var a aggregator.Archive
		a, es = archive(t, db, n)
		n = a.Prev
	}
	if len(found) != 699 {
		t.Errorf("%d of 699 entries are to be found", len(found))
	}
}

func TestAnArchiveIsFiftyEntriesTheLastPublishedFirst(t *testing.T) {
	db := open(t, t.TempDir())
	fill(t, db, 1, 50)
	a, es := archive(t, db, 1)
	var ids []string
	for _, e := range es {
		ids = append(ids, e.ID)
	}
	slices.Reverse(ids)
	if !slices.IsSorted(ids) || len(ids) != 50 || a.Entries != 50 || !a.First.Equal(noon.Add(time.Hour)) || !a.Last.Equal(noon.Add(50*time.Hour)) {
		t.Errorf("%+v: %s", a, strings.Join(ids, " "))
	}
	for _, n := range []int64{-1, 0, 2, 1 << 60} {
		if _, _, err := db.Archive(t.Context(), "ed", n); !errors.Is(err, aggregator.ErrNoArchive) {
			t.Errorf("archive %d: %v", n, err)
		}
	}
}
