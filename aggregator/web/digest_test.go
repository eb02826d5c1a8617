package web_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/web"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/store"
)

// wantDigests makes a site's plan one with digests, or without.
func wantDigests(t *testing.T, site *web.Site, cron string) {
	t.Helper()
	cfg := *site.Plan().Config
	cfg.Jobs.Digest = cron
	plan, errs := aggregator.Compile(&cfg)
	if plan == nil {
		t.Fatal(errs)
	}
	site.Plan = func() *aggregator.Plan { return plan }
	site.Press.Plan = site.Plan
}

// makeDigest makes one on the morning after.
func makeDigest(t *testing.T, site *web.Site) {
	t.Helper()
	made, err := aggregator.MakeDigests(t.Context(), site.Store.(*store.DB), site.Plan(), published.Add(19*time.Hour))
	if made != 1 || err != nil {
		t.Fatal(made, err)
	}
}

func bodyOf(t *testing.T, site *web.Site, path string) string {
	t.Helper()
	data, err := io.ReadAll(ask(site.Handler(), path).Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var digestPaths = []string{"/syria/digest.rss", "/syria/digest.atom", "/syria/digest.json"}

func TestDigestsAreThereWhileTheJobIs(t *testing.T) {
	site := newSite(t)
	status := func(want int, paths ...string) {
		t.Helper()
		for _, path := range paths {
			if got := ask(site.Handler(), path).StatusCode; got != want {
				t.Errorf("%s: %d, want %d", path, got, want)
			}
		}
	}
	linked := func(want bool) {
		t.Helper()
		for _, path := range []string{"/syria/", "/feeds.opml"} {
			if strings.Contains(bodyOf(t, site, path), "https://desk.example/syria/digest.rss") != want {
				t.Errorf("%s links to it, or not: want %t", path, want)
			}
		}
	}
	status(404, digestPaths...)
	linked(false)
	wantDigests(t, site, "0 7 * * *")
	status(200, digestPaths...)
	status(200, "/syria/feed.css")
	status(404, "/syria/digest.html", "/syria/digest", "/syria/x.rss", "/nothing/digest.rss", "/nothing/feed.css")
	linked(true)
	if strings.Contains(bodyOf(t, site, digestPaths[0]), "<item>") {
		t.Error("a digest before its time")
	}
	makeDigest(t, site)
	for _, path := range digestPaths {
		if !strings.Contains(bodyOf(t, site, path), "Syria: 1 story, 9 December 2024") {
			t.Errorf("%s:\n%s", path, bodyOf(t, site, path))
		}
	}
	wantDigests(t, site, "")
	status(410, digestPaths...)
	linked(false)
}

// Each format reads as the same items, and its XML is XML.
func TestDigestsAreValidInEveryFormat(t *testing.T) {
	site := newSite(t)
	wantDigests(t, site, "0 7 * * *")
	for _, state := range []string{"before the first", "with one"} {
		for _, path := range digestPaths {
			doc := bodyOf(t, site, path)
			f, err := feeds.Parse([]byte(doc), feeds.Meta{}, feeds.Known{})
			if err != nil || f.Self != "https://desk.example"+path || f.Link != "https://desk.example/syria/" || f.Title == "" {
				t.Fatalf("%s, %s: %v %+v", state, path, err, f)
			}
			for _, it := range f.Items {
				if !strings.HasPrefix(it.ID, "tag:desk.example,2024:") || !it.Published.Equal(published.Add(19*time.Hour)) || strings.Contains(it.Content, "<script") {
					t.Errorf("%s: %+v", path, it)
				}
			}
			if !strings.HasSuffix(path, ".json") {
				wellFormed(t, path, doc)
			}
		}
		if state == "before the first" {
			makeDigest(t, site)
		}
	}
}

// wellFormed reads XML to its end, and lets xmllint do so where it is.
func wellFormed(t *testing.T, path, doc string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(doc))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%s: %v\n%s", path, err, doc)
		}
	}
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		return // the strict decoder has read it
	}
	cmd := exec.CommandContext(t.Context(), lint, "--noout", "-")
	cmd.Stdin = strings.NewReader(doc)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", path, err, out)
	}
}

func TestDigestsAreDocumentsLikeAnyOther(t *testing.T) {
	site := newSite(t)
	wantDigests(t, site, "0 7 * * *")
	makeDigest(t, site)
	h := site.Handler()
	first := ask(h, digestPaths[1])
	if got := ask(h, digestPaths[1], "If-None-Match", first.Header.Get("ETag")).StatusCode; got != 304 {
		t.Errorf("unchanged: %d", got)
	}
	if got := first.Header.Get("Content-Type"); got != "application/atom+xml; charset=utf-8" {
		t.Error(got)
	}
	dir := t.TempDir()
	paths, err := site.Paths(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := site.Write(t.Context(), dir); err != nil || n != len(paths) {
		t.Fatalf("%d files, %v; want %d", n, err, len(paths))
	}
	for _, path := range append([]string{"/syria/feed.css"}, digestPaths...) {
		written, err := os.ReadFile(filepath.Join(dir, path))
		if served := bodyOf(t, site, path); err != nil || !bytes.Equal(written, []byte(served)) {
			t.Errorf("%s: written %q, served %q, %v", path, written, served, err)
		}
	}
}

// A reload may come at any moment while files are written. What the plan then has no
// more is no trouble: its files go when they are next written.
func TestAReloadWhileFilesAreWrittenIsNoTrouble(t *testing.T) {
	site := newSite(t)
	before := site.Plan()
	cfg := *before.Config
	hidden := *cfg.Editions[0]
	hidden.Private = true
	cfg.Editions = []*config.Edition{&hidden}
	after, errs := aggregator.Compile(&cfg)
	if after == nil {
		t.Fatal(errs)
	}
	for at := range 30 {
		asked := 0
		site.Plan = func() *aggregator.Plan {
			if asked++; asked > at {
				return after
			}
			return before
		}
		site.Press.Plan = site.Plan
		if _, err := site.Write(t.Context(), filepath.Join(t.TempDir(), "public")); err != nil {
			t.Errorf("a plan that comes after %d looks at the one before: %v", at, err)
		}
	}
}

// There may be twenty thousand sources: their list is printed once, as any document.
func TestTheListOfSourcesIsPrintedOnce(t *testing.T) {
	site := newSite(t)
	cfg := *site.Plan().Config
	cfg.Site.Public = true
	plan, errs := aggregator.Compile(&cfg)
	if plan == nil {
		t.Fatal(errs)
	}
	site.Plan = func() *aggregator.Plan { return plan }
	site.Press.Plan = site.Plan
	first, err := site.Document(t.Context(), "/sources.opml")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := site.Document(t.Context(), "/sources.opml"); err != nil || again != first {
		t.Error("printed again", err)
	}
}
