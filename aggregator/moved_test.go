package aggregator

import (
	"fmt"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/feeds"
)

// What other aggregators have met in operation (research/features.md 4, numbers
// 1 to 10 and 20): each as two documents of one source.
func TestIdsThatMove(t *testing.T) {
	dated := func(it feeds.Item, at time.Time) feeds.Item {
		it.Published, it.Updated = at, at
		return it
	}
	google := func(n int, title string) feeds.Item {
		it := item(fmt.Sprint("CBMi", n), fmt.Sprintf("https://news.google.com/rss/articles/CBMi%d?oc=5", n), title)
		it.Summary, it.Text = "", ""
		it.Origin = &feeds.Origin{Title: "Barada", Link: "https://barada.example"}
		return it
	}
	one := item("https://a.example/1", "https://a.example/1", "One")
	known := Tally{Fetched: 1, Known: 1}
	for name, row := range map[string]struct {
		first, second []feeds.Item
		want          Tally
	}{
		"1 guid from http to https":                 {[]feeds.Item{item("http://a.example/1", "https://a.example/1", "One")}, []feeds.Item{one}, known},
		"1 guid on another host":                    {[]feeds.Item{item("https://cms.a.example/?p=1", "https://a.example/1", "One")}, []feeds.Item{one}, known},
		"1 guid and link from http to https":        {[]feeds.Item{item("http://a.example/1", "http://a.example/1", "One")}, []feeds.Item{one}, Tally{Fetched: 1, Changed: 1}},
		"1 revision in the guid":                    {[]feeds.Item{item("https://a.example/1#0", "https://a.example/1", "One")}, []feeds.Item{item("https://a.example/1#1", "https://a.example/1", "One")}, known},
		"1 guids that are places of one page":       {[]feeds.Item{item("https://a.example/log#1", "https://a.example/log", "One")}, []feeds.Item{item("https://a.example/log#2", "https://a.example/log", "Two")}, Tally{Fetched: 1, New: 1}},
		"2 guid missing":                            {[]feeds.Item{one}, []feeds.Item{item("", "https://a.example/1", "One")}, known},
		"2 guid reused for another link":            {[]feeds.Item{item("x", "https://a.example/1", "One")}, []feeds.Item{item("x", "https://a.example/1", "One"), item("x", "https://a.example/2", "Two")}, Tally{Fetched: 2, New: 1, Known: 1}},
		"2 guid twice in one document":              {nil, []feeds.Item{one, one}, Tally{Fetched: 2, New: 1, Known: 1}},
		"3 Google News, another link and guid":      {[]feeds.Item{google(1, "One - Barada")}, []feeds.Item{google(2, "One - Barada")}, known},
		"3 Google News, another title":              {[]feeds.Item{google(1, "One - Barada")}, []feeds.Item{google(2, "Two - Barada")}, Tally{Fetched: 1, New: 1}},
		"3 Google News twice in one document":       {nil, []feeds.Item{google(1, "One - Barada"), google(2, "One - Barada")}, Tally{Fetched: 2, New: 1, Known: 1}},
		"3 integer guid becomes text":               {[]feeds.Item{item("17", "https://a.example/1", "One")}, []feeds.Item{item("a-17", "https://a.example/1", "One")}, known},
		"4 no date":                                 {[]feeds.Item{one}, []feeds.Item{one}, known},
		"5 a date in the future":                    {[]feeds.Item{dated(one, noon.AddDate(1, 0, 0))}, []feeds.Item{dated(one, noon.AddDate(2, 0, 0))}, known},
		"6 an edit under its guid":                  {[]feeds.Item{one}, []feeds.Item{item("https://a.example/1", "https://a.example/1", "One, edited")}, Tally{Fetched: 1, Changed: 1}},
		"7 a republisher that stamps now":           {[]feeds.Item{dated(one, noon.Add(-time.Hour))}, []feeds.Item{dated(one, noon)}, known},
		"20 another tracker on the link":            {[]feeds.Item{item("", "https://a.example/1?utm_source=rss", "One")}, []feeds.Item{item("", "https://a.example/1?utm_source=atom", "One")}, Tally{Fetched: 1, Changed: 1}},
		"20 one link for many items, as some do":    {[]feeds.Item{item("", "https://a.example/live", "One")}, []feeds.Item{item("", "https://a.example/live", "Two")}, Tally{Fetched: 1, New: 1}},
		"20 the query tells items apart, as it may": {[]feeds.Item{item("", "https://a.example/?id=1", "Weather")}, []feeds.Item{item("", "https://a.example/?id=2", "Weather")}, Tally{Fetched: 1, New: 1}},
	} {
		p := &poll1{seen: map[string]Seen{}}
		p.read(row.first...)
		if got := p.read(row.second...); got != row.want {
			t.Errorf("%s: %+v, want %+v", name, got, row.want)
		}
	}
}

