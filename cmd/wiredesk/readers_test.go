package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

// A reader is a program of others that reads feeds.
type reader struct {
	name   string
	reads  []feeds.Format // every other format it has to refuse
	again  string         // who makes its second fetch conditional
	absent func(t *testing.T) string
	// read fetches an address at least twice, and answers what it then holds;
	// nothing, if it cannot read it.
	read func(t *testing.T, url string) []entryRead
}

var readers = []reader{
	{"newsboat", []feeds.Format{feeds.RSS, feeds.Atom}, "it does, from its cache", newsboatAbsent, newsboat},
	{"feedparser", []feeds.Format{feeds.RSS, feeds.Atom}, "its caller, with what it kept: `etag=`, `modified=`", feedparserAbsent, feedparser},
	{"rss2email", []feeds.Format{feeds.RSS, feeds.Atom}, "it does, from its data file", rss2emailAbsent, rss2email},
	{"feedsmith", []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON}, "our script: it only parses", npmAbsent("feedsmith"), npmReader("feedsmith")},
	{"rss-parser", []feeds.Format{feeds.RSS, feeds.Atom}, "our script, by its option `headers`: it keeps nothing", npmAbsent("rss-parser"), npmReader("rss-parser")},
}

// Every reader takes from every document of the demo what the press meant, and
// one that asks again is told that nothing is new.
func TestReadersReadEveryDocumentOfTheDemo(t *testing.T) {
	s := serveDemo(t)
	for _, r := range readers {
		for _, ed := range s.plan.Config.Editions {
			for _, format := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
				t.Run(fmt.Sprintf("%s/%s.%s", r.name, ed.ID, format), func(t *testing.T) {
					if why := r.absent(t); why != "" {
						missing(t, why)
					}
					s.meet(t, r, ed, format)
				})
			}
		}
	}
}

// meet lets a reader fetch a document and compares.
func (s *served) meet(t *testing.T, r reader, ed *config.Edition, format feeds.Format) {
	t.Helper()
	path := "/" + ed.ID + "." + string(format)
	s.forget()
	got := r.read(t, s.base+path)
	if !slices.Contains(r.reads, format) {
		if len(got) > 0 {
			t.Errorf("it reads %d entries of a format that it is said not to know", len(got))
		}
		return
	}
	compareRead(t, s.meant(t, ed), got)
	codes := s.statuses(path)
	if codes[0] != http.StatusOK || codes[len(codes)-1] != http.StatusNotModified {
		t.Errorf("answers %v, want 200 at first and 304 at the end", codes)
	}
}

// docs/readers.md says what the test knows.
func TestTheTableOfReadersIsTrue(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "readers.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range readers {
		row := "| " + r.name + " |"
		for _, format := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
			if slices.Contains(r.reads, format) {
				row += " yes |"
			} else {
				row += " no |"
			}
		}
		if row += " " + r.again + " |\n"; !strings.Contains(string(doc), row) {
			t.Errorf("lacks %s", row)
		}
	}
}

// A served is the demo's editions over HTTP, with a log of the answers.
type served struct {
	base string
	plan *aggregator.Plan
	news *newsroom
	mu   sync.Mutex // guards log
	log  []answered
}

type answered struct {
	method, path string
	status       int
}

// serveDemo does one round of the demo and serves what it made as the daemon does.
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
	s := &served{plan: plan}
	if s.news, err = open(t.Context(), plan, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error)
	go func() { ended <- serve(ctx, l, s.logged(s.news.site.Handler())) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := s.news.Close(); err != nil {
			t.Error(err)
		}
	})
	s.base = "http://" + l.Addr().String()
	return s
}

func (s *served) logged(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		h.ServeHTTP(rec, r)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.log = append(s.log, answered{r.Method, r.URL.Path, rec.status})
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// forget empties the log.
func (s *served) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

// statuses lists the answers to GET of one path.
func (s *served) statuses(path string) (codes []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.log {
		if a.method == http.MethodGet && a.path == path {
			codes = append(codes, a.status)
		}
	}
	return codes
}

// meant is what the press has to say of an edition: what its entries are in the
// store, whatever became of them in a document.
func (s *served) meant(t *testing.T, ed *config.Edition) (want []entryRead) {
	t.Helper()
	_, entries, err := s.news.db.Edition(t.Context(), ed.ID, ed.Items, 500, ed.Span)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		want = append(want, entryRead{e.ID, e.Lead.Head(), e.Lead.Link, e.Published.Unix()})
	}
	if len(want) < 10 {
		t.Fatalf("%s has %d entries: no demo", ed.ID, len(want))
	}
	return want
}

// An entryRead is one entry as a reader has it.
type entryRead struct {
	ID, Title, Link string
	Published       int64
}

// compareRead compares what readers have, in whatever order they keep it.
func compareRead(t *testing.T, want, got []entryRead) {
	t.Helper()
	byID := func(entries []entryRead) []entryRead {
		sorted := slices.Clone(entries)
		for i := range sorted {
			sorted[i].Title = bare(sorted[i].Title)
		}
		slices.SortFunc(sorted, func(a, b entryRead) int { return strings.Compare(a.ID, b.ID) })
		return sorted
	}
	if len(got) != len(want) {
		t.Errorf("%d entries, want %d", len(got), len(want))
	}
	if d := cmp.Diff(byID(want), byID(got)); d != "" {
		t.Error(d)
	}
}

// bare takes the right-to-left mark off a title, which readers may strip.
func bare(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\u200f", "")) }

func TestAllFormatsOfAnEditionCarryTheSameEntries(t *testing.T) {
	s := serveDemo(t)
	for _, ed := range s.plan.Config.Editions {
		for _, format := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
			doc, err := s.news.site.Press.Print(t.Context(), ed.ID, format)
			if err != nil {
				t.Fatal(err)
			}
			f, err := feeds.Parse(doc.Body, feeds.Meta{ContentType: doc.Type}, feeds.Known{})
			if err != nil {
				t.Fatal(err)
			}
			var got []entryRead
			for _, it := range f.Items {
				got = append(got, entryRead{it.ID, it.Title, it.Link, it.Published.Unix()})
			}
			compareRead(t, s.meant(t, ed), got)
		}
	}
}
