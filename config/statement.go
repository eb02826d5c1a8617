package config

import (
	"bytes"
	"slices"

	"github.com/pelletier/go-toml/v2/unstable"
)

// A statement is a piece of a file as it is written: a head of a table, or a
// key with its value. A tree says what a file means, statements where an edit
// goes.
type statement struct {
	table []string // path of the table it opens, or stands in
	key   []string // below the table; nil for a head
	array bool     // a head in double brackets
	from  int      // where the key begins; for a head, its name
	equal int      // where = stands; 0 for a head
	end   int      // behind the value; for a head, behind its name
	val   written
}

// A written is a value and its place.
type written struct {
	kind     unstable.Kind // Invalid when no edit can tell its parts
	from, to int           // bytes, with quotes or brackets
	last     int           // behind the last element or key in it; 0 when there is none
	quote    byte          // that the string, or the last one in a list, starts with
	keys     []statement   // of an inline table
}

// statements lists what a file says, in order. The file is known to be TOML.
func statements(data []byte) (all []statement) {
	var here []string
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
		n := p.Expression()
		if n.Kind == unstable.KeyValue {
			s := keyed(data, n)
			s.table = here
			all = append(all, s)
			continue
		}
		s := statement{array: n.Kind == unstable.ArrayTable}
		s.table, s.from, s.end = keyPath(n.Key())
		here = s.table
		all = append(all, s)
	}
	return all
}

// keyPath is the parts of a dotted key, and its place.
func keyPath(key unstable.Iterator) (parts []string, from, end int) {
	for key.Next() {
		k := key.Node()
		if parts == nil {
			from = int(k.Raw.Offset)
		}
		parts = append(parts, string(k.Data))
		end = int(k.Raw.Offset + k.Raw.Length)
	}
	return parts, from, end
}

func keyed(data []byte, n *unstable.Node) statement {
	s := statement{end: int(n.Raw.Offset + n.Raw.Length)}
	var at int
	s.key, s.from, at = keyPath(n.Key())
	s.equal = at + bytes.IndexByte(data[at:], '=')
	at = s.equal + 1
	for data[at] == ' ' || data[at] == '\t' {
		at++
	}
	s.val = writtenAt(data, n.Value(), at, s.end)
	return s
}

func writtenAt(data []byte, n *unstable.Node, from, to int) written {
	v := written{kind: n.Kind, from: from, to: to, quote: data[from]}
	if n.Kind != unstable.Array && n.Kind != unstable.InlineTable {
		return v
	}
	v.quote = 0
	for it := n.Children(); it.Next(); {
		el := it.Node()
		switch {
		case n.Kind == unstable.InlineTable:
			v.keys = append(v.keys, keyed(data, el))
			v.last = v.keys[len(v.keys)-1].end
		case el.Kind == unstable.InlineTable:
			v.last = closing(data, el)
		case el.Kind == unstable.Array:
			v.kind = unstable.Invalid // no list of ours has lists in it
			return v
		default:
			v.last = int(el.Raw.Offset + el.Raw.Length)
			v.quote = data[el.Raw.Offset]
		}
	}
	return v
}

// closing is behind the bracket that closes an inline table in a list.
func closing(data []byte, n *unstable.Node) int {
	end := int(n.Raw.Offset) + 1
	for it := n.Children(); it.Next(); {
		end = keyed(data, it.Node()).end
	}
	if end = pass(data, end); data[end] == ',' {
		end = pass(data, end+1)
	}
	return end + 1
}

// pass steps over blanks, line ends and comments.
func pass(data []byte, at int) int {
	for ; at < len(data); at++ {
		switch data[at] {
		case ' ', '\t', '\r', '\n':
		case '#':
			line, _, _ := bytes.Cut(data[at:], []byte{'\n'})
			at += len(line)
		default:
			return at
		}
	}
	return at
}

// path is the whole path of a key, or of the table a head opens.
func (s *statement) path() []string { return slices.Concat(s.table, s.key) }

// under says whether a path begins with another.
func under(path, top []string) bool {
	return len(path) >= len(top) && slices.Equal(path[:len(top)], top)
}
