package story

import "slices"

// postings say which pieces stand under a key, mostly few: of bands, shingles,
// figures and names there are many. A removed piece is passed over by
// whoever looks up, until the index is swept; n counts the others.
type postings struct {
	heads table  // the last node of a key, as its place in nodes
	nodes []node // the first is none: 0 ends a list
}

type node struct {
	next int32 // in nodes
	slot int32
	n    int32 // of the key, in its last node
}

func newPostings() *postings { return &postings{nodes: make([]node, 1)} }

// live says whether a key still has a piece.
func (p *postings) live(head int32) bool { return p.nodes[head].n > 0 }

// count is how many pieces stand under a key.
func (p *postings) count(key uint32) int { return int(p.nodes[p.heads.get(key)].n) }

func (p *postings) add(key uint32, slot int32) {
	c := p.heads.put(key, p.live)
	n := node{slot: slot, n: 1}
	if c.value != 0 && p.live(c.value) {
		n.next, n.n = c.value, p.nodes[c.value].n+1
	}
	c.value = int32(len(p.nodes))
	p.nodes = append(p.nodes, n)
}

// remove takes one piece off the count of a key.
func (p *postings) remove(key uint32) {
	if h := p.heads.get(key); h != 0 {
		p.nodes[h].n--
	}
}

// visit calls f with what stands under the keys, the rarest key first, until
// budget is spent: what is common to many tells little and would cost the most.
func (p *postings) visit(keys []uint32, budget int, f func(slot int32)) {
	type list struct {
		rank uint64 // count, then place among the keys
		head int32
	}
	lists := make([]list, 0, 128)
	for i, k := range keys {
		if h := p.heads.get(k); h != 0 && p.live(h) {
			lists = append(lists, list{uint64(p.nodes[h].n)<<32 | uint64(i), h})
		}
	}
	slices.SortFunc(lists, func(a, b list) int { return compare(a.rank, b.rank) })
	for _, l := range lists {
		if budget -= int(l.rank >> 32); budget < 0 {
			return
		}
		for at := l.head; at != 0; at = p.nodes[at].next {
			f(p.nodes[at].slot)
		}
	}
}

func compare(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// A termIndex says which leads have a term, and how much it weighs in them. Terms
// are fewer than other keys and their lists longer, so each lies in one piece.
type termIndex struct {
	at    table // of terms, in lists
	lists []termList
}

type termList struct {
	live  int // entries whose piece is held
	leads []lead
}

type lead struct {
	slot   int32
	weight uint32
}

func newTermIndex() *termIndex { return &termIndex{lists: make([]termList, 1)} }

func (x *termIndex) add(v []coordinate, slot int32) {
	for _, c := range v {
		at := x.at.put(c.term, all)
		if at.value == 0 {
			at.value = int32(len(x.lists))
			x.lists = append(x.lists, termList{})
		}
		l := &x.lists[at.value]
		l.leads = append(l.leads, lead{slot, c.weight})
		l.live++
	}
}

func (x *termIndex) remove(v []coordinate) {
	for _, c := range v {
		l := &x.lists[x.at.get(c.term)]
		if l.live--; l.live == 0 {
			l.leads = nil
		}
	}
}

// A shared term is one of a piece's that leads have too.
type sharedTerm struct {
	place int // in the piece's vector
	leads []lead
}

// rarest lists the terms in v that fewest leads have, until these are budget in
// all: what is common to many tells little and would cost the most.
func (x *termIndex) rarest(v []coordinate, budget int) (rare []sharedTerm) {
	if x == nil {
		return nil
	}
	ranks := make([]uint64, 0, 256) // how many leads, then the place
	at := make([]int32, len(v))
	for i, c := range v {
		at[i] = x.at.get(c.term)
		if live := x.lists[at[i]].live; live > 0 {
			ranks = append(ranks, uint64(live)<<32|uint64(i))
		}
	}
	slices.Sort(ranks)
	for _, r := range ranks {
		if budget -= int(r >> 32); budget < 0 {
			break
		}
		place := int(uint32(r))
		rare = append(rare, sharedTerm{place, x.lists[at[place]].leads})
	}
	return rare
}
