package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/pelletier/go-toml/v2/unstable"
)

// A reader walks the tree of one file and collects every mistake.
type reader struct {
	cfg  *Config
	dir  string // that paths in the file start from
	errs []Error
	read func(name string) ([]byte, error) // the main file and its includes

	rank  map[string]int  // of files, in the order read
	same  map[string]int  // outlines of an OPML file with the same slug, the first left out
	below map[string]span // where the first table under a topic or source begins
	tried map[string]bool // tables and kinds of table that are there, however wrong
	wrong map[string]bool // values that have been spoken of
}

func (r *reader) fail(s span, help, format string, args ...any) {
	r.errs = append(r.errs, errorAt(s, fmt.Sprintf(format, args...), help))
}

func (r *reader) warn(s span, help, format string, args ...any) {
	r.fail(s, help, format, args...)
	r.errs[len(r.errs)-1].Warning = true
}

// later are keys of the design that this version does not have yet, by the
// kind of table they belong to. They are refused rather than read past.
var later = map[string][]string{
	"sources": {"proxy", "tz", "strip", "max_per_day"},
}

// keys reports every key of a table that is not allowed there.
func (r *reader) keys(t *value, path string, allowed ...string) {
	kind, rest, _ := strings.Cut(path, ".")
	where := "[" + path + "]"
	if path == "" {
		where = "the file"
	}
	for _, e := range t.keys {
		switch {
		case slices.Contains(allowed, e.name):
		case slices.Contains(later[kind], e.name) && !strings.Contains(rest, "."):
			r.fail(e.at, "leave it out; the changelog says when it comes", "%q in %s is not supported yet", e.name, where)
		case r.fellIn(e, path):
		default:
			r.fail(e.at, mean(e.name, allowed), "unknown key %q in %s", e.name, where)
		}
	}
}

// end remembers where the first table under a topic or source begins: the keys
// of the topic or source itself end there.
func (r *reader) end(path string, t *value) {
	for _, e := range t.keys {
		if e.val.kind != unstable.Table && (e.val.kind != unstable.Array || e.name != "tests") {
			continue
		}
		first, ok := r.below[path]
		if !ok || e.val.span.offset < first.offset {
			r.below[path] = e.val.span
		}
	}
}

// fellIn finds a key that stands below a table it does not belong to, as TOML
// then reads it into that table.
func (r *reader) fellIn(e *entry, path string) bool {
	if path != "" && (e.name == "version" || e.name == "include") {
		r.fail(e.at, "move it above the first [table]", "%q belongs to the file, but stands in [%s]", e.name, path)
		return true
	}
	parts := strings.Split(path, ".")
	if len(parts) != 3 {
		return false
	}
	inTopic := parts[0] == "topics" && slices.Contains(topicKeys, e.name)
	inSource := parts[0] == "sources" && slices.Contains(sourceKeys, e.name)
	if !inTopic && !inSource {
		return false
	}
	owner := parts[0] + "." + parts[1]
	help := "move it under [" + owner + "]"
	if head, ok := r.below[owner]; ok {
		help = fmt.Sprintf("move it above line %d, under [%s]", head.pos().Line, owner)
	}
	r.fail(e.at, help, "%q belongs to [%s], but stands in [%s]", e.name, owner, path)
	return true
}

// place remembers where the value at a path stands.
func (r *reader) place(path string, v *value) { r.cfg.places[path] = v.span }

// table returns a sub-table; anything else under its name is a mistake.
func (r *reader) table(t *value, path, name string) *value {
	v := t.find(name)
	if v == nil {
		return &value{kind: unstable.Table, span: t.span}
	}
	if v.kind != unstable.Table {
		r.fail(v.span, "write "+tableForm(join(path, name)), "%s must be a table, not %s", join(path, name), v.name())
		return &value{kind: unstable.Table, span: t.span}
	}
	r.place("table:"+join(path, name), v)
	return v
}

