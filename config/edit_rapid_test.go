package config

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// A writer writes TOML that is right and untidy.
type writer struct {
	*rapid.T
	b strings.Builder
}

func (w *writer) pick(label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(w.T, label)
}

// line writes a line, and odd lines above it.
func (w *writer) line(text string) {
	for range rapid.IntRange(0, 2).Draw(w.T, "lines above") {
		w.b.WriteString(w.pick("above", "", "  ", "# en = ['x', 'y']", "\t#] } '", "# [topics.syria.weak]", "# [[topics.syria.tests]]") + "\n")
	}
	w.b.WriteString(w.pick("indent", "", "", "  ", "\t") + text + w.pick("behind", "", "", "  # it's ] } or [a]", "\t#") + "\n")
}

// odd are terms that look like something else.
var odd = []string{"plain", "two words", "it's", `"a b"~5`, `back\slash`, "سوريا", "# no", "] ,", "[topics.syria]", `'both' "kinds" \`, "stem*", "=Exact"}

func (w *writer) term(text string) string {
	if !strings.Contains(text, "'") {
		return w.pick("quotes", "'"+text+"'", "'''"+text+"'''", quoted(text, '"'))
	}
	return quoted(text, '"')
}

// list writes a value that is a list of texts or tables, on one line or many;
// in one line when it must.
func (w *writer) list(values []string, oneLine bool) string {
	comma := w.pick("last comma", "", ",", " , ")
	if len(values) == 0 {
		comma = ""
	}
	between, first, last := ", ", w.pick("open", "", " "), comma+w.pick("close", "", " ")
	if !oneLine {
		odd := w.pick("comment", "", " # ] one's own", "\n  # 'c',")
		between = w.pick("between", ", ", ","+odd+"\n  ", odd+"\n  , ")
		first += w.pick("open line", "", "\n\t", " # ['a\n    ")
		last = w.pick("close line", last, comma+odd+"\n", odd+"\n"+comma+odd+"\n  ")
	}
	return "[" + first + strings.Join(values, between) + last + "]"
}

// A shape is how the tables of a topic are written.
type shape struct {
	terms map[string][]string // by path below the topic, as in "strong.en"
	tests []string            // as tables in braces
}

func (w *writer) shape() shape {
	s := shape{terms: map[string][]string{}}
	for _, list := range []string{"strong.en", "strong.ar", "weak.all", "ignore", "reject"} {
		if list != "strong.en" && rapid.Bool().Draw(w.T, "no "+list) {
			continue
		}
		terms := rapid.SliceOfNDistinct(rapid.SampledFrom(odd), 0, 4, rapid.ID).Draw(w.T, list)
		if list == "strong.en" {
			terms = append(terms, "always")
		}
		for i, term := range terms {
			terms[i] = w.term(term)
		}
		s.terms[list] = terms
	}
	for i := range rapid.IntRange(0, 2).Draw(w.T, "tests") {
		s.tests = append(s.tests, w.pick("test", "{ title = 'a', want = true }", `{want=false,text="}]",title='`+odd[i]+`'}`, "{ title = \"b\" , want = true, }"))
	}
	return s
}

// value writes a list of the topic, perhaps the one text of it alone.
func (w *writer) value(terms []string, oneLine bool) string {
	if len(terms) == 1 && rapid.Bool().Draw(w.T, "alone") {
		return terms[0]
	}
	return w.list(terms, oneLine)
}

// sorted are the paths of a shape's lists, those of one table together.
func (s *shape) sorted() (paths []string) {
	for path := range s.terms {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// keys writes the whole topic as keys that begin with top, tests included.
func (w *writer) keys(s shape, top string) {
	for _, path := range s.sorted() {
		w.line(top + path + w.pick("equals", " = ", "=", "   =\t") + w.value(s.terms[path], false))
	}
	if s.tests != nil {
		w.line(top + "tests = " + w.list(s.tests, false))
	}
}

// braces writes the whole topic as one table in braces.
func (w *writer) braces(s shape) string {
	var parts []string
	for _, path := range s.sorted() {
		parts = append(parts, path+" = "+w.value(s.terms[path], true))
	}
	if s.tests != nil {
		parts = append(parts, "tests = "+w.list(s.tests, true))
	}
	return "{" + strings.Join(parts, w.pick("comma", ",", " , ")) + w.pick("end", "", " ", " , ") + "}"
}

// heads writes the topic as tables, another topic's between them.
func (w *writer) heads(s shape) {
	table := ""
	if rapid.Bool().Draw(w.T, "own head") || s.terms["ignore"] != nil || s.terms["reject"] != nil {
		w.line(w.pick("head", "[topics.syria]", "[ topics . \"syria\" ]"))
		w.line("aim     = 'broad'")
		table = "."
	}
	for _, path := range s.sorted() {
		list, lang, ok := strings.Cut(path, ".")
		if !ok {
			w.line(path + " = " + w.value(s.terms[path], false))
			continue
		}
		if list != table {
			table = list
			w.other()
			w.line("[topics.syria." + list + "]")
		}
		w.line(lang + w.pick("equals", " = ", "=", "   = ") + w.value(s.terms[path], false))
	}
	for _, test := range s.tests {
		w.other()
		w.line("[[topics.syria.tests]]")
		for kv := range strings.SplitSeq(strings.Trim(test, "{ ,}"), ",") {
			w.line(strings.TrimSpace(strings.ReplaceAll(kv, "}]", "x")))
		}
	}
}

func (w *writer) other() {
	if at := strings.Count(w.b.String(), "[topics.o"); rapid.IntRange(0, 4).Draw(w.T, "other") == 0 {
		w.line("[topics.o" + strings.Repeat("o", at) + "]")
		w.line("query = 'en'")
	}
}

// file writes a whole config with the topic in one of the forms TOML has.
func (w *writer) file() []byte {
	w.b.WriteString(desk)
	s := w.shape()
	switch rapid.IntRange(0, 4).Draw(w.T, "form") {
	case 0:
		w.line("[topics.syria]")
		w.keys(s, "")
	case 1:
		w.line("[topics]")
		w.keys(s, "syria.")
	case 2:
		w.line("[topics]")
		w.line("syria = " + w.braces(s))
	default:
		s.tests = slices.DeleteFunc(s.tests, func(t string) bool { return strings.Contains(t, "}]") })
		w.heads(s)
	}
	w.other()
	text := w.b.String()
	if rapid.Bool().Draw(w.T, "no last line end") {
		text = strings.TrimRight(text, "\r\n")
	}
	text = strings.ReplaceAll(text, "\n", w.pick("line end", "\n", "\r\n"))
	return []byte(w.pick("mark", "", byteOrderMark) + text)
}

// However a file is written, an edit only puts text in, and the config it makes
// differs in what was added and nothing else.
func TestAnEditOnlyAddsWhatItWasAskedFor(t *testing.T) {
	made := 0
	rapid.Check(t, func(t *rapid.T) {
		w := &writer{T: t}
		old := w.file()
		before, errs := Parse("desk.toml", slices.Clone(old))
		if wrong(errs) {
			t.Fatalf("the generator wrote\n%s\n%v", old, errs)
		}
		want, edit := w.want(before)
		change, err := edit()
		if err != nil && strings.Contains(err.Error(), "already") {
			t.Skip(err)
		}
		if err != nil {
			t.Fatalf("%s\n%v", old, err)
		}
		made++
		after, errs := change.parsed()
		if wrong(errs) {
			t.Fatalf("the edit made\n%s\n%v", change.New, errs)
		}
		byLang := cmpopts.SortSlices(func(a, b List) bool { return a.Lang < b.Lang })
		if d := cmp.Diff(want, after.Topics, byLang, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%s\nmade\n%s\n%s", old, change.New, d)
		}
		if !bytes.Equal(change.Old, old) || !onlyPutIn(change.Old, change.New) {
			t.Fatalf("more than an insertion:\n%q\n%q", change.Old, change.New)
		}
		if bytes.Contains(old, []byte("\r\n")) && bytes.Count(change.New, []byte("\n")) != bytes.Count(change.New, []byte("\r\n")) {
			t.Fatalf("a line end of another kind: %q", change.New)
		}
	})
	if made == 0 {
		t.Error("no edit was made")
	}
}

// wrong says whether there is more than warnings: without it there is a config.
func wrong(errs []Error) bool {
	return slices.ContainsFunc(errs, func(e Error) bool { return !e.Warning })
}

// want draws an edit, and the topics it must lead to.
func (w *writer) want(cfg *Config) (topics []*Topic, edit func() (*Change, error)) {
	var syria Topic
	for _, t := range cfg.Topics {
		if t.ID == "syria" {
			syria = *t
			t = &syria
		}
		topics = append(topics, t)
	}
	text := rapid.SampledFrom(odd).Draw(w.T, "new")
	if rapid.IntRange(0, 2).Draw(w.T, "a test") == 0 {
		test := Test{Title: text, Text: w.pick("text", "", odd[2]), Lang: w.pick("lang", "", "ar"), Want: rapid.Bool().Draw(w.T, "want")}
		edit = func() (*Change, error) { return cfg.AddTest("syria", test) }
		at := test
		at.Path = "topics.syria.tests[" + strconv.Itoa(len(syria.Tests)) + "]"
		syria.Tests = append(slices.Clone(syria.Tests), at)
		return topics, edit
	}
	list, lang := w.pick("list", "strong", "weak", "ignore", "reject"), w.pick("lang", "en", "ar", "all", "de")
	path := "topics.syria." + list + "." + lang
	if list == "ignore" || list == "reject" {
		lang, path = "", "topics.syria."+list
	}
	have := syria.terms(list, lang)
	terms := append(slices.Clone(have), Term{Text: text, Path: path + "[" + strconv.Itoa(len(have)) + "]"})
	switch list {
	case "strong":
		syria.Strong = with(syria.Strong, lang, terms)
	case "weak":
		syria.Weak = with(syria.Weak, lang, terms)
	case "ignore":
		syria.Ignore = terms
	case "reject":
		syria.Reject = terms
	}
	return topics, func() (*Change, error) { return cfg.AddTerm("syria", list, lang, text) }
}

func with(lists []List, lang string, terms []Term) []List {
	lists = slices.DeleteFunc(slices.Clone(lists), func(l List) bool { return l.Lang == lang })
	return append(lists, List{Lang: lang, Terms: terms})
}

// parsed is Load without files.
func (c *Change) parsed() (*Config, []Error) { return Parse(c.main, slices.Clone(c.New)) }

// onlyPutIn says whether text is old with text put in at no more than two places.
func onlyPutIn(old, text []byte) bool {
	for len(old) > 0 && len(text) > 0 && old[0] == text[0] {
		old, text = old[1:], text[1:]
	}
	for len(old) > 0 && len(text) > 0 && old[len(old)-1] == text[len(text)-1] {
		old, text = old[:len(old)-1], text[:len(text)-1]
	}
	return bytes.Contains(text, old)
}
