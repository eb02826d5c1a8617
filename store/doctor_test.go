package store_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/store"
)

func TestExamineFindsWhatContradictsItself(t *testing.T) {
	for want, damage := range map[string]string{
		"":                                  `SELECT 1`,
		"1 entries that show an item which": `UPDATE members SET record = 99`,
		"1 entries without an item":         `DELETE FROM members`,
		"1 items that no key leads to":      `DELETE FROM seen`,
		"1 editions with entries and no":    `DELETE FROM issues`,
		"1 items that search does not know": `DELETE FROM search`,
	} {
		dir := t.TempDir()
		db := filled(t, dir)
		raw, err := sql.Open("sqlite", filepath.Join(dir, "wiredesk.db"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := raw.Exec(damage); err != nil {
			t.Fatal(err)
		}
		if err := raw.Close(); err != nil {
			t.Fatal(err)
		}
		found, err := db.Examine(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, a := range found {
			said = append(said, a.What)
			if a.Cure == "" {
				t.Errorf("%s: nothing to do about it", a.What)
			}
		}
		if got := strings.Join(said, "\n"); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("after %q: %q, want %q", damage, got, want)
		}
	}
}

func TestExamineFindsDamagedPages(t *testing.T) {
	dir := t.TempDir()
	if err := filled(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "wiredesk.db")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	missed := 0
	for at := page; at < len(whole); at += 4 * page { // the first says what file it is
		hurt := bytes.Clone(whole)
		copy(hurt[at:], bytes.Repeat([]byte{0xff}, page))
		if err := os.WriteFile(path, hurt, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := store.OpenRead(t.Context(), dir)
		if err != nil {
			continue // so bad that it does not open
		}
		if found, err := db.Examine(t.Context()); err == nil && len(found) == 0 {
			missed++
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if missed > 0 {
		t.Errorf("%d damaged pages were not found", missed)
	}
}
