package aggregator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/aggregator"
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

// BenchmarkRead is parse and clean alone.
func BenchmarkRead(b *testing.B) {
	body := []byte(news(""))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if f, err := aggregator.Read(body, feeds.Meta{URL: "https://one.example/feed"}); err != nil || len(f.Items) != 30 {
			b.Fatal(err)
		}
	}
}
