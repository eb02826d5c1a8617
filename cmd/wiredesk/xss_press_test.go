package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
)

// perSource is how many vectors one document carries: their entries must fit the
// 1 MB of an edition, or the last would not be looked at.
const perSource = 100

// A hostileSource is a document of vectors on loopback and the edition of all its
// items.
type hostileSource struct {
	id      string
	url     string
	vectors int
}

func serveHostile(t *testing.T, vs []vector) (all []hostileSource) {
	t.Helper()
	for _, h := range hostileFeeds {
		for at := 0; at < len(vs); at += perSource {
			part := vs[at:min(at+perSource, len(vs))]
			body := []byte(h.write(part[0].Input, part))
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			srv := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Write(body)
			})}
			go srv.Serve(l)
			t.Cleanup(func() { srv.Close() })
			all = append(all, hostileSource{fmt.Sprintf("%s-%d", h.format, at), "http://" + l.Addr().String() + "/dir/feed", len(part)})
		}
	}
	return all
}

// hostileConfig shows as much of every item as an operator can ask for.
func hostileConfig(t *testing.T, sources []hostileSource) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`version = 1
[site]
title = "Hostile"
base_url = "https://desk.example"
tag = "desk.example,2024"
contact = "mailto:desk@desk.example"
allow_networks = ["127.0.0.1/32"]
`)
	for _, s := range sources {
		fmt.Fprintf(&b, `[sources.%[1]s]
url = %[2]q
take = "%[1]s"
content = "full"
allowed = "by nobody: a test"
images = "link"
[topics.%[1]s]
title = "Topic"
[topics.%[1]s.strong]
all = ['=TakenByEverySourceInstead']
[editions.%[1]s]
topics = ["%[1]s"]
formats = ["rss", "atom", "json", "html"]
group = "item"
items = 500
`, s.id, s.url)
	}
	path := filepath.Join(t.TempDir(), "wiredesk.toml")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestNoVectorIsPublished polls documents full of vectors, files them, and judges
// every document and page of the site.
func TestNoVectorIsPublished(t *testing.T) {
	t.Parallel()
	vs := vectors(t)
	sources := serveHostile(t, vs)
	var errs bytes.Buffer
	plan, err := compile(hostileConfig(t, sources), &errs)
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	n, err := open(t.Context(), plan, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	report, round, err := n.once(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := 2 * len(vs) * len(hostileFeeds); report.Failed != 0 || round.Filed != want {
		t.Fatalf("%d sources failed, %d items filed, want %d", report.Failed, round.Filed, want)
	}
	c := newChecks(t)
	paths, err := n.site.Paths(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	judge := func(at string) {
		body := served200(t, n.site.Handler(), at)
		switch format := strings.TrimPrefix(path.Ext(at), "."); format {
		case "css":
		case "":
			c.document("html", body)
		default:
			c.document(format, body)
		}
	}
	isArchive := func(at string) bool { return strings.Contains(at, "/archive/") }
	for _, at := range append(paths, "/status") {
		if !isArchive(at) {
			judge(at)
		}
	}
	for _, each := range []string{"rss guid", "atom published", "json content_html"} { // none may fall out of a document of 1 MB
		if c.fields[each] != round.Filed {
			t.Errorf("%s: %d entries published, want %d", each, c.fields[each], round.Filed)
		}
	}
	for _, at := range paths { // archives hold the same entries, laid out by the same function
		if strings.HasSuffix(at, "/archive/") || strings.Contains(at, "/archive/1.") {
			judge(at)
		}
	}
	c.finish()
	t.Logf("%d vectors × %d formats read, %d items in 4 formats: %s", len(vs), len(hostileFeeds), round.Filed, c.sum())
}

func served200(t *testing.T, h http.Handler, at string) []byte {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "https://desk.example"+at, nil))
	if rec.Code != http.StatusOK {
		t.Fatalf("%s: %d", at, rec.Code)
	}
	return rec.Body.Bytes()
}

// TestNoVectorIsOnTheStatusPage: it shows what each source's feed calls itself.
func TestNoVectorIsOnTheStatusPage(t *testing.T) {
	t.Parallel()
	vs := vectors(t)
	var sources []hostileSource
	for i := range perSource {
		sources = append(sources, hostileSource{id: fmt.Sprint("s-", i), url: "https://one.example/"})
	}
	var errs bytes.Buffer
	plan, err := compile(hostileConfig(t, sources), &errs)
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	n, err := open(t.Context(), plan, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	titles := map[string]bool{} // as they are after reading
	for _, v := range vs {
		for _, h := range hostileFeeds {
			f, err := aggregator.Read([]byte(h.write(v.Input, nil)), feeds.Meta{})
			if err != nil {
				t.Fatal(err)
			}
			titles[f.Title] = true
		}
	}
	c := newChecks(t)
	for part := range slices.Chunk(slices.Sorted(maps.Keys(titles)), perSource) {
		saves, ctx := errgroup.WithContext(t.Context())
		for i, title := range part {
			at := time.Now()
			saves.Go(func() error {
				return n.db.Save(ctx, aggregator.Batch{At: at, State: aggregator.State{
					Source: sources[i].id, URL: sources[i].url, LastPoll: at, NextPoll: at, Feed: aggregator.About{Title: title}, Error: title,
				}})
			})
		}
		if err := saves.Wait(); err != nil {
			t.Fatal(err)
		}
		c.document("html", served200(t, n.site.Handler(), "/status"))
	}
	c.finish()
	t.Logf("%d vectors, %d titles: %s", len(vs), len(titles), c.sum())
}
