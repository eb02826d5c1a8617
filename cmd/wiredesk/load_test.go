package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/store"
)

// A loadDesk is a newsroom that polls a load source. Its clock goes from stage to
// stage: at each, every source is due.
type loadDesk struct {
	*newsroom
	sources int
	port    int
	late    time.Duration // how far its clock is ahead
	dir     string
}

// loadConfig is what a desk of n sources has: no source says its language, as
// after an import, and there are a topic and two editions.
func loadConfig(n, port int) string {
	var b strings.Builder
	b.WriteString(`version = 1
[site]
title = "Desk"
base_url = "https://desk.example"
tag = "desk.example,2026"
contact = "mailto:desk@desk.example"
data = "data"
allow_networks = ["127.0.0.0/8"]
[topics.syria]
[topics.syria.strong]
en = ['Syria', 'Syrian*', 'Damascus', 'Aleppo', 'Deir ez-Zor | Deir Ezzor', 'Assad', 'Idlib', 'Latakia']
ar = ['سوريا', 'سورية', 'سوري*', 'دمشق', 'حلب', 'دير الزور']
fr = ['Syrie', 'syrien*', 'Damas', 'Alep']
[topics.syria.weak]
en = ['Hama', 'Homs', '=SDF']
ar = ['الباب', 'حماة']
[editions.syria]
topics = ["syria"]
[editions.syria-items]
topics = ["syria"]
group = "item"
`)
	for i := range n {
		fmt.Fprintf(&b, "[sources.outlet-%d]\nurl = \"http://%s/%d\"\n", i, loadHost(i, port), i)
	}
	return b.String()
}

// newLoad opens a desk of n sources that has polled none of them yet.
func newLoad(t testing.TB, n int) *loadDesk {
	t.Helper()
	l := &loadDesk{sources: n, port: startLoadSource(t, n), dir: t.TempDir()}
	path := filepath.Join(l.dir, "wiredesk.toml")
	if err := os.WriteFile(path, []byte(loadConfig(n, l.port)), 0o600); err != nil {
		t.Fatal(err)
	}
	l.newsroom = testNewsroom(t, path)
	now := func() time.Time { return time.Now().Add(l.late) }
	l.poller.Now, l.desk.Now, l.desk.Once = now, now, true
	return l
}

// A lap is one round over all sources: what it did, and what it cost.
type lap struct {
	aggregator.Report
	aggregator.Round
	cpu time.Duration
}

