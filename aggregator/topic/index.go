package topic

import "github.com/wiredesk/wiredesk/feeds/words"

// An index knows which rules could match at a word: a rule with running words
// stands under its longest whole word, likely its rarest, or, when it is a stem
// alone, under the stem's first letters. Rules that no word leads to are looked
// at for every item.
type index struct {
	byWord map[string][]anchor
	byStem map[string][]anchor
	always []*rule
}

// An anchor is a rule found by its word number at.
type anchor struct {
	rule *rule
	at   int
}

// stemKey is how many bytes of a stem index it; no stem has under two.
const stemKey = 4

func newIndex() index {
	return index{byWord: map[string][]anchor{}, byStem: map[string][]anchor{}}
}

// add files a rule.
func (x *index) add(r *rule) {
	if len(r.toks) == 0 || !running(r.field) {
		x.always = append(x.always, r)
		return
	}
	best := -1
	for i, t := range r.toks {
		if !t.stem && (best < 0 || len(t.fold) > len(r.toks[best].fold)) {
			best = i
		}
	}
	if best >= 0 {
		w := r.toks[best].fold
		x.byWord[w] = append(x.byWord[w], anchor{r, best})
		return
	}
	w := r.toks[0].fold
	key := w[:min(stemKey, len(w))]
	x.byStem[key] = append(x.byStem[key], anchor{r, 0})
}

// find collects the hits of all topics: one pass over the words, then the rules
// that no word leads to.
func (x *index) find(r *reading) {
	for f := range r.fields {
		for i := range r.fields[f].words {
			form := r.fields[f].words[i].Fold
			x.look(r, form, f, i)
			for _, stem := range words.Stems(form) {
				x.look(r, stem, f, i)
			}
		}
	}
	for _, rule := range x.always {
		if r.applies(rule) {
			r.scan(rule)
		}
	}
}

// look tries the rules filed under one form of the word at i of field f.
func (x *index) look(r *reading, form string, f, i int) {
	r.try(x.byWord[form], f, i)
	for n := 2; n <= min(stemKey, len(form)); n++ {
		r.try(x.byStem[form[:n]], f, i)
	}
}
