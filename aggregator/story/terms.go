package story

import (
	"slices"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/turkish"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// stemmers by language. A language without one is compared by whole words.
var stemmers = map[string]func(*snowballstem.Env) bool{
	"ar": arabic.Stem, "da": danish.Stem, "de": german.Stem, "en": english.Stem, "es": spanish.Stem,
	"fi": finnish.Stem, "fr": french.Stem, "hu": hungarian.Stem, "it": italian.Stem, "nb": norwegian.Stem,
	"nl": dutch.Stem, "no": norwegian.Stem, "pt": portuguese.Stem, "ro": romanian.Stem, "ru": russian.Stem,
	"sv": swedish.Stem, "tr": turkish.Stem,
}

// stemmer takes the ending off a word. The stemmers know their language with its
// diacritics; what is left is folded, so that spellings meet.
func stemmer(lang string) func(*words.Word) string {
	f := stemmers[lang]
	if f == nil {
		return func(w *words.Word) string { return w.Fold }
	}
	env := snowballstem.NewEnv("")
	return func(w *words.Word) string {
		if len(w.Fold) > 60 || w.Fold == "" || digit(w.Fold[0]) {
			return w.Fold
		}
		env.SetCurrent(w.Marks)
		f(env)
		s := env.Current()
		switch {
		case s == "":
			return w.Fold
		case w.Fold != w.Marks || lang == "ar":
			return words.Fold(s)
		}
		return s
	}
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// A counted is a word and how often it counts in the lead.
type counted struct {
	word *words.Word
	id   int32 // in the lexicon
	by   int
}

// tally fills the terms of a signature and their counts in the lead, in which a
// word of the title counts twice. A word is its first spelling in the item.
func (s *Signature) tally(title, text []words.Word, titleIDs, textIDs []int32, known *lexicon) {
	all := make([]counted, 0, 512)
	count := func(ws []words.Word, ids []int32, by int) {
		for i, id := range ids {
			w := &known.all[known.all[id].fold]
			if w.item != known.item {
				w.item, w.at = known.item, int32(len(all))
				if w.stopped {
					w.at = -1
				} else {
					all = append(all, counted{word: &ws[i], id: id})
				}
			}
			if w.at >= 0 {
				all[w.at].by += by
			}
		}
	}
	n := min(len(textIDs), leadWords)
	count(title, titleIDs, 2)
	count(text, textIDs[:n], 1)
	count(text[n:], textIDs[n:], 0)
	order := make([]uint64, len(all)) // by term, then as they came
	for i, c := range all {
		order[i] = uint64(known.term(c.id, c.word))<<32 | uint64(i)
		if c.by > 0 {
			s.Content++
		}
	}
	slices.Sort(order)
	s.gather(all, order)
}

// gather makes one term of the words that have it. The shortest word says it.
func (s *Signature) gather(all []counted, order []uint64) {
	s.terms, s.counts = make([]uint32, 0, len(order)), make([]uint8, 0, len(order))
	s.said = make([]string, 0, len(order))
	var said *words.Word
	for _, o := range order {
		term, c := uint32(o>>32), &all[uint32(o)]
		last := len(s.terms) - 1
		if last < 0 || term != s.terms[last] {
			s.terms, s.counts = append(s.terms, term), append(s.counts, uint8(min(c.by, 255)))
			said = c.word
			s.said = append(s.said, said.Raw)
			continue
		}
		s.counts[last] = uint8(min(int(s.counts[last])+c.by, 255))
		if a, b := c.word.Fold, said.Fold; len(a) < len(b) || len(a) == len(b) && a < b {
			said = c.word
			s.said[last] = said.Raw
		}
	}
}

// stopped says whether a word tells nothing: one of the language's own small
// words, or a single letter.
func stopped(lang, fold string) bool {
	if fold == "" || utf8.RuneCountInString(fold) < 2 && !digit(fold[0]) { // a lone mark folds to nothing
		return true
	}
	return stopWords[lang][fold]
}
