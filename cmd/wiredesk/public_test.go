package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/feeds"
)

// mendable is a newsroom with one source, which can be put down.
func mendable(t *testing.T) (*newsroom, string, *atomic.Bool) {
	t.Helper()
	down := &atomic.Bool{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			http.Error(w, "no", http.StatusNotFound)
			return
		}
		io.WriteString(w, `<rss version="2.0"><channel><title>One</title><item><guid>1</guid><title>Bakeries in Aleppo</title></item></channel></rss>`)
	}))
	t.Cleanup(srv.Close)
	path := filepath.Join(t.TempDir(), "wiredesk.toml")
	config := daemonConfig("127.0.0.1:0", srv.URL)
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return testNewsroom(t, path), config, down
}

// News of the sources is a feed of its own: one item when a source begins to fail,
// one when it answers well again, each once and for ever the same. It is there only
// where the operator says so.
func TestStatusIsAFeedWhereTheOperatorSaysSo(t *testing.T) {
	n, private, down := mendable(t)
	now := time.Now()
	n.poller.Now = func() time.Time { return now }
	poll := func(failed int) {
		t.Helper()
		report, _, err := n.once(t.Context())
		if err != nil || report.Polled != 1 || report.Failed != failed {
			t.Fatalf("%+v, %v", report, err)
		}
		now = now.Add(8 * 24 * time.Hour)
	}
	items := func() []feeds.Item {
		t.Helper()
		b := body(t, n, "/status.rss")
		f, err := feeds.Parse([]byte(b), feeds.Meta{ContentType: "application/rss+xml"}, feeds.Known{})
		if err != nil {
			t.Fatal(err)
		}
		return f.Items
	}
	poll(0)
	for _, at := range []string{"/status.rss", "/sources.opml"} {
		if w := visit(t, n, at); w.Code != http.StatusNotFound {
			t.Errorf("%s unasked: %d", at, w.Code)
		}
	}
	public := strings.Replace(private, "[site]\n", "[site]\npublic = true\n", 1)
	if err := os.WriteFile(n.active().Config.File, []byte(public), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs := n.reload(t.Context()); len(errs) > 0 {
		t.Fatal(errs)
	}
	if got := items(); len(got) != 0 {
		t.Error(got)
	}
	down.Store(true)
	poll(1)
	first := items()
	if len(first) != 1 || first[0].Title != "one fails" || !strings.Contains(first[0].Summary, "404 Not Found") || first[0].ID == "" {
		t.Fatalf("%+v", first)
	}
	poll(1)
	down.Store(false)
	poll(0)
	poll(0)
	got := items()
	if len(got) != 2 || got[0].Title != "one answers well again" || got[0].ID == got[1].ID || got[1].ID != first[0].ID {
		t.Errorf("%+v", got)
	}
	if b := body(t, n, "/status.rss"); strings.Contains(b, "127.0.0.1") {
		t.Error("it names an address:", b)
	}
}

// The list of sources tells feeds that anybody may know, of others the home page,
// and of hosts of the operator's own nothing.
func TestSourcesAreToldWithoutTheirSecrets(t *testing.T) {
	n, text := renameDesk(t)
	dir := filepath.Dir(n.active().Config.File)
	if err := os.WriteFile(filepath.Join(dir, "hush"), []byte("https://hush.example/feed/abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	text = strings.Replace(text, "[site]\n", "[site]\npublic = true\n", 1) + `
[sources.open]
url = "https://open.example/feed.xml"
title = "Open & free"
[sources.query]
url = "https://query.example/?feed=rss2"
[sources.quiet]
url = "https://quiet.example/feed/one"
private = true
[sources.file]
url_file = "hush"
[sources.lan]
url = "http://wiki.lan/feed"
[sources.ten]
url = "http://10.1.2.3/feed"
`
	if err := os.WriteFile(n.active().Config.File, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs := n.reload(t.Context())
	for _, e := range errs {
		if !e.Warning {
			t.Fatal(errs)
		}
	}
	got := body(t, n, "/sources.opml")
	for _, want := range []string{`xmlUrl="https://open.example/feed.xml"`, `text="Open &amp; free"`, `url="https://query.example/"`, `url="https://quiet.example/"`, `url="https://hush.example/"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	for _, secret := range []string{"rss2", "feed/one", "abc", "wiki.lan", "10.1.2.3", "127.0.0.1"} {
		if strings.Contains(got, secret) {
			t.Errorf("%s stands in %s", secret, got)
		}
	}
	if strings.Count(got, "<outline") != 4 {
		t.Error(got)
	}
}
