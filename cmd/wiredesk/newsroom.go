package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/web"
	"github.com/wiredesk/wiredesk/feeds/fetch"
	"github.com/wiredesk/wiredesk/store"
)

// A newsroom is everything wired together around one plan and one store.
type newsroom struct {
	plan   *aggregator.Plan
	db     *store.DB
	client *fetch.Client
	poller *aggregator.Poller
	desk   *aggregator.Desk
	hubs   *aggregator.Subscriber
	site   *web.Site
	log    *slog.Logger
	filed  chan struct{} // an edition has changed: static files are due
}

// open wires a newsroom. Close it.
func open(ctx context.Context, plan *aggregator.Plan, log *slog.Logger) (*newsroom, error) {
	cfg := plan.Config
	client, err := newClient(cfg)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, below(cfg, cfg.Site.Data))
	if err != nil {
		client.Close()
		return nil, err
	}
	n := &newsroom{plan: plan, db: db, client: client, log: log, filed: make(chan struct{}, 1)}
	active := func() *aggregator.Plan { return plan }
	n.desk = aggregator.NewDesk(db, active, log)
	n.desk.Filed = n.wake
	n.desk.Replanned = n.past(ctx, n.logPast())
	n.poller = &aggregator.Poller{
		Store: db, Client: client, Plan: active, Log: log, Saved: n.desk.Wake, Now: time.Now,
	}
	n.hubs = &aggregator.Subscriber{
		Store: db, Client: client, Plan: active, Push: n.poller.Push, Log: log, Now: time.Now,
	}
	if err := n.hubs.Load(ctx); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	n.poller.Hubs = n.hubs
	press := &aggregator.Press{Store: db, Plan: active}
	n.site = &web.Site{Press: press, Store: db, Plan: active, Log: log, Hubs: n.hubs}
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

// once does one round: poll what is due, file it, write static files, prune.
func (n *newsroom) once(ctx context.Context) (aggregator.Report, aggregator.Round, error) {
	n.poller.Ahead = n.plan.Config.Defaults.Fetch.Every / 10
	report, err := n.poller.Once(ctx)
	if err != nil {
		return report, aggregator.Round{}, err
	}
	round, err := n.desk.File(ctx)
	if err != nil {
		return report, round, err
	}
	if err := n.write(ctx); err != nil {
		return report, round, err
	}
	return report, round, n.prune(ctx)
}

// write writes static files when the config wants them.
func (n *newsroom) write(ctx context.Context) error {
	dir := below(n.plan.Config, n.plan.Config.Site.Static)
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
	d := n.plan.Config.Defaults
	gone, err := n.db.Prune(ctx, time.Now(), d.Keep, d.KeepMatched)
	if err == nil && gone > 0 {
		n.log.Info("pruned", "items", gone)
	}
	return err
}

// run polls, files, serves and writes until ctx ends. The listener is the
// caller's to open, so that a taken port is a clear error before anything runs.
func (n *newsroom) run(ctx context.Context, l net.Listener) error {
	if err := n.resume(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // told to stop before it had begun
		}
		return err
	}
	if err := n.spread(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return n.poller.Run(ctx) })
	group.Go(func() error { return n.desk.Run(ctx) })
	group.Go(func() error { return n.hubs.Run(ctx) })
	group.Go(func() error { return serve(ctx, l, n.site.Handler()) })
	group.Go(func() error { return n.keep(ctx) })
	group.Go(func() error { return n.index(ctx) })
	return group.Wait()
}

// resume does what a stop left half done and writes files that somebody has
// removed, before anything else. When the config has changed, all that is stored
// is to be filed again: polls and readers do not wait for that.
func (n *newsroom) resume(ctx context.Context) error {
	left, err := n.db.Past(ctx, n.plan.Print)
	if err != nil {
		return err
	}
	if left > 0 {
		n.log.Info("the config has changed: filing what is stored once more", "left", left)
		n.wake()
		return nil
	}
	if _, err := n.desk.File(ctx); err != nil {
		return err
	}
	return n.write(ctx)
}

// spread lets the first polls of many new sources come one after the other.
func (n *newsroom) spread(ctx context.Context) error {
	within := n.plan.Config.Defaults.Fetch.Every
	if within == 0 { // a cron schedule
		within = n.plan.Config.Defaults.MinFetch
	}
	var ids []string
	for _, src := range n.plan.Config.Sources {
		ids = append(ids, src.ID)
	}
	return n.db.Spread(ctx, ids, time.Now(), within)
}

// serve answers until ctx ends, then lets answers in flight finish.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
	}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		done <- srv.Shutdown(drain)
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}

// keep writes static files after each change and prunes once an hour. What goes
// wrong here is logged and tried again: polling does not depend on it.
func (n *newsroom) keep(ctx context.Context) error {
	hour := time.NewTicker(time.Hour)
	defer hour.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-n.filed:
			err = n.write(ctx)
		case <-hour.C:
			err = n.prune(ctx)
		}
		if err != nil && ctx.Err() == nil {
			n.log.Error("upkeep", "err", err)
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
