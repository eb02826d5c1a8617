package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestFoldersAndCategoriesBecomeTags(t *testing.T) {
	got, err := ReadOPML([]byte(`<opml><body>
		<outline text="Middle East"><outline title="الوكالات">
			<outline text=" One
			two " xmlUrl=" https://one.example/feed " language="ar-SY" category="/News/Middle East,wire"/>
		</outline></outline>
		<outline TEXT="Three" xmlURL="https://three.example/feed"/></body></opml>`))
	want := []Outline{
		{URL: "https://one.example/feed", Title: "One two", Lang: "ar-SY", Tags: []string{"middle-east", "الوكالات", "news", "wire"}},
		{URL: "https://three.example/feed", Title: "Three"},
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Outline{})); err != nil || d != "" {
		t.Error(err, d)
	}
}

// TestOPMLOfOthers reads what other projects found in the wild: all that is whole.
func TestOPMLOfOthers(t *testing.T) {
	dir := os.Getenv("WIREDESK_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("WIREDESK_REQUIRE") == "all" {
			t.Fatal(err)
		}
		t.Skip("no shared test data: set WIREDESK_DATA")
	}
	files, err := filepath.Glob(filepath.Join(dir, "hostile", "opml", "*", "*.*ml"))
	if err != nil || len(files) < 30 {
		t.Fatal(len(files), err)
	}
	refused := map[string]bool{ // no </opml>
		"end-element-missing.xml": true, "missingOpml.opml": true, "end-element-unexpected.xml": true, "end-element-unexpected-with-prefix.xml": true,
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadOPML(data); (err != nil) != refused[filepath.Base(name)] {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
	}
}

func TestSourcesGoBehindTheLastOneAndTheRestStays(t *testing.T) {
	const topics = "\n# subjects\n[topics.syria.strong]\nen = ['Syria']\n[editions.syria]\ntopics = ['syria']\n"
	const site = "version = 1\n[site]\ntitle = 'Desk'\nbase_url = 'https://desk.example'\ntag = 'desk.example,2026'\ncontact = 'mailto:d@desk.example'\n"
	one, two := Source{URL: "https://new.example/feed", Title: `The "New"`, Lang: "en", Tags: []string{"a", "b"}}, Source{URL: "https://two.example/'x'"}
	const table = "[sources.the-new]\nurl   = \"https://new.example/feed\"\nlang  = \"en\"\ntitle = 'The \"New\"'\ntags  = [\"a\", \"b\"]\n"
	const table2 = "[sources.two-example]\nurl = \"https://two.example/'x'\"\n"
	for name, row := range map[string]struct{ before, after, want string }{
		"close":   {site + "[sources.old]\nurl = 'https://old.example/'\n", "# [sources.later]\n" + topics, table + table2},
		"spaced":  {site + "\n# ours\n[sources.old]\nurl = 'https://old.example/' # good\n", topics, "\n" + table + "\n" + table2},
		"headers": {site + "[sources.old]\nurl = 'https://old.example/'\n[sources.old.headers]\nA = 'b'\n", topics, table + table2},
		"none":    {site + topics, "", "\n" + table + "\n" + table2},
		"keys":    {site + "[sources]\nold.url = 'https://old.example/'\n", topics, table + table2},
	} {
		path := filepath.Join(t.TempDir(), "main.toml")
		if err := os.WriteFile(path, []byte(row.before+row.after), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, _ := Load(path)
		change, err := cfg.AddSources(one, two)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(row.before+row.want+row.after, string(change.New)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		after, errs := change.Load()
		if len(errs) > 0 || len(after.Sources) != len(cfg.Sources)+2 {
			t.Errorf("%s: %v", name, errs)
		}
	}
}

func TestWhatCannotBeASourceIsToldWithoutItsAddress(t *testing.T) {
	cfg := &Config{Sources: []*Source{{ID: "old", URL: "https://www.old.example/feed/"}}}
	sources, skipped := cfg.Import([]Outline{
		{Title: "Same", URL: "http://old.example/feed"},
		{Title: "Mine", URL: "https://me:hush@own.example/"},
		{Title: "Script", URL: "javascript:hush"},
		{Title: "Old", URL: "https://new.example/"},
		{Title: "Again", URL: "https://new.example"},
	})
	if len(sources) != 1 || sources[0].ID != "old-2" || len(skipped) != 4 || strings.Contains(fmt.Sprint(skipped), "hush") {
		t.Error(sources, skipped)
	}
	if !strings.Contains(skipped[0], "sources.old") || !strings.Contains(skipped[3], "sources.old-2") {
		t.Error(skipped)
	}
}

func TestSourcesInBracesAreNotTouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "main.toml")
	if err := os.WriteFile(path, []byte("version = 1\nsources = { old = { url = 'https://old.example/' } }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _ := Load(path)
	if _, err := cfg.AddSources(Source{URL: "https://new.example/"}); err == nil || !strings.Contains(err.Error(), "braces") {
		t.Error(err)
	}
}

func TestAChangedOPMLIsReadByTheNextLoad(t *testing.T) {
	path := folder(t, `"feeds.opml"`, map[string]string{"feeds.opml": `<opml><outline text="One" xmlUrl="https://one.example/"/></opml>`})
	before, _ := Load(path)
	two := `<opml><outline text="One" xmlUrl="https://one.example/"/><outline text="Two" xmlUrl="https://two.example/"/></opml>`
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "feeds.opml"), []byte(two), 0o600); err != nil {
		t.Fatal(err)
	}
	after, errs := Load(path)
	if len(errs) > 0 || len(after.Sources) != len(before.Sources)+1 || after.Sources[len(after.Sources)-1].ID != "two" {
		t.Error(errs, after.Sources)
	}
}
