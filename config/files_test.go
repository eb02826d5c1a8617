package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const filesConfig = `version = 1
include = ["topics/*.toml"]
[site]
title = "Desk"
base_url = "https://desk.example"
tag = "desk.example,2026"
contact = "mailto:desk@desk.example"
metrics = true
[jobs]
backup = "0 3 * * *"
prune = ""
[sources.one]
url_file = "secret"
lang = "en"
[editions.syria]
topics = ["syria"]
`

// What a config was read from is known, so that a change of it can be seen; a
// file that is missing too, since it may come.
func TestAConfigKnowsItsFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("topics", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"wiredesk.toml":                         filesConfig,
		filepath.Join("topics", "syria.toml"):   "[topics.syria.strong]\nen = ['Syria']\n",
		filepath.Join("topics", "lebanon.toml"): "[topics.lebanon.strong]\nen = ['Beirut']\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, errs := Load("wiredesk.toml")
	if cfg == nil || len(errs) != 1 {
		t.Fatal(errs)
	}
	want := []string{"wiredesk.toml", "secret", filepath.Join("topics", "lebanon.toml"), filepath.Join("topics", "syria.toml")}
	if d := cmp.Diff(want, cfg.Files); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{filepath.Join("topics", "*.toml")}, cfg.Include); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Jobs{Backup: "0 3 * * *"}, cfg.Jobs); d != "" || cfg.Site.Metrics != "all" {
		t.Error(d, cfg.Site.Metrics)
	}
}

func TestAMainFileThatCannotBeReadIsHelpedByWhatHelps(t *testing.T) {
	for cause, help := range map[error]string{
		fs.ErrNotExist:   "wiredesk init writes one",
		fs.ErrPermission: "let the user",
	} {
		_, errs := load("wiredesk.toml", func(string) ([]byte, error) { return nil, &fs.PathError{Op: "open", Path: "wiredesk.toml", Err: cause} })
		if len(errs) != 1 || !strings.HasPrefix(errs[0].Help, help) {
			t.Errorf("%v: %v", cause, errs)
		}
	}
}
