package aggregator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
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
func crowd(b testing.TB, n int) *aggregator.Plan {
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

// status is a figure of /proc/self/status in megabytes; 0 where there is none.
func status(name string) float64 {
	text, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(text), name+":")
	var kb float64
	if _, err := fmt.Sscanf(strings.TrimSpace(rest), "%f", &kb); err != nil {
		return 0
	}
	return kb / 1024
}

// cpu is the processor time this process has used, in hundredths of a second
// (proc(5), stat: utime and stime); 0 where /proc does not say. The clock on the
// wall says little on a machine that others use too.
func cpu() time.Duration {
	text, _ := os.ReadFile("/proc/self/stat")
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * time.Second / 100
}

// A load is what sources that are not due cost: the plan, the poller and a real
// store beside them, in megabytes.
type load struct {
	Heap, RSS, Peak float64
	FirstPoll       time.Duration // processor time of one
}

// idle polls n sources once, so that each has a state that is due in an hour, and
// then waits with them.
func idle(tb testing.TB, n int) (l load) {
	tb.Helper()
	before := heapMB()
	plan := crowd(tb, n)
	db, err := store.Open(tb.Context(), tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	client := &calm{}
	p := &aggregator.Poller{Store: db, Client: client, Plan: func() *aggregator.Plan { return plan }, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	began := cpu()
	if _, err := p.Once(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	l.FirstPoll = (cpu() - began) / time.Duration(n)
	ctx, cancel := context.WithTimeout(tb.Context(), 2*time.Second)
	defer cancel()
	if err := p.Run(ctx); err != nil {
		tb.Fatal(err)
	}
	if asked := client.asked.Load(); asked != int64(n) {
		tb.Fatalf("%d asked, want each of %d once", asked, n)
	}
	l.Heap, l.RSS, l.Peak = heapMB()-before, status("VmRSS"), status("VmHWM")
	runtime.KeepAlive(plan)
	return l
}

// BenchmarkIdleSources measures what a hundred thousand of them cost.
func BenchmarkIdleSources(b *testing.B) {
	for range b.N {
		l := idle(b, 100_000)
		b.ReportMetric(float64(l.FirstPoll.Nanoseconds())/1000, "cpu-µs/first-poll")
		b.ReportMetric(l.Heap, "MB-heap")
		b.ReportMetric(l.RSS, "MB-RSS")
		b.ReportMetric(l.Peak, "MB-RSS-peak")
	}
}

// The limit is for the process, so they have one of their own: this program again,
// with nothing but this test.
func TestAHundredThousandIdleSourcesTakeLessThan300MB(t *testing.T) {
	const limit = 300
	if testing.Short() || underRace {
		t.Skip("it polls a hundred thousand sources")
	}
	if os.Getenv("WIREDESK_IDLE") != "" {
		out, err := json.Marshal(idle(t, 100_000))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("load %s\n", out)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.count=1")
	cmd.Env = append(os.Environ(), "WIREDESK_IDLE=1", "GOMEMLIMIT=off", "GOGC=100")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var l load
	_, rest, _ := strings.Cut(string(out), "load ")
	if err := json.NewDecoder(strings.NewReader(rest)).Decode(&l); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("100,000 idle sources: %.0f MB of heap, %.0f MB of the process, %.0f MB at most, %v of processor time a first poll",
		l.Heap, l.RSS, l.Peak, l.FirstPoll)
	if l.RSS == 0 && runtime.GOOS != "linux" {
		l.RSS = l.Heap // no /proc
	}
	if l.Heap <= 0 || l.RSS <= 0 || l.RSS > limit || l.Peak > limit {
		t.Errorf("%+v, at most %d MB", l, limit)
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
		began, used := time.Now(), cpu()
		if _, err := p.Once(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(began).Microseconds())/n, "µs/poll")
		b.ReportMetric(float64((cpu()-used).Microseconds())/n, "cpu-µs/poll")
		if client.asked.Load() != n {
			b.Fatalf("%d asked", client.asked.Load())
		}
		heap := heapMB()
		b.ReportMetric(heap-mine, "MB-states-in-memory")
		b.ReportMetric(heap-before, "MB-heap")
		b.ReportMetric(status("VmHWM"), "MB-RSS-peak")
		runtime.KeepAlive(plan)
		runtime.KeepAlive(shelf)
	}
}
