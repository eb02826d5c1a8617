package config

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

var topicKeys = []string{"title", "sources", "aim", "query", "strong", "weak", "ignore", "reject", "tests", "was"}

// topic reads one topic. Without sources it takes them all.
func (r *reader) topic(id, path string, t *value) {
	r.keys(t, path, topicKeys...)
	for _, name := range []string{"strong", "weak"} {
		if v := t.find(name); v != nil && !v.empty() {
			r.tried[join(path, name)] = true
		}
	}
	top := &Topic{
		ID: id, Title: r.text(t, path, "title", id), Sources: r.texts(t, path, "sources"),
		Aim:    r.oneOf(t, path, "aim", "standard", "broad", "standard", "strict"),
		Strong: r.lists(t, path, "strong"), Weak: r.lists(t, path, "weak"),
		Query:  r.query(t, path),
		Ignore: r.terms(t, path, "ignore"), Reject: r.terms(t, path, "reject"), Tests: r.tests(t, path),
		Was: r.texts(t, path, "was"),
	}
	if len(top.Sources) == 0 {
		top.Sources = []string{"*"}
	}
	r.cfg.Topics = append(r.cfg.Topics, top)
}

// query reads a topic's query. What it means is for aggregator.Compile to say.
func (r *reader) query(t *value, path string) Term {
	v := t.find("query")
	if v == nil {
		return Term{}
	}
	path = join(path, "query")
	r.tried[path] = true
	text, ok := r.given(t, strings.TrimSuffix(path, ".query"), "query")
	switch {
	case !ok:
		return Term{}
	case strings.TrimSpace(text) == "":
		r.fail(v.span, "take it out, or write what items must say, as in 'Syria (sanctions OR aid) -football'", "%s is empty", path)
		return Term{}
	}
	return Term{Text: text, Path: path}
}

var validLang = regexp.MustCompile(`^[a-z]{2,3}$`)

// isLang says whether s is a language tag as far as we read it: a code, and
// what a hyphen adds (BCP 47), as in "pt-BR".
func isLang(s string) bool { return validLang.MatchString(baseLang(s)) }

// baseLang is the language of a tag, without region and script.
func baseLang(s string) string {
	lang, _, _ := strings.Cut(strings.ToLower(s), "-")
	return lang
}

// lists reads a table of term lists, one a language.
func (r *reader) lists(t *value, path, name string) (out []List) {
	path = join(path, name)
	table := r.table(t, strings.TrimSuffix(path, "."+name), name)
	for _, e := range table.keys {
		if r.fellIn(e, path) {
			continue
		}
		if e.name != "all" && !validLang.MatchString(e.name) {
			r.fail(e.at, `write a language code, as in en or ar, or all`, "%s: %q is no language", path, e.name)
			continue
		}
		if terms := r.terms(table, path, e.name); len(terms) > 0 {
			out = append(out, List{Lang: e.name, Terms: terms})
		}
	}
	return out
}

// tests reads the sentences that a topic is tried on.
func (r *reader) tests(t *value, path string) (out []Test) {
	v := t.find("tests")
	if v == nil {
		return nil
	}
	if v.kind != unstable.Array {
		r.fail(v.span, "write [["+path+".tests]]", "%s.tests must be a list of tables", path)
		return nil
	}
	for i, el := range v.list {
		at := fmt.Sprintf("%s.tests[%d]", path, i)
		r.place(at, el)
		r.keys(el, at, "title", "text", "lang", "source", "want")
		test := Test{
			Title: r.text(el, at, "title", ""), Text: r.text(el, at, "text", ""), Lang: r.text(el, at, "lang", ""),
			Source: r.text(el, at, "source", ""), Want: r.yes(el, at, "want"), Path: at,
		}
		if el.find("want") == nil {
			r.fail(el.span, "write want = true or want = false", "%s does not say what it wants", at)
		}
		if test.Title == "" && test.Text == "" {
			r.fail(el.span, `write title = "…"`, "%s has neither title nor text", at)
		}
		out = append(out, test)
	}
	return out
}
