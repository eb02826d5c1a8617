package aggregator

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

// news is a document of 30 items and about 110 KB, with these in front.
func news(more string) string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News</title><language>en</language><link>https://one.example/</link>` + more)
	for i := range 30 {
		fmt.Fprintf(&b, `<item><title>Ovens of quarter %d are lit again &amp; shops open</title><link>https://one.example/%d</link><guid isPermaLink="false">%d</guid><pubDate>Sun, 08 Dec 2024 09:%02d:00 +0000</pubDate><description>Flour came on Monday.</description><content:encoded><![CDATA[`, i, i, i, i)
		for p := range 14 {
			fmt.Fprintf(&b, `<p>People of street %d began to queue before dawn, and by noon %d shops had sold <a href="https://one.example/bread">what they had baked</a>; drivers said the road was open but slow, because two bridges can carry one lorry at a time.</p>`, p, i*p)
		}
		b.WriteString(`]]></content:encoded></item>`)
	}
	return b.String() + `</channel></rss>`
}

// BenchmarkRead is what a poll does with a document before it asks the store:
// parse and clean it whole, with a new item among 30 known ones, or find that it
// has not changed. The ratios are of one run.
func BenchmarkRead(b *testing.B) {
	p := &Poller{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	src := &config.Source{ID: "one", Lang: "en"}
	meta := feeds.Meta{URL: "https://one.example/feed"}
	body := []byte(news(""))
	next := []byte(news("<item><guid>new</guid><title>The harbour opens</title><description>" + strings.Repeat("Boats came in at noon. ", 150) + "</description></item>"))
	doc, err := p.parse(src, nil, meta, body, feeds.Known{}, Memory{})
	if err != nil {
		b.Fatal(err)
	}
	known := feeds.Known{Context: doc.Context, Items: map[feeds.Sum]bool{}}
	for i := range doc.Items {
		known.Items[doc.Items[i].Raw] = true
	}
	mem, sum := Memory{Habits: doc.habits}, sumBody("reader", body)
	spent := map[string]time.Duration{}
	timed := func(name string, work func() bool) {
		begun := time.Now()
		if !work() {
			b.Fatal(name + " gave something else")
		}
		spent[name] += time.Since(begun)
	}
	b.ReportAllocs()
	for b.Loop() {
		timed("whole", func() bool {
			doc, err := p.parse(src, nil, meta, body, feeds.Known{}, Memory{})
			return err == nil && len(doc.Items) == 30
		})
		timed("one new", func() bool {
			doc, err := p.parse(src, nil, meta, next, known, mem)
			return err == nil && len(doc.Items) == 1 && len(doc.Skipped) == 30
		})
		timed("unchanged", func() bool { return bytes.Equal(sum, sumBody("reader", body)) })
	}
	b.ReportMetric(float64(spent["whole"])/float64(spent["one new"]), "one-new/whole")
	b.ReportMetric(float64(spent["whole"])/float64(spent["unchanged"]), "unchanged/whole")
	b.ReportMetric(float64(spent["whole"].Microseconds())/float64(b.N), "µs/whole")
	b.ReportMetric(0, "ns/op") // the sum of all three says nothing
}
