package topic

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	maxQuery = 20_000 // characters of a query
	maxDepth = 60     // parentheses and NOTs in each other
)

// A mistake is one of a query; at counts characters into it.
type mistake struct {
	at        int
	msg, help string
	warning   bool
}

// A parser reads a query and goes on after a mistake, so that all are found.
//
//	any   = all { OR all }
//	all   = un { [AND] un }
//	un    = ( NOT | - ) un | alt
//	alt   = unit { "|" unit }
//	unit  = "(" any ")" | n "of" "(" any { "," any } ")" | term
type parser struct {
	lex   *lexer
	now   lexeme
	last  int // end of the lexeme before
	depth int
	found []mistake
}

// parseQuery reads a query. The tree is nil when nothing in it could be read;
// with a mistake that is no warning it must not be used.
func parseQuery(query string) (*node, []mistake) {
	if utf8.RuneCountInString(query) > maxQuery {
		return nil, []mistake{{0, fmt.Sprintf("it is over the limit of %d characters", maxQuery), "split it into topics, and join them with topic:", false}}
	}
	p := &parser{lex: newLexer(query)}
	p.step()
	if p.now.kind == end {
		return nil, []mistake{{0, "it is empty", "take it out, or write what items must say", false}}
	}
	n := p.any()
	for p.now.kind != end {
		p.stray()
		if rest := p.any(); n == nil {
			n = rest
		}
	}
	return n, p.found
}

func (p *parser) step() { p.last, p.now = p.now.end, p.lex.next() }

func (p *parser) fail(at int, help, format string, args ...any) {
	p.found = append(p.found, mistake{at, fmt.Sprintf(format, args...), help, false})
}

func (p *parser) warn(at int, help, format string, args ...any) {
	p.fail(at, help, format, args...)
	p.found[len(p.found)-1].warning = true
}

// stray speaks of a sign that nothing has opened.
func (p *parser) stray() {
	if p.now.kind == ',' {
		p.fail(p.now.at, `in a phrase, write it in quotes: "Damascus, Virginia"`, "a comma stands only inside 2 of (a, b, c)")
	} else {
		p.fail(p.now.at, "take it out, or write the ( that it closes", "a ) that no ( has opened")
	}
	p.step()
}

// any reads a OR b. What AND joins on either side of OR stays together, which
// some readers do not expect.
func (p *parser) any() *node {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.now.at, "write it flatter, or as several topics joined with topic:", "more than %d parentheses and NOTs in each other", maxDepth)
		for p.now.kind != end {
			p.step()
		}
	}
	defer func() { p.depth-- }()
	from := p.now.at
	p.leading()
	subs := []*node{p.all()}
	for p.now.kind == or {
		op := p.now
		p.step()
		if !p.begins() {
			p.dangling(op)
			continue
		}
		subs = append(subs, p.all())
	}
	n := p.node(subs, 1, from)
	if len(subs) > 1 {
		p.mixed(subs)
	}
	return n
}

// mixed warns once of AND and OR side by side without parentheses.
func (p *parser) mixed(subs []*node) {
	for _, s := range subs {
		if s != nil && len(s.subs) > 1 && s.min == len(s.subs) && !s.closed {
			p.warn(s.at, "write the parentheses, as in a (b OR c) or (a b) OR c", "read as (%s) beside OR: AND binds more closely", s.text)
			return
		}
	}
}

// leading speaks of AND and OR that nothing stands before.
func (p *parser) leading() {
	for p.now.kind == and || p.now.kind == or || p.now.kind == '|' {
		p.fail(p.now.at, "take it out, or write what belongs there", "nothing stands before %s", p.now.text)
		p.step()
	}
}

// all reads a b and a AND b.
func (p *parser) all() *node {
	from := p.now.at
	subs := []*node{p.un()}
	for {
		if p.now.kind == and {
			op := p.now
			p.step()
			if !p.begins() {
				p.dangling(op)
				continue
			}
		} else if !p.begins() {
			break
		}
		subs = append(subs, p.un())
	}
	return p.node(subs, len(subs), from)
}

// begins says whether something to look for can begin here.
func (p *parser) begins() bool {
	switch p.now.kind {
	case term, not, some, '(':
		return true
	}
	return false
}

