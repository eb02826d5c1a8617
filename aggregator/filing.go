package aggregator

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/aggregator/story"
	"github.com/wiredesk/wiredesk/aggregator/topic"
)

// A Filing is everything one desk round changes, applied whole or not at all.
// The store gives each decision the next FiledSeq in the order of Decisions.
//
// A changed topic works on the past in many rounds, and a reader is to see none
// of it or all. So what such a round does to entries is Staged: the desk finds it
// again, readers do not. The round that finds nothing left to do has Show.
type Filing struct {
	Plan        string // fingerprint of the plan that decided
	Decisions   []Decision
	Entries     []Entry             // opened or changed, whole
	Withdrawn   []string            // ids of entries taken out of their edition
	Changed     []Issue             // editions whose documents change: Edition and Print; the store raises Version and ChangedAt
	Staged      bool                // Entries and Withdrawn are kept back from readers
	Show        bool                // all that was ever kept back is published now
	Digests     []Digest            // made of what is published
	Round       Round               // the ledger
	Frequencies []story.Frequencies // frozen before these decisions
	At          time.Time           // the round's time
	Renamed     int                 // how many renamings the plan knew of
}

// ErrRenamed is the store's answer to a filing that was begun before a renaming:
// what it says of ids is out of date. Nothing of it is stored.
var ErrRenamed = errors.New("ids were renamed meanwhile")

// A Decision is what the desk says of one record. It holds for the revision and
// the orders it was made of: a record that is revised, or about which an order is
// given, meanwhile stays in the queue.
type Decision struct {
	Record    int64
	Rev       int
	Order     int64     // the last one obeyed; 0 for none
	Again     time.Time // when to file the record again; zero: when something happens
	Matches   []topic.Match
	Story     int64 // id of the story's first record; 0 when in no topic
	CopyOf    int64
	Rule      string
	Near      string
	Links     []story.Link
	Signature *story.Signature // nil: what is stored stands
	Aside     string           // why no entry shows it, or not yet
}

// A Due asks the store for what waits. The store lists it in one order, which
// depends on the items alone: by the minute in which they came or were revised,
// their date, their source and their key.
type Due struct {
	Plan   string    // fingerprint: what another plan filed waits
	Now    time.Time // what was to be filed again by now waits
	Before time.Time // what came or was revised later is left out; zero: nothing is
}

// together are the records of a batch, and behind them those that wait for an
// entry of the same stories. What another plan decided comes by itself.
func together(plan *Plan, records, waiting []Record) (all []*Record) {
	for i := range records {
		all = append(all, &records[i])
	}
	for i := range waiting {
		if r := &waiting[i]; r.FiledPlan == plan.Print {
			all = append(all, r)
		}
	}
	return all
}

// decision is what is stored of a record that was placed.
func (l *layout) decision(r *Record) Decision {
	w, again := l.waits[r.ID], expires(l.plan, r.Orders, l.now)
	if again.IsZero() || !w.until.IsZero() && w.until.Before(again) {
		again = w.until
	}
	return Decision{
		Record: r.ID, Rev: r.Rev, Order: r.LastOrder(), Again: again, Matches: r.Matches,
		Story: r.Story, CopyOf: r.CopyOf, Rule: r.Rule, Near: r.Near, Links: r.Links, Signature: r.Signature, Aside: strings.Join(w.why, "; "),
	}
}

// replanned says whether nothing has happened to these records but another plan.
// What that does to entries is staged; the new and the revised are published at
// once, by the plan that is active.
func replanned(plan *Plan, records []Record) bool {
	return !slices.ContainsFunc(records, func(r Record) bool {
		return r.FiledPlan == plan.Print || r.FiledRev < r.Rev || r.FiledOrder < r.LastOrder()
	})
}

// heed tells who waits for changed editions of a block given elsewhere. It holds
// already, whatever else the desk has to do.
func (d *Desk) heed(ctx context.Context) error {
	issues, err := d.Store.Issues(ctx)
	if err != nil || len(issues) == 0 {
		return err
	}
	last := issues[0].Blocks
	if d.blocks >= 0 && last != d.blocks && d.Filed != nil {
		d.Filed()
	}
	d.blocks = last
	return nil
}

// reprint raises the version of editions whose look the plan has changed, and of
// those whose entries it has changed: nothing is left to file, so what was staged
// is shown.
func (d *Desk) reprint(ctx context.Context, plan *Plan) error {
	issues, err := d.Store.Issues(ctx)
	if err != nil {
		return err
	}
	stand := map[string]Issue{}
	for _, is := range issues {
		stand[is.Edition] = is
	}
	f := Filing{Plan: plan.Print, At: d.Now(), Show: true, Renamed: plan.names.Count()}
	for _, ed := range plan.Config.Editions {
		if look, is := plan.look(ed), stand[ed.ID]; is.Print != look || is.Staged {
			f.Changed = append(f.Changed, Issue{Edition: ed.ID, Print: look, Private: ed.Private})
		}
	}
	if len(f.Changed) == 0 {
		return nil
	}
	return d.store(ctx, f)
}
