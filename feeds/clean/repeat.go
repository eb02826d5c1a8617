package clean

import (
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/wiredesk/wiredesk/feeds"
)

// A body is what is known of an item while its HTML is cleaned.
type body struct {
	titled folding         // its title
	own    string          // key of its address; "" for none
	site   string          // home page of its feed
	note   *[]passage      // gets the passages that stay; may be nil
	often  map[uint64]bool // what the source repeats; nil while that is not known
	rules  *Rules          // of the operator; nil for none
	keys   keys            // of its feed; may be nil
}

func bodyOf(f *feeds.Feed, it *feeds.Item, ks keys, rules *Rules) body {
	b := body{titled: foldingOf(it.Title), site: f.Link, rules: rules, keys: ks}
	if it.Link != "" {
		b.own = ks.of(it.Link)
	}
	return b
}

// noting is b, telling to the passages of what it cleans.
func (b body) noting(to *[]passage) body {
	b.note = to
	return b
}

const (
	longest = 60 // words: no longer passage is ever taken for a repeat or a footer by likeness
	short   = 8  // words: up to here a text may stand twice for good reason
)

// surplus finds what says nothing new: empty blocks, a caption that stands
// twice, the title again, what only leads back, what the source always says. It
// never takes all there is. left: the passages that stay; hushed: it has taken
// what a picture says out of the tree.
func (b body) surplus(all []passage, link linker) (left []passage, skip drops, hushed bool) {
	skip = drops{}
	b.repeats(all, skip)
	hushed = hushAlts(all, skip)
	for i := range all {
		if shareBar(&all[i], link) {
			skip.passage(&all[i])
		}
	}
	b.ending(all, skip, link)
	skip.leaveOne(all)
	left = skip.rest(all)
	if b.note != nil {
		*b.note = left
	}
	return left, skip, hushed
}

// repeats marks empty blocks, the title at the head, and passages told twice.
func (b body) repeats(all []passage, skip drops) {
	title := b.titled.fold
	told := map[string]bool{} // by fold
	last := -1                // the passage that the next one is compared with
	for i := range all {
		p := &all[i]
		switch {
		case p.empty():
			skip.passage(p)
			continue
		case len(p.words) == 0 && p.media:
			continue
		case last < 0 && p.fold == title && otherText(all[i:], title):
			skip.passage(p)
			continue
		case last >= 0 && neighbours(all, last, i):
			q := &all[last]
			if better(p, q) {
				skip.passage(q)
				break
			}
			skip.passage(p)
			continue
		case p.mayStandOnce() && told[p.fold]:
			skip.passage(p)
			continue
		}
		told[p.fold] = true
		last = i
	}
}

// otherText says whether anything but the title is told.
func otherText(all []passage, title string) bool {
	for i := range all {
		if len(all[i].words) > 0 && all[i].fold != title {
			return true
		}
	}
	return false
}

// mayStandOnce says whether a passage goes when it was told further up, with
// other text between: long enough, and nothing that repeats by its nature, such
// as a chorus, a cell, a heading or what leads into a list.
func (p *passage) mayStandOnce() bool {
	if strings.HasSuffix(strings.TrimSpace(p.text), ":") || p.cell != nil || p.lines || p.media || len(p.words) <= short || len(p.fold) < 40 {
		return false
	}
	switch p.nodes[0].DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Caption, atom.Table, atom.Tr:
		return false
	}
	return true
}

// neighbours says whether passages i and j, with no other text between, are one
// told twice.
func neighbours(all []passage, i, j int) bool {
	a, b := &all[i], &all[j]
	if a.cell != b.cell || a.media && b.media || len(a.words) == 0 || len(b.words) == 0 {
		return false
	}
	if a.fold != b.fold {
		return near(a.words, b.words) || blankLost(a, b)
	}
	return len(a.words) > short || a.tone() == b.tone() && !verse(all, i, j)
}

// tone tells "No?" from "No!".
func (p *passage) tone() string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("?!؟;？！", r) {
			return r
		}
		return -1
	}, p.text)
}

// verse says whether two short equal neighbours stand among lines that are not
// told twice, away from any picture: a poem or a dialogue, no caption.
func verse(all []passage, i, j int) bool {
	a, b := &all[i], &all[j]
	if j-i > 1 || a.caption || b.caption || a.media || b.media {
		return false
	}
	if a.quoted && b.quoted {
		return true
	}
	line := func(k int) bool { return len(all[k].words) > 0 && len(all[k].words) <= short+2 && !all[k].media }
	from, to := i, j
	for from > 0 && line(from-1) {
		from--
	}
	for to+1 < len(all) && line(to+1) {
		to++
	}
	single := 0
	for k := from; k <= to; k++ {
		if (k == 0 || all[k-1].fold != all[k].fold) && (k+1 == len(all) || all[k+1].fold != all[k].fold) {
			single++
		}
	}
	return single >= 2
}

// better says whether p is the one to keep of two: what carries a picture, then
// what says more, has more links, is set with more care. The first wins a draw.
func better(p, q *passage) bool {
	for _, by := range [][2]int{
		{btoi(p.media), btoi(q.media)}, {len(p.words), len(q.words)}, {p.links, q.links},
		{typography(p.text), typography(q.text)},
	} {
		if by[0] != by[1] {
			return by[0] > by[1]
		}
	}
	return false
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// typography counts the marks of a text that somebody has set with care.
func typography(s string) (count int) {
	for _, r := range s {
		switch r {
		case '‘', '’', '“', '”', '–', '—', '…', '«', '»':
			count++
		}
	}
	return count
}
