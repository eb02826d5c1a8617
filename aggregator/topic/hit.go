package topic

import (
	"strings"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// A hit is a rule found in the item.
type hit struct {
	rule     *rule
	field    int // index of the field, in order of reading; -1 for those without running text
	from, to int // words, half open
	words    string
}

// maxHits bounds what is kept of one clause in one item: more mentions change no
// score, and a megabyte of one word must not fill memory for every topic.
const maxHits = 200

// try verifies the rules that the word at i of field f could be part of.
func (r *reading) try(anchors []anchor, f, i int) {
	tf := &r.fields[f]
	for _, a := range anchors {
		if a.rule.field != "" && a.rule.field != tf.name {
			continue
		}
		from, to, ok := r.verify(a, tf.words, i)
		if !ok || !r.applies(a.rule) {
			continue
		}
		hits := r.hits[a.rule.topic]
		if n := len(hits); n > 0 && hits[n-1].rule == a.rule && hits[n-1].field == f && hits[n-1].from == from {
			continue // found by another form of the word
		}
		r.keep(hit{a.rule, f, from, to, tf.text[tf.words[from].Start:tf.words[to-1].End]})
	}
}

// keep notes a hit, unless the body has the same words, or there are enough.
func (r *reading) keep(h hit) {
	if h.field >= 0 && h.rule.field == "" && r.fields[h.field].repeats(h.from, h.to) {
		return
	}
	if r.count[h.rule]++; r.count[h.rule] <= maxHits {
		r.hits[h.rule.topic] = append(r.hits[h.rule.topic], h)
	}
}

// applies says whether a rule's list holds for this item: its language's, those
// of all languages, or, when the language is unknown or has no list, every list
// in its script.
func (r *reading) applies(rule *rule) bool {
	if rule.lang == "all" || rule.lang == r.lang && r.lang != "" {
		return true
	}
	if r.lang != "" && rule.topic.langs[r.lang] {
		return false
	}
	return words.ScriptOf(rule.lang) == r.script
}

// guessed says whether a rule applies only by its script, so that diacritics
// are respected: "Şam" must not find "Sam".
func (r *reading) guessed(rule *rule) bool {
	return rule.lang != "all" && (r.lang == "" || rule.lang != r.lang)
}

// verify checks all words of a rule around its anchor at word i.
func (r *reading) verify(a anchor, ws []words.Word, i int) (from, to int, ok bool) {
	if a.rule.near > 0 {
		return r.verifyNear(a, ws, i)
	}
	from = i - a.at
	to = from + len(a.rule.toks)
	if from < 0 || to > len(ws) || !r.phrase(a.rule, ws[from:to]) {
		return 0, 0, false
	}
	return from, to, true
}

// phrase compares the words of a rule with as many of the text.
func (r *reading) phrase(rule *rule, ws []words.Word) bool {
	for j := range rule.toks {
		if !r.same(rule, &rule.toks[j], &ws[j]) {
			return false
		}
	}
	return true
}

// verifyNear looks for each other word of the rule on both sides of the anchor,
// the nearest first.
func (r *reading) verifyNear(a anchor, ws []words.Word, i int) (from, to int, ok bool) {
	if !r.same(a.rule, &a.rule.toks[a.at], &ws[i]) {
		return 0, 0, false
	}
	from, to = i, i+1
	for j := range a.rule.toks {
		if j == a.at {
			continue
		}
		at := r.nearest(a.rule, j, ws, i)
		if at < 0 {
			return 0, 0, false
		}
		from, to = min(from, at), max(to, at+1)
	}
	return from, to, true
}

// nearest is the place of the rule's word j around i, -1 when it is not near.
func (r *reading) nearest(rule *rule, j int, ws []words.Word, i int) int {
	for d := 1; d <= rule.near+1; d++ {
		if i+d < len(ws) && r.same(rule, &rule.toks[j], &ws[i+d]) {
			return i + d
		}
		if i-d >= 0 && r.same(rule, &rule.toks[j], &ws[i-d]) {
			return i - d
		}
	}
	return -1
}

// same compares one word of a rule with one of the text.
func (r *reading) same(rule *rule, t *tok, w *words.Word) bool {
	switch {
	case t.exact:
		return t.is(w.Raw, t.raw)
	case t.marked && r.guessed(rule):
		return t.is(w.Marks, t.marks)
	case t.is(w.Fold, t.fold):
		return true
	case t.marked:
		return false
	}
	for _, form := range words.Stems(w.Fold) {
		if t.is(form, t.fold) {
			return true
		}
	}
	return false
}

func (t *tok) is(word, want string) bool {
	return word == want || t.stem && strings.HasPrefix(word, want)
}
