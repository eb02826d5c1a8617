package clean

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// Habits are what a source's last items say, as hashes: what several of them say
// at their end is no news of one. A Habits is not changed once made and may be
// read from several goroutines; nil is none.
//
//	old := new(clean.Habits)
//	err := old.UnmarshalBinary(stored) // an error: old is empty and may be used
//	habits := clean.Feed(feed, clean.Options{Habits: old})
//	stored, _ = habits.MarshalBinary() // saved with the records
type Habits struct {
	tellings []telling // newest first, no two of one id
}

const (
	lastItems   = 20 // items a source is judged by
	leastItems  = 3  // that say a passage before it is a habit, and 30 % of those looked at
	shownBlocks = 29 // hashes kept of an item, the last ones; with its marks 256 bytes
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

// joined is what the source says now: the items of a document, then older ones.
func (h *Habits) joined(fresh []telling) *Habits {
	all := fresh
	if h != nil {
		all = slices.Concat(fresh, h.tellings)
	}
	var now Habits
	ids := map[uint64]bool{}
	for _, t := range all {
		if id := t.marks[0]; id != 0 && !ids[id] && len(now.tellings) < lastItems {
			ids[id] = true
			now.tellings = append(now.tellings, t)
		}
	}
	return &now
}

// repeated lists the hashes that enough items share.
func (h *Habits) repeated() map[uint64]bool {
	var apart []telling
	count := map[uint64]int{}
	for _, t := range h.tellings {
		if slices.ContainsFunc(apart, t.same) {
			continue
		}
		apart = append(apart, t)
		for _, sum := range t.blocks {
			count[sum]++
		}
	}
	often := map[uint64]bool{}
	for sum, n := range count {
		if n >= leastItems && 10*n >= 3*len(h.tellings) {
			often[sum] = true
		}
	}
	return often
}

// bounded forgets what is not stored.
func (h *Habits) bounded() *Habits {
	for i := range h.tellings {
		t := &h.tellings[i]
		t.blocks = t.blocks[max(0, len(t.blocks)-shownBlocks):]
	}
	return h
}

// layoutVersion is the first byte of a stored Habits.
const layoutVersion = 1

// MarshalBinary gives at most 5,141 bytes, the same for the same habits: the
// version, then of each item the number of its hashes, its marks and they, eight
// bytes each, low byte first. No habits are no bytes.
func (h *Habits) MarshalBinary() ([]byte, error) {
	if h == nil || len(h.tellings) == 0 {
		return nil, nil
	}
	b := []byte{layoutVersion}
	for _, t := range h.tellings {
		b = append(b, byte(len(t.blocks)))
		for _, v := range slices.Concat(t.marks[:], t.blocks) {
			b = binary.LittleEndian.AppendUint64(b, v)
		}
	}
	return b, nil
}

var errHabits = errors.New("habits: not what MarshalBinary writes")

// UnmarshalBinary reads what MarshalBinary wrote. After an error h is empty.
func (h *Habits) UnmarshalBinary(b []byte) error {
	*h = Habits{}
	if len(b) == 0 {
		return nil
	}
	if b[0] != layoutVersion {
		return errHabits
	}
	var all []telling
	for b = b[1:]; len(b) > 0; {
		var t telling
		n := int(b[0])
		size := 1 + 8*(len(t.marks)+n)
		if n > shownBlocks || len(b) < size || len(all) == lastItems {
			return errHabits
		}
		for i := range t.marks {
			t.marks[i] = binary.LittleEndian.Uint64(b[1+8*i:])
		}
		for i := range n {
			t.blocks = append(t.blocks, binary.LittleEndian.Uint64(b[1+8*(len(t.marks)+i):]))
		}
		all, b = append(all, t), b[size:]
	}
	h.tellings = all
	return nil
}

// tell makes the telling of an item whose fields hold these passages.
func (b body) tell(it *feeds.Item, summary, content []passage) telling {
	var t telling
	main := content
	if len(main) == 0 {
		main = summary
	}
	title := sum(foldOf(b.titled))
	t.marks = [3]uint64{sum(it.ID), title, beginning(main)}
	if it.ID == "" {
		t.marks[0] = sum(it.Link + " " + foldOf(b.titled))
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

// dropHabits takes out of a clean item what the source often says at the end.
func (t telling) dropHabits(f *feeds.Feed, it *feeds.Item, often map[uint64]bool) {
	if !slices.ContainsFunc(t.blocks, func(sum uint64) bool { return often[sum] }) {
		return
	}
	b := bodyOf(f, it)
	b.often = often
	it.Summary = b.shorten(it.Summary)
	it.Content = b.shorten(it.Content)
}

// shorten takes habits off the end of clean HTML, folding no more of it than
// that end. What is cut off behind a whole element needs no second look.
func (b body) shorten(src string) string {
	pass := func(s string) (string, error) {
		nodes, err := parse(s)
		if err != nil {
			return "", err
		}
		skip := drops{}
		b.ending(passages(nodes, nil), skip, "")
		return write(nodes, skip, ""), nil
	}
	if out, err := pass(src); err == nil && strings.HasPrefix(src, out) {
		return out
	}
	return settle(src, pass)
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
	return p.cell == nil || p.cell.DataAtom == atom.Li && p.links() > 0
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
		h = add(h, p.words[i].Fold)
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
func (b body) titleAt(ws []words.Word) int {
	if n := opening(ws, b.titled); n > 0 && 2*n >= len(b.titled) {
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
func opening(a, b []words.Word) int {
	n := 0
	for n < len(a) && n < len(b) && a[n].Fold == b[n].Fold {
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
