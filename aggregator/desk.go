package aggregator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/wiredesk/wiredesk/aggregator/story"
	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// A DeskStore is what the desk asks of the store.
type DeskStore interface {
	Queue(ctx context.Context, due Due, limit int) ([]Record, error)
	Window(ctx context.Context, since time.Time) (Window, error)
	Stories(ctx context.Context, stories, has []int64, single []string) (entries []Entry, waiting []Record, err error)
	Issues(ctx context.Context) ([]Issue, error)
	File(ctx context.Context, f Filing) error
}

// batch is how many records one transaction files: small enough that polls
// waiting to save do not wait long.
const batch = 200

// How long Run waits unasked. Orders by hand come from other processes, which
// cannot wake it.
const (
	deskPause = 2 * time.Second
	deskRetry = time.Minute // after an error
)

// A Desk files records into stories and entries, in order. It belongs to one
// goroutine; Wake may be called from any.
type Desk struct {
	Store DeskStore
	Plan  func() *Plan
	Log   *slog.Logger
	Now   func() time.Time
	Filed func() // called after a round that changed an edition; may be nil
	// Replanned is called after each batch of records that another plan had
	// filed, with how many there were since the queue was empty; may be nil.
	Replanned func(done int)
	Once      bool // files all there is and holds nothing, as `run --once` does: its next chance may be far away

	signer story.Signer
	index  *story.Index    // nil: to be read from the store
	fresh  map[string]bool // ids of the entries opened in this round
	blocks int64           // the last block heeded; -1 before the first look
	names  int             // renamings that the index knows of
	wake   chan struct{}
}

// NewDesk returns a desk that files by the active plan.
func NewDesk(store DeskStore, plan func() *Plan, log *slog.Logger) *Desk {
	return &Desk{Store: store, Plan: plan, Log: log, Now: time.Now, blocks: -1, wake: make(chan struct{}, 1)}
}

// Wake tells Run that something was saved. It never blocks.
func (d *Desk) Wake() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Run files whatever waits, at every Wake and every few seconds besides, until
// ctx ends. A store that cannot be read is logged and tried again.
func (d *Desk) Run(ctx context.Context) error {
	for {
		pause := deskPause
		round, err := d.File(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, ErrRenamed): // the plan that says so comes at once
		case err != nil:
			d.Log.Error("filing waits for the store", "err", err)
			pause = deskRetry
		case round.Filed > 0:
			d.Log.Info("filed", "items", round.Filed, "unmatched", round.Unmatched,
				"lead", round.Lead, "also", round.Also, "copy", round.Copy)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-d.wake:
		case <-time.After(pause):
		}
	}
}

// File files every record that waits and returns the ledger. New items,
// revisions, records of an older plan and orders by hand are one queue.
func (d *Desk) File(ctx context.Context) (Round, error) {
	d.fresh = map[string]bool{}
	var sum Round
	past := 0
	for ctx.Err() == nil {
		if err := d.heed(ctx); err != nil {
			return sum, err
		}
		plan, now := d.Plan(), d.Now()
		due := Due{Plan: plan.Print, Now: now}
		if !d.Once { // of a minute that is not over more may come
			due.Before = now.Truncate(time.Minute)
		}
		records, err := d.Store.Queue(ctx, due, batch)
		if err != nil {
			return sum, err
		}
		if len(records) == 0 {
			return sum, d.reprint(ctx, plan)
		}
		round, err := d.file(ctx, plan, records, due.Now)
		if err != nil {
			d.index = nil // it may hold what was not stored: read it again
			return sum, err
		}
		sum.add(round)
		if replanned(plan, records) && d.Replanned != nil {
			past += len(records)
			d.Replanned(past)
		}
	}
	return sum, ctx.Err()
}

// file decides on one batch and stores the decisions in one transaction.
func (d *Desk) file(ctx context.Context, plan *Plan, records []Record, now time.Time) (Round, error) {
	if plan.names.Count() != d.names {
		d.names, d.index = plan.names.Count(), nil // it knows sources by ids that are no more
	}
	if err := d.open(ctx, now); err != nil {
		return Round{}, err
	}
	f := Filing{Plan: plan.Print, At: d.Now(), Renamed: plan.names.Count(), Staged: replanned(plan, records), Frequencies: d.index.Due(now)}
	d.index.Use(f.Frequencies...)
	var stories, has []int64
	for i := range records {
		r := &records[i]
		stories, has = append(stories, r.Story), append(has, r.ID)
		d.decide(plan, r, now)
		stories = append(stories, r.Story)
		f.Round.count(r)
	}
	slices.Sort(stories)
	stories = slices.DeleteFunc(slices.Compact(stories), func(id int64) bool { return id == 0 })
	entries, waiting, err := d.Store.Stories(ctx, stories, has, plan.single())
	if err != nil {
		return Round{}, err
	}
	l := newLayout(plan, entries, now)
	l.once = d.Once
	if d.Once {
		l.fresh = d.fresh
	}
	for _, r := range together(plan, records, waiting) {
		l.place(r)
	}
	l.arrange()
	for i := range records {
		f.Decisions = append(f.Decisions, l.decision(&records[i]))
	}
	f.Entries, f.Withdrawn, f.Changed = l.result()
	if f.Staged {
		f.Changed = nil // not yet
	}
	return f.Round, d.store(ctx, f)
}

