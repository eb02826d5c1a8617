package config

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// desk is what an edited file needs beside its topic.
const desk = `version = 1
[site]
title = "Desk"
base_url = "https://desk.example"
tag = "desk.example,2026"
contact = "mailto:desk@desk.example"
[sources.one]
url = "https://one.example/feed"
[editions.syria]
topics = ["syria"]
`

// edited makes one edit of the topic syria: "list.lang term", or a test.
func edited(t *testing.T, topic, edit string) string {
	t.Helper()
	cfg, errs := Parse("desk.toml", []byte(desk+topic))
	if cfg == nil {
		t.Fatal(errs)
	}
	change, err := editOf(cfg, edit)
	if err != nil {
		t.Fatalf("%s\n%s: %v", topic, edit, err)
	}
	return strings.TrimPrefix(string(change.New), desk)
}

func editOf(cfg *Config, edit string) (*Change, error) {
	place, text, _ := strings.Cut(edit, " ")
	if place == "test" {
		return cfg.AddTest("syria", Test{Title: text, Source: "one", Want: true})
	}
	list, lang, _ := strings.Cut(place, ".")
	return cfg.AddTerm("syria", list, lang, text)
}

func TestATermIsAddedInTheFormOfItsList(t *testing.T) {
	for _, row := range [][3]string{
		{"strong.en X", "[topics.syria.strong]\nen = ['a'] # why\n", "[topics.syria.strong]\nen = ['a', 'X'] # why\n"},
		{"strong.en X", "[topics.syria.strong]\nen = ['a', ]\n", "[topics.syria.strong]\nen = ['a', 'X', ]\n"},
		{"strong.en X", "[topics.syria.strong]\nen = []\nar = 'a'\n", "[topics.syria.strong]\nen = ['X']\nar = 'a'\n"},
		{"strong.en X", "[topics.syria.strong]\nen = \"a\"\n", "[topics.syria.strong]\nen = [\"a\", \"X\"]\n"},
		{"strong.en X's", "[topics.syria.strong]\nen = ['a']\n", "[topics.syria.strong]\nen = ['a', \"X's\"]\n"},
		{`strong.en "X"~5`, "[topics.syria.strong]\nen = [\"a\"]\n", "[topics.syria.strong]\nen = [\"a\", '\"X\"~5']\n"},
		{"strong.en X", "[topics.syria.strong]\nen = [\n\t'a', # ]\n\t'b' # last\n\t# no more\n]\n", "[topics.syria.strong]\nen = [\n\t'a', # ]\n\t'b', # last\n\t'X'\n\t# no more\n]\n"},
		{"strong.en X", "[topics.syria.strong]\nen = [\n  'a', 'b',\n]\n", "[topics.syria.strong]\nen = [\n  'a', 'b',\n  'X',\n]\n"},
		{"strong.en X", "[topics.syria.strong]\nen = ['a',\n      'b']\n", "[topics.syria.strong]\nen = ['a',\n      'b', 'X']\n"},
		{"strong.en X", "[topics.syria.strong]\r\nen = [\r\n  'a'\r\n]\r\n", "[topics.syria.strong]\r\nen = [\r\n  'a',\r\n  'X'\r\n]\r\n"},
	} {
		if got := edited(t, row[1], row[0]); got != row[2] {
			t.Errorf("%s to\n%s\ngot\n%s\nwant\n%s", row[0], row[1], got, row[2])
		}
	}
}

