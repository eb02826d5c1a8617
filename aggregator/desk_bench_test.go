package aggregator_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	tale "github.com/wiredesk/wiredesk/aggregator/story"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/store"
)

// An agency makes articles of 400 words as package story's benchmark does: words
// as frequent as Zipf says, stories of four with two dozen words of their own,
// every fifth article an edited copy of the one before in its story.
type agency struct {
	r     *rand.Rand
	zipf  *rand.Zipf
	words []string
	last  map[int]telling // by story
}

// A telling is the last original of a story.
type telling struct {
	story, record int64
	text          string
}

func newAgency() *agency {
	r := rand.New(rand.NewPCG(1, 2))
	a := &agency{r: r, zipf: rand.NewZipf(r, 1.1, 8, 59_999), last: map[int]telling{}}
	for range 60_000 {
		var b strings.Builder
		for range 2 + r.IntN(3) {
			b.WriteByte("bdfgklmnprstvz"[r.IntN(14)])
			b.WriteByte("aeiou"[r.IntN(5)])
		}
		a.words = append(a.words, b.String())
	}
	return a
}

// article makes the i-th article, about Aleppo as all are, and says where it belongs.
func (a *agency) article(i int, record int64) (feeds.Item, tale.Verdict) {
	about := i/4 + a.r.IntN(20)
	its := rand.New(rand.NewPCG(uint64(about), 3))
	own := make([]string, 24)
	for i := range own {
		own[i] = a.words[its.IntN(len(a.words))]
	}
	ws := make([]string, 400)
	for i := range ws {
		if a.r.IntN(5) == 0 {
			ws[i] = own[a.r.IntN(24)]
		} else {
			ws[i] = a.words[a.zipf.Uint64()]
		}
	}
	text, v := strings.Join(ws, " "), tale.Verdict{Story: record}
	last, told := a.last[about]
	if told {
		v.Story = last.story
	}
	if told && a.r.IntN(5) == 0 {
		text = strings.Join(ws[:40], " ") + " " + last.text[:len(last.text)*2/3]
		v.CopyOf = last.record
	} else {
		a.last[about] = telling{v.Story, record, text}
	}
	delete(a.last, about-40)
	return feeds.Item{
		Title: "Aleppo " + strings.Join(own[:8], " "), Link: fmt.Sprintf("https://one.example/%d", i), Lang: "en",
		Summary: strings.Join(ws[:30], " "), Content: "<p>" + text + "</p>", Text: text,
	}, v
}

// A shop is a store with a window that was filed before, of which it holds only what the
// desk reads at its start.
type shop struct {
	*store.DB
	window aggregator.Window
}

func (f *shop) Window(context.Context, time.Time) (aggregator.Window, error) {
	w := f.window
	f.window = aggregator.Window{}
	return w, nil
}

// filed is a window of n articles that came over 14 days, the last at start. Their
// numbers come before those that the store gives.
func (a *agency) filed(n int) (w aggregator.Window) {
	var signer tale.Signer
	counted := tale.NewIndex()
	for i := range n {
		record := int64(i - n)
		at := start.Add(-tale.Window * time.Duration(n-i) / time.Duration(n+1))
		it, v := a.article(i, record)
		p := tale.Piece{Record: record, Source: fmt.Sprint("source-", i%200), At: at, Came: at, Signature: signer.Sign(&it)}
		w.Placed = append(w.Placed, aggregator.Placed{Piece: p, Verdict: v})
		if i >= n-min(n, 20_000) { // frequencies remember no more
			counted.Add(p, tale.Verdict{Story: record})
		}
	}
	w.Frequencies = counted.Due(start)
	return w
}

// filing is how many articles are timed: 200 sources bring in half a day.
const filing = 2000

// BenchmarkDesk measures the whole desk on a real store: queue, topics, copies and
// stories, entries, and the transaction, twice for each item, since it is filed
// when it comes and again when its edition's hold is over. The window holds n
// articles. Run it with -cpu 1: items/cpu-s counts the time of that core.
func BenchmarkDesk(b *testing.B) {
	for _, n := range []int{10_000, 30_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for range b.N {
				fileInto(b, n)
			}
		})
	}
}

