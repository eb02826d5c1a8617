package aggregator

import (
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/aggregator/story"
	"github.com/wiredesk/wiredesk/feeds"
)

func TestStoriesInOtherLanguagesPointToEachOther(t *testing.T) {
	p := deskPlan("story")
	en, ar, fr := told(1, "a", 1, 0, noon), told(2, "b", 2, 0, noon), told(3, "c", 3, 0, noon)
	ar.Item.Lang, ar.Item.Title = "ar", "المخابز تعود"
	fr.Item.Lang, fr.Item.Title = "fr", "Les fours rallumés"
	ar.Links = []story.Link{{Story: 1, Why: "same link"}}
	fr.Links = []story.Link{{Story: 9, Why: "a story of another day"}}
	entries := round(p, nil, days, en, ar, fr)
	pairUp(entries)
	var titles []string
	for i := range entries {
		for _, o := range entries[i].Tongues {
			titles = append(titles, entries[i].Lead.Lang+" → "+o.Lang)
		}
	}
	got := strings.Join(titles, ", ")
	if got != "en → ar, ar → en" && got != "ar → en, en → ar" {
		t.Fatalf("%s, want English and Arabic beside each other, French alone", got)
	}
	for _, format := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
		out, err := feeds.Write(Compose(p, p.Config.Editions[0], Issue{}, entries, format), format)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Read(out, feeds.Meta{})
		if err != nil {
			t.Fatal(err)
		}
		said := 0
		for _, it := range f.Items {
			if strings.Contains(it.Content+it.Summary, "In other languages") {
				said++
			}
		}
		if said != 2 {
			t.Errorf("%s: %d entries say so, want 2", format, said)
		}
		if format == feeds.Atom && strings.Count(string(out), `rel="related"`) != 2 {
			t.Error("the links are not in the Atom for machines")
		}
	}
}

func TestAWithdrawnEntryIsPointedToByNone(t *testing.T) {
	entries := []Entry{
		{Story: 1, Lead: Telling{Lang: "en", Withdrawn: noon}},
		{Story: 2, Lead: Telling{Lang: "ar", Links: []int64{1}}},
	}
	pairUp(entries)
	if len(entries[0].Tongues)+len(entries[1].Tongues) != 0 {
		t.Errorf("%+v", entries)
	}
}
