package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// judge refuses a directory that has lost its database: a fresh one would
// publish every item once more.
func judge(dir, path string) error {
	_, marked := os.Stat(filepath.Join(dir, markName))
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && marked == nil:
		return fmt.Errorf("%s is missing, though this directory has held a database: restore a backup of it, or remove %s to start anew", path, filepath.Join(dir, markName))
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Size() == 0 && marked == nil:
		return fmt.Errorf("%s is empty, though this directory has held a database: restore a backup of it, or remove it and %s to start anew", path, filepath.Join(dir, markName))
	case info.Size() == 0:
		return nil
	}
	return judgeHeader(path)
}

// judgeHeader refuses a file that is no SQLite database before anything is
// written to it.
func judgeHeader(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 16)
	if _, err := f.ReadAt(head, 0); err != nil || string(head) != "SQLite format 3\x00" {
		return fmt.Errorf("%s is not a database: restore a backup of it; the file was left as it is", path)
	}
	return nil
}
