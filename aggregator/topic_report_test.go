package aggregator

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

const reported = `version = 1
[site]
title = "Desk"
base_url = "https://desk.example"
tag = "desk.example,2026"
contact = "mailto:desk@desk.example"
[sources.a]
url = "https://a.example/feed"
lang = "en"
[sources.b]
url = "https://b.example/feed"
lang = "en"
[sources.take]
url = "https://take.example/feed"
take = "syria"
lang = "en"
[topics.syria]
sources = ["*", "!b"]
ignore = ['Syrian hamster', 'Aleppo pepper']
reject = ['title:horoscope', 'lottery']
[topics.syria.strong]
en = ['Aleppo | Alep', 'Palmyra', 'Syrian']
[topics.syria.weak]
en = ['Hama', 'Homs']
[topics.floods.strong]
en = ['flood*']
[editions.syria]
topics = ["syria", "floods"]
`

func reportPlan(t testing.TB) *Plan {
	t.Helper()
	cfg, errs := config.Parse("wiredesk.toml", []byte(reported))
	plan, more := Compile(cfg)
	if plan == nil {
		t.Fatal(errs, more)
	}
	return plan
}

// filed is a record as the desk decides on it, with an order about syria unless
// that is "".
func filed(plan *Plan, id int64, source, title, text, order string) Record {
	r := Record{ID: id, Source: source, Rev: 1, FiledRev: 1, FiledPlan: plan.Print, Item: feeds.Item{Title: title, Text: text, Lang: "en"}}
	if order != "" {
		r.Orders = []Order{{ID: id, Kind: order, Topic: "syria"}}
	}
	r.Matches = obey(plan, plan.Match(&r), r.Orders)
	return r
}

// report is the report on records, in batches of n.
func report(plan *Plan, records []Record, n int, ids ...string) *TopicsReport {
	r := NewTopicsReport(plan, time.Unix(0, 0), ids...)
	for batch := range slices.Chunk(records, n) {
		r.Look(batch)
	}
	if r.Words() {
		for batch := range slices.Chunk(records, n) {
			r.Weigh(batch)
		}
	}
	r.Sort()
	return r
}

func TestAReportSaysWhatTermsAndSourcesDid(t *testing.T) {
	plan := reportPlan(t)
	r := report(plan, []Record{
		filed(plan, 1, "a", "Rain in Aleppo", "", ""),
		filed(plan, 2, "a", "Aleppo pepper stew", "A recipe from Aleppo, with pepper.", Drop),
		filed(plan, 3, "a", "Alep pepper for your stew", "Homs is not far.", Drop),
		filed(plan, 4, "a", "Trains", "Far from Hama.", ""), // a near miss
		filed(plan, 5, "a", "Horoscope for Aleppo", "", ""),
		filed(plan, 6, "b", "Aleppo again", "", ""), // of a source that the topic leaves out
		filed(plan, 7, "take", "The weather", "", ""),
		filed(plan, 8, "take", "The weather again", "", Drop), // no term brought it in
		filed(plan, 9, "a", "Bakers reopen", "", Put),
		filed(plan, 10, "a", "Bakers rest", "", Put),
	}, 3, "syria")
	want := []*TopicReport{{
		Topic: "syria", In: 4, Dropped: 3, Put: 2,
		Idle: []TermCount{
			{List: "strong.en", Term: "Palmyra"}, {List: "strong.en", Term: "Syrian"}, {List: "weak.en", Term: "Hama", Found: 1},
			{List: "ignore", Term: "Syrian hamster"}, {List: "reject", Term: "lottery"},
		},
		Wrong: []TermCount{
			{List: "strong.en", Term: "Aleppo | Alep", Found: 3, Decided: 3, Dropped: 2},
			{List: "weak.en", Term: "Homs", Found: 1, Decided: 1, Dropped: 1},
		},
		DroppedWords: []WordCount{{Word: "pepper", Items: 2, Of: 3, Rest: 2}, {Word: "stew", Items: 2, Of: 3, Rest: 2}},
		PutWords:     []WordCount{{Word: "Bakers", Items: 2, Of: 2, Rest: 3}},
		Sources:      []SourceShare{{"take", 2, 1, .5}, {"a", 7, 3, 3. / 7}},
	}}
	if d := cmp.Diff(want, r.Topics, cmpopts.IgnoreUnexported(TopicReport{})); d != "" {
		t.Error(d)
	}
	if r.Looked != 10 || r.Waiting != 0 || len(r.Unmatched) != 0 {
		t.Errorf("%d looked at, %d waiting, unmatched %v", r.Looked, r.Waiting, r.Unmatched)
	}
}

