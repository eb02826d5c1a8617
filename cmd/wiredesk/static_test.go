package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// filesBelow lists files by their names from a folder, but for the one that knows them.
func filesBelow(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if rel, relErr := filepath.Rel(dir, name); relErr == nil && rel != "." && rel != ".wiredesk-files" {
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// What we wrote goes when it is published no more: a format, an edition that was
// renamed, one that is private now. What others wrote stays, and so does a file of
// ours that somebody has changed, and a folder with something in it.
func TestFilesOfWhatIsPublishedNoMoreGo(t *testing.T) {
	n, config := renameDesk(t)
	static := filepath.Join(t.TempDir(), "public")
	config = strings.Replace(config, "[site]\n", "[site]\nstatic = \""+static+"\"\n", 1)
	adopt(t, n, config)
	put := func(name string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(static, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(static, name), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("notes.rss")
	put("spare/picture.png")
	put("other/index.html")
	fixed := []string{"feed.css", "feeds.opml", "index.html", "notes.rss", "other", "other/index.html"}
	want := func(names ...string) {
		t.Helper()
		var all []string
		for _, name := range filesBelow(t, static) {
			if !strings.HasPrefix(name, "style.css") {
				all = append(all, name)
			}
		}
		if d := cmp.Diff(append(fixed, names...), all); d != "" {
			t.Error(d)
		}
	}
	want("spare", "spare/archive", "spare/archive/index.html", "spare/index.html", "spare/picture.png", "spare.atom", "spare.json", "spare.rss",
		"syria", "syria/archive", "syria/archive/index.html", "syria/index.html", "syria.atom", "syria.json", "syria.rss")
	put("syria.json") // somebody changes ours
	fewer := strings.Replace(config, "[editions.syria]\n", "[editions.tidings]\nwas = [\"syria\"]\nformats = [\"atom\"]\n", 1)
	n2 := strings.Replace(fewer, "[editions.spare]\n", "[editions.spare]\nformats = [\"rss\"]\n", 1)
	adopt(t, n, n2)
	want("spare", "spare/picture.png", "spare.rss", "syria.json", "tidings.atom")
	adopt(t, n, strings.Replace(n2, "[editions.tidings]\n", "[editions.tidings]\nprivate = true\n", 1))
	token := strings.TrimPrefix(pathOf(t, addressesOf(t, n, "tidings")["atom"]), "/")
	if _, err := os.Stat(filepath.Join(static, token)); err != nil {
		t.Error(err)
	}
	known, err := os.ReadFile(filepath.Join(static, ".wiredesk-files"))
	if err != nil || strings.Contains(string(known), strings.TrimSuffix(token, ".atom")) {
		t.Error("the address of a private edition stands in a file", err)
	}
	adopt(t, n, n2)
	want("spare", "spare/picture.png", "spare.rss", "syria.json", "tidings.atom")
}
