package feeds

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
)

// news is a document of 30 items and about 110 KB, as news sites serve them.
func news() []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>News</title><link>https://one.example/</link>`)
	for i := range 30 {
		fmt.Fprintf(&b, `<item><title>Ovens of quarter %d are lit again &amp; shops open</title><link>https://one.example/%d</link><guid isPermaLink="false">%d</guid><dc:creator>Lina Haddad</dc:creator><pubDate>Sun, 08 Dec 2024 09:%02d:00 +0000</pubDate><category>economy</category><description>Flour came on Monday.</description><content:encoded><![CDATA[`, i, i, i, i)
		for range 14 {
			b.WriteString(`<p>People began to queue before dawn, and by noon most shops had sold <a href="https://one.example/bread">what they had baked</a>; drivers said the road was open but slow, because two bridges can carry one lorry at a time.</p>`)
		}
		b.WriteString(`]]></content:encoded></item>`)
	}
	b.WriteString(`</channel></rss>`)
	return []byte(b.String())
}

// changed is the same document with another item in front and the last one gone,
// as the next poll finds it.
func changed(doc []byte) []byte {
	s := string(doc)
	first, last := strings.Index(s, "<item>"), strings.LastIndex(s, "<item>")
	end := strings.Index(s, "</item>") + len("</item>")
	fresh := strings.ReplaceAll(s[first:end], "quarter 0", "the harbour")
	return []byte(s[:first] + strings.ReplaceAll(fresh, ">0<", ">new<") + s[first:last] + "</channel></rss>")
}

// BenchmarkReading compares, in one run, plain gofeed with what a poll does: a
// document read whole, one with a new item among 30, one that has not changed.
// Each ratio is gofeed's time, or the whole document's, by the other's.
func BenchmarkReading(b *testing.B) {
	body := news()
	next := changed(body)
	whole, err := Parse(body, Meta{}, Known{})
	if err != nil {
		b.Fatal(err)
	}
	sum := sha256.Sum256(body)
	spent := map[string]time.Duration{}
	timed := func(name string, work func() bool) {
		start := time.Now()
		if !work() {
			b.Fatal(name + " gave something else")
		}
		spent[name] += time.Since(start)
	}
	known := knownOf(whole)
	for b.Loop() {
		timed("gofeed", func() bool {
			f, err := gofeed.NewParser().Parse(bytes.NewReader(body))
			return err == nil && len(f.Items) == 30
		})
		timed("normalise", func() bool {
			n, err := normalise(body, "", nil)
			return err == nil && n.items == 30
		})
		timed("whole", func() bool {
			f, err := Parse(body, Meta{}, Known{})
			return err == nil && len(f.Items) == 30
		})
		timed("one new", func() bool {
			f, err := Parse(next, Meta{}, known)
			return err == nil && len(f.Items) == 1 && len(f.Skipped) == 29
		})
		timed("unchanged", func() bool { return sha256.Sum256(body) == sum })
	}
	ratio := func(name, slow, fast string) {
		b.ReportMetric(float64(spent[slow])/float64(spent[fast]), name)
	}
	ratio("normalise/gofeed", "gofeed", "normalise")
	ratio("whole/gofeed", "gofeed", "whole")
	ratio("one-new/whole", "whole", "one new")
	ratio("one-new/gofeed", "gofeed", "one new")
	ratio("unchanged/whole", "whole", "unchanged")
	b.ReportMetric(0, "ns/op") // the sum of all five says nothing
}

// BenchmarkAllocations is what each of them allocates.
func BenchmarkAllocations(b *testing.B) {
	body := news()
	next := changed(body)
	whole, err := Parse(body, Meta{}, Known{})
	if err != nil {
		b.Fatal(err)
	}
	known := knownOf(whole)
	for _, row := range []struct {
		name string
		work func() error
	}{
		{"gofeed", func() error { _, err := gofeed.NewParser().Parse(bytes.NewReader(body)); return err }},
		{"normalise", func() error { _, err := normalise(body, "", nil); return err }},
		{"whole", func() error { _, err := Parse(body, Meta{}, Known{}); return err }},
		{"one new", func() error { _, err := Parse(next, Meta{}, known); return err }},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if err := row.work(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
