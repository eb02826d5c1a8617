package story

import (
	"math/rand/v2"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// A lexicon is what a Signer remembers of the words of one language: one look
// gives all that a signature asks of a word.
type lexicon struct {
	lang string
	stem func(*words.Word) string
	at   []spelling // a power of two of them, so that some are always free
	used int
	salt uint64 // odd
	all  []learned
	item uint32 // counts the items, see learned.item
}

// A spelling is a word with its diacritics, known by its hash: the item's text need
// not be kept for it.
type spelling struct {
	hash uint64
	id   int32 // in all, from 1 on; 0: free
}

// A learned word.
type learned struct {
	hash    uint64 // of the word folded
	term    uint32
	fold    int32  // the word folded, in all
	item    uint32 // the last one that had the word, folded
	at      int32  // among the words of that item; -1: a stop word
	stemmed bool   // term is known
	stopped bool
}

// maxRemembered bounds the words of a language that are remembered.
const maxRemembered = 100_000

// lexicon is what is known of a language's words, ready for the next item.
func (g *Signer) lexicon(lang string) *lexicon {
	if g.known == nil {
		g.known = map[string]*lexicon{}
	}
	x := g.known[lang]
	if x == nil || len(x.all) > maxRemembered {
		x = &lexicon{lang: lang, stem: stemmer(lang), at: make([]spelling, 64), salt: rand.Uint64() | 1}
		g.known[lang] = x
	}
	x.item++
	return x
}

// look appends the words' places in the lexicon to ids.
func (x *lexicon) look(ws []words.Word, ids []int32) []int32 {
	for i := range ws {
		h := hash(ws[i].Marks)
		id := x.find(h).id
		if id == 0 {
			id = x.learn(&ws[i], h)
		}
		ids = append(ids, id-1)
	}
	return ids
}

// find is the spelling of a hash, or the free one where it belongs.
func (x *lexicon) find(hash uint64) *spelling {
	last := uint64(len(x.at) - 1)
	for i := hash * x.salt >> 32; ; i++ {
		s := &x.at[i&last]
		if s.hash == hash || s.id == 0 {
			return s
		}
	}
}

// learn makes a word known, and answers its id from 1 on.
func (x *lexicon) learn(w *words.Word, marks uint64) int32 {
	if 4*(x.used+2) > 3*len(x.at) {
		was := x.at
		x.at = make([]spelling, 2*len(was))
		for _, s := range was {
			if s.id != 0 {
				*x.find(s.hash) = s
			}
		}
	}
	h := marks
	if w.Marks != w.Fold {
		h = hash(w.Fold)
	}
	fold := x.add(h, learned{hash: h, fold: int32(len(x.all)), stopped: stopped(x.lang, w.Fold)})
	if h == marks {
		return fold
	}
	return x.add(marks, learned{hash: h, fold: fold - 1})
}

// add keeps a spelling that is not known yet.
func (x *lexicon) add(hash uint64, l learned) int32 {
	s := x.find(hash)
	if s.id == 0 {
		x.used++
		x.all = append(x.all, l)
		*s = spelling{hash, int32(len(x.all))}
	}
	return s.id
}

// term is the term of a word that has this place.
func (x *lexicon) term(id int32, w *words.Word) uint32 {
	l := &x.all[id]
	if !l.stemmed {
		l.term, l.stemmed = uint32(hash(x.stem(w))), true
	}
	return l.term
}

// hashes are those of the folded words.
func (x *lexicon) hashes(ids []int32) []uint64 {
	hs := make([]uint64, len(ids))
	for i, id := range ids {
		hs[i] = x.all[id].hash
	}
	return hs
}
