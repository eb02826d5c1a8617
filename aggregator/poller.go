package aggregator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// A Fetcher asks one address once: Get for a feed, Page for an HTML page after
// its robots.txt (fetch.ErrRobots). What does not ask Request.Same has the last
// document read again, in vain. *fetch.Client is the guarded one; tests have one in
// memory.
type Fetcher interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
	Page(ctx context.Context, url string) (*fetch.Response, error)
}

// A PollStore is what the poller asks of the store. Due leaves out the sources of
// but, and lists as many more; the states are the caller's to keep.
type PollStore interface {
	Adopt(ctx context.Context, r Roster) error
	Due(ctx context.Context, now time.Time, limit int, but map[string]bool) ([]*State, error)
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
	Hubs   *Subscriber   // sources that hubs speak for are asked less often; nil for none
	Ahead  time.Duration // Once polls what falls due within it; for runs from cron, which come a little early

	clock *clock // set by Run and Once
}

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
	b, err := p.ask(ctx, t.plan, t.src, *t.state)
	if ctx.Err() != nil {
		return result{turn: t} // shutdown: the source stays due
	}
	if err != nil {
		b = failed(t.plan, t.src, *t.state, err, p.now())
	}
	took := time.Since(started)
	b.Notice = notice(&b.State, p.now())
	b.State.Took = took.Round(time.Millisecond)
	if err == nil && p.Hubs != nil {
		b.State.NextPoll = p.Hubs.Thin(ctx, t.plan, &b)
	}
	if err := guarded(func() error { return p.Store.Save(ctx, b) }); err != nil {
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
	if st.Sum != nil {
		asked.Same = func(body []byte) bool { return bytes.Equal(sumBody(plan.reader(src), body), st.Sum) }
	}
	resp, err := p.Client.Get(ctx, asked)
	if errors.Is(err, fetch.ErrNotModified) {
		return unchanged(plan, src, st, asked, resp, p.now()), nil
	}
	if err != nil {
		return Batch{}, err
	}
	b, err = p.read(ctx, plan, src, st, asked, resp)
	return b, lead(src, resp, err)
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
