package aggregator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"runtime/debug"
	"slices"
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
	Adopt(ctx context.Context, sources []string, now time.Time) error
	Due(ctx context.Context, now time.Time, limit int) ([]State, error)
	Memory(ctx context.Context, source string) (Memory, error)
	Seen(ctx context.Context, source string, keys []string) ([]Seen, error)
	Save(ctx context.Context, b Batch) error
}

// workers is how many sources a poller asks at the same time.
const workers = 16

// A Poller asks sources when they are due and saves what they answer. Its
// fields are set before Run and not changed after.
type Poller struct {
	Store  PollStore
	Client Fetcher
	Plan   func() *Plan // the active plan; each poll asks once and keeps the answer
	Log    *slog.Logger
	Saved  func() // called after each save, from several goroutines; may be nil
	Now    func() time.Time
	Hubs   *Subscriber   // sources that hubs speak for are asked less often; nil for none
	Ahead  time.Duration // polls what falls due within it; for runs from cron, which come a little early
}

// A Report sums up the polls of one Once.
type Report struct {
	Polled int
	Failed int
	Tally  Tally
}

// Run polls what is due until ctx ends, then waits for the polls in flight. It
// returns nil at shutdown, and an error only when the store cannot be read at
// the start.
func (p *Poller) Run(ctx context.Context) error {
	err := p.adopt(ctx)
	if err == nil {
		_, err = p.loop(ctx, true)
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// Once polls every source that is due and returns when all have answered. A
// source that fails is counted, not returned: the error is of the store or of ctx.
func (p *Poller) Once(ctx context.Context) (Report, error) {
	if err := p.adopt(ctx); err != nil {
		return Report{}, err
	}
	return p.loop(ctx, false)
}

// adopt makes the store's states those of the plan's sources.
func (p *Poller) adopt(ctx context.Context) error {
	var ids []string
	for _, src := range p.Plan().Config.Sources {
		ids = append(ids, src.ID)
	}
	return p.Store.Adopt(ctx, ids, p.Now())
}

// loop keeps up to workers polls in flight, at most one a host: a slow source
// costs a worker for its time, and nobody else anything.
func (p *Poller) loop(ctx context.Context, forever bool) (Report, error) {
	var group errgroup.Group
	group.SetLimit(workers)
	defer group.Wait() // no poll returns an error: each saves its own
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	l := lineUp{busy: map[string]bool{}, hosts: map[string]bool{}, later: map[string]time.Time{}}
	results := make(chan result, workers)
	var sum Report
	for ctx.Err() == nil {
		if err := p.refill(ctx, &l, forever); err != nil && ctx.Err() == nil {
			if !forever {
				return sum, err
			}
			p.Log.Error("polling waits for the store", "err", err)
		}
		for l.flying < workers {
			next, ok := l.take()
			if !ok {
				break
			}
			l.start(next)
			group.Go(func() error {
				results <- p.poll(ctx, next)
				return nil
			})
		}
		if !forever && l.flying == 0 {
			break
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
			l.queue = nil // ask the store again
		case r := <-results:
			sum.add(r.Report)
			l.end(r, forever, p.Now())
		}
	}
	return sum, ctx.Err()
}

// A turn is one source with what its poll needs.
type turn struct {
	plan  *Plan
	src   *config.Source
	state State
}

// A result is how a turn ended.
type result struct {
	turn
	Report
	unsaved bool
}

// A lineUp says who is asked next. It belongs to the poller's loop.
type lineUp struct {
	queue  []turn
	busy   map[string]bool // sources in flight; without a next round, also those done
	hosts  map[string]bool // in flight
	flying int
	// later holds sources whose state could not be saved. They are still due in
	// the store, and must not be asked every second for that (I5).
	later map[string]time.Time
}

// refill reads what is due once the queue is empty.
func (p *Poller) refill(ctx context.Context, l *lineUp, forever bool) error {
	if len(l.queue) > 0 {
		return nil
	}
	due, err := p.Store.Due(ctx, p.Now().Add(p.Ahead), 1000+len(l.busy)+len(l.later))
	if err != nil {
		return err
	}
	plan := p.Plan()
	for _, st := range due {
		src := plan.Source(st.Source)
		if src != nil && !l.busy[st.Source] && !p.Now().Before(l.later[st.Source]) {
			l.queue = append(l.queue, turn{plan, src, st})
		}
	}
	return nil
}

// take finds the first in the queue whose host nobody is asking.
func (l *lineUp) take() (turn, bool) {
	for i, t := range l.queue {
		if !l.hosts[hostOf(t.src.URL)] && !l.busy[t.src.ID] {
			l.queue = slices.Delete(l.queue, i, i+1)
			return t, true
		}
	}
	return turn{}, false
}

func (l *lineUp) start(t turn) {
	l.busy[t.src.ID], l.hosts[hostOf(t.src.URL)] = true, true
	l.flying++
}

func (l *lineUp) end(r result, forever bool, now time.Time) {
	l.flying--
	delete(l.hosts, hostOf(r.src.URL))
	if forever {
		delete(l.busy, r.src.ID)
	}
	delete(l.later, r.src.ID)
	if r.unsaved {
		l.later[r.src.ID] = now.Add(max(r.plan.every(r.src), r.plan.Config.Defaults.MinFetch))
	}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
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
	started := p.Now()
	b, err := p.ask(ctx, t.plan, t.src, t.state)
	if ctx.Err() != nil {
		return result{turn: t} // shutdown: the source stays due
	}
	if err != nil {
		b = failed(t.plan, t.src, t.state, err, p.Now())
	}
	if err == nil && p.Hubs != nil {
		b.State.NextPoll = p.Hubs.Thin(ctx, t.plan, &b)
	}
	if err := p.Store.Save(ctx, b); err != nil {
		p.Log.Error("save", "source", t.src.ID, "err", err)
		return result{turn: t, Report: Report{Polled: 1, Failed: 1}, unsaved: true}
	}
	if p.Saved != nil && len(b.Records) > 0 {
		p.Saved()
	}
	p.log(t.src, b, p.Now().Sub(started))
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
		st.ETag, st.LastModified, st.Sum = "", "", nil // another address: nothing we know holds
	}
	resp, err := p.Client.Get(ctx, fetch.Request{
		URL: src.URL, ETag: st.ETag, LastModified: st.LastModified, Headers: src.Headers,
	})
	if errors.Is(err, fetch.ErrNotModified) {
		return unchanged(plan, src, st, resp, p.Now()), nil
	}
	if err != nil {
		return Batch{}, err
	}
	b, err = p.read(ctx, plan, src, st, resp)
	return b, lead(src, resp, err)
}

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
