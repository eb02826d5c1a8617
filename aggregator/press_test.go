package aggregator

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/feeds"
)

func shownEntries(n int, summary string) (es []Entry) {
	for i := range n {
		at := noon.Add(-time.Duration(i) * time.Hour)
		es = append(es, Entry{Edition: "syria", ID: fmt.Sprint("tag:", i), Published: at, Updated: at, Lead: Telling{
			Record: int64(i) + 1, Source: "a", Outlet: "Outlet a", Title: "Title", Link: "https://a.example/1", Lang: "en", Summary: summary, Published: at,
		}, Also: []Telling{{Record: 900 + int64(i), Source: "b", Outlet: "بردى", Title: "عنوان", Link: "https://b.example/1", Lang: "ar", Published: at, CopyOf: int64(i) + 1}}})
	}
	return es
}

func TestADocumentOverTheLimitLosesItsOldest(t *testing.T) {
	p := deskPlan("story")
	ed := p.Edition("syria")
	for _, format := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
		doc, err := compose(p, ed, Issue{ChangedAt: noon}, shownEntries(400, strings.Repeat("word ", 2000)), format)
		if err != nil {
			t.Fatal(err)
		}
		f, err := feeds.Parse(doc.Body, feeds.Meta{}, feeds.Known{})
		if err != nil || len(doc.Body) > maxDocument || len(f.Items) < 10 || f.Items[0].ID != "tag:0" {
			t.Errorf("%s: %d bytes, %d entries, %v", format, len(doc.Body), len(f.Items), err)
		}
	}
}

func TestOneHugeItemDoesNotPushTheOthersOut(t *testing.T) {
	p := deskPlan("story")
	huge := told(1, "a", 1, 0, noon)
	huge.Item.Title = strings.Repeat("endless title ", 80_000)
	huge.Item.Summary = "<p>" + huge.Item.Title + "</p>"
	records := []*Record{huge}
	for i := int64(2); i < 40; i++ {
		records = append(records, told(i, "b", i, 0, noon.Add(-time.Hour)))
	}
	for i := int64(100); i < 400; i++ { // a flood of copies of one text
		records = append(records, told(i, "c", 1, 1, noon))
	}
	entries := round(p, nil, days, records...)
	doc, err := compose(p, p.Edition("syria"), Issue{ChangedAt: noon}, entries, feeds.Atom)
	if err != nil {
		t.Fatal(err)
	}
	f, err := feeds.Parse(doc.Body, feeds.Meta{}, feeds.Known{})
	if err != nil || len(f.Items) != 39 || len(doc.Body) > 200<<10 {
		t.Errorf("%d entries in %d bytes, %v", len(f.Items), len(doc.Body), err)
	}
}

func TestEveryFormatNamesTheOutletAndTheOthers(t *testing.T) {
	p := deskPlan("story")
	for format, want := range map[feeds.Format][]string{
		feeds.RSS:  {"<dc:creator>Outlet a</dc:creator>", "Also:", "بردى", `domain="tag:desk.example,2024:outlet"`, "(ar, 8 Dec 12:00 UTC, copy of Outlet a)"},
		feeds.Atom: {"<name>Outlet a</name>", `rel="related"`, `hreflang="ar"`, `xml:lang="en"`, `scheme="tag:desk.example,2024:topic"`},
		feeds.JSON: {`"name": "Outlet a"`, `"_sources"`, `"outlet": "بردى"`, `"copy": true`, `"language": "en"`},
	} {
		es := shownEntries(1, "words")
		es[0].Lead.Topics = []string{"syria"}
		doc, err := compose(p, p.Edition("syria"), Issue{ChangedAt: noon}, es, format)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !bytes.Contains(doc.Body, []byte(w)) {
				t.Errorf("%s lacks %s:\n%s", format, w, doc.Body)
			}
		}
	}
}

func TestBodiesEscapeWhatSourcesSay(t *testing.T) {
	e := shownEntries(1, `<script>alert("1")</script>`)[0]
	e.Lead.Outlet, e.Also[0].Title, e.Also[0].Link = "<b>", "<i>", `https://b.example/"><script>`
	if got := body(&e); strings.Contains(got, "<script") || strings.Contains(got, "<i>") || strings.Contains(got, "<b><b>") {
		t.Error(got)
	}
}

func BenchmarkPrint(b *testing.B) {
	p := deskPlan("story")
	es := shownEntries(100, strings.Repeat("word ", 50))
	for _, format := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
		b.Run(string(format), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := compose(p, p.Edition("syria"), Issue{ChangedAt: noon}, es, format); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(100*b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}
