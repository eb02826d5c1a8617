package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wiredesk/wiredesk/aggregator"
)

// testNewsroom opens what a config file says, and closes it with the test.
func testNewsroom(t testing.TB, path string) *newsroom {
	t.Helper()
	plan, err := compile(path, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	n, err := open(t.Context(), plan, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return n
}

func scrape(t *testing.T, h http.Handler) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	return w.Body.String()
}

func batchOf(source string) aggregator.Batch {
	return aggregator.Batch{State: aggregator.State{Source: source}, Dropped: true}
}

// The job writes a backup and keeps the newest seven; what somebody has named
// otherwise stays.
func TestTheBackupJobKeepsTheNewest(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "wiredesk.toml")
	if err := os.WriteFile(path, []byte(daemonConfig("127.0.0.1:0", "http://127.0.0.1:1/")), 0o600); err != nil {
		t.Fatal(err)
	}
	n := testNewsroom(t, path)
	backups := filepath.Join(dir, "data", "backups")
	if err := os.MkdirAll(backups, 0o700); err != nil {
		t.Fatal(err)
	}
	old := []string{"wiredesk-20200101T030000Z.db", "wiredesk-20200102T030000Z.db", "wiredesk-20200103T030000Z.db",
		"wiredesk-20200104T030000Z.db", "wiredesk-20200105T030000Z.db", "wiredesk-20200106T030000Z.db", "wiredesk-20200107T030000Z.db"}
	for _, name := range append(old, "before-the-move.db", "wiredesk-keep.db") {
		if err := os.WriteFile(filepath.Join(backups, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.backup(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(backups)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	fresh := 0
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Size() > 0 {
			fresh++ // the one just written
			continue
		}
		left = append(left, e.Name())
	}
	want := append([]string{"before-the-move.db"}, append(old[1:], "wiredesk-keep.db")...)
	if !slices.Equal(left, want) || fresh != 1 {
		t.Errorf("%d new, and %q", fresh, left)
	}
}
