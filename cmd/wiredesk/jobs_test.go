package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

func TestEveryJobOfTheConfigIsDone(t *testing.T) {
	work := (&newsroom{}).jobs().Work
	for f := range reflect.TypeFor[config.Jobs]().Fields() {
		if name := strings.ToLower(f.Name); work[name] == nil {
			t.Errorf("nobody does %s", name)
		}
	}
}

// run --once has no daemon that would do the jobs at their times.
func TestARoundDoesTheJobsThatCameDue(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "wiredesk.toml")
	cfg := daemonConfig("127.0.0.1:0", "http://127.0.0.1:1/") + "[jobs]\nbackup = \"0 3 * * *\"\n"
	if err := os.WriteFile(path, []byte(cfg), 0o600); err != nil {
		t.Fatal(err)
	}
	n := testNewsroom(t, path)
	backups := func() int {
		all, err := filepath.Glob(filepath.Join(dir, "data", "backups", "*.db"))
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	for i, want := range []int{0, 1, 1} { // the first round, one a day later, one right after that
		n.poller.Now = time.Now
		if i == 0 {
			n.poller.Now = func() time.Time { return time.Now().Add(-25 * time.Hour) }
		}
		if _, _, err := n.once(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := backups(); got != want {
			t.Errorf("round %d: %d backups, want %d", i, got, want)
		}
	}
}
