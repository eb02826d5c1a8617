package topic

import (
	"cmp"
	"slices"
)

// judge scores what was found of a topic. A query that does not hold keeps the
// item out, whatever the score.
func judge(t *compiled, r *reading) Match {
	hits := r.late(t, r.hitsOf(t))
	m := Match{Topic: t.ID, Need: t.need}
	if i := slices.IndexFunc(hits, func(h hit) bool { return h.kind == reject }); i >= 0 {
		m.Veto = hits[i].rule.term
		m.Reasons = []Reason{r.reason(hits[i], 0)}
		return m
	}
	r.round++
	idle := r.ignored(hits)
	a := answer{holds: true}
	if t.query != nil {
		if a = t.query.ask(r.found(t.query, hits), r.doc.Take == t.ID); a.veto != nil {
			return m.excluded(r, a.veto, hits)
		}
	}
	mentions, unused := r.mentions(hits, a.used)
	idle = append(idle, unused...)
	slices.SortStableFunc(idle, inText)
	weigh(mentions, r.doc.Home == t.ID)
	titleWhole := m.score(r, mentions)
	m.explain(r, mentions, idle)
	m.Lacks = a.lacks
	m.In = a.holds && (m.Score >= m.Need || t.strict && titleWhole)
	if a.free && t.alone() && !m.In {
		m.In, m.By = true, "query"
	}
	if r.doc.Take == t.ID && !m.In {
		m.In, m.By = true, "take"
	}
	return m
}

// excluded is the match of an item that a NOT put out.
func (m Match) excluded(r *reading, veto *node, hits []hit) Match {
	m.Veto = veto.text
	for _, h := range hits {
		if h.rule.leaf == veto && !r.claimed(h) {
			m.Reasons = []Reason{r.reason(h, 0)}
			break
		}
	}
	return m
}

// explain keeps the first reasons in the order of the text; idle are those
// without points.
func (m *Match) explain(r *reading, mentions []mention, idle []hit) {
	if n := min(MaxReasons, len(mentions)+len(idle)); n > 0 {
		m.Reasons = make([]Reason, 0, n)
	}
	for len(m.Reasons) < cap(m.Reasons) {
		if len(idle) == 0 || len(mentions) > 0 && inText(mentions[0].hit, idle[0]) <= 0 {
			m.Reasons = append(m.Reasons, r.reason(mentions[0].hit, mentions[0].points))
			mentions = mentions[1:]
			continue
		}
		m.Reasons = append(m.Reasons, r.reason(idle[0], 0))
		idle = idle[1:]
	}
}

func inText(a, b hit) int { return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.from, b.from)) }

// ignored claims the words that ignore terms cover, and answers those terms.
func (r *reading) ignored(hits []hit) (ignored []hit) {
	for _, h := range hits {
		if h.kind == ignore {
			ignored = append(ignored, h)
			r.claim(h)
		}
	}
	return ignored
}

// A mention is a hit that counts.
type mention struct {
	hit
	points float64
}

// mentions keeps, of hits that share words, the strong before the weak and then
// the longest, and none inside claimed words. They come in the order of the text,
// and stand until the next topic is judged. A query's terms count where used says
// so; of the others the first hit is answered as unused.
func (r *reading) mentions(hits []hit, used []bool) (mentions []mention, unused []hit) {
	mentions = r.counting[:0]
	shown := make([]bool, len(used))
	for _, h := range hits {
		switch leaf := h.rule.leaf; {
		case h.kind == ignore:
		case leaf == nil || used[leaf.leaf]:
			mentions = append(mentions, mention{hit: h})
		case !shown[leaf.leaf]:
			shown[leaf.leaf] = true
			unused = append(unused, h)
		}
	}
	r.counting = mentions
	slices.SortStableFunc(mentions, func(a, b mention) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(b.to-b.from, a.to-a.from), inText(a.hit, b.hit))
	})
	free := mentions[:0]
	for _, m := range mentions {
		if !r.claimed(m.hit) {
			r.claim(m.hit)
			free = append(free, m)
		}
	}
	slices.SortStableFunc(free, func(a, b mention) int { return inText(a.hit, b.hit) })
	return free, unused
}

// claim marks the words of a hit as taken in this round.
func (r *reading) claim(h hit) {
	if h.field < 0 {
		return
	}
	tf := &r.fields[h.field]
	if tf.taken == nil {
		tf.taken = make([]uint32, len(tf.words)+1) // a regexp may match behind the last word
	}
	for i := h.from; i < min(h.to, int32(len(tf.taken))); i++ {
		tf.taken[i] = r.round
	}
}

// claimed says whether a hit shares words with one that has claimed them. Fields
// without running text are always free.
func (r *reading) claimed(h hit) bool {
	if h.field < 0 || r.fields[h.field].taken == nil {
		return false
	}
	taken := r.fields[h.field].taken
	return slices.Contains(taken[h.from:min(h.to, int32(len(taken)))], r.round)
}

// weigh gives each mention its points: 1, or a half for a weak one, unless the
// source is at home in the topic or two different weak terms stand together.
func weigh(mentions []mention, home bool) {
	whole, first := home, ""
	for i := range mentions {
		switch m := mentions[i]; {
		case m.kind != weak:
		case first == "":
			first = m.rule.term
		case m.rule.term != first:
			whole = true
		}
	}
	for i := range mentions {
		mentions[i].points = 1
		if mentions[i].kind == weak && !whole {
			mentions[i].points = .5
		}
	}
}

// score adds up title, lead and mentions. What the publisher itself says of the
// item in a field (tag, author, address) counts as the title does. It answers
// whether a whole mention stands in the title.
func (m *Match) score(r *reading, mentions []mention) (titleWhole bool) {
	var title, lead, sum float64
	for _, h := range mentions {
		sum += h.points
		switch {
		case h.field <= 0: // the title's number is 0
			title = max(title, h.points)
		case r.fields[h.field].leads(int(h.from)):
			lead = max(lead, h.points)
		}
	}
	m.Score = 3*title + 2*lead + min(sum, 3)
	return title == 1
}

func (r *reading) reason(h hit, points float64) Reason {
	why := Reason{Term: h.rule.term, List: h.rule.list, Words: h.words, At: int(h.from), Points: points}
	switch {
	case h.field < 0:
		why.Field = h.rule.wordless.field
		return why
	case h.rule.wordless == nil:
		tf := &r.fields[h.field]
		why.Words = tf.text[tf.words[h.from].Start:tf.words[h.to-1].End]
	}
	why.Field = r.fields[h.field].name
	return why
}
