package story

import (
	"bytes"
	"testing"

	"github.com/wiredesk/wiredesk/feeds"
)

// TestStoriesOfOneSubject: on a desk where everything shares its vocabulary a
// story is still told from the next, and none swallows the others.
func TestStoriesOfOneSubject(t *testing.T) {
	var items []goldItem
	langs := map[string]string{}
	for _, it := range oneSubject(t) {
		items = append(items, goldItem{
			ID: it.ID, Story: it.Story, Source: it.Source, At: it.At,
			Item: feeds.Item{Title: it.Title, Text: it.Text, Lang: it.Lang},
		})
		langs[it.ID] = it.Lang
	}
	gold, got := labels(items), placedIn(items)
	report(t, "one subject", gold, got)
	first, aside := halves(gold)
	report(t, "one subject, first half", first, got)
	report(t, "one subject, half aside", aside, got)
	for _, lang := range []string{"en", "ar", "fr"} {
		part := map[string]string{}
		for id, story := range gold {
			if langs[id] == lang {
				part[id] = story
			}
		}
		report(t, "one subject, "+lang, part, got)
	}
	if p, _, f := bcubed(gold, got); f < .80 || p < .90 {
		t.Errorf("B³ P %.3f F %.3f, want F .80 at P .90", p, f)
	}
	sizes := map[string]int{}
	for _, story := range got {
		if sizes[story]++; sizes[story]*4 > len(items) {
			t.Fatalf("story %s has over a quarter of the %d items", story, len(items))
		}
	}
}

// usual are the frequencies of a desk that has read other news before: every
// text of the set once.
func usual(texts []goldText) []Frequencies {
	x := NewIndex()
	for i, g := range texts {
		x.Add(piece(int64(i+1), g), Verdict{Story: int64(i + 1)})
	}
	return x.Due(texts[0].At)
}

func piece(record int64, g goldText) Piece {
	it := feeds.Item{Title: g.Title, Text: g.Text, Lang: g.Lang}
	return Piece{Record: record, Source: g.Source, At: g.At, Came: g.At, Signature: Sign(&it)}
}

// TestCopiesOfTheGoldSet asks of each pair whether the engine takes the second
// text for a copy of the first.
func TestCopiesOfTheGoldSet(t *testing.T) {
	pairs := goldPairs(t)
	var texts []goldText
	seen := map[string]bool{}
	for _, p := range pairs {
		if !seen[p.A.ID] {
			seen[p.A.ID] = true
			texts = append(texts, p.A)
		}
	}
	freq := usual(texts)
	var right, called, copies int
	kinds := map[string][2]int{} // right, pairs
	for _, p := range pairs {
		v := second(freq, p)
		k := kinds[p.Kind]
		k[1]++
		if (v.CopyOf != 0) == p.Copy {
			k[0]++
		} else {
			t.Logf("%s: %s and %s: %s; %s", p.Kind, p.A.ID, p.B.ID, v.Rule, v.Near)
		}
		kinds[p.Kind] = k
		if p.Copy {
			copies++
		}
		if v.CopyOf != 0 {
			called++
			if p.Copy {
				right++
			}
		}
	}
	for kind, k := range kinds {
		t.Logf("%-36s %3d of %3d right", kind, k[0], k[1])
	}
	precision, recall := float64(right)/float64(called), float64(right)/float64(copies)
	t.Logf("%d pairs, %d copies: precision %.3f, recall %.3f", len(pairs), copies, precision, recall)
	if precision < .99 || recall < .95 {
		t.Errorf("precision %.3f, recall %.3f, want .99 and .95", precision, recall)
	}
}

// second places the second text of a pair where only the first is held.
func second(freq []Frequencies, p goldPair) Verdict {
	x := NewIndex()
	x.Use(freq...)
	a := piece(1_000_000, p.A)
	x.Add(a, x.Place(a))
	return x.Place(piece(1_000_001, p.B))
}

func TestTheSpunSeedIsACopy(t *testing.T) {
	p := seedPair(t)
	var texts []goldText
	for _, r := range readGold[goldRow](t, "reports.jsonl") {
		texts = append(texts, r.goldText)
	}
	v := second(usual(texts), p)
	t.Log(v.Rule)
	if v.CopyOf != 1_000_000 {
		t.Errorf("%+v", v)
	}
}

func TestASignerThatRemembersSignsAlike(t *testing.T) {
	var g Signer
	for _, it := range oneSubject(t) {
		item := feeds.Item{Title: it.Title, Text: it.Text, Lang: it.Lang}
		alone, together := Sign(&item), g.Sign(&item)
		a, err := alone.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := together.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Fatalf("%s: another signature", it.ID)
		}
	}
}
