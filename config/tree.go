package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// A file is one config file as read.
type file struct {
	name string
	data []byte
}

// A span is a run of bytes in a file.
type span struct {
	file   *file
	offset int
	length int
}

// A value is a TOML value with its place. Tables keep the order of their keys.
type value struct {
	kind unstable.Kind
	text string // of a string; the raw text of numbers and booleans
	list []*value
	keys []*entry
	span span
}

type entry struct {
	name string
	at   span // of the key
	val  *value
}

// find returns the value under a key, nil when there is none.
func (v *value) find(name string) *value {
	for _, e := range v.keys {
		if e.name == name {
			return e.val
		}
	}
	return nil
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
	return utf8.RuneCount(raw)
}

// parseTree reads a file into a table. A syntax error is the only one: what
// stands after it cannot be trusted.
func parseTree(f *file) (*value, *Error) {
	if !utf8.Valid(f.data) {
		return nil, badUTF8(f)
	}
	var strict map[string]any // finds double keys and tables, which the raw parser does not
	if err := toml.Unmarshal(f.data, &strict); err != nil {
		return nil, syntaxError(f, err)
	}
	root := &value{kind: unstable.Table, span: span{file: f}}
	here := root
	var p unstable.Parser
	p.Reset(f.data)
	for p.NextExpression() {
		n := p.Expression()
		switch n.Kind {
		case unstable.Table:
			here = descend(f, root, n.Key(), false)
		case unstable.ArrayTable:
			here = descend(f, root, n.Key(), true)
		case unstable.KeyValue:
			assign(f, here, n)
		}
	}
	if err := p.Error(); err != nil {
		return nil, syntaxError(f, err)
	}
	return root, nil
}

func badUTF8(f *file) *Error {
	at := 0
	for at < len(f.data) {
		r, n := utf8.DecodeRune(f.data[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return &Error{Pos: span{f, at, 0}.pos(), Msg: "the file is not UTF-8 here", Help: "save it as UTF-8"}
}

// syntaxError puts the library's message into our form.
func syntaxError(f *file, err error) *Error {
	var d *toml.DecodeError
	if !errors.As(err, &d) {
		return &Error{Pos: Pos{File: f.name, Line: 1, Col: 1}, Msg: "not TOML: " + err.Error()}
	}
	row, col := d.Position()
	offset := 0
	for range row - 1 {
		offset += bytes.IndexByte(f.data[offset:], '\n') + 1
	}
	end := bytes.IndexByte(f.data[offset:], '\n') // the library counts bytes
	if end < 0 {
		end = len(f.data) - offset
	}
	at := span{f, offset + min(max(col-1, 0), end), 0}
	msg := strings.TrimPrefix(d.Error(), "toml: ")
	return &Error{Pos: at.pos(), Msg: "not TOML: " + msg, Source: at.line(), Width: 1,
		Help: "strings stand in quotes, list values between commas, tables as [name]"}
}

// descend walks to a table by its dotted key and makes what is missing.
func descend(f *file, root *value, key unstable.Iterator, array bool) *value {
	here := root
	for key.Next() {
		k := key.Node()
		next := here.find(string(k.Data))
		if next == nil {
			next = &value{kind: unstable.Table, span: keySpan(f, k)}
			if array && key.IsLast() {
				next.kind = unstable.Array
			}
			here.keys = append(here.keys, &entry{string(k.Data), keySpan(f, k), next})
		}
		if next.kind == unstable.Array {
			if key.IsLast() {
				next.list = append(next.list, &value{kind: unstable.Table, span: keySpan(f, k)})
			}
			next = next.list[len(next.list)-1]
		}
		here = next
	}
	return here
}

func keySpan(f *file, k *unstable.Node) span {
	return span{f, int(k.Raw.Offset), int(k.Raw.Length)}
}

// assign adds a key with its value, dotted keys included.
func assign(f *file, here *value, n *unstable.Node) {
	key := n.Key()
	for key.Next() {
		k := key.Node()
		if key.IsLast() {
			v := convert(f, n.Value(), keySpan(f, k))
			here.keys = append(here.keys, &entry{string(k.Data), keySpan(f, k), v})
			return
		}
		next := here.find(string(k.Data))
		if next == nil {
			next = &value{kind: unstable.Table, span: keySpan(f, k)}
			here.keys = append(here.keys, &entry{string(k.Data), keySpan(f, k), next})
		}
		here = next
	}
}

// convert copies a node, which the parser reuses. Lists and inline tables have
// no place of their own: they take their key's.
func convert(f *file, n *unstable.Node, at span) *value {
	v := &value{kind: n.Kind, text: string(n.Data), span: at}
	if n.Raw.Length > 0 && n.Kind != unstable.InlineTable && n.Kind != unstable.Array {
		v.span = span{f, int(n.Raw.Offset), int(n.Raw.Length)}
	}
	switch n.Kind {
	case unstable.Array:
		for it := n.Children(); it.Next(); {
			v.list = append(v.list, convert(f, it.Node(), at))
		}
	case unstable.InlineTable:
		v.kind = unstable.Table
		for it := n.Children(); it.Next(); {
			assign(f, v, it.Node())
		}
	}
	return v
}

// name says what kind of value it is, as people call it.
func (v *value) name() string {
	switch v.kind {
	case unstable.String:
		return fmt.Sprintf("the text %q", v.text)
	case unstable.Integer, unstable.Float:
		return "the number " + v.text
	case unstable.Bool:
		return v.text
	case unstable.Array:
		return "a list"
	case unstable.Table:
		return "a table"
	default:
		return v.text
	}
}
