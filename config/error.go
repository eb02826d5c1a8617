package config

import (
	"fmt"
	"strings"
	"unicode"
)

// A Pos is a place in a file. Line and Col count from 1; Col counts characters.
type Pos struct {
	File string
	Line int
	Col  int
}

// An Error is one mistake, in the words of the file.
type Error struct {
	Pos     Pos
	Warning bool   // doubtful, not wrong
	Msg     string // what is wrong
	Help    string // what to write instead; may be ""
	Source  string // the line as it stands, without its end; "" when it has no line
	Width   int    // characters to underline from Pos.Col; 0 = no caret
}

// Error is the first line of Format: place, kind, message.
func (e Error) Error() string {
	kind := "error"
	if e.Warning {
		kind = "warning"
	}
	if e.Pos.Line == 0 {
		return fmt.Sprintf("%s: %s: %s", e.Pos.File, kind, e.Msg)
	}
	return fmt.Sprintf("%s:%d:%d: %s: %s", e.Pos.File, e.Pos.Line, e.Pos.Col, kind, e.Msg)
}

// Format shows the mistake in its line, with what to write instead:
//
//	wiredesk.toml:31:1: error: unknown key "exlude" in [topics.syria]
//	   31 | exlude = ["Steam"]
//	      | ^^^^^^
//	      = help: did you mean "reject"?
func (e Error) Format() string {
	var b strings.Builder
	b.WriteString(e.Error())
	if e.Source != "" {
		fmt.Fprintf(&b, "\n%5d | %s", e.Pos.Line, strings.ReplaceAll(e.Source, "\t", " "))
		if e.Width > 0 {
			b.WriteString("\n      " + e.mark())
		}
	}
	if e.Help != "" {
		b.WriteString("\n      = help: " + e.Help)
	}
	return b.String()
}

// mark points at the mistake: with carets, or by quoting the value where a
// terminal would reorder the line.
func (e Error) mark() string {
	if !rightToLeft(e.Source) {
		return "| " + strings.Repeat(" ", e.Pos.Col-1) + strings.Repeat("^", e.Width)
	}
	line := []rune(e.Source)
	start := min(e.Pos.Col-1, len(line))
	return "= here: " + string(line[start:min(start+e.Width, len(line))])
}

// rightToLeft says whether a terminal would reorder a line: a caret under it
// would point at another word.
func rightToLeft(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana)
	})
}

// ErrorAt is a mistake found later, by who knows what the value means: offset
// counts characters into the text of the value at path, as in
// "topics.syria.strong.en[2]". At 0 the whole value is meant.
func (c *Config) ErrorAt(path string, offset int, msg, help string) Error {
	s, ok := c.places[path]
	if !ok {
		return Error{Pos: Pos{File: c.File}, Msg: path + ": " + msg, Help: help}
	}
	if offset > 0 {
		s = s.inside(offset)
	}
	return errorAt(s, msg, help)
}
