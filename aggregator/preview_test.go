package aggregator

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

// previewPlan has a topic of the given words.
func previewPlan(t testing.TB, words ...string) *Plan {
	t.Helper()
	l := config.List{Lang: "en"}
	for _, w := range words {
		l.Terms = append(l.Terms, config.Term{Text: w})
	}
	top := &config.Topic{ID: "syria", Aim: "standard", Sources: []string{"*"}, Strong: []config.List{l}, Reject: []config.Term{{Text: "title:horoscope"}}}
	set, errs := topic.Compile([]*config.Topic{top})
	if set == nil {
		t.Fatal(errs)
	}
	return &Plan{Config: &config.Config{Topics: []*config.Topic{top}}, Topics: set, sources: map[string]*config.Source{
		"a": {ID: "a", Title: "Outlet A"}, "home": {ID: "home", Take: "syria"},
	}}
}

func previewed(id int64, source, title, text string, at time.Time) Record {
	return Record{ID: id, Source: source, Published: at, FirstSeen: at, Item: feeds.Item{Title: title, Text: text, Lang: "en"}}
}

func recordsOf(items []PreviewItem) (ids []int64) {
	for _, it := range items {
		ids = append(ids, it.Item)
	}
	return ids
}

func TestAPreviewShowsWhatAnotherConfigChanges(t *testing.T) {
	now := time.Date(2024, 12, 8, 12, 0, 0, 0, time.UTC)
	p := NewPreview("syria", previewPlan(t, "Aleppo", "Homs"), previewPlan(t, "Aleppo", "Palmyra"))
	far := " one two three four five six seven eight nine ten"
	far += far + far + far + far + far
	p.Look([]Record{
		previewed(1, "a", "Aleppo", "", now),
		previewed(2, "a", "Homs", "", now.Add(time.Hour)),
		previewed(3, "a", "Palmyra", far+" Aleppo", now),
		previewed(4, "a", "Horoscope for Aleppo", "", now),
	})
	p.Look([]Record{
		previewed(5, "home", "Rain", "", now.Add(2*time.Hour)),
		previewed(6, "gone", "Rain", far+" Homs and Aleppo", now),
		previewed(7, "a", "Rain", "", now),
	})
	p.Sort()
	for name, row := range map[string]struct {
		got  []PreviewItem
		want []int64
	}{
		"matched": {p.Matched, []int64{5, 2, 1}}, "missed": {p.Missed, []int64{6, 3}},
		"gained": {p.Gained, []int64{3}}, "lost": {p.Lost, []int64{2}},
	} {
		if got := recordsOf(row.got); !slices.Equal(got, row.want) {
			t.Errorf("%s %v, want %v", name, got, row.want)
		}
	}
	if p.Looked != 7 || p.Rejected != 1 || p.Matched[0].Match.By != "take" || p.Missed[0].Outlet != "gone" || p.Gained[0].Outlet != "Outlet A" {
		t.Errorf("%+v", p)
	}
	if g := p.Gained[0]; g.Match.Score != 1 || g.Other.Score != 5 || len(g.Other.Reasons) == 0 {
		t.Errorf("gained by %+v, before %+v", g.Other, g.Match)
	}
}

// However the records are cut into batches, a preview is the same, and its
// misses are the nearest of all.
func TestAPreviewDoesNotDependOnBatches(t *testing.T) {
	plan, other := previewPlan(t, "Aleppo"), previewPlan(t, "Homs")
	word := rapid.SampledFrom([]string{"Aleppo", "Homs", "horoscope", "rain"})
	far := fmt.Sprint(make([]int, 70))
	rapid.Check(t, func(t *rapid.T) {
		var records []Record
		for i := range rapid.IntRange(0, 60).Draw(t, "records") {
			at := time.Unix(int64(rapid.IntRange(0, 5).Draw(t, "at")), 0)
			records = append(records, previewed(int64(i+1), "a", word.Draw(t, "title"), far+" "+word.Draw(t, "text"), at))
		}
		whole := NewPreview("syria", plan, other)
		whole.Look(records)
		whole.Sort()
		parts := NewPreview("syria", plan, other)
		for batch := range slices.Chunk(records, rapid.IntRange(1, 20).Draw(t, "batch")) {
			parts.Look(batch)
		}
		parts.Sort()
		if digest(whole) != digest(parts) {
			t.Fatalf("at once %+v\nin batches %+v", whole, parts)
		}
	})
}

func TestAPreviewObeysOrdersUnderBothConfigs(t *testing.T) {
	now := time.Date(2024, 12, 8, 12, 0, 0, 0, time.UTC)
	dropped, put := previewed(1, "a", "Aleppo", "", now), previewed(2, "a", "Horoscope", "", now)
	dropped.Orders = []Order{{ID: 1, Kind: Drop, Topic: "syria"}}
	put.Orders = []Order{{ID: 2, Kind: Put, Topic: "syria"}}
	p := NewPreview("syria", previewPlan(t, "Aleppo"), previewPlan(t, "Homs"))
	p.Look([]Record{dropped, put})
	p.Sort()
	if !slices.Equal(recordsOf(p.Dropped), []int64{1}) || !slices.Equal(recordsOf(p.Matched), []int64{2}) ||
		len(p.Missed)+len(p.Gained)+len(p.Lost)+p.Rejected != 0 {
		t.Errorf("%+v", p)
	}
	if m := p.Dropped[0].Match; m.By != Drop || m.Score < m.Need {
		t.Errorf("%+v, want a score that is kept", m)
	}
}
