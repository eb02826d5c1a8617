package topic

import (
	"slices"
	"strings"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// leadWords is how many words of the text are its lead.
const leadWords = 60

// A reading is one item on its way through all topics.
type reading struct {
	doc    Doc
	lang   string // "" unknown
	script string
	fields []textField
	hits   map[*compiled][]hit
}

// A textField is a running text of the item, cut into words once.
type textField struct {
	name  string
	text  string
	words []words.Word
}

// A hit is a rule found in the text.
type hit struct {
	rule     *rule
	field    int // index of the field, in order of reading; -1 for the others
	from, to int // words, half open
	words    string
}

// Match judges the item by every topic. It answers the topics it belongs to,
// those it just misses (a score above zero) and those that rejected it, in the
// order of the config.
func (s *Set) Match(d Doc) []Match {
	r := read(d)
	s.find(r)
	var out []Match
	for _, t := range s.topics {
		hits, take := r.hits[t], d.Take == t.ID
		if len(hits) == 0 && !take || !takes(t.Sources, d) {
			continue
		}
		if m := judge(t, r, hits); m.In || m.Score > 0 || m.Veto != "" {
			out = append(out, m)
		}
	}
	return out
}

// read cuts the item into fields. A summary that the text repeats is not
// counted twice.
func read(d Doc) *reading {
	it := d.Item
	r := &reading{doc: d, hits: map[*compiled][]hit{}}
	r.add("title", it.Title)
	if summary := plainText(it.Summary); summary != "" && !strings.Contains(it.Text, summary[:min(len(summary), 80)]) {
		r.add("summary", summary)
	}
	r.add("body", it.Text)
	sample := it.Title + " " + it.Text[:min(len(it.Text), 2000)]
	r.lang = languageOf(it.Lang, strings.ToValidUTF8(sample, ""))
	r.script = words.Script(sample)
	return r
}

func (r *reading) add(name, text string) {
	r.fields = append(r.fields, textField{name, text, words.Split(text)})
}

// plainText takes the tags out of clean HTML. It is rough: clean has made the
// text that counts, Item.Text.
func plainText(html string) string {
	if !strings.ContainsAny(html, "<&") {
		return html
	}
	var b strings.Builder
	in := false
	for _, c := range html {
		switch {
		case c == '<':
			in = true
		case c == '>':
			in = false
		case !in:
			b.WriteRune(c)
		}
	}
	return strings.TrimSpace(strings.NewReplacer("&amp;", "&", "&#39;", "'", "&#34;", `"`, "&quot;", `"`, "&lt;", "<", "&gt;", ">").Replace(b.String()))
}

// find collects the hits of all topics: one pass over the words, then the rules
// that no word leads to.
func (s *Set) find(r *reading) {
	for f := range r.fields {
		for i, w := range r.fields[f].words {
			for _, form := range words.Stems(w.Fold) {
				r.try(s.byWord[form], f, i)
				for n := 1; n <= min(stemKey, len(form)); n++ {
					r.try(s.byStem[form[:n]], f, i)
				}
			}
		}
	}
	for _, a := range s.always {
		if r.applies(a.rule) {
			r.scan(a.rule)
		}
	}
}

// try verifies the rules that the word at i of field f could be part of.
func (r *reading) try(anchors []anchor, f, i int) {
	for _, a := range anchors {
		if a.rule.field != "" && a.rule.field != r.fields[f].name {
			continue
		}
		from, to, ok := r.verify(a, f, i)
		if !ok || !r.applies(a.rule) {
			continue
		}
		hits := r.hits[a.rule.topic]
		if n := len(hits); n > 0 && hits[n-1].rule == a.rule && hits[n-1].field == f && hits[n-1].from == from {
			continue // found by another form of the word
		}
		tf := r.fields[f]
		raw := tf.text[tf.words[from].Start:tf.words[to-1].End]
		r.hits[a.rule.topic] = append(hits, hit{a.rule, f, from, to, raw})
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

// verify checks all words of a rule around its anchor.
func (r *reading) verify(a anchor, f, i int) (from, to int, ok bool) {
	ws := r.fields[f].words
	if a.rule.near > 0 {
		return r.verifyNear(a, ws, i)
	}
	from = i - a.at
	to = from + len(a.rule.toks)
	if from < 0 || to > len(ws) {
		return 0, 0, false
	}
	for j := range a.rule.toks {
		if !r.same(a.rule, &a.rule.toks[j], &ws[from+j]) {
			return 0, 0, false
		}
	}
	return from, to, true
}

// verifyNear looks for the other words on both sides of the anchor.
func (r *reading) verifyNear(a anchor, ws []words.Word, i int) (from, to int, ok bool) {
	if !r.same(a.rule, &a.rule.toks[a.at], &ws[i]) {
		return 0, 0, false
	}
	from, to = i, i+1
	reach := a.rule.near + 1
	for j := range a.rule.toks {
		if j == a.at {
			continue
		}
		at := -1
		for k := max(0, i-reach); k < min(len(ws), i+reach+1); k++ {
			if k != i && r.same(a.rule, &a.rule.toks[j], &ws[k]) {
				at = k
				break
			}
		}
		if at < 0 {
			return 0, 0, false
		}
		from, to = min(from, at), max(to, at+1)
	}
	return from, to, true
}

// same compares one word of a rule with one of the text.
func (r *reading) same(rule *rule, t *tok, w *words.Word) bool {
	if t.exact {
		return w.Raw == t.raw || t.stem && strings.HasPrefix(w.Raw, t.raw)
	}
	if t.latin && r.guessed(rule) {
		return w.Marks == t.marks || t.stem && strings.HasPrefix(w.Marks, t.marks)
	}
	if w.Fold == t.fold || t.stem && strings.HasPrefix(w.Fold, t.fold) {
		return true
	}
	if t.latin {
		return false
	}
	for _, form := range words.Stems(w.Fold)[1:] {
		if form == t.fold || t.stem && strings.HasPrefix(form, t.fold) {
			return true
		}
	}
	return false
}

// takes says whether a topic looks at the item's source: the last pattern that
// fits decides.
func takes(patterns []string, d Doc) bool {
	in := len(patterns) == 0 || strings.HasPrefix(patterns[0], "!")
	for _, p := range patterns {
		bare, not := strings.CutPrefix(p, "!")
		tag, isTag := strings.CutPrefix(bare, "tag:")
		if bare == "*" || bare == d.Source || isTag && slices.Contains(d.Tags, tag) {
			in = !not
		}
	}
	return in
}

func testDoc(t config.Test) Doc {
	return Doc{Source: t.Source, Item: &feeds.Item{Title: t.Title, Text: t.Text, Lang: t.Lang}}
}
