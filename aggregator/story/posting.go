package story

import (
	"cmp"
	"slices"
)

// postings say which pieces stand under a key, mostly few: of bands, shingles,
// figures and names there are many. A removed piece is passed over by
// whoever looks up, until the index is swept; n counts the others.
type postings struct {
	heads map[uint32]head
	nodes []node
}

type head struct {
	first int32 // into nodes
	n     int32
}

type node struct {
	next int32 // into nodes; -1 at the end
	slot int32
}

func newPostings() *postings { return &postings{heads: map[uint32]head{}} }

func (p *postings) add(key uint32, slot int32) {
	h, ok := p.heads[key]
	if !ok {
		h.first = -1
	}
	p.nodes = append(p.nodes, node{next: h.first, slot: slot})
	p.heads[key] = head{int32(len(p.nodes) - 1), h.n + 1}
}

// remove takes one piece off the count of a key.
func (p *postings) remove(key uint32) {
	h := p.heads[key]
	if h.n--; h.n <= 0 {
		delete(p.heads, key)
		return
	}
	p.heads[key] = h
}

// visit calls f with what stands under the keys, the rarest key first, until
// budget is spent: what is common to many tells little and would cost the most.
func (p *postings) visit(keys []uint32, budget int, f func(key int, slot int32)) {
	type list struct{ key, first, n int32 }
	lists := make([]list, 0, len(keys))
	for i, k := range keys {
		if h, ok := p.heads[k]; ok {
			lists = append(lists, list{int32(i), h.first, h.n})
		}
	}
	slices.SortFunc(lists, func(a, b list) int { return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.key, b.key)) })
	for _, l := range lists {
		if budget -= int(l.n); budget < 0 {
			return
		}
		for at := l.first; at >= 0; at = p.nodes[at].next {
			f(int(l.key), p.nodes[at].slot)
		}
	}
}

// A termIndex says which leads have a term, and how much it weighs in them. Terms
// are fewer than other keys and their lists longer, so each lies in one piece.
type termIndex map[uint32]*termList

type termList struct {
	live  int // entries whose piece is held
	leads []lead
}

type lead struct {
	slot   int32
	weight uint32
}

func (x termIndex) add(v []coordinate, slot int32) {
	for _, c := range v {
		l := x[c.term]
		if l == nil {
			l = &termList{}
			x[c.term] = l
		}
		l.leads = append(l.leads, lead{slot, c.weight})
		l.live++
	}
}

func (x termIndex) remove(v []coordinate) {
	for _, c := range v {
		if l := x[c.term]; l.live > 1 {
			l.live--
		} else {
			delete(x, c.term)
		}
	}
}

// rarest lists the places of the terms in v that fewest leads have, until these
// are budget in all: what is common to many tells little and would cost the most.
func (x termIndex) rarest(v []coordinate, budget int) []int {
	type list struct{ place, live int }
	lists := make([]list, 0, len(v))
	for i, c := range v {
		if l := x[c.term]; l != nil {
			lists = append(lists, list{i, l.live})
		}
	}
	slices.SortFunc(lists, func(a, b list) int {
		if a.live != b.live {
			return a.live - b.live
		}
		return a.place - b.place
	})
	var places []int
	for _, l := range lists {
		if budget -= l.live; budget < 0 {
			break
		}
		places = append(places, l.place)
	}
	return places
}
