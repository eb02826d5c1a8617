package topic

import (
	"fmt"
	"strings"
)

// doubts finds what a query cannot mean, and what is needless in it.
func (q *query) doubts() (found []mistake) {
	found = append(found, q.constant()...)
	q.root.walk(func(n *node) {
		found = append(found, n.needless()...)
		found = append(found, n.otherScript()...)
	})
	return found
}

// walk visits every node.
func (n *node) walk(visit func(*node)) {
	visit(n)
	for _, s := range n.subs {
		s.walk(visit)
	}
}

// maxMixed bounds the terms tried both ways by constant.
const maxMixed = 12

// constant finds a query that holds for everything or for nothing. A term that
// stands only with NOT, or only without, can do its worst or its best: only those
// that stand both ways have to be tried.
func (q *query) constant() []mistake {
	plain, turned := map[string]bool{}, map[string]bool{}
	for _, n := range q.leaves {
		if n.not {
			turned[n.key()] = true
		} else {
			plain[n.key()] = true
		}
	}
	number, at := map[string]int{}, -1
	for _, n := range q.leaves {
		key := n.key()
		if !plain[key] || !turned[key] {
			continue
		}
		if at = max(at, n.at); number[key] == 0 {
			number[key] = len(number) + 1
		}
	}
	if len(number) == 0 {
		return nil
	}
	if len(number) > maxMixed {
		return []mistake{{at, fmt.Sprintf("over %d terms stand both with and without NOT", maxMixed), "split it into topics, and join them with topic:", false}}
	}
	always, never := true, true
	for bits := range 1 << len(number) {
		try := func(pure bool) bool {
			return q.root.holds(func(n *node) bool {
				if i := number[n.key()]; i > 0 {
					return (bits>>(i-1)&1 == 1) != n.not
				}
				return pure
			})
		}
		always = always && try(false)
		never = never && !try(true)
	}
	switch {
	case always:
		return []mistake{{at, "it matches everything: a term stands beside NOT of itself", "write AND for OR, or take one of them out", false}}
	case never:
		return []mistake{{at, "it can never match: a term stands beside NOT of itself", "write OR for AND, or take one of them out", false}}
	}
	return nil
}

// key is equal for terms that find the same.
func (n *node) key() string {
	c := n.clause
	if n.keyed != "" {
		return n.keyed
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%s:%q:%d", c.field, n.topic, c.text, c.near)
	if c.re != nil {
		b.WriteString(c.re.re.String())
	}
	for _, t := range c.toks {
		fmt.Fprintf(&b, " %v%v", t.stem, t.exact)
		if t.exact {
			b.WriteString(t.raw)
		} else {
			b.WriteString(t.fold)
		}
	}
	n.keyed = b.String()
	return n.keyed
}

// needless warns of a term beside another that covers it: it adds nothing to
// either of both, and n of them would count it twice.
func (n *node) needless() (found []mistake) {
	cov := coverage{}
	terms := func(visit func(i int, s *node)) {
		for i, s := range n.subs {
			if len(s.subs) == 0 && !s.not {
				visit(i, s)
			}
		}
	}
	terms(func(i int, s *node) { cov.add(i, s.text, s.clause) })
	terms(func(i int, s *node) {
		if by, ok := cov.of(i, s.clause); ok {
			found = append(found, mistake{s.at, fmt.Sprintf("%q is already covered by %q", s.text, by), "take one of them out", true})
		}
	})
	return found
}

// otherScript warns of a term that must stand in a text of a language that is
// written otherwise.
func (n *node) otherScript() (found []mistake) {
	if n.min < len(n.subs) {
		return nil
	}
	for _, l := range n.subs {
		if l.clause.field != "lang" || l.not {
			continue
		}
		for _, s := range n.subs {
			if len(s.subs) == 0 && !s.not && running(s.clause.field) && foreign(s.clause, l.clause.text) {
				found = append(found, mistake{s.at, fmt.Sprintf("%q has no letters of language %q, so it can only match foreign words", s.text, l.clause.text),
					"write it in that language, or take lang: out", true})
			}
		}
	}
	return found
}
