package aggregator

import (
	"slices"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

// A layout decides what one batch of decisions does to the entries of every
// edition. It is a value in memory: nothing is stored before result.
type layout struct {
	plan *Plan
	now  time.Time
	once bool // nothing is held: the next chance may be far away

	entries   map[int64][]*Entry // by story
	benches   map[bench][]arrival
	fresh     map[string]bool // ids opened in this batch, or round: nobody has read them yet
	changed   map[*Entry]bool
	withdrawn map[string]bool
	editions  map[string]bool // whose documents change
	waits     map[int64]wait  // by record
}

// A wait says what becomes of a record that some edition wants and does not show.
type wait struct {
	until time.Time // when to file it again; zero: when something happens
	why   []string  // one line an edition
}

func newLayout(plan *Plan, entries []Entry, now time.Time) *layout {
	l := &layout{
		plan: plan, now: now, entries: map[int64][]*Entry{}, benches: map[bench][]arrival{}, fresh: map[string]bool{},
		changed: map[*Entry]bool{}, withdrawn: map[string]bool{}, editions: map[string]bool{}, waits: map[int64]wait{},
	}
	for i := range entries {
		e := &entries[i]
		l.entries[e.Story] = append(l.entries[e.Story], e)
	}
	return l
}

// single are the editions in which each item has an entry of its own. Nothing that
// happens to other items changes it.
func (p *Plan) single() (editions []string) {
	for _, ed := range p.Config.Editions {
		if ed.Group == "item" {
			editions = append(editions, ed.ID)
		}
	}
	return editions
}

// place takes a decided record out of every edition that no longer publishes it.
// For one that does and has no entry of it yet, it waits for arrange.
func (l *layout) place(r *Record) {
	for _, ed := range l.plan.Config.Editions {
		topics := shows(ed, r)
		e := l.holding(ed, r.ID)
		switch {
		case e == nil && len(topics) > 0:
			l.arrive(ed, r, topics)
		case e != nil && len(topics) == 0:
			l.remove(ed, e, r)
		case e != nil && e.Story != r.Story: // moved by hand
			l.remove(ed, e, r)
			l.arrive(ed, r, topics)
		case e != nil && !e.Lead.Withdrawn.IsZero():
			l.giveBack(ed, e, r, topics)
		case e != nil:
			l.mark(e, r)
			l.correct(ed, e, r)
		}
	}
}

// wait leaves a record out of an edition until a time.
func (l *layout) wait(record int64, ed *config.Edition, at time.Time, why string) {
	w := l.waits[record]
	if w.until.IsZero() || at.Before(w.until) {
		w.until = at
	}
	w.why = append(w.why, "edition "+ed.ID+": "+why+", at "+at.UTC().Format("2 Jan 15:04 UTC"))
	l.waits[record] = w
}

// leave leaves a record out of an edition for good.
func (l *layout) leave(record int64, ed *config.Edition, why string) {
	w := l.waits[record]
	w.why = append(w.why, "edition "+ed.ID+": "+why)
	l.waits[record] = w
}

// holding finds the entry of ed that shows the record, as lead or beside it. It
// looks in every story: a record taken out of its topic has none any more.
func (l *layout) holding(ed *config.Edition, record int64) *Entry {
	for _, es := range l.entries {
		for _, e := range es {
			if e.Edition == ed.ID && e.has(record) {
				return e
			}
		}
	}
	return nil
}

func (e *Entry) has(record int64) bool { return e.telling(record) != nil }

// remove takes a record out of an entry. An entry that loses its lead is
// withdrawn, or says that the publisher has; the tellings it still has open one
// of their own.
func (l *layout) remove(ed *config.Edition, e *Entry, r *Record) {
	if e.Lead.Record != r.ID {
		e.Also = slices.DeleteFunc(e.Also, func(t Telling) bool { return t.Record == r.ID })
		l.touch(e)
		return
	}
	switch {
	case r.Withdrawn.IsZero() || l.fresh[e.ID]:
		l.withdraw(e)
		l.reopen(ed, e)
	case e.Lead.Withdrawn.IsZero():
		told := *e
		e.Also = nil
		l.takeBack(e, r)
		l.reopen(ed, &told)
	}
}

func (l *layout) withdraw(e *Entry) {
	l.withdrawn[e.ID] = true
	delete(l.changed, e)
	l.entries[e.Story] = slices.DeleteFunc(l.entries[e.Story], func(o *Entry) bool { return o == e })
	l.editions[e.Edition] = true
	for _, o := range l.entries[e.Story] {
		if o.Earlier != nil && o.Earlier.ID == e.ID {
			o.Earlier = nil
			l.touch(o)
		}
	}
}

// mark brings an entry's telling up to the orders about it. What changes its
// text is an override and moves Updated; a pin changes its place alone.
func (l *layout) mark(e *Entry, r *Record) {
	t := e.telling(r.ID)
	changed, text := t.mark(r.Orders, e.Edition, l.now)
	if text && !l.fresh[e.ID] {
		e.Updated = l.now.UTC().Truncate(time.Second)
	}
	if changed {
		l.touch(e)
	}
}

func (l *layout) touch(e *Entry) {
	l.changed[e] = true
	l.editions[e.Edition] = true
}

// result lists what to store, in an order that depends on nothing but values.
func (l *layout) result() (entries []Entry, withdrawn []string, changed []Issue) {
	for e := range l.changed {
		delete(l.withdrawn, e.ID) // opened again under the same id
		entries = append(entries, *e)
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		if c := a.Published.Compare(b.Published); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	for id := range l.withdrawn {
		withdrawn = append(withdrawn, id)
	}
	slices.Sort(withdrawn)
	for _, ed := range l.plan.Config.Editions {
		if l.editions[ed.ID] {
			changed = append(changed, Issue{Edition: ed.ID, Print: l.plan.look(ed), Private: ed.Private})
		}
	}
	return entries, withdrawn, changed
}
