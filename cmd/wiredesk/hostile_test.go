package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"html"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// A seed is an input of a corpus: its text, or its bytes as base64.
type seed struct {
	Name, Text string
	B64        []byte
}

func (s seed) body() []byte {
	if s.B64 != nil {
		return s.B64
	}
	return []byte(s.Text)
}

// hostileFiles are the files below folders of the hostile data, by short name.
func hostileFiles(t *testing.T, folders ...string) (all []seed) {
	t.Helper()
	root := filepath.Join(testData(t), "hostile")
	for _, dir := range folders {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			body, err := os.ReadFile(path)
			if err == nil {
				all = append(all, seed{Name: strings.TrimPrefix(path, root+"/"), B64: body})
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// asItem puts words into an RSS document that has a good item beside them.
func asItem(inside []byte) []byte {
	return fmt.Appendf(nil, "<rss version='2.0'><channel><title>t</title><item><title>good</title></item><item><title>u</title>%s</item></channel></rss>", inside)
}

var headerLine = regexp.MustCompile(`(?mi)^Header:\s+Content-type:\s*(.*?)\s*$`)

func TestHostileXML(t *testing.T) {
	cs := &costs{t: t}
	docs := hostileFiles(t, "xml/libxml2", "xml/defusedxml", "xml/feedparser-illformed", "xml/feedparser-encoding", "xml/patt-xxe")
	docs = append(docs, jsonLines[seed](t, "xml", "gofuzz_xml.jsonl")...)
	for _, d := range docs {
		meta := feeds.Meta{URL: "https://one.example/feed"}
		if m := headerLine.FindSubmatch(d.body()); m != nil {
			meta.ContentType = string(m[1])
		}
		cs.run(d.Name, func() error { return readHostile(d.body(), meta) })
		cs.run(d.Name+" in an item", func() error { return readHostile(asItem(d.body()), meta) })
		if strings.HasPrefix(d.Name, "xml/patt-xxe") { // one document a line
			for i, line := range bytes.Split(d.body(), []byte("\n")) {
				cs.run(fmt.Sprint(d.Name, ":", i+1), func() error { return readHostile(line, meta) })
			}
		}
	}
	if len(docs) < 900 {
		t.Errorf("%d documents: not the set", len(docs))
	}
	cs.log()
}

// TestNoEntityOfADocumentIsExpanded: neither one of its own nor a file's. The
// hostile DOCTYPEs stand before a feed that uses all their names.
func TestNoEntityOfADocumentIsExpanded(t *testing.T) {
	doctype := regexp.MustCompile(`(?s)<!DOCTYPE[^\[\]]*\[.*?\]\s*>`)
	entity := regexp.MustCompile(`<!ENTITY\s+(\w+)`)
	used := 0
	for _, d := range hostileFiles(t, "xml/defusedxml", "xml/patt-xxe", "xml/libxml2") {
		for _, types := range doctype.FindAll(d.body(), -1) {
			want := ""
			for _, m := range entity.FindAllSubmatch(types, -1) {
				want += "&" + string(m[1]) + ";"
			}
			if want == "" {
				continue
			}
			used++
			doc := slices.Concat(types, []byte("<rss><channel><item><title>"+want+"</title></item></channel></rss>"))
			f, err := feeds.Parse(doc, feeds.Meta{}, feeds.Known{})
			ok := err == nil && len(f.Items) == 1
			if !ok {
				t.Errorf("%s: %v of %s", d.Name, err, doc)
				continue
			}
			if got := f.Items[0].Title; got != want && got != html.UnescapeString(want) { // some declare &lt; anew
				t.Errorf("%s: %.200q, want %q", d.Name, got, want)
			}
		}
	}
	if used < 50 {
		t.Errorf("%d DOCTYPEs: not the set", used)
	}
	t.Logf("%d DOCTYPEs", used)
}

// TestHostileJSON reads each document alone and as a part of an item. What must
// parse does not cost the feed its item; nothing may panic.
func TestHostileJSON(t *testing.T) {
	cs := &costs{t: t}
	docs := jsonLines[seed](t, "json", "JSONTestSuite.jsonl")
	for _, d := range docs {
		cs.run(d.Name, func() error { return readHostile(d.body(), feeds.Meta{}) })
		feed := fmt.Appendf(nil, `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","content_text":"x","_x":%s}]}`, d.body())
		var read bool
		cs.run(d.Name+" in a feed", func() error {
			f, err := feeds.Parse(feed, feeds.Meta{}, feeds.Known{})
			read = err == nil && len(f.Items) == 1
			return err
		})
		switch {
		case strings.HasPrefix(d.Name, "y_") && !read:
			t.Errorf("%s costs the feed its item", d.Name)
		case strings.HasPrefix(d.Name, "n_") && read:
			t.Errorf("%s is read, and is no JSON", d.Name)
		}
	}
	cs.log()
}

// TestHostileOPML: an included file is a config, and its mistakes are said.
func TestHostileOPML(t *testing.T) {
	cs := &costs{t: t}
	docs := append(hostileFiles(t, "opml", "xml/libxml2", "xml/defusedxml"), jsonLines[seed](t, "xml", "gofuzz_xml.jsonl")...)
	main := []byte("version = 1\ninclude = [\"x.opml\"]\n[site]\ntitle = \"T\"\nbase_url = \"https://desk.example\"\ntag = \"desk.example,2024\"\n" +
		"contact = \"mailto:d@desk.example\"\n[sources.one]\nurl = \"https://one.example/\"\n[topics.t]\n[topics.t.strong]\nall = ['word']\n[editions.t]\ntopics = [\"t\"]\n")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "wiredesk.toml"), main, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, d := range docs {
		if err := os.WriteFile(filepath.Join(dir, "x.opml"), d.body(), 0o600); err != nil {
			t.Fatal(err)
		}
		cs.run(d.Name, func() error {
			var errs bytes.Buffer
			_, err := compile(filepath.Join(dir, "wiredesk.toml"), &errs)
			if (err != nil) != strings.Contains(errs.String(), "error: ") {
				t.Errorf("%s: %v, said %q", d.Name, err, errs.String())
			}
			return err
		})
	}
	cs.log()
}

// datesRead is how many of the 113 dates that feeds have been seen to write are
// read. It is a floor, to be raised.
const datesRead = 78

func TestDatesOfTheWorld(t *testing.T) {
	rows := jsonLines[struct{ Src, Date string }](t, "http", "dates.jsonl")
	read := 0
	for _, r := range rows {
		d, ok := feeds.ParseDate(r.Date)
		if !ok {
			t.Logf("not read: %q (%s)", r.Date, r.Src)
			continue
		}
		read++
		if d.Location() != time.UTC || d.Year() < 1970 || d.Year() >= 3000 {
			t.Errorf("%q is read as %s", r.Date, d)
		}
	}
	t.Logf("%d of %d dates are read", read, len(rows))
	if len(rows) == 113 && read < datesRead {
		t.Errorf("%d dates are read, %d were", read, datesRead)
	}
}

// rawServer answers every request with the bytes that answer gives.
func rawServer(t *testing.T, answer func(path string) []byte) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					conn.Write(answer(req.URL.Path))
				}
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// hostileClient asks loopback without a pause.
func hostileClient(t *testing.T) *fetch.Client {
	t.Helper()
	client, err := fetch.New(fetch.Options{AllowNetworks: []string{"127.0.0.1/32"}, HostGap: time.Nanosecond, Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// poll fetches and reads one address.
func poll(ctx context.Context, client *fetch.Client, url string) error {
	resp, err := client.Get(ctx, fetch.Request{URL: url})
	if err != nil {
		return err
	}
	return readHostile(resp.Body, aggregator.MetaOf(resp))
}

// TestHostileBodies: broken compressed streams, under the coding they were made
// for and under gzip.
func TestHostileBodies(t *testing.T) {
	cs := &costs{t: t}
	client := hostileClient(t)
	var body []byte
	var coding string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", coding)
		w.Write(body)
	}))
	defer srv.Close()
	for file, codings := range map[string][]string{"gzip": {"gzip", "gzip, gzip", "zstd", "br"}, "flate": {"deflate", "gzip", "br"}, "zlib": {"deflate", "gzip", "zstd"}} {
		for _, s := range jsonLines[seed](t, "http", "gofuzz_"+file+".jsonl") {
			for _, coding = range codings {
				body = s.body()
				cs.run(file+" "+s.Name+" as "+coding, func() error { return poll(t.Context(), client, srv.URL) })
			}
		}
	}
	cs.log()
}

func TestHostileAnswers(t *testing.T) {
	cs := &costs{t: t}
	client := hostileClient(t)
	var answer []byte
	base := rawServer(t, func(string) []byte { return answer })
	for _, s := range jsonLines[seed](t, "http", "gofuzz_httpresp.jsonl") {
		for _, crlf := range []bool{false, true} {
			answer = s.body()
			if crlf {
				answer = bytes.ReplaceAll(answer, []byte("\n"), []byte("\r\n"))
			}
			cs.run("answer "+s.Name, func() error { return poll(t.Context(), client, base) })
		}
	}
	feed := asItem(nil)
	for _, s := range jsonLines[seed](t, "http", "gofuzz_mime.jsonl") {
		kind := strings.NewReplacer("\r", "", "\n", "").Replace(string(s.body()))
		answer = fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nContent-Type: %s\r\n\r\n%s", len(feed), kind, feed)
		cs.run("type "+s.Name, func() error { return poll(t.Context(), client, base) })
		cs.run("type alone "+s.Name, func() error {
			err := readHostile(feed, feeds.Meta{ContentType: string(s.body())})
			if err != nil {
				t.Errorf("Content-Type %q costs the document: %v", s.body(), err)
			}
			return err
		})
	}
	cs.log()
}
