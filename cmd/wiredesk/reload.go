package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/fsnotify/fsnotify"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/web"
	"github.com/wiredesk/wiredesk/config"
)

// reloading reads the config again when one of its files has changed, and at every
// HUP, until ctx ends.
func (n *newsroom) reloading(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-n.meter.adopted: // or else the poller's first sources would replace those of a reload
	}
	w := newWatch(n.active().Config, n.opened)
	events, stop := n.events()
	defer stop()
	tick := time.NewTicker(watchPoll)
	defer tick.Stop()
	again := time.NewTimer(0)
	defer again.Stop()
	for {
		asked := false
		events.follow(w)
		select {
		case <-ctx.Done():
			return nil
		case <-n.hup:
			asked = true
		case <-events.Events:
			again.Reset(watchSettle)
			continue
		case err := <-events.Errors:
			n.log.Debug("watching the config", "err", err)
			continue
		case <-tick.C:
		case <-again.C:
		}
		due, soon := w.look(time.Now())
		if soon {
			again.Reset(watchSettle)
		}
		if asked {
			w.read = w.last // what is read now
		}
		if due || asked {
			w.follow(n.reload(ctx))
		}
	}
}

// folderEvents are the file system's, or none where it has none to give.
type folderEvents struct {
	*fsnotify.Watcher
	known []string
}

// events opens the watch on folders. Without one, files are still looked at.
func (n *newsroom) events() (e *folderEvents, stop func()) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		n.log.Warn("no events from the file system: the config is looked at every few seconds", "err", err)
		return &folderEvents{Watcher: &fsnotify.Watcher{}}, func() {}
	}
	return &folderEvents{Watcher: w}, func() { w.Close() }
}

// follow watches the folders of a watch; those that are not there bring no events.
func (e *folderEvents) follow(w *watch) {
	if e.Events == nil {
		return
	}
	dirs := w.folders()
	if slices.Equal(dirs, e.known) {
		return
	}
	for _, dir := range dirs {
		if !slices.Contains(e.known, dir) {
			_ = e.Add(dir) // the poll sees it all the same
		}
	}
	e.known = dirs
}

// reload reads the config and, when all of it is right, puts it in force: all or
// nothing. Else the plan before runs on, and what is wrong is shown. It answers
// what it read.
func (n *newsroom) reload(ctx context.Context) (*config.Config, []config.Error) {
	n.tell(daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec())
	defer n.tell(daemon.SdNotifyReady)
	old := n.active()
	cfg, plan, errs := readConfig(old.Config.File)
	if plan != nil {
		errs = append(errs, needRestart(old.Config, cfg)...)
	}
	mistakes := n.mistakes(errs)
	if len(mistakes) == 0 {
		var err error
		if plan, err = n.enlist(ctx, plan); err != nil {
			mistakes = []string{"the store did not take the sources, send HUP to try again: " + err.Error()}
		}
	}
	if ctx.Err() != nil {
		return cfg, errs
	}
	n.reading.Store(&web.Reading{At: time.Now(), Mistakes: mistakes})
	n.meter.read(len(mistakes) == 0)
	if len(mistakes) > 0 {
		n.log.Error("config refused, the one before runs on", "file", old.Config.File, "mistakes", len(mistakes))
		return cfg, errs
	}
	n.plan.Store(plan)
	if err := n.hubs.Load(ctx); err != nil { // sources may have been renamed
		n.log.Error("subscriptions", "err", err)
	}
	n.meter.forget(old, plan)
	n.desk.Wake()
	n.wake()
	n.log.Info("config in force", "file", cfg.File, "sources", len(cfg.Sources), "topics", len(cfg.Topics), "editions", len(cfg.Editions))
	return cfg, errs
}

// mistakes logs what was found and answers what is more than a warning.
func (n *newsroom) mistakes(errs []config.Error) (all []string) {
	for _, e := range errs {
		if e.Warning {
			n.log.Warn("config", "err", e.Error(), "help", e.Help)
			continue
		}
		n.log.Error("config", "err", e.Error(), "help", e.Help)
		all = append(all, shownMistake(n.active(), e))
	}
	return all
}

var editionNamed = regexp.MustCompile(`\beditions\.([\p{L}\p{N}_-]+)`)

// shownMistake is a mistake as everybody may read it. One that names an edition which
// nobody knows of, since it is private or was never in force, only says where it is:
// the log and wiredesk check say the rest.
func shownMistake(plan *aggregator.Plan, e config.Error) string {
	line := e.Error()
	if e.Help != "" {
		line += " (" + e.Help + ")"
	}
	for _, named := range editionNamed.FindAllStringSubmatch(line, -1) {
		if ed := plan.Edition(named[1]); ed == nil || ed.Private {
			e.Msg = "a mistake in an edition (wiredesk check says what)"
			return e.Error()
		}
	}
	return line
}

// needRestart finds what was changed of that which is opened once, at the start.
func needRestart(old, cfg *config.Config) (errs []config.Error) {
	a, b := old.Site, cfg.Site
	for _, key := range []struct {
		name string
		same bool
	}{
		{"base_url", a.BaseURL == b.BaseURL}, // stands in the User-Agent
		{"contact", a.Contact == b.Contact},
		{"listen", a.Listen == b.Listen},
		{"data", a.Data == b.Data},
		{"allow_networks", slices.Equal(a.AllowNetworks, b.AllowNetworks)},
	} {
		if !key.same {
			errs = append(errs, cfg.ErrorAt("site."+key.name, 0, fmt.Sprintf("another %s needs a restart", key.name), "restart wiredesk, or put the old one back"))
		}
	}
	return errs
}
