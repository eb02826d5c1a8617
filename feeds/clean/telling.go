package clean

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"github.com/wiredesk/wiredesk/feeds"
)

// A telling is what one item says. Marks tell items apart: its id, its title,
// how it begins; 0 is no mark. Two tellings that share one are one text twice,
// such as an agency's copy or an item that came again under another id, and
// count once.
type telling struct {
	marks  [3]uint64
	blocks []uint64 // short passages but the first, each once
}

func (t telling) same(o telling) bool {
	for i, m := range t.marks {
		if m != 0 && m == o.marks[i] {
			return true
		}
	}
	return false
}

// tell makes the telling of an item whose fields hold these passages.
func (b body) tell(it *feeds.Item, summary, content []passage) telling {
	var t telling
	main := content
	if len(main) == 0 {
		main = summary
	}
	title := sum(b.titled.fold)
	t.marks = [3]uint64{sum(it.ID), title, beginning(main)}
	if it.ID == "" {
		t.marks[0] = sum(it.Link + " " + b.titled.fold)
	}
	for _, field := range [][]passage{summary, content} {
		first := true
		for i := range field {
			p := &field[i]
			if len(p.words) == 0 {
				continue
			}
			if !first && p.maySay() {
				t.blocks = append(t.blocks, b.sum(p))
			}
			first = false
		}
	}
	t.blocks = lastOfEach(t.blocks)
	return t
}

// dropHabits takes out of a clean item what the source often says at the end, and
// says whether there was such.
func (t telling) dropHabits(f *feeds.Feed, it *feeds.Item, ks keys, often map[uint64]bool) bool {
	if !slices.ContainsFunc(t.blocks, func(sum uint64) bool { return often[sum] }) {
		return false
	}
	b := bodyOf(f, it, ks, nil)
	b.often = often
	it.Summary = b.shorten(it.Summary)
	it.Content = b.shorten(it.Content)
	return true
}

// shorten takes habits off the end of clean HTML, folding no more of it than
// that end. What is cut off behind a whole element needs no second look.
func (b body) shorten(src string) string {
	once := func(s string) (string, bool, error) {
		nodes, err := parse(s)
		if err != nil {
			return "", false, err
		}
		skip := drops{}
		b.ending(passages(nodes, nil), skip, linkFrom(""))
		w := &writer{to: linkFrom(""), skip: skip}
		return w.fragment(nodes), false, nil
	}
	if out, _, err := once(src); err == nil && strings.HasPrefix(src, out) {
		return out
	}
	out, _ := settle(src, once)
	return out
}

// lastOfEach keeps each hash once, where it stands last.
func lastOfEach(sums []uint64) []uint64 {
	kept := make([]uint64, 0, len(sums))
	had := make(map[uint64]bool, len(sums))
	for _, s := range slices.Backward(sums) {
		if !had[s] {
			had[s] = true
			kept = append(kept, s)
		}
	}
	slices.Reverse(kept)
	return kept
}

// beginning is the hash of the first two passages: a column may always begin in
// one way, and two tellings of one event go apart after it.
func beginning(all []passage) uint64 {
	s := ""
	n := 0
	for i := range all {
		if len(all[i].words) > 0 && n < 2 {
			s += all[i].fold + "\n"
			n++
		}
	}
	return sum(s)
}

// maySay says whether a passage may be a habit: short, nothing to see in it, not
// a cell of a table nor a line of a list but a linked one (prices and weather
// may be the same for days).
func (p *passage) maySay() bool {
	if p.media || len(p.words) == 0 || len(p.words) > longest {
		return false
	}
	return p.cell == nil || p.cell.DataAtom == atom.Li && p.links > 0
}

// removable leaves short lines alone, however often they stand: "Photo: Reuters",
// "(AFP)" and 纽约时报中文网 say whose the text is.
func (p *passage) removable() bool {
	return len(p.words) > 3 && utf8.RuneCountInString(strings.TrimSpace(p.text)) >= 12
}

// sum hashes a passage and where its links lead, with the item's title and
// address masked: "The post X appeared first on Y" is the same for every X.
func (b body) sum(p *passage) uint64 {
	h := uint64(fnvOffset)
	for i := 0; i < len(p.words); {
		if n := b.titleAt(p.words[i:]); n > 0 {
			h = add(h, "\x00")
			i += n
			continue
		}
		h = add(h, p.words[i])
		i++
	}
	for _, n := range p.nodes {
		for d := range within(n) {
			href := attr(d, "href")
			if d.DataAtom == atom.A && !share(href) && !b.itself(href) {
				h = add(h, href)
			}
		}
	}
	return h
}

// titleAt is how many words at the head of ws are the item's title. Half of the
// title, from its first word, counts as it.
func (b body) titleAt(ws []string) int {
	if n := opening(ws, b.titled.words); n > 0 && 2*n >= len(b.titled.words) {
		return n
	}
	return 0
}

// titledIn says whether a passage names the item.
func (b body) titledIn(p *passage) bool {
	for i := range p.words {
		if b.titleAt(p.words[i:]) > 0 {
			return true
		}
	}
	return false
}

// opening is how many words two texts begin with in common.
func opening(a, b []string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// FNV-1a of 64 bits, written out to hash words without copying them.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func add(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return (h ^ ' ') * fnvPrime
}

// sum is the hash of a text; 0 for none.
func sum(s string) uint64 {
	if s == "" {
		return 0
	}
	return add(fnvOffset, s)
}
