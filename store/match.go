package store

import (
	"strings"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// anyText are the columns that a word without a field is looked for in.
const anyText = "{title text author tag}"

// everything is in each row.
const everything = `facts : "item"`

// A known picks of some forms those that stand in the index; with stem, those that
// a word there begins with.
type known func(forms []string, stem bool) []string

// match writes a query for FTS5. Whatever was typed stands in it as tokens within
// quotes, and every operator within brackets.
func (n *node) match(in known) string {
	switch n.op {
	case 0:
		return n.term.match(in)
	case '!':
		return "(" + everything + " NOT " + n.kids[0].match(in) + ")"
	}
	var with, without []string
	for i := range n.kids {
		if kid := &n.kids[i]; kid.op == '!' && n.op == '&' {
			without = append(without, kid.kids[0].match(in))
		} else {
			with = append(with, kid.match(in))
		}
	}
	if n.op == '|' {
		return "(" + strings.Join(with, " OR ") + ")"
	}
	if len(with) == 0 {
		with = []string{everything}
	}
	all := "(" + strings.Join(with, " AND ") + ")"
	if len(without) > 0 {
		all = "(" + all + " NOT (" + strings.Join(without, " OR ") + "))"
	}
	return all
}

// maxForms bounds the phrases that one is written out as. An Arabic word has 24
// forms; a few of them stand in the index.
const maxForms = 100

// match writes the term with all the forms that a reader takes for it: FTS5 has no
// phrase whose words have alternatives. A long Arabic phrase, which may have too
// many, is asked for as its overlapping pairs.
func (t *term) match(in known) string {
	column := t.column
	if column == "" {
		column = anyText
	}
	forms := make([][]string, len(t.toks))
	total := 1
	for i, tok := range t.toks {
		forms[i] = []string{tok}
		if more := words.Prefixed(tok); len(more) > 0 && t.column != "facts" {
			forms[i] = append(forms[i], in(more, t.stem && i == len(t.toks)-1)...)
		}
		total = min(total*len(forms[i]), maxForms+1)
	}
	if total <= maxForms {
		return column + " : (" + phrases(forms, t.stem) + ")"
	}
	var pairs []string
	for i := range len(forms) - 1 {
		stem := t.stem && i == len(forms)-2
		pairs = append(pairs, column+" : ("+phrases(forms[i:i+2], stem)+")")
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
