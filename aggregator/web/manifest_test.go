package web

import (
	"os"
	"path/filepath"
	"testing"
)

// No folder stays that we made for what is published no more, however deep: that of
// a private edition bears its address.
func TestFoldersGoWithTheLastFileBelowThem(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	m, err := openManifest(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gone/archive/1.rss", "gone/archive/2.rss", "kept/archive/1.rss"} {
		if _, err := m.replace(name, []byte("ours")); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "kept", "notes"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := m.sweep(); err != nil || n != 3 {
		t.Fatal(n, err)
	}
	for name, want := range map[string]bool{"gone": false, "kept": true, "kept/archive": false, "kept/notes": true} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
