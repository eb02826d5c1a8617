package aggregator

import (
	"cmp"
	"slices"

	"github.com/wiredesk/wiredesk/feeds/clean"
)

// settle puts the best telling in front and dates the entry by it. Only for an
// entry that nobody has read yet: afterwards its lead is frozen.
func settle(e *Entry) {
	all := append([]Telling{e.Lead}, e.Also...)
	best := 0
	for i := range all {
		if leads(&all[i], &all[best]) {
			best = i
		}
	}
	e.Lead = all[best]
	e.Also = slices.Delete(all, best, best+1)
	slices.SortFunc(e.Also, byDate)
	e.Published, e.Updated = e.Lead.Published, e.Lead.Published
}

// leads says whether a goes before b: what credits nobody else, then the
// earliest, which is the original among equal texts, then the weightiest, the
// fullest. Which of two equal texts came to us first says nothing: feeds are
// polled in any order.
func leads(a, b *Telling) bool {
	switch {
	case (a.Credit == "") != (b.Credit == ""):
		return a.Credit == ""
	case !a.Published.Equal(b.Published):
		return a.Published.Before(b.Published)
	case a.Weight != b.Weight:
		return a.Weight > b.Weight
	case a.Words != b.Words:
		return a.Words > b.Words
	default:
		return byDate(*a, *b) < 0
	}
}

// byDate orders tellings by what they are, never by how they came to us.
func byDate(a, b Telling) int {
	return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Key, b.Key))
}

// sameText says whether two tellings have one text.
func sameText(a, b *Telling) bool {
	return a.Record == b.CopyOf || a.CopyOf == b.Record || a.CopyOf != 0 && a.CopyOf == b.CopyOf
}

// CopyOf names whose text t repeats: the agency it credits, or the first of the
// entry's outlets that have it. It is "" when t is an original, as far as the
// entry shows.
func (e Entry) CopyOf(t Telling) string {
	first := &t
	if o := &e.Lead; precedes(o, first) {
		first = o
	}
	for i := range e.Also {
		if o := &e.Also[i]; precedes(o, first) {
			first = o
		}
	}
	switch {
	case first.Record == t.Record:
		return ""
	case t.Credit != "":
		return t.Credit
	default:
		return first.Outlet
	}
}

// precedes says whether o has the text of t and had it before.
func precedes(o, t *Telling) bool {
	return o.Record != t.Record && sameText(o, t) && !leads(t, o)
}

// Others lists the tellings to show beside the lead, originals before copies, each
// address once: two feeds of one outlet may carry the same item.
func (e Entry) Others() (others []Telling) {
	shown := map[string]bool{clean.Key(e.Lead.Link): true}
	var copies []Telling
	for _, t := range e.Also {
		key := clean.Key(t.Link)
		switch {
		case t.Link != "" && shown[key]:
		case e.CopyOf(t) != "":
			copies = append(copies, t)
		default:
			others = append(others, t)
		}
		shown[key] = true
	}
	return append(others, copies...)
}
