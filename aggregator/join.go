package aggregator

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/aggregator/story"
	"github.com/wiredesk/wiredesk/config"
)

// entrySpan is how long after it was opened, and after its first item, an entry
// takes in other tellings of its story.
const entrySpan = 36 * time.Hour

// joinTimes are when, after its opening, an entry takes in what has come until
// then. Each change makes every subscriber fetch the edition again.
var joinTimes = []time.Duration{0, time.Hour, 6 * time.Hour, entrySpan}

// Why an entry does not show a record, for verb why.
const (
	closed = "its story's entry is closed, and it has no figure or name that was not told"
	full   = "its story's entry shows as many outlets as it may"
)

// An arrival is an item that an edition shows and no entry of it does yet.
type arrival struct {
	Telling
	came time.Time // the minute in which it was first seen: within it, no poll is first
	put  time.Time // when an order put it there; zero: none did
}

// A bench is where arrivals wait that tell the same in an edition.
type bench struct {
	edition string
	story   int64
	text    int64 // the record that had it first, where only copies are grouped
}

// arrive puts a record on the bench it belongs to. Where each item has an entry
// of its own it opens it at once.
func (l *layout) arrive(ed *config.Edition, r *Record, topics []string) {
	a := arrival{Telling: telling(l.plan, r, topics), came: r.FirstSeen.Truncate(time.Minute), put: putAt(r, topics)}
	a.mark(r.Orders, ed.ID, l.now)
	b := bench{edition: ed.ID, story: r.Story}
	switch ed.Group {
	case "item":
		l.open(ed, r.Story, []Telling{a.Telling}, a.came)
		return
	case "copy":
		b.text = a.text()
	}
	l.benches[b] = append(l.benches[b], a)
}

// text is the record that stands for a telling's text.
func (t *Telling) text() int64 { return cmp.Or(t.CopyOf, t.Record) }

// arrange seats all who wait on the benches, in an order that depends on values
// alone.
func (l *layout) arrange() {
	order := slices.SortedFunc(maps.Keys(l.benches), func(a, b bench) int {
		return cmp.Or(cmp.Compare(a.edition, b.edition), cmp.Compare(a.story, b.story), cmp.Compare(a.text, b.text))
	})
	for _, b := range order {
		as := l.benches[b]
		slices.SortFunc(as, func(x, y arrival) int { return byDate(x.Telling, y.Telling) })
		for len(as) > 0 {
			as = l.seat(l.plan.Edition(b.edition), b, as)
		}
	}
	clear(l.benches)
}

// seat puts arrivals into the entries that take them and opens one for the
// others. It answers those that came before it could be told where they belong.
func (l *layout) seat(ed *config.Edition, b bench, as []arrival) []arrival {
	parts := l.parts(b)
	var apart []arrival
	for _, a := range as {
		e := taker(parts, &a)
		at := joins(e, &a)
		switch {
		case e == nil || at.IsZero():
			apart = append(apart, a)
		case len(e.Also) == maxAlso:
			l.leave(a.Record, ed, full)
		case l.now.Before(at) && a.put.IsZero() && !(l.once && l.fresh[e.ID]):
			l.wait(a.Record, ed, at, "waits for its story's entry to take in other outlets")
		default:
			l.join(e, a)
		}
	}
	return l.begin(ed, b, parts, apart)
}

// parts are the entries of a bench, the earliest first. What a publisher has
// withdrawn takes in nothing.
func (l *layout) parts(b bench) (parts []*Entry) {
	for _, e := range l.entries[b.story] {
		if e.Edition == b.edition && e.Lead.Withdrawn.IsZero() && (b.text == 0 || e.tells(b.text)) {
			parts = append(parts, e)
		}
	}
	slices.SortFunc(parts, func(x, y *Entry) int { return cmp.Or(x.began().Compare(y.began()), cmp.Compare(x.ID, y.ID)) })
	return parts
}

// tells says whether e shows a text.
func (e *Entry) tells(text int64) bool {
	return e.Lead.text() == text || slices.ContainsFunc(e.Also, func(t Telling) bool { return t.text() == text })
}

// taker is the part an arrival belongs to by its date: the last that had begun.
// Older than the window it belongs to none.
func taker(parts []*Entry, a *arrival) (e *Entry) {
	for _, p := range parts {
		if e == nil && p.began().Sub(a.Published) <= story.Window || !p.began().After(a.Published) {
			e = p
		}
	}
	return e
}

