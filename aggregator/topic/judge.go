package topic

import (
	"cmp"
	"slices"
)

// judge scores a topic's hits.
func judge(t *compiled, r *reading, hits []hit) Match {
	m := Match{Topic: t.ID, Need: t.need}
	if i := slices.IndexFunc(hits, func(h hit) bool { return h.rule.kind == reject }); i >= 0 {
		m.Veto = hits[i].rule.term
		m.Reasons = []Reason{r.reason(hits[i], 0)}
		return m
	}
	mentions, ignored := mentionsOf(hits)
	weights := weigh(mentions, r.doc.Home == t.ID)
	titleWhole := m.score(r, mentions, weights)
	for i, h := range mentions {
		m.keep(r.reason(h, weights[i]))
	}
	for _, h := range ignored {
		m.keep(r.reason(h, 0))
	}
	m.In = m.Score >= m.Need || t.Aim == "strict" && titleWhole
	if r.doc.Take == t.ID && !m.In {
		m.In, m.By = true, "take"
	}
	return m
}

func (m *Match) keep(reason Reason) {
	if len(m.Reasons) < MaxReasons {
		m.Reasons = append(m.Reasons, reason)
	}
}

// mentionsOf keeps, of hits that share words, the longest, and takes out those
// inside words that an ignore term covers. Mentions come in the order of the text.
func mentionsOf(hits []hit) (mentions, ignored []hit) {
	sorted := slices.Clone(hits)
	slices.SortStableFunc(sorted, func(a, b hit) int {
		return cmp.Or(
			-cmp.Compare(a.rule.kind/ignore, b.rule.kind/ignore), // ignore first
			cmp.Compare(a.field, b.field), cmp.Compare(a.rule.kind, b.rule.kind),
			cmp.Compare(b.to-b.from, a.to-a.from), cmp.Compare(a.from, b.from))
	})
	for _, h := range sorted {
		shares := func(o hit) bool { return h.field >= 0 && o.field == h.field && o.from < h.to && h.from < o.to }
		switch {
		case h.rule.kind == ignore:
			ignored = append(ignored, h)
		case slices.ContainsFunc(ignored, shares), slices.ContainsFunc(mentions, shares):
		default:
			mentions = append(mentions, h)
		}
	}
	slices.SortStableFunc(mentions, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.from, b.from))
	})
	return mentions, ignored
}

// weigh gives each mention its points: 1, or a half for a weak one, unless the
// source is at home in the topic or two different weak terms stand together.
func weigh(mentions []hit, home bool) []float64 {
	weakTerms := map[string]bool{}
	for _, h := range mentions {
		if h.rule.kind == weak {
			weakTerms[h.rule.term] = true
		}
	}
	points := make([]float64, len(mentions))
	for i, h := range mentions {
		points[i] = 1
		if h.rule.kind == weak && !home && len(weakTerms) < 2 {
			points[i] = .5
		}
	}
	return points
}

// score adds up title, lead and mentions. What the publisher itself says of the
// item in a field (tag, author, address) counts as the title does. It answers
// whether a whole mention stands in the title.
func (m *Match) score(r *reading, mentions []hit, weights []float64) (titleWhole bool) {
	var title, lead, sum float64
	for i, h := range mentions {
		w := weights[i]
		sum += w
		switch {
		case h.field < 0 || r.fields[h.field].name == "title":
			title = max(title, w)
		case r.fields[h.field].name == "summary" || h.from < leadWords:
			lead = max(lead, w)
		}
	}
	m.Score = 3*title + 2*lead + min(sum, 3)
	return title == 1
}

func (r *reading) reason(h hit, points float64) Reason {
	field := h.rule.field
	if h.field >= 0 {
		field = r.fields[h.field].name
	}
	return Reason{Term: h.rule.term, List: h.rule.list, Field: field, Words: h.words, At: h.from, Points: points}
}
