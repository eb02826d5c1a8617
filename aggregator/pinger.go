package aggregator

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// A Ping is what the hub of an edition was last told (W3C WebSub, the publisher's
// side). What goes wrong with it is part of it: readers that poll lose nothing.
type Ping struct {
	Edition string
	Hub     string
	Version int64     // of the edition, as the hub knows it
	Next    time.Time // no request before
	Tries   int       // requests in a row that failed
	Since   time.Time // when the first of them did
	Error   string    // why the last one did, in words; "" after a good one
}

// How often a hub is told of one edition: what changes within pingGap goes
// together. After a failure it waits twice as long each time.
const (
	pingGap    = time.Minute
	pingMost   = 6 * time.Hour
	pingEvery  = 5 * time.Second // how often the pinger looks
	pingWithin = 30 * time.Second
)

// A PingStore is what the pinger asks of the store.
type PingStore interface {
	Issues(ctx context.Context) ([]Issue, error)
	Pings(ctx context.Context) ([]Ping, error)
	SavePing(ctx context.Context, p Ping) error
	DropPing(ctx context.Context, edition string) error
}

// A Pinger tells the hubs of our editions that these have changed. It reads the
// stored versions, so that nothing that prints or files waits for a hub, and a
// restart tells what was not told. Its fields are set before Run.
type Pinger struct {
	Store  PingStore
	Client Poster
	Plan   func() *Plan
	Log    *slog.Logger
	Now    func() time.Time
}

// Run tells hubs until ctx ends.
func (p *Pinger) Run(ctx context.Context) error {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		if err := p.Round(ctx); err != nil && ctx.Err() == nil {
			p.Log.Error("hubs wait for the store", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Round tells what is to be told now. A hub that fails is noted in its ping; the
// error is of the store.
func (p *Pinger) Round(ctx context.Context) error {
	plan := p.Plan()
	issues, err := p.Store.Issues(ctx)
	if err != nil {
		return err
	}
	pings, err := p.Store.Pings(ctx)
	if err != nil {
		return err
	}
	told := map[string]Ping{}
	for _, ping := range pings {
		told[ping.Edition] = ping
		if ed := plan.Edition(ping.Edition); ed == nil || ed.Hub == "" {
			if err := p.Store.DropPing(ctx, ping.Edition); err != nil {
				return err
			}
		}
	}
	for _, is := range issues {
		ed := plan.Edition(is.Edition)
		if ed == nil || ed.Hub == "" || ctx.Err() != nil {
			continue
		}
		ping, due := told[ed.ID].due(ed, is.Version, p.Now())
		if !due {
			continue
		}
		err := p.tell(ctx, plan, ed)
		if ctx.Err() != nil {
			return nil // told to stop: it stays due
		}
		if err := p.Store.SavePing(ctx, p.note(ping, is.Version, err)); err != nil {
			return err
		}
	}
	return nil
}

// due says whether an edition's hub is to be told now, and of what ping. Another
// hub knows nothing.
func (p Ping) due(ed *config.Edition, version int64, now time.Time) (Ping, bool) {
	if p.Hub != ed.Hub || p.Version > version { // or the database is an older one
		p = Ping{Edition: ed.ID, Hub: ed.Hub}
	}
	return p, version > p.Version && !now.Before(p.Next)
}

// after is a ping after a request about a version that ended in err.
func (p Ping) after(version int64, err error, now time.Time) Ping {
	if err == nil {
		return Ping{Edition: p.Edition, Hub: p.Hub, Version: version, Next: now.Add(pingGap)}
	}
	if p.Tries == 0 {
		p.Since = now
	}
	p.Tries++
	p.Error = err.Error()
	wait := min(pingGap<<min(p.Tries-1, 10), pingMost)
	var status *fetch.StatusError
	if errors.As(err, &status) {
		wait = max(wait, min(status.RetryAfter, pingMost))
	}
	p.Next = now.Add(wait)
	return p
}

// note is the ping after a request, said in the log when it is news.
func (p *Pinger) note(ping Ping, version int64, err error) Ping {
	next := ping.after(version, err, p.Now().UTC())
	switch {
	case next.Tries == 1:
		p.Log.Warn("hub not told", "edition", ping.Edition, "hub", fetch.Redact(ping.Hub), "err", err, "next", next.Next)
	case next.Error == "" && ping.Tries > 0:
		p.Log.Info("hub told again", "edition", ping.Edition, "hub", fetch.Redact(ping.Hub))
	}
	return next
}

// tell posts the address of each feed of an edition: hubs differ in whether they
// take several in one request.
func (p *Pinger) tell(ctx context.Context, plan *Plan, ed *config.Edition) error {
	ctx, cancel := context.WithTimeout(ctx, pingWithin)
	defer cancel()
	for _, format := range ed.Formats {
		if format == "html" {
			continue
		}
		form := url.Values{"hub.mode": {"publish"}, "hub.url": {plan.Config.Site.BaseURL + "/" + ed.ID + "." + format}}
		if err := p.Client.Post(ctx, ed.Hub, form); err != nil {
			return err
		}
	}
	return nil
}