func TestASourceOfWhichNothingMatchesIsNamed(t *testing.T) {
	plan := reportPlan(t)
	waiting := filed(plan, 3, "a", "Rain", "", "")
	waiting.FiledPlan = "another"
	records := []Record{
		filed(plan, 1, "take", "Rain", "", ""), filed(plan, 2, "b", "Rain", "", ""), waiting,
		filed(plan, 4, "gone", "Rain", "", ""), filed(plan, 5, "a", "Snow", "", ""),
	}
	r := report(plan, records, 10)
	if want := []SourceShare{{Source: "a", Items: 2}, {Source: "b", Items: 1}}; !slices.Equal(r.Unmatched, want) || r.Waiting != 1 || len(r.Topics) != 2 {
		t.Errorf("%+v, %d waiting", r.Unmatched, r.Waiting)
	}
	if r := report(plan, records, 10, "syria"); !slices.Equal(r.Unmatched, []SourceShare{{Source: "a", Items: 2}}) {
		t.Errorf("syria leaves b out, and yet: %+v", r.Unmatched)
	}
}

// One item that was dropped has any word; and what stands in all items is no
// word to look at.
func TestWordsOfOneItemOrOfAllAreNotNamed(t *testing.T) {
	plan := reportPlan(t)
	records := []Record{filed(plan, 1, "a", "The stew of Aleppo", "", Drop), filed(plan, 2, "a", "The bread of Aleppo", "", "")}
	if got := report(plan, records, 1).Topics[0].DroppedWords; len(got) > 0 {
		t.Errorf("of one item: %+v", got)
	}
	records = append(records, filed(plan, 3, "a", "The stew of Aleppo", "", Drop))
	if got := report(plan, records, 1).Topics[0].DroppedWords; len(got) != 1 || got[0].Word != "stew" {
		t.Errorf("%+v", got)
	}
}

// However the records are cut into batches a report is the same, and its counts
// stay within each other.
func TestAReportDoesNotDependOnBatches(t *testing.T) {
	plan := reportPlan(t)
	word := rapid.SampledFrom([]string{"Aleppo", "Syrian hamster", "Homs", "Hama", "horoscope", "floods", "rain", "bread"})
	order := rapid.SampledFrom([]string{"", "", "", Put, Drop})
	rapid.Check(t, func(t *rapid.T) {
		var records []Record
		for i := range rapid.IntRange(0, 40).Draw(t, "records") {
			title, text := word.Draw(t, "title"), word.Draw(t, "text")
			source := rapid.SampledFrom([]string{"a", "b", "take", "gone"}).Draw(t, "source")
			records = append(records, filed(plan, int64(i+1), source, title, text, order.Draw(t, "order")))
		}
		whole := report(plan, records, 100)
		if parts := report(plan, records, rapid.IntRange(1, 20).Draw(t, "batch")); digest(whole) != digest(parts) {
			t.Fatalf("at once %+v\nin batches %+v", whole, parts)
		}
		for _, top := range whole.Topics {
			in := 0
			for _, s := range top.Sources {
				in += s.In
				if s.In > s.Items || s.Share > 1 {
					t.Fatalf("%+v", s)
				}
			}
			for _, c := range top.Wrong {
				if c.Dropped > c.Decided || c.Decided > c.Found || c.Dropped > top.Dropped {
					t.Fatalf("%+v of %d dropped", c, top.Dropped)
				}
			}
			if in != top.In {
				t.Fatalf("%s: %d by source, %d in all", top.Topic, in, top.In)
			}
		}
	})
}

// The words of one sample are bounded, whatever is dropped.
func TestWhatWasDroppedFillsNoMemory(t *testing.T) {
	var s sample
	for i := range 300 {
		text := ""
		for j := range 90 {
			text += fmt.Sprintf("w%c%c%c ", 'a'+i%26, 'a'+i/26, 'a'+j%26) + fmt.Sprintf("x%dy%d ", i, j)
		}
		s.learn(&Record{Item: feeds.Item{Title: text}})
	}
	if s.items != 300 || len(s.words) != sampleWords {
		t.Errorf("%d words of %d items", len(s.words), s.items)
	}
}
