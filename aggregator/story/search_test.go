package story

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/feeds"
)

// naive finds what Index.rank finds with nothing but the pieces held: it reads
// them all, counts, adds up the centroids anew and sorts.
func naive(x *Index, p *Piece, budget int) (best []finalist) {
	f := x.frozen[p.Lang]
	sums, leads := map[int64]map[uint32]uint64{}, map[uint32]int{}
	for _, o := range x.slots {
		if o == nil || o.copyOf != 0 {
			continue
		}
		if sums[o.tale.id] == nil {
			sums[o.tale.id] = map[uint32]uint64{}
		}
		for _, c := range o.vector() {
			sums[o.tale.id][c.term] += uint64(c.weight)
			if o.Lang == p.Lang {
				leads[c.term]++
			}
		}
	}
	v := p.vector()
	slices.SortStableFunc(v, func(a, b coordinate) int { return cmp.Compare(leads[a.term], leads[b.term]) })
	score := map[int64]uint64{}
	for _, c := range v {
		if budget -= leads[c.term]; budget < 0 {
			break
		}
		for _, o := range x.slots {
			if o == nil || o.copyOf != 0 || o.Lang != p.Lang {
				continue
			}
			for _, l := range o.vector() {
				if l.term == c.term {
					score[o.tale.id] += 1 + uint64(l.weight)*uint64(c.weight)*f.tell(c.term)*f.tell(c.term)
				}
			}
		}
	}
	for id, s := range score {
		var square uint64
		for term, w := range sums[id] {
			square += w * w * f.tell(term) * f.tell(term)
		}
		c := finalist{id: id, rank: float64(s) / math.Sqrt(float64(square))}
		if !x.tales[id].takes(p) {
			c.rank /= 4
		}
		best = append(best, c)
	}
	slices.SortFunc(best, func(a, b finalist) int { return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.id, b.id)) })
	return best[:min(len(best), finalists)]
}

// naiveSuspects are the pieces that share bands or samples with p, by a look at
// every piece.
func naiveSuspects(x *Index, p *Piece) (records []int64) {
	hits := map[*placed]int{}
	for _, o := range x.slots {
		if o == nil || !x.comparable(p, o, Window) || o.Source == p.Source {
			continue
		}
		if n := both(p.bands, o.bands) + both(sample(p.shingles), sample(o.shingles)); n > 0 {
			hits[o] = n
		}
	}
	found := slices.SortedFunc(maps.Keys(hits), func(a, b *placed) int {
		return cmp.Or(cmp.Compare(hits[b], hits[a]), cmp.Compare(a.Record, b.Record))
	})
	for _, o := range found[:min(len(found), nearVerified)] {
		records = append(records, o.Record)
	}
	return records
}

// both counts the pairs of equal keys.
func both(a, b []uint32) (n int) {
	for _, k := range a {
		for _, l := range b {
			if k == l {
				n++
			}
		}
	}
	return n
}

// TestTheSearchFindsWhatAFullLookDoes compares, over random windows that grow,
// lose pieces, are swept and get new frequencies, what the index looks up with
// what a look at every piece finds.
func TestTheSearchFindsWhatAFullLookDoes(t *testing.T) {
	var ranked, suspected, cut int
	rapid.Check(t, func(t *rapid.T) {
		x := NewIndex()
		now := day
		var items []feeds.Item
		for i := range rapid.IntRange(1, 60).Draw(t, "pieces") {
			now = now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "hours")) * time.Hour)
			x.Trim(now.Add(-Window))
			x.Use(x.Due(now)...)
			it := drawn(t, items)
			items = append(items, it)
			p := Piece{Record: int64(i + 1), Source: fmt.Sprint(i % 5), At: now, Came: now, Signature: Sign(&it)}
			budget := []int{leadBudget, 40}[rapid.IntRange(0, 1).Draw(t, "budget")]
			pr := newProbe(&p.Signature, x.frozen[p.Lang], &x.probing)
			got, want := x.rank(&p, &pr, budget), naive(x, &p, budget)
			for i := range got {
				got[i].at = 0
			}
			if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(finalist{})); diff != "" {
				t.Fatalf("piece %d: stories (-all +found):\n%s", i, diff)
			}
			var records []int64
			for _, o := range x.suspects(&p) {
				records = append(records, o.Record)
			}
			if diff := gocmp.Diff(naiveSuspects(x, &p), records); diff != "" {
				t.Fatalf("piece %d: suspects (-all +found):\n%s", i, diff)
			}
			ranked, suspected = ranked+len(got), suspected+len(records)
			if budget == 40 && len(got) > 0 {
				cut++
			}
			x.Add(p, x.Place(p))
			switch old := int64(rapid.IntRange(1, i+1).Draw(t, "old")); rapid.IntRange(0, 5).Draw(t, "then") {
			case 0:
				x.Remove(old)
			case 1:
				x.Move(old, int64(rapid.IntRange(1, i+1).Draw(t, "to")))
			case 2:
				x.sweep()
			}
		}
	})
	if ranked == 0 || suspected == 0 || cut == 0 {
		t.Errorf("%d stories ranked, %d suspects, %d with a small budget: nothing was compared", ranked, suspected, cut)
	}
}

// TestATableKeepsWhatAMapDoes compares a table with a map over random changes.
func TestATableKeepsWhatAMapDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var got table
		want := map[uint32]int32{}
		dead := func(v int32) bool { return v > 5 } // below, a value need not be kept
		for range rapid.IntRange(0, 600).Draw(t, "puts") {
			k, v := rapid.Uint32Range(0, 400).Draw(t, "key"), rapid.Int32Range(1, 20).Draw(t, "value")
			got.put(k, dead).value = v
			want[k] = v
		}
		for k := range uint32(401) {
			if g, w := got.get(k), want[k]; g != w && !(g == 0 && w <= 5) {
				t.Fatalf("key %d: %d, want %d", k, g, w)
			}
		}
	})
}
