package topic

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// An Error is a mistake in a term, or, with Warning, a term that may not do what
// its writer thinks.
type Error struct {
	Path    string // config path of the term
	Offset  int    // characters into the term
	Msg     string
	Help    string
	Warning bool
}

// A clause is one alternative of a term, ready to be compared.
type clause struct {
	field string   // "" for title, summary and body; else the only field it looks at
	toks  []tok    // words in order; nil for a pattern, or a field of one value
	near  int      // > 0: toks in any order, each at most so many words from the anchor
	re    *pattern // nil for words
	text  string   // folded, for the fields of one value
}

// A tok is one word of a clause.
type tok struct {
	fold, marks, raw string
	stem             bool // any ending
	exact            bool // case and marks matter
	marked           bool // diacritics are respected when the language is a guess
}

// A slip is a mistake inside a term, before it is known where the term stands.
type slip struct {
	at        int // bytes into the straightened term
	msg, help string
}

// from moves a slip of a part to where the part begins.
func (s *slip) from(n int) *slip {
	if s != nil {
		s.at += n
	}
	return s
}

// straighten turns the quotes and blanks that word processors make into plain
// ones, character for character, so that places stay.
func straighten(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("“”„‟«»＂", r):
			return '"'
		case strings.ContainsRune("‘’‚‛", r):
			return '\''
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, s)
}

// parseTerm reads a straightened term: alternatives of words, phrases, near
// groups, exact words, or a regexp, all under an optional field.
func parseTerm(s string) ([]clause, *slip) {
	lead := len(s) - len(strings.TrimLeft(s, " "))
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "-") {
		return nil, &slip{lead, "a term of a list cannot be turned round", "put it under ignore (this mention does not count) or reject (the item is out)"}
	}
	field, rest, bad := cutField(s)
	if bad != nil {
		return nil, bad.from(lead)
	}
	at := lead + len(s) - len(rest)
	if strings.HasPrefix(rest, "/") && running(field) {
		re, bad := parsePattern(rest)
		return []clause{{field: field, re: re}}, bad.from(at)
	}
	return parseAlternatives(rest, field, at)
}

// parseAlternatives reads a | b. An empty one would match everything.
func parseAlternatives(s, field string, at int) (out []clause, bad *slip) {
	alts := splitAlternatives(s)
	for i, alt := range alts {
		bare := strings.TrimSpace(alt)
		switch {
		case bare != "":
		case len(alts) == 1:
			return nil, &slip{at, "it is empty", "write a word, or take it out"}
		case i == len(alts)-1:
			return nil, &slip{at, "nothing stands after the last |", "take the | out, or write what it was for"}
		default:
			return nil, &slip{at, "nothing stands before a |", "take the | out, or write what it was for"}
		}
		start := at + len(alt) - len(strings.TrimLeft(alt, " "))
		if i > 0 {
			own, rest, bad := cutField(bare)
			if bad == nil && own != "" && own != field {
				bad = &slip{0, "alternatives of one term stand in one field", "make two terms of them"}
			}
			if bad != nil {
				return nil, bad.from(start)
			}
			bare, start = rest, start+len(bare)-len(rest)
		}
		c, bad := parseAlternative(bare, field)
		if bad != nil {
			return nil, bad.from(start)
		}
		out = append(out, c)
		at += len(alt) + 1
	}
	return out, nil
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

func parseAlternative(s, field string) (clause, *slip) {
	c := clause{field: field}
	if !running(field) && field != "tag" && field != "author" {
		bare, near, bad := unquote(s)
		if c.text = strings.TrimSpace(words.Fold(bare)); bad == nil && (c.text == "" || near > 0) {
			bad = &slip{0, "nothing stands in it that the field could hold", "write the value right behind the colon"}
		}
		if bad != nil || field == "url" {
			return c, bad
		}
		return c.whole()
	}
	body, exact := strings.CutPrefix(s, "=")
	body, near, bad := unquote(body)
	if bad != nil {
		return c, bad.from(len(s) - len(strings.TrimPrefix(s, "=")))
	}
	if inner, ok := strings.CutPrefix(body, "="); ok {
		body, exact = inner, true
	}
	c.near = near
	body, stem := strings.CutSuffix(body, "*")
	if i := strings.IndexByte(body, '*'); i >= 0 || stem && strings.TrimSpace(body) == "" {
		return c, starred(body, strings.IndexByte(s, '*'))
	}
	for _, w := range words.Split(body) {
		script := words.Script(w.Raw)
		c.toks = append(c.toks, tok{
			fold: w.Fold, marks: w.Marks, raw: w.Raw, exact: exact,
			marked: script != "Arab" && script != "Hebr", // whose vowel marks are rarely written
		})
	}
	if len(c.toks) == 0 || c.toks[0].fold == "" {
		return c, &slip{0, "it has no word, so it can never match", "write words, or a /regexp/"}
	}
	last := &c.toks[len(c.toks)-1]
	lone := utf8.RuneCountInString(last.fold) < 2
	paired := lone && slices.Contains([]string{"Hani", "Hira", "Kana"}, words.Script(last.fold))
	last.stem = stem || paired && len(c.toks) == 1 && !exact // texts have pairs of such characters
	if stem && lone && !paired {
		return c, &slip{0, "a stem of one letter would match everything", "write at least two letters before the star"}
	}
	return c, nil
}

// whole reads the value of lang:, site: or source:, which has no part that could
// be left out.
func (c clause) whole() (clause, *slip) {
	switch c.field {
	case "lang":
		c.text = words.Normal(c.text) // lang:en-GB is lang:en, as everywhere
	case "site":
		c.text = strings.Trim(c.text, "./")
	}
	if c.text == "" || strings.Contains(c.text, "*") {
		return c, &slip{0, fmt.Sprintf("%s: needs a whole value", c.field), "as in source:bbc-world, lang:ar or site:example.org"}
	}
	return c, nil
}

var (
	quoteForm = regexp.MustCompile(`^"([^"]*)"$`)
	nearForm  = regexp.MustCompile(`^"([^"]*)" ?~ ?(\d{1,2})$`)
)

// unquote reads "a b" and "a b"~5, and leaves what has no quotes.
func unquote(s string) (body string, near int, bad *slip) {
	at := strings.IndexByte(s, '"')
	if at < 0 {
		return s, 0, nil
	}
	if m := quoteForm.FindStringSubmatch(s); m != nil {
		return m[1], 0, nil
	}
	if m := nearForm.FindStringSubmatch(s); m != nil {
		near, _ = strconv.Atoi(m[2]) // two digits
		return m[1], near, nil
	}
	help := `write "two words", or "two words"~5 for near each other`
	if strings.Count(s, `"`)%2 == 1 {
		return "", 0, &slip{strings.LastIndexByte(s, '"'), "unbalanced quote", help}
	}
	return "", 0, &slip{at, "quotes stand around a whole term", help}
}

// starred words a star that is not at the end.
func starred(body string, at int) *slip {
	bare := strings.TrimSpace(strings.ReplaceAll(body, "*", ""))
	if bare == "" {
		return &slip{at, "a star is allowed only at the end", "write at least two letters before the star: alone it would match everything"}
	}
	if before, _, _ := strings.Cut(body, "*"); strings.TrimSpace(before) != "" {
		return &slip{at, "a star is allowed only at the end", fmt.Sprintf(`write "%s*"`, before)}
	}
	return &slip{at, "a star is allowed only at the end", fmt.Sprintf(`write "%s*"; list words that end in "%s" one by one`, bare, bare)}
}
