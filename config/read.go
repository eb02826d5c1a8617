package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/pelletier/go-toml/v2/unstable"
)

// A reader walks the tree of one file and collects every mistake.
type reader struct {
	cfg  *Config
	dir  string // that paths in the file start from
	errs []Error
}

func (r *reader) fail(s span, help, format string, args ...any) {
	r.errs = append(r.errs, errorAt(s, fmt.Sprintf(format, args...), help))
}

func (r *reader) warn(s span, help, format string, args ...any) {
	r.fail(s, help, format, args...)
	r.errs[len(r.errs)-1].Warning = true
}

// later are keys of the design that this version does not have yet. They are
// refused rather than read past.
var later = map[string]bool{
	"proxy": true, "strip": true, "max_per_day": true, "query": true, "hold": true, "hub": true, "was": true,
	"jobs": true, "public": true, "tz": true,
}

// keys reports every key of a table that is not allowed there.
func (r *reader) keys(t *value, path string, allowed ...string) {
	for _, e := range t.keys {
		if contains(allowed, e.name) {
			continue
		}
		where := "[" + path + "]"
		if path == "" {
			where = "the file"
		}
		switch {
		case later[e.name]:
			r.fail(e.at, "leave it out; the changelog says when it comes", "%q in %s is not supported yet", e.name, where)
		case r.fellIn(e, path):
		default:
			r.fail(e.at, mean(e.name, allowed), "unknown key %q in %s", e.name, where)
		}
	}
}

// fellIn finds a key of a topic that stands below one of the topic's own
// tables, as TOML then reads it into that table.
func (r *reader) fellIn(e *entry, path string) bool {
	parts := strings.Split(path, ".")
	if len(parts) != 3 || parts[0] != "topics" || !contains(topicKeys, e.name) {
		return false
	}
	head := r.cfg.places["table:"+path]
	r.fail(e.at, fmt.Sprintf("move it above line %d, under [topics.%s]", head.pos().Line, parts[1]),
		"%q belongs to [topics.%s], but stands in [%s]", e.name, parts[1], path)
	return true
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
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
		r.fail(v.span, "write ["+join(path, name)+"] and its keys below", "%s must be a table, not %s", join(path, name), v.name())
		return &value{kind: unstable.Table, span: t.span}
	}
	r.place("table:"+join(path, name), v)
	return v
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// text reads a string; otherwise when the key is absent.
func (r *reader) text(t *value, path, name, otherwise string) string {
	v := t.find(name)
	if v == nil {
		return otherwise
	}
	path = join(path, name)
	r.place(path, v)
	if v.kind != unstable.String {
		r.fail(v.span, `put it in quotes`, "%s must be a text, not %s", path, v.name())
		return otherwise
	}
	if i := strings.IndexFunc(v.text, unicode.IsControl); i >= 0 {
		r.fail(v.span, "a backslash in double quotes starts an escape: use single quotes", "%s has a control character", path)
		return otherwise
	}
	return v.text
}

// texts reads a list of strings; one string alone is a list of one.
func (r *reader) texts(t *value, path, name string) []string {
	var out []string
	for _, term := range r.terms(t, path, name) {
		out = append(out, term.Text)
	}
	return out
}

// terms reads a list of strings with their paths.
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
	if !contains(allowed, s) {
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
	f, err := strconv.ParseFloat(v.text, 64)
	if (v.kind != unstable.Float && v.kind != unstable.Integer) || err != nil || f < 0 || f > 100 {
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

// length reads a duration such as "20m", "48h", "30d", "3y".
func (r *reader) length(t *value, path, name string, otherwise time.Duration) time.Duration {
	s := r.text(t, path, name, "")
	if s == "" {
		return otherwise
	}
	d, err := parseLength(s)
	if err != nil {
		r.fail(t.find(name).span, `write a number and a unit, as in "20m", "48h", "30d" or "3y"`, "%s: %v", join(path, name), err)
		return otherwise
	}
	return d
}

var units = map[byte]time.Duration{
	's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour, 'y': 365 * 24 * time.Hour,
}

func parseLength(s string) (time.Duration, error) {
	if len(s) < 2 {
		return 0, fmt.Errorf("%q is no length of time", s)
	}
	unit, ok := units[s[len(s)-1]]
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 31)
	if !ok || err != nil {
		return 0, fmt.Errorf("%q is no length of time", s)
	}
	if n == 0 || time.Duration(n) > 100*units['y']/unit {
		return 0, fmt.Errorf("%q is not between %s and 100y", s, "1s")
	}
	return time.Duration(n) * unit, nil
}

// schedule reads a fetch value. A cron expression is judged when compiled.
func (r *reader) schedule(t *value, path string, otherwise Schedule) Schedule {
	s := strings.TrimSpace(r.text(t, path, "fetch", ""))
	every, isEvery := strings.CutPrefix(s, "every ")
	switch {
	case s == "":
		return otherwise
	case isEvery:
		d, err := parseLength(strings.TrimSpace(every))
		if err != nil {
			r.fail(t.find("fetch").span, `write "every 20m" or a cron expression, as in "*/20 6-23 * * *"`, "%s.fetch: %v", path, err)
			return otherwise
		}
		return Schedule{Every: d}
	case len(strings.Fields(s)) < 2:
		r.fail(t.find("fetch").span, `write "every 20m" or a cron expression, as in "*/20 6-23 * * *"`, "%s.fetch: %q is no schedule", path, s)
		return otherwise
	}
	return Schedule{Cron: s}
}
