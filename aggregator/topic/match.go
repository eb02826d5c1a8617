package topic

import (
	"cmp"
	"slices"
	"strings"
)

// Match judges the item by every topic. It answers the topics it belongs to,
// those it just misses (a score above zero) and those that rejected it, in the
// order of the config.
func (s *Set) Match(d Doc) []Match {
	if s.overlooks(d) {
		return nil
	}
	r := read(d)
	s.index.find(r)
	topics := s.concerned(r)
	var out []Match
	for _, t := range topics {
		if m := r.decide(t); m.In || m.Score > 0 || m.Veto != "" {
			if out == nil {
				out = make([]Match, 0, min(len(topics), 256)) // of thousands that a NOT lets in, few are kept
			}
			out = append(out, m)
		}
	}
	return out
}

// decide judges a topic, and remembers it when another may ask.
func (r *reading) decide(t *compiled) Match {
	if t.named {
		return r.verdict(t)
	}
	return judge(t, r)
}

// concerned are the topics that have a hit or may do without one and take the
// item's source, and the one its source belongs to, in the order of the config.
func (s *Set) concerned(r *reading) []*compiled {
	ts := make([]*compiled, 0, len(r.hits)+len(s.roving)+1)
	add := func(t *compiled) {
		if t.open || t.ID == r.doc.Take || takes(t.Sources, r.doc) {
			ts = append(ts, t)
		}
	}
	for i := range r.hits {
		if order := r.hits[i].order; i == 0 || order != r.hits[i-1].order {
			add(s.topics[order])
		}
	}
	more := s.roving
	if t := s.byID[r.doc.Take]; t != nil {
		more = append(slices.Clip(more), t)
	}
	if len(more) == 0 {
		return ts
	}
	for _, t := range more {
		add(t)
	}
	slices.SortFunc(ts, func(a, b *compiled) int { return cmp.Compare(a.order, b.order) })
	return slices.Compact(ts)
}

// Takes says whether a topic looks at the items of a document's source.
func (s *Set) Takes(id string, d Doc) bool {
	t := s.byID[id]
	return t != nil && (d.Take == id || takes(t.Sources, d))
}

// takes says whether a topic looks at the item's source: the last pattern that
// fits decides.
func takes(patterns []string, d Doc) bool {
	in := len(patterns) == 0 || strings.HasPrefix(patterns[0], "!")
	for _, p := range patterns {
		bare, not := strings.CutPrefix(p, "!")
		tag, isTag := strings.CutPrefix(bare, "tag:")
		if bare == "*" || bare == d.Source || isTag && slices.Contains(d.Tags, tag) {
			in = !not
		}
	}
	return in
}
