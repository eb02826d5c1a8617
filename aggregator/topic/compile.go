package topic

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// A Set is all topics of a plan, compiled. It never changes and may be used
// from several goroutines.
type Set struct {
	topics []*compiled
	byID   map[string]*compiled
	rules  []*rule

	// The index: which rules could match at a word. A rule with running words
	// stands under its longest whole word, or under the first letters of its
	// stem; the rest is looked at for every item.
	byWord map[string][]anchor
	byStem map[string][]anchor
	always []anchor
}

// A compiled is a topic.
type compiled struct {
	*config.Topic
	order int
	langs map[string]bool
	need  float64
}

// Kinds of rules.
const (
	strong = iota
	weak
	ignore
	reject
)

// A rule is one clause of a topic.
type rule struct {
	clause
	topic *compiled
	kind  int
	lang  string // list it stands in; "all" also for ignore and reject
	term  string // as written
	list  string // "strong.en"
}

// An anchor is a rule found by its word number at.
type anchor struct {
	rule *rule
	at   int
}

// stemKey is how many bytes of a stem index it.
const stemKey = 4

// Compile reads the topics' terms. With an error the set is nil; warnings come
// beside one.
func Compile(topics []*config.Topic) (*Set, []Error) {
	s := &Set{byID: map[string]*compiled{}, byWord: map[string][]anchor{}, byStem: map[string][]anchor{}}
	var errs []Error
	for i, t := range topics {
		c := &compiled{Topic: t, order: i, langs: map[string]bool{}, need: needs[t.Aim]}
		if c.need == 0 {
			c.need = needs["standard"]
		}
		s.topics = append(s.topics, c)
		s.byID[t.ID] = c
		for _, l := range t.Strong {
			errs = append(errs, s.list(c, strong, l.Lang, "strong."+l.Lang, l.Terms)...)
		}
		for _, l := range t.Weak {
			errs = append(errs, s.list(c, weak, l.Lang, "weak."+l.Lang, l.Terms)...)
		}
		errs = append(errs, s.list(c, ignore, "all", "ignore", t.Ignore)...)
		errs = append(errs, s.list(c, reject, "all", "reject", t.Reject)...)
	}
	for _, e := range errs {
		if !e.Warning {
			return nil, errs
		}
	}
	return s, errs
}

// needs is the score each aim asks for.
var needs = map[string]float64{"broad": 1, "standard": 3, "strict": 5}

// list compiles the terms of one list.
func (s *Set) list(c *compiled, kind int, lang, name string, terms []config.Term) (errs []Error) {
	if kind <= weak {
		c.langs[lang] = true
	}
	spelled := map[string]string{} // folded term → as written
	for _, t := range terms {
		if e, twice := sameFolded(t, spelled); twice {
			errs = append(errs, e)
		}
		clauses, bad := parseTerm(t.Text)
		if bad != nil {
			errs = append(errs, Error{
				Path: t.Path, Offset: utf8.RuneCountInString(t.Text[:min(bad.at, len(t.Text))]),
				Msg: fmt.Sprintf("term %q: %s", t.Text, bad.msg), Help: bad.help,
			})
			continue
		}
		for _, cl := range clauses {
			r := &rule{clause: cl, topic: c, kind: kind, lang: lang, term: t.Text, list: name}
			s.rules = append(s.rules, r)
			s.index(r)
		}
	}
	return errs
}

// sameFolded warns of a term that another spelling in the list already stands
// for. Terms equal but for case are config's to find.
func sameFolded(t config.Term, spelled map[string]string) (Error, bool) {
	f := words.Fold(t.Text)
	other, ok := spelled[f]
	if !ok {
		spelled[f] = t.Text
	}
	if !ok || strings.EqualFold(other, t.Text) || strings.ContainsAny(t.Text, "=/") {
		return Error{}, false
	}
	return Error{
		Path: t.Path, Msg: fmt.Sprintf("%q and %q are the same after folding", t.Text, other), Help: "take one of them out", Warning: true,
	}, true
}

// index files a rule under the word that is likely the rarest: the longest.
func (s *Set) index(r *rule) {
	if len(r.toks) == 0 || !running(r.field) {
		s.always = append(s.always, anchor{r, 0})
		return
	}
	best := -1
	for i, t := range r.toks {
		if !t.stem && (best < 0 || len(t.fold) > len(r.toks[best].fold)) {
			best = i
		}
	}
	if best >= 0 {
		w := r.toks[best].fold
		s.byWord[w] = append(s.byWord[w], anchor{r, best})
		return
	}
	w := r.toks[0].fold // a stem alone
	key := w[:min(stemKey, len(w))]
	s.byStem[key] = append(s.byStem[key], anchor{r, 0})
}

// Test runs a sentence of the config against a topic. It answers "" when the
// topic does as wanted, else what happened and which term decided.
func (s *Set) Test(id string, t config.Test) string {
	d := testDoc(t)
	var got Match
	for _, m := range s.Match(d) {
		if m.Topic == id {
			got = m
		}
	}
	if got.In == t.Want {
		return ""
	}
	what := t.Title
	if what == "" {
		what = t.Text
	}
	if t.Want {
		if got.Veto != "" {
			return fmt.Sprintf("%q: want a match, rejected by %q", what, got.Veto)
		}
		return fmt.Sprintf("%q: want a match, got %g of %g points%s", what, got.Score, s.byID[id].need, deciding(got))
	}
	return fmt.Sprintf("%q: want no match, got %g of %g points%s", what, got.Score, got.Need, deciding(got))
}

func deciding(m Match) string {
	var by []string
	for _, r := range m.Reasons {
		if r.Points > 0 && len(by) < 3 {
			by = append(by, fmt.Sprintf("%s %q", r.List, r.Term))
		}
	}
	if len(by) == 0 {
		return ""
	}
	return " by " + strings.Join(by, ", ")
}

// languageOf is the list to use: declared, else detected, else "".
func languageOf(lang, text string) string {
	if l := words.Normal(lang); l != "" {
		return l
	}
	return words.Detect(text)
}
