package topic

import (
	"slices"
	"strings"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// scan looks at a rule that no word leads to: regexps and the fields that are
// no running text.
func (r *reading) scan(rule *rule) {
	if rule.wordless.re != nil {
		for f := range r.fields {
			if rule.only == anyRunning || rule.only == int8(f) {
				r.scanPattern(rule, f)
			}
		}
		return
	}
	for _, v := range r.valuesOf(rule.wordless.field) {
		if r.fits(rule, &v) {
			r.keep(hit{rule: rule, order: rule.order, kind: rule.kind, field: notRunning, words: v.text})
			return // more of one field say no more
		}
	}
}

// scanPattern runs a regexp over a field, if its piece stands there at all.
func (r *reading) scanPattern(rule *rule, f int) {
	tf, re := &r.fields[f], rule.wordless.re
	text := tf.text[:min(len(tf.text), maxScanned)]
	if tf.lower == "" && re.piece != "" {
		tf.lower = strings.ToLower(text)
	}
	if re.piece != "" && !strings.Contains(tf.lower, re.piece) {
		return
	}
	for _, m := range re.re.FindAllStringIndex(text, MaxReasons) {
		from, _ := slices.BinarySearchFunc(tf.words, m[0]+1, func(w words.Word, at int) int { return w.End - at })
		to := from
		for to < len(tf.words) && tf.words[to].Start < m[1] {
			to++
		}
		to = max(to, from+1)
		if rule.only == anyRunning && tf.repeats(from, to) {
			continue
		}
		r.keep(hit{rule: rule, order: rule.order, kind: rule.kind, field: int16(f), from: int32(from), to: int32(to), words: text[m[0]:m[1]]})
	}
}

// fits compares a rule with a field that is no running text.
func (r *reading) fits(rule *rule, v *value) bool {
	text := rule.wordless.text
	switch rule.wordless.field {
	case "author", "tag":
		for i := 0; i+len(rule.wants) <= len(v.words); i++ {
			if r.phrase(rule, &v.textField, i) {
				return true
			}
		}
		return false
	case "url":
		return strings.Contains(v.fold, text)
	case "site":
		return v.fold == text || strings.HasSuffix(v.fold, "."+text)
	default:
		return v.fold == text
	}
}
