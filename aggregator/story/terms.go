package story

import (
	"cmp"
	"slices"
	"strings"
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
	term uint32
	by   int
}

// tally fills the terms of a signature and their counts in the lead, in which a
// word of the title counts twice. Terms are looked up in known, and added to it.
func (s *Signature) tally(title, text []words.Word, known map[string]uint32) {
	text = text[:min(len(text), maxWords)]
	n := min(len(text), leadWords)
	seen := make(map[string]int, len(title)+len(text)/2)
	var all []counted
	count := func(ws []words.Word, by int) {
		for i := range ws {
			at, ok := seen[ws[i].Fold]
			if !ok {
				at = len(all)
				seen[ws[i].Fold] = at
				all = append(all, counted{word: &ws[i]})
			}
			all[at].by += by
		}
	}
	count(title, 2)
	count(text[:n], 1)
	count(text[n:], 0)
	all = slices.DeleteFunc(all, func(c counted) bool { return stopped(s.Lang, c.word.Fold) })
	stem := stemmer(s.Lang)
	for i := range all {
		w := all[i].word
		term, ok := known[w.Marks]
		if !ok {
			term = uint32(hash(stem(w)))
			known[strings.Clone(w.Marks)] = term // the word is a part of its whole text
		}
		all[i].term = term
		if all[i].by > 0 {
			s.Content++
		}
	}
	slices.SortFunc(all, byTermThenForm)
	s.terms, s.counts = make([]uint32, 0, len(all)), make([]uint8, 0, len(all))
	s.said = make([]string, 0, len(all))
	for i, c := range all {
		last := len(s.terms) - 1
		if i == 0 || c.term != s.terms[last] {
			s.terms = append(s.terms, c.term)
			s.said = append(s.said, c.word.Raw)
			s.counts = append(s.counts, uint8(min(c.by, 255)))
			continue
		}
		s.counts[last] = uint8(min(int(s.counts[last])+c.by, 255))
	}
}

// byTermThenForm puts the shortest form of a term first.
func byTermThenForm(a, b counted) int {
	switch {
	case a.term != b.term:
		return cmp.Compare(a.term, b.term)
	case len(a.word.Fold) != len(b.word.Fold):
		return cmp.Compare(len(a.word.Fold), len(b.word.Fold))
	}
	return cmp.Compare(a.word.Fold, b.word.Fold)
}

// stopped says whether a word tells nothing: one of the language's own small
// words, or a single letter.
func stopped(lang, fold string) bool {
	if fold == "" || utf8.RuneCountInString(fold) < 2 && !digit(fold[0]) { // a lone mark folds to nothing
		return true
	}
	return stopWords[lang][fold]
}
