package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
)

var noon = time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC)

// brings is a poll of a source that brings some items, all of this text.
func brings(source, text string, keys ...string) aggregator.Batch {
	b := aggregator.Batch{State: aggregator.State{Source: source, NextPoll: noon.Add(time.Hour)}, At: noon}
	for _, key := range keys {
		b.Records = append(b.Records, aggregator.Record{
			Source: source, Key: key, Keys: []string{key}, Sum: []byte(text), Published: noon, FirstSeen: noon, Changed: noon,
			Item: feeds.Item{ID: key, Title: text, Text: text, Lang: "en"},
		})
	}
	return b
}

func grouped(s *DB, batches ...aggregator.Batch) (all []*saving) {
	for _, b := range batches {
		all = append(all, &saving{context.Background(), b, s.rows(b.Records), make(chan error, 1)})
	}
	return all
}

func openGroup(t *testing.T) *DB {
	t.Helper()
	s, err := Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func stored(t *testing.T, s *DB) (keys string) {
	t.Helper()
	rows, err := s.read.QueryContext(t.Context(), `
		SELECT source || ' ' || item_key
		FROM records
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			t.Fatal(err)
		}
		all = append(all, key)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, ", ")
}

func TestTheOthersOfAGroupAreDoneAgainWithoutTheOneThatFails(t *testing.T) {
	s := openGroup(t)
	bad := brings("b", "Two", "g:1", "g:2")
	bad.Records[1].Sum = nil // sum is required
	all := grouped(s, brings("a", "One", "g:1"), bad, brings("c", "Three", "g:1"))
	a, b, c := all[0], all[1], all[2]
	again := s.saveAll(all)
	if err := <-b.done; err == nil || !strings.Contains(err.Error(), "save b: item g:2") {
		t.Errorf("the one that fails: %v", err)
	}
	if len(again) != 2 || again[0] != a || again[1] != c || len(a.done)+len(c.done) > 0 {
		t.Fatalf("%d are to be done again", len(again))
	}
	if got := stored(t, s); got != "" {
		t.Errorf("stored %s", got)
	}
	if again = s.saveAll(again); len(again) > 0 || <-a.done != nil || <-c.done != nil {
		t.Errorf("%d are left", len(again))
	}
	if got, want := stored(t, s), "a g:1, c g:1"; got != want {
		t.Errorf("stored %s, want %s", got, want)
	}
	found, err := s.Search(t.Context(), Search{Query: "title:three", Limit: 5})
	if err != nil || len(found.Found) != 1 || found.Found[0].Source != "c" {
		t.Errorf("found %+v, %v", found, err)
	}
}

// A defect that one batch meets costs the others nothing, and who leads goes on.
func TestABatchThatPanicsFailsAlone(t *testing.T) {
	s := openGroup(t)
	all := grouped(s, brings("a", "One", "g:1"), brings("b", "Two", "g:1"))
	a, b := all[0], all[1]
	b.rows = nil // there should be one a record
	s.waiting, s.leading = all, true
	for s.lead() {
	}
	if err := <-a.done; err != nil {
		t.Error(err)
	}
	if err := <-b.done; err == nil || !strings.Contains(err.Error(), "save b: a defect of wiredesk") {
		t.Errorf("got %v", err)
	}
	if err := s.Save(t.Context(), brings("c", "Three", "g:1")); err != nil {
		t.Error(err)
	}
	if got, want := stored(t, s), "a g:1, c g:1"; got != want {
		t.Errorf("stored %s, want %s", got, want)
	}
}

func TestAFullDiskFailsAWholeGroupAtOnce(t *testing.T) {
	s := openGroup(t)
	if err := s.Limit(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("word ", 50_000)
	all := grouped(s, brings("a", long, "g:1"), brings("b", long, "g:1"))
	if again := s.saveAll(all); len(again) > 0 {
		t.Fatalf("%d are to be done again", len(again))
	}
	for i, sv := range all {
		if err := <-sv.done; err == nil || !strings.Contains(err.Error(), "make room") {
			t.Errorf("batch %d: %v", i, err)
		}
	}
	if err := s.Limit(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if got := stored(t, s); got != "" {
		t.Errorf("stored %s", got)
	}
}

// An item that two batches of a group bring is found by the words of the last.
func TestOfARecordTwiceInAGroupTheLastIsFound(t *testing.T) {
	s := openGroup(t)
	first := grouped(s, brings("a", "One", "g:1", "g:2"))
	s.saveAll(first)
	if err := <-first[0].done; err != nil {
		t.Fatal(err)
	}
	var batches []aggregator.Batch
	for _, text := range []string{"Two", "Three"} {
		b := brings("a", text, "g:2")
		b.Records[0].ID = first[0].rows[1].id
		batches = append(batches, b)
	}
	older := brings("a", "Four", "g:1")
	older.Records[0].ID = first[0].rows[0].id
	all := grouped(s, append(batches, older)...)
	s.saveAll(all)
	for _, sv := range all {
		if err := <-sv.done; err != nil {
			t.Fatal(err)
		}
	}
	for word, want := range map[string]int{"one": 0, "two": 0, "three": 1, "four": 1} {
		found, err := s.Search(t.Context(), Search{Query: "title:" + word, Limit: 5})
		if err != nil || len(found.Found) != want {
			t.Errorf("%s: found %d, %v", word, len(found.Found), err)
		}
	}
}

// One that has left is answered, and costs the others nothing.
func TestWhoHasLeftIsNotInTheGroup(t *testing.T) {
	s := openGroup(t)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	errs := make(chan error, 3)
	s.leading = true // nobody leads until all have come
	for i, ctx := range []context.Context{t.Context(), gone, t.Context()} {
		go func() { errs <- s.Save(ctx, brings(fmt.Sprint("s", i), "One", "g:1")) }()
	}
	for n := 0; n < 3; runtime.Gosched() {
		s.mu.Lock()
		n = len(s.waiting)
		s.mu.Unlock()
	}
	before := s.Filed()
	for s.lead() {
	}
	left := 0
	for range 3 {
		if err := <-errs; errors.Is(err, context.Canceled) {
			left++
		} else if err != nil {
			t.Error(err)
		}
	}
	if got := stored(t, s); left != 1 || got != "s0 g:1, s2 g:1" || s.Filed() != before+1 {
		t.Errorf("%d have left, stored %s, in %d transactions", left, got, s.Filed()-before)
	}
}

// Whoever is ready when one begins to save is in its transaction, however fast
// the disk is.
func TestPollersThatAreReadyShareATransaction(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	s := openGroup(t)
	const pollers, polls = 8, 20
	before := s.Filed()
	errs := make(chan error, pollers*polls)
	for i := range pollers {
		go func() {
			for n := range polls {
				errs <- s.Save(t.Context(), brings(fmt.Sprint("s", i), "One", fmt.Sprint("g:", n)))
			}
		}()
	}
	for range pollers * polls {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if did := s.Filed() - before; did > pollers*polls/2 {
		t.Errorf("%d batches took %d transactions", pollers*polls, did)
	}
}
