package topic

import (
	"slices"
	"strings"
	"unicode"
)

// A lexeme is one piece of a query: an operator or a term.
type lexeme struct {
	kind kind
	text string // as written, quotes and field included
	at   int    // characters into the query
	end  int
	n    int // of "n of"
}

// A kind tells lexemes apart; the brackets and signs stand for themselves.
type kind rune

const (
	end  kind = 0
	term kind = 't'
	and  kind = 'A'
	or   kind = 'O'
	not  kind = 'N' // NOT, or a minus right before what it excludes
	some kind = 'n' // "2 of", before a parenthesis
)

// operators are what words in capitals mean.
var operators = map[string]kind{"AND": and, "OR": or, "NOT": not}

// A lexer cuts a query into lexemes. Places are characters, so that what word
// processors and keyboards of other scripts make of a sign moves nothing.
type lexer struct {
	src []rune // straightened: what regexps are made of
	ops []rune // in addition of plain width: what all else is read from
	at  int
}

func newLexer(query string) *lexer {
	l := &lexer{src: []rune(straighten(query))}
	for _, r := range l.src {
		l.ops = append(l.ops, plainSign(r))
	}
	return l
}

// plainSign is the ASCII form of full-width characters and of signs that mean
// the same, and a blank for what cannot be seen.
func plainSign(r rune) rune {
	switch {
	case r == '"' || r == '\'':
		return r
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '،' || r == '、':
		return ','
	case r == '−':
		return '-'
	case invisible(r):
		return ' '
	}
	return r
}

// next is the next lexeme.
func (l *lexer) next() lexeme {
	for l.at < len(l.ops) && l.ops[l.at] == ' ' {
		l.at++
	}
	if l.at == len(l.ops) {
		return lexeme{at: l.at, end: l.at}
	}
	from := l.at
	switch r := l.ops[from]; {
	case strings.ContainsRune("(),|", r):
		return l.take(kind(r), from+1)
	case slices.Contains([]rune("-–—‐‑‒"), r) && l.touches(from+1):
		return l.take(not, from+1)
	}
	if n, to := l.counted(from); to > 0 {
		lx := l.take(some, to)
		lx.n = n
		return lx
	}
	lx := l.take(term, l.termEnd(from))
	if op, ok := operators[lx.text]; ok {
		lx.kind = op
	}
	return lx
}

// touches says whether the next thing that can be seen is no blank.
func (l *lexer) touches(at int) bool {
	for at < len(l.src) && invisible(l.src[at]) {
		at++
	}
	return at < len(l.ops) && l.ops[at] != ' '
}

func invisible(r rune) bool {
	return unicode.Is(unicode.Bidi_Control, r) || r == '\u200b' || r == '\ufeff'
}

// take ends a lexeme before the character at to.
func (l *lexer) take(k kind, to int) lexeme {
	lx := lexeme{kind: k, text: string(l.ops[l.at:to]), at: l.at, end: to}
	l.at = to
	return lx
}

// counted reads "2 of" where a parenthesis follows, and answers 0 as its end
// where it does not stand.
func (l *lexer) counted(from int) (n, to int) {
	at := from
	for ; at < len(l.ops) && at < from+4 && l.ops[at] >= '0' && l.ops[at] <= '9'; at++ {
		n = 10*n + int(l.ops[at]-'0')
	}
	if at == from || at == len(l.ops) || l.ops[at] != ' ' {
		return 0, 0
	}
	at = l.blanks(at)
	if at+2 > len(l.ops) || !strings.EqualFold(string(l.ops[at:at+2]), "of") {
		return 0, 0
	}
	if next := l.blanks(at + 2); next == len(l.ops) || l.ops[next] != '(' {
		return 0, 0
	}
	return n, at + 2
}

func (l *lexer) blanks(at int) int {
	for at < len(l.ops) && l.ops[at] == ' ' {
		at++
	}
	return at
}

// termEnd is where the term that begins at from ends: a quoted one with the
// quote and what belongs to it, a regexp with its slash, any other before a
// blank or a sign.
func (l *lexer) termEnd(from int) int {
	at := from + l.fieldLen(from)
	if at < len(l.ops) && l.ops[at] == '/' {
		field, _, _ := cutField(string(l.ops[from:at]) + "x")
		if to := l.patternEnd(at); to > 0 && running(field) {
			return to
		}
	}
	if at < len(l.ops) && l.ops[at] == '=' {
		at++
	}
	for at < len(l.ops) && !strings.ContainsRune(" (),|", l.ops[at]) {
		if l.ops[at] == '"' {
			at = l.quoteEnd(at)
			continue
		}
		at++
	}
	return max(at, from+1)
}

// fieldLen is the length of "title:" or "#", 0 without one.
func (l *lexer) fieldLen(from int) int {
	at := from
	for at < len(l.ops) && l.ops[at] < unicode.MaxASCII && unicode.IsLetter(l.ops[at]) {
		at++
	}
	if at > from && at < len(l.ops) && l.ops[at] == ':' {
		return at + 1 - from
	}
	if l.ops[from] == '#' {
		return 1
	}
	return 0
}

// patternEnd is the end of a regexp, 0 when it has none.
func (l *lexer) patternEnd(at int) int {
	for at++; at < len(l.src); at++ {
		switch l.src[at] {
		case '\\':
			at++
		case '/':
			at++
			for at < len(l.src) && unicode.IsLetter(l.src[at]) {
				at++
			}
			return at
		}
	}
	return 0
}

// quoteEnd is the end of a quoted text with its "~5".
func (l *lexer) quoteEnd(at int) int {
	at++
	for at < len(l.ops) && l.ops[at] != '"' {
		at++
	}
	if at == len(l.ops) {
		return at // parseTerm says that it is not balanced
	}
	at++
	if near := l.blanks(at); near < len(l.ops) && l.ops[near] == '~' {
		at = l.blanks(near + 1)
	}
	return at
}
