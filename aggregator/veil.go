package aggregator

import (
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/clean"
)

// Withheld is what stands in the place of an entry that is blocked as a whole.
const (
	withheldBy    = "The desk"
	withheldTitle = "Withdrawn by the desk"
	withheldText  = "The desk has withdrawn this item."
)

// Veil is an entry as readers get it: without the tellings that are blocked. hits
// lists the blocks about a telling, lifted ones too; shown is when readers first
// got the entry, zero for longer ago than is known. The best of what is left
// leads. When nothing is, a word that the desk has withdrawn it stands under the
// entry's id, for those who have it; of one that nobody ever got nothing is said,
// and ok is false.
//
// It is a pure function: id and date stay, and Updated is when the last of these
// orders was given.
func (e Entry) Veil(hits func(*Telling) []Order, shown time.Time) (veiled Entry, ok bool) {
	all := append([]Telling{e.Lead}, e.Also...)
	var left []Telling
	var last time.Time
	had := false
	for i := range all {
		orders := hits(&all[i])
		if _, blocked := blocks(orders); !blocked {
			left = append(left, all[i])
		}
		had = had || stood(orders, shown)
		for _, o := range orders {
			if o.At.After(shown) && o.At.After(last) {
				last = o.At
			}
		}
	}
	if len(left) == 0 && !had {
		return Entry{}, false
	}
	if last = last.UTC().Truncate(time.Second); last.After(e.Updated) {
		e.Updated = last
	}
	switch {
	case len(left) == len(all):
	case len(left) == 0:
		e.Lead, e.Also, e.Earlier = withheld(&e.Lead, e.Updated), nil, nil
	case left[0].Record == e.Lead.Record:
		e.Also = left[1:]
	default:
		best := 0
		for i := range left {
			if leads(&left[i], &left[best]) {
				best = i
			}
		}
		e.Lead, e.Also = left[best], slices.Delete(slices.Clone(left), best, best+1)
	}
	return e, true
}

// stood says whether a telling with these orders about it was to be read at any
// time since shown.
func stood(orders []Order, shown time.Time) bool {
	then := slices.IndexFunc(orders, func(o Order) bool { return o.At.After(shown) })
	if then < 0 {
		then = len(orders)
	}
	for ; then <= len(orders); then++ {
		if _, blocked := blocks(orders[:then]); !blocked {
			return true
		}
	}
	return false
}

// withheld is what is said in the place of a telling.
func withheld(t *Telling, at time.Time) Telling {
	return Telling{
		Record: t.Record, Outlet: withheldBy, Title: withheldTitle, Summary: withheldText, Lang: "en",
		Published: t.Published, Topics: t.Topics, Withdrawn: at,
	}
}

// Withheld says whether e is blocked as a whole.
func (e Entry) Withheld() bool { return e.Lead.Outlet == withheldBy && e.Lead.Title == withheldTitle }

// Said is a telling as a record of its own words, to be judged by blocks: what
// was published may stand longer than its record says so, or than there is one.
func (t *Telling) Said() Record {
	return Record{
		ID: t.Record, Source: t.Source, Key: t.Key,
		Item: feeds.Item{Title: t.Title, Link: t.Link, Lang: t.Lang, Summary: t.Summary, Text: t.Summary + "\n" + t.Note + "\n" + clean.Text(t.Content)},
	}
}
