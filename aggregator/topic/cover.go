package topic

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// A listed is a term of a list with its alternatives.
type listed struct {
	term    config.Term
	clauses []clause
}

// A coverage finds the single words that make other terms of the same list, or
// the same group of a query, needless: where those stand, it stands too.
type coverage map[coverKey][]covering

type coverKey struct {
	field string
	stem  bool
	fold  string
}

type covering struct {
	tok  tok
	by   int // number of the term
	text string
}

// add enters a term, if it is one word.
func (cov coverage) add(by int, text string, c clause) {
	if len(c.toks) == 1 && !c.toks[0].exact && running(c.field) {
		key := coverKey{c.field, c.toks[0].stem, c.toks[0].fold}
		cov[key] = append(cov[key], covering{c.toks[0], by, text})
	}
}

// of finds what covers a clause of term number by.
func (cov coverage) of(by int, c clause) (text string, ok bool) {
	if !running(c.field) {
		return "", false
	}
	for _, t := range c.toks {
		for _, field := range slices.Compact([]string{"", c.field}) {
			if text, ok := cov.word(by, field, t); ok {
				return text, true
			}
		}
	}
	return "", false
}

// word finds what covers a word: itself, or a stem that it begins with. Of two
// that are alike the first covers the second.
func (cov coverage) word(by int, field string, t tok) (text string, ok bool) {
	fits := func(key coverKey) bool {
		for _, c := range cov[key] {
			alike := !t.exact && c.tok.stem == t.stem && c.tok.fold == t.fold
			if c.by != by && (!alike || c.by < by) && (!c.tok.marked || c.tok.is(t.marks, c.tok.marks)) {
				text = c.text
				return true
			}
		}
		return false
	}
	if !t.stem && fits(coverKey{field, false, t.fold}) {
		return text, true
	}
	for n := 2; n <= len(t.fold); n++ {
		if fits(coverKey{field, true, t.fold[:n]}) {
			return text, true
		}
	}
	return "", false
}

func (t *tok) is(word, want string) bool {
	return word == want || t.stem && strings.HasPrefix(word, want)
}

// overlapping warns of terms of a list that another one covers. What shows in
// the spelling, and what is one word twice, has been said.
func overlapping(list []listed) (warnings []Error) {
	cov := coverage{}
	for i, l := range list {
		for _, c := range l.clauses {
			cov.add(i, l.term.Text, c)
		}
	}
	for i, l := range list {
		by := ""
		covered := len(l.clauses) > 0 && !slices.ContainsFunc(l.clauses, func(c clause) bool {
			text, ok := cov.of(i, c)
			by = text
			return !ok
		})
		if covered && !said(l.term.Text, by) {
			warnings = append(warnings, Error{
				Path: l.term.Path, Msg: fmt.Sprintf("%q is already covered by %q", l.term.Text, by), Help: "take it out", Warning: true,
			})
		}
	}
	return warnings
}

// said says whether config or sameFolded have found a term covered.
func said(term, by string) bool {
	stem, ok := strings.CutSuffix(strings.ToLower(by), "*")
	return ok && strings.HasPrefix(strings.ToLower(term), stem) || words.Fold(term) == words.Fold(by)
}

// latin are languages surely written in Latin letters alone: what ScriptOf does
// not know it takes for Latin, and some languages are written in two scripts.
const latin = " en fr de es it pt nl tr pl sv da no nb nn fi cs sk ro hu id ms ca hr sl et lt lv sq sw so vi af ga cy eu gl is "

// outOfScript warns of a term without a letter of its list's script. A regexp, a
// field and an exact term may be meant so.
func outOfScript(t config.Term, clauses []clause, lang string) []Error {
	for _, c := range clauses {
		if c.field == "" && foreign(c, lang) {
			return []Error{{
				Path: t.Path, Help: "move it to a list of its language, or to all", Warning: true,
				Msg: fmt.Sprintf("%q has no letters of the list's language %q, so it can only match foreign words", t.Text, lang),
			}}
		}
	}
	return nil
}

// foreign says whether all words of a clause have letters, and none of the
// language's script.
func foreign(c clause, lang string) bool {
	script := words.ScriptOf(lang)
	if lang == "all" || script == "" || script == "Latn" && !strings.Contains(latin, " "+lang+" ") || strings.Contains(" sr ku kk uz az mn tg ", lang) {
		return false
	}
	return len(c.toks) > 0 && !slices.ContainsFunc(c.toks, func(t tok) bool {
		s := words.Script(t.raw)
		return t.exact || s == "" || s == script || script == "Hani" && (s == "Hira" || s == "Kana")
	})
}
