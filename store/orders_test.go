package store_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/store"
)

// drop is an order about an item of source a.
func drop(key string, at time.Time) *aggregator.Order {
	return &aggregator.Order{At: at, By: "anna", Kind: aggregator.Drop, Source: "a", Key: key, Title: "x", Topic: "syria"}
}

func give(t testing.TB, db *store.DB, o *aggregator.Order) {
	t.Helper()
	if err := db.Give(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}

// waiting lists the orders that the queue's records carry, by record key.
func waiting(t testing.TB, db *store.DB) map[string][]int64 {
	t.Helper()
	got := map[string][]int64{}
	for _, r := range queue(t, db, "p") {
		got[r.Key] = nil
		for _, o := range r.Orders {
			got[r.Key] = append(got[r.Key], o.ID)
		}
	}
	return got
}

func TestAnOrderPutsItsItemBackIntoTheQueueOnce(t *testing.T) {
	db := open(t, t.TempDir())
	save(t, db, batch("a", noon, record("a", "g:1", "One", noon), record("a", "g:2", "Two", noon)))
	fileAll(t, db, "p", noon)
	give(t, db, drop("g:2", noon))
	give(t, db, drop("g:2", noon))
	if d := cmp.Diff(map[string][]int64{"g:2": {1, 2}}, waiting(t, db)); d != "" {
		t.Error(d)
	}
	if totals, err := db.Totals(t.Context(), "p"); err != nil || totals.Waiting != 1 {
		t.Errorf("%d wait, %v", totals.Waiting, err)
	}
	r := queue(t, db, "p")[0]
	first := aggregator.Filing{Plan: "p", At: noon, Decisions: []aggregator.Decision{{Record: r.ID, Rev: 1, Order: 1}}}
	if err := db.File(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if len(waiting(t, db)) != 1 {
		t.Error("an order given while the desk filed is lost")
	}
	first.Decisions[0].Order = 2
	if err := db.File(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if left := waiting(t, db); len(left) != 0 {
		t.Errorf("still waiting: %v", left)
	}
}

func TestARecordComesBackWhenTheDeskHasAskedForIt(t *testing.T) {
	db := open(t, t.TempDir())
	save(t, db, batch("a", noon, record("a", "g:1", "One", noon)))
	f := aggregator.Filing{Plan: "p", At: noon, Decisions: []aggregator.Decision{{Record: 1, Rev: 1, Again: noon.Add(time.Hour)}}}
	if err := db.File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]int{time.Hour - time.Millisecond: 0, time.Hour: 1} {
		if rs, err := db.Queue(t.Context(), aggregator.Due{Plan: "p", Now: noon.Add(after)}, 10); err != nil || len(rs) != want {
			t.Errorf("after %s: %d, %v; want %d", after, len(rs), err, want)
		}
	}
}

// Two of a document's keys lead to one item. When it comes back after pruning,
// another of them may be its first.
func TestOrdersOutliveTheirItem(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	day := 24 * time.Hour
	save(t, db, batch("a", noon, record("a", "g:1", "One", noon)))
	fileAll(t, db, "p", noon, "g:1")
	want := drop("g:1", noon)
	give(t, db, want)
	if n, err := db.Prune(t.Context(), noon.Add(400*day), 0, 0); err != nil || n != 0 {
		t.Fatalf("pruned %d, %v, before the order was obeyed", n, err)
	}
	f := aggregator.Filing{Plan: "p", At: noon, Decisions: []aggregator.Decision{{Record: 1, Rev: 1, Order: 1}}, Withdrawn: []string{"tag:g:1"}}
	if err := db.File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	save(t, db, empty("a", noon.Add(day), "g:1", "l:g:1"))
	if n, err := db.Prune(t.Context(), noon.Add(400*day), day, day); err != nil || n != 1 {
		t.Fatalf("pruned %d, %v", n, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir)
	again := record("a", "l:g:1", "One", noon)
	again.Keys = []string{"l:g:1", "g:1"}
	save(t, db, batch("a", noon.Add(401*day), again))
	if d := cmp.Diff(map[string][]int64{"l:g:1": {1}}, waiting(t, db)); d != "" {
		t.Error(d)
	}
	all, err := db.Orders(t.Context())
	if d := cmp.Diff([]aggregator.Order{*want}, all); d != "" || err != nil {
		t.Error(d, err)
	}
}

func TestOrdersAreOnlyEverAdded(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	give(t, db, drop("g:1", noon))
	raw := openRaw(t, dir)
	for _, query := range []string{`UPDATE orders SET by_whom = 'bob'`, `DELETE FROM orders`} {
		if _, err := raw.ExecContext(t.Context(), query); err == nil {
			t.Errorf("%s went through", query)
		}
	}
	if err := db.Give(t.Context(), &aggregator.Order{Kind: aggregator.Put}); err == nil {
		t.Error("an order of nobody is stored")
	}
	if all, err := db.Orders(t.Context()); err != nil || len(all) != 1 || all[0].By != "anna" {
		t.Errorf("%+v, %v", all, err)
	}
}

func openRaw(t *testing.T, dir string) *sql.DB {
	t.Helper()
	raw, err := sql.Open("sqlite", filepath.Join(dir, "wiredesk.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	return raw
}

func TestOrdersAreGivenBesideADaemonThatWrites(t *testing.T) {
	dir := t.TempDir()
	if _, err := store.OpenBeside(t.Context(), dir); err == nil {
		t.Fatal("it made a database")
	}
	db := open(t, dir)
	beside, err := store.OpenBeside(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	done := make(chan error)
	go func() {
		var first error
		for i := range 50 {
			if err := beside.Give(t.Context(), drop(fmt.Sprint("g:", i), noon)); err != nil && first == nil {
				first = err
			}
		}
		done <- first
	}()
	for i := range 50 {
		key := fmt.Sprint("g:", i)
		save(t, db, batch("a", noon, record("a", key, "x", noon)))
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	for key, orders := range waiting(t, db) {
		if len(orders) != 1 {
			t.Errorf("%s: %v", key, orders)
		}
	}
}

func TestOrdersNeedOurSchema(t *testing.T) {
	for version, want := range map[int]string{2: "older", 99: "newer"} {
		dir := t.TempDir()
		open(t, dir).Close()
		raw := openRaw(t, dir)
		query := `DELETE FROM goose_db_version WHERE version_id > $1`
		if version > 2 {
			query = `INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, 1)`
		}
		if _, err := raw.ExecContext(t.Context(), query, version); err != nil {
			t.Fatal(err)
		}
		db, err := store.OpenBeside(t.Context(), dir)
		if err == nil {
			db.Close()
			t.Errorf("schema %d (%s) is taken", version, want)
		}
	}
}
