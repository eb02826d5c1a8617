package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Change is an edit of one file of a config, not written yet. Every byte of
// Old stands in New, in the same order.
//
//	change, err := cfg.AddTerm("syria", "strong", "en", "Idlib")
//	after, errs := change.Load() // what the config would be
//	err = change.Write()
type Change struct {
	File string // the main file or an included one, as the config names it
	Old  []byte // as it was read
	New  []byte

	main string // path of the config's main file
}

// AddTerm adds a term at the end of a topic's list: of a language, or "all", in
// strong and weak; lang is "" for ignore and reject.
func (c *Config) AddTerm(topic, list, lang, term string) (*Change, error) {
	t := c.topic(topic)
	if t == nil {
		return nil, fmt.Errorf("no topic %q", topic)
	}
	path := []string{"topics", topic, list}
	bare := list == "ignore" || list == "reject"
	switch {
	case bare && lang != "":
		return nil, fmt.Errorf("%s has no languages: its terms hold for all", list)
	case bare:
	case list != "strong" && list != "weak":
		return nil, fmt.Errorf("no list %q: a topic has strong, weak, ignore and reject", list)
	case lang != "all" && !validLang.MatchString(lang):
		return nil, fmt.Errorf("%q is no language: write a code, as in en or ar, or all", lang)
	default:
		path = append(path, lang)
	}
	if err := oneLine(term); err != nil {
		return nil, fmt.Errorf("term %q: %w", term, err)
	}
	if slices.ContainsFunc(t.terms(list, lang), func(have Term) bool { return have.Text == term }) {
		return nil, fmt.Errorf("%q stands in %s already", term, strings.Join(path, "."))
	}
	return c.change(element{list: path, value: func(quote byte) string { return quoted(term, quote) }})
}

// AddTest adds a test at the end of a topic's tests. Its Path is not looked at.
func (c *Config) AddTest(topic string, test Test) (*Change, error) {
	t := c.topic(topic)
	if t == nil {
		return nil, fmt.Errorf("no topic %q", topic)
	}
	keys := [][2]string{{"title", test.Title}, {"text", test.Text}, {"lang", test.Lang}, {"source", test.Source}}
	keys = slices.DeleteFunc(keys, func(kv [2]string) bool { return kv[1] == "" })
	for i, kv := range keys {
		if err := oneLine(kv[1]); err != nil {
			return nil, fmt.Errorf("%s %q: %w", kv[0], kv[1], err)
		}
		keys[i][1] = quoted(kv[1], '"')
	}
	for _, have := range t.Tests {
		if test.Path = have.Path; have == test {
			return nil, fmt.Errorf("topics.%s has this test already: %q", topic, test.Title+test.Text)
		}
	}
	keys = append(keys, [2]string{"want", fmt.Sprint(test.Want)})
	return c.change(element{
		list: []string{"topics", topic, "tests"}, tables: true, lines: columns(keys),
		value: func(byte) string { return inBraces(keys) },
	})
}

func (c *Config) topic(id string) *Topic {
	for _, t := range c.Topics {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// terms are those of a list, by its name in the file.
func (t *Topic) terms(list, lang string) (terms []Term) {
	lists := map[string][]List{
		"strong": t.Strong, "weak": t.Weak, "ignore": {{Terms: t.Ignore}}, "reject": {{Terms: t.Reject}},
	}[list]
	for _, l := range lists {
		if l.Lang == lang {
			terms = append(terms, l.Terms...)
		}
	}
	return terms
}

// oneLine refuses what would come back as another text, or none.
func oneLine(s string) error {
	switch {
	case !utf8.ValidString(s):
		return errors.New("it is not UTF-8")
	case strings.TrimSpace(s) == "":
		return errors.New("it is empty")
	case strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("it holds a control character: write one line of plain text")
	}
	return nil
}

// quoted writes a text in the quotes wanted, unless the other kind needs no
// escapes; single ones when none are wanted.
func quoted(s string, quote byte) string {
	if !strings.Contains(s, "'") && (quote != '"' || strings.ContainsAny(s, `"\`)) {
		return "'" + s + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// columns writes keys below each other, their = in a column.
func columns(keys [][2]string) string {
	wide := 0
	for _, kv := range keys {
		wide = max(wide, len(kv[0]))
	}
	var lines []string
	for _, kv := range keys {
		lines = append(lines, fmt.Sprintf("%-*s = %s", wide, kv[0], kv[1]))
	}
	return strings.Join(lines, "\n")
}

// inBraces writes keys as an inline table.
func inBraces(keys [][2]string) string {
	var parts []string
	for _, kv := range keys {
		parts = append(parts, kv[0]+" = "+kv[1])
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// change adds an element to the file that its topic stands in.
func (c *Config) change(e element) (*Change, error) {
	f := c.places["table:"+strings.Join(e.list[:2], ".")].file
	d := draft{data: f.data, all: statements(f.data)}
	if err := d.add(e); err != nil {
		return nil, err
	}
	return c.changed(f, &d), nil
}

func (c *Config) changed(f *file, d *draft) *Change {
	mark := ""
	if f.marked {
		mark = byteOrderMark
	}
	return &Change{
		File: f.name, main: c.File,
		Old: slices.Concat([]byte(mark), f.data), New: slices.Concat([]byte(mark), d.text()),
	}
}

// Load reads the config as Load does, with the change made.
func (c *Change) Load() (*Config, []Error) {
	return load(c.main, func(name string) ([]byte, error) {
		if filepath.Clean(name) == filepath.Clean(c.File) {
			return c.New, nil
		}
		return readFile(name)
	})
}
