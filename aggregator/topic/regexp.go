package topic

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
)

const (
	maxPattern = 1 << 10  // bytes of a regexp
	maxScanned = 64 << 10 // bytes of a field that regexps look at
)

// A pattern is a regexp and a piece of text that every match contains, in lower
// case: without the piece the regexp is not run. "" when there is none.
type pattern struct {
	re    *regexp.Regexp
	piece string
}

// parsePattern reads /re2/ or /re2/i.
func parsePattern(s string) (*pattern, *slip) {
	end := strings.LastIndexByte(s, '/')
	flags := s[end+1:]
	if end == 0 || flags != "" && flags != "i" {
		return nil, &slip{0, "a regexp has no end", "write /…/ or /…/i"}
	}
	src := s[1:end]
	if len(src) > maxPattern {
		return nil, &slip{0, fmt.Sprintf("the regexp is over the limit of %d bytes", maxPattern), "split it into several terms"}
	}
	if i := strings.Index(src, "(i?)"); i >= 0 {
		bare := strings.Replace(src, "(i?)", "", 1)
		return nil, &slip{i + 1, "(i?) is an optional letter i", "ignore-case is (?i), or write /" + bare + "/i; plain terms ignore case already"}
	}
	if flags == "i" {
		src = "(?i)" + src
	}
	re, err := regexp.Compile(src)
	if err != nil {
		return nil, wrongSyntax(err, s)
	}
	if hungry(re) {
		return nil, &slip{0, "it matches everything", "ask for a word or more, and mind a trailing |"}
	}
	return &pattern{re, piece(src)}, nil
}

// wrongSyntax says what is wrong and where the wrong piece stands.
func wrongSyntax(err error, s string) *slip {
	bad := &slip{1, "the regexp is wrong: " + err.Error(), "the syntax is RE2: no look-around, no back-references"}
	if se, ok := err.(*syntax.Error); ok {
		bad.msg = fmt.Sprintf("the regexp is wrong: %s: %q", se.Code, se.Expr)
		bad.at = max(1, strings.Index(s, se.Expr))
	}
	return bad
}

// hungry says whether a regexp is content with nothing, or with two of ten
// unlike characters alone: any text would match.
func hungry(re *regexp.Regexp) bool {
	met := 0
	for _, one := range []string{"a", "e", "i", "o", "t", "7", " ", ".", "ا", "ي"} {
		if re.MatchString(one) {
			met++
		}
	}
	return met > 1 || re.MatchString("")
}

// piece is the longest text that must stand in every match.
func piece(src string) string {
	re, err := syntax.Parse(src, syntax.Perl)
	if err != nil {
		return ""
	}
	if p := required(re.Simplify()); len(p) > 1 {
		return p
	}
	return ""
}

// required walks down what a match cannot do without.
func required(re *syntax.Regexp) (longest string) {
	switch re.Op {
	case syntax.OpLiteral:
		return literal(re.Rune, re.Flags&syntax.FoldCase != 0)
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if p := required(sub); len(p) > len(longest) {
				longest = p
			}
		}
	}
	return longest
}

// literal is the longest stretch of a literal that can be looked up in the text
// in lower case.
func literal(runes []rune, anyCase bool) (longest string) {
	stretch := func(r rune) bool { return anyCase && !oneLower(r) }
	for _, p := range strings.FieldsFunc(string(runes), stretch) {
		if p = strings.ToLower(p); len(p) > len(longest) {
			longest = p
		}
	}
	return longest
}

// oneLower says whether all cases of a letter have one lower case: s has not,
// for the long ſ is its own.
func oneLower(r rune) bool {
	for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
		if unicode.ToLower(o) != unicode.ToLower(r) {
			return false
		}
	}
	return true
}
