package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/store"
)

// pastStore holds n items that plan "old" has filed.
func pastStore(t *testing.T, n int) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	at := time.Date(2024, 12, 8, 12, 0, 0, 0, time.UTC)
	b := aggregator.Batch{At: at, State: aggregator.State{Source: "one"}}
	f := aggregator.Filing{At: at, Plan: "old"}
	for i := range n {
		key := fmt.Sprintf("g:%d", i)
		b.Records = append(b.Records, aggregator.Record{Source: "one", Key: key, Keys: []string{key}, Sum: []byte{1}, Rev: 1,
			Published: at, FirstSeen: at, Changed: at, Item: feeds.Item{Title: "x"}})
		f.Decisions = append(f.Decisions, aggregator.Decision{Record: int64(i + 1), Rev: 1})
	}
	if err := db.Save(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if err := db.File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestThePastIsToldAsDoneOfAll(t *testing.T) {
	n := &newsroom{db: pastStore(t, 5)}
	n.plan.Store(&aggregator.Plan{Print: "new"})
	var told []string
	past := n.past(t.Context(), func(done, of int) { told = append(told, fmt.Sprintf("%d of %d", done, of)) })
	step := func(done int, records ...int64) { // as the desk: file, then tell
		t.Helper()
		f := aggregator.Filing{Plan: n.active().Print, Staged: true}
		for _, id := range records {
			f.Decisions = append(f.Decisions, aggregator.Decision{Record: id, Rev: 1})
		}
		if err := n.db.File(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		past(done)
	}
	step(2, 1, 2)
	step(4, 3, 4)
	n.plan.Store(&aggregator.Plan{Print: "newer"})
	step(2, 1, 2)
	step(5, 3, 4, 5)
	if d := cmp.Diff([]string{"2 of 5", "4 of 5", "2 of 5", "5 of 5"}, told); d != "" {
		t.Error(d)
	}
}

func TestThePastIsLoggedNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logs bytes.Buffer
		n := &newsroom{log: slog.New(slog.NewTextHandler(&logs, nil))}
		tell := n.logPast()
		for done := range 100 {
			time.Sleep(100 * time.Millisecond) // of the bubble's clock
			tell(done, 1000)
		}
		if got := strings.Count(logs.String(), "done="); got != 2 || !strings.Contains(logs.String(), "done=49 left=951") {
			t.Errorf("%d lines in ten seconds, want 2:\n%s", got, logs.String())
		}
	})
}

func TestWhyTellsTheNearestMissFirst(t *testing.T) {
	var b strings.Builder
	whyMatches(&b, []topic.Match{
		{Topic: "far", Score: 1, Need: 5, Reasons: []topic.Reason{{Term: "x", List: "strong.en", Field: "body", Words: "X", Points: 1}}},
		{Topic: "near", Score: 2.5, Need: 3, Reasons: []topic.Reason{
			{Term: "y", List: "weak.en", Field: "title", Words: "Y", At: 2, Points: .5}, {Term: "z", List: "ignore", Field: "body", Words: "Z"}}},
		{Topic: "no", Score: 4, Need: 3, By: aggregator.Drop},
	})
	want := `topic no: out, dropped by hand
nearest: near 2.5 of 3: title "Y"
  title, word 3: "Y" by y (weak.en), counts half
  body, word 1: "Z" by z (ignore), does not count
further off: far 1 of 5: body "X"
  body, word 1: "X" by x (strong.en)
score: 3 for the title + 2 for the lead + 1 a mention, at most 3; a weak one counts half
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}
