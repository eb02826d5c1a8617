package config

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// A draft is an edit of one file in the making: nothing is taken out or moved,
// only put in.
type draft struct {
	data  []byte
	all   []statement
	parts []part
}

// A part is text to put in at a byte of the file.
type part struct {
	at   int
	text string
}

// An element is what an edit adds to a list.
type element struct {
	list   []string                // path of the list
	value  func(quote byte) string // in the quotes of its neighbour; 0 when it has none
	tables bool                    // a list of tables, written in heads as well
	lines  string                  // what stands below such a head, a "\n" after each line but the last
}

// add puts an element into its list. A list that is not there is made in the
// form that the tables around it have.
func (d *draft) add(e element) error {
	if v, rest, ok := lookup(d.all, nil, e.list); ok {
		return d.into(v, rest, e)
	}
	if e.tables {
		return d.table(e)
	}
	parent := e.list[:len(e.list)-1]
	if i := slices.IndexFunc(d.all, func(s statement) bool { return s.key == nil && slices.Equal(s.table, parent) }); i >= 0 {
		last := &d.all[d.section(i)]
		d.below(last.end, d.like(last, e.list[len(parent):])+"["+e.value(0)+"]")
		return nil
	}
	if last := d.dotted(parent); last != nil {
		d.below(last.end, d.like(last, e.list[len(last.table):])+"["+e.value(0)+"]")
		return nil
	}
	return d.open(e, "["+strings.Join(parent, ".")+"]", e.list[len(parent)]+" = ["+e.value(0)+"]")
}

// lookup finds the value at a path, or the inline table that the path goes into;
// rest is what of the path is still to be written there.
func lookup(all []statement, top, path []string) (v written, rest []string, ok bool) {
	for i := range all {
		s := &all[i]
		at := slices.Concat(top, s.path())
		switch {
		case s.key == nil || !under(path, at):
		case len(at) == len(path):
			return s.val, nil, true
		default:
			if v, rest, ok := lookup(s.val.keys, at, path); ok {
				return v, rest, true
			}
			return s.val, path[len(at):], true
		}
	}
	return written{}, nil, false
}

// into adds to a list, or to a table in braces that lacks it.
func (d *draft) into(v written, rest []string, e element) error {
	switch {
	case rest == nil && v.kind == unstable.Array:
		d.extend(v, e.value(v.quote))
	case rest == nil && v.kind == unstable.String: // one text alone is a list of one
		d.put(v.from, "[")
		d.put(v.to, ", "+e.value(v.quote)+"]")
	case rest != nil && v.kind == unstable.InlineTable:
		d.join(v, strings.Join(rest, ".")+" = ["+e.value(0)+"]")
	default:
		return fmt.Errorf("%s is not written as a list: wiredesk check says how", strings.Join(e.list, "."))
	}
	return nil
}

// extend puts a value at the end of a list: on a line of its own where the last
// one has one, with a comma behind it where the last one has one.
func (d *draft) extend(v written, text string) {
	line := bytes.LastIndexByte(d.data[:v.last], '\n') + 1
	tail, comma := d.comma(v.last)
	if v.last == 0 || line <= v.from || !bytes.ContainsRune(d.data[tail:v.to], '\n') {
		d.join(v, text)
		return
	}
	if comma {
		text += ","
	} else {
		d.put(v.last, ",")
	}
	d.below(tail, d.indent(line)+text)
}

// join puts text at the end of a list or table, on the line of the last value.
func (d *draft) join(v written, text string) {
	tail, comma := d.comma(v.last)
	switch {
	case v.last == 0 && v.kind == unstable.InlineTable:
		d.put(v.from+1, " "+text+" ")
	case v.last == 0:
		d.put(v.from+1, text)
	case comma:
		d.put(tail, " "+text+",")
	default:
		d.put(v.last, ", "+text)
	}
}

// comma finds the comma behind a value, which may stand on another line.
func (d *draft) comma(end int) (behind int, ok bool) {
	if at := pass(d.data, end); at < len(d.data) && d.data[at] == ',' {
		return at + 1, true
	}
	return end, false
}

// section is the last statement of the table that a head opens.
func (d *draft) section(head int) int {
	last := head
	for last+1 < len(d.all) && d.all[last+1].key != nil {
		last++
	}
	return last
}

// dotted finds the last key that names a table, or one above it within its topic,
// from further up, as strong.en does in [topics.syria]: no head may open that one.
func (d *draft) dotted(table []string) *statement {
	for n := len(table); n >= 2; n-- {
		for i := len(d.all) - 1; i >= 0; i-- {
			if s := &d.all[i]; s.key != nil && len(s.table) < n && under(s.path(), table[:n]) {
				return s
			}
		}
	}
	return nil
}

