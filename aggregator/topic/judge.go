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
	mentions, ignored := r.mentions(hits)
	weights := weigh(mentions, r.doc.Home == t.ID)
	titleWhole := m.score(r, mentions, weights)
	m.explain(r, mentions, weights, ignored)
	m.In = m.Score >= m.Need || t.Aim == "strict" && titleWhole
	if r.doc.Take == t.ID && !m.In {
		m.In, m.By = true, "take"
	}
	return m
}

// explain keeps the first reasons in the order of the text.
func (m *Match) explain(r *reading, mentions []hit, weights []float64, ignored []hit) {
	i, j := 0, 0
	for len(m.Reasons) < MaxReasons && (i < len(mentions) || j < len(ignored)) {
		if j == len(ignored) || i < len(mentions) && inText(mentions[i], ignored[j]) <= 0 {
			m.Reasons = append(m.Reasons, r.reason(mentions[i], weights[i]))
			i++
			continue
		}
		m.Reasons = append(m.Reasons, r.reason(ignored[j], 0))
		j++
	}
}

func inText(a, b hit) int { return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.from, b.from)) }

// mentions keeps, of hits that share words, the strong before the weak and then
// the longest, and none inside words that an ignore term covers. Both lists come
// in the order of the text.
func (r *reading) mentions(hits []hit) (mentions, ignored []hit) {
	sorted := slices.Clone(hits)
	slices.SortStableFunc(sorted, func(a, b hit) int {
		return cmp.Or(
			-cmp.Compare(a.rule.kind/ignore, b.rule.kind/ignore), // ignore first
			cmp.Compare(a.rule.kind, b.rule.kind),
			cmp.Compare(b.to-b.from, a.to-a.from))
	})
	taken := make([][]bool, len(r.fields))
	for _, h := range sorted {
		switch free := r.claim(taken, h); {
		case h.rule.kind == ignore:
			ignored = append(ignored, h)
		case free:
			mentions = append(mentions, h)
		}
	}
	slices.SortStableFunc(mentions, inText)
	slices.SortStableFunc(ignored, inText)
	return mentions, ignored
}

// claim marks the words of a hit as taken, and says whether all were free. Only
// an ignore term may share words. Fields without running text are always free.
func (r *reading) claim(taken [][]bool, h hit) bool {
	if h.field < 0 {
		return true
	}
	n := len(r.fields[h.field].words) + 1 // a regexp may match behind the last word
	if taken[h.field] == nil {
		taken[h.field] = make([]bool, n)
	}
	span := taken[h.field][h.from:min(h.to, n)]
	if h.rule.kind != ignore && slices.Contains(span, true) {
		return false
	}
	for i := range span {
		span[i] = true
	}
	return true
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
		case r.fields[h.field].leads(h.from):
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
