package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

// watched is a config of three files in a folder, read at a moment long after they
// were written.
func watched(t *testing.T) (*watch, time.Time) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.Mkdir("topics", 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, "wiredesk.toml", "include = ['topics/*.toml']\n"+daemonConfig("127.0.0.1:0", "http://127.0.0.1:1/"))
	put(t, filepath.Join("topics", "sport.toml"), "[topics.sport.strong]\nen = ['cup final']\n")
	cfg, errs := config.Load("wiredesk.toml")
	if cfg == nil || len(errs) > 0 {
		t.Fatal(errs)
	}
	read := time.Now().Add(time.Hour)
	return newWatch(cfg, read), read
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// settles looks as often as the loop would, and says whether a change is read.
func settles(w *watch, now time.Time) bool {
	for i := range 5 {
		if due, _ := w.look(now.Add(time.Duration(i) * watchSettle)); due {
			return true
		}
	}
	return false
}

// Without any event, as on a bind mount, a change is seen by looking.
func TestAChangeIsSeenWithoutEvents(t *testing.T) {
	sport := filepath.Join("topics", "sport.toml")
	for name, change := range map[string]func(t *testing.T){
		"the main file":       func(t *testing.T) { put(t, "wiredesk.toml", "version = 1\n") },
		"an included file":    func(t *testing.T) { put(t, sport, "[topics.sport]\n") },
		"its time alone":      func(t *testing.T) { touch(t, sport) },
		"a new file":          func(t *testing.T) { put(t, filepath.Join("topics", "a.toml"), "") },
		"a file that is gone": func(t *testing.T) { remove(t, sport) },
		"another in its place": func(t *testing.T) {
			put(t, "new", "[topics.sport]\n")
			if err := os.Rename("new", sport); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, now := watched(t)
			if settles(w, now) {
				t.Fatal("something has changed before")
			}
			change(t)
			if !settles(w, now) {
				t.Error("not seen")
			}
			if settles(w, now) {
				t.Error("seen twice")
			}
		})
	}
}

func touch(t *testing.T, name string) {
	t.Helper()
	later := time.Now().Add(time.Minute)
	if err := os.Chtimes(name, later, later); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, name string) {
	t.Helper()
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
}

// What an editor does in several steps is read once, when it has come to rest.
func TestAChangeIsReadWhenItHasSettled(t *testing.T) {
	w, now := watched(t)
	for i := range 10 {
		put(t, "wiredesk.toml", "version = 1\n"+string(make([]byte, i)))
		if due, soon := w.look(now.Add(time.Duration(i) * watchSettle * 2)); due || !soon {
			t.Fatalf("step %d: due %v, soon %v", i, due, soon)
		}
	}
	if due, _ := w.look(now.Add(21 * watchSettle)); !due {
		t.Error("never read")
	}
}

// An edit between the reading of the config and the first look is not lost.
func TestAnEditDuringTheStartIsSeen(t *testing.T) {
	_, _ = watched(t)
	cfg, _ := config.Load("wiredesk.toml")
	read := time.Now().Add(-time.Minute)
	touch(t, "wiredesk.toml")
	if !settles(newWatch(cfg, read), time.Now()) {
		t.Error("not seen")
	}
}

// A file that a broken config includes is watched: mending it must be seen.
func TestTheFileWithTheMistakeIsWatched(t *testing.T) {
	w, _ := watched(t)
	put(t, "extra.toml", "[topics.\n")
	put(t, "wiredesk.toml", "include = ['topics/*.toml', 'extra.toml']\n"+daemonConfig("127.0.0.1:0", "http://127.0.0.1:1/"))
	cfg, errs := config.Load("wiredesk.toml")
	if cfg != nil {
		t.Fatal("the config is no mistake")
	}
	w.follow(cfg, errs)
	if !slices.Contains(w.names(), "extra.toml") {
		t.Errorf("watches %q", w.names())
	}
	if want := []string{".", "topics"}; !slices.Equal(w.folders(), want) {
		t.Errorf("folders %q, want %q", w.folders(), want)
	}
}
