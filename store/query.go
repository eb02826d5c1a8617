package store

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/words"
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

// Bounds of a query.
const (
	maxQuery   = 1000 // characters
	maxTerms   = 50
	maxNesting = 20
)

// A node is a part of a query: a term, or what is to be made of others.
type node struct {
	op   byte   // '&' all of kids, '|' one of kids, '!' not its kid; 0 a term
	kids []node // at least one, for an op
	term
}

// A term is words in a row, in one column of the index or in any.
type term struct {
	column string   // "" for all that are text
	toks   []string // as the index holds them
	stem   bool     // the last may go on
}

// searched are the fields of a query and their columns; those of facts are asked
// for as one word.
var searched = map[string]string{
	"title": "title", "intitle": "title", "text": "text", "body": "text", "summary": "text", "author": "author", "tag": "tag",
	"source": "facts", "lang": "facts", "site": "facts",
}

// named are those worth telling of.
var named = []string{"title", "text", "author", "tag", "source", "lang", "site"}

func noField(name string) string {
	help := "fields: " + strings.Join(named, ", ") + "; a colon in plain words is left out"
	if meant := config.Suggest(name, named); meant != "" {
		return meant + "; " + help
	}
	return help
}

// parseQuery reads a query: words (all must stand in an item), "phrases", stem*,
// a | b, OR, AND, NOT, -word, ( ) and field:term. It is the one place in this
// package that knows how a query is written.
func parseQuery(s string) (node, error) {
	p := &queryParser{in: []rune(straight(s))}
	if len(p.in) > maxQuery {
		return node{}, p.fail(maxQuery, "the query is too long", fmt.Sprintf("write at most %d characters", maxQuery))
	}
	n, ok, err := p.either("", 0)
	switch {
	case err != nil:
		return node{}, err
	case p.at < len(p.in):
		return node{}, p.fail(p.at, "a ) that nothing opens", "take it out, or open it with (")
	case !ok:
		return node{}, p.fail(0, "it has no word to search for", "write a word or a \"phrase\"")
	}
	return n, nil
}

// straight turns the quotes and blanks of word processors into plain ones,
// character for character, so that places stay.
func straight(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("“”„‟«»＂", r):
			return '"'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, s)
}

type queryParser struct {
	in    []rune
	at    int
	terms int
}

func (p *queryParser) fail(at int, msg, help string) error {
	return &QueryError{At: min(at, len(p.in)), Msg: msg, Help: help}
}

func (p *queryParser) blanks() {
	for p.at < len(p.in) && p.in[p.at] == ' ' {
		p.at++
	}
}

// take passes over one of the operators if it comes next.
func (p *queryParser) take(ops ...string) bool {
	p.blanks()
	for _, op := range ops {
		end := p.at + len(op)
		if end > len(p.in) || string(p.in[p.at:end]) != op {
			continue
		}
		if letters := len(op) > 1; !letters || end == len(p.in) || strings.ContainsRune(` ("`, p.in[end]) {
			p.at = end
			return true
		}
	}
	return false
}

// either reads a | b. ok is false when there is no word in it.
func (p *queryParser) either(field string, depth int) (n node, ok bool, err error) {
	if depth > maxNesting {
		return n, false, p.fail(p.at, "too many ( inside each other", fmt.Sprintf("nest at most %d", maxNesting))
	}
	var kids []node
	for {
		at := p.at
		kid, found, err := p.all(field, depth)
		if err != nil {
			return n, false, err
		}
		if found {
			kids = append(kids, kid)
		}
		at = max(at, p.at)
		more := p.take("|", "OR")
		if !found && (more || len(kids) > 0) {
			return n, false, p.fail(at, "nothing stands beside | or OR", "take it out, or write what it was for")
		}
		if !more {
			return join('|', kids), len(kids) > 0, nil
		}
	}
}

// all reads a b.
func (p *queryParser) all(field string, depth int) (n node, ok bool, err error) {
	var kids []node
	for {
		and := p.take("AND")
		at := p.at
		if and && len(kids) == 0 {
			return n, false, p.fail(at-3, "nothing stands before AND", "take it out: words stand side by side")
		}
		p.blanks()
		if p.at == len(p.in) || p.in[p.at] == ')' || p.in[p.at] == '|' || p.peekOr() {
			if and {
				return n, false, p.fail(at-3, "nothing stands after AND", "take it out, or write what it was for")
			}
			return join('&', kids), len(kids) > 0, nil
		}
		kid, found, err := p.one(field, depth)
		if err != nil {
			return n, false, err
		}
		if found {
			kids = append(kids, kid)
		}
	}
}

func (p *queryParser) peekOr() bool {
	at := p.at
	or := p.take("OR")
	p.at = at
	return or
}

func join(op byte, kids []node) node {
	if len(kids) == 1 {
		return kids[0]
	}
	return node{op: op, kids: kids}
}

// one reads a term, a group, or either turned round. Bare punctuation is passed
// over, as in a text.
func (p *queryParser) one(field string, depth int) (n node, ok bool, err error) {
	at := p.at
	minus := p.in[at] == '-' && at+1 < len(p.in) && !strings.ContainsRune(" -)|", p.in[at+1])
	if minus {
		p.at++
	}
	if minus || p.take("NOT") {
		p.blanks()
		if p.at < len(p.in) && !strings.ContainsRune(")|", p.in[p.at]) && !p.peekOr() {
			if depth++; depth > maxNesting {
				return n, false, p.fail(at, "too many NOT in a row", "take some out")
			}
			n, ok, err = p.one(field, depth)
		}
		if err == nil && !ok {
			err = p.fail(at, "nothing to leave out stands after it", "write the word to leave out, as in -sport")
		}
		return node{op: '!', kids: []node{n}}, ok, err
	}
	switch p.in[at] {
	case '(':
		return p.group(field, depth)
	case '"':
		return p.phrase(field)
	}
	return p.word(field, depth)
}

