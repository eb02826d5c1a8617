package aggregator

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

// entrySpan is how long after its first item an entry takes in other tellings
// of its story. Copies join at any age: they bring nothing new.
const entrySpan = 36 * time.Hour

// A layout decides what one batch of decisions does to the entries of every
// edition. It is a value in memory: nothing is stored before result.
type layout struct {
	plan *Plan
	now  time.Time

	entries   map[int64][]*Entry // by story
	changed   map[*Entry]bool
	opened    map[*Entry]bool // in this batch: nobody has read them yet
	withdrawn map[string]bool
	editions  map[string]bool // whose documents change
}

func newLayout(plan *Plan, entries []Entry, now time.Time) *layout {
	l := &layout{
		plan: plan, now: now,
		entries: map[int64][]*Entry{}, changed: map[*Entry]bool{}, opened: map[*Entry]bool{},
		withdrawn: map[string]bool{}, editions: map[string]bool{},
	}
	for i := range entries {
		e := &entries[i]
		l.entries[e.Story] = append(l.entries[e.Story], e)
	}
	return l
}

// place puts a decided record into every edition that publishes it, and out of
// those that no longer do. It returns when to do so again; zero: when something
// happens.
func (l *layout) place(r *Record) (again time.Time) {
	for _, ed := range l.plan.Config.Editions {
		topics := shows(ed, r)
		e := l.holding(ed, r.ID)
		switch {
		case e == nil && len(topics) > 0:
			t := telling(l.plan, r, topics)
			t.mark(r.Orders, ed.ID, l.now)
			l.join(ed, t, r.Story)
		case e != nil && len(topics) == 0:
			l.remove(ed, e, r)
		case e != nil && e.Story != r.Story: // moved by hand
			l.remove(ed, e, r)
			t := telling(l.plan, r, topics)
			t.mark(r.Orders, ed.ID, l.now)
			l.join(ed, t, r.Story)
		case e != nil && !e.Lead.Withdrawn.IsZero():
			l.giveBack(ed, e, r, topics)
		case e != nil:
			l.mark(e, r)
			again = sooner(again, l.correct(e, r))
		}
	}
	return again
}

// sooner is the earlier of two times, of which the zero one is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
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

func (e *Entry) has(record int64) bool {
	return e.Lead.Record == record || slices.ContainsFunc(e.Also, func(t Telling) bool { return t.Record == record })
}

// join adds a telling to the entry that takes it, or opens one.
func (l *layout) join(ed *config.Edition, t Telling, story int64) {
	e := l.taker(ed, t, story)
	if e == nil {
		l.open(ed, t, story)
		return
	}
	if len(e.Also) == maxAlso {
		return // filed and explained, but the list is long enough
	}
	e.Also = append(e.Also, t)
	if l.opened[e] {
		settle(e)
	}
	l.touch(e)
}

// taker finds the entry that takes t by the edition's group: every item its
// own entry, copies together, or the whole story.
func (l *layout) taker(ed *config.Edition, t Telling, story int64) *Entry {
	var last *Entry
	for _, e := range l.entries[story] {
		if e.Edition != ed.ID || !e.Lead.Withdrawn.IsZero() {
			continue
		}
		switch ed.Group {
		case "item":
			continue
		case "copy":
			if e.tells(t) {
				return e
			}
		default:
			if last == nil || e.Part > last.Part {
				last = e
			}
		}
	}
	if last != nil && t.CopyOf == 0 && t.Published.Sub(last.Published) > entrySpan {
		return nil
	}
	return last
}

// tells says whether t and a telling of e have one text.
func (e *Entry) tells(t Telling) bool {
	same := func(o Telling) bool { return sameText(&o, &t) }
	return same(e.Lead) || slices.ContainsFunc(e.Also, same)
}

// sameText says whether two tellings have one text.
func sameText(a, b *Telling) bool {
	return a.Record == b.CopyOf || a.CopyOf == b.Record || a.CopyOf != 0 && a.CopyOf == b.CopyOf
}

// Copies says whether t repeats the text of e's lead.
func (e Entry) Copies(t Telling) bool { return sameText(&e.Lead, &t) }

// open mints an entry.
func (l *layout) open(ed *config.Edition, t Telling, story int64) {
	part := 1
	for _, e := range l.entries[story] {
		if e.Edition == ed.ID && e.Part >= part {
			part = e.Part + 1
		}
	}
	if ed.Group == "item" {
		part = 1 // each item is its own first part
	}
	e := &Entry{
		Edition: ed.ID, ID: mint(l.plan.Config.Site.Tag, ed.ID, t, part),
		Story: story, Part: part, Published: t.Published, Updated: t.Published, Lead: t,
	}
	l.entries[story] = append(l.entries[story], e)
	l.opened[e] = true
	l.touch(e)
}

// mint makes an entry's id (RFC 4151) from what names its first item for ever:
// a fresh database mints the same one (I3).
func mint(tag, edition string, t Telling, part int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d", edition, t.Source, t.Key, part))
	return "tag:" + tag + ":" + hex.EncodeToString(sum[:12])
}

// settle puts the best telling in front. Only for an entry that nobody has read
// yet: afterwards its lead is frozen.
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
	e.Published, e.Updated = e.Lead.Published, e.Lead.Published
}

// leads says whether a goes before b: the earliest, which is the original among
// equal texts, then the weightiest, the fullest. Which of two equal texts came to
// us first says nothing: feeds are polled in any order.
func leads(a, b *Telling) bool {
	switch {
	case !a.Published.Equal(b.Published):
		return a.Published.Before(b.Published)
	case a.Weight != b.Weight:
		return a.Weight > b.Weight
	default:
		return a.Words > b.Words
	}
}

// remove takes a record out of an entry. An entry that loses its lead is
// withdrawn, or says that the publisher has; the tellings it still has open one
// of their own.
func (l *layout) remove(ed *config.Edition, e *Entry, r *Record) {
	if e.Lead.Record != r.ID {
		e.Also = slices.DeleteFunc(e.Also, func(t Telling) bool { return t.Record == r.ID })
		l.touch(e)
		return
	}
	rest := e.Also
	switch {
	case r.Withdrawn.IsZero() || l.opened[e]:
		l.withdraw(e)
	case e.Lead.Withdrawn.IsZero():
		e.Also = nil
		l.takeBack(e, r)
	}
	for _, t := range rest {
		l.join(ed, t, e.Story)
	}
}

func (l *layout) withdraw(e *Entry) {
	if !l.opened[e] {
		l.withdrawn[e.ID] = true
	}
	delete(l.changed, e)
	delete(l.opened, e)
	l.entries[e.Story] = slices.DeleteFunc(l.entries[e.Story], func(o *Entry) bool { return o == e })
	l.editions[e.Edition] = true
}

// mark brings an entry's telling up to the orders about it. What changes its
// text is an override and moves Updated; a pin changes its place alone.
func (l *layout) mark(e *Entry, r *Record) {
	t := &e.Lead
	for i := range e.Also {
		if e.Also[i].Record == r.ID {
			t = &e.Also[i]
		}
	}
	changed, text := t.mark(r.Orders, e.Edition, l.now)
	if text && !l.opened[e] {
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
			changed = append(changed, Issue{Edition: ed.ID, Print: l.plan.look(ed)})
		}
	}
	return entries, withdrawn, changed
}
