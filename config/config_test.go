package config

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// expected are the messages that a fixture's leading comments name.
func expected(t *testing.T, path string) (want []string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for sc := bufio.NewScanner(bytes.NewReader(data)); sc.Scan(); {
		line, ok := strings.CutPrefix(sc.Text(), "# ")
		if !ok {
			break
		}
		want = append(want, line)
	}
	return want
}

// Each file of testdata/bad says in its first lines what check must say of it,
// with line and column, and nothing else may be said.
func TestEveryMistakeHasItsPlaceAndItsWords(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "bad", "*.toml"))
	if err != nil || len(files) < 35 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, path := range files {
		_, errs := Load(path)
		var got []string
		for _, e := range errs {
			got = append(got, strings.TrimPrefix(e.Error(), path+":"))
		}
		if d := cmp.Diff(expected(t, path), got); d != "" {
			t.Errorf("%s: %s", path, d)
		}
	}
}

func TestTheExampleIsWithoutMistakeOrWarning(t *testing.T) {
	cfg, errs := Parse("wiredesk.toml", Example(2026))
	for _, e := range errs {
		t.Error(e.Format())
	}
	if len(cfg.Sources) < 25 || cfg.Site.Tag != "news.example.org,2026" {
		t.Errorf("%d sources, tag %s", len(cfg.Sources), cfg.Site.Tag)
	}
	langs := map[string]int{}
	for _, s := range cfg.Sources {
		langs[s.Lang]++
		if strings.Contains(s.ID, "sana") && s.Label != "state media" {
			t.Errorf("%s has no label", s.ID)
		}
	}
	for _, l := range []string{"en", "ar", "fr", "tr"} {
		if langs[l] == 0 {
			t.Errorf("no source in %s", l)
		}
	}
}

