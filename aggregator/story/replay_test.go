package story

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/feeds"
)

var day = time.Date(2024, 12, 8, 9, 0, 0, 0, time.UTC)

// A stored is what the store keeps of a filed record.
type stored struct {
	piece   Piece
	sign    []byte
	verdict Verdict
	seq     int
}

// A shelf stands for the store: records as last filed, and frequencies.
type shelf struct {
	records     map[int64]stored
	frequencies map[string][]byte
	seq         int
}

// rebuild reads an index from the shelf as a desk does after a restart.
func (s *shelf) rebuild(t *rapid.T) *Index {
	x := NewIndex()
	for _, b := range s.frequencies {
		var f Frequencies
		if err := f.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		x.Use(f)
	}
	var all []stored
	for _, r := range s.records {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b stored) int { return a.seq - b.seq })
	for _, r := range all {
		p := r.piece
		p.Signature = Signature{}
		if err := p.UnmarshalBinary(r.sign); err != nil {
			t.Fatal(err)
		}
		x.Add(p, r.verdict)
	}
	return x
}

func (s *shelf) file(t *rapid.T, p Piece, v Verdict) {
	b, err := p.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.seq++
	s.records[p.Record] = stored{piece: p, sign: b, verdict: v, seq: s.seq}
}

// drawn makes an item of one of a few events; often a copy of an earlier one,
// whole, cut or changed.
func drawn(t *rapid.T, earlier []feeds.Item) feeds.Item {
	pick := func(n int, what string) int { return rapid.IntRange(0, n-1).Draw(t, what) }
	if len(earlier) > 0 && pick(3, "copies") == 0 {
		it := earlier[pick(len(earlier), "which")]
		ws := strings.Fields(it.Text)
		for range pick(4, "changes") {
			ws[pick(len(ws), "at")] = "changed"
		}
		it.Text = strings.Join(ws[:max(len(ws)-pick(20, "cut"), 1)], " ")
		return it
	}
	event, n := pick(6, "event"), []int{4, 33, 90}[pick(3, "words")]
	ws := make([]string, n)
	for i := range ws {
		switch c := pick(40, "word"); {
		case c < 20:
			ws[i] = fmt.Sprintf("event%dword%d", event, c)
		case c < 36:
			ws[i] = fmt.Sprintf("word%d", c)
		default:
			ws[i] = fmt.Sprintf("Name%d %d", c, 100+c)
		}
	}
	return feeds.Item{
		Title: fmt.Sprintf("event%dword1 event%dword2 told", event, event), Text: strings.Join(ws, " "),
		Lang: []string{"en", "fr"}[pick(2, "lang")], Link: fmt.Sprintf("https://one.example/%d", pick(30, "link")),
	}
}

// TestARestartChangesNoVerdict runs two indexes side by side, of which one is
// read anew from what was stored at random points; days pass, pieces are
// trimmed, removed, filed again and moved by hand in between.
func TestARestartChangesNoVerdict(t *testing.T) {
	var copies, stories, links int
	rapid.Check(t, func(t *rapid.T) {
		s := &shelf{records: map[int64]stored{}, frequencies: map[string][]byte{}}
		live, other := NewIndex(), NewIndex()
		both := func(f func(x *Index)) { f(live); f(other) }
		now := day
		var items []feeds.Item
		any := func() (Piece, Verdict, bool) {
			ids := slices.Sorted(func(yield func(int64) bool) {
				for id := range s.records {
					if !yield(id) {
						return
					}
				}
			})
			if len(ids) == 0 {
				return Piece{}, Verdict{}, false
			}
			r := s.records[rapid.SampledFrom(ids).Draw(t, "record")]
			return r.piece, r.verdict, true
		}
		t.Repeat(map[string]func(*rapid.T){
			"file": func(t *rapid.T) {
				for _, f := range live.Due(now) {
					b, _ := f.AppendBinary(nil)
					s.frequencies[f.Lang] = b
				}
				both(func(x *Index) { x.Use(x.Due(now)...) })
				it := drawn(t, items)
				items = append(items, it)
				p := Piece{
					Record: int64(len(items)), Source: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "source"),
					At: now, Came: now, Signature: Sign(&it),
				}
				if o, v, ok := any(); ok && rapid.IntRange(0, 9).Draw(t, "said") == 0 {
					p.Not = []int64{v.Story, o.Record}
				}
				v, w := live.Place(p), other.Place(p)
				if d := cmp.Diff(v, w); d != "" {
					t.Fatalf("after a restart: %s", d)
				}
				copies += min(int(v.CopyOf), 1)
				links += len(v.Links)
				if v.Story != p.Record {
					stories++
				}
				both(func(x *Index) { x.Add(p, v) })
				s.file(t, p, v)
			},
			"file again": func(t *rapid.T) {
				if p, v, ok := any(); ok {
					both(func(x *Index) { x.Add(p, v) })
					s.file(t, p, v)
				}
			},
			"remove": func(t *rapid.T) {
				if p, _, ok := any(); ok {
					both(func(x *Index) { x.Remove(p.Record) })
					delete(s.records, p.Record)
				}
			},
			"move": func(t *rapid.T) {
				p, v, ok := any()
				_, to, _ := any()
				if ok {
					v.Story = to.Story
					both(func(x *Index) { x.Move(p.Record, v.Story) })
					s.file(t, p, v)
				}
			},
			"time": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(1, 100).Draw(t, "hours")) * time.Hour)
				both(func(x *Index) { x.Trim(now.Add(-Window)) })
				for id, r := range s.records {
					if r.piece.Came.Before(now.Add(-Window)) {
						delete(s.records, id)
					}
				}
			},
			"restart": func(t *rapid.T) {
				other = s.rebuild(t)
				if live.Len() != other.Len() {
					t.Fatalf("%d pieces live, %d read back", live.Len(), other.Len())
				}
			},
		})
	})
	t.Logf("%d copies, %d joined a story, %d links", copies, stories, links)
	if copies == 0 || stories == 0 || links == 0 {
		t.Errorf("%d copies, %d joined a story, %d links: the generator makes too little", copies, stories, links)
	}
}

// TestPlaceChangesNothing: asked twice, an index answers the same.
func TestPlaceChangesNothing(t *testing.T) {
	x := NewIndex()
	for i := range 20 {
		it := feeds.Item{Title: "Shops open again", Text: strings.Repeat(fmt.Sprintf("word%d other ", i), 20), Lang: "en"}
		p := Piece{Record: int64(i + 1), Source: fmt.Sprint(i), At: day, Came: day, Signature: Sign(&it)}
		a, b := x.Place(p), x.Place(p)
		if d := cmp.Diff(a, b); d != "" || x.Len() != i {
			t.Fatalf("%d pieces, %s", x.Len(), d)
		}
		x.Add(p, a)
	}
}
