package topic

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// term reads one term, which may have several alternatives only by | of ours.
func (p *parser) term(lx lexeme) *node {
	n := &node{at: lx.at, text: lx.text}
	if p.foreignSign(lx) {
		return n
	}
	if len(lx.text) > len("topic:") && strings.EqualFold(lx.text[:len("topic:")], "topic:") {
		n.topic = strings.Trim(lx.text[len("topic:"):], `"`)
		n.clause.field = "topic"
		return n
	}
	text := lx.text
	if at := p.lex.fieldLenOf(lx); at < lx.end && p.lex.ops[at] == '/' {
		text = string(p.lex.ops[lx.at:at]) + string(p.lex.src[at:lx.end])
	}
	clauses, bad := parseTerm(text)
	if bad != nil {
		p.fail(lx.at+utf8.RuneCountInString(text[:min(bad.at, len(text))]), bad.help, "term %q: %s", lx.text, bad.msg)
		return n
	}
	n.clause = clauses[0]
	p.doubt(lx, n)
	return n
}

// fieldLenOf is where a term goes on behind its field.
func (l *lexer) fieldLenOf(lx lexeme) int { return lx.at + l.fieldLen(lx.at) }

// elsewhere are signs of other query languages that would be read past here.
var elsewhere = []struct{ sign, help string }{
	{"&&", "write AND, or nothing: words are all required"}, {"&", `write AND; in a name, write it in quotes: "A & B"`},
	{"!", "write -word or NOT word"}, {"+", "take it out: words are all required"}, {"-", "a minus stands right before what it excludes"},
}

// foreignSign speaks of what other programs understand and we would only drop.
func (p *parser) foreignSign(lx lexeme) bool {
	bare := lx.text[len(string(p.lex.ops[lx.at:p.lex.fieldLenOf(lx)])):]
	if bare == "" && lx.text != "#" {
		if field := strings.ToLower(strings.TrimSuffix(lx.text, ":")); named[field] != "" || field == "topic" {
			p.fail(lx.at, "write the term right behind the colon; a field holds for one term: (title:a OR title:b)", "nothing stands after %s", lx.text)
			return true
		}
	}
	if strings.ContainsAny(bare, `"`) || strings.HasPrefix(bare, "/") {
		return false
	}
	for _, e := range elsewhere {
		if bare == e.sign || strings.HasPrefix(bare, e.sign) && e.sign != "&" {
			p.fail(lx.at, e.help, "%s is no sign of this language", e.sign)
			return true
		}
	}
	upper := strings.TrimRight(lx.text, "/0123456789")
	if upper == "NEAR" || upper == "ADJ" || strings.EqualFold(upper, "w") && strings.Contains(lx.text, "/") {
		p.fail(lx.at, `write "a b"~5: both, at most five words between`, "%s is no operator here", lx.text)
		return true
	}
	if i := strings.IndexAny(bare, `?~^[]{}<>\;`); i >= 0 && running(fieldOf(lx.text)) {
		at := p.lex.fieldLenOf(lx) + utf8.RuneCountInString(bare[:i])
		p.fail(at, "a star at the end is any ending, \"a b\"~5 is near; what belongs to the text stands in quotes", "%c means nothing in a query", bare[i])
		return true
	}
	return false
}

func fieldOf(text string) string {
	field, _, _ := cutField(text)
	return field
}

// doubt warns of terms that are probably not meant so.
func (p *parser) doubt(lx lexeme, n *node) {
	switch lower := strings.ToLower(lx.text); {
	case lower == "and" || lower == "or" || lower == "not":
		p.warn(lx.at, "write "+strings.ToUpper(lower)+" in capitals, or \""+lower+"\" in quotes for the word", "%q is read as a word like any other", lx.text)
	case everydayWord(n.clause) && !strings.HasPrefix(lx.text, `"`):
		p.warn(lx.at, "take it out, or write =Word when case tells it apart", "%q stands in nearly every text", lx.text)
	case strings.HasPrefix(lx.text, "'") && strings.IndexFunc(lx.text[1:], unicode.IsLetter) == 0:
		p.warn(lx.at, `write "two words" for a phrase`, "a single quote is no sign of this language")
	}
}
