package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/feeds"
)

// blockFeeds are two outlets: of one story told by both, of a correction, and of
// what comes later. Every text of the first item has a word that stands nowhere else.
var blockFeeds = map[string]string{
	"/one": `<item><guid isPermaLink="false">g-secret</guid><link>https://one.example/secretlink</link><title>Aleppo: Secrettitle did it</title>
<description>Secretsummary says so. Secretbody was there.</description><category>Secretcategory</category><author>Secretauthor</author>
<enclosure url="https://one.example/secretsound.mp3" type="audio/mpeg" length="1"/></item>
<item><guid isPermaLink="false">g-2</guid><link>https://one.example/ferries/1</link><title>Ferry leaves Aleppo</title><description>By road.</description></item>`,
	"/two": `<item><guid isPermaLink="false">g-3</guid><link>https://two.example/snow</link><title>Snow in Aleppo</title><description>Much of it.</description></item>`,
}

type blockDesk struct {
	t   *testing.T
	dir string
	got map[string]bool // files and pages looked at
}

// newBlockDesk publishes two outlets in all formats, as pages and as files.
func newBlockDesk(t *testing.T) *blockDesk {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>Outlet</title>%s</channel></rss>`, blockFeeds[r.URL.Path])
	}))
	t.Cleanup(srv.Close)
	d := &blockDesk{t: t, dir: t.TempDir(), got: map[string]bool{}}
	config := fmt.Sprintf(`version = 1
[site]
title = "Desk"
base_url = "https://desk.example"
tag = "desk.example,2026"
contact = "mailto:desk@desk.example"
static = "public"
allow_networks = ["127.0.0.1/32"]
[sources.one]
url = "%[1]s/one"
lang = "en"
content = "full"
allowed = "by test"
[sources.two]
url = "%[1]s/two"
lang = "en"
[topics.syria]
title = "Syria"
[topics.syria.strong]
en = ['Aleppo']
[editions.syria]
topics = ["syria"]
formats = ["rss", "atom", "json", "html"]
[editions.items]
topics = ["syria"]
group = "item"
formats = ["rss", "atom", "json", "html"]
`, srv.URL)
	if err := os.WriteFile(filepath.Join(d.dir, "wiredesk.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	d.run("run", "--once")
	return d
}

// run runs a verb and returns what it printed.
func (d *blockDesk) run(args ...string) string {
	d.t.Helper()
	var out bytes.Buffer
	if code := execute(d.t.Context(), append(args, "-c", filepath.Join(d.dir, "wiredesk.toml")), strings.NewReader(""), &out, &out); code != 0 {
		d.t.Fatalf("%v: exit %d: %s", args, code, &out)
	}
	return out.String()
}

// said is all that anybody gets: the static files, every page over HTTP, and what
// the verbs print; by where it stands.
func (d *blockDesk) said() map[string]string {
	d.t.Helper()
	all := map[string]string{}
	root := os.DirFS(filepath.Join(d.dir, "public"))
	err := fs.WalkDir(root, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := fs.ReadFile(root, path)
		all["public/"+path] = string(body)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	d.pages(all)
	for _, args := range [][]string{
		{"search", "Aleppo"}, {"search", "--json", "Aleppo"}, {"search", "--by", "relevance", "guid OR aleppo"}, {"export", "items"},
		{"preview", "syria", "--json"}, {"preview", "syria"}, {"why", "g-secret"}, {"why", "--json", "g-secret"}, {"why", "--json", "g-2"},
		{"topics", "report", "--json"}, {"export", "opml"}, {"sources", "--json"},
	} {
		all[strings.Join(args, " ")] = d.run(args...)
	}
	return all
}

// pages adds every page over HTTP.
func (d *blockDesk) pages(all map[string]string) {
	d.t.Helper()
	n := testNewsroom(d.t, filepath.Join(d.dir, "wiredesk.toml"))
	paths, err := n.site.Paths(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	srv := httptest.NewServer(n.site.Handler())
	for _, path := range append(paths, "/status", "/readyz", "/metrics") {
		resp, err := srv.Client().Get(srv.URL + path)
		if err != nil {
			d.t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err := resp.Body.Close(); err != nil {
			d.t.Fatal(err)
		}
		if err != nil || resp.StatusCode == http.StatusNotFound {
			d.t.Fatal(path, resp.Status, err)
		}
		all[path] = string(body) + fmt.Sprint(resp.Header)
	}
	srv.Close()
	if err := n.Close(); err != nil {
		d.t.Fatal(err)
	}
}

// read is what a subscriber has of a feed, by id.
func (d *blockDesk) read(all map[string]string, path string) map[string]feeds.Item {
	d.t.Helper()
	f, err := feeds.Parse([]byte(all[path]), feeds.Meta{}, feeds.Known{})
	if err != nil {
		d.t.Fatal(path, err)
	}
	items := map[string]feeds.Item{}
	for _, it := range f.Items {
		items[it.ID] = it
	}
	return items
}

var blockDocuments = []string{
	"public/syria.rss", "public/syria.atom", "public/syria.json", "public/items.rss", "public/items.atom", "public/items.json",
}

// Whichever way it is blocked, no byte of an item is served or written anywhere,
// and a subscriber of any format sees one updated entry under the id it has.
func TestNoByteOfWhatIsBlockedIsServedOrWritten(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"item":     {"g-secret"},
		"address":  {"--url", "https://one.example/secretlink"},
		"words":    {"--words", `title:/did it/`},
		"a source": {"--source", "one"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newBlockDesk(t)
			before := d.said()
			speaking := 0
			for _, body := range before {
				if strings.Contains(strings.ToLower(body), "secret") {
					speaking++
				}
			}
			if speaking < 22 {
				t.Fatalf("only %d places had it", speaking)
			}
			d.run(append([]string{"block", "--why", "a judge says so", "--by", "anna"}, args...)...)
			over := map[string]string{}
			d.pages(over) // at once, before any desk has run
			d.run("run", "--once")
			after := d.said()
			for _, said := range []map[string]string{over, after} {
				for where, body := range said {
					rest := strings.ReplaceAll(body, "one.example/secretlink*", "") // the order's own words
					if strings.Contains(strings.ToLower(rest), "secret") {
						t.Errorf("%s has it: %s", where, body)
					}
				}
			}
			changes := 1
			if name == "a source" {
				changes = 2
			}
			for _, path := range blockDocuments {
				d.oneUpdate(d.read(before, path), d.read(after, path), changes, path)
			}
			d.run(append([]string{"block", "--off"}, args...)...)
			d.run("run", "--once")
			lifted := d.said()
			for _, path := range blockDocuments {
				d.sameAgain(d.read(before, path), d.read(lifted, path), path)
			}
		})
	}
}

// oneUpdate holds what a subscriber had against what it has.
func (d *blockDesk) oneUpdate(before, after map[string]feeds.Item, changes int, path string) {
	d.t.Helper()
	if len(before) != 3 || len(after) != 3 {
		d.t.Errorf("%s: %d entries, then %d", path, len(before), len(after))
	}
	changed := 0
	for id, was := range before {
		is, ok := after[id]
		if !ok || !is.Published.Equal(was.Published) {
			d.t.Errorf("%s: %s of %s is now %v of %s", path, id, was.Published, ok, is.Published)
		}
		if is.Title == was.Title {
			continue
		}
		changed++
		if is.Title != "Withdrawn by the desk" || is.Link != "" || len(is.Enclosures) > 0 || is.Updated.Before(was.Published) {
			d.t.Errorf("%s: %+v", path, is)
		}
	}
	if changed != changes {
		d.t.Errorf("%s: %d entries changed, want %d", path, changed, changes)
	}
}

// sameAgain says that a subscriber has what it had, but for when it was updated.
func (d *blockDesk) sameAgain(before, after map[string]feeds.Item, path string) {
	d.t.Helper()
	ids := func(items map[string]feeds.Item) (all []string) {
		for id, it := range items {
			it.Updated = time.Time{}
			all = append(all, id+marshal(d.t, it))
		}
		slices.Sort(all)
		return all
	}
	if !slices.Equal(ids(before), ids(after)) {
		d.t.Errorf("%s, lifted:\n%q\nbefore:\n%q", path, ids(after), ids(before))
	}
}
