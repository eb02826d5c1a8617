// Package story decides which items tell the same news. Its decisions are pure:
// they look at a window of items already placed and change nothing.
//
//	x := story.NewIndex()
//	p := story.Piece{Record: 7, Source: "sana", At: published, Lang: "ar", Sum: story.Sign(item.Text)}
//	v := x.Place(p) // the verdict: which story, whose copy, by which rule
//	x.Add(p, v)     // the desk adds it once the verdict is stored
//
// One rule is in force: a copy is an item whose folded text equals another's.
// Near copies and stories by similarity go in beside it, in Place.
package story

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/wiredesk/wiredesk/feeds/words"
)

const (
	// Window is how far apart in time two items may be and still be compared.
	Window = 14 * 24 * time.Hour
	// MinWords is the length from which equal texts are copies: shorter ones
	// ("No comment.", a bare dateline) are equal by chance.
	MinWords = 30
	// MaxPieces bounds the index, whatever the feeds send (about 200 bytes each).
	MaxPieces = 500_000
)

// A Sum stands for a folded text. The zero Sum is of a text too short to be
// compared.
type Sum [16]byte

// Sign sums the words of a plain text as folded by package words, so that case,
// quotes, marks and spacing make no difference. It returns the number of words
// beside the sum.
func Sign(text string) (Sum, int) {
	ws := words.Split(text)
	if len(ws) < MinWords {
		return Sum{}, len(ws)
	}
	h := sha256.New()
	for _, w := range ws {
		h.Write([]byte(w.Fold))
		h.Write([]byte{' '})
	}
	var s Sum
	copy(s[:], h.Sum(nil))
	return s, len(ws)
}

// A Piece is an item as the desk compares it.
type Piece struct {
	Record int64
	Source string
	Lang   string    // copies are never told across languages
	At     time.Time // published: how far apart two pieces are
	Came   time.Time // first seen: how long the index holds it
	Sum    Sum
}

// A Verdict says where a piece belongs.
type Verdict struct {
	Story  int64  // record of the story's first piece
	CopyOf int64  // record whose text it repeats; 0 for an original
	Rule   string // in words, for why
}

// An Index holds the pieces of the window. It belongs to one goroutine.
type Index struct {
	bySum  map[Sum][]placed
	pieces map[int64]placed
	oldest time.Time // no piece came earlier; zero when empty
}

type placed struct {
	Piece
	story int64
	copy  bool
}

// NewIndex returns an empty index.
func NewIndex() *Index {
	return &Index{bySum: map[Sum][]placed{}, pieces: map[int64]placed{}}
}

// Len is the number of pieces held.
func (x *Index) Len() int { return len(x.pieces) }

// Story is the story that a held record tells, 0 when it is not held.
func (x *Index) Story(record int64) int64 { return x.pieces[record].story }

// Place decides where p belongs. It changes nothing: the same piece on the same
// index gives the same verdict.
func (x *Index) Place(p Piece) Verdict {
	if o, ok := x.original(p); ok {
		return Verdict{
			Story:  o.story,
			CopyOf: o.Record,
			Rule:   fmt.Sprintf("copy: same text as item %d of %s", o.Record, o.Source),
		}
	}
	return Verdict{Story: p.Record, Rule: "first: no other item in 14 days has its text"}
}

// original finds the piece that p repeats: the first placed of those with the
// same text in the same language within the window.
func (x *Index) original(p Piece) (placed, bool) {
	if p.Sum == (Sum{}) {
		return placed{}, false
	}
	for _, o := range x.bySum[p.Sum] {
		apart := p.At.Sub(o.At).Abs()
		if !o.copy && o.Record != p.Record && o.Lang == p.Lang && apart <= Window {
			return o, true
		}
	}
	return placed{}, false
}

// Add holds p under its verdict. A piece held before is replaced.
func (x *Index) Add(p Piece, v Verdict) {
	x.Remove(p.Record)
	if len(x.pieces) >= MaxPieces {
		return // bounded: a flood is kept and published, only not compared
	}
	o := placed{Piece: p, story: v.Story, copy: v.CopyOf != 0}
	x.pieces[p.Record] = o
	if p.Sum != (Sum{}) {
		x.bySum[p.Sum] = append(x.bySum[p.Sum], o)
	}
	if x.oldest.IsZero() || p.Came.Before(x.oldest) {
		x.oldest = p.Came
	}
}

// Remove forgets a piece, as when its topic no longer wants it.
func (x *Index) Remove(record int64) {
	o, ok := x.pieces[record]
	if !ok {
		return
	}
	delete(x.pieces, record)
	x.unlink(o)
}

func (x *Index) unlink(o placed) {
	kept := x.bySum[o.Sum][:0]
	for _, other := range x.bySum[o.Sum] {
		if other.Record != o.Record {
			kept = append(kept, other)
		}
	}
	if len(kept) == 0 {
		delete(x.bySum, o.Sum)
		return
	}
	x.bySum[o.Sum] = kept
}

// Trim forgets the pieces that came before t.
func (x *Index) Trim(t time.Time) {
	if x.oldest.IsZero() || !x.oldest.Before(t) {
		return
	}
	x.oldest = time.Time{}
	for id, o := range x.pieces {
		switch {
		case o.Came.Before(t):
			x.Remove(id)
		case x.oldest.IsZero() || o.Came.Before(x.oldest):
			x.oldest = o.Came
		}
	}
}
