package aggregator_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/fetch"
	"github.com/wiredesk/wiredesk/store"
)

// badKinds are how a third of the sources misbehave.
var badKinds = []string{
	"timeout", "500", "429", "broken body", "redirect loop", "slow", "404", "410", "page", "new ETag", "one host", "429", "500",
}

// populate makes n sites and the plan that polls them; a third are bad.
func populate(t testing.TB, w *world, n int) *aggregator.Plan {
	t.Helper()
	cfg := &config.Config{Defaults: config.Defaults{
		Fetch: config.Schedule{Every: w.every}, MinFetch: 15 * time.Minute, Keep: 30 * 24 * time.Hour, KeepMatched: 30 * 24 * time.Hour,
	}}
	for i := range n {
		s := &site{id: fmt.Sprintf("s%d", i), kind: "healthy", url: fmt.Sprintf("http://s%d.test/feed", i)}
		if i%3 == 2 {
			s.kind = badKinds[i/3%len(badKinds)]
		}
		if i%3000 == 2999 {
			s.kind = "huge body"
		}
		if s.kind == "one host" {
			s.url = fmt.Sprintf("http://crowd.test/%d", i)
		}
		switch { // how often it publishes
		case i%99 == 0:
			s.gap = time.Hour
		case i%32 == 0:
			s.gap = 24 * time.Hour
		default:
			s.gap = time.Duration(5+i%11) * 24 * time.Hour
		}
		s.began = time.Now().Add(-20*s.gap - time.Duration(i)*time.Second)
		w.sites[s.url] = s
		cfg.Sources = append(cfg.Sources, &config.Source{ID: s.id, URL: s.url, Lang: "en", Weight: 1})
	}
	plan, errs := aggregator.Compile(cfg)
	if plan == nil {
		t.Fatal(errs)
	}
	return plan
}

// A vigil is a poller that is stopped and started over one store, below a clock
// that can be set.
type vigil struct {
	t      testing.TB
	w      *world
	store  aggregator.PollStore
	plan   *aggregator.Plan
	offset atomic.Int64 // of the clock on the wall
}

// run polls for d, then stops and waits.
func (v *vigil) run(d time.Duration) {
	v.t.Helper()
	client, err := fetch.New(fetch.Options{UserAgent: "wiredesk/test", Transport: v.w})
	if err != nil {
		v.t.Fatal(err)
	}
	v.w.mu.Lock()
	v.w.up = time.Now()
	v.w.mu.Unlock()
	p := &aggregator.Poller{
		Store: v.store, Client: client, Plan: func() *aggregator.Plan { return v.plan }, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Now().Add(time.Duration(v.offset.Load())).Round(0) },
	}
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	if err := p.Run(ctx); err != nil {
		v.t.Error(err)
	}
}

// set sets the clock after d, while the poller runs.
func (v *vigil) set(after, step time.Duration) {
	time.AfterFunc(after, func() { v.offset.Add(int64(step)) })
}

// Ten thousand sources over a week, a third of them misbehaving, with restarts
// and a clock that is set by a day.
func TestAWeekOfTenThousandSources(t *testing.T) {
	sources := 10000
	if testing.Short() || underRace {
		sources = 500
	}
	synctest.Test(t, func(t *testing.T) {
		const day = 24 * time.Hour
		w := newWorld(time.Hour)
		shelf := newShelf(w)
		v := &vigil{t: t, w: w, store: shelf, plan: populate(t, w, sources)}
		began := time.Now()
		v.run(36 * time.Hour)
		time.Sleep(time.Minute)
		v.set(5*time.Hour, day)
		v.run(day)
		time.Sleep(10 * time.Minute)
		v.set(7*time.Hour, -day)
		v.run(day + 12*time.Hour)
		v.set(time.Hour, -day)
		v.run(2 * day)
		v.set(3*time.Hour, day)
		v.run(time.Until(began.Add(7 * day)))
		report(t, w, shelf)
	})
}

// The same with a real store, opened anew at each start, and fewer sources.
func TestADayOnARealStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const day = 24 * time.Hour
		w := newWorld(time.Hour)
		dir := t.TempDir()
		v := &vigil{t: t, w: w, plan: populate(t, w, 80)}
		run := func(d time.Duration) {
			db, err := store.Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			v.store = booked{db, w}
			v.run(d)
		}
		run(7 * time.Hour)
		v.set(2*time.Hour, day)
		run(7 * time.Hour)
		v.set(2*time.Hour, -day)
		run(7 * time.Hour)
		run(7 * time.Hour)
		report(t, w, &shelf{})
	})
}

// booked tells the world when a saved state is due.
type booked struct {
	*store.DB
	w *world
}

func (s booked) Save(ctx context.Context, b aggregator.Batch) error {
	err := s.DB.Save(ctx, b)
	s.w.book(b)
	return err
}

func report(t *testing.T, w *world, s *shelf) {
	t.Helper()
	for kind, n := range w.wrongs {
		t.Errorf("%s: %d times, the first: %s", kind, n, w.example[kind])
	}
	for _, s := range w.sites {
		if s.healthy() && s.asked < 2 {
			t.Errorf("%s was asked %d times in a week", s.id, s.asked)
		}
		if s.kind == "410" && s.asked != 1 {
			t.Errorf("%s was asked %d times, though it said 410", s.id, s.asked)
		}
	}
	t.Logf("%d requests, %d items; the latest poll by kind: %v; polls by kind: %v", w.requests, s.items, w.lateBy, w.polls)
}
