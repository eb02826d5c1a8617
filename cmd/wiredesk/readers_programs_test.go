package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // newsboat's cache is a SQLite file
)

// run runs a program of others in a directory that is also its home.
func run(t *testing.T, dir string, env []string, name string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "HOME="+dir, "LANG=C.UTF-8"), env...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", name, err, out, errs.String())
	}
	return out
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func openDatabase(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func newsboatAbsent(*testing.T) string {
	if _, err := exec.LookPath("newsboat"); err != nil {
		return "newsboat is not installed"
	}
	return ""
}

func newsboat(t *testing.T, url string) []entryRead {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "urls"), url+"\n")
	write(t, filepath.Join(dir, "config"), "")
	for range 3 { // its cache takes in the validators of a feed that it knows: not those of the first fetch
		run(t, dir, nil, "newsboat", "-q", "-C", "config", "-u", "urls", "-c", "cache.db", "-x", "reload")
	}
	return newsboatItems(t, filepath.Join(dir, "cache.db"))
}

func newsboatItems(t *testing.T, cache string) (items []entryRead) {
	t.Helper()
	db := openDatabase(t, cache)
	defer db.Close()
	rows, err := db.Query(`SELECT guid, title, url, pubDate FROM rss_item`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var e entryRead
		if err := rows.Scan(&e.ID, &e.Title, &e.Link, &e.Published); err != nil {
			t.Fatal(err)
		}
		items = append(items, e)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return items
}

// python is Debian's own, which sees Debian's packages.
const python = "/usr/bin/python3"

func feedparserAbsent(t *testing.T) string {
	if err := exec.CommandContext(t.Context(), python, "-c", "import feedparser").Run(); err != nil {
		return "python3-feedparser is not installed"
	}
	return ""
}

func feedparser(t *testing.T, url string) []entryRead {
	return scripted(t, nil, python, "read_feedparser.py", url)
}

// scripted runs a script of testdata/readers, which prints what it read.
func scripted(t *testing.T, env []string, interpreter, script, url string) []entryRead {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "readers", script))
	if err != nil {
		t.Fatal(err)
	}
	out := run(t, t.TempDir(), env, interpreter, path, url)
	var got struct {
		Refused string
		Entries []entryRead
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	if got.Refused != "" {
		t.Logf("refused: %s", got.Refused)
		return nil
	}
	return got.Entries
}

// nodeModules is where .ci/run installs what comes from npm.
var nodeModules = filepath.Join("..", "..", ".ci", "npm", "node_modules")

func npmAbsent(name string) func(*testing.T) string {
	return func(*testing.T) string {
		if _, err := exec.LookPath("node"); err != nil {
			return "node is not installed"
		}
		if _, err := os.Stat(filepath.Join(nodeModules, name)); errors.Is(err, fs.ErrNotExist) {
			return name + " of npm is not installed: .ci/run does that"
		}
		return ""
	}
}

func npmReader(name string) func(*testing.T, string) []entryRead {
	return func(t *testing.T, url string) []entryRead {
		modules, err := filepath.Abs(nodeModules)
		if err != nil {
			t.Fatal(err)
		}
		return scripted(t, []string{"NODE_PATH=" + modules}, "node", name+".cjs", url)
	}
}

func rss2emailAbsent(*testing.T) string {
	if _, err := exec.LookPath("r2e"); err != nil {
		return "rss2email is not installed"
	}
	return ""
}

// rss2email makes a mail of each entry, in a maildir. It would date a mail by the
// last change of its entry, were it not told otherwise.
func rss2email(t *testing.T, url string) []entryRead {
	dir := t.TempDir()
	box := filepath.Join(dir, "mail", "INBOX", "new")
	if err := os.Mkdir(filepath.Join(dir, "mail"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "r2e.cfg"), fmt.Sprintf(`[DEFAULT]
from = desk@demo.example
to = reader@demo.example
email-protocol = maildir
maildir-path = %s
date-header = True
date-header-order = issued
[feed.demo]
url = %s
`, filepath.Join(dir, "mail"), url))
	for range 2 { // mails of a second fetch would be entries too many
		run(t, dir, nil, "r2e", "-c", "r2e.cfg", "-d", "r2e.json", "run")
	}
	names, err := filepath.Glob(filepath.Join(box, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var entries []entryRead
	for _, name := range names {
		entries = append(entries, mailed(t, name))
	}
	return entries
}

// mailed reads the entry back from its mail's headers.
func mailed(t *testing.T, path string) entryRead {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	date, err := m.Header.Date()
	if err != nil {
		t.Fatal(err)
	}
	header := func(name string) string {
		text, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(text)
	}
	return entryRead{header("X-RSS-ID"), header("Subject"), header("X-RSS-URL"), date.Unix()}
}
