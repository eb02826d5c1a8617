package topic

import (
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// An index knows which rules could match at a word: a rule with running words
// stands under its longest whole word, likely its rarest, or, when it is a stem
// alone, under the stem. Rules that no word leads to are looked at for every
// item. Words that rules ask for have numbers, from 1, so that a text's words are
// looked up once and then compared as numbers.
type index struct {
	numbers map[string]uint32 // of folded words, and of stems with their star
	spelt   []string          // by number
	stems   map[uint32]uint64 // by a stem's head, the lengths in bytes of those that begin so
	short   uint64            // lengths of the stems that have no head
	langs   map[string]uint16 // numbers of the lists' languages; 0 is all

	filed   []filing
	anchors []anchor // by number, once all rules are filed
	begins  []uint32 // by number, where its anchors begin; those of the next end them

	always []*rule
	glance glance // of all that is filed
}

// A filing is an anchor and the number it stands under.
type filing struct {
	number uint32
	anchor
}

// An anchor is a rule found by its word number at. It holds what rules out most
// of them (the word beside it, the language, the field) or lets in the rest, since a look
// at the rule is a cache miss.
type anchor struct {
	rule   *rule
	order  int32  // of its topic
	beside uint32 // number of the word that must stand at side; 0 when several may
	at     uint16
	lang   uint16 // of its list
	side   int8
	only   int8 // the only field it looks at, by number
	kind   int8
	sure   bool // the rule has one word and is met whenever that leads to it, unless guessed
}

const (
	headLen = 4  // bytes
	maxStem = 63 // bytes that are looked up of a stem; the rule knows the rest
)

// head is the first bytes of a stem or word that has as many.
func head(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func newIndex() index {
	return index{
		numbers: map[string]uint32{}, spelt: []string{"*"}, // no word is a star
		stems: map[uint32]uint64{}, langs: map[string]uint16{"all": 0},
	}
}

// anchor is where a rule is found by its word number at.
func (x *index) anchor(r *rule, at int) anchor {
	lang, ok := x.langs[r.lang]
	if !ok {
		lang = uint16(len(x.langs))
		x.langs[r.lang] = lang
	}
	a := anchor{rule: r, order: r.order, at: uint16(at), lang: lang, only: r.only, kind: r.kind, sure: x.sure(r)}
	a.beside, a.side = r.beside(at)
	return a
}

// unlisted is the number of a language without a list, and of one not known.
const unlisted = math.MaxUint16

// lang is the number of an item's language.
func (x *index) lang(of string) uint16 {
	if n, ok := x.langs[of]; ok && of != "all" {
		return n
	}
	return unlisted
}

// number is the number of a folded word that a rule asks for.
func (x *index) number(word string) uint32 {
	n, ok := x.numbers[word]
	if !ok {
		n = uint32(len(x.spelt))
		x.spelt = append(x.spelt, word)
		x.numbers[word] = n
	}
	return n
}

// rule makes a rule of a clause.
func (x *index) rule(in *place, term string, c *clause) *rule {
	r := &rule{place: in, term: term, only: fieldNumber(c.field), near: int8(c.near)}
	if len(c.toks) > 0 {
		r.wants = make([]want, len(c.toks))
	}
	for i, t := range c.toks {
		w := want{number: x.number(t.fold), stem: t.stem, exact: t.exact, marked: t.marked}
		switch {
		case t.exact:
			w.form = t.raw
		case t.marked && in.lang != "all":
			w.form = t.marks
		}
		if w.form == t.fold {
			w.form = x.spelt[w.number] // one string for all rules
		}
		r.wants[i] = w
	}
	if len(c.toks) == 0 || r.only == notRunning {
		r.wordless = c
	}
	return r
}

// add files a rule.
func (x *index) add(r *rule) {
	if r.wordless != nil {
		x.always = append(x.always, r)
		return
	}
	best := -1
	for i, w := range r.wants[:min(len(r.wants), math.MaxUint16)] {
		if !w.stem && (best < 0 || len(x.spelt[w.number]) > len(x.spelt[r.wants[best].number])) {
			best = i
		}
	}
	if best >= 0 {
		x.filed = append(x.filed, filing{r.wants[best].number, x.anchor(r, best)})
		return
	}
	stem := x.spelt[r.wants[0].number]
	stem = stem[:min(len(stem), maxStem)]
	if len(stem) < headLen {
		x.short |= 1 << len(stem)
	} else {
		x.stems[head(stem)] |= 1 << len(stem)
	}
	x.filed = append(x.filed, filing{x.number(stem + "*"), x.anchor(r, 0)})
}

// sure says whether a word that leads to the rule has met it.
func (x *index) sure(r *rule) bool {
	w := r.wants[0]
	fold := x.spelt[w.number]
	return len(r.wants) == 1 && !w.exact && len(fold) <= maxStem && !(w.marked && words.Prefixable(fold))
}

// beside is a word of a phrase that stands next to the one given and has one
// spelling.
func (r *rule) beside(at int) (number uint32, side int8) {
	if r.near > 0 {
		return 0, 0
	}
	for _, side := range []int{1, -1} {
		if i := at + side; i >= 0 && i < len(r.wants) && !r.wants[i].stem && (r.wants[i].exact || r.wants[i].marked) {
			return r.wants[i].number, int8(side)
		}
	}
	return 0, 0
}

// close puts the anchors into their order, after the last rule is filed.
func (x *index) close() {
	slices.SortStableFunc(x.filed, func(a, b filing) int { return int(a.number) - int(b.number) })
	x.anchors = make([]anchor, len(x.filed))
	x.begins = make([]uint32, len(x.spelt)+1)
	for i, f := range x.filed {
		x.anchors[i] = f.anchor
		x.begins[f.number+1] = uint32(i + 1)
		x.glance.add(x.spelt[f.number])
	}
	for n := 1; n < len(x.begins); n++ {
		x.begins[n] = max(x.begins[n], x.begins[n-1])
	}
	x.filed = nil
	x.spelt = slices.Clone(x.spelt) // without room to grow
}

// find collects the hits of all topics: one pass over the words, then the rules
// that no word leads to.
func (x *index) find(r *reading) {
	r.index, r.langNumber = x, x.lang(r.lang)
	r.hits = make([]hit, 0, min(len(x.anchors), 128)) // most items of many topics have as many
	for f := range r.fields {
		r.fields[f].lookUp(x)
	}
	for f := range r.fields {
		tf := &r.fields[f]
		for i := range tf.words {
			x.look(r, tf.numbers[i], tf.words[i].Fold, f, i)
			for _, form := range tf.forms(i) {
				x.look(r, x.numbers[form], form, f, i)
			}
		}
	}
	for _, rule := range x.always {
		if r.applies(rule) {
			r.scan(rule)
		}
	}
	r.group()
}

// look tries the rules filed under one form of the word at i of field f: the
// word, and each stem that it begins with.
func (x *index) look(r *reading, number uint32, form string, f, i int) {
	if number > 0 {
		r.try(x.anchors[x.begins[number]:x.begins[number+1]], f, i)
	}
	lengths := x.short
	if len(form) >= headLen {
		lengths |= x.stems[head(form)]
	}
	for ; lengths > 0; lengths &= lengths - 1 {
		n := bits.TrailingZeros64(lengths)
		if n > len(form) {
			return
		}
		var key [maxStem + 1]byte
		copy(key[:], form[:n])
		key[n] = '*'
		if number := x.numbers[string(key[:n+1])]; number > 0 {
			r.try(x.anchors[x.begins[number]:x.begins[number+1]], f, i)
		}
	}
}

// lookUp gives the field's words their numbers.
func (f *textField) lookUp(x *index) {
	f.numbers = make([]uint32, len(f.words))
	for i := range f.words {
		f.numbers[i] = x.numbers[f.words[i].Fold]
		if stems := words.Stems(f.words[i].Fold); stems != nil {
			if f.stems == nil {
				f.stems = make([][]string, len(f.words))
			}
			f.stems[i] = stems
		}
	}
}

// forms are what a word may be without its prefix.
func (f *textField) forms(i int) []string {
	if f.stems == nil {
		return nil
	}
	return f.stems[i]
}

// is says whether a word, or the beginning of one, is the one asked for.
func (w *want) is(word, form string) bool {
	return word == form || w.stem && strings.HasPrefix(word, form)
}
