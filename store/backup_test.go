package store_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/store"
)

// filled is a store of one item under one entry of an edition.
func filled(t *testing.T, dir string) *store.DB {
	t.Helper()
	db := open(t, dir)
	if err := db.Save(t.Context(), batch("one", noon, record("one", "g:1", "Ovens lit", noon))); err != nil {
		t.Fatal(err)
	}
	e := aggregator.Entry{Edition: "syria", ID: "tag:1", Story: 1, Part: 1, Published: noon, Updated: noon,
		Lead: aggregator.Telling{Record: 1, Source: "one", Title: "Ovens lit"}}
	f := aggregator.Filing{At: noon, Plan: "p", Decisions: []aggregator.Decision{{Record: 1, Rev: 1, Story: 1}},
		Entries: []aggregator.Entry{e}, Changed: []aggregator.Issue{{Edition: "syria", Print: "look"}}}
	if err := db.File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestABackupRestoresTheSameEntriesAndNoOlderVersion(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "copy.db")
	db := filled(t, dir)
	size, err := db.Backup(t.Context(), file)
	if err != nil || size == 0 {
		t.Fatal(size, err)
	}
	was, entries, err := db.Edition(t.Context(), "syria", 10, 10, 0)
	if err != nil {
		t.Fatal(err)
	}
	late := batch("one", noon.Add(time.Hour), record("one", "g:2", "Lost again", noon.Add(time.Hour)))
	if err := db.Save(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	now := noon.Add(2 * time.Hour)
	aside, err := store.Restore(t.Context(), dir, file, false, now)
	if err != nil {
		t.Fatal(err)
	}
	again := open(t, dir)
	is, got, err := again.Edition(t.Context(), "syria", 10, 10, 0)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(entries, got); d != "" {
		t.Error(d)
	}
	if is.Version <= was.Version || !is.ChangedAt.Equal(now) {
		t.Errorf("issue %+v after %+v: readers would keep what they have", is, was)
	}
	if found, err := again.Record(t.Context(), "g:2"); err != nil || len(found) != 0 {
		t.Errorf("%d records that came after the backup, %v", len(found), err)
	}
	old, err := os.ReadFile(aside)
	if err != nil || !bytes.HasPrefix(old, []byte("SQLite format 3")) {
		t.Errorf("what was there is not kept at %s: %v", aside, err)
	}
}

func TestABackupBesideAWriterIsOfOneMoment(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	var saving sync.WaitGroup
	saving.Go(func() {
		for n := range 200 {
			key := fmt.Sprintf("g:%d", n)
			if err := db.Save(t.Context(), batch("one", noon, record("one", key, key, noon))); err != nil {
				t.Error(err)
			}
		}
	})
	beside, err := store.OpenRead(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	for n := range 3 {
		file := filepath.Join(t.TempDir(), "copy.db")
		if _, err := beside.Backup(t.Context(), file); err != nil {
			t.Fatal(n, err)
		}
		empty := t.TempDir()
		if _, err := store.Restore(t.Context(), empty, file, false, noon); err != nil {
			t.Fatal(n, err)
		}
	}
	saving.Wait()
}

func TestWhatIsNoBackupOfThisDeskIsRefusedAndNothingMoves(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	db := filled(t, dir)
	foreign := filepath.Join(elsewhere, "foreign.db")
	if _, err := filled(t, t.TempDir()).Backup(t.Context(), foreign); err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(elsewhere, "own.db")
	if _, err := db.Backup(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Backup(t.Context(), own); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("a backup replaces a file: %v", err)
	}
	if _, err := store.Restore(t.Context(), dir, own, false, noon); err == nil || !strings.Contains(err.Error(), "another wiredesk") {
		t.Errorf("restored under a running desk: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"text.db": []byte("hello"), "half.db": whole[:len(whole)/2]}
	hurt := bytes.Clone(whole)
	copy(hurt[len(hurt)/2:], bytes.Repeat([]byte{0xff}, 4096))
	files["hurt.db"] = hurt
	for name, content := range files {
		path := filepath.Join(elsewhere, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Restore(t.Context(), dir, path, false, noon); err == nil {
			t.Errorf("%s was restored", name)
		}
	}
	if _, err := store.Restore(t.Context(), dir, foreign, false, noon); err == nil || !strings.Contains(err.Error(), "--other") {
		t.Errorf("another desk's backup: %v", err)
	}
	again := open(t, dir)
	if found, err := again.Record(t.Context(), "g:1"); err != nil || len(found) != 1 {
		t.Errorf("%d records after refusals, %v", len(found), err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Restore(t.Context(), dir, foreign, true, noon); err != nil {
		t.Errorf("--other: %v", err)
	}
}

func TestAJournalWithoutItsDatabaseIsNotPlayedIntoTheRestoredOne(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "copy.db")
	db := filled(t, dir)
	if _, err := db.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	wal, err := os.ReadFile(filepath.Join(dir, "wiredesk.db-wal"))
	if err != nil || len(wal) == 0 {
		t.Fatal("no journal to leave behind:", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "wiredesk.db")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "wiredesk.db-wal"), wal, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Restore(t.Context(), dir, file, false, noon); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir)
	if found, err := again.Examine(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}
