package config

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// A value is a TOML value with its place. Tables keep the order of their keys.
type value struct {
	kind unstable.Kind
	text string // of a string; the raw text of numbers and booleans
	list []*value
	keys []*entry
	span span
	seen map[string]*value // keys by name, once there are many
}

type entry struct {
	name string
	at   span // of the key
	val  *value
}

// many keys are looked up by a map: a file may hold 20,000 sources.
const many = 16

// add appends a key that is not there yet.
func (v *value) add(e *entry) {
	v.keys = append(v.keys, e)
	if len(v.keys) == many {
		v.seen = map[string]*value{}
		for _, old := range v.keys {
			v.seen[old.name] = old.val
		}
	}
	if v.seen != nil {
		v.seen[e.name] = e.val
	}
}

// find returns the value under a key, nil when there is none.
func (v *value) find(name string) *value {
	if v.seen != nil {
		return v.seen[name]
	}
	for _, e := range v.keys {
		if e.name == name {
			return e.val
		}
	}
	return nil
}

// parseTree reads a file into a table. A syntax error is the only one: what
// stands after it cannot be trusted.
func parseTree(f *file) (*value, *Error) {
	f.data, f.marked = bytes.CutPrefix(f.data, []byte(byteOrderMark))
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
			here.add(&entry{string(k.Data), keySpan(f, k), next})
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
			here.add(&entry{string(k.Data), keySpan(f, k), v})
			return
		}
		next := here.find(string(k.Data))
		if next == nil {
			next = &value{kind: unstable.Table, span: keySpan(f, k)}
			here.add(&entry{string(k.Data), keySpan(f, k), next})
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

// empty says whether a list or table holds no value at any depth.
func (v *value) empty() bool {
	if v.kind != unstable.Array && v.kind != unstable.Table {
		return false
	}
	for _, el := range v.list {
		if !el.empty() {
			return false
		}
	}
	for _, e := range v.keys {
		if !e.val.empty() {
			return false
		}
	}
	return true
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
