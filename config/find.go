package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ErrNoFile is answered when no config file is found; the error around it names
// every path tried.
var ErrNoFile = errors.New("no config file")

// Find returns the config file to read: the one named, else that of
// $WIREDESK_CONFIG, else the first there is of ./wiredesk.toml, the user's
// ($XDG_CONFIG_HOME, else ~/.config) and the system's.
func Find(named string) (string, error) {
	if named == "" {
		named = os.Getenv("WIREDESK_CONFIG")
	}
	tried := []string{named}
	if named == "" {
		tried = usual()
	}
	for _, path := range tried {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w; tried %s; write one with: wiredesk init", ErrNoFile, strings.Join(tried, ", "))
}

// usual are the paths looked at when none is named.
func usual() []string {
	paths := []string{"wiredesk.toml"}
	dir := os.Getenv("XDG_CONFIG_HOME")
	if home, err := os.UserHomeDir(); err == nil && !filepath.IsAbs(dir) { // the XDG specification: a relative one is ignored
		dir = filepath.Join(home, ".config")
	}
	if dir != "" {
		paths = append(paths, filepath.Join(dir, "wiredesk", "wiredesk.toml"))
	}
	return append(paths, filepath.FromSlash("/etc/wiredesk/wiredesk.toml"))
}
