package store_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/store"
)

// roster has these sources, each at https://ID.example/feed.
func roster(now time.Time, ids ...string) aggregator.Roster {
	r := aggregator.Roster{Now: now, URLs: map[string]string{}}
	for _, id := range ids {
		r.URLs[id] = "https://" + id + ".example/feed"
	}
	return r
}

func adopt(t *testing.T, db *store.DB, r aggregator.Roster) {
	t.Helper()
	if err := db.Adopt(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

// polled saves the state of a poll at a time; the next one is an hour later.
func polled(t *testing.T, db *store.DB, id string, at time.Time, change func(*aggregator.State)) {
	t.Helper()
	st := aggregator.State{Source: id, URL: "https://" + id + ".example/feed", LastPoll: at, NextPoll: at.Add(time.Hour)}
	if change != nil {
		change(&st)
	}
	save(t, db, aggregator.Batch{State: st, Dropped: true, At: at})
}

// next are the times of the next polls; "now" for sources never polled, or due
// whatever the time.
func next(t *testing.T, db *store.DB) map[string]string {
	t.Helper()
	states, err := db.States(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, st := range states {
		all[st.Source] = "now"
		if !st.NextPoll.IsZero() {
			all[st.Source] = st.NextPoll.UTC().Format("2 15:04")
		}
	}
	return all
}

func TestNextPollsMoveAlongWhenTheClockIsSet(t *testing.T) {
	db := open(t, t.TempDir())
	adopt(t, db, roster(noon, "a", "b"))
	polled(t, db, "a", noon, nil)
	for _, row := range []struct {
		name string
		now  time.Time
		step time.Duration
		want string
	}{
		{"set forward while polling", noon.Add(24 * time.Hour), 24 * time.Hour, "9 13:00"},
		{"nothing", noon.Add(24 * time.Hour), 0, "9 13:00"},
		{"set back while polling", noon.Add(time.Minute), -24 * time.Hour, "8 13:00"},
		{"time passes while nobody polls", noon.Add(30 * time.Minute), 0, "8 13:00"},
		{"set back while nobody polls", noon.Add(30*time.Minute - 48*time.Hour), 0, "6 13:00"},
		{"a second of drift", noon.Add(30*time.Minute - 48*time.Hour - time.Second), 0, "6 13:00"},
	} {
		r := roster(row.now, "a", "b")
		r.Step = row.step
		adopt(t, db, r)
		if d := cmp.Diff(map[string]string{"a": row.want, "b": "now"}, next(t, db)); d != "" {
			t.Errorf("%s: %s", row.name, d)
		}
	}
}

func TestAnotherAddressIsDueAtOnceUnlessItsHostAskedToWait(t *testing.T) {
	db := open(t, t.TempDir())
	ids := []string{"failed", "gone", "limited", "limited-moves", "same"}
	adopt(t, db, roster(noon, ids...))
	polled(t, db, "failed", noon, func(st *aggregator.State) { st.Status = http.StatusNotFound })
	polled(t, db, "gone", noon, func(st *aggregator.State) { st.Status, st.Gone = http.StatusGone, true })
	polled(t, db, "limited", noon, func(st *aggregator.State) { st.Status = http.StatusTooManyRequests })
	polled(t, db, "limited-moves", noon, func(st *aggregator.State) { st.Status = http.StatusServiceUnavailable })
	polled(t, db, "same", noon, nil)
	r := roster(noon, ids...)
	for _, id := range []string{"failed", "gone", "limited"} {
		r.URLs[id] += "/other"
	}
	r.URLs["limited-moves"] = "https://elsewhere.example/feed"
	adopt(t, db, r)
	want := map[string]string{"failed": "now", "gone": "now", "limited": "8 13:00", "limited-moves": "now", "same": "8 13:00"}
	if d := cmp.Diff(want, next(t, db)); d != "" {
		t.Error(d)
	}
	due, err := db.Due(t.Context(), noon, 10, nil)
	if err != nil || len(due) != 3 {
		t.Errorf("%d due, %v", len(due), err)
	}
}

func TestASourceOfWhichNothingIsWantedIsKnown(t *testing.T) {
	db := open(t, t.TempDir())
	save(t, db, batch("a", noon, record("a", "g:1", "One", noon), record("a", "g:2", "Two", noon)))
	save(t, db, batch("b", noon, record("b", "g:1", "One", noon)))
	for _, want := range []map[string]int{{}, {"a": 2}} { // nothing is unwanted before it is filed
		got, err := db.Unwanted(t.Context(), noon.Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		f := aggregator.Filing{At: noon, Plan: "p", Decisions: []aggregator.Decision{{Record: 1, Rev: 1}, {Record: 2, Rev: 1}, {Record: 3, Rev: 1, Story: 3}}}
		if err := db.File(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := db.Unwanted(t.Context(), noon.Add(time.Hour)); err != nil || len(got) != 0 {
		t.Errorf("of later: %v, %v", got, err)
	}
}

func TestDueLeavesOutWhatIsInLine(t *testing.T) {
	db := open(t, t.TempDir())
	ids := []string{"a", "b", "c", "d", "later"}
	adopt(t, db, roster(noon, ids...))
	polled(t, db, "later", noon, nil)
	tests := []struct {
		but   map[string]bool
		limit int
		want  string
	}{
		{nil, 10, "a b c d"},
		{nil, 3, "a b c"},
		{map[string]bool{"a": true, "c": true}, 10, "b d"},
		{map[string]bool{"a": true}, 2, "b c"},
		{map[string]bool{"a": true, "b": true, "c": true}, 1, "d"},
		{map[string]bool{"later": true, "elsewhere": true, "d": true}, 2, "a b"},
		{map[string]bool{"a": true, "b": true, "c": true, "d": true}, 10, ""},
	}
	for _, tt := range tests {
		states, err := db.Due(t.Context(), noon, tt.limit, tt.but)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, st := range states {
			got = append(got, st.Source)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("at most %d but %v: %q, want %q", tt.limit, tt.but, s, tt.want)
		}
	}
}
