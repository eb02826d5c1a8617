package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// renameDesk is a newsroom that has read one feed, and its config as written.
func renameDesk(t *testing.T) (n *newsroom, config string) {
	t.Helper()
	config = daemonConfig("127.0.0.1:0", oneItem(t)) + "[editions.spare]\ntopics = [\"syria\"]\nhold = \"0m\"\n"
	path := filepath.Join(t.TempDir(), "wiredesk.toml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	n = testNewsroom(t, path)
	file(t, n, 1)
	return n, config
}

// file lets a newsroom work once, and looks how many sources it asks.
func file(t *testing.T, n *newsroom, polls int) {
	t.Helper()
	report, _, err := n.once(t.Context())
	if err != nil || report.Polled != polls || report.Failed > 0 {
		t.Fatalf("%+v, %v; want %d polls", report, err, polls)
	}
}

// adopt puts another config in force.
func adopt(t *testing.T, n *newsroom, config string) {
	t.Helper()
	if err := os.WriteFile(n.active().Config.File, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs := n.reload(t.Context()); len(errs) > 0 {
		t.Fatal(errs)
	}
	file(t, n, 0)
}

// visit answers what a path is served as.
func visit(t *testing.T, n *newsroom, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	n.site.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

func body(t *testing.T, n *newsroom, path string) string {
	t.Helper()
	w := visit(t, n, path)
	b, err := io.ReadAll(w.Body)
	if err != nil || w.Code != http.StatusOK {
		t.Fatal(path, w.Code, err)
	}
	return string(b)
}

func leads(t *testing.T, n *newsroom, path, to string) {
	t.Helper()
	w := visit(t, n, path)
	if got := w.Header().Get("Location"); w.Code != http.StatusMovedPermanently || got != "https://desk.example"+to {
		t.Errorf("%s: %d to %q, want 301 to %s", path, w.Code, got, to)
	}
}

// printedAt are the times at which a document says that it was printed: a change of
// addresses is one.
var printedAt = regexp.MustCompile(`<lastBuildDate>.*?</lastBuildDate>|<updated>[^<]*</updated>|<time class="changed".*?</time>|Changed .*`)

// Readers of a renamed edition are led to its new address and find there what they
// know: the same ids, dates and words. All ids change at once, back again, and the
// daemon asks nobody for it.
func TestRenamingIsSeenInAddressesOnly(t *testing.T) {
	n, config := renameDesk(t)
	suffixes := []string{".rss", ".atom", ".json", "/"}
	before := map[string]string{}
	for _, s := range suffixes {
		before[s] = body(t, n, "/syria"+s)
	}
	renamed := strings.NewReplacer(
		"[sources.one]\n", "[sources.uno]\nwas = [\"one\"]\n",
		"[topics.syria]\n", "[topics.levant]\ntitle = \"syria\"\nwas = [\"syria\"]\n",
		"[topics.syria.strong]", "[topics.levant.strong]",
		"[editions.syria]\n", "[editions.paper]\nwas = [\"syria\"]\n",
		`topics = ["syria"]`, `topics = ["levant"]`,
	).Replace(config)
	adopt(t, n, renamed)
	for _, s := range suffixes {
		leads(t, n, "/syria"+s, "/paper"+s)
		got := strings.ReplaceAll(body(t, n, "/paper"+s), "/paper", "/syria")
		if d := cmp.Diff(printedAt.ReplaceAllString(before[s], ""), printedAt.ReplaceAllString(got, "")); d != "" {
			t.Errorf("%s: %s", s, d)
		}
	}
	leads(t, n, "/syria", "/paper/")
	back := strings.NewReplacer("title = \"syria\"\nwas = [\"syria\"]", "was = [\"levant\"]", `was = ["syria"]`, `was = ["paper"]`, `was = ["one"]`, `was = ["uno"]`,
		"sources.uno", "sources.one", "topics.levant", "topics.syria", "editions.paper", "editions.syria", `["levant"]`, `["syria"]`).Replace(renamed)
	adopt(t, n, back)
	leads(t, n, "/paper.rss", "/syria.rss")
	if d := cmp.Diff(printedAt.ReplaceAllString(before[".rss"], ""), printedAt.ReplaceAllString(body(t, n, "/syria.rss"), "")); d != "" {
		t.Error("back: ", d)
	}
	adopt(t, n, back[:strings.Index(back, "[editions.syria]")]+back[strings.Index(back, "[editions.spare]"):])
	for _, path := range []string{"/syria.rss", "/paper.rss", "/syria/"} {
		if w := visit(t, n, path); w.Code != http.StatusGone {
			t.Errorf("%s of a deleted edition: %d", path, w.Code)
		}
	}
	if w := visit(t, n, "/levant.rss"); w.Code != http.StatusNotFound {
		t.Errorf("an id that no edition ever had: %d", w.Code)
	}
}

// An id that another edition has now is that edition's: nothing leads on, and no
// entry is taken from the one that had it.
func TestAnEditionIdGivenAwayIsTheNewOnes(t *testing.T) {
	n, config := renameDesk(t)
	before := body(t, n, "/syria.rss")
	adopt(t, n, strings.Replace(config, "[editions.syria]\n", "[editions.paper]\nwas = [\"syria\"]\n", 1))
	adopt(t, n, strings.Replace(config, "[editions.syria]\n", "[editions.paper]\ntopics = [\"syria\"]\nhold = \"0m\"\n[editions.syria]\n", 1))
	guid := regexp.MustCompile(`<guid.*?</guid>`)
	paper, syria := guid.FindString(body(t, n, "/paper.rss")), guid.FindString(body(t, n, "/syria.rss"))
	if old := guid.FindString(before); old == "" || paper != old || syria == "" || syria == old {
		t.Errorf("before %s, renamed %s, new %s", old, paper, syria)
	}
}