// store commits a filing and tells who waits for changed editions.
func (d *Desk) store(ctx context.Context, f Filing) error {
	err := d.Store.File(ctx, f)
	if err == nil && len(f.Changed) > 0 && d.Filed != nil {
		d.Filed()
	}
	return err
}

// decide fills r's matches and its place. A panic is this item's own: it stays
// unmatched, and why says so (I4).
func (d *Desk) decide(plan *Plan, r *Record, now time.Time) {
	defer func() {
		if p := recover(); p != nil {
			d.Log.Error("panic in filing", "item", r.ID, "err", p, "stack", string(debug.Stack()))
			r.Matches, r.Signature = nil, nil
			r.nowhere("")
			r.Rule = fmt.Sprintf("not filed, a defect of wiredesk: panic: %v", p)
		}
	}()
	if !r.Withdrawn.IsZero() {
		d.index.Remove(r.ID)
		r.nowhere("withdrawn by its publisher")
		return
	}
	returns := back(plan, r)
	cut := sync.OnceValues(func() (title, text []words.Word) { // for topics and stories
		return words.Split(r.Item.Title), words.Split(r.Item.Text)
	})
	if !returns || len(r.Orders) > 0 {
		r.Matches = plan.match(r, cut)
	}
	if !slices.ContainsFunc(r.Matches, func(m topic.Match) bool { return m.In }) {
		d.index.Remove(r.ID)
		r.nowhere("")
		return
	}
	if story, rule := placed(r); story != 0 {
		d.move(r, story, rule)
	}
	if now.Sub(r.FirstSeen) > story.Window { // the index does not hold its time
		d.index.Remove(r.ID)
		if r.Story == 0 {
			r.Story, r.CopyOf, r.Rule = r.ID, 0, "late: it came more than 14 days ago and is compared with nothing"
		}
		return
	}
	if returns && d.index.Story(r.ID) == r.Story {
		return // what it is compared by stands, in the store too
	}
	title, text := cut()
	p := story.Piece{Record: r.ID, Source: r.Source, At: r.Published, Came: r.FirstSeen, Signature: d.signer.SignWords(&r.Item, title, text)}
	r.Signature = &p.Signature
	if r.Story == 0 { // a record keeps the place it was once given
		v := d.index.Place(p)
		r.Story, r.CopyOf, r.Rule, r.Near, r.Links = v.Story, v.CopyOf, v.Rule, v.Near.String(), v.Links
	}
	d.index.Add(p, story.Verdict{Story: r.Story, CopyOf: r.CopyOf})
}

// back says whether a record was filed before as it is and by this plan, and only
// its time has come: most are, when the hold of their edition is over.
func back(plan *Plan, r *Record) bool {
	return r.Story != 0 && r.FiledRev == r.Rev && r.FiledPlan == plan.Print && r.FiledOrder >= r.LastOrder()
}

// nowhere takes a record out of its story.
func (r *Record) nowhere(rule string) {
	r.Story, r.CopyOf, r.Rule, r.Near, r.Links = 0, 0, rule, "", nil
}

// move gives a record the story that an order names. It stays a copy only of what
// tells the same.
func (d *Desk) move(r *Record, story int64, rule string) {
	if r.Story == story {
		return
	}
	r.Story, r.Rule = story, rule
	if d.index.Story(r.CopyOf) != story {
		r.CopyOf = 0
	}
}

func doc(plan *Plan, r *Record) topic.Doc {
	d := topic.Doc{Item: &r.Item, Source: r.Source}
	if src := plan.Source(r.Source); src != nil {
		d.Home, d.Take, d.Tags = src.Home, src.Take, src.Tags
	}
	return d
}

// shows says whether ed publishes r, and the topics it does so for.
func shows(ed *config.Edition, r *Record) (topics []string) {
	if slices.Contains(ed.ExcludeSources, r.Source) {
		return nil
	}
	if !r.Withdrawn.IsZero() {
		return nil
	}
	if len(ed.Langs) > 0 && !slices.Contains(ed.Langs, r.Item.Lang) {
		return nil
	}
	for _, m := range r.Matches {
		if m.In && slices.Contains(ed.Topics, m.Topic) {
			topics = append(topics, m.Topic)
		}
	}
	return topics
}