// table adds to a list of tables that has no brackets yet.
func (d *draft) table(e element) error {
	owner := e.list[:len(e.list)-1]
	if last := d.dotted(owner); last != nil {
		d.below(last.end, d.like(last, e.list[len(last.table):])+"["+e.value(0)+"]")
		return nil
	}
	return d.open(e, "[["+strings.Join(e.list, ".")+"]]", e.lines)
}

// open writes a new head with its lines: behind the last of the topic's tables,
// tests behind the last test; the topic's own table before all others.
func (d *draft) open(e element, head, lines string) error {
	topic := e.list[:2]
	first := slices.IndexFunc(d.all, func(s statement) bool { return s.key == nil && under(s.table, topic) })
	if first < 0 {
		return fmt.Errorf("[%s] is not written as a table: wiredesk check says how", strings.Join(topic, "."))
	}
	last := d.before(e, topic)
	if last < 0 {
		at := d.top(d.all[first].from)
		d.put(at, strings.ReplaceAll(head+"\n"+lines+"\n", "\n", d.newline(at)))
		return nil
	}
	line := bytes.LastIndexByte(d.data[:d.all[last].from], '\n') + 1
	indent := d.indent(line)
	text := indent + strings.ReplaceAll(head+"\n"+lines, "\n", "\n"+indent)
	if len(d.all[last].table) > len(topic) && d.blank(line) {
		text = "\n" + text
	}
	d.below(d.all[d.section(last)].end, text)
	return nil
}

// before is the head of the table that a new one goes behind; -1 when it goes
// before all of its topic.
func (d *draft) before(e element, topic []string) int {
	last, own := -1, len(e.list) == len(topic)+1 && !e.tables
	for i := range d.all {
		s := &d.all[i]
		switch {
		case s.key != nil || !under(s.table, topic) || own:
		case e.tables && last >= 0 && d.all[last].array && !s.array: // behind the last test
		case e.tables || !s.array:
			last = i
		}
	}
	return last
}

// top is where the lines begin that a comment above a head belongs to.
func (d *draft) top(at int) int {
	for at = bytes.LastIndexByte(d.data[:at], '\n') + 1; at > 0; {
		above := bytes.LastIndexByte(d.data[:at-1], '\n') + 1
		if !bytes.HasPrefix(bytes.TrimLeft(d.data[above:at], " \t"), []byte("#")) {
			break
		}
		at = above
	}
	return at
}

// blank says whether the line above one is empty.
func (d *draft) blank(line int) bool {
	if line == 0 {
		return false
	}
	above := bytes.LastIndexByte(d.data[:line-1], '\n') + 1
	return len(bytes.TrimSpace(d.data[above:line])) == 0
}

// like starts a line with a key, laid out as another one.
func (d *draft) like(s *statement, key []string) string {
	name := strings.Join(key, ".")
	indent := d.indent(bytes.LastIndexByte(d.data[:s.from], '\n') + 1)
	if s.key == nil {
		return indent + name + " = "
	}
	before := string(d.data[s.from:s.equal])
	gap := len(before) - len(strings.TrimRight(before, " \t"))
	if gap > 1 { // the = stand in a column
		gap = max(len(before)-len(name), 1)
	}
	return indent + name + strings.Repeat(" ", gap) + "=" + string(d.data[s.equal+1:s.val.from])
}

func (d *draft) indent(line int) string {
	rest := d.data[line:]
	return string(rest[:len(rest)-len(bytes.TrimLeft(rest, " \t"))])
}

// below puts lines under the one that holds a byte.
func (d *draft) below(at int, lines string) {
	nl := d.newline(at)
	lines = strings.ReplaceAll(lines, "\n", nl)
	if i := bytes.IndexByte(d.data[at:], '\n'); i >= 0 {
		d.put(at+i+1, lines+nl)
		return
	}
	d.put(len(d.data), nl+lines)
}

// newline is how the line at a byte ends, else the first of the file.
func (d *draft) newline(at int) string {
	for _, from := range []int{at, 0} {
		if i := bytes.IndexByte(d.data[from:], '\n'); i >= 0 {
			if end := from + i; end > 0 && d.data[end-1] == '\r' {
				return "\r\n"
			}
			return "\n"
		}
	}
	return "\n"
}

func (d *draft) put(at int, text string) { d.parts = append(d.parts, part{at, text}) }

// text is the file with all that was put in.
func (d *draft) text() []byte {
	slices.SortStableFunc(d.parts, func(a, b part) int { return cmp.Compare(a.at, b.at) })
	var out []byte
	at := 0
	for _, p := range d.parts {
		out = append(out, d.data[at:p.at]...)
		out = append(out, p.text...)
		at = p.at
	}
	return append(out, d.data[at:]...)
}