// lap polls and files when every source is due. What `run --once` does besides,
// pruning above all, costs by the size of the store and not by what is polled.
func (l *loadDesk) lap(t testing.TB, stage int) (done lap) {
	t.Helper()
	setStage(t, l.port, stage)
	before := cpuTime()
	var err error
	pprof.Do(context.WithoutCancel(t.Context()), pprof.Labels("stage", loadStages[stage]), func(ctx context.Context) {
		if done.Report, err = l.poller.Once(ctx); err == nil {
			done.Round, err = l.desk.File(ctx)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	done.cpu = cpuTime() - before
	l.late += 26 * time.Hour // no interval grows over a day and its jitter
	return done
}

// check says what a round at a stage should have done and has not.
func (l *loadDesk) check(t testing.TB, stage int, done lap) {
	t.Helper()
	busy := (l.sources + loadBusy - 1) / loadBusy
	// A tally is of documents that were read; what has not changed is not.
	want := map[int]aggregator.Tally{
		loadFirst: {Fetched: l.sources * loadItems, New: l.sources * loadItems},
		loadNews:  {Fetched: busy * loadItems, New: busy * loadNew, Known: busy * (loadItems - loadNew)},
	}[stage]
	if done.Polled != l.sources || done.Failed > 0 || done.Tally != want || done.Filed != want.New {
		t.Errorf("stage %d: polled %d, %d of them in vain, and filed %d: %+v, want %+v", stage, done.Polled, done.Failed, done.Filed, done.Tally, want)
	}
	answers := map[int]int{}
	states, err := l.db.States(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range states {
		answers[states[i].Status]++
	}
	fresh := map[int]int{loadFirst: l.sources, loadNews: busy, loadBlind: l.sources}[stage]
	if answers[http.StatusOK] != fresh || answers[http.StatusNotModified] != l.sources-fresh {
		t.Errorf("stage %d: answers by status: %v", stage, answers)
	}
}

// size closes the newsroom, so that all is in the database file, and measures that.
func (l *loadDesk) size(t testing.TB) float64 {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(l.dir, "data", "wiredesk.db"))
	if err != nil {
		t.Fatal(err)
	}
	return float64(info.Size()) / (1 << 20)
}

// TestLoad is the benchmark in small: each stage does what it is there for, and
// the documents are of the size that the figures are about.
func TestLoad(t *testing.T) {
	const n = 30
	l := newLoad(t, n)
	made := loadSource{began: time.Now(), words: wireWords(t)}
	if kb := len(made.document(7, 0)) / 1000; kb < 103 || kb > 113 {
		t.Errorf("a document of %d kB, want about 108", kb)
	}
	for stage := range loadStages {
		done := l.lap(t, stage)
		l.check(t, stage, done)
		if topical := done.Filed - done.Unmatched; stage == loadFirst && (topical < n*loadItems/loadTopical*9/10 || topical > n*loadItems/loadTopical*11/10) {
			t.Errorf("%d of %d items are in the topic", topical, done.Filed)
		}
	}
	found, err := l.db.Search(t.Context(), store.Search{Query: "title:Aleppo", Limit: 100})
	if err != nil || len(found.Found) == 0 || found.Waiting > 0 {
		t.Errorf("search finds %d items and waits for %d: %v", len(found.Found), found.Waiting, err)
	}
}

// loadStages name them in the benchmark's figures.
var loadStages = []string{"first", "calm", "news", "blind"}

// loadSize is how many sources BenchmarkLoad polls.
func loadSize(b *testing.B) int {
	b.Helper()
	n, err := strconv.Atoi(os.Getenv("WIREDESK_LOAD"))
	if err != nil {
		return 2000
	}
	return n
}

// BenchmarkLoad polls 2,000 sources of 30 items, about 108 KB each, over loopback:
// first with everything new, then with nothing new and a 304, then with three new
// items at every tenth, then with nothing new and no validators. Search index,
// topics and stories are on. CPU time is this process's, the kernel's part
// included; the sources run in another. WIREDESK_LOAD=200 polls fewer;
// go tool pprof -tagfocus=calm shows one stage of a -cpuprofile.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		n := loadSize(b)
		l := newLoad(b, n)
		for stage, name := range loadStages {
			done := l.lap(b, stage)
			l.check(b, stage, done)
			b.ReportMetric(done.cpu.Seconds()*1000/float64(n), name+"-cpu-ms/source")
		}
		b.ReportMetric(l.size(b), "db-MB")
	}
	b.ReportMetric(float64(peak(b))/(1<<20), "rss-MB")
	b.ReportMetric(0, "ns/op") // says nothing: the machine has other work
}

// BenchmarkLoadReading is the part of a first import that needs no store: parsing
// and cleaning a document that says its language, and one that does not.
func BenchmarkLoadReading(b *testing.B) {
	made := loadSource{began: time.Now(), words: wireWords(b)}
	for name, outlet := range map[string]int{"declared": 1, "undeclared": 4} {
		b.Run(name, func(b *testing.B) {
			doc := []byte(made.document(outlet, 0))
			before := cpuTime()
			for b.Loop() {
				if f, err := aggregator.Read(doc, feeds.Meta{URL: "https://outlet.example/feed"}); err != nil || len(f.Items) != loadItems {
					b.Fatal(err)
				}
			}
			b.ReportMetric((cpuTime()-before).Seconds()*1000/float64(b.N), "cpu-ms/op")
		})
	}
}
