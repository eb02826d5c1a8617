package topic

import (
	"slices"
	"strings"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// scan looks at a rule that no word leads to: regexps and the fields that are
// no running text.
func (r *reading) scan(rule *rule) {
	if rule.re != nil {
		for f := range r.fields {
			if rule.field == "" || rule.field == r.fields[f].name {
				r.scanPattern(rule, f)
			}
		}
		return
	}
	for _, v := range r.valuesOf(rule.field) {
		if r.fits(rule, v) {
			r.keep(hit{rule: rule, field: -1, words: v.raw})
			return // more of one field say no more
		}
	}
}

// scanPattern runs a regexp over a field, if its piece stands there at all.
func (r *reading) scanPattern(rule *rule, f int) {
	tf := &r.fields[f]
	text := tf.text[:min(len(tf.text), maxScanned)]
	if tf.lower == "" && rule.re.piece != "" {
		tf.lower = strings.ToLower(text)
	}
	if rule.re.piece != "" && !strings.Contains(tf.lower, rule.re.piece) {
		return
	}
	for _, m := range rule.re.re.FindAllStringIndex(text, MaxReasons) {
		from, _ := slices.BinarySearchFunc(tf.words, m[0]+1, func(w words.Word, at int) int { return w.End - at })
		to := from
		for to < len(tf.words) && tf.words[to].Start < m[1] {
			to++
		}
		r.keep(hit{rule, f, from, max(to, from+1), text[m[0]:m[1]]})
	}
}

// fits compares a rule with a field that is no running text.
func (r *reading) fits(rule *rule, v value) bool {
	switch rule.field {
	case "author", "tag":
		for i := 0; i+len(rule.toks) <= len(v.words); i++ {
			if r.phrase(rule, v.words[i:]) {
				return true
			}
		}
		return false
	case "url":
		return strings.Contains(v.fold, rule.text)
	case "site":
		return v.fold == rule.text || strings.HasSuffix(v.fold, "."+rule.text)
	default:
		return v.fold == rule.text
	}
}
