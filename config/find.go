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
// $WIREDESK_CONFIG, else the first there is of ./wiredesk.toml, the user's and
// the system's.
func Find(named string) (string, error) {
	if named == "" {
		named = os.Getenv("WIREDESK_CONFIG")
	}
	tried := []string{named}
	if named == "" {
		tried = []string{"wiredesk.toml"}
		if dir, err := os.UserConfigDir(); err == nil {
			tried = append(tried, filepath.Join(dir, "wiredesk", "wiredesk.toml"))
		}
		tried = append(tried, filepath.FromSlash("/etc/wiredesk/wiredesk.toml"))
	}
	for _, path := range tried {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w; tried %s; write one with: wiredesk init", ErrNoFile, strings.Join(tried, ", "))
}
