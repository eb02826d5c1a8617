package topic

import (
	"cmp"
	"slices"
)

// judge scores what was found of a topic. A query that does not hold keeps the
// item out, whatever the score.
func judge(t *compiled, r *reading) Match {
	r.late(t)
	hits := r.hits[t]
	m := Match{Topic: t.ID, Need: t.need}
	if i := slices.IndexFunc(hits, func(h hit) bool { return h.rule.kind == reject }); i >= 0 {
		m.Veto = hits[i].rule.term
		m.Reasons = []Reason{r.reason(hits[i], 0)}
		return m
	}
	taken, idle := r.ignored(hits)
	a := answer{holds: true}
	if t.query != nil {
		if a = t.query.ask(r.found(t.query, hits, taken), r.doc.Take == t.ID); a.veto != nil {
			return m.excluded(r, a.veto, hits, taken)
		}
	}
	mentions, unused := r.mentions(hits, taken, a.used)
	idle = append(idle, unused...)
	slices.SortStableFunc(idle, inText)
	weights := weigh(mentions, r.doc.Home == t.ID)
	titleWhole := m.score(r, mentions, weights)
	m.explain(r, mentions, weights, idle)
	m.Lacks = a.lacks
	m.In = a.holds && (m.Score >= m.Need || t.Aim == "strict" && titleWhole)
	if a.free && t.alone() && !m.In {
		m.In, m.By = true, "query"
	}
	if r.doc.Take == t.ID && !m.In {
		m.In, m.By = true, "take"
	}
	return m
}

// excluded is the match of an item that a NOT put out.
func (m Match) excluded(r *reading, veto *node, hits []hit, ignored [][]bool) Match {
	m.Veto = veto.text
	for _, h := range hits {
		if h.rule.leaf == veto && !overlaps(ignored, h) {
			m.Reasons = []Reason{r.reason(h, 0)}
			break
		}
	}
	return m
}

// explain keeps the first reasons in the order of the text; idle are those
// without points.
func (m *Match) explain(r *reading, mentions []hit, weights []float64, idle []hit) {
	i, j := 0, 0
	for len(m.Reasons) < MaxReasons && (i < len(mentions) || j < len(idle)) {
		if j == len(idle) || i < len(mentions) && inText(mentions[i], idle[j]) <= 0 {
			m.Reasons = append(m.Reasons, r.reason(mentions[i], weights[i]))
			i++
			continue
		}
		m.Reasons = append(m.Reasons, r.reason(idle[j], 0))
		j++
	}
}

func inText(a, b hit) int { return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.from, b.from)) }

// ignored are the words that ignore terms cover, by field, and those terms.
func (r *reading) ignored(hits []hit) (taken [][]bool, ignored []hit) {
	taken = make([][]bool, len(r.fields))
	for _, h := range hits {
		if h.rule.kind == ignore {
			ignored = append(ignored, h)
			r.claim(taken, h)
		}
	}
	return taken, ignored
}

// mentions keeps, of hits that share words, the strong before the weak and then
// the longest, and none inside taken words. They come in the order of the text. A
// query's terms count where used says so; of the others the first hit is
// answered as unused.
func (r *reading) mentions(hits []hit, taken [][]bool, used []bool) (mentions, unused []hit) {
	var counting []hit
	shown := make([]bool, len(used))
	for _, h := range hits {
		switch leaf := h.rule.leaf; {
		case h.rule.kind == ignore:
		case leaf == nil || used[leaf.leaf]:
			counting = append(counting, h)
		case !shown[leaf.leaf]:
			shown[leaf.leaf] = true
			unused = append(unused, h)
		}
	}
	slices.SortStableFunc(counting, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.rule.kind, b.rule.kind), cmp.Compare(b.to-b.from, a.to-a.from), inText(a, b))
	})
	for _, h := range counting {
		if !overlaps(taken, h) {
			r.claim(taken, h)
			mentions = append(mentions, h)
		}
	}
	slices.SortStableFunc(mentions, inText)
	return mentions, unused
}

// claim marks the words of a hit as taken.
func (r *reading) claim(taken [][]bool, h hit) {
	if h.field < 0 {
		return
	}
	if taken[h.field] == nil {
		taken[h.field] = make([]bool, len(r.fields[h.field].words)+1) // a regexp may match behind the last word
	}
	for i := h.from; i < min(h.to, len(taken[h.field])); i++ {
		taken[h.field][i] = true
	}
}

// overlaps says whether a hit shares words with taken ones. Fields without
// running text are always free.
func overlaps(taken [][]bool, h hit) bool {
	if h.field < 0 || taken[h.field] == nil {
		return false
	}
	return slices.Contains(taken[h.field][h.from:min(h.to, len(taken[h.field]))], true)
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
