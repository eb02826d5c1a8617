package story

import (
	"strings"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// A lexicon is what a Signer remembers of the words of one language: one look
// gives all that a signature asks of a word.
type lexicon struct {
	lang string
	stem func(*words.Word) string
	ids  map[string]int32 // of a word with its diacritics, in all
	all  []learned
	item uint32 // counts the items, see learned.item
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
		x = &lexicon{lang: lang, stem: stemmer(lang), ids: map[string]int32{}}
		g.known[lang] = x
	}
	x.item++
	return x
}

// look appends the words' places in the lexicon to ids.
func (x *lexicon) look(ws []words.Word, ids []int32) []int32 {
	for i := range ws {
		id, ok := x.ids[ws[i].Marks]
		if !ok {
			id = x.learn(&ws[i])
		}
		ids = append(ids, id)
	}
	return ids
}

func (x *lexicon) learn(w *words.Word) int32 {
	fold, ok := x.ids[w.Fold]
	if !ok {
		fold = int32(len(x.all))
		x.all = append(x.all, learned{hash: hash(w.Fold), fold: fold, stopped: stopped(x.lang, w.Fold)})
		x.ids[strings.Clone(w.Fold)] = fold // the word is a part of its whole text
	}
	if w.Marks == w.Fold {
		return fold
	}
	id := int32(len(x.all))
	x.all = append(x.all, learned{hash: x.all[fold].hash, fold: fold})
	x.ids[strings.Clone(w.Marks)] = id
	return id
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
