package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/clean"
)

// jsonLines reads the records of a file of JSON lines. Some inputs hold a raw
// U+2028, at which tools that cut such files break a record in two: neighbours
// that are only together JSON are joined by it.
func jsonLines[T any](t testing.TB, parts ...string) (rows []T) {
	t.Helper()
	path := filepath.Join(append([]string{testData(t), "hostile"}, parts...)...)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines, broken := bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")), 0
	for i := 0; i < len(lines); i++ {
		var row T
		err := json.Unmarshal(lines[i], &row)
		if err != nil && i+1 < len(lines) {
			if json.Unmarshal(slices.Concat(lines[i], []byte("\u2028"), lines[i+1]), &row) == nil {
				err, i = nil, i+1
			}
		}
		if err != nil {
			broken++
			continue
		}
		rows = append(rows, row)
	}
	if broken > len(lines)/500 || len(rows) == 0 {
		t.Fatalf("%s: %d of %d lines are no JSON", path, broken, len(lines))
	}
	return rows
}

type vector struct{ ID, Input string }

func vectors(t testing.TB) []vector {
	t.Helper()
	vs := jsonLines[vector](t, "xss", "vectors.jsonl")
	if len(vs) < 2000 {
		t.Fatalf("%d vectors: not the set", len(vs))
	}
	if raceSlack > 1 { // a sample: what the race detector looks for is not in the vectors
		vs = slices.Collect(func(yield func(vector) bool) {
			for i := 0; i < len(vs) && yield(vs[i]); i += 10 {
			}
		})
	}
	return vs
}

// A hostileFeed makes a document of one format that carries vectors in every
// field that holds text, HTML or an address. Each vector has two items: one for
// its short fields and addresses, one for its bodies, since a body that says
// what the title says is cut.
type hostileFeed struct {
	format feeds.Format
	write  func(feed string, vs []vector) string
}

// hostileFields are what write fills of a feed and of an item.
var hostileFields = []string{
	"feed title", "feed description", "feed rights", "feed author", "feed category", "feed link", "feed image",
	"title", "summary", "content", "author", "author link", "category", "rights", "enclosure", "link", "image", "origin title", "origin link",
}

var hostileFeeds = []hostileFeed{{feeds.RSS, hostileRSS}, {feeds.Atom, hostileAtom}, {feeds.JSON, hostileJSON}}

func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err)
	}
	return b.String()
}

// expand replaces {{v}} by the escaped vector and {{n}} by a number.
func expand(template, v string, n int) string {
	return strings.NewReplacer("{{v}}", escaped(v), "{{n}}", fmt.Sprint(n)).Replace(template)
}

func hostileRSS(feed string, vs []vector) string {
	var b strings.Builder
	b.WriteString(expand(`<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"
xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>{{v}}</title><link>{{v}}</link><description>{{v}}</description>
<copyright>{{v}}</copyright><managingEditor>{{v}}</managingEditor><category>{{v}}</category><image><url>{{v}}</url><title>{{v}}</title><link>{{v}}</link></image>
`, feed, 0))
	for i, v := range vs {
		b.WriteString(expand(`<item><guid isPermaLink="false">a{{n}}</guid><pubDate>Sun, 08 Dec 2024 09:30:00 GMT</pubDate><title>{{v}}</title>
<link>{{v}}</link><dc:creator>{{v}}</dc:creator><category domain="{{v}}">{{v}}</category><dc:rights>{{v}}</dc:rights>
<enclosure url="{{v}}" type="audio/mpeg" length="1"/><media:content url="{{v}}" type="image/png"/><media:thumbnail url="{{v}}"/><source url="{{v}}">{{v}}</source></item>
<item><guid isPermaLink="false">b{{n}}</guid><pubDate>Sun, 08 Dec 2024 09:30:00 GMT</pubDate><title>Bodies {{n}}</title><link>https://one.example/{{n}}</link>
<enclosure url="https://one.example/{{n}}.mp3" type="audio/mpeg{{v}}" length="1"/><description>{{v}}</description><content:encoded>{{v}}</content:encoded></item>
`, v.Input, i))
	}
	return b.String() + "</channel></rss>"
}