func fileInto(b *testing.B, n int) {
	db, err := store.Open(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	before := heapMB()
	a, now := newAgency(), start
	from := &shop{DB: db, window: a.filed(n)}
	plan := deskPlan(b)
	desk := aggregator.NewDesk(from, func() *aggregator.Plan { return plan }, slog.New(slog.DiscardHandler))
	desk.Now = func() time.Time { return now }
	var round aggregator.Round
	var first, all time.Duration
	for i := -200; i < filing; i += 200 { // the first round reads the window, and is not timed
		bring(b, db, a, n+200+i, now)
		now = now.Add(2 * time.Minute)
		for pass := range 2 {
			used := cpuTime()
			r, err := desk.File(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			if i >= 0 {
				all += cpuTime() - used
			}
			if i >= 0 && pass == 0 {
				first += cpuTime() - used
				round.Lead, round.Also, round.Copy, round.Unmatched = round.Lead+r.Lead, round.Also+r.Also, round.Copy+r.Copy, round.Unmatched+r.Unmatched
			}
			now = now.Add(9 * time.Minute) // the hold ends
		}
	}
	if round.Unmatched > 0 || round.Copy == 0 || round.Also == 0 {
		b.Fatalf("%+v: not what was made", round)
	}
	b.ReportMetric(filing/first.Seconds(), "items/cpu-s-once")
	b.ReportMetric(filing/all.Seconds(), "items/cpu-s")
	b.ReportMetric(heapMB()-before, "MB")
	b.ReportMetric(0, "ns/op") // of making the articles, mostly
	runtime.KeepAlive(desk)
}

// bring saves 200 new articles, one of each source.
func bring(b *testing.B, db *store.DB, a *agency, from int, now time.Time) {
	for i := from; i < from+200; i++ {
		it, _ := a.article(i, int64(i))
		id := fmt.Sprint("source-", i%200)
		r := aggregator.Record{
			Source: id, Key: fmt.Sprint("g:", i), Keys: []string{fmt.Sprint("g:", i)}, Sum: []byte{1}, Rev: 1,
			Item: it, Published: now, FirstSeen: now, Changed: now,
		}
		if err := db.Save(b.Context(), aggregator.Batch{State: aggregator.State{Source: id}, Records: []aggregator.Record{r}, At: now}); err != nil {
			b.Fatal(err)
		}
	}
}

// deskPlan has 200 sources, a topic of twelve terms and an edition.
func deskPlan(b *testing.B) *aggregator.Plan {
	var toml strings.Builder
	toml.WriteString("version = 1\n[site]\ntitle = \"Desk\"\nbase_url = \"https://desk.example\"\ntag = \"desk.example,2024\"\ncontact = \"mailto:desk@desk.example\"\n")
	for i := range 200 {
		fmt.Fprintf(&toml, "[sources.source-%d]\nurl = \"https://source-%d.example/feed\"\nlang = \"en\"\n", i, i)
	}
	toml.WriteString("[topics.syria]\ntitle = \"Syria\"\n[topics.syria.strong]\nen = ['Syria', 'Syrian*', 'Damascus', 'Aleppo', 'Idlib', 'Latakia', 'Tartus', 'Raqqa', 'Palmyra', 'Daraa', 'Deir ez-Zor | Deir Ezzor', 'Qamishli']\n" +
		"[editions.syria]\ntopics = [\"syria\"]\nhold = \"10m\"\n")
	cfg, errs := config.Parse("wiredesk.toml", []byte(toml.String()))
	for _, e := range errs {
		if !e.Warning {
			b.Fatal(e.Format())
		}
	}
	plan, errs := aggregator.Compile(cfg)
	if plan == nil {
		b.Fatal(errs)
	}
	return plan
}

// cpuTime is the processor time this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
