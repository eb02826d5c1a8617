package web

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// manifestName is the file, in the static directory, that knows which others are
// ours: a line for each content that a file was given, as sums of its name and of
// its bytes. A web server may show it, and names of private editions stand in it:
// so it holds no names.
const manifestName = ".wiredesk-files"

// A manifest knows what we wrote below a directory, so that what is published no
// more can be removed, and nothing else ever is.
type manifest struct {
	root    *os.Root
	sums    map[string][]string // of contents, by sum of the name
	current map[string]bool     // sums of the names that are published now
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

func openManifest(root *os.Root) (*manifest, error) {
	m := &manifest{root: root, sums: map[string][]string{}, current: map[string]bool{}}
	data, err := root.ReadFile(manifestName)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for sc := bufio.NewScanner(bytes.NewReader(data)); sc.Scan(); {
		name, content, ok := strings.Cut(sc.Text(), " ")
		if ok && len(content) == 2*16 { // else the last line, broken off
			m.sums[name] = append(m.sums[name], content)
		}
	}
	return m, nil
}

// replace puts body in place of a file. What it will hold is noted first: whoever
// is killed in between still knows it.
func (m *manifest) replace(name string, body []byte) (bool, error) {
	key, content := sumOf([]byte(name)), sumOf(body)
	if !slices.Contains(m.sums[key], content) {
		f, err := m.root.OpenFile(manifestName, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return false, err
		}
		_, err = fmt.Fprintf(f, "\n%s %s\n", key, content) // the last line may have broken off
		if err == nil {
			err = f.Sync()
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return false, err
		}
	}
	wrote, err := replace(m.root, name, body)
	if err == nil {
		m.sums[key] = []string{content}
	}
	return wrote, err
}

// sweep removes the files that we wrote and that are published no more, unless
// somebody has changed them since, and answers how many.
func (m *manifest) sweep() (removed int, err error) {
	stale := map[string][]string{}
	for key, contents := range m.sums {
		if !m.current[key] {
			stale[key] = contents
			delete(m.sums, key)
		}
	}
	if len(stale) > 0 {
		if removed, err = m.remove(stale); err != nil {
			return removed, err
		}
	}
	return removed, m.save()
}

// remove looks for the files of stale entries by their sums.
func (m *manifest) remove(stale map[string][]string) (removed int, err error) {
	var names []string
	err = fs.WalkDir(m.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && stale[sumOf([]byte(name))] != nil {
			names = append(names, name)
		}
		if err != nil && d != nil && d.IsDir() && name != "." {
			return fs.SkipDir // a folder that we may not read is not ours
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		body, err := m.root.ReadFile(name)
		if err != nil {
			return removed, err
		}
		if !slices.Contains(stale[sumOf([]byte(name))], sumOf(body)) {
			continue
		}
		if err := m.root.Remove(name); err != nil {
			return removed, err
		}
		removed++
		for dir := path.Dir(name); dir != "." && m.root.Remove(dir) == nil; { // stays while it holds anything
			dir = path.Dir(dir)
		}
	}
	return removed, nil
}

// save writes the manifest anew, without what holds no more.
func (m *manifest) save() error {
	var b bytes.Buffer
	var keys []string
	for key := range m.sums {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		for _, content := range m.sums[key] {
			fmt.Fprintf(&b, "%s %s\n", key, content)
		}
	}
	_, err := replace(m.root, manifestName, b.Bytes())
	return err
}
