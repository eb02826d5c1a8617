package topic

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// A clause is one alternative of a term, ready to be compared.
type clause struct {
	field string // "" for title, summary and body; else the only field it looks at
	toks  []tok  // words in order; nil for the others
	near  int    // > 0: toks in any order, at most so many words between them
	re    *regexp.Regexp
	text  string // folded, for fields that are no running text
}

// A tok is one word of a clause.
type tok struct {
	fold, marks, raw string
	stem             bool // any ending
	exact            bool // case and marks matter
	latin            bool // diacritics are respected when the language is a guess
}

// An Error is a mistake in a term.
type Error struct {
	Path    string // config path of the term
	Offset  int    // characters into the term
	Msg     string
	Help    string
	Warning bool
}

const (
	maxPattern = 1 << 10 // bytes of a regexp
	maxScanned = 64 << 10
)

// fields a term may name, with their aliases.
var fields = map[string]string{
	"title": "title", "intitle": "title", "summary": "summary", "body": "body", "author": "author", "tag": "tag",
	"url": "url", "inurl": "url", "site": "site", "source": "source", "lang": "lang",
}

// running says whether a field is text with words in order.
func running(field string) bool {
	return field == "" || field == "title" || field == "summary" || field == "body"
}

// A slip is a mistake inside a term, before it is known where the term stands.
type slip struct {
	at        int // bytes
	msg, help string
}

// straight turns the quotes and blanks that word processors make into plain ones.
var straight = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "\u00a0", " ", "\u202f", " ")

// parseTerm reads a term: alternatives of words, phrases, near groups, exact
// words, regexps, each under an optional field.
func parseTerm(src string) ([]clause, *slip) {
	s := straight.Replace(src)
	field, rest, bad := cutField(s)
	if bad != nil {
		return nil, bad
	}
	at := len(s) - len(rest)
	if strings.HasPrefix(rest, "/") && running(field) {
		c, bad := parseRegexp(rest)
		return []clause{{field: field, re: c}}, bad.shift(at)
	}
	var out []clause
	for i, alt := range splitAlternatives(rest) {
		if strings.TrimSpace(alt) == "" {
			msg := "nothing stands after the last |"
			if i == 0 {
				msg = "nothing stands before the |"
			}
			return nil, &slip{at, msg, "take the | out, or write what it was for: an empty alternative would match everything"}
		}
		c, bad := parseAlternative(strings.TrimSpace(alt), field)
		if bad != nil {
			return nil, bad.shift(at + len(alt) - len(strings.TrimLeft(alt, " ")))
		}
		out = append(out, c)
		at += len(alt) + 1
	}
	return out, nil
}

func (s *slip) shift(n int) *slip {
	if s != nil {
		s.at += n
	}
	return s
}

var fieldName = regexp.MustCompile(`^([a-zA-Z]+):(\S)`)

func cutField(s string) (field, rest string, bad *slip) {
	if tag, ok := strings.CutPrefix(s, "#"); ok {
		return "tag", tag, nil
	}
	m := fieldName.FindStringSubmatch(s)
	if m == nil {
		return "", s, nil
	}
	f, ok := fields[strings.ToLower(m[1])]
	if !ok {
		return "", "", &slip{0, fmt.Sprintf("no field %q", m[1]), "fields: title, summary, body, author, tag, url, site, source, lang; a colon in plain words is left out"}
	}
	return f, s[len(m[1])+1:], nil
}

// splitAlternatives cuts at every | outside quotes.
func splitAlternatives(s string) (alts []string) {
	start, quoted := 0, false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '|' && !quoted:
			alts = append(alts, s[start:i])
			start = i + 1
		}
	}
	return append(alts, s[start:])
}

var nearForm = regexp.MustCompile(`^"([^"]*)"(?:~(\d{1,2}))?$`)

func parseAlternative(s, field string) (clause, *slip) {
	c := clause{field: field, text: words.Fold(s)}
	if !running(field) && field != "tag" && field != "author" {
		return c, nil
	}
	body, exact := strings.CutPrefix(s, "=")
	if strings.Contains(body, `"`) {
		m := nearForm.FindStringSubmatch(body)
		if m == nil {
			return c, &slip{strings.Index(s, `"`), "unbalanced quote", `write "two words", or "two words"~5 for near each other`}
		}
		body = m[1]
		if m[2] != "" {
			fmt.Sscan(m[2], &c.near)
		}
	}
	stem := strings.HasSuffix(body, "*")
	body = strings.TrimSuffix(body, "*")
	if i := strings.IndexByte(body, '*'); i >= 0 || body == "" {
		bare := strings.ReplaceAll(body, "*", "")
		return c, &slip{max(i, 0), "a star is allowed only at the end", fmt.Sprintf(`write "%s*"; list words that end in "%s" one by one`, bare, bare)}
	}
	for _, w := range words.Split(body) {
		c.toks = append(c.toks, tok{
			fold: w.Fold, marks: w.Marks, raw: w.Raw, exact: exact, latin: words.Script(w.Raw) == "Latn",
		})
	}
	if len(c.toks) == 0 {
		return c, &slip{0, "it has no word, so it can never match", "write words, or a /regexp/"}
	}
	last := &c.toks[len(c.toks)-1]
	last.stem = stem
	if stem && len([]rune(last.fold)) < 2 {
		return c, &slip{0, "a stem of one letter would match everything", "write at least two letters before the star"}
	}
	return c, nil
}

// parseRegexp reads /re2/ or /re2/i.
func parseRegexp(s string) (*regexp.Regexp, *slip) {
	end := strings.LastIndexByte(s, '/')
	flags := s[end+1:]
	if end == 0 || (flags != "" && flags != "i") {
		return nil, &slip{0, "a regexp has no end", "write /…/ or /…/i"}
	}
	pattern := s[1:end]
	if len(pattern) > maxPattern {
		return nil, &slip{0, fmt.Sprintf("the regexp is over the limit of %d bytes", maxPattern), "split it"}
	}
	if i := strings.Index(pattern, "(i?)"); i >= 0 {
		word := strings.Replace(pattern, "(i?)", "", 1)
		return nil, &slip{i + 1, "(i?) is an optional letter i", "ignore-case is (?i), or write /" + word + "/i; plain terms ignore case already"}
	}
	if flags == "i" {
		pattern = "(?i)" + pattern
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		msg := err.Error()
		if se, ok := err.(*syntax.Error); ok {
			msg = fmt.Sprintf("%s: %q", se.Code, se.Expr)
		}
		return nil, &slip{1, "the regexp is wrong: " + msg, "the syntax is RE2: no look-around, no back-references"}
	}
	if re.MatchString("") {
		return nil, &slip{0, "it matches everything", "ask for at least one character, and mind a trailing |"}
	}
	return re, nil
}
