package story

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestASieveHoldsBackNothingThatIsShared compares made lists of shingles: whatever
// they share, a sieve lets it through, and of articles that share little or nothing
// it holds nearly all back.
func TestASieveHoldsBackNothingThatIsShared(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var v sieve
	apart, held := 0, 0
	for range 3000 {
		p, o := &Piece{}, &placed{}
		within := uint32(1<<32 - 1)
		if r.IntN(3) == 0 {
			within >>= r.IntN(20) // many begin with the same bits
		}
		common := r.IntN(400)
		for i := range 30 + r.IntN(2000) {
			s := r.Uint32() & within
			p.shingles = append(p.shingles, s)
			if i < common {
				o.shingles = append(o.shingles, s)
			}
		}
		for range 30 + r.IntN(500) {
			o.shingles = append(o.shingles, r.Uint32()&within)
		}
		p.shingles, o.shingles = distinct(p.shingles), distinct(o.shingles)
		v.fill(p)
		like := likeness(p, o)
		for _, share := range []float64{nearShare, spunShingles, like} {
			if like >= share && !v.lets(p, o, share) {
				t.Fatalf("%d and %d shingles of which the shorter list shares %.3f: held back at %.3f", len(p.shingles), len(o.shingles), like, share)
			}
		}
		if within == 1<<32-1 && like < spunShingles/4 && len(p.shingles) < 1000 {
			apart++
			if !v.lets(p, o, spunShingles) {
				held++
			}
		}
	}
	if apart == 0 || held < apart*99/100 {
		t.Errorf("%d of %d that share little are held back", held, apart)
	}
}

func distinct(list []uint32) []uint32 {
	slices.Sort(list)
	return slices.Compact(list)
}

func BenchmarkSieve(b *testing.B) {
	w := newWire()
	first, second := w.article(0), w.article(400)
	p, o := &Piece{Signature: Sign(&first)}, &placed{Piece: Piece{Signature: Sign(&second)}}
	var v sieve
	v.fill(p)
	b.Run("lets", func(b *testing.B) {
		for b.Loop() {
			v.lets(p, o, spunShingles)
		}
	})
	b.Run("shared", func(b *testing.B) {
		for b.Loop() {
			likeness(p, o)
		}
	})
}

func TestTheNewestOfALargeStoryAreCompared(t *testing.T) {
	x := NewIndex()
	r := rand.New(rand.NewPCG(1, 2))
	for _, i := range r.Perm(500) {
		x.Add(Piece{Record: int64(i + 1)}, Verdict{Story: 1})
	}
	for n, want := range map[int]int64{200: 301, 500: 1, 600: 1} { // the oldest of them
		got := x.newest(x.tales[1], n)
		slices.SortFunc(got, func(a, b *placed) int { return cmp.Compare(a.Record, b.Record) })
		if len(got) != min(n, 500) || got[0].Record != want || got[len(got)-1].Record != 500 {
			t.Errorf("the %d newest are %d from %d on, want %d", n, len(got), got[0].Record, want)
		}
	}
}
