package config

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

// A file is one config file as read.
type file struct {
	name   string
	data   []byte // without the byte order mark
	marked bool   // it began with one
}

// byteOrderMark is what some editors write at the start of a file.
const byteOrderMark = "\ufeff"

// A span is a run of bytes in a file.
type span struct {
	file   *file
	offset int
	length int
}

// pos is where a span starts, in characters.
func (s span) pos() Pos {
	before := s.file.data[:s.offset]
	line := bytes.LastIndexByte(before, '\n') + 1
	return Pos{
		File: s.file.name,
		Line: bytes.Count(before, []byte{'\n'}) + 1,
		Col:  utf8.RuneCount(before[line:]) + 1,
	}
}

// line is the source line a span starts in.
func (s span) line() string {
	start := bytes.LastIndexByte(s.file.data[:s.offset], '\n') + 1
	end := bytes.IndexByte(s.file.data[s.offset:], '\n')
	if end < 0 {
		end = len(s.file.data) - s.offset
	}
	return strings.TrimRight(string(s.file.data[start:s.offset+end]), "\r")
}

// width is the length in characters, cut at the end of the line.
func (s span) width() int {
	raw, _, _ := bytes.Cut(s.file.data[s.offset:s.offset+s.length], []byte{'\n'})
	return utf8.RuneCount(bytes.TrimRight(raw, "\r"))
}

// inside is the place of one character of a string's value: n counts from 0.
// The quotes, and escapes that stand for one character, are stepped over. It
// answers the whole string when the value has no such character.
func (s span) inside(n int) span {
	raw := string(s.file.data[s.offset : s.offset+s.length])
	at, escapes := opening(raw)
	for ; at < len(raw); n-- {
		size := step(raw[at:], escapes)
		if n == 0 {
			return span{s.file, s.offset + at, size}
		}
		at += size
	}
	return s
}

// opening is the length of a string's opening quotes, and whether a backslash
// means something in it. A line end right after three quotes is not text.
func opening(raw string) (length int, escapes bool) {
	for _, quotes := range []string{`"""`, `'''`, `"`, `'`} {
		text, ok := strings.CutPrefix(raw, quotes)
		if !ok || quotes[0] != text[max(0, len(text)-1)] {
			continue
		}
		if len(quotes) == 3 {
			text = strings.TrimPrefix(strings.TrimPrefix(text, "\r"), "\n")
		}
		return len(raw) - len(text), quotes[0] == '"'
	}
	return 0, false
}

// step is the length in bytes of what stands for one character.
func step(raw string, escapes bool) int {
	_, size := utf8.DecodeRuneInString(raw)
	if !escapes || raw[0] != '\\' || len(raw) < 2 {
		return size
	}
	size = 2
	switch raw[1] {
	case 'x':
		size = 4
	case 'u':
		size = 6
	case 'U':
		size = 10
	}
	return min(size, len(raw))
}

// secret finds what a line may hold that nobody but the operator should see:
// errors go to logs and to the status page, with the line they stand in.
var secret = regexp.MustCompile(`(?i)://[^/\s'"]*@|(?:authorization|token|secret|passw|cookie|api[_-]?key)[\w-]*["']?\s*[=:].*`)

// masked hides secrets behind as many dots, so that columns stay true.
func masked(line string) string {
	return secret.ReplaceAllStringFunc(line, func(s string) string {
		keep := strings.IndexAny(s, "=:") + 1
		if strings.HasPrefix(s, "://") {
			keep = len("://")
		}
		return s[:keep] + strings.Repeat("•", utf8.RuneCountInString(s[keep:]))
	})
}

// errorAt is a mistake at a span, with its line.
func errorAt(s span, msg, help string) Error {
	return Error{Pos: s.pos(), Msg: msg, Help: help, Source: masked(s.line()), Width: s.width()}
}
