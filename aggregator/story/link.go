package story

import (
	"cmp"
	"fmt"
	"slices"
)

const (
	// rare is the number of pieces up to which a link, an image, a figure or a
	// name ties stories: what stands in more is a logo, a section, a president.
	rare = 12
	// Names and figures that two stories must share, when they share neither a
	// link nor an image.
	sharedNames   = 2
	sharedFigures = 1
	maxLinks      = 5
)

// ties are the keys under which an item of another language finds this one: its
// link, its image, then its figures and names.
func (s *Signature) ties() []uint32 {
	keys := make([]uint32, 2, 2+len(s.figures)+len(s.names))
	keys[0], keys[1] = uint32(mix(s.link^1)), uint32(mix(s.image^2))
	if s.link == 0 {
		keys[0] = 0
	}
	if s.image == 0 {
		keys[1] = 0
	}
	return append(append(keys, s.figures...), s.names...)
}

// A tied is what one story in another language has in common with a piece.
type tied struct {
	link, image    bool
	names, figures int
}

// links finds the stories in other languages that tell what p tells.
func (x *Index) links(p *Piece, story int64) []Link {
	found := map[*tale]tied{}
	keys := p.ties()
	for i, key := range keys {
		if n := x.ties.count(key); key == 0 || n == 0 || n > rare {
			continue
		}
		x.ties.visit([]uint32{key}, rare, func(slot int32) {
			o := x.slots[slot]
			if o == nil || o.Lang == p.Lang || o.tale.id == story || p.At.Sub(o.At).Abs() > Pause {
				return
			}
			found[o.tale] = found[o.tale].with(i-2, len(p.figures))
		})
	}
	var links []Link
	for t, shared := range found {
		if why := shared.why(); why != "" && !slices.Contains(p.Not, t.id) {
			links = append(links, Link{Story: t.id, Why: why})
		}
	}
	slices.SortFunc(links, func(a, b Link) int { return cmp.Compare(a.Story, b.Story) })
	return links[:min(len(links), maxLinks)]
}

// with adds the tie at place i after link and image, of which the first are
// figures.
func (t tied) with(i, figures int) tied {
	switch {
	case i == -2:
		t.link = true
	case i == -1:
		t.image = true
	case i < figures:
		t.figures++
	default:
		t.names++
	}
	return t
}

func (t tied) why() string {
	switch {
	case t.link:
		return "same link"
	case t.image:
		return "same image"
	case t.names >= sharedNames && t.figures >= sharedFigures:
		return fmt.Sprintf("%d rare names and %d figures in common", t.names, t.figures)
	}
	return ""
}
