package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A hub in a test keeps what it is told, and may be down.
type testHub struct {
	down atomic.Bool
	told chan string
}

func (h *testHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.down.Load() {
		http.Error(w, "away", http.StatusBadGateway)
		return
	}
	h.told <- r.FormValue("hub.mode") + " " + r.FormValue("hub.url")
	w.WriteHeader(http.StatusNoContent)
}

func (h *testHub) take() (all []string) {
	for len(h.told) > 0 {
		all = append(all, <-h.told)
	}
	return all
}

// An edition's hub stands in each of its documents and is told of changes, each
// once. While it is away nothing else suffers, and the status page says so.
func TestAHubIsNamedAndTold(t *testing.T) {
	hub := &testHub{told: make(chan string, 20)}
	srv := httptest.NewServer(hub)
	defer srv.Close()
	n, config := renameDesk(t)
	hub.down.Store(true)
	now := time.Now()
	n.pinger.Now = func() time.Time { return now }
	adopt(t, n, strings.Replace(config, "[editions.syria]\n", "[jobs]\ndigest = \"0 7 * * *\"\n[editions.syria]\nhub = \""+srv.URL+"\"\n", 1))
	if page := body(t, n, "/status"); !strings.Contains(page, "The hub of edition syria has not been told") || !strings.Contains(page, "502") {
		t.Error(page)
	}
	hub.down.Store(false)
	round := func(after time.Duration) []string {
		now = now.Add(after)
		if err := n.pinger.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		return hub.take()
	}
	if got := round(time.Second); got != nil {
		t.Error("asked again at once:", got)
	}
	want := []string{"publish https://desk.example/syria.rss", "publish https://desk.example/syria.atom", "publish https://desk.example/syria.json"}
	if d := cmp.Diff(want, round(time.Minute)); d != "" {
		t.Error(d)
	}
	if got := round(time.Hour); got != nil {
		t.Error("told of nothing:", got)
	}
	if page := body(t, n, "/status"); strings.Contains(page, "has not been told") {
		t.Error(page)
	}
	for path, words := range map[string]string{
		"/syria.rss": `<atom:link href="` + srv.URL + `" rel="hub">`, "/syria.atom": `<link rel="hub" href="` + srv.URL + `"`,
		"/syria.json": `"hubs": [`, "/syria/": "",
	} {
		w := visit(t, n, path)
		links := strings.Join(w.Header().Values("Link"), " ")
		if links != `<`+srv.URL+`>; rel="hub" <https://desk.example`+path+`>; rel="self"` || !strings.Contains(w.Body.String(), words) {
			t.Errorf("%s: %s %s", path, links, w.Body)
		}
	}
	for _, path := range []string{"/syria/archive/", "/syria/digest.rss"} { // the hub is told nothing of these
		if w := visit(t, n, path); w.Code != http.StatusOK || w.Header().Values("Link") != nil {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
	if got := visit(t, n, "/spare.rss").Header().Values("Link"); got != nil {
		t.Error("a hub of an edition that names none:", got)
	}
	adopt(t, n, config)
	if pings, err := n.db.Pings(t.Context()); err != nil || len(pings) > 0 {
		t.Error(pings, err)
	}
}
