package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"golang.org/x/sync/errgroup"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/web"
	"github.com/wiredesk/wiredesk/feeds/fetch"
	"github.com/wiredesk/wiredesk/store"
)

// A newsroom is everything wired together around one plan and one store.
type newsroom struct {
	plan    atomic.Pointer[aggregator.Plan] // the active one; see active
	reading atomic.Pointer[web.Reading]     // how the config was last read
	opened  time.Time                       // just after the first plan was read

	db     *store.DB
	client *fetch.Client
	meter  *meter
	poller *aggregator.Poller
	desk   *aggregator.Desk
	hubs   *aggregator.Subscriber
	pinger *aggregator.Pinger
	site   *web.Site
	log    *slog.Logger
	filed  chan struct{}    // an edition has changed: static files are due
	hup    <-chan os.Signal // the config is to be read again; nil for nobody to ask
}

// active is the plan in force. Who asks keeps the answer for the whole of a poll,
// a print or a round.
func (n *newsroom) active() *aggregator.Plan { return n.plan.Load() }

// open wires a newsroom. Close it.
func open(ctx context.Context, plan *aggregator.Plan, log *slog.Logger) (*newsroom, error) {
	n := &newsroom{opened: time.Now(), log: log, filed: make(chan struct{}, 1)}
	n.plan.Store(plan)
	n.reading.Store(&web.Reading{At: n.opened})
	cfg := plan.Config
	var err error
	n.client, err = newClient(cfg)
	if err != nil {
		return nil, err
	}
	n.db, err = store.Open(ctx, below(cfg, cfg.Site.Data))
	if err != nil {
		n.client.Close()
		return nil, err
	}
	if plan, err = n.rename(ctx, plan); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	n.plan.Store(plan)
	n.meter = newMeter(n.db)
	n.desk = aggregator.NewDesk(n.meter, n.active, log)
	n.desk.Filed = n.wake
	n.desk.Replanned = n.past(ctx, n.logPast())
	n.poller = &aggregator.Poller{
		Store: n.meter, Client: timed{n.client, n.meter.took}, Plan: n.active, Log: log, Saved: n.desk.Wake, Now: time.Now,
	}
	press := &aggregator.Press{Store: n.db, Plan: n.active}
	n.site = &web.Site{
		Press: press, Store: n.db, Plan: n.active, Log: log,
		Ready: n.meter.ready, Reading: func() web.Reading { return *n.reading.Load() }, Metrics: n.meter.page(),
	}
	n.hubs = &aggregator.Subscriber{
		Store: n.db, Client: n.client, Plan: n.active, Push: n.poller.Push, Log: log, Now: time.Now,
	}
	n.pinger = &aggregator.Pinger{Store: n.db, Client: n.client, Plan: n.active, Log: log, Now: time.Now}
	if err := n.hubs.Load(ctx); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	n.poller.Hubs, n.site.Hubs = n.hubs, n.hubs
	return n, nil
}

func (n *newsroom) wake() {
	select {
	case n.filed <- struct{}{}:
	default:
	}
}

func (n *newsroom) Close() error {
	n.client.Close()
	return n.db.Close()
}

// once does one round: poll what is due, file it, do the jobs that came due since
// the latest poll, write static files, prune.
func (n *newsroom) once(ctx context.Context) (report aggregator.Report, round aggregator.Round, err error) {
	n.poller.Ahead = n.active().Config.Defaults.Fetch.Every / 10
	n.desk.Once = true
	defer func() { n.desk.Once = false }()
	since, err := n.db.Clock(ctx)
	if err != nil {
		return report, round, err
	}
	if report, err = n.poller.Once(ctx); err != nil {
		return report, round, err
	}
	if round, err = n.desk.File(ctx); err != nil {
		return report, round, err
	}
	failed := n.jobs().Once(ctx, since) // the rest does not depend on them
	if err := n.write(ctx); err != nil {
		return report, round, errors.Join(failed, err)
	}
	if err := n.pinger.Round(ctx); err != nil {
		return report, round, errors.Join(failed, err)
	}
	return report, round, errors.Join(failed, n.prune(ctx))
}

