//go:build !unix

package store

import (
	"errors"
	"fmt"
	"os"
)

// takeLock opens the lock file. Without flock SQLite's own locks still keep two
// writers apart, one transaction at a time.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	return f, nil
}

// Owner cannot be known without flock.
func Owner(string) (pid int, err error) {
	return 0, errors.New("which process works in a data directory is not known on this system")
}