// joins is when e takes in an arrival; zero: it is closed.
func joins(e *Entry, a *arrival) time.Time {
	if e == nil || a.Published.Sub(e.began()) > entrySpan {
		return time.Time{}
	}
	for _, after := range joinTimes {
		if at := e.opened().Add(after); a.came.Before(at) {
			return at
		}
	}
	return time.Time{}
}

// join adds a telling. One that was there at the opening may still take the lead
// of an entry that nobody has read.
func (l *layout) join(e *Entry, a arrival) {
	t := a.Telling
	if l.fresh[e.ID] && a.came.Before(e.opened()) && leads(&t, &e.Lead) {
		e.Lead, t = t, e.Lead
		e.Published, e.Updated = e.Lead.Published, e.Lead.Published
	}
	e.Also = append(e.Also, t)
	l.touch(e)
}

// begin opens a part for arrivals that no part takes, or lets them wait until it
// is time. A first part opens for any, a later one for what has something new to
// tell; what came since then goes with it.
func (l *layout) begin(ed *config.Edition, b bench, parts []*Entry, as []arrival) (rest []arrival) {
	known := factsOf(parts)
	opener := func(a arrival) bool { return taker(parts, &a) == nil || !a.put.IsZero() || anew(a.Facts, known) }
	from, opens := l.opening(ed, as, opener)
	var members []arrival
	var began time.Time
	for _, a := range as {
		switch {
		case from.IsZero() || a.came.Before(from) && a.put.IsZero():
			l.leave(a.Record, ed, closed)
		case l.now.Before(opens) && !l.once:
			l.wait(a.Record, ed, opens, "waits for what other outlets tell of its story")
		case !a.came.Before(opens) && a.put.IsZero():
			rest = append(rest, a)
		case began.IsZero() && opener(a):
			began = a.Published
			members = append(members, a)
		case !began.IsZero() && a.Published.Sub(began) <= entrySpan:
			members = append(members, a)
		default:
			rest = append(rest, a)
		}
	}
	if len(members) == 0 {
		return nil
	}
	l.openPart(ed, b.story, parts, members, opens)
	return rest
}

// opening is from when on arrivals may be members of a new part and when that
// opens: `hold` after the first, to the minute, or when an order says so.
func (l *layout) opening(ed *config.Edition, as []arrival, opener func(arrival) bool) (from, opens time.Time) {
	var put time.Time
	for _, a := range as {
		if opener(a) && (from.IsZero() || a.came.Before(from)) {
			from = a.came
		}
		if !a.put.IsZero() && (put.IsZero() || a.put.Before(put)) {
			put = a.put
		}
	}
	if from.IsZero() {
		return from, opens
	}
	opens = minuteAfter(from.Add(ed.Hold))
	if !put.IsZero() && put.Before(opens) {
		opens = put
	}
	if now := minuteAfter(l.now); l.once && now.Before(opens) {
		opens = now
	}
	return from, opens
}

func minuteAfter(t time.Time) time.Time { return t.Truncate(time.Minute).Add(time.Minute) }

// openPart opens an entry of arrivals, and says what came before it.
func (l *layout) openPart(ed *config.Edition, story int64, parts []*Entry, as []arrival, opens time.Time) {
	var members []Telling
	for _, a := range as {
		members = append(members, a.Telling)
	}
	e := l.open(ed, story, members, opens)
	for _, p := range parts {
		if !p.began().After(e.Began) {
			e.Earlier = &Earlier{ID: p.ID, Title: p.Lead.Head(), Link: p.Lead.Link}
		}
	}
}

// factsOf are the facts of all tellings of these entries.
func factsOf(parts []*Entry) map[string]bool {
	known := map[string]bool{}
	for _, e := range parts {
		for _, t := range append([]Telling{e.Lead}, e.Also...) {
			for _, f := range t.Facts {
				known[f] = true
			}
		}
	}
	return known
}

// putAt is when an order put a record into one of these topics, or into its
// story; zero: none did.
func putAt(r *Record, topics []string) (at time.Time) {
	for _, o := range r.Orders {
		if o.Kind == Put && slices.Contains(topics, o.Topic) || o.Kind == Merge || o.Kind == Split {
			at = o.At
		}
	}
	return at
}
