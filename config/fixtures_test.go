package config

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// expected are the messages that a fixture's leading comments name.
func expected(t *testing.T, path string) (want []string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for sc := bufio.NewScanner(bytes.NewReader(data)); sc.Scan(); {
		line, ok := strings.CutPrefix(sc.Text(), "# ")
		if !ok {
			break
		}
		want = append(want, line)
	}
	return want
}

// Each file of testdata/bad says in its first lines what check must say of it,
// with line and column, and nothing else may be said.
func TestEveryMistakeHasItsPlaceAndItsWords(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "bad", "*.toml"))
	if err != nil || len(files) < 80 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, path := range files {
		_, errs := Load(path)
		var got []string
		for _, e := range errs {
			got = append(got, strings.TrimPrefix(e.Error(), path+":"))
		}
		if d := cmp.Diff(expected(t, path), got); d != "" {
			t.Errorf("%s: %s", path, d)
		}
	}
}

// Each file of testdata/good is read without a word.
func TestGoodFilesAreReadWithoutAWord(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "good", "*.toml"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, path := range files {
		cfg, errs := Load(path)
		for _, e := range errs {
			t.Error(e.Format())
		}
		if cfg == nil || len(cfg.Sources) == 0 || len(cfg.Editions) == 0 {
			t.Errorf("%s: nothing in it", path)
		}
	}
}

// What needs meaning is left to aggregator.Compile: here such a file may have
// a warning, no error.
func TestMistakesOfMeaningAreNotJudgedHere(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "compile", "*.toml"))
	if err != nil || len(files) < 15 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, path := range files {
		cfg, errs := Load(path)
		for _, e := range errs {
			if !e.Warning {
				t.Error(e.Format())
			}
		}
		if cfg == nil {
			t.Errorf("%s is not read", path)
		}
	}
}

// Whatever the bytes, there is a config or a mistake, and every mistake has its
// place in the file.
func FuzzLoad(f *testing.F) {
	f.Add(string(Example(2026)))
	f.Add("[a]\nb = [1, {c = 'd'}]\n[[a.x]]\n")
	f.Add("a.b.c = 1\n[a.b]\n")
	f.Add("[topics.a]\n[[topics.a.tests]]\naim = 'x'\n[topics.a.strong]\nen = [\"\\u0041\", 'ا']\n")
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.toml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "include") || strings.Contains(text, "url_file") || strings.Contains(text, "link_rules") {
			t.Skip("the fuzzer opens no files")
		}
		cfg, errs := Parse("x", []byte(text))
		lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
		for _, e := range errs {
			if e.Pos.Line < 1 || e.Pos.Line > len(lines) || e.Pos.Col < 1 || e.Pos.Col > utf8.RuneCountInString(lines[e.Pos.Line-1])+1 {
				t.Errorf("%v is outside the file", e)
			}
			_ = e.Format()
		}
		if cfg == nil {
			if len(errs) == 0 {
				t.Error("neither a config nor a mistake")
			}
			return
		}
		for path := range cfg.places {
			for offset := range 4 {
				_ = cfg.ErrorAt(path, offset, fmt.Sprint(offset), "").Format()
			}
		}
	})
}
