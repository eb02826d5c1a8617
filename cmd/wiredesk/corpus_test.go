package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
)

// testData is the folder of real documents that nobody here wrote. Without it
// the test skips, and fails where everything is required.
func testData(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("WIREDESK_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs // checkers run elsewhere
	}
	if _, err := os.Stat(dir); err != nil {
		missing(t, "no test data at "+dir+" (set WIREDESK_DATA)")
	}
	return dir
}

// missing skips a test that needs what this machine has not, or fails it under
// WIREDESK_REQUIRE=all.
func missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("WIREDESK_REQUIRE") == "all" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// A corpus is every document of a folder, served on loopback as its own source.
type corpus struct {
	names []string
	base  []string // address of each
}

func serveCorpus(t *testing.T) *corpus {
	t.Helper()
	dir := filepath.Join(testData(t), "feeds", "corpus")
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := &corpus{}
	for _, f := range files {
		if f.IsDir() || f.Name() == "MANIFEST.tsv" {
			continue
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, f.Name())
		srv := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if ext := filepath.Ext(path); ext != ".xml" && ext != ".json" {
				w.Header().Set("Content-Type", mime.TypeByExtension(".xml"))
			}
			http.ServeFile(w, r, path)
		})}
		go srv.Serve(l)
		t.Cleanup(func() { srv.Close() })
		c.names = append(c.names, f.Name())
		c.base = append(c.base, "http://"+l.Addr().String()+"/")
	}
	if len(c.names) < 50 {
		t.Fatalf("%d documents in %s: not the corpus", len(c.names), dir)
	}
	return c
}

// config takes every item of every source into "all", and has a topic beside.
func (c *corpus) config(dir string) string {
	var b strings.Builder
	b.WriteString(`version = 1
[site]
title = "Corpus"
base_url = "https://desk.example"
tag = "desk.example,2026"
contact = "mailto:desk@desk.example"
allow_networks = ["127.0.0.1/32"]
[topics.all]
title = "Everything"
[topics.all.strong]
all = ['=TakenByEverySourceInstead']
[topics.world]
title = "World"
aim = "broad"
[topics.world.strong]
all = ['world*', 'monde', 'Welt', 'mundo', 'dünya', 'мир', 'العالم', '世界']
[editions.all]
topics = ["all"]
formats = ["rss", "atom", "json", "html"]
items = 500
[editions.world]
topics = ["world"]
formats = ["rss", "atom", "json", "html"]
`)
	for i := range c.names {
		fmt.Fprintf(&b, "[sources.doc-%03d]\nurl = %q\ntake = \"all\"\n", i, c.base[i])
	}
	path := filepath.Join(dir, "wiredesk.toml")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		panic(err)
	}
	return path
}

// TestRealFeedsEndToEnd polls every document of the corpus, restarts, polls
// again, and reads the editions as a strict reader would.
func TestRealFeedsEndToEnd(t *testing.T) {
	c := serveCorpus(t)
	dir := t.TempDir()
	path := c.config(dir)
	first := corpusRound(t, path)
	if first.report.Polled != len(c.names) {
		t.Errorf("polled %d, want every document: %d", first.report.Polled, len(c.names))
	}
	checkSources(t, c, first)
	checkLedgers(t, first)
	checkAgain(t, path)

	clearSchedule(t, dir)
	second := corpusRound(t, path)
	if n := second.report.Tally.New + second.report.Tally.Changed; n != 0 || second.round.Filed != 0 {
		t.Errorf("second poll after a restart: %d new or changed, %d filed, want none", n, second.round.Filed)
	}
	for at, body := range first.docs {
		if !bytes.Equal(body, second.docs[at]) {
			t.Errorf("%s: other bytes after a restart and a second poll", at)
		}
	}
}

// A corpusState is what one run of the daemon left behind.
type corpusState struct {
	report aggregator.Report
	round  aggregator.Round
	states []aggregator.State
	docs   map[string][]byte // by path
}

func corpusRound(t *testing.T, path string) corpusState {
	t.Helper()
	var errs bytes.Buffer
	plan, err := compile(path, &errs)
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	n, err := open(t.Context(), plan, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	s := corpusState{docs: map[string][]byte{}}
	if s.report, s.round, err = n.once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.states, err = n.db.States(t.Context()); err != nil {
		t.Fatal(err)
	}
	paths, err := n.site.Paths(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range paths {
		doc, err := n.site.Document(t.Context(), at)
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		s.docs[at] = doc.Body
		checkStrict(t, at, doc.Body)
	}
	return s
}

// checkSources: each source has its items in the store, or says why not.
func checkSources(t *testing.T, c *corpus, s corpusState) {
	t.Helper()
	lost := 0
	for i, st := range s.states {
		if st.Error != "" {
			lost++
			t.Logf("%s: %s", c.names[i], st.Error)
			continue
		}
		if st.Total.New == 0 && st.Total.Fetched > 0 {
			t.Errorf("%s: %d items fetched, none stored, and no error", c.names[i], st.Total.Fetched)
		}
	}
	t.Logf("%d documents, %d could not be read, %d items stored", len(s.states), lost, s.report.Tally.New)
	if lost > 3 {
		t.Errorf("%d documents of the corpus could not be read", lost)
	}
}

// checkLedgers: both of I9 close.
func checkLedgers(t *testing.T, s corpusState) {
	t.Helper()
	for _, st := range s.states {
		if l := st.Last; l.Fetched != l.New+l.Changed+l.Known+l.Invalid+l.Over {
			t.Errorf("%s: poll ledger open: %+v", st.Source, l)
		}
	}
	if r := s.round; r.Filed != r.Unmatched+r.Lead+r.Also+r.Copy || r.Filed != s.report.Tally.New {
		t.Errorf("desk ledger open: %+v of %d new", r, s.report.Tally.New)
	}
}

// checkStrict reads a document as the strictest reader does.
func checkStrict(t *testing.T, at string, body []byte) {
	t.Helper()
	var err error
	switch filepath.Ext(at) {
	case ".json":
		if !json.Valid(body) {
			err = errors.New("not JSON")
		}
	case ".rss", ".atom", ".opml":
		err = strictXML(body)
	}
	if err != nil {
		t.Errorf("%s: %v", at, err)
		return
	}
	if slices.Contains([]string{".rss", ".atom", ".json"}, filepath.Ext(at)) {
		checkFeed(t, at, body)
	}
}

func strictXML(body []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(body))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// checkFeed: every entry has an id of its own, a title and a date.
func checkFeed(t *testing.T, at string, body []byte) {
	t.Helper()
	f, err := feeds.Parse(body, feeds.Meta{URL: "https://desk.example" + at}, feeds.Known{})
	if err != nil {
		t.Errorf("%s: %v", at, err)
		return
	}
	seen := map[string]bool{}
	for _, it := range f.Items {
		switch {
		case it.ID == "" || seen[it.ID]:
			t.Errorf("%s: id %q is empty or twice", at, it.ID)
		case it.Published.IsZero():
			t.Errorf("%s: %s has no date", at, it.ID)
		}
		seen[it.ID] = true
	}
	if at == "/all"+filepath.Ext(at) && len(f.Items) < 50 {
		t.Errorf("%s: %d entries, the corpus has more", at, len(f.Items))
	}
}

// clearSchedule makes every source due, as the passing of a day would.
func clearSchedule(t *testing.T, dir string) {
	t.Helper()
	db := openDatabase(t, filepath.Join(dir, "data", "wiredesk.db"))
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), `UPDATE states SET next_poll = 0`); err != nil {
		t.Fatal(err)
	}
}