func (p *queryParser) group(field string, depth int) (node, bool, error) {
	open := p.at
	p.at++
	n, ok, err := p.either(field, depth+1)
	switch {
	case err != nil:
		return n, false, err
	case !p.take(")"):
		return n, false, p.fail(open, "a ( that nothing closes", "close it with )")
	case !ok:
		return n, false, p.fail(open, "nothing stands in ( )", "take it out, or write what it was for")
	}
	return n, true, nil
}

// phrase reads "a b" and "a b"*.
func (p *queryParser) phrase(field string) (node, bool, error) {
	open := p.at
	p.at++
	for p.at < len(p.in) && p.in[p.at] != '"' {
		p.at++
	}
	if p.at == len(p.in) {
		return node{}, false, p.fail(open, "unbalanced quote", `close it, as in "two words"`)
	}
	body := string(p.in[open+1 : p.at])
	p.at++
	if p.at < len(p.in) && p.in[p.at] == '~' {
		return node{}, false, p.fail(p.at, "search does not know words near each other", `write "two words" or two words`)
	}
	if p.at < len(p.in) && p.in[p.at] == '*' {
		p.at++
		body += "*"
	}
	return p.term(field, body, open)
}

var (
	searchField = regexp.MustCompile(`^([a-zA-Z]+):`)
	bareRegexp  = regexp.MustCompile(`^/.+/[a-z]*$`)
)

// word reads up to a blank, quote, bracket or bar, with its field.
func (p *queryParser) word(field string, depth int) (node, bool, error) {
	start := p.at
	for p.at < len(p.in) && !strings.ContainsRune(` "()|`, p.in[p.at]) {
		p.at++
	}
	body := string(p.in[start:p.at])
	if tag, ok := strings.CutPrefix(body, "#"); ok {
		field, body = "tag", tag
	}
	m := searchField.FindString(body)
	rest := body[len(m):]
	opens := p.at < len(p.in) && (p.in[p.at] == '"' || p.in[p.at] == '(')
	if m != "" && (rest != "" || opens) { // a colon before a blank is punctuation
		field = strings.ToLower(m[:len(m)-1])
		switch {
		case strings.HasPrefix(rest, "//"):
			return node{}, false, p.fail(start, "an address is no word", "write site: and the host, or use wiredesk why and the address")
		case searched[field] == "":
			return node{}, false, p.fail(start, fmt.Sprintf("no field %q", field), noField(field))
		case rest == "":
			return p.one(field, depth)
		}
		start, body = start+utf8.RuneCountInString(m), rest
	}
	if strings.HasPrefix(body, "=") {
		return node{}, false, p.fail(start, "search looks at no case and no marks", "leave the = out")
	}
	if bareRegexp.MatchString(body) {
		return node{}, false, p.fail(start, "search knows no regexps", "write words, or stem*")
	}
	return p.term(field, body, start)
}

// term makes a term of what stands at.
func (p *queryParser) term(field, body string, at int) (n node, ok bool, err error) {
	if p.terms++; p.terms > maxTerms {
		return n, false, p.fail(at, "too many words", fmt.Sprintf("write at most %d words and phrases", maxTerms))
	}
	n.column = searched[field]
	if n.column == "facts" {
		n.toks, err = p.fact(field, strings.TrimSpace(body), at)
		return n, err == nil, err
	}
	body, n.stem = strings.CutSuffix(body, "*")
	if strings.Contains(body, "*") {
		return n, false, p.fail(at, "a star is allowed only at the end", `write "stem*"`)
	}
	found := words.Split(body)
	for _, w := range found {
		if tok := token(w.Fold); tok != "" {
			n.toks = append(n.toks, tok)
		}
	}
	if len(n.toks) == 0 && n.stem {
		return n, false, p.fail(at, "a star needs letters before it", "write at least two letters before the star: alone it would match everything")
	}
	if len(n.toks) == 0 {
		return n, false, nil
	}
	last := found[len(found)-1]
	if lone := utf8.RuneCountInString(last.Fold) == 1; lone && n.stem && !pairwise(last.Fold) {
		return n, false, p.fail(at, "a stem of one letter would match everything", "write at least two letters before the star")
	}
	if len(n.toks) == 1 && pairwise(last.Fold) && utf8.RuneCountInString(last.Fold) == 1 {
		n.stem = true // the index holds pairs of characters
	}
	return n, true, nil
}

// pairwise says whether a word is written without spaces, and so stands in the
// index as pairs of characters.
func pairwise(fold string) bool {
	script := words.Script(fold)
	return script == "Hani" || script == "Hira" || script == "Kana"
}

// fact reads the value of source:, lang: or site:.
func (p *queryParser) fact(field, value string, at int) ([]string, error) {
	switch field {
	case "lang":
		value = words.Normal(value)
	case "site":
		value = strings.Trim(value, "./")
	}
	if value == "" || strings.ContainsAny(value, " *") {
		return nil, p.fail(at, fmt.Sprintf("%s: needs a whole value", field), "as in source:bbc-world, lang:ar or site:example.org")
	}
	return []string{fact(field, value)}, nil
}
