package aggregator

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

// How the poller reads the store: what is due within readAhead, every
// readEvery, as long as no more than enough are in line.
const (
	readAhead = 10 * time.Second
	readEvery = 5 * time.Second
	someDue   = 1000
	enough    = 20000
)

// A watch is what the loop knows while it runs. It belongs to it.
type watch struct {
	*lineUp
	forever bool
	plan    *Plan     // the adopted one
	read    time.Time // when the store is to be read again, by the monotonic clock
	more    bool      // the store has more that is due
	held    bool      // nobody new is asked: the clock was set
	turns   chan turn
	results chan result
}

func newWatch(forever bool) *watch {
	return &watch{lineUp: newLineUp(), forever: forever, turns: make(chan turn, places), results: make(chan result, places)}
}

// A result is how a turn ended.
type result struct {
	turn
	Report
	unsaved bool
}

// loop keeps polls in flight, at most one a host: a slow source costs a place for
// its time, and nobody else anything.
func (p *Poller) loop(ctx context.Context, r *watch, sum *Report) error {
	p.clock = newClock(p.Now)
	if err := p.adopt(ctx, r, 0); err != nil {
		return err
	}
	var group errgroup.Group
	defer group.Wait() // no poll returns an error: each saves its own
	p.work(ctx, r, &group)
	defer close(r.turns)
	if r.forever { // a poll that a stop has cut short is due at once, and its host was asked a moment ago
		idle(ctx, time.Second)
	}
	tick := time.NewTimer(0)
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := p.prepare(ctx, r); err != nil && ctx.Err() == nil {
			if !r.forever {
				return err
			}
			p.Log.Error("polling waits for the store", "err", err)
		}
		wait := time.Second
		if !r.held {
			r.start()
			wait = r.wait(time.Now(), wait)
		}
		if !r.forever && r.flying == 0 && !r.more {
			break
		}
		tick.Reset(wait)
		select {
		case <-ctx.Done():
		case <-tick.C:
		case done := <-r.results:
			p.finish(r, done, sum)
		}
	}
	return ctx.Err()
}

// idle waits, or less when ctx ends.
func idle(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// prepare follows the clock and the plan, and reads what is due.
func (p *Poller) prepare(ctx context.Context, r *watch) error {
	step := p.clock.step()
	if r.held = step != 0; r.held {
		if r.flying > 0 {
			return nil // what is in flight decides by the old time, and is saved first
		}
		p.Log.Warn("the clock was set: all next polls move along", "step", step)
		if err := p.adopt(ctx, r, step); err != nil {
			return err
		}
		p.clock.follow(step)
		r.held = false
	}
	if p.Plan() != r.plan {
		if err := p.adopt(ctx, r, 0); err != nil {
			return err
		}
	}
	return p.refill(ctx, r)
}

// work polls in all places until no more turns come. The goroutines are kept from
// poll to poll: each one would grow its stack anew, at a twentieth of what a poll
// costs that brings nothing.
func (p *Poller) work(ctx context.Context, r *watch, group *errgroup.Group) {
	for range places {
		group.Go(func() error {
			for t := range r.turns {
				r.results <- p.poll(ctx, t)
			}
			return nil
		})
	}
}

// start begins what is due, while there are places.
func (r *watch) start() {
	for {
		next, ok := r.take(time.Now())
		if !ok {
			return
		}
		r.turns <- next
	}
}

// finish takes a result in. A state that could not be saved is still due in the
// store, and must not be asked every second for that (I5): it keeps its place in
// line, an interval later.
func (p *Poller) finish(r *watch, done result, sum *Report) {
	r.end(done.turn, !r.forever)
	if sum != nil {
		sum.add(done.Report)
	}
	if done.unsaved && r.forever {
		t := done.turn
		t.due = time.Now().Add(max(t.plan.every(t.src), t.plan.Config.Defaults.MinFetch))
		r.add(t)
	}
}

// adopt makes the store's states those of the plan's sources. What is in line
// belongs to the old plan and is read again.
func (p *Poller) adopt(ctx context.Context, r *watch, step time.Duration) error {
	plan := p.Plan()
	roster := Roster{Now: p.clock.now().Add(step), Step: step, URLs: map[string]string{}}
	for _, src := range plan.Config.Sources {
		roster.URLs[src.ID] = src.URL
	}
	if err := p.Store.Adopt(ctx, roster); err != nil {
		return err
	}
	r.clear()
	r.plan, r.read = plan, time.Time{}
	return nil
}

// refill reads what is due, or will be soon. Once reads until nothing is left.
func (p *Poller) refill(ctx context.Context, r *watch) error {
	now := time.Now()
	if r.size >= enough || now.Before(r.read) && !(r.more && r.size < someDue/2) {
		return nil
	}
	ahead := readAhead
	if !r.forever {
		ahead = p.Ahead
	}
	wall := p.clock.now()
	due, err := p.Store.Due(ctx, wall.Add(ahead), someDue, r.known)
	r.read = now.Add(readEvery)
	if err != nil {
		r.more = false
		return err
	}
	before := r.size
	for _, st := range due {
		src := r.plan.Source(st.Source)
		if src == nil {
			continue
		}
		t := turn{plan: r.plan, src: src, state: st, host: hostOf(askedAt(src, st)), due: now}
		if wait := st.NextPoll.Sub(wall); r.forever && wait > 0 {
			t.due = now.Add(wait)
		}
		r.add(t)
	}
	r.more = len(due) == someDue && r.size > before
	return nil
}
