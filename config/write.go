package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Write writes the change: whole or not at all, with the mode and owner that the
// file has, and through a symbolic link to the file behind it. It refuses when
// the file is no longer the one that was read.
func (c *Change) Write() error {
	path, err := filepath.EvalSymlinks(c.File)
	if err != nil {
		return err
	}
	// The name ends so that no include = ["*.toml"] finds it. It is also the lock
	// between two edits: the second one fails here.
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".new")
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there: another edit goes on, or was cut off; wait, or remove it", temp)
	}
	if err != nil {
		return fmt.Errorf("%s: %w; an edit needs to write in its folder", c.File, err)
	}
	err = errors.Join(c.fill(f, path), f.Close())
	if err == nil {
		err = c.unchanged(path)
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return syncFolder(filepath.Dir(path))
}

// fill makes the new file what the old one is, but for the change.
func (c *Change) fill(f *os.File, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if _, err := f.Write(c.New); err != nil {
		return err
	}
	if err := keepOwner(f, info); err != nil {
		return fmt.Errorf("%s would get another owner: %w; run this as its owner", path, err)
	}
	if err := f.Chmod(info.Mode().Perm()); err != nil {
		return err
	}
	return f.Sync()
}

// unchanged says whether the file is still the one that was read.
func (c *Change) unchanged(path string) error {
	now, err := readFile(path)
	if err == nil && !bytes.Equal(now, c.Old) {
		err = fmt.Errorf("%s has changed since it was read: run this again", c.File)
	}
	return err
}

// syncFolder makes a rename durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
