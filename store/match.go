package store

import (
	"strings"

	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// everything is in each row.
const everything = `facts : "item"`

// A known picks of some forms those that stand in the index; with stem, those that
// a word there begins with.
type known func(forms []string, stem bool) []string

// narrow writes a query for FTS5 that finds all that p may hold for, and more: the
// index knows neither case nor places, and what is under NOT may be there
// otherwise than asked. "" when the index cannot tell. Whatever was typed stands in it
// as tokens within quotes, and every operator within brackets.
func narrow(p *topic.Part, in known) string {
	var all []string
	if len(p.Parts) == 0 {
		for _, t := range termsOf(p) {
			all = append(all, t.match(in))
		}
		return joined(all, " AND ")
	}
	for i := range p.Parts {
		if part := narrow(&p.Parts[i], in); part != "" {
			all = append(all, part)
		}
	}
	switch blind := len(p.Parts) - len(all); {
	case p.Least == len(p.Parts):
		return joined(all, " AND ")
	case blind < p.Least: // so that one of all must hold
		return joined(all, " OR ")
	}
	return ""
}

func joined(parts []string, op string) string {
	if len(parts) == 0 {
		return ""
	}
	return "(" + strings.Join(parts, op) + ")"
}

// maxForms bounds the phrases that one is written out as. An Arabic word has 24
// forms; a few of them stand in the index.
const maxForms = 100

// match writes the term with all the forms that a reader takes for it: FTS5 has no
// phrase whose words have alternatives. A long Arabic phrase, which may have too
// many, is asked for as its overlapping pairs.
func (t *term) match(in known) string {
	forms := make([][]string, len(t.toks))
	total := 1
	for i, tok := range t.toks {
		forms[i] = []string{tok}
		if more := words.Prefixed(tok); len(more) > 0 && t.columns != "facts" {
			forms[i] = append(forms[i], in(more, t.stem && i == len(t.toks)-1)...)
		}
		total = min(total*len(forms[i]), maxForms+1)
	}
	if total <= maxForms {
		return t.columns + " : (" + phrases(forms, t.stem) + ")"
	}
	var pairs []string
	for i := range len(forms) - 1 {
		stem := t.stem && i == len(forms)-2
		pairs = append(pairs, t.columns+" : ("+phrases(forms[i:i+2], stem)+")")
	}
	return "(" + strings.Join(pairs, " AND ") + ")"
}

// phrases writes every phrase that takes one form of each word.
func phrases(forms [][]string, stem bool) string {
	all := []string{""}
	for i, of := range forms {
		next := make([]string, 0, len(all)*len(of))
		for _, begun := range all {
			for _, form := range of {
				if i > 0 {
					form = begun + " " + form
				}
				next = append(next, form)
			}
		}
		all = next
	}
	for i, phrase := range all {
		all[i] = `"` + strings.ReplaceAll(phrase, `"`, `""`) + `"`
		if stem {
			all[i] += " *"
		}
	}
	return strings.Join(all, " OR ")
}