func hostileAtom(feed string, vs []vector) string {
	var b strings.Builder
	b.WriteString(expand(`<feed xmlns="http://www.w3.org/2005/Atom"><id>{{v}}</id><title type="html">{{v}}</title><subtitle type="html">{{v}}</subtitle>
<rights type="html">{{v}}</rights><author><name>{{v}}</name><uri>{{v}}</uri></author><category term="{{v}}" label="{{v}}"/><link href="{{v}}"/><logo>{{v}}</logo>
`, feed, 0))
	for i, v := range vs {
		b.WriteString(expand(`<entry><id>urn:a{{n}}</id><updated>2024-12-08T09:30:00Z</updated><title type="html">{{v}}</title><link href="{{v}}"/>
<author><name>{{v}}</name><email>{{v}}</email><uri>{{v}}</uri></author><category term="{{v}}" scheme="{{v}}" label="{{v}}"/><rights type="html">{{v}}</rights>
<link rel="enclosure" type="audio/mpeg" href="{{v}}"/><media:content xmlns:media="http://search.yahoo.com/mrss/" url="{{v}}" type="image/png"/>
<source><id>{{v}}</id><title type="html">{{v}}</title><link href="{{v}}"/><link rel="self" href="{{v}}"/></source></entry>
<entry><id>urn:b{{n}}</id><updated>2024-12-08T09:30:00Z</updated><title>Bodies {{n}}</title><link href="https://one.example/{{n}}"/>
<link rel="enclosure" type="audio/mpeg{{v}}" href="https://one.example/{{n}}.mp3"/><summary type="html">{{v}}</summary><content type="html">{{v}}</content></entry>
`, v.Input, i))
	}
	return b.String() + "</feed>"
}

func hostileJSON(feed string, vs []vector) string {
	type object = map[string]any
	person := func(v string) []object { return []object{{"name": v, "url": v}} }
	items := []object{}
	for i, v := range vs {
		s := v.Input
		items = append(items, object{
			"id": fmt.Sprint("a", i), "date_published": "2024-12-08T09:30:00Z", "title": s, "url": s, "image": s, "authors": person(s), "tags": []string{s},
			"attachments": []object{{"url": s, "mime_type": "audio/mpeg"}}, "_source": object{"id": s, "title": s, "url": s, "feed_url": s},
		}, object{
			"id": fmt.Sprint("b", i), "date_published": "2024-12-08T09:30:00Z", "title": fmt.Sprint("Bodies ", i), "url": fmt.Sprint("https://one.example/", i),
			"attachments": []object{{"url": "https://one.example/a.mp3", "mime_type": "audio/mpeg" + s}}, "summary": s, "content_html": s,
		})
	}
	doc, err := json.Marshal(object{
		"version": "https://jsonfeed.org/version/1.1", "title": feed, "description": feed, "home_page_url": feed, "icon": feed,
		"authors": person(feed), "items": items,
	})
	if err != nil {
		panic(err)
	}
	return string(doc)
}

func TestCleaningAVectorTwiceIsCleaningItOnce(t *testing.T) {
	vs := vectors(t)
	for _, v := range vs {
		for _, base := range []string{"", "https://one.example/dir/feed.xml"} {
			once := clean.HTML(v.Input, base)
			if twice := clean.HTML(once, base); twice != once {
				t.Errorf("%s with base %q:\n once %q\ntwice %q", v.ID, base, once, twice)
			}
			link := clean.Link(v.Input, base)
			if again := clean.Link(link, base); again != link {
				t.Errorf("%s: link %q becomes %q", v.ID, link, again)
			}
		}
	}
	t.Logf("%d vectors", len(vs))
}

// TestNoVectorPassesReading: one document a vector and format, read as a poll
// reads it, then written in every format. This is where the fields of a feed
// itself go, most of which no edition shows.
func TestNoVectorPassesReading(t *testing.T) {
	t.Parallel()
	vs := vectors(t)
	c := newChecks(t)
	for _, v := range vs {
		for _, h := range hostileFeeds {
			f, err := aggregator.Read([]byte(h.write(v.Input, []vector{v})), feeds.Meta{URL: "https://one.example/dir/feed.xml"})
			if err != nil || len(f.Items) != 2 {
				t.Errorf("%s as %s: %v", v.ID, h.format, err)
				continue
			}
			c.feed(f)
		}
	}
	c.finish()
	t.Logf("%d vectors × %d fields × %d formats read = %d fields, printed in 3 formats: %s",
		len(vs), len(hostileFields), len(hostileFeeds), len(vs)*len(hostileFields)*len(hostileFeeds), c.sum())
}

// TestHostileFeedsOfFeedparser: whole documents of another project's suite.
func TestHostileFeedsOfFeedparser(t *testing.T) {
	t.Parallel()
	docs := jsonLines[struct{ File, XML string }](t, "xss", "feedparser_sanitize.jsonl")
	c := newChecks(t)
	for _, d := range docs {
		f, err := aggregator.Read([]byte(d.XML), feeds.Meta{URL: "https://one.example/"})
		if err != nil {
			t.Errorf("%s: %v", d.File, err)
			continue
		}
		c.feed(f)
	}
	c.finish()
	t.Logf("%d documents: %s", len(docs), c.sum())
}