func TestAListThatIsNotThereIsMadeWhereItBelongs(t *testing.T) {
	for _, row := range [][3]string{
		// a language in its table, the = where the others have it
		{"strong.de X", "[topics.syria.strong]\nen  = ['a'] # why\n\n# gaza\n", "[topics.syria.strong]\nen  = ['a'] # why\nde  = ['X']\n\n# gaza\n"},
		{"strong.de X", "[topics.syria.strong]\nen=['a']", "[topics.syria.strong]\nen=['a']\nde=['X']"},
		// a table behind those of the topic, before the tests
		{"weak.en X", "[topics.syria]\ntitle = \"S\"\n[topics.syria.strong]\nen = ['a']\n[[topics.syria.tests]]\ntitle = 'a'\nwant = true\n",
			"[topics.syria]\ntitle = \"S\"\n[topics.syria.strong]\nen = ['a']\n[topics.syria.weak]\nen = ['X']\n[[topics.syria.tests]]\ntitle = 'a'\nwant = true\n"},
		{"weak.en X", "[topics.syria]\ntitle = \"S\"\n\n  [topics.syria.strong]\n  en = ['a']\n\n[topics.gaza]\ntitle = \"G\"\n",
			"[topics.syria]\ntitle = \"S\"\n\n  [topics.syria.strong]\n  en = ['a']\n\n  [topics.syria.weak]\n  en = ['X']\n\n[topics.gaza]\ntitle = \"G\"\n"},
		// a key of the topic itself
		{"ignore X", "[topics.syria]\ntitle   = \"S\"\n[topics.syria.strong]\nen = ['a']\n", "[topics.syria]\ntitle   = \"S\"\nignore  = ['X']\n[topics.syria.strong]\nen = ['a']\n"},
		{"reject X", "# ours\n[topics.syria.strong]\nen = ['a']\n", "[topics.syria]\nreject = ['X']\n# ours\n[topics.syria.strong]\nen = ['a']\n"},
		// keys with dots, which no head may open
		{"strong.de X", "[topics.syria]\nstrong.en = ['a']\ntitle = \"S\"\n", "[topics.syria]\nstrong.en = ['a']\nstrong.de = ['X']\ntitle = \"S\"\n"},
		{"weak.de X", "[topics.syria]\nstrong.en = ['a']\n", "[topics.syria]\nstrong.en = ['a']\n[topics.syria.weak]\nde = ['X']\n"},
		{"weak.de X", "[topics]\nsyria.strong.en = ['a']\n", "[topics]\nsyria.strong.en = ['a']\nsyria.weak.de = ['X']\n"},
		// tables in braces
		{"strong.de X", "[topics.syria]\nstrong = { en = ['a'] }\n", "[topics.syria]\nstrong = { en = ['a'], de = ['X'] }\n"},
		{"weak.de X", "[topics]\nsyria = { strong = { en = ['a'] } } # all\n", "[topics]\nsyria = { strong = { en = ['a'] }, weak.de = ['X'] } # all\n"},
		{"ignore X", "[topics]\nsyria = { strong = { en = ['a'] } }\n", "[topics]\nsyria = { strong = { en = ['a'] }, ignore = ['X'] }\n"},
	} {
		if got := edited(t, row[1], row[0]); got != row[2] {
			t.Errorf("%s to\n%s\ngot\n%s\nwant\n%s", row[0], row[1], got, row[2])
		}
	}
}

func TestATestIsAddedBehindTheOthers(t *testing.T) {
	const block = "[[topics.syria.tests]]\ntitle  = \"X's\"\nsource = \"one\"\nwant   = true\n"
	for _, row := range [][2]string{
		{"[topics.syria.strong]\nen = ['X']\n\n[topics.gaza]\n", "[topics.syria.strong]\nen = ['X']\n" + block + "\n[topics.gaza]\n"},
		{"[[topics.syria.tests]]\ntitle = 'a'\nwant = true\n[topics.syria.strong]\nen = ['X']\n",
			"[[topics.syria.tests]]\ntitle = 'a'\nwant = true\n" + block + "[topics.syria.strong]\nen = ['X']\n"},
		{"[topics.syria.strong]\nen = ['X']\n\n[[topics.syria.tests]]\ntitle = 'a'\nwant = true\n",
			"[topics.syria.strong]\nen = ['X']\n\n[[topics.syria.tests]]\ntitle = 'a'\nwant = true\n\n" + block},
		{"[topics.syria]\ntests = [\n  { title = 'a', want = true }, # one\n]\n",
			"[topics.syria]\ntests = [\n  { title = 'a', want = true }, # one\n  { title = \"X's\", source = \"one\", want = true },\n]\n"},
		{"[topics]\nsyria.strong.en = ['X']\n", "[topics]\nsyria.strong.en = ['X']\nsyria.tests = [{ title = \"X's\", source = \"one\", want = true }]\n"},
	} {
		if got := edited(t, row[0], "test X's"); got != row[1] {
			t.Errorf("to\n%s\ngot\n%s\nwant\n%s", row[0], got, row[1])
		}
	}
}

