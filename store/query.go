package store

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/aggregator/topic"
)

// A QueryError is a mistake in a query.
type QueryError struct {
	At   int // characters into the query
	Msg  string
	Help string // what to write instead
}

func (e *QueryError) Error() string {
	return fmt.Sprintf("query, character %d: %s: %s", e.At+1, e.Msg, e.Help)
}

// Bounds of a query: a topic's may be longer, but is not asked of an index.
const (
	maxQuery = 1000 // characters
	maxTerms = 50
)

// parseQuery reads a query in the language of topics. Doubts are not told.
func parseQuery(s string) (*topic.Query, error) {
	if utf8.RuneCountInString(s) > maxQuery {
		return nil, &QueryError{maxQuery, "the query is too long", fmt.Sprintf("write at most %d characters", maxQuery)}
	}
	q, errs := topic.ParseQuery(s)
	for _, e := range errs {
		if !e.Warning {
			return nil, &QueryError{e.Offset, strings.TrimPrefix(e.Msg, "query: "), e.Help}
		}
	}
	if p := q.Part(); terms(&p) > maxTerms {
		return nil, &QueryError{0, fmt.Sprintf("it has over %d terms", maxTerms), "leave some out, or make a topic of it"}
	}
	return q, nil
}

func terms(p *topic.Part) (n int) {
	if len(p.Parts) == 0 {
		return 1
	}
	for i := range p.Parts {
		n += terms(&p.Parts[i])
	}
	return n
}

// A term is words in a row, in some columns of the index.
type term struct {
	columns string
	toks    []string // as the index holds them
	stem    bool     // the last may go on
}

// columnsOf are where the index holds the fields of a query; what it does not hold,
// like addresses, is for the engine to find.
var columnsOf = map[string]string{
	"": "{title text}", "title": "title", "summary": "text", "body": "text", "author": "author", "tag": "tag",
	"lang": "facts", "source": "facts", "site": "facts",
}

// termsOf are the terms that must all stand in what a term of the query finds;
// none when the index cannot tell.
func termsOf(p *topic.Part) (ts []term) {
	columns := columnsOf[p.Field]
	switch {
	case columns == "" || p.Not:
		return nil
	case columns == "facts":
		return []term{{columns: columns, toks: []string{fact(p.Field, p.Value)}}}
	}
	t := term{columns: columns}
	for i, w := range p.Words {
		tok := token(w)
		if tok == "" {
			continue // a mark alone; the index holds none
		}
		t.toks = append(t.toks, tok)
		t.stem = p.Stem && i == len(p.Words)-1
		if p.Near {
			ts, t = append(ts, t), term{columns: columns}
		}
	}
	if len(t.toks) > 0 {
		ts = append(ts, t)
	}
	return ts
}

// wanted adds to ts the terms of a query that an item's text may hold.
func wanted(p *topic.Part, ts []term) []term {
	for i := range p.Parts {
		ts = wanted(&p.Parts[i], ts)
	}
	if len(p.Parts) == 0 && (p.Field == "" || columnsOf[p.Field] == "text") {
		ts = append(ts, termsOf(p)...)
	}
	return ts
}
