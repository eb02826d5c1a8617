//go:build unix

package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// takeLock locks a data directory for this process. The kernel gives it free
// when the process ends, however it ends.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		owner := ownerIn(f) // only for the message
		f.Close()
		return nil, fmt.Errorf("another wiredesk (process %s) works in this data directory: stop it, or give this one its own site.data", owner)
	}
	if err := f.Truncate(0); err != nil {
		f.Close()
		return nil, err
	}
	if _, err := f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0); err != nil {
		f.Close()
		return nil, fmt.Errorf("data directory: %w", err)
	}
	return f, nil
}

func ownerIn(f *os.File) string {
	owner, _ := io.ReadAll(io.LimitReader(f, 64)) // an unreadable one is no one
	return strings.TrimSpace(string(owner))
}

// Owner is the process that works in a data directory; 0 when none does. A lock
// file that nobody holds names a process that has ended, and whose number may be
// another's by now.
func Owner(dir string) (pid int, err error) {
	f, err := os.Open(filepath.Join(dir, lockName))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("data directory: %w", err)
	}
	defer f.Close() // and with it the lock, if we get it
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	switch {
	case err == nil:
		return 0, nil
	case !errors.Is(err, syscall.EWOULDBLOCK):
		return 0, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return strconv.Atoi(ownerIn(f))
}
