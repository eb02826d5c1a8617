package topic

import (
	"slices"
	"strings"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// A Query asks for stored items in the language of topics: it is the query of a
// broad topic without lists. An index finds candidates by its Part, and Holds
// decides, so that a search and a topic never differ.
//
//	q, errs := topic.ParseQuery(`title:Syria 2 of (aid, truce, UN) -football`)
//	for _, it := range candidates(q.Part()) {
//		if q.Holds(topic.Doc{Item: it, Source: "bbc"}) { … }
//	}
type Query struct{ set *Set }

// ParseQuery reads a query and finds all mistakes, in the order of their places.
// With one that is no warning the query is nil. It cannot ask for topic:.
func ParseQuery(text string) (*Query, []Error) {
	const path = "query"
	if root, _ := parseQuery(text); root != nil {
		var named *node
		root.walk(func(n *node) {
			if n.topic != "" && named == nil {
				named = n
			}
		})
		if named != nil {
			return nil, []Error{{Path: path, Offset: named.at, Msg: "query: a search has no topics", Help: "write words; wiredesk preview shows what a topic finds"}}
		}
	}
	set, errs := Compile([]*config.Topic{{ID: path, Aim: "broad", Query: config.Term{Text: text, Path: path}}})
	slices.SortStableFunc(errs, func(a, b Error) int { return a.Offset - b.Offset })
	if set == nil {
		return nil, errs
	}
	return &Query{set}, errs
}

// Holds says whether an item is what the query asks for.
func (q *Query) Holds(d Doc) bool {
	return slices.ContainsFunc(q.set.Match(d), func(m Match) bool { return m.In })
}

// A Part is a query, or a piece of one, as far as an index of words can follow.
type Part struct {
	Parts []Part
	Least int // so many of Parts must hold, one at least; a term has none

	// Of a term. All its words stand in what it finds, and more may be asked of
	// them: case, places. One without words and value may stand anywhere.
	Not   bool     // it must not be found
	Field string   // "" for title, summary and body
	Words []string // folded, in a row unless Near
	Stem  bool     // the last may go on
	Near  bool
	Value string // folded, of lang, source, site and url
}

// Part is the whole query, with NOT at terms only.
func (q *Query) Part() Part { return q.set.topics[0].query.root.part() }

func (n *node) part() Part {
	p := Part{Least: n.min}
	for _, s := range n.subs {
		p.Parts = append(p.Parts, s.part())
	}
	if len(n.subs) > 0 {
		return p
	}
	c := n.clause
	p = Part{Not: n.not, Field: c.field, Near: c.near > 0, Value: c.text}
	for _, t := range c.toks {
		p.Words, p.Stem = append(p.Words, t.fold), t.stem
	}
	return p
}

// Texts are the running texts of an item as topics read them; the summary is ""
// when the body says the same.
func Texts(it *feeds.Item) (title, summary, body string) {
	summary = plainText(it.Summary)
	if strings.Contains(it.Text, summary) {
		summary = ""
	}
	return it.Title, summary, it.Text
}

// Language is the language of an item as lang: and lists take it: declared, else
// detected, else "".
func Language(it *feeds.Item) string {
	if lang := words.Normal(it.Lang); lang != "" {
		return lang // without a look at the text
	}
	lang, _ := tongue(it)
	return lang
}
