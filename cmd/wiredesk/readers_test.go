package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // newsboat's cache is a SQLite file

	"github.com/wiredesk/wiredesk/feeds"
)

func openDatabase(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// A served is the demo's editions over HTTP, with a log of the answers.
type served struct {
	base string
	mu   sync.Mutex
	log  []string // "GET /syria.rss 304"
}

// serveDemo does one round of the demo and serves what it made.
func serveDemo(t *testing.T) *served {
	t.Helper()
	dir := t.TempDir()
	if code := execute(t.Context(), []string{"demo", "--once", "--dir", dir}, strings.NewReader(""), io.Discard, os.Stderr); code != 0 {
		t.Fatalf("demo: exit %d", code)
	}
	plan, err := compile(filepath.Join(dir, "wiredesk.toml"), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := open(t.Context(), plan, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	s := &served{}
	handler := n.site.Handler()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		handler.ServeHTTP(rec, r)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.log = append(s.log, fmt.Sprintf("%s %s %d", r.Method, r.URL.Path, rec.status))
	}))
	t.Cleanup(srv.Close)
	s.base = srv.URL
	return s
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// statuses lists the answers to one path.
func (s *served) statuses(path string) (codes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range s.log {
		if f := strings.Fields(line); f[1] == path {
			codes = append(codes, f[2])
		}
	}
	return codes
}

// ours is what we say the edition holds, by our own reading of it.
func (s *served) ours(t *testing.T, path string) []feeds.Item {
	t.Helper()
	resp, err := http.Get(s.base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	f, err := feeds.Parse(body, feeds.Meta{URL: s.base + path, ContentType: resp.Header.Get("Content-Type")}, feeds.Known{})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Items) < 20 {
		t.Fatalf("%s has %d entries: no demo", path, len(f.Items))
	}
	return f.Items
}

// An entryRead is one entry as a reader stored it.
type entryRead struct {
	ID, Title, Link string
	Published       int64
}

func compareRead(t *testing.T, reader, path string, want []feeds.Item, got []entryRead) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s of %s: %d entries, want %d", reader, path, len(got), len(want))
	}
	byID := map[string]entryRead{}
	for _, e := range got {
		byID[e.ID] = e
	}
	for _, it := range want {
		w := entryRead{it.ID, it.Title, it.Link, it.Published.Unix()}
		g := byID[it.ID]
		g.Title, w.Title = bare(g.Title), bare(w.Title)
		if g != w {
			t.Errorf("%s of %s:\n got %+v\nwant %+v", reader, path, g, w)
		}
	}
}

// bare takes the right-to-left mark off a title, which readers may strip.
func bare(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\u200f", "")) }

func TestNewsboatReadsTheDemo(t *testing.T) {
	if _, err := exec.LookPath("newsboat"); err != nil {
		missing(t, "newsboat is not installed")
	}
	s := serveDemo(t)
	for _, path := range []string{"/syria.rss", "/syria.atom"} {
		want := s.ours(t, path)
		dir := t.TempDir()
		for range 3 { // the cache learns validators by the second reload
			newsboat(t, dir, s.base+path)
		}
		compareRead(t, "newsboat", path, want, newsboatItems(t, filepath.Join(dir, "cache.db")))
		if codes := s.statuses(path); codes[len(codes)-1] != "304" {
			t.Errorf("newsboat of %s: answers %v, want 304 at the end", path, codes)
		}
	}
}

func newsboat(t *testing.T, dir, url string) {
	t.Helper()
	for name, text := range map[string]string{"urls": url + "\n", "config": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "newsboat", "-q", "-C", "config", "-u", "urls", "-c", "cache.db", "-x", "reload")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "LANG=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("newsboat: %v\n%s", err, out)
	}
}

func newsboatItems(t *testing.T, cache string) (items []entryRead) {
	t.Helper()
	db := openDatabase(t, cache)
	defer db.Close()
	rows, err := db.Query(`SELECT guid, title, url, pubDate FROM rss_item`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var e entryRead
		if err := rows.Scan(&e.ID, &e.Title, &e.Link, &e.Published); err != nil {
			t.Fatal(err)
		}
		items = append(items, e)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return items
}

// feedparserScript fetches an address twice, the second time with the validators
// of the first, and prints what it read.
const feedparserScript = `
import calendar, feedparser, json, sys
d = feedparser.parse(sys.argv[1])
again = feedparser.parse(sys.argv[1], etag=d.get("etag"), modified=d.get("modified"))
print(json.dumps({"bozo": int(bool(d.bozo)), "why": str(d.get("bozo_exception", "")), "again": again.get("status"),
  "entries": [{"ID": e.get("id"), "Title": e.get("title"), "Link": e.get("link"),
    "Published": calendar.timegm(e.published_parsed)} for e in d.entries]}))
`

func TestFeedparserReadsTheDemo(t *testing.T) {
	python := "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import feedparser").Run(); err != nil {
		missing(t, "python3-feedparser is not installed")
	}
	s := serveDemo(t)
	for _, path := range []string{"/syria.rss", "/syria.atom"} {
		out, err := exec.CommandContext(t.Context(), python, "-c", feedparserScript, s.base+path).Output()
		if err != nil {
			t.Fatalf("feedparser: %v", err)
		}
		var got struct {
			Bozo    int
			Why     string
			Again   int
			Entries []entryRead
		}
		if err := json.NewDecoder(bytes.NewReader(out)).Decode(&got); err != nil {
			t.Fatal(err)
		}
		if got.Bozo != 0 {
			t.Errorf("feedparser of %s: not well-formed: %s", path, got.Why)
		}
		if got.Again != http.StatusNotModified {
			t.Errorf("feedparser of %s: second fetch %d, want 304", path, got.Again)
		}
		compareRead(t, "feedparser", path, s.ours(t, path), got.Entries)
	}
}

func TestAllFormatsOfAnEditionCarryTheSameEntries(t *testing.T) {
	s := serveDemo(t)
	key := func(path string) (keys []string) {
		for _, it := range s.ours(t, path) {
			keys = append(keys, fmt.Sprint(it.ID, "|", it.Title, "|", it.Link, "|", it.Published.Unix()))
		}
		return keys
	}
	want := key("/syria.json")
	for _, path := range []string{"/syria.rss", "/syria.atom"} {
		if got := key(path); !slices.Equal(got, want) {
			t.Errorf("%s and /syria.json differ:\n%v\n%v", path, got, want)
		}
	}
}
