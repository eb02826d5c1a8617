package story

import (
	"cmp"
	"slices"
	"time"
)

const (
	// Window is how far apart in time two items may be and still be compared.
	Window = 14 * 24 * time.Hour
	// MaxPieces bounds the index, whatever the feeds send (about 8 KB each).
	MaxPieces = 200_000
)

// A placed is a piece the index holds.
type placed struct {
	Piece
	tale   *tale
	copyOf int64
}

// An Index holds the pieces of the window. It belongs to one goroutine.
type Index struct {
	slots  []*placed       // nil: removed
	taleOf []int32         // story of a slot, as its place in told; -1: removed
	told   []*tale         // nil: gone
	fronts []front         // beside told
	scores []uint64        // beside told; in use within rank
	at     map[int64]int32 // slot of a record
	tales  map[int64]*tale // by id
	hits   []int32         // beside slots; in use within suspects
	oldest time.Time       // no piece came earlier; zero when empty

	sums    map[Sum][]int64 // records of a text
	bands   *postings
	samples *postings
	leads   map[string]*termIndex // by language, of the pieces that are no copies
	ties    *postings             // links, images, figures and names, see link.go

	sieve   sieve   // in use within place
	probing table   // in use within nearest
	touched []int32 // in use within rank

	frozen  map[string]*Frequencies
	counted map[string]*counting
}

// NewIndex returns an empty index.
func NewIndex() *Index {
	x := &Index{
		at: map[int64]int32{}, tales: map[int64]*tale{},
		frozen: map[string]*Frequencies{}, counted: map[string]*counting{},
	}
	x.clear()
	return x
}

// clear empties what is looked up.
func (x *Index) clear() {
	x.sums = map[Sum][]int64{}
	x.bands, x.samples, x.ties = newPostings(), newPostings(), newPostings()
	x.leads = map[string]*termIndex{}
}

// Len is the number of pieces held.
func (x *Index) Len() int { return len(x.at) }

// Story is the story that a held record tells, 0 when it is not held.
func (x *Index) Story(record int64) int64 {
	if at, ok := x.at[record]; ok {
		return x.slots[at].tale.id
	}
	return 0
}

// Due returns the frequencies to be frozen now, none most of the time. They are
// stored and then given to Use.
func (x *Index) Due(now time.Time) (due []Frequencies) {
	for lang, c := range x.counted {
		if f := x.frozen[lang]; c.due(f, now) {
			due = append(due, c.freeze(f, Frequencies{Lang: lang, Day: now, Last: x.last(lang)}))
		}
	}
	slices.SortFunc(due, func(a, b Frequencies) int { return cmp.Compare(a.Lang, b.Lang) })
	return due
}

// Use puts frequencies in force: those frozen now, or at start the last of each
// language, before any piece is added.
func (x *Index) Use(fs ...Frequencies) {
	for i := range fs {
		f := fs[i]
		x.frozen[f.Lang] = &f
		delete(x.counted, f.Lang)
		for _, o := range x.slots {
			if o != nil && o.Lang == f.Lang && o.Record > f.Last {
				x.count(o, 1)
			}
		}
	}
}

// last is the highest record held in a language.
func (x *Index) last(lang string) (record int64) {
	for _, o := range x.slots {
		if o != nil && o.Lang == lang {
			record = max(record, o.Record)
		}
	}
	return record
}

// count adds a piece to what the next freeze counts, or takes it out.
func (x *Index) count(o *placed, by int) {
	if f := x.frozen[o.Lang]; f != nil && o.Record <= f.Last {
		return
	}
	c := x.counted[o.Lang]
	if c == nil {
		c = &counting{}
		x.counted[o.Lang] = c
	}
	c.add(o.terms, by)
}

// Add holds p under its verdict. A piece held before is replaced.
func (x *Index) Add(p Piece, v Verdict) {
	x.Remove(p.Record)
	if len(x.at) >= MaxPieces {
		x.forget()
	}
	p.said = nil // needed no more
	o := &placed{Piece: p, copyOf: v.CopyOf}
	x.count(o, 1)
	slot := int32(len(x.slots))
	x.slots, x.taleOf, x.hits = append(x.slots, o), append(x.taleOf, -1), append(x.hits, 0)
	x.at[p.Record] = slot
	x.post(o, slot)
	x.join(o, slot, v.Story)
	if x.oldest.IsZero() || p.Came.Before(x.oldest) {
		x.oldest = p.Came
	}
}

// post makes a piece findable.
func (x *Index) post(o *placed, slot int32) {
	if o.Sum != (Sum{}) {
		x.sums[o.Sum] = append(x.sums[o.Sum], o.Record)
	}
	for _, k := range o.bands {
		x.bands.add(k, slot)
	}
	for _, k := range sample(o.shingles) {
		x.samples.add(k, slot)
	}
	for _, k := range o.ties() {
		x.ties.add(k, slot)
	}
	if o.copyOf == 0 {
		if x.leads[o.Lang] == nil {
			x.leads[o.Lang] = newTermIndex()
		}
		x.leads[o.Lang].add(o.vector(), slot)
	}
}

// unpost undoes post.
func (x *Index) unpost(o *placed) {
	if o.Sum != (Sum{}) {
		x.sums[o.Sum] = slices.DeleteFunc(x.sums[o.Sum], func(r int64) bool { return r == o.Record })
		if len(x.sums[o.Sum]) == 0 {
			delete(x.sums, o.Sum)
		}
	}
	for _, k := range o.bands {
		x.bands.remove(k)
	}
	for _, k := range sample(o.shingles) {
		x.samples.remove(k)
	}
	for _, k := range o.ties() {
		x.ties.remove(k)
	}
	if o.copyOf == 0 {
		x.leads[o.Lang].remove(o.vector())
	}
}

// join adds a piece to its story.
func (x *Index) join(o *placed, slot int32, story int64) {
	t := x.tales[story]
	if t == nil {
		t = &tale{id: story, place: int32(len(x.fronts))}
		x.tales[story] = t
		x.told, x.fronts, x.scores = append(x.told, t), append(x.fronts, front{}), append(x.scores, 0)
	}
	o.tale, x.taleOf[slot] = t, t.place
	t.members = append(t.members, slot)
	if o.copyOf != 0 {
		return
	}
	x.fronts[t.place].follow(t, o.vector(), x.frozen[o.Lang], false)
	if t.leads++; t.leads == 1 || o.At.Before(t.first) {
		t.first = o.At
	}
	if t.leads == 1 || o.At.After(t.last) {
		t.last = o.At
	}
}

// leave takes a piece out of its story.
func (x *Index) leave(o *placed, slot int32) {
	t := o.tale
	t.members = slices.DeleteFunc(t.members, func(s int32) bool { return s == slot })
	if len(t.members) == 0 {
		delete(x.tales, t.id)
		x.told[t.place] = nil
		return
	}
	if o.copyOf != 0 {
		return
	}
	x.fronts[t.place].follow(t, o.vector(), x.frozen[o.Lang], true)
	t.leads--
	t.first, t.last = time.Time{}, time.Time{}
	for _, s := range t.members {
		m := x.slots[s]
		if m.copyOf != 0 {
			continue
		}
		if t.first.IsZero() || m.At.Before(t.first) {
			t.first = m.At
		}
		if m.At.After(t.last) {
			t.last = m.At
		}
	}
}
