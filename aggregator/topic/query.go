package topic

import (
	"fmt"
	"slices"
	"strings"
)

// A node is a piece of a query: at least min of its subs must hold (all of them
// for AND, one for OR), or, without subs, a term must be found.
type node struct {
	min    int
	subs   []*node
	not    bool // after turning inwards, of terms only
	at     int  // characters into the query
	text   string
	closed bool // stood in parentheses

	// of terms
	clause clause
	topic  string // of topic:
	other  *compiled
	rule   *rule
	leaf   int    // its number in the topic
	scores bool   // its mentions are the topic's; else it only has to hold
	late   bool   // looked at only when the topic has to be judged
	keyed  string // remembered by key
}

// A query is a topic's query, ready to be asked.
type query struct {
	root   *node
	leaves []*node
	roving bool // may hold for an item in which no word leads to the topic
}

// circumstance says whether a field tells where an item comes from and not what
// it is about.
func circumstance(field string) bool {
	return field == "lang" || field == "source" || field == "site" || field == "topic"
}

// inward turns NOT inwards until it stands at terms only, by De Morgan's rules:
// not at least m of k is at least k-m+1 of the k turned round.
func (n *node) inward(not bool) *node {
	not = not != n.not
	if len(n.subs) == 0 {
		n.not = not
		return n
	}
	if len(n.subs) == 1 {
		return n.subs[0].inward(not)
	}
	n.not = false
	if not {
		n.min = len(n.subs) - n.min + 1
	}
	for i, s := range n.subs {
		n.subs[i] = s.inward(not)
	}
	return n
}

// number lists the terms.
func (n *node) number(q *query) {
	if len(n.subs) == 0 {
		n.leaf = len(q.leaves)
		q.leaves = append(q.leaves, n)
	}
	for _, s := range n.subs {
		s.number(q)
	}
}

// mark says which terms score: those asked for, but what tells only where an item
// comes from just where nothing beside it scores ("lang:en Syria" is about Syria,
// "lang:en" about all that is English).
func (n *node) mark(counts bool) {
	if len(n.subs) == 0 {
		n.scores = counts && !n.not
		return
	}
	idle := 0
	for _, s := range n.subs {
		if !s.about() {
			idle++
		}
	}
	for _, s := range n.subs {
		s.mark(counts && (s.about() || idle >= n.min))
	}
}

// about says whether a term below is of what an item says.
func (n *node) about() bool {
	if len(n.subs) == 0 {
		return !n.not && !circumstance(n.clause.field)
	}
	return slices.ContainsFunc(n.subs, (*node).about)
}

// query compiles the query of a topic. Topics that it names are tied later.
func (s *Set) query(c *compiled) (errs []Error) {
	if c.Query.Path == "" && c.Query.Text == "" {
		return nil
	}
	root, found := parseQuery(c.Query.Text)
	if !slices.ContainsFunc(found, func(m mistake) bool { return !m.warning }) {
		q := &query{root: root.inward(false)}
		q.root.number(q)
		q.root.mark(c.alone())
		found = append(found, q.doubts()...)
		c.query = q
		s.file(c)
	}
	for _, m := range found {
		errs = append(errs, c.slip(m))
	}
	return errs
}

// slip is a mistake of the topic's query as Compile answers it.
func (c *compiled) slip(m mistake) Error {
	return Error{Path: c.Query.Path, Offset: m.at, Msg: "query: " + m.msg, Help: m.help, Warning: m.warning}
}

// file puts the query's terms into the index. What no word leads to and does not
// score waits until its topic is judged.
func (s *Set) file(c *compiled) {
	q := c.query
	scores := &place{topic: c, order: int32(c.order), kind: strong, lang: "all", list: "query"}
	asks := &place{topic: c, order: int32(c.order), kind: asked, lang: "all", list: "query"}
	for _, n := range q.leaves {
		in := asks
		if n.scores {
			in = scores
		}
		n.rule = s.index.rule(in, n.text, &n.clause)
		n.rule.leaf = n
		worded := len(n.clause.toks) > 0 && running(n.clause.field)
		n.late = n.topic != "" || !worded && !n.scores
		if !n.late {
			s.index.add(n.rule)
		}
	}
	q.roving = c.alone() && q.root.holds(func(n *node) bool { return n.late || n.not })
	if q.roving {
		s.roving = append(s.roving, c)
	}
}

// tie finds the topics that queries name, and the circles among them.
func (s *Set) tie() (errs []Error) {
	var ids []string
	for _, c := range s.topics {
		ids = append(ids, c.ID)
	}
	for _, c := range s.topics {
		for _, n := range c.asksTopics() {
			if n.other = s.byID[n.topic]; n.other != nil {
				n.other.named = true
				continue
			}
			help := "topics: " + strings.Join(ids[:min(len(ids), 12)], ", ")
			if near := closest(strings.ToLower(n.topic), ids); near != "" {
				help = fmt.Sprintf("did you mean topic:%s? (%s)", near, help)
			}
			errs = append(errs, c.slip(mistake{n.at, fmt.Sprintf("no topic %q", n.topic), help, false}))
		}
	}
	seen := map[*compiled]bool{}
	for _, c := range s.topics {
		errs = append(errs, c.circles(seen, nil)...)
	}
	return errs
}

// asksTopics are the terms of a topic's query that name topics.
func (c *compiled) asksTopics() (ns []*node) {
	if c.query == nil {
		return nil
	}
	for _, n := range c.query.leaves {
		if n.topic != "" {
			ns = append(ns, n)
		}
	}
	return ns
}

// circles follows the topics that a topic asks for. way are those before it.
func (c *compiled) circles(seen map[*compiled]bool, way []*compiled) (errs []Error) {
	if seen[c] {
		return nil
	}
	way = append(way, c)
	for _, n := range c.asksTopics() {
		i := slices.Index(way, n.other)
		switch {
		case n.other == nil:
		case i < 0:
			errs = append(errs, n.other.circles(seen, way)...)
		default:
			var ids []string
			for _, w := range append(slices.Clone(way[i:]), n.other) {
				ids = append(ids, w.ID)
			}
			errs = append(errs, c.slip(mistake{n.at, "topics ask for each other in a circle: " + strings.Join(ids, " → "),
				"take topic:" + n.topic + " out, or write the terms here", false}))
		}
	}
	seen[c] = true
	return errs
}
