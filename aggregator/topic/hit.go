package topic

import (
	"slices"
	"sort"
	"strings"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// A hit is a rule found in the item.
type hit struct {
	rule     *rule
	order    int32  // of its topic
	field    int16  // number of the field; below zero when it is no running text
	kind     int8   // of the rule
	from, to int32  // words, half open
	words    string // of a rule that no word leads to; the others' are looked up
}

// maxHits bounds what is kept of one clause in one item: more mentions change no
// score, and a megabyte of one word must not fill memory for every topic.
const maxHits = 200

// uncounted is how many hits an item may have before they are counted by rule.
const uncounted = 20 * maxHits

// try verifies the rules that the word at i of field f could be part of.
func (r *reading) try(anchors []anchor, f, i int) {
	tf := &r.fields[f]
	for k := range anchors {
		a := &anchors[k]
		if a.beside > 0 {
			if j := i + int(a.side); j < 0 || j >= len(tf.numbers) || tf.numbers[j] != a.beside {
				continue
			}
		}
		if a.only >= 0 && int(a.only) != f {
			continue
		}
		own := a.lang == 0 || a.lang == r.langNumber
		if !own && !r.applies(a.rule) {
			continue
		}
		from, to, ok := i, i+1, a.sure && own
		if !ok {
			from, to, ok = r.verify(a, tf, i)
		}
		if ok && !(a.only == anyRunning && tf.repeats(from, to)) { // else it counts in the body
			r.keep(hit{rule: a.rule, order: a.order, kind: a.kind, field: int16(f), from: int32(from), to: int32(to)})
		}
	}
}

// keep notes a hit, unless there are enough.
func (r *reading) keep(h hit) {
	if len(r.hits) >= uncounted && r.enough(h.rule) {
		return
	}
	r.hits = append(r.hits, h)
}

// enough counts a rule's hits and says whether no more are kept.
func (r *reading) enough(of *rule) bool {
	if r.count == nil {
		r.count = map[*rule]int{}
		for _, h := range r.hits {
			r.count[h.rule]++
		}
	}
	r.count[of]++
	return r.count[of] > maxHits
}

// group puts the hits of a topic together, in the order they were found in. Some
// are found twice, by two forms of a word.
func (r *reading) group() {
	keys := make([]uint64, len(r.hits)) // sorting numbers is quicker than sorting hits
	for i := range r.hits {
		keys[i] = uint64(r.hits[i].order)<<32 | uint64(i)
	}
	slices.Sort(keys)
	hits := make([]hit, 0, len(keys))
	for begin := 0; begin < len(keys); {
		end := begin + 1
		for end < len(keys) && keys[end]>>32 == keys[begin]>>32 {
			end++
		}
		hits = r.pick(hits, keys[begin:end])
		begin = end
	}
	r.hits = hits
}

// pick adds a topic's hits, by their keys: of each rule the first maxHits.
func (r *reading) pick(hits []hit, keys []uint64) []hit {
	var count map[*rule]int
	if len(keys) > maxHits {
		count = map[*rule]int{}
	}
	first := len(hits)
	for _, key := range keys {
		h := r.hits[uint32(key)]
		if count != nil {
			if count[h.rule]++; count[h.rule] > maxHits {
				continue
			}
		}
		if n := len(hits); n > first && hits[n-1].rule == h.rule && hits[n-1].field == h.field && hits[n-1].from == h.from && hits[n-1].to == h.to {
			continue
		}
		hits = append(hits, h)
	}
	return hits
}

// hitsOf are the hits of a topic.
func (r *reading) hitsOf(t *compiled) []hit {
	order := int32(t.order)
	from := sort.Search(len(r.hits), func(i int) bool { return r.hits[i].order >= order })
	to := from
	for to < len(r.hits) && r.hits[to].order == order {
		to++
	}
	return r.hits[from:to:to]
}

// applies says whether a rule's list holds for this item: its language's, those
// of all languages, or, when the language is unknown or has no list, every list
// in its script.
func (r *reading) applies(rule *rule) bool {
	if rule.lang == "all" || rule.lang == r.lang && r.lang != "" {
		return true
	}
	if r.lang != "" && rule.topic.has(r.lang) {
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
func (r *reading) verify(a *anchor, tf *textField, i int) (from, to int, ok bool) {
	if a.rule.near > 0 {
		return r.verifyNear(a, tf, i)
	}
	from = i - int(a.at)
	to = from + len(a.rule.wants)
	if from < 0 || to > len(tf.words) || !r.phrase(a.rule, tf, from) {
		return 0, 0, false
	}
	return from, to, true
}

// phrase compares the words of a rule with as many of the text.
func (r *reading) phrase(rule *rule, tf *textField, from int) bool {
	for j := range rule.wants {
		if !r.same(rule, &rule.wants[j], tf, from+j) {
			return false
		}
	}
	return true
}

// verifyNear looks for each other word of the rule on both sides of the anchor,
// the nearest first.
func (r *reading) verifyNear(a *anchor, tf *textField, i int) (from, to int, ok bool) {
	if !r.same(a.rule, &a.rule.wants[a.at], tf, i) {
		return 0, 0, false
	}
	from, to = i, i+1
	for j := range a.rule.wants {
		if j == int(a.at) {
			continue
		}
		at := r.nearest(a.rule, j, tf, i)
		if at < 0 {
			return 0, 0, false
		}
		from, to = min(from, at), max(to, at+1)
	}
	return from, to, true
}

// nearest is the place of the rule's word j around i, -1 when it is not near.
func (r *reading) nearest(rule *rule, j int, tf *textField, i int) int {
	for d := 1; d <= int(rule.near)+1; d++ {
		if i+d < len(tf.words) && r.same(rule, &rule.wants[j], tf, i+d) {
			return i + d
		}
		if i-d >= 0 && r.same(rule, &rule.wants[j], tf, i-d) {
			return i - d
		}
	}
	return -1
}

// same compares one word of a rule with one of the text.
func (r *reading) same(rule *rule, w *want, tf *textField, i int) bool {
	switch {
	case w.exact:
		return w.is(tf.words[i].Raw, w.form)
	case w.marked && r.guessed(rule):
		return w.is(tf.words[i].Marks, w.form)
	case w.number == tf.numbers[i]:
		return true
	case w.stem && strings.HasPrefix(tf.words[i].Fold, r.index.spelt[w.number]):
		return true
	case w.marked:
		return false
	}
	for _, form := range tf.forms(i) {
		if w.is(form, r.index.spelt[w.number]) {
			return true
		}
	}
	return false
}
