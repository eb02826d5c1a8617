package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.toml")
	if err := os.WriteFile(bad, []byte("version = 2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	allFail := filepath.Join(dir, "fail.toml")
	if err := os.WriteFile(allFail, []byte(closedConfig), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		args []string
		want int
	}{
		"version":            {[]string{"version"}, 0},
		"unknown verb":       {[]string{"publish"}, exitUsage},
		"unknown flag":       {[]string{"run", "--twice"}, exitUsage},
		"no such config":     {[]string{"check", "-c", filepath.Join(dir, "none.toml")}, exitConfig},
		"bad config":         {[]string{"check", "-c", bad}, exitConfig},
		"run on bad config":  {[]string{"run", "-c", bad}, exitConfig},
		"no item":            {[]string{"parse", filepath.Join(dir, "none.xml")}, exitFailed},
		"unknown topic":      {[]string{"preview", "siria", "-c", allFail}, exitUsage},
		"no length":          {[]string{"preview", "syria", "--since", "7", "-c", allFail}, exitUsage},
		"against bad config": {[]string{"preview", "syria", "--against", bad, "-c", allFail}, exitConfig},
		"no such edition":    {[]string{"editions", "renew", "siria", "-c", allFail}, exitUsage},
		"not private":        {[]string{"editions", "renew", "syria", "-c", allFail}, exitUsage},
		"no such shell":      {[]string{"completion", "bsh"}, exitUsage},
		"bad query":          {[]string{"search", "(x", "-c", allFail}, exitUsage},
		"bad order":          {[]string{"search", "x", "--by", "date"}, exitUsage},
		"every source fails": {[]string{"run", "--once", "-c", allFail}, exitAllFailed},
	} {
		var out, errs bytes.Buffer
		if got := execute(t.Context(), row.args, strings.NewReader(""), &out, &errs); got != row.want {
			t.Errorf("%s: exit %d, want %d\n%s%s", name, got, row.want, out.String(), errs.String())
		}
	}
}

// closedConfig polls an address that the guard does not let through.
const closedConfig = `version = 1
[site]
title = "Desk"
base_url = "https://desk.example"
tag = "desk.example,2026"
contact = "mailto:desk@desk.example"
[sources.closed]
url = "http://127.0.0.1:8080/feed"
lang = "en"
[topics.syria]
title = "Syria"
[topics.syria.strong]
en = ['Syria']
[editions.syria]
topics = ["syria"]
`
