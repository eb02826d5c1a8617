package story

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/feeds"
)

// A wire makes articles of 400 words, the same at every run: words as frequent
// as Zipf says, each story with two dozen of its own, every fifth article an
// edited copy of the one before in its story.
type wire struct {
	r     *rand.Rand
	zipf  *rand.Zipf
	words []string
	last  map[int]string // text by story

	signer Signer // of the desk
}

func newWire() *wire {
	r := rand.New(rand.NewPCG(1, 2))
	w := &wire{r: r, zipf: rand.NewZipf(r, 1.1, 8, 59_999), last: map[int]string{}}
	w.words = make([]string, 60_000)
	for i := range w.words {
		w.words[i] = w.word()
	}
	return w
}

func (w *wire) word() string {
	var b strings.Builder
	for range 2 + w.r.IntN(3) {
		b.WriteByte("bdfgklmnprstvz"[w.r.IntN(14)])
		b.WriteByte("aeiou"[w.r.IntN(5)])
	}
	return b.String()
}

// article makes the i-th article. Stories of four begin one after the other,
// some dozens being told at a time.
func (w *wire) article(i int) feeds.Item {
	story := i/4 + w.r.IntN(20)
	own := rand.New(rand.NewPCG(uint64(story), 3))
	about := make([]string, 24)
	for i := range about {
		about[i] = w.words[own.IntN(len(w.words))]
	}
	ws := make([]string, 400)
	for i := range ws {
		if w.r.IntN(5) == 0 {
			ws[i] = about[w.r.IntN(len(about))]
		} else {
			ws[i] = w.words[w.zipf.Uint64()]
		}
	}
	text := strings.Join(ws, " ")
	if last, ok := w.last[story]; ok && w.r.IntN(5) == 0 {
		text = strings.Join(ws[:40], " ") + " " + last[:len(last)*2/3]
	}
	delete(w.last, story-40)
	w.last[story] = text
	return feeds.Item{Title: strings.Join(about[:8], " "), Text: text, Lang: "en", Link: fmt.Sprintf("https://one.example/%d", i)}
}

// desk signs, places and adds an article as the desk does, over 14 days in all.
func (w *wire) desk(x *Index, i, n int, it *feeds.Item) Verdict {
	at := day.Add(time.Duration(i) * (Window / time.Duration(n)))
	x.Trim(at.Add(-Window))
	x.Use(x.Due(at)...)
	p := Piece{Record: int64(i + 1), Source: fmt.Sprint(i % 200), At: at, Came: at, Signature: w.signer.Sign(it)}
	v := x.Place(p)
	x.Add(p, v)
	return v
}

// measured is how many articles are timed, the last that enter the window.
const measured = 2000

// BenchmarkArticles measures an article through Sign, Place and Add with so many
// in the window, and what these take in memory. Run it with -cpu 1: items/cpu-s
// counts the time of that core, the garbage collector's with it, and is fair on
// a machine that others use too.
func BenchmarkArticles(b *testing.B) {
	for _, n := range []int{10_000, 30_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for range b.N {
				fill(b, n)
			}
		})
	}
}

func fill(b *testing.B, n int) {
	w, x := newWire(), NewIndex()
	before := heap()
	var copies, joined int
	var spent, cpu time.Duration
	for i := range n {
		it := w.article(i)
		began, used := time.Now(), processor()
		v := w.desk(x, i, n, &it)
		if i >= n-measured {
			spent += time.Since(began)
			cpu += processor() - used
		}
		copies += min(int(v.CopyOf), 1)
		if v.Story != int64(i+1) {
			joined++
		}
	}
	b.ReportMetric(measured/spent.Seconds(), "items/s")
	b.ReportMetric(measured/cpu.Seconds(), "items/cpu-s")
	b.ReportMetric(heap()-before, "MB")
	b.ReportMetric(float64(copies)/float64(n), "copies/item")
	b.ReportMetric(float64(joined)/float64(n), "joined/item")
	runtime.KeepAlive(x)
}

// heap is what is in use after a collection, in MB.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// processor is the processor time this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkSign(b *testing.B) {
	it := newWire().article(1)
	for b.Loop() {
		Sign(&it)
	}
}