func TestAMistakeIsShownInItsLine(t *testing.T) {
	_, errs := Parse("desk.toml", []byte("version = 1\n[topics.syria]\nexlude = ['Steam']\n"))
	var got string
	for _, e := range errs {
		if strings.Contains(e.Msg, "exlude") {
			got = e.Format()
		}
	}
	want := "desk.toml:3:1: error: unknown key \"exlude\" in [topics.syria]\n" +
		"    3 | exlude = ['Steam']\n" +
		"      | ^^^^^^\n" +
		"      = help: did you mean \"reject\"? (allowed: title, sources, aim, strong, weak, ignore, reject, tests)"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestNoCaretUnderRightToLeftText(t *testing.T) {
	e := Error{Pos: Pos{"x", 1, 5}, Msg: "m", Source: "ar = ['دمشق']", Width: 3}
	if strings.Contains(e.Format(), "^") {
		t.Errorf("a terminal would reorder the line:\n%s", e.Format())
	}
}

func TestColumnsCountCharacters(t *testing.T) {
	cfg, _ := Parse("x", []byte("version = 1\n[topics.syria.strong]\nar = ['دمشق', 'حلب']\n"))
	if e := cfg.ErrorAt("topics.syria.strong.ar[1]", 2, "m", ""); e.Pos.Line != 3 || e.Pos.Col != 18 {
		t.Errorf("got %d:%d, want 3:18", e.Pos.Line, e.Pos.Col)
	}
}

func TestValuesAndPresets(t *testing.T) {
	cfg, errs := Parse("x", []byte(`version = 1
[site]
title = "Desk"
base_url = "https://desk.example/"
tag = "desk.example,2026"
contact = "mailto:desk@desk.example"
timezone = "Asia/Damascus"
[defaults]
fetch = "every 30m"
keep = "60d"
excerpt = 0
[sources.one]
url = "https://one.example/feed"
fetch = "*/20 6-23 * * *"
tags = "agency"
[topics.syria]
[topics.syria.strong]
en = 'Syria'
[editions.syria]
topics = ["syria"]
`))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	want := Defaults{Fetch: Schedule{Every: 30 * time.Minute}, MinFetch: 15 * time.Minute, Keep: 60 * 24 * time.Hour, KeepMatched: 3 * 365 * 24 * time.Hour}
	if d := cmp.Diff(want, cfg.Defaults); d != "" {
		t.Error(d)
	}
	s := cfg.Sources[0]
	if s.Fetch.Cron != "*/20 6-23 * * *" || s.Weight != 1 || s.Images != "none" || s.Tags[0] != "agency" || s.Excerpt != 0 {
		t.Errorf("%+v", s)
	}
	if cfg.Site.BaseURL != "https://desk.example" || cfg.Site.Timezone.String() != "Asia/Damascus" || cfg.Site.Listen != "127.0.0.1:8080" {
		t.Errorf("%+v", cfg.Site)
	}
	if e := cfg.Editions[0]; e.Items != 100 || e.Span != 48*time.Hour || e.Group != "story" || len(e.Formats) != 4 {
		t.Errorf("%+v", e)
	}
}

func TestIncludesAndSecrets(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"topics/syria.toml": "[topics.syria.strong]\nen = ['Syria']\n[topics.syria]\naim = 'strict'\n",
		"sources.opml": `<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "b">]><opml version="2.0"><body><outline text="folder"><outline text="One &amp; Only" xmlUrl="https://one.example/feed"/>
			<outline text="One &amp; Only" xmlUrl="https://two.example/feed"/></outline></body></opml>`,
		"secret": "https://three.example/feed?token=abc\n",
		"main.toml": `version = 1
include = ["topics/*.toml", "sources.opml"]
[site]
title = "Desk"
base_url = "https://desk.example"
tag = "desk.example,2026"
contact = "mailto:desk@desk.example"
[sources.three]
url_file = "secret"
[editions.syria]
topics = ["syria"]
`,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, errs := Load(filepath.Join(dir, "main.toml"))
	for _, e := range errs {
		t.Error(e.Format())
	}
	var ids []string
	for _, s := range cfg.Sources {
		ids = append(ids, s.ID+" "+s.URL)
	}
	want := []string{"three https://three.example/feed?token=abc", "one-only https://one.example/feed", "one-only-2 https://two.example/feed"}
	if d := cmp.Diff(want, ids); d != "" || cfg.Topics[0].Aim != "strict" {
		t.Error(d, cfg.Topics[0].Aim)
	}
}

func TestHostileOPMLMeetsALimit(t *testing.T) {
	for name, text := range map[string]string{
		"nested":   strings.Repeat("<outline>", 1000),
		"too many": "<opml>" + strings.Repeat("<outline/>", maxOutlines+1),
		"too long": strings.Repeat(" ", maxOPML+1),
		"broken":   "<opml><outline",
	} {
		r := &reader{cfg: &Config{places: map[string]span{}}}
		if err := r.opml("x.opml", []byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestFindNamesEveryPathTried(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "xdg"))
	t.Setenv("WIREDESK_CONFIG", "")
	_, err := Find("")
	if !errors.Is(err, ErrNoFile) {
		t.Fatal(err)
	}
	for _, want := range []string{"wiredesk.toml", "xdg", filepath.FromSlash("/etc/wiredesk"), "wiredesk init"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	if err := os.WriteFile("wiredesk.toml", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if path, err := Find(""); path != "wiredesk.toml" || err != nil {
		t.Errorf("%s %v", path, err)
	}
	t.Setenv("WIREDESK_CONFIG", "elsewhere.toml")
	if _, err := Find(""); err == nil || !strings.Contains(err.Error(), "elsewhere.toml") {
		t.Errorf("$WIREDESK_CONFIG: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(string(Example(2026)))
	f.Add("[a]\nb = [1, {c = 'd'}]\n[[a.x]]\n")
	f.Add("a.b.c = 1\n[a.b]\n")
	f.Fuzz(func(t *testing.T, text string) {
		cfg, errs := Parse("x", []byte(text))
		lines := strings.Count(text, "\n") + 1
		for _, e := range errs {
			if e.Pos.File == "x" && (e.Pos.Line < 0 || e.Pos.Line > lines) {
				t.Errorf("%v is outside the file of %d lines", e, lines)
			}
			_ = e.Format()
		}
		if cfg == nil && len(errs) == 0 {
			t.Error("neither a config nor a mistake")
		}
	})
}
