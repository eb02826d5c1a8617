package topic

// An answer is what a query says of an item.
type answer struct {
	holds bool
	free  bool   // holds without any term that scores: nothing is left to weigh
	used  []bool // by leaf: scores, and what holds rests on it
	veto  *node  // the NOT that alone stands against it
	lacks string // what was not found
}

// ask asks the query, where found says which of its terms were found. An item that
// the topic takes whole may lack what it likes, but a NOT outranks that.
func (q *query) ask(found []bool, taken bool) answer {
	value := func(n *node) bool { return found[n.leaf] != n.not }
	pardon := func(n *node) bool { return n.not || found[n.leaf] }
	a := answer{used: make([]bool, len(q.leaves))}
	if a.holds = q.root.holds(value); a.holds {
		a.free = q.root.holds(func(n *node) bool { return !n.scores && value(n) })
		q.root.rests(value, a.used)
		return a
	}
	for _, n := range q.leaves {
		a.used[n.leaf] = n.scores && found[n.leaf]
	}
	if q.root.holds(pardon) {
		a.veto = q.root.excluded(value, pardon)
		return a
	}
	if hopeful := func(n *node) bool { return !n.not || value(n) }; taken && !q.root.holds(hopeful) {
		a.veto = q.root.excluded(hopeful, func(*node) bool { return true })
		return a
	}
	a.lacks = q.root.missing(pardon)
	return a
}

// holds evaluates a tree.
func (n *node) holds(value func(*node) bool) bool {
	if len(n.subs) == 0 {
		return value(n)
	}
	least := n.min
	for _, s := range n.subs {
		if least <= 0 {
			break
		}
		if s.holds(value) {
			least--
		}
	}
	return least <= 0
}

// rests marks the terms that score in what holds.
func (n *node) rests(value func(*node) bool, used []bool) {
	if len(n.subs) == 0 {
		used[n.leaf] = n.scores
		return
	}
	for _, s := range n.subs {
		if s.holds(value) {
			s.rests(value, used)
		}
	}
}

// excluded is the first NOT without which the tree would hold.
func (n *node) excluded(value, pardon func(*node) bool) *node {
	for _, s := range n.subs {
		if !s.holds(value) && s.holds(pardon) {
			return s.excluded(value, pardon)
		}
	}
	return n
}

// missing is the text of the first piece that does not hold and must.
func (n *node) missing(value func(*node) bool) string {
	if n.min == len(n.subs) {
		for _, s := range n.subs {
			if !s.holds(value) {
				return s.missing(value)
			}
		}
	}
	return n.text
}

// late adds the terms of the topic's query that waited until now. Topics that it
// names are judged first.
func (r *reading) late(t *compiled, hits []hit) []hit {
	if t.query == nil {
		return hits
	}
	found := len(r.hits) // what is kept from here on is ours
	for _, n := range t.query.leaves {
		switch {
		case !n.late:
		case n.topic == "":
			r.scan(n.rule)
		case r.verdict(n.other).In:
			r.keep(hit{rule: n.rule, order: n.rule.order, kind: n.rule.kind, field: notRunning, words: n.other.ID})
		}
	}
	hits = append(hits, r.hits[found:]...)
	r.hits = r.hits[:found]
	return hits
}

// verdict judges a topic once, however many ask for it. A topic that does not
// look at the item's source is not in; an item without a source is a test's,
// which asks about the terms alone.
func (r *reading) verdict(t *compiled) Match {
	if m, ok := r.judged[t]; ok {
		return m
	}
	var m Match
	if r.doc.Source == "" || t.ID == r.doc.Take || takes(t.Sources, r.doc) {
		m = judge(t, r)
	}
	if r.judged == nil {
		r.judged = map[*compiled]Match{}
	}
	r.judged[t] = m
	return m
}

// found says which terms of the query stand in the item, outside of the words that
// ignore terms have claimed.
func (r *reading) found(q *query, hits []hit) []bool {
	found := make([]bool, len(q.leaves))
	for _, h := range hits {
		if h.rule.leaf != nil && !r.claimed(h) {
			found[h.rule.leaf.leaf] = true
		}
	}
	return found
}
