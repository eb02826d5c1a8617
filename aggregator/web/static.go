package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Write writes every document below dir, the same bytes that HTTP serves, and
// returns how many files changed. A file is replaced whole (temporary file,
// fsync, rename): whoever reads it sees the old one or the new one. A document
// that cannot be printed (an edition that is not filed yet) costs no other. What it
// wrote before and is published no more is removed, and counts as changed.
func (s *Site) Write(ctx context.Context, dir string) (int, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, fmt.Errorf("static files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return 0, fmt.Errorf("static files: %w", err)
	}
	defer root.Close()
	changed := 0
	var unprinted []error
	plan := s.Plan()
	s.Press.Forget() // whoever called us may know of more than the press does
	all, err := s.addresses(ctx)
	if err != nil {
		return 0, fmt.Errorf("static files: %w", err)
	}
	ours, err := openManifest(root)
	if err != nil {
		return 0, fmt.Errorf("static files: %w", err)
	}
	for _, p := range all {
		at := p.path
		ours.current[sumOf([]byte(fileName(at)))] = true
		if stands(root, fileName(at), p.changed) {
			continue
		}
		doc, err := s.Document(ctx, at)
		if err != nil {
			unprinted = append(unprinted, fmt.Errorf("print %s: %w", shown(at), err))
			continue
		}
		wrote, err := ours.replace(fileName(at), doc.Body)
		if err == nil && !p.changed.IsZero() {
			err = root.Chtimes(fileName(at), time.Time{}, doc.Modified)
		}
		if err != nil {
			return changed, fmt.Errorf("write %s: %w", filepath.Join(dir, shown(fileName(at))), hide(err))
		}
		if wrote {
			changed++
		}
	}
	removed, err := ours.sweep()
	if err != nil {
		return changed, fmt.Errorf("static files: %w", hide(err))
	}
	if s.Plan() != plan { // what it has no more could not be printed: its own files are written next
		unprinted = nil
	}
	return changed + removed, errors.Join(unprinted...)
}

// fileName is where a path stands below the static directory.
func fileName(at string) string {
	name := strings.TrimPrefix(at, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		return name + "index.html"
	}
	return name
}

// replace puts body in place of a file, unless it has those bytes already.
func replace(root *os.Root, name string, body []byte) (bool, error) {
	old, err := root.ReadFile(name)
	if err == nil && bytes.Equal(old, body) {
		return false, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if dir := path.Dir(name); dir != "." {
		if err := root.MkdirAll(dir, 0o755); err != nil {
			return false, err
		}
	}
	temp := path.Join(path.Dir(name), "."+path.Base(name)+".new")
	if err := writeSynced(root, temp, body); err != nil {
		return false, err
	}
	if err := root.Rename(temp, name); err != nil {
		return false, err
	}
	return true, syncDir(root, path.Dir(name))
}

func writeSynced(root *os.Root, name string, body []byte) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDir makes a rename durable.
func syncDir(root *os.Root, name string) error {
	d, err := root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