// tableForm shows how a table is written.
func tableForm(path string) string {
	switch {
	case path == "sources" || path == "topics" || path == "editions":
		return "[" + path + ".NAME] and its keys below, for each one"
	case strings.HasSuffix(path, ".strong") || strings.HasSuffix(path, ".weak"):
		return "[" + path + "] and below it a list for each language, as in en = ['Syria']"
	default:
		return "[" + path + "] and its keys below"
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// text reads a string; otherwise when the key is absent or wrong.
func (r *reader) text(t *value, path, name, otherwise string) string {
	if s, ok := r.given(t, path, name); ok {
		return s
	}
	return otherwise
}

// given reads a string. It answers false when the key is absent or, after
// saying so, wrong.
func (r *reader) given(t *value, path, name string) (string, bool) {
	v := t.find(name)
	if v == nil {
		return "", false
	}
	path = join(path, name)
	r.place(path, v)
	if v.kind != unstable.String {
		r.fail(v.span, `put it in quotes`, "%s must be a text, not %s", path, v.name())
		r.wrong[path] = true
		return "", false
	}
	if i := strings.IndexFunc(v.text, unicode.IsControl); i >= 0 {
		r.fail(v.span, "a backslash in double quotes starts an escape: use single quotes", "%s has a control character", path)
		r.wrong[path] = true
		return "", false
	}
	return v.text, true
}

// texts reads a list of strings; one string alone is a list of one.
func (r *reader) texts(t *value, path, name string) []string {
	var out []string
	for _, term := range r.terms(t, path, name) {
		out = append(out, term.Text)
	}
	return out
}

// terms reads a list of strings with their paths. What is no term is a mistake
// and left out.
func (r *reader) terms(t *value, path, name string) (out []Term) {
	v := t.find(name)
	if v == nil {
		return nil
	}
	path = join(path, name)
	r.place(path, v)
	list := v.list
	if v.kind == unstable.String {
		list = []*value{v}
	} else if v.kind != unstable.Array {
		r.fail(v.span, `write ['one', 'two']`, "%s must be a list of texts, not %s", path, v.name())
		return nil
	}
	for i, el := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		r.place(at, el)
		switch {
		case el.kind != unstable.String:
			r.fail(el.span, "put it in quotes", "%s must be a text, not %s", at, el.name())
		case strings.ContainsFunc(el.text, unicode.IsControl):
			r.fail(el.span, `write it in single quotes: in double quotes a backslash starts an escape`, "%s: the term has a control character", at)
		case strings.TrimSpace(el.text) == "":
			r.fail(el.span, "take it out", "%s is empty", at)
		default:
			out = append(out, Term{Text: el.text, Path: at})
		}
	}
	return out
}

func (r *reader) oneOf(t *value, path, name, otherwise string, allowed ...string) string {
	s := r.text(t, path, name, otherwise)
	if !slices.Contains(allowed, s) {
		r.fail(t.find(name).span, mean(s, allowed), "%s: %q is not one of them", join(path, name), s)
		return otherwise
	}
	return s
}

func (r *reader) number(t *value, path, name string, otherwise, lo, hi int) int {
	v := t.find(name)
	if v == nil {
		return otherwise
	}
	r.place(join(path, name), v)
	n, err := strconv.Atoi(strings.ReplaceAll(v.text, "_", ""))
	if v.kind != unstable.Integer || err != nil || n < lo || n > hi {
		r.fail(v.span, "", "%s must be a whole number from %d to %d, not %s", join(path, name), lo, hi, v.name())
		return otherwise
	}
	return n
}

func (r *reader) decimal(t *value, path, name string, otherwise float64) float64 {
	v := t.find(name)
	if v == nil {
		return otherwise
	}
	r.place(join(path, name), v)
	f, err := strconv.ParseFloat(strings.ReplaceAll(v.text, "_", ""), 64)
	if (v.kind != unstable.Float && v.kind != unstable.Integer) || err != nil || !(f >= 0 && f <= 100) { // nan is neither
		r.fail(v.span, "1 is an outlet like any other", "%s must be a number from 0 to 100, not %s", join(path, name), v.name())
		return otherwise
	}
	return f
}

func (r *reader) yes(t *value, path, name string) bool {
	v := t.find(name)
	if v == nil {
		return false
	}
	r.place(join(path, name), v)
	if v.kind != unstable.Bool {
		r.fail(v.span, "write true or false, without quotes", "%s must be true or false, not %s", join(path, name), v.name())
		return false
	}
	return v.text == "true"
}
