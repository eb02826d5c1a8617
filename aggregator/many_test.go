package aggregator_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/fetch"
	"github.com/wiredesk/wiredesk/store"
)

// calm answers 304 at once: what is left is the poller's own work.
type calm struct{ asked atomic.Int64 }

func (c *calm) Get(_ context.Context, r fetch.Request) (*fetch.Response, error) {
	c.asked.Add(1)
	return &fetch.Response{URL: r.URL, Status: http.StatusNotModified, ETag: r.ETag}, fetch.ErrNotModified
}

func (c *calm) Page(context.Context, string) (*fetch.Response, error) { return nil, fetch.ErrRobots }

// crowd is a plan of n sources, each on its own host.
func crowd(b *testing.B, n int) *aggregator.Plan {
	b.Helper()
	cfg := &config.Config{Defaults: config.Defaults{Fetch: config.Schedule{Every: time.Hour}, MinFetch: 15 * time.Minute}}
	for i := range n {
		cfg.Sources = append(cfg.Sources, &config.Source{ID: fmt.Sprintf("source-%d", i), URL: fmt.Sprintf("https://host-%d.example/feed.xml", i), Lang: "en", Weight: 1})
	}
	plan, errs := aggregator.Compile(cfg)
	if plan == nil {
		b.Fatal(errs)
	}
	return plan
}

// heapMB is the memory in use after a collection.
func heapMB() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// peakMB is the most memory the process has had; 0 where /proc does not say.
func peakMB() float64 {
	text, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var kb float64
	if _, err := fmt.Sscanf(strings.TrimSpace(rest), "%f", &kb); err != nil {
		return 0
	}
	return kb / 1024
}

// BenchmarkIdleSources is what sources cost that are not due: megabytes for the
// plan and the poller, and with a real store beside it.
func BenchmarkIdleSources(b *testing.B) {
	for range b.N {
		before := heapMB()
		plan := crowd(b, 100_000)
		db, err := store.Open(b.Context(), b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		p := &aggregator.Poller{Store: db, Client: &calm{}, Plan: func() *aggregator.Plan { return plan }, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		if _, err := p.Once(b.Context()); err != nil { // every source has a state now, due in an hour
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(began).Microseconds())/100_000, "µs/first-poll")
		ctx, cancel := context.WithTimeout(b.Context(), 2*time.Second)
		if err := p.Run(ctx); err != nil {
			b.Fatal(err)
		}
		cancel()
		b.ReportMetric(heapMB()-before, "MB-idle")
		b.ReportMetric(peakMB(), "MB-RSS-peak")
		runtime.KeepAlive(plan)
		db.Close()
	}
}

// BenchmarkAMillionSources polls a million sources that are all due, each on its
// own host and each answering 304, with a store in memory: what the poller's own
// work costs. Polled hourly, a million is 278 a second.
func BenchmarkAMillionSources(b *testing.B) {
	const n = 1_000_000
	for range b.N {
		before := heapMB()
		plan := crowd(b, n)
		mine := heapMB()
		b.ReportMetric(mine-before, "MB-plan")
		shelf := newShelf(newWorld(time.Hour))
		client := &calm{}
		p := &aggregator.Poller{Store: shelf, Client: client, Plan: func() *aggregator.Plan { return plan }, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		began := time.Now()
		if _, err := p.Once(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(began).Microseconds())/n, "µs/poll")
		if client.asked.Load() != n {
			b.Fatalf("%d asked", client.asked.Load())
		}
		b.ReportMetric(heapMB()-mine, "MB-states-in-memory")
		runtime.KeepAlive(plan)
		runtime.KeepAlive(shelf)
	}
}
