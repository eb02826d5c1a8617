package aggregator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// A Fetcher asks one address once: Get for a feed, Page for an HTML page after
// its robots.txt (fetch.ErrRobots). *fetch.Client is the guarded one; tests have
// one in memory.
type Fetcher interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
	Page(ctx context.Context, url string) (*fetch.Response, error)
}

// A PollStore is what the poller asks of the store.
type PollStore interface {
	Adopt(ctx context.Context, r Roster) error
	Due(ctx context.Context, now time.Time, limit int) ([]State, error)
	Memory(ctx context.Context, source string) (Memory, error)
	Seen(ctx context.Context, source string, keys []string) ([]Seen, error)
	Save(ctx context.Context, b Batch) error
}

// A Roster says whom to poll from now on.
type Roster struct {
	Now time.Time
	// Step is by how much the clock has been set since the last roster; every next
	// poll moves along with it. A store that knows of a later time than Now adds
	// what is missing: the clock was set back while nobody was polling.
	Step time.Duration
	URLs map[string]string // addresses in the config, by source id
}

// A Poller asks sources when they are due and saves what they answer. Its
// fields are set before Run and not changed after.
type Poller struct {
	Store  PollStore
	Client Fetcher
	Plan   func() *Plan // the active plan; each poll asks once and keeps the answer
	Log    *slog.Logger
	Saved  func() // called after each save, from several goroutines; may be nil
	Now    func() time.Time
	Ahead  time.Duration // Once polls what falls due within it; for runs from cron, which come a little early

	clock *clock // set by Run and Once
}

// How the poller reads the store: what is due within readAhead, every
// readEvery, as long as no more than enough are in line.
const (
	readAhead = 10 * time.Second
	readEvery = 5 * time.Second
	someDue   = 1000
	enough    = 20000
)

// A Report sums up the polls of one Once.
type Report struct {
	Polled int
	Failed int
	Tally  Tally
}

// Run polls what is due until ctx ends, then waits for the polls in flight. It
// returns nil at shutdown, and an error only when the store cannot be read at
// the start. It follows the plan: sources of a new one are adopted within a second.
func (p *Poller) Run(ctx context.Context) error {
	err := p.loop(ctx, newWatch(true), nil)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// Once polls every source that is due and returns when all have answered. A
// source that fails is counted, not returned: the error is of the store or of ctx.
func (p *Poller) Once(ctx context.Context) (sum Report, err error) {
	err = p.loop(ctx, newWatch(false), &sum)
	return sum, err
}

// A watch is what the loop knows while it runs. It belongs to it.
type watch struct {
	*lineUp
	forever bool
	plan    *Plan     // the adopted one
	read    time.Time // when the store is to be read again, by the monotonic clock
	more    bool      // the store has more that is due
	held    bool      // nobody new is asked: the clock was set
	results chan result
}

func newWatch(forever bool) *watch {
	return &watch{lineUp: newLineUp(), forever: forever, results: make(chan result, places)}
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
			p.start(ctx, r, &group)
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

// start begins what is due, while there are places.
func (p *Poller) start(ctx context.Context, r *watch, group *errgroup.Group) {
	for {
		next, ok := r.take(time.Now())
		if !ok {
			return
		}
		group.Go(func() error {
			r.results <- p.poll(ctx, next)
			return nil
		})
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
	limit := someDue + len(r.known)
	due, err := p.Store.Due(ctx, wall.Add(ahead), limit)
	r.read = now.Add(readEvery)
	r.more = len(due) == limit
	if err != nil {
		return err
	}
	for _, st := range due {
		src := r.plan.Source(st.Source)
		if src == nil || r.known[st.Source] {
			continue
		}
		t := turn{plan: r.plan, src: src, state: st, host: hostOf(askedAt(src, &st)), due: now}
		if wait := st.NextPoll.Sub(wall); r.forever && wait > 0 {
			t.due = now.Add(wait)
		}
		r.add(t)
	}
	return nil
}

func (r *Report) add(o Report) {
	r.Polled += o.Polled
	r.Failed += o.Failed
	r.Tally.add(o.Tally)
}

func (t *Tally) add(o Tally) {
	t.Fetched += o.Fetched
	t.New += o.New
	t.Changed += o.Changed
	t.Known += o.Known
	t.Invalid += o.Invalid
	t.Over += o.Over
}

// poll asks one source and saves the answer. Whatever goes wrong, a panic
// included, is this source's own: it becomes its state (I4).
func (p *Poller) poll(ctx context.Context, t turn) result {
	started := time.Now()
	b, err := p.ask(ctx, t.plan, t.src, t.state)
	if ctx.Err() != nil {
		return result{turn: t} // shutdown: the source stays due
	}
	if err != nil {
		b = failed(t.plan, t.src, t.state, err, p.now())
	}
	took := time.Since(started)
	b.State.Took = took.Round(time.Millisecond)
	if err := p.Store.Save(ctx, b); err != nil {
		p.Log.Error("save", "source", t.src.ID, "err", err)
		return result{turn: t, Report: Report{Polled: 1, Failed: 1}, unsaved: true}
	}
	if p.Saved != nil && len(b.Records) > 0 {
		p.Saved()
	}
	p.log(t.src, b, took)
	r := result{turn: t, Report: Report{Polled: 1}}
	if err != nil {
		r.Failed = 1
	} else if !b.Dropped {
		r.Tally = b.State.Last
	}
	return r
}

// ask fetches and reads, and turns a panic into an error.
func (p *Poller) ask(ctx context.Context, plan *Plan, src *config.Source, st State) (b Batch, err error) {
	defer func() {
		if r := recover(); r != nil {
			p.Log.Error("panic in a poll", "source", src.ID, "err", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("a defect of wiredesk, please report it: panic: %v", r)
		}
	}()
	if st.URL != src.URL {
		st.ETag, st.LastModified, st.Sum, st.Move = "", "", nil, Move{} // another address: nothing we know holds
	}
	asked := request(src, &st, p.now())
	resp, err := p.Client.Get(ctx, asked)
	if errors.Is(err, fetch.ErrNotModified) {
		return unchanged(plan, src, st, asked, resp, p.now()), nil
	}
	if err != nil {
		return Batch{}, err
	}
	return p.read(ctx, plan, src, st, asked, resp)
}

// now is the time to decide by.
func (p *Poller) now() time.Time { return p.clock.now() }

// log writes one line for a poll that changed something or failed anew.
func (p *Poller) log(src *config.Source, b Batch, took time.Duration) {
	switch st := b.State; {
	case st.Error != "" && st.Failures == 1:
		p.Log.Warn("poll failed", "source", src.ID, "err", st.Error, "next", st.NextPoll)
	case st.Error != "":
		p.Log.Debug("poll failed again", "source", src.ID, "err", st.Error, "failures", st.Failures)
	case len(b.Records) > 0:
		p.Log.Info("poll", "source", src.ID, "new", st.Last.New, "changed", st.Last.Changed,
			"known", st.Last.Known, "took", took.Round(time.Millisecond))
	default:
		p.Log.Debug("poll", "source", src.ID, "new", 0, "took", took.Round(time.Millisecond))
	}
}
