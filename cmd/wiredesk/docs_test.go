package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every TOML block of the README is a whole file, and check accepts it.
func TestSnippetsOfTheReadmeAreWholeConfigs(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(data), "```toml\n")[1:]
	if len(blocks) == 0 {
		t.Fatal("no TOML block in the README")
	}
	for i, block := range blocks {
		text, _, _ := strings.Cut(block, "```")
		path := filepath.Join(t.TempDir(), "wiredesk.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var errs bytes.Buffer
		if _, err := compile(path, &errs); err != nil || errs.Len() > 0 {
			t.Errorf("block %d: %v\n%s", i+1, err, errs.String())
		}
	}
}
