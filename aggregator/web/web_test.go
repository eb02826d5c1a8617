package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/web"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/store"
)

const siteConfig = `version = 1
[site]
title = "Desk <&>"
base_url = "https://desk.example"
tag = "desk.example,2024"
contact = "mailto:desk@desk.example"
[sources.one]
url = "https://one.example/feed?token=secret"
lang = "ar"
[topics.syria]
title = "Syria"
[topics.syria.strong]
ar = ['دمشق']
[editions.syria]
topics = ["syria"]
formats = ["rss", "atom", "json", "html"]
`

var published = time.Date(2024, 12, 8, 12, 0, 0, 0, time.UTC)

// newSite is a site with one entry and an edition that was once published.
func newSite(t *testing.T) *web.Site {
	t.Helper()
	cfg, errs := config.Parse("wiredesk.toml", []byte(siteConfig))
	if cfg == nil {
		t.Fatal(errs)
	}
	plan, errs := aggregator.Compile(cfg)
	if plan == nil {
		t.Fatal(errs)
	}
	db, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Adopt(t.Context(), aggregator.Roster{Now: published, URLs: map[string]string{"one": "https://one.example/feed"}}); err != nil {
		t.Fatal(err)
	}
	fill(t, db)
	active := func() *aggregator.Plan { return plan }
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	desk := aggregator.NewDesk(db, active, log)
	desk.Once = true
	if _, err := desk.File(t.Context()); err != nil {
		t.Fatal(err)
	}
	old := aggregator.Filing{At: published, Changed: []aggregator.Issue{{Edition: "old"}}}
	if err := db.File(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	return &web.Site{Press: &aggregator.Press{Store: db, Plan: active}, Store: db, Plan: active, Log: log}
}

func fill(t *testing.T, db *store.DB) {
	t.Helper()
	it := feeds.Item{
		ID: "1", Link: "https://one.example/1", Lang: "ar", Title: "هدوء في دمشق <script>alert(1)</script>",
		Summary: "<p>دمشق: عادت الحياة & الحركة.</p>", Text: "دمشق: عادت الحياة & الحركة.", Published: published,
	}
	err := db.Save(t.Context(), aggregator.Batch{
		State: aggregator.State{Source: "one", URL: "https://one.example/feed?token=secret", LastPoll: published, LastOK: published, NextPoll: published.Add(time.Hour)},
		Records: []aggregator.Record{{
			Source: "one", Key: "g:1", Keys: []string{"g:1"}, Sum: []byte{1}, Rev: 1, Item: it,
			Published: published, FirstSeen: published, Changed: published,
		}},
		At: published,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ask(h http.Handler, path string, header ...string) *http.Response {
	req := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec.Result()
}

func TestStatusCodes(t *testing.T) {
	h := newSite(t).Handler()
	for path, want := range map[string]int{
		"/": 200, "/syria.rss": 200, "/syria.atom": 200, "/syria.json": 200, "/syria/": 200, "/feeds.opml": 200,
		"/status": 200, "/healthz": 200, "/readyz": 200, "/feed.css": 200, "/style.css": 200,
		"/nothing.rss": 404, "/nothing/": 404, "/syria.xml": 404, "/syria": 301, "/syria/x": 404,
		"/old.rss": 410, "/old/": 410,
	} {
		if got := ask(h, "https://desk.example"+path).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
}

func TestConditionalRequests(t *testing.T) {
	h := newSite(t).Handler()
	plain := ask(h, "/syria.rss")
	zipped := ask(h, "/syria.rss", "Accept-Encoding", "gzip")
	etag, modified := plain.Header.Get("ETag"), plain.Header.Get("Last-Modified")
	if etag == "" || modified == "" || etag == zipped.Header.Get("ETag") {
		t.Fatalf("ETag %q and %q for gzip, Last-Modified %q", etag, zipped.Header.Get("ETag"), modified)
	}
	for name, row := range map[string]struct {
		header []string
		want   int
	}{
		"the etag":                     {[]string{"If-None-Match", etag}, 304},
		"the etag, weak":               {[]string{"If-None-Match", "W/" + etag}, 304},
		"one of a list":                {[]string{"If-None-Match", `"x", ` + etag}, 304},
		"any":                          {[]string{"If-None-Match", "*"}, 304},
		"another etag":                 {[]string{"If-None-Match", `"x"`}, 200},
		"another etag beats the date":  {[]string{"If-None-Match", `"x"`, "If-Modified-Since", modified}, 200},
		"the date":                     {[]string{"If-Modified-Since", modified}, 304},
		"an older date":                {[]string{"If-Modified-Since", "Sun, 01 Dec 2024 00:00:00 GMT"}, 200},
		"the gzip etag, gzip accepted": {[]string{"If-None-Match", zipped.Header.Get("ETag"), "Accept-Encoding", "gzip"}, 304},
	} {
		resp := ask(h, "/syria.rss", row.header...)
		if resp.StatusCode != row.want {
			t.Errorf("%s: %d, want %d", name, resp.StatusCode, row.want)
		}
		for _, need := range []string{"ETag", "Cache-Control", "Vary"} {
			if resp.Header.Get(need) == "" {
				t.Errorf("%s: no %s on a %d", name, need, resp.StatusCode)
			}
		}
	}
}

func TestGzipIsTheSameDocument(t *testing.T) {
	h := newSite(t).Handler()
	for accept, want := range map[string]string{
		"": "", "gzip": "gzip", "br, gzip;q=0.5": "gzip", "gzip;q=0": "", "*": "gzip", "identity": "",
	} {
		if got := ask(h, "/syria.atom", "Accept-Encoding", accept).Header.Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q: %q, want %q", accept, got, want)
		}
	}
	plain, err := io.ReadAll(ask(h, "/syria.atom").Body)
	if err != nil {
		t.Fatal(err)
	}
	zr, err := gzip.NewReader(ask(h, "/syria.atom", "Accept-Encoding", "gzip").Body)
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(zr)
	if err != nil || !bytes.Equal(plain, unzipped) {
		t.Errorf("unzipped %d bytes, plain %d: %v", len(unzipped), len(plain), err)
	}
}

func TestTheHostHeaderChangesNoByte(t *testing.T) {
	h := newSite(t).Handler()
	for _, path := range []string{"/", "/syria.rss", "/syria.atom", "/syria.json", "/syria/", "/feeds.opml", "/status"} {
		want, _ := io.ReadAll(ask(h, path).Body)
		got, _ := io.ReadAll(ask(h, "https://evil.example"+path, "X-Forwarded-Host", "evil.example").Body)
		if !bytes.Equal(want, got) || bytes.Contains(got, []byte("evil.example")) {
			t.Errorf("%s depends on the host", path)
		}
	}
}

func TestPagesEscapeWhatSourcesSayAndTellNoSecret(t *testing.T) {
	h := newSite(t).Handler()
	for _, path := range []string{"/", "/syria/", "/status", "/syria.rss", "/syria.atom", "/syria.json"} {
		resp := ask(h, path)
		body, _ := io.ReadAll(resp.Body)
		script := bytes.Contains(body, []byte("<script")) && path != "/syria.json" // a JSON title is text, no markup
		if script || bytes.Contains(body, []byte("secret")) {
			t.Errorf("%s leaks:\n%s", path, body)
		}
		if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%s: CSP %q", path, csp)
		}
		if resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: no nosniff", path)
		}
	}
	body, _ := io.ReadAll(ask(h, "/syria/").Body)
	if !bytes.Contains(body, []byte(`<article lang="ar" dir="rtl">`)) {
		t.Error("an Arabic entry has no direction")
	}
}

func TestAPageCarriesWhateverAnEntryHolds(t *testing.T) {
	for _, nasty := range []string{"a\x00b\x08", "]]>", "\xed\xa0\x80", "\ufffe", "</title></script><script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "{{.}}", "javascript:alert(1)"} {
		site := newSite(t)
		telling := aggregator.Telling{Record: 7, Outlet: nasty, Label: nasty, Title: nasty, Link: nasty, Lang: nasty, Summary: nasty, Note: nasty}
		err := site.Store.(*store.DB).File(t.Context(), aggregator.Filing{
			At: published.Add(time.Hour), Changed: []aggregator.Issue{{Edition: "syria"}},
			Entries: []aggregator.Entry{{Edition: "syria", ID: "tag:nasty", Published: published, Updated: published, Lead: telling, Also: []aggregator.Telling{telling}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := site.Document(t.Context(), "/syria/")
		if err != nil {
			t.Fatal(err)
		}
		page := string(doc.Body)
		if !utf8.ValidString(page) || strings.ContainsRune(page, 0) || strings.Contains(page, "<script") || strings.Contains(page, "<img src=x") || strings.Contains(page, `href="javascript:`) {
			t.Errorf("%q: %s", nasty, page)
		}
	}
}

func TestStaticFilesAreTheServedBytes(t *testing.T) {
	site := newSite(t)
	dir := filepath.Join(t.TempDir(), "public")
	paths, err := site.Paths(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := site.Write(t.Context(), dir); err != nil || n != len(paths) {
		t.Fatalf("%d files, %v; want %d", n, err, len(paths))
	}
	h := site.Handler()
	for path, name := range map[string]string{"/syria.rss": "syria.rss", "/syria/": "syria/index.html", "/": "index.html", "/feeds.opml": "feeds.opml"} {
		served, _ := io.ReadAll(ask(h, path).Body)
		written, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Equal(served, written) {
			t.Errorf("%s differs from %s: %v", name, path, err)
		}
	}
	if n, err := site.Write(t.Context(), dir); err != nil || n != 0 {
		t.Errorf("second writing: %d files, %v; want none", n, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*.new")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAReadOnlyDirectoryIsAClearError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := newSite(t).Write(t.Context(), filepath.Join(file, "public"))
	if err == nil || !strings.Contains(err.Error(), "static files") {
		t.Errorf("got %v", err)
	}
}

// What a changed config has still to file is told where a person would look.
func TestTheStatusPageTellsHowFarAChangedConfigIs(t *testing.T) {
	site := newSite(t)
	status := func() string {
		t.Helper()
		body, err := io.ReadAll(ask(site.Handler(), "/status").Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	if strings.Contains(status(), "config has changed") {
		t.Error("told before anything has changed")
	}
	changed := *site.Plan()
	changed.Print = "another"
	site.Plan = func() *aggregator.Plan { return &changed }
	if body := status(); !strings.Contains(body, "Stored items still to be filed by it: 1;") {
		t.Errorf("not told:\n%s", body)
	}
}
