package aggregator

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

var noon = time.Date(2024, 12, 8, 12, 0, 0, 0, time.UTC)

func item(id, link, title string) feeds.Item {
	return feeds.Item{ID: id, Link: link, Title: title, Summary: "<p>" + title + "</p>", Text: title}
}

// poll1 plays a poll against what earlier polls left behind, as the store would.
type poll1 struct {
	seen  map[string]Seen
	next  int64
	loose bool
}

func (p *poll1) read(items ...feeds.Item) Tally {
	f := &feeds.Feed{Items: items}
	p.loose = p.loose || looseGuids(items)
	keys := identify(items, p.loose)
	b := compare(&config.Source{ID: "s"}, f, keys, p.seen, noon)
	for _, r := range b.Records {
		if r.ID == 0 {
			p.next++
			r.ID = p.next
		}
		for _, k := range r.Keys {
			p.seen[k] = Seen{Key: k, Record: r.ID, Sum: r.Sum}
		}
		for k, s := range p.seen { // the store keeps one sum a record
			if s.Record == r.ID {
				p.seen[k] = Seen{Key: k, Record: r.ID, Sum: r.Sum}
			}
		}
	}
	for _, a := range b.Keys {
		for _, s := range p.seen {
			if s.Record == a.Record {
				a.Sum = s.Sum
			}
		}
		p.seen[a.Key] = a
	}
	return b.tally(f)
}

// A guid that moves, and a title that changes a poll later, are still one item.
func TestAnItemIsFollowedThroughAMovedGuidAndThenANewTitle(t *testing.T) {
	p := &poll1{seen: map[string]Seen{}}
	p.read(item("http://a.example/1", "https://a.example/1", "One"))
	p.read(item("https://a.example/1", "https://a.example/1", "One"))
	if got, want := p.read(item("https://a.example/1", "https://a.example/1", "One, updated")), (Tally{Fetched: 1, Changed: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestWhatIsTheSameItem(t *testing.T) {
	for name, row := range map[string]struct {
		first, second []feeds.Item
		want          Tally
	}{
		"nothing changed": {
			[]feeds.Item{item("1", "https://a.example/1", "One")},
			[]feeds.Item{item("1", "https://a.example/1", "One")},
			Tally{Fetched: 1, Known: 1},
		},
		"another title under one guid is a revision": {
			[]feeds.Item{item("1", "https://a.example/1", "One")},
			[]feeds.Item{item("1", "https://a.example/1", "One, corrected")},
			Tally{Fetched: 1, Changed: 1},
		},
		"guid moved to https, link and title as before": {
			[]feeds.Item{item("http://a.example/1", "https://a.example/1", "One")},
			[]feeds.Item{item("https://a.example/1", "https://a.example/1", "One")},
			Tally{Fetched: 1, Known: 1},
		},
		"guid dropped": {
			[]feeds.Item{item("1", "https://a.example/1", "One")},
			[]feeds.Item{item("", "https://a.example/1", "One")},
			Tally{Fetched: 1, Known: 1},
		},
		"tracking parameter added to the link of an item without guid": {
			[]feeds.Item{item("", "https://a.example/1", "One")},
			[]feeds.Item{item("", "https://a.example/1?utm_source=rss", "One")},
			Tally{Fetched: 1, Changed: 1},
		},
		"one link for all, other titles": {
			[]feeds.Item{item("", "https://a.example/", "One")},
			[]feeds.Item{item("", "https://a.example/", "Two")},
			Tally{Fetched: 1, New: 1},
		},
		"two guids in one document stay two items, whatever they share": {
			[]feeds.Item{item("1", "https://a.example/", "Weather")},
			[]feeds.Item{item("1", "https://a.example/", "Weather"), item("2", "https://a.example/", "Weather")},
			Tally{Fetched: 2, Known: 1, New: 1},
		},
		"one guid twice on one link is one item": {
			nil,
			[]feeds.Item{item("1", "https://a.example/1", "One"), item("1", "https://a.example/1", "One")},
			Tally{Fetched: 2, New: 1, Known: 1},
		},
		"one guid on two links is no identity": {
			nil,
			[]feeds.Item{item("1", "https://a.example/1", "One"), item("1", "https://a.example/2", "Two")},
			Tally{Fetched: 2, New: 2},
		},
		"no guid, no link": {
			[]feeds.Item{item("", "", "One")},
			[]feeds.Item{item("", "", "One"), item("", "", "Two")},
			Tally{Fetched: 2, Known: 1, New: 1},
		},
	} {
		p := &poll1{seen: map[string]Seen{}}
		p.read(row.first...)
		if got := p.read(row.second...); got != row.want {
			t.Errorf("%s: %+v, want %+v", name, got, row.want)
		}
	}
}

func TestAPrunedItemIsKnownAndNeverNewAgain(t *testing.T) {
	p := &poll1{seen: map[string]Seen{}}
	it := item("1", "https://a.example/1", "One")
	p.read(it)
	for k := range p.seen {
		p.seen[k] = Seen{Key: k} // as Prune leaves it
	}
	it.Title = "One, edited"
	if got, want := p.read(it), (Tally{Fetched: 1, Known: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestNewItemsAreSavedOldestFirst(t *testing.T) {
	items := []feeds.Item{item("3", "", "c"), item("2", "", "b"), item("1", "", "a")}
	b := compare(&config.Source{ID: "s"}, &feeds.Feed{Items: items}, identify(items, false), nil, noon)
	var order []string
	for _, r := range b.Records {
		order = append(order, r.Item.ID)
	}
	if d := cmp.Diff([]string{"1", "2", "3"}, order); d != "" {
		t.Error(d)
	}
}

func TestDatesAreClampedToFirstSeenOnce(t *testing.T) {
	day := noon.AddDate(0, 0, -1)
	for name, row := range map[string]struct {
		published, updated, want time.Time
	}{
		"the publisher's":   {day, time.Time{}, day},
		"none":              {time.Time{}, time.Time{}, noon},
		"only updated":      {time.Time{}, day, day},
		"in the year 2100":  {time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), time.Time{}, noon},
		"another time zone": {day.In(time.FixedZone("", 3*3600)), time.Time{}, day},
	} {
		it := feeds.Item{ID: "1", Published: row.published, Updated: row.updated}
		if got := record(&config.Source{ID: "s"}, &it, []string{"g:1"}, noon).Published; got != row.want {
			t.Errorf("%s: %v, want %v", name, got, row.want)
		}
	}
}