// write writes static files when the config wants them.
func (n *newsroom) write(ctx context.Context) error {
	cfg := n.active().Config
	dir := below(cfg, cfg.Site.Static)
	if dir == "" {
		return nil
	}
	changed, err := n.site.Write(ctx, dir)
	if err == nil && changed > 0 {
		n.log.Info("wrote static files", "changed", changed, "dir", dir)
	}
	return err
}

func (n *newsroom) prune(ctx context.Context) error {
	d := n.active().Config.Defaults
	gone, err := n.db.Prune(ctx, time.Now(), d.Keep, d.KeepMatched)
	if err == nil && gone > 0 {
		n.log.Info("pruned", "items", gone)
	}
	return err
}

// run polls, files, serves and writes until ctx ends. The listener is the
// caller's to open, so that a taken port is a clear error before anything runs.
func (n *newsroom) run(ctx context.Context, l net.Listener) error {
	if err := n.sayPast(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // told to stop before it had begun
		}
		return err
	}
	if err := n.spread(ctx, n.active()); err != nil && ctx.Err() == nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serve(ctx, l, n.site.Handler()) })
	group.Go(func() error { return n.poller.Run(ctx) })
	group.Go(func() error { return n.desk.Run(ctx) })
	group.Go(func() error { return n.hubs.Run(ctx) })
	group.Go(func() error { return n.pinger.Run(ctx) })
	group.Go(func() error { return n.keep(ctx) })
	group.Go(func() error { return n.index(ctx) })
	group.Go(func() error { return n.jobs().Run(ctx) })
	group.Go(func() error { return n.reloading(ctx) })
	group.Go(func() error { return n.watchdog(ctx, l.Addr()) })
	group.Go(func() error {
		n.tell(daemon.SdNotifyReady)
		<-ctx.Done()
		n.tell(daemon.SdNotifyStopping)
		return nil
	})
	return group.Wait()
}

// spread lets the first polls of many new sources come one after the other.
func (n *newsroom) spread(ctx context.Context, plan *aggregator.Plan) error {
	within := plan.Config.Defaults.Fetch.Every
	if within == 0 { // a cron schedule
		within = plan.Config.Defaults.MinFetch
	}
	var ids []string
	for _, src := range plan.Config.Sources {
		ids = append(ids, src.ID)
	}
	return n.db.Spread(ctx, ids, time.Now(), within)
}

// keep writes static files at the start, since somebody may have removed them,
// and after each change. What goes wrong here is logged and tried again at the
// next one: polling does not depend on it. An edition that is not filed yet will
// wake us when it is.
func (n *newsroom) keep(ctx context.Context) error {
	tick := time.NewTicker(time.Minute) // another process may give an edition another address
	defer tick.Stop()
	for {
		err := n.write(ctx)
		if err != nil && ctx.Err() == nil && !errors.Is(err, aggregator.ErrNotFiled) {
			n.log.Error("static files", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-n.filed:
		case <-tick.C:
		}
	}
}

// index brings what was stored before there was an index, or before it folded
// as it does now, into it. What goes wrong is logged: the next start goes on.
func (n *newsroom) index(ctx context.Context) error {
	all := 0
	err := n.db.Index(ctx, func(done, _ int) { all = done })
	if all > 0 {
		n.log.Info("indexed what was stored", "items", all)
	}
	if err != nil && ctx.Err() == nil {
		n.log.Error("index", "err", err)
	}
	return nil
}

// summary prints what a round did, in words.
func summary(w io.Writer, report aggregator.Report, round aggregator.Round) {
	t := report.Tally
	fmt.Fprintf(w, "polled %s, %d failed\n", count(report.Polled, "source"), report.Failed)
	fmt.Fprintf(w, "fetched %d items: %d new, %d changed, %d known, %d unusable, %d over the limit\n",
		t.Fetched, t.New, t.Changed, t.Known, t.Invalid, t.Over)
	fmt.Fprintf(w, "filed %d: %d in no topic, %d leads, %d further tellings, %d copies\n",
		round.Filed, round.Unmatched, round.Lead, round.Also, round.Copy)
}
