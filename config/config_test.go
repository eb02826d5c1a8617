package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

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
		"      = help: did you mean \"reject\"? (allowed: title, sources, aim, query, strong, weak, ignore, reject, tests, was)"
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

func TestLinkRulesStartFromTheFolderOfTheFile(t *testing.T) {
	cfg, errs := Load(filepath.Join("testdata", "good", "every-key.toml"))
	want, err := filepath.Abs(filepath.Join("testdata", "good", "parts", "clearurls.json"))
	if err != nil || len(errs) > 0 {
		t.Fatal(err, errs)
	}
	if cfg.Site.LinkRules != want {
		t.Errorf("%s, want %s", cfg.Site.LinkRules, want)
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

func TestAnEntryWaitsTenMinutesUnlessToldOtherwise(t *testing.T) {
	for line, want := range map[string]time.Duration{"": 10 * time.Minute, `hold = "0m"`: 0, `hold = "90s"`: 90 * time.Second} {
		cfg, errs := Parse("x.toml", []byte(`version = 1
[site]
title = "Desk"
base_url = "https://desk.example"
tag = "desk.example,2026"
contact = "mailto:desk@desk.example"
[sources.one]
url = "https://one.example/feed"
lang = "en"
[topics.syria.strong]
en = ['Syria']
[editions.syria]
topics = ["syria"]
`+line))
		if len(errs) != 0 || cfg.Editions[0].Hold != want {
			t.Errorf("%q: %s, %v; want %s", line, cfg.Editions[0].Hold, errs, want)
		}
	}
}
