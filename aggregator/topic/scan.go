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
		r.scanRegexp(rule)
		return
	}
	for _, v := range r.values(rule.field) {
		if fits(rule, v) {
			r.hits[rule.topic] = append(r.hits[rule.topic], hit{rule: rule, field: -1, words: v})
			return
		}
	}
}

func (r *reading) scanRegexp(rule *rule) {
	for f := range r.fields {
		tf := &r.fields[f]
		if rule.field != "" && rule.field != tf.name {
			continue
		}
		text := tf.text[:min(len(tf.text), maxScanned)]
		for _, m := range rule.re.FindAllStringIndex(text, MaxReasons) {
			from, _ := slices.BinarySearchFunc(tf.words, m[0]+1, func(w words.Word, at int) int { return w.End - at })
			to := from
			for to < len(tf.words) && tf.words[to].Start < m[1] {
				to++
			}
			r.hits[rule.topic] = append(r.hits[rule.topic], hit{rule, f, from, max(to, from+1), text[m[0]:m[1]]})
		}
	}
}

// values are what a field holds beside running text.
func (r *reading) values(field string) (vs []string) {
	it := r.doc.Item
	switch field {
	case "author":
		for _, p := range it.Authors {
			vs = append(vs, p.Name)
		}
	case "tag":
		for _, c := range it.Categories {
			vs = append(vs, c.Term, c.Label)
		}
	case "url", "site":
		vs = []string{it.Link}
	case "source":
		vs = []string{r.doc.Source}
	case "lang":
		vs = []string{r.lang}
	}
	return vs
}

// fits compares a rule with a field that is no running text.
func fits(rule *rule, v string) bool {
	switch rule.field {
	case "author", "tag":
		ws := words.Split(v)
		for i := range ws {
			if i+len(rule.toks) <= len(ws) && phrase(rule.toks, ws[i:]) {
				return true
			}
		}
		return false
	case "url":
		return v != "" && strings.Contains(words.Fold(v), rule.text)
	case "site":
		return v != "" && (host(v) == rule.text || strings.HasSuffix(host(v), "."+rule.text))
	default:
		return v != "" && strings.EqualFold(v, rule.text)
	}
}

func phrase(toks []tok, ws []words.Word) bool {
	for j := range toks {
		t, w := &toks[j], &ws[j]
		if t.exact && w.Raw != t.raw || w.Fold != t.fold && !(t.stem && strings.HasPrefix(w.Fold, t.fold)) {
			return false
		}
	}
	return true
}

func host(link string) string {
	_, rest, _ := strings.Cut(link, "://")
	rest, _, _ = strings.Cut(rest, "/")
	rest, _, _ = strings.Cut(rest, ":")
	return strings.ToLower(rest)
}