// Two feeds of one outlet carry one item: told once, under one address.
func TestTwoFeedsOfOneOutletAreToldOnce(t *testing.T) {
	p := deskPlan("story")
	first, again, other := told(1, "a", 1, 0, noon), told(2, "b", 1, 1, noon), told(3, "c", 1, 0, noon)
	again.Item.Link = first.Item.Link + "?utm_source=world"
	e := round(p, nil, days, first, again, other)[0]
	if others := e.Others(); len(e.Also) != 2 || len(others) != 1 || others[0].Record != 3 {
		t.Errorf("%d kept, shown %+v", len(e.Also), others)
	}
}

func TestACopyHiddenInOneEditionIsShownWhereItIsTheOnlyMatch(t *testing.T) {
	original, copied := told(1, "a", 1, 0, noon), told(2, "b", 1, 1, noon.Add(time.Minute))
	copied.Item.Lang = "ar"
	for name, row := range map[string]struct {
		langs, exclude []string
		topics         []string
	}{
		"by source":   {exclude: []string{"a"}},
		"by language": {langs: []string{"ar"}},
		"by topic":    {topics: []string{"aleppo"}},
	} {
		p := deskPlan("story")
		ed := *p.Config.Editions[0]
		ed.ID, ed.Langs, ed.ExcludeSources = "narrow", row.langs, row.exclude
		if row.topics != nil {
			ed.Topics = row.topics
			copied.Matches = append(copied.Matches, copied.Matches[0])
			copied.Matches[1].Topic = "aleppo"
		}
		p.Config.Editions = append(p.Config.Editions, &ed)
		p.editions["narrow"] = &ed
		for _, e := range round(p, nil, days, original, copied) {
			switch {
			case e.Edition == "narrow" && (e.Lead.Record != 2 || len(e.Also) != 0 || e.CopyOf(e.Lead) != ""):
				t.Errorf("%s: the narrow edition shows %+v", name, e)
			case e.Edition == "syria" && (e.Lead.Record != 1 || len(e.Also) != 1 || e.CopyOf(e.Also[0]) != "Outlet a"):
				t.Errorf("%s: the wide edition shows %+v", name, e)
			}
		}
		if es := round(p, nil, days, original, copied); len(es) != 2 {
			t.Errorf("%s: %d entries, want one in each edition", name, len(es))
		}
	}
}

func TestTheOriginalLeadsBeforeWhatCreditsAnAgency(t *testing.T) {
	p := deskPlan("story")
	copied, early, weighty, full := told(1, "a", 1, 0, noon), told(2, "a", 1, 0, noon), told(3, "b", 1, 0, noon), told(4, "c", 1, 0, noon)
	copied.Published = noon.Add(-time.Hour)
	copied.Item.Text = "DAMASCUS (Reuters) - Shops opened on Monday."
	p.sources["b"].Weight, p.sources["c"].Weight = 2, 2
	full.Item.Text = "Shops opened on Monday, and people queued for bread."
	for _, row := range []struct {
		members []*Record
		want    int64
	}{
		{[]*Record{copied, early}, 2},
		{[]*Record{early, weighty}, 3},
		{[]*Record{weighty, full}, 4},
		{[]*Record{copied, early, weighty, full}, 4},
		{[]*Record{copied}, 1},
	} {
		if e := round(p, nil, days, row.members...)[0]; e.Lead.Record != row.want {
			t.Errorf("of %d: lead %d, want %d", len(row.members), e.Lead.Record, row.want)
		}
	}
}
