package feeds

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func read(t testing.TB, doc string) *Feed {
	t.Helper()
	f, err := Parse([]byte(doc), Meta{URL: "https://one.example/dir/feed.xml"}, Known{})
	if err != nil {
		t.Fatalf("%v\n%s", err, doc)
	}
	return f
}

// one parses an RSS document of one item with this inside.
func one(t testing.TB, inside string) Item {
	t.Helper()
	f := read(t, `<rss version="2.0"><channel><title>F</title><item>`+inside+`</item></channel></rss>`)
	if len(f.Items) != 1 {
		t.Fatalf("%d items of %s", len(f.Items), inside)
	}
	return f.Items[0]
}

func entry(t testing.TB, inside string) Item {
	t.Helper()
	return read(t, `<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry>`+inside+`</entry></feed>`).Items[0]
}

// Each of these loses a whole feed, or the field, in gofeed alone.
func TestBrokenXMLIsMended(t *testing.T) {
	for name, row := range map[string]struct{ doc, want string }{
		"bare ampersand":       {`<title>Q&A & more</title>`, "Q&A & more"},
		"bare less-than":       {`<title>1 < 2</title>`, "1 < 2"},
		"HTML entity":          {`<title>caf&eacute;&nbsp;&hellip;</title>`, "café\u00a0…"},
		"control character":    {"<title>a\x08b</title>", "ab"},
		"reference to nothing": {`<title>a&#0;&#x1F;b</title>`, "ab"},
		"C1 reference":         {`<title>it&#146;s</title>`, "it’s"},
		"U+FFFE":               {"<title>a\ufffeb</title>", "ab"},
		"CDATA":                {`<title><![CDATA[a & <b>]]></title>`, "a & <b>"},
		"comment inside":       {`<title>a<!-- x -->b</title>`, "ab"},
		"one bad byte":         {"<title>na\xefve</title>", "naïve"},
		"unquoted attribute":   {`<guid isPermaLink=false>x</guid><title>t</title>`, "t"},
		"raw markup":           {`<title>a <b>bold</b> move</title>`, "a <b>bold</b> move"},
		"unknown prefix":       {`<foo:bar>x</foo:bar><title>t</title>`, "t"},
		"doctype entity":       {`<title>&lol9;t</title>`, "&lol9;t"},
	} {
		if got := one(t, row.doc).Title; got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

func TestDocumentsAreMended(t *testing.T) {
	item := func(n int) string { return fmt.Sprintf("<item><guid>%d</guid><title>t%d</title></item>", n, n) }
	for name, row := range map[string]struct {
		doc  string
		want int
	}{
		"words before the root":              {"Warning: mysql in line 3\n<?xml version='1.0'?><rss><channel>" + item(1) + "</channel></rss>", 1},
		"a comment before it":                {"<!-- " + strings.Repeat("licence ", 2000) + "--><rss><channel>" + item(1) + "</channel></rss>", 1},
		"a doctype with a subset":            {`<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;>">]><rss><channel>` + item(1) + "</channel></rss>", 1},
		"a root of no namespace":             {"<a:rss><a:channel>" + strings.NewReplacer("<", "<a:", "<a:/", "</a:").Replace(item(1)) + "</a:channel></a:rss>", 1},
		"breaks off in an item":              {"<rss><channel>" + item(1) + item(2) + "<item><guid>3</guid><title>t3", 2},
		"breaks off in a tag":                {"<rss><channel>" + item(1) + "<item><title>x</title><li", 1},
		"breaks off in a crowd":              {"<rss><channel>" + item(1) + "<item>" + strings.Repeat("<a/>", maxParts) + "<b><c>", 1},
		"breaks off in an entry of an entry": {`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>a</title></entry><entry><entry>`, 1},
		"breaks off in an item of a part":    {"<RDF>" + item(1) + "<item><a><item>", 1},
		"an item within an item":             {"<RDF>" + item(1) + "<item><title>a</title>" + item(2) + "<link>/a</link></item>" + item(3) + "</RDF>", 3},
		"breaks off between items":           {"<rss><channel>" + item(1) + item(2), 2},
		"breaks off in CDATA":                {"<rss><channel>" + item(1) + "<item><description><![CDATA[half", 1},
		"no end of a description":            {"<rss><channel><item><title>a</title><description>open</item>" + item(2) + "</channel></rss>", 2},
		"RSS 1.0":                            {`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>t</title></channel>` + item(1) + item(2) + "</rdf:RDF>", 2},
	} {
		if got := len(read(t, row.doc).Items); got != row.want {
			t.Errorf("%s: %d items, want %d", name, got, row.want)
		}
	}
}

func TestAtomTextConstructsBecomeHTML(t *testing.T) {
	for name, row := range map[string]struct{ xml, want string }{
		"text":              {`<title type="text">use &lt;b&gt;</title>`, "use &lt;b&gt;"},
		"no type is text":   {`<title>use &lt;b&gt;</title>`, "use &lt;b&gt;"},
		"html":              {`<title type="html">use &lt;b&gt;bold&lt;/b&gt;</title>`, "use <b>bold</b>"},
		"html in CDATA":     {`<title type="html"><![CDATA[<b>bold</b>]]></title>`, "<b>bold</b>"},
		"xhtml":             {`<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>b</b><br/>c &amp; d<p/>e</div></title>`, "a <b>b</b><br>c &amp; d<p></p>e"},
		"a type of its own": {`<title type="markdown">*a* &lt;b&gt;</title>`, "*a* &lt;b&gt;"},
		"xhtml, prefix":     {`<title type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:i>x</h:i></h:div></title>`, "<i>x</i>"},
	} {
		if got := entry(t, row.xml).Title; got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

func TestItemFields(t *testing.T) {
	it := one(t, `<guid isPermaLink="true">https://one.example/1</guid><description>d</description>
		<content:encoded><![CDATA[<p>c</p>]]></content:encoded><dc:creator>A</dc:creator><dc:creator>B</dc:creator>
		<category domain="x">one</category><dc:date>2024-12-08T09:30:00+03:00</dc:date>
		<enclosure url="/a.mp3" type="audio/mpeg" length="7"/><source url="https://two.example/feed">Two</source>`)
	want := Item{
		ID: "https://one.example/1", Link: "https://one.example/1", Summary: "d", Content: "<p>c</p>",
		Authors: []Person{{Name: "A"}, {Name: "B"}}, Categories: []Category{{Term: "one", Scheme: "x"}},
		Published: time.Date(2024, 12, 8, 6, 30, 0, 0, time.UTC), Enclosures: []Enclosure{{"https://one.example/a.mp3", "audio/mpeg", 7}},
		Origin: &Origin{ID: "https://two.example/feed", Title: "Two", Self: "https://two.example/feed"}, Base: "https://one.example/dir/feed.xml",
	}
	if it.Raw == (Sum{}) {
		t.Error("the item cannot be known by its bytes")
	}
	it.Raw = Sum{}
	if d := cmp.Diff(want, it); d != "" {
		t.Error(d)
	}
}

func TestLinksStartFromXMLBaseOrTheDocument(t *testing.T) {
	if got := one(t, `<title>x</title><link>item/1</link>`).Link; got != "https://one.example/dir/item/1" {
		t.Errorf("from the document: %s", got)
	}
	f := read(t, `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://two.example/a/b.xml" xml:lang="fr"><title>F</title>
		<entry><title>x</title><link href="c"/></entry><entry xml:base="d/" xml:lang="ar"><title>y</title><link href="e"/></entry></feed>`)
	if f.Items[0].Link != "http://two.example/a/c" || f.Items[1].Link != "http://two.example/a/d/e" {
		t.Errorf("from xml:base: %s, %s", f.Items[0].Link, f.Items[1].Link)
	}
	if f.Items[0].Lang != "fr" || f.Items[1].Lang != "ar" {
		t.Errorf("xml:lang: %q, %q", f.Items[0].Lang, f.Items[1].Lang)
	}
}

func TestJSONFeedsOfAnyShape(t *testing.T) {
	for name, row := range map[string]struct {
		doc  string
		want int
	}{
		"null item":       {`{"version":"https://jsonfeed.org/version/1.1","items":[null,{"id":"1"}]}`, 1},
		"null authors":    {`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","authors":[null]}]}`, 1},
		"texts for lists": {`{"version":"https://jsonfeed.org/version/1","author":"me","items":[{"id":7,"tags":"x","author":"you"}]}`, 1},
		"a mark in front": {"\ufeff" + `{"version":"https://jsonfeed.org/version/1","items":[{"id":"1"}]}`, 1},
		"no items":        {`{"version":"https://jsonfeed.org/version/1","items":[]}`, 0},
	} {
		if got := len(read(t, row.doc).Items); got != row.want {
			t.Errorf("%s: %d items, want %d", name, got, row.want)
		}
	}
	f := read(t, `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"a<b","content_text":"x < y\n\nz"}]}`)
	if it := f.Items[0]; it.Content != "<p>x &lt; y</p><p>z</p>" || it.Title != "a&lt;b" {
		t.Errorf("text became %q, %q", it.Content, it.Title)
	}
}

func TestWhatIsNoFeedSaysSo(t *testing.T) {
	for doc, want := range map[string]string{
		"": "empty", " \n": "empty", "<html><p>x</p></html>": "HTML", "<!DOCTYPE html><HTML>": "HTML", `{"hello":1}`: "JSON Feed",
		"<opml/>": "opml", "just words": "not a feed", "{": "JSON", "[]": "not a feed",
	} {
		if _, err := Parse([]byte(doc), Meta{}, Known{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", doc, err, want)
		}
	}
}

// Each of these kills gofeed's process or takes it minutes.
func TestHostileDocumentsMeetALimit(t *testing.T) {
	rep := strings.Repeat
	ns := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ` xmlns:n%d="u"`, i)
		}
		return b.String()
	}
	for name, doc := range map[string]string{
		"nested unknown elements": "<rss><channel><item>" + rep("<m:a>", 1<<20),
		"nested declarations":     "<rss>" + rep(`<a xmlns:x="u">`, 20_000),
		"declarations on one":     "<rss" + ns(250) + ">" + rep("<b/>", 100_000),
		"elements":                "<rss><channel>" + rep("<b/>", 500_000),
		"markup in a text":        "<rss><channel><item><description>" + rep("<div>", 1000),
		"nested JSON":             `{"version":"https://jsonfeed.org/version/1","items":` + rep("[", 100_000),
		"bytes":                   rep("x", MaxBytes+1),
	} {
		var limit *LimitError
		if _, err := Parse([]byte(doc), Meta{}, Known{}); !errors.As(err, &limit) {
			t.Errorf("%s: %v, want a limit", name, err)
		}
	}
}

func TestItemsBeyondTheLimitAreCounted(t *testing.T) {
	f := read(t, "<rss><channel>"+strings.Repeat("<item><guid>1</guid></item>", MaxItems+7)+"</channel></rss>")
	if len(f.Items) != MaxItems || f.Over != 7 {
		t.Errorf("%d items, %d over", len(f.Items), f.Over)
	}
	f = read(t, "<rss><channel><item><author>a</author></item><item><title>x</title></item></channel></rss>")
	if len(f.Items) != 2 || !f.Items[0].Empty() || f.Items[1].Empty() {
		t.Errorf("%+v", f.Items)
	}
	long := one(t, "<title>"+strings.Repeat("é", maxField)+"</title>").Title
	if len(long) > maxField || !strings.HasPrefix(long, "éé") {
		t.Errorf("a field of %d bytes", len(long))
	}
}

func TestDates(t *testing.T) {
	want := time.Date(2024, 12, 8, 6, 30, 0, 0, time.UTC)
	for _, s := range []string{
		"2024-12-08T06:30:00Z", "2024-12-08T09:30:00+03:00", "Sun, 08 Dec 2024 06:30:00 GMT", "Sun, 8 Dec 2024 06:30:00 +0000", "08 Dec 24 06:30 UT",
		"Sun, 08 Dec 2024 01:30:00 EST", "2024-12-08 06:30:00", "Sunday, 8 December 2024 06:30:00 GMT", "Sun,  8 Dec 2024 06:30:00 GMT",
		"dim., 08 déc. 2024 07:30:00 +0100", "8 Aralık 2024 09:30 +0300", "Sun Dec 8 06:30:00 2024", "2024-12-08T06:30:00.000Z", "Sun, 08 Dec 2024 06:30:00 GMT+00:00",
		"Sunday, December 8th, 2024 at 1:30 a.m. EST", "Dec. 8, 2024, 6:30 AM", "Sun, 12/08/2024 - 06:30", "2024-12-08T01:30:00-05:00Z", "Sun Dec 08 2024 06:30:00 GMT+0000 (UTC)",
		"Sun Dec 08 2024 06:30:00 GMT", "Sun, 08 Dec 2024 06:30:00 Z", "2024/12/8 06:30:00",
	} {
		if got, ok := ParseDate(s); !ok || !got.Equal(want) {
			t.Errorf("%q: %v %v", s, got, ok)
		}
	}
	if got, ok := ParseDate("mar., 01 déc. 2020 16:11:02 +0000"); !ok || got.Month() != time.December {
		t.Errorf("a Tuesday is no March: %v", got)
	}
	for _, s := range []string{"", "yesterday", "0001-01-01T00:00:00Z", "99999-01-01", strings.Repeat("2", 1000)} {
		if got, ok := ParseDate(s); ok {
			t.Errorf("%q is no date, got %v", s, got)
		}
	}
}

func shared(t testing.TB, parts ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{dataDir()}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("WIREDESK_REQUIRE") == "all" {
			t.Fatal(err)
		}
		t.Skip("no shared test data: set WIREDESK_DATA")
	}
	return path
}

// TestRealDocuments reads every document of the corpus and compares the number
// of items with what is written of it.
func TestRealDocuments(t *testing.T) {
	dir := shared(t, "feeds", "corpus")
	manifest, err := os.Open(filepath.Join(dir, "MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer manifest.Close()
	r := csv.NewReader(manifest)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	lost, fewer, total := 0, 0, 0
	for _, row := range rows[1:] {
		body, err := os.ReadFile(filepath.Join(dir, row[0]))
		if err != nil {
			continue // a sample of the corpus may hold fewer
		}
		total++
		want, _ := strconv.Atoi(row[8])
		f, err := Parse(body, Meta{}, Known{})
		switch {
		case err != nil:
			lost++
			t.Logf("%s: %v", row[0], err)
		case len(f.Items)+f.Invalid+f.Over < want:
			fewer++
			t.Logf("%s: %d items, the manifest says %d", row[0], len(f.Items), want)
		}
	}
	t.Logf("%d documents: %d lost, %d with fewer items", total, lost, fewer)
	if lost > 0 || fewer*50 > total {
		t.Errorf("%d documents lost, %d of %d with fewer items", lost, fewer, total)
	}
}

func TestHostileFilesNeverPanic(t *testing.T) {
	dir := shared(t, "hostile")
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, part := range bytes.SplitAfter(body, []byte("\n")) {
			Parse(part, Meta{}, Known{}) // an error is as good as a feed; a panic is caught by nobody here
		}
		_, err = Parse(body, Meta{}, Known{})
		if err != nil && strings.Contains(err.Error(), "panicked") {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"<rss><channel><item><title>x</title></item></channel></rss>", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="xhtml"><div>a</div></title></entry></feed>`,
		`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1}]}`, "<rdf:RDF><item rdf:about='x'>", "\xff\xfe<\x00r\x00", "<rss><![CDATA[", "<a b='",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		feed, err := Parse(body, Meta{URL: "https://one.example/"}, Known{})
		if err != nil {
			if strings.Contains(err.Error(), "panicked") {
				t.Error(err)
			}
			return
		}
		for _, format := range written {
			if err := strict(write(t, feed, format), format, len(feed.Items)); err != nil {
				t.Errorf("%s: %v", format, err)
			}
		}
	})
}
