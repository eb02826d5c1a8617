package aggregator

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

// open mints an entry of a story's items in order of date. Its id is that of the
// first; the best of them leads.
func (l *layout) open(ed *config.Edition, story int64, members []Telling, opened time.Time) *Entry {
	first := members[0]
	e := &Entry{
		Edition: ed.ID, Story: story, Part: l.part(ed, story),
		Opened: opened, Began: first.Published, Lead: first, Also: slices.Clone(members[1:]),
	}
	for e.ID == "" || l.taken(e) {
		if e.ID != "" {
			e.Part++
		}
		e.ID = l.plan.mint(ed.ID, first, e.Part)
	}
	settle(e)
	if len(e.Also) > maxAlso {
		for _, t := range e.Also[maxAlso:] {
			l.leave(t.Record, ed, full)
		}
		e.Also = e.Also[:maxAlso]
	}
	if l.withdrawn[e.ID] {
		e.Updated = l.now.UTC().Truncate(time.Second) // another item under an id that readers hold
	}
	l.entries[story] = append(l.entries[story], e)
	l.fresh[e.ID] = true
	l.touch(e)
	return e
}

// part is the number of the next entry of a story in an edition. Where each item
// has an entry of its own, each is its own first part.
func (l *layout) part(ed *config.Edition, story int64) int {
	part := 1
	for _, e := range l.entries[story] {
		if e.Edition == ed.ID && e.Part >= part && ed.Group != "item" {
			part = e.Part + 1
		}
	}
	return part
}

// taken says whether another entry has e's id, as when its first item has moved
// to another story.
func (l *layout) taken(e *Entry) bool {
	for _, es := range l.entries {
		if slices.ContainsFunc(es, func(o *Entry) bool { return o.ID == e.ID }) {
			return true
		}
	}
	return false
}

// mint makes an entry's id (RFC 4151) from what names its first item for ever:
// a fresh database mints the same one (I3), and so does one in which its edition
// or source was renamed.
func (p *Plan) mint(edition string, t Telling, part int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d", p.names.root(EditionID, edition), p.names.root(SourceID, t.Source), t.Key, part))
	return "tag:" + p.Config.Site.Tag + ":" + hex.EncodeToString(sum[:12])
}

// reopen gives what is left of an entry that has lost its lead one of its own, in
// the same part and without waiting again.
func (l *layout) reopen(ed *config.Edition, old *Entry) {
	if len(old.Also) == 0 {
		return
	}
	rest := slices.SortedFunc(slices.Values(old.Also), byDate)
	e := l.open(ed, old.Story, rest, old.opened())
	if ed.Group != "item" { // as its group may have been other when old was opened
		e.Earlier = old.Earlier
	}
}
