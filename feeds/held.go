package feeds

import (
	"strconv"
	"strings"
)

// holdFrom is the length in bytes from which an item's text is held back.
const holdFrom = 100

// Long texts need no parsing: they are finished when the normaliser has read them.
// It holds them back and writes a short mark in their place, so that gofeed, which
// looks at every byte some five times, does not see them. A mark is a number
// between two noncharacters, which no document gets past the normaliser.
const markStart, markEnd = "\ufdd0", "\ufdd1"

// hold keeps a text and answers its mark.
func (n *normaliser) hold(text string) string {
	n.held = append(n.held, text)
	return markStart + strconv.Itoa(len(n.held)-1) + markEnd
}

// restore puts the texts back where their marks have come to stand.
func (n *normaliser) restore(f *Feed) {
	for i := range f.Items {
		it := &f.Items[i]
		for _, s := range []*string{&it.Title, &it.Summary, &it.Content, &it.Rights} {
			*s = n.unmark(*s)
		}
		if it.Origin != nil {
			it.Origin.Title = n.unmark(it.Origin.Title)
		}
	}
}

// unmark is the text behind a mark; anything else stays.
func (n *normaliser) unmark(s string) string {
	number, ok := strings.CutPrefix(s, markStart)
	if !ok {
		return s
	}
	i, err := strconv.Atoi(strings.TrimSuffix(number, markEnd))
	if err != nil || i >= len(n.held) {
		return ""
	}
	return n.held[i]
}
