package story

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Place decides where p belongs. It changes nothing: the same piece on the same
// index gives the same verdict.
func (x *Index) Place(p Piece) Verdict {
	v := x.place(&p)
	v.Links = x.links(&p, v.Story)
	return v
}

func (x *Index) place(p *Piece) Verdict {
	if v, ok := x.equal(p); ok {
		return v
	}
	x.sieve.fill(p)
	if v, ok := x.alike(p); ok {
		return v
	}
	best, near := x.nearest(p)
	switch {
	case p.With != 0:
		return Verdict{Story: p.With, Rule: "story: by hand"}
	case best.tale == nil:
		return Verdict{Story: p.Record, Rule: "first: no story in reach is like it", Near: near}
	}
	if v, ok := x.spun(p, best.tale); ok {
		v.Near = near
		return v
	}
	return Verdict{Story: best.tale.id, Rule: best.rule(p), Near: near}
}

// allowed says whether the operator's word lets p into a story.
func (p *Piece) allowed(story int64) bool {
	return (p.With == 0 || p.With == story) && !slices.Contains(p.Not, story)
}

// A candidate is a story beside a piece.
type candidate struct {
	tale   *tale
	cosine float64
	bar    float64
	told   []uint32 // the shared terms that weigh most
}

// over is how far a candidate is over its bar. Of two stories the large one comes
// first, so that one piece of news does not grow in two places.
func (c *candidate) over() float64 {
	if c.tale == nil {
		return 0
	}
	return c.cosine / c.bar
}

func (c *candidate) rule(p *Piece) string {
	rule := fmt.Sprintf("story: cosine %.2f with story %d (bar %.2f, %d originals)", c.cosine, c.tale.id, c.bar, c.tale.leads)
	var said []string
	for _, t := range c.told {
		if w := p.word(t); w != "" {
			said = append(said, w)
		}
	}
	if len(said) > 0 {
		rule += ", words: " + strings.Join(said, ", ")
	}
	return rule
}

const (
	// leadBudget is how many postings one piece may visit in search of a story.
	leadBudget = 4000
	// finalists is how many stories are compared exactly.
	finalists = 8
	// explained is how many words a rule names.
	explained = 5
)

// nearest finds the story whose centroid is most like p, when it is over the bar,
// and the most alike one that p does not tell.
func (x *Index) nearest(p *Piece) (best candidate, near Near) {
	pr := newProbe(&p.Signature, x.frozen[p.Lang], &x.probing)
	if pr.length == 0 {
		return candidate{}, Near{}
	}
	for _, f := range x.rank(p, &pr, leadBudget) {
		t := x.told[f.at]
		c := candidate{tale: t, cosine: pr.cosine(t, x.fronts[f.at].norm), bar: t.bar(p)}
		reason := t.closed(p)
		if reason == "" && c.cosine >= c.bar && c.over() > best.over() {
			c, best = best, c
			reason = "another story is more like it"
		}
		if c.tale != nil && c.cosine > near.Cosine {
			near = Near{Story: c.tale.id, Cosine: c.cosine, Bar: c.bar, Reason: reason}
			if reason == "" {
				near.Reason = fmt.Sprintf("under the bar of %.2f", c.bar)
				if c.cosine >= c.bar {
					near.Reason = "another story is more like it"
				}
			}
		}
	}
	if best.tale != nil {
		best.told = pr.told(best.tale)
	}
	return best, near
}

// takes says whether a story takes a piece of that time.
func (t *tale) takes(p *Piece) bool {
	return t.leads < maxLeads && p.At.Sub(t.last) <= Pause && t.first.Sub(p.At) <= Pause &&
		p.At.Sub(t.first) <= Longest && t.last.Sub(p.At) <= Longest && p.allowed(t.id)
}

// closed says why a story takes no piece such as p; "" when it does.
func (t *tale) closed(p *Piece) string {
	switch {
	case t.takes(p):
		return ""
	case !p.allowed(t.id):
		return "kept apart by hand"
	case t.leads >= maxLeads:
		return "the story is full"
	case p.At.Sub(t.last) > Pause:
		return fmt.Sprintf("the story ended %.0f h before", p.At.Sub(t.last).Hours())
	case t.first.Sub(p.At) > Pause:
		return fmt.Sprintf("the story began %.0f h after", t.first.Sub(p.At).Hours())
	case p.At.Sub(t.first) > Longest || t.last.Sub(p.At) > Longest:
		return fmt.Sprintf("a story takes %.0f days at most", Longest.Hours()/24)
	}
	return ""
}

// rank lists the stories that share the piece's rarest terms, the most alike
// first as far as that can be told from them.
func (x *Index) rank(p *Piece, pr *probe, budget int) []finalist {
	touched := x.touched[:0]
	for _, term := range x.leads[p.Lang].rarest(pr.v, budget) {
		touched = slices.Grow(touched, len(term.leads))
		n, pull := len(touched), pr.pull[term.place]
		touched = touched[:cap(touched)]
		for _, l := range term.leads {
			at := x.taleOf[l.slot]
			if at < 0 {
				continue
			}
			score := x.scores[at]
			touched[n] = at
			if score == 0 { // no branch for the processor to guess wrong
				n++
			}
			x.scores[at] = score + 1 + uint64(l.weight)*pull
		}
		touched = touched[:n]
	}
	x.touched = touched
	return x.finals(p, pr, touched)
}

// finals picks the most alike of the stories that have a score, and clears those.
func (x *Index) finals(p *Piece, pr *probe, touched []int32) (best []finalist) {
	least := 0.
	for _, at := range touched {
		f := &x.fronts[at]
		if f.norm == 0 || f.normOf != pr.freq {
			f.length(x.told[at], pr.freq)
		}
		c := finalist{at: at, rank: float64(x.scores[at]) / f.norm}
		x.scores[at] = 0
		if c.rank < least {
			continue
		}
		t := x.told[at]
		if !t.takes(p) {
			c.rank /= 4 // told of in Near, when nothing else is near
		}
		if len(best) < finalists || c.rank >= least {
			c.id = t.id
			best = insert(best, c)
		}
		if len(best) == finalists {
			least = best[finalists-1].rank
		}
	}
	return best
}

// A finalist is a story that is compared exactly.
type finalist struct {
	at   int32 // in told
	id   int64
	rank float64
}

// insert keeps the finalists in order.
func insert(best []finalist, c finalist) []finalist {
	at, _ := slices.BinarySearchFunc(best, c, func(a, b finalist) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.id, b.id))
	})
	if at == finalists {
		return best
	}
	if len(best) == finalists {
		best = best[:finalists-1]
	}
	return slices.Insert(best, at, c)
}