func (p *parser) dangling(op lexeme) {
	p.fail(op.at, `take it out, or write what belongs there; a word "`+strings.ToLower(op.text)+`" stands in quotes`, "nothing stands after %s", op.text)
}

// un reads NOT a and -a.
func (p *parser) un() *node {
	if p.now.kind != not {
		return p.alt()
	}
	op := p.now
	p.step()
	if !p.begins() {
		p.dangling(op)
		return nil
	}
	if p.depth++; p.depth > maxDepth {
		p.depth--
		return p.any() // which says so
	}
	n := p.un()
	p.depth--
	if n == nil {
		return nil
	}
	return &node{min: 1, subs: []*node{n}, not: true, at: op.at, text: p.textFrom(op.at)}
}

// alt reads a | b.
func (p *parser) alt() *node {
	from := p.now.at
	subs := []*node{p.unit()}
	for p.now.kind == '|' {
		bar := p.now
		p.step()
		if p.now.kind == not {
			p.fail(p.now.at, "write a OR -b", "NOT cannot stand behind a |")
			p.step()
		}
		if !p.begins() {
			p.dangling(bar)
			continue
		}
		next := p.unit()
		if first := subs[0]; first != nil && next != nil && first.clause.field != next.clause.field {
			p.fail(next.at, "write the field before each, as in title:a | title:b, or OR between them", "alternatives of one term stand in one field")
		}
		subs = append(subs, next)
	}
	n := p.node(subs, 1, from)
	if n != nil && len(subs) > 1 {
		n.closed = true
	}
	return n
}

// unit reads one term, or a group.
func (p *parser) unit() *node {
	lx := p.now
	switch lx.kind {
	case '(':
		p.step()
		subs := p.group(lx)
		if len(subs) > 1 {
			p.fail(lx.at, "write 2 of (a, b), or OR between them", "commas in parentheses without a number")
		}
		if len(subs) == 0 || subs[0] == nil {
			return nil
		}
		subs[0].closed = true
		return subs[0]
	case some:
		p.step()
		open := p.now
		p.step()
		return p.counted(lx, p.group(open))
	case term:
		p.step()
		return p.term(lx)
	}
	p.leading()
	if p.begins() {
		return p.unit()
	}
	return nil
}

// group reads what stands between parentheses, the first of which is read.
func (p *parser) group(open lexeme) (subs []*node) {
	if p.now.kind == ')' {
		p.fail(open.at, "take the parentheses out, or write terms between them", "nothing stands in the parentheses")
		p.step()
		return nil
	}
	for {
		if p.now.kind == ',' || p.now.kind == ')' && len(subs) > 0 {
			p.fail(p.now.at, "take the comma out", "nothing stands beside a comma")
		} else {
			subs = append(subs, p.any())
		}
		if p.now.kind != ',' {
			break
		}
		p.step()
	}
	if p.now.kind != ')' {
		p.fail(open.at, "write the ) where the group ends", "a ( that nothing closes")
		return subs
	}
	p.step()
	return subs
}

// counted makes n of (…).
func (p *parser) counted(lx lexeme, subs []*node) *node {
	if len(subs) > 0 && lx.n == 0 {
		p.fail(lx.at, "write 1 of, or leave it out", "0 of them is everything")
	}
	if len(subs) > 0 && lx.n > len(subs) {
		p.fail(lx.at, "commas stand between them, as in 2 of (a, b, c)", "%d of %d can never be", lx.n, len(subs))
	}
	n := p.node(subs, lx.n, lx.at)
	if n != nil {
		n.closed = true
	}
	return n
}

// node joins what was read; one alone stands for itself.
func (p *parser) node(subs []*node, least, from int) *node {
	kept := subs[:0]
	for _, s := range subs {
		if s != nil {
			kept = append(kept, s)
		}
	}
	switch len(kept) {
	case 0:
		return nil
	case 1:
		return kept[0]
	}
	return &node{min: least, subs: kept, at: from, text: p.textFrom(from)}
}

func (p *parser) textFrom(at int) string {
	return strings.TrimSpace(string(p.lex.ops[at:p.last]))
}