func TestAnEditThatSaysNothingNewIsRefused(t *testing.T) {
	cfg, _ := Parse("desk.toml", []byte(desk+"[topics.syria]\nweak = 'odd'\n[topics.syria.strong]\nen = ['a']\n[[topics.syria.tests]]\ntitle = 'a'\nsource = 'one'\nwant = true\n"))
	for _, row := range [][2]string{
		{"strong.en a", "stands in topics.syria.strong.en already"},
		{"test a", "has this test already"},
		{"strong.en  ", "it is empty"},
		{"strong.en a\tb", "one line of plain text"},
		{"strong.en \xff", "not UTF-8"},
		{"strong.en]=1 X", "is no language"},
		{"strong X", "is no language"},
		{"reject.en X", "reject has no languages"},
		{"tests.en X", "no list"},
		{"weak.en X", "topics.syria.weak.en is not written as a list"},
	} {
		if _, err := editOf(cfg, row[0]); err == nil || !strings.Contains(err.Error(), row[1]) {
			t.Errorf("%q: %v, want %s", row[0], err, row[1])
		}
	}
	if _, err := cfg.AddTerm("siria", "strong", "en", "X"); err == nil {
		t.Error("a term for no topic")
	}
}

// linked lays a config with an included topic behind a link, and edits it.
func linked(t *testing.T) (main, topic string, change *Change) {
	t.Helper()
	dir := t.TempDir()
	main, topic = filepath.Join(dir, "wiredesk.toml"), filepath.Join(dir, "real.toml")
	for path, text := range map[string]string{
		main:  "include = [\"topics/*.toml\"]\n" + desk,
		topic: "\ufeff[topics.syria.strong]\nen = ['a']\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	err := errors.Join(os.Mkdir(filepath.Join(dir, "topics"), 0o755),
		os.Symlink("../real.toml", filepath.Join(dir, "topics", "syria.toml")), os.Chmod(topic, 0o640))
	if err != nil {
		t.Fatal(err)
	}
	cfg, errs := Load(main)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if change, err = editOf(cfg, "strong.en X"); err != nil {
		t.Fatal(err)
	}
	return main, topic, change
}

func TestAChangeIsWrittenToTheFileItsTopicStandsIn(t *testing.T) {
	main, topic, change := linked(t)
	before, errs := change.Load()
	if len(errs) > 0 || len(before.Topics[0].Strong[0].Terms) != 2 {
		t.Fatal("the change is not in the config it would make", errs)
	}
	if err := change.Write(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(topic)
	if string(data) != "\ufeff[topics.syria.strong]\nen = ['a', 'X']\n" || err != nil {
		t.Errorf("%q %v", data, err)
	}
	link, err := os.Lstat(change.File)
	if err != nil || link.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v %v", link, err)
	}
	if info, err := os.Stat(topic); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v %v", info, err)
	}
	if rest, err := filepath.Glob(filepath.Join(filepath.Dir(main), ".*")); len(rest) > 0 || err != nil {
		t.Errorf("left behind: %v %v", rest, err)
	}
	if err := change.Write(); err == nil {
		t.Error("written twice")
	}
}

func TestAFileThatChangedMeanwhileIsLeftAlone(t *testing.T) {
	_, topic, change := linked(t)
	theirs := []byte("[topics.syria.strong]\nen = ['theirs']\n")
	if err := os.WriteFile(topic, theirs, 0o600); err != nil {
		t.Fatal(err)
	}
	err := change.Write()
	if err == nil || !strings.Contains(err.Error(), "has changed since it was read") {
		t.Error(err)
	}
	if data, err := os.ReadFile(topic); !bytes.Equal(data, theirs) || err != nil {
		t.Errorf("%q %v", data, err)
	}
	lock := filepath.Join(filepath.Dir(topic), ".real.toml.new")
	if err := os.WriteFile(lock, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := change.Write(); err == nil || !strings.Contains(err.Error(), "another edit goes on") {
		t.Error(err)
	}
	if _, err := os.Stat(lock); err != nil {
		t.Error("another's file was taken away")
	}
}
