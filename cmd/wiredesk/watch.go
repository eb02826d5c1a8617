package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

// How a changed config is noticed. Editors write in several steps, and mounted
// files send no events.
const (
	watchSettle = 250 * time.Millisecond // a change is read once it has stood this long
	watchPoll   = 2 * time.Second        // files are looked at, events or not
)

// A watch notices that the files of a config have changed: their sizes and times,
// and which files its patterns find. It looks only; see newsroom.reloading.
type watch struct {
	files    []string
	patterns []string
	read     string // the stamp that was last read, or is about to be
	last     string // the stamp last seen
	since    time.Time
}

// newWatch watches a config that was read at a moment. What has changed since
// then counts as a change.
func newWatch(cfg *config.Config, read time.Time) *watch {
	w := &watch{}
	w.follow(cfg, nil)
	w.read = w.stamp()
	for _, name := range w.names() {
		if info, err := os.Stat(name); err == nil && !info.ModTime().Before(read) {
			w.read = ""
		}
	}
	w.last = w.read
	return w
}

// follow takes the files of a config that was read, whatever came of it. Without
// one it goes on with those of the last, and those that the mistakes stand in.
func (w *watch) follow(cfg *config.Config, mistakes []config.Error) {
	if cfg != nil {
		w.files, w.patterns = slices.Clone(cfg.Files), slices.Clone(cfg.Include)
	}
	for _, e := range mistakes {
		if !slices.Contains(w.files, e.Pos.File) {
			w.files = append(w.files, e.Pos.File)
		}
	}
}

// names are the files that are there, or should be.
func (w *watch) names() []string {
	names := slices.Clone(w.files)
	for _, p := range w.patterns {
		found, _ := filepath.Glob(p) // a bad pattern finds nothing, and check has said so
		names = append(names, found...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// folders are where those files are, or may come.
func (w *watch) folders() []string {
	var dirs []string
	for _, name := range append(w.names(), w.patterns...) {
		dirs = append(dirs, filepath.Dir(name))
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// stamp sums how the files stand.
func (w *watch) stamp() string {
	var b strings.Builder
	for _, name := range w.names() {
		info, err := os.Stat(name)
		if err != nil {
			fmt.Fprintf(&b, "%q gone\n", name)
			continue
		}
		fmt.Fprintf(&b, "%q %d %d\n", name, info.Size(), info.ModTime().UnixNano())
	}
	return b.String()
}

// look says whether a change has settled and is to be read, or else whether to
// look again soon. Once due, it counts as read.
func (w *watch) look(now time.Time) (due, soon bool) {
	stamp := w.stamp()
	if stamp == w.read {
		w.last = stamp
		return false, false
	}
	if stamp != w.last {
		w.last, w.since = stamp, now
		return false, true
	}
	if now.Sub(w.since) < watchSettle {
		return false, true
	}
	w.read = stamp
	return true, false
}
