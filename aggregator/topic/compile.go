package topic

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/config"
)

// A Set is all topics of a plan, compiled. It never changes and may be used
// from several goroutines.
type Set struct {
	topics []*compiled
	byID   map[string]*compiled
	index  index
	roving []*compiled // topics whose query may hold where no word leads to them
}

// A compiled is a topic.
type compiled struct {
	*config.Topic
	order  int
	need   float64
	query  *query // nil without one
	open   bool   // takes every source
	strict bool   // aims so
	named  bool   // another topic's query asks for it
}

// alone says whether the topic is a query and no lists.
func (c *compiled) alone() bool { return len(c.Strong)+len(c.Weak) == 0 }

// has says whether the topic has a list for a language.
func (c *compiled) has(lang string) bool {
	for _, lists := range [][]config.List{c.Strong, c.Weak} {
		for i := range lists {
			if lists[i].Lang == lang {
				return true
			}
		}
	}
	return false
}

// needs is the score each aim asks for.
var needs = map[string]float64{"broad": 1, "standard": 3, "strict": 5}

// Compile reads the topics' terms and finds all mistakes. With an error the set
// is nil; warnings come beside one. The topics must not change afterwards.
func Compile(topics []*config.Topic) (*Set, []Error) {
	s := &Set{byID: map[string]*compiled{}, index: newIndex()}
	var errs []Error
	for i, t := range topics {
		c := &compiled{Topic: t, order: i, need: needs[t.Aim]}
		c.open = len(t.Sources) == 1 && t.Sources[0] == "*"
		c.strict = t.Aim == "strict"
		if c.need == 0 {
			c.need = needs["standard"]
		}
		s.topics = append(s.topics, c)
		s.byID[t.ID] = c
		errs = append(errs, s.lists(c)...)
		errs = append(errs, s.query(c)...)
	}
	s.index.close()
	errs = append(errs, s.tie()...)
	for _, e := range errs {
		if !e.Warning {
			return nil, errs
		}
	}
	return s, errs
}

// Topics are the topics of the set in the order of the config.
func (s *Set) Topics() []*config.Topic {
	ts := make([]*config.Topic, len(s.topics))
	for i, c := range s.topics {
		ts[i] = c.Topic
	}
	return ts
}

// lists compiles all lists of a topic.
func (s *Set) lists(c *compiled) (errs []Error) {
	for _, l := range c.Strong {
		errs = append(errs, s.list(place{topic: c, order: int32(c.order), kind: strong, lang: l.Lang, list: "strong." + l.Lang}, l.Terms)...)
	}
	for _, l := range c.Weak {
		errs = append(errs, s.list(place{topic: c, order: int32(c.order), kind: weak, lang: l.Lang, list: "weak." + l.Lang}, l.Terms)...)
	}
	errs = append(errs, s.list(place{topic: c, order: int32(c.order), kind: ignore, lang: "all", list: "ignore"}, c.Ignore)...)
	return append(errs, s.list(place{topic: c, order: int32(c.order), kind: reject, lang: "all", list: "reject"}, c.Reject)...)
}

// list compiles the terms of one list into rules.
func (s *Set) list(in place, terms []config.Term) (errs []Error) {
	spelled := map[string]string{} // folded term → as written
	var read []listed
	for _, t := range terms {
		errs = append(errs, sameFolded(t, spelled)...)
		straight := straighten(t.Text)
		clauses, bad := parseTerm(straight)
		if bad != nil {
			errs = append(errs, Error{
				Path: t.Path, Offset: utf8.RuneCountInString(straight[:min(bad.at, len(straight))]),
				Msg: fmt.Sprintf("term %q: %s", t.Text, bad.msg), Help: bad.help,
			})
			continue
		}
		errs = append(errs, doubts(t, clauses)...)
		errs = append(errs, outOfScript(t, clauses, in.lang)...)
		read = append(read, listed{t, clauses})
		for i := range clauses {
			s.index.add(s.index.rule(&in, t.Text, &clauses[i]))
		}
	}
	return append(errs, overlapping(read)...)
}

// Test runs a sentence of the config against a topic. It answers "" when the
// topic does as wanted, else what happened and which term decided. A test that
// names no source asks about the terms alone.
func (s *Set) Test(id string, t config.Test) string {
	top := s.byID[id]
	if top == nil {
		return fmt.Sprintf("no topic %q", id)
	}
	r := read(testDoc(t))
	s.index.find(r)
	got := r.verdict(top)
	if got.In == t.Want {
		return ""
	}
	what := t.Title
	if what == "" {
		what = t.Text
	}
	switch {
	case !t.Want:
		return fmt.Sprintf("%q: want no match, got %g of %g points%s", what, got.Score, got.Need, deciding(got))
	case got.Topic == "":
		return fmt.Sprintf("%q: want a match, but the topic takes nothing from source %q", what, t.Source)
	case got.Veto != "":
		return fmt.Sprintf("%q: want a match, rejected by %q", what, got.Veto)
	case got.Lacks != "":
		return fmt.Sprintf("%q: want a match, but the query lacks %q", what, got.Lacks)
	}
	return fmt.Sprintf("%q: want a match, got %g of %g points%s", what, got.Score, got.Need, deciding(got))
}

// deciding names the terms behind a score.
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
