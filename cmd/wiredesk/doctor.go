package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/store"
)

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Examine config, data directory, database, sources and static files, and say what to do",
		Long: "Examines what a running wiredesk depends on, changes nothing, and says of each trouble what to do\n" +
			"about it. Exits with 1 when there is any.",
		Args: cobra.NoArgs,
		RunE: verb(func(c *cobra.Command, _ []string) error {
			plan, err := review(c) // says itself what is wrong in the config
			if err != nil {
				return err
			}
			d := &doctor{out: c.OutOrStdout()}
			d.say("config", plan.Config.File, nil)
			d.static(below(plan.Config, plan.Config.Site.Static))
			d.data(c.Context(), plan)
			if d.troubles > 0 {
				return &exit{exitFailed, fmt.Errorf("%s", count(d.troubles, "trouble"))}
			}
			return nil
		}),
	}
}

// A doctor prints what it examined and counts what is wrong.
type doctor struct {
	out      io.Writer
	troubles int
}

// say prints one line: that something is well, or each trouble with its cure.
func (d *doctor) say(what, well string, troubles []store.Ailment) {
	if len(troubles) == 0 {
		fmt.Fprintf(d.out, "ok   %s: %s\n", what, plain(well))
	}
	for _, t := range troubles {
		d.troubles++
		fmt.Fprintf(d.out, "BAD  %s: %s\n     %s\n", what, plain(t.What), plain(t.Cure))
	}
}

// static tries to write where static files go.
func (d *doctor) static(dir string) {
	if dir == "" {
		return
	}
	var bad []store.Ailment
	probe, err := os.CreateTemp(dir, ".doctor-*")
	switch {
	case errors.Is(err, os.ErrNotExist): // made by the first run
	case err != nil:
		bad = append(bad, store.Ailment{What: err.Error(), Cure: "let the user of wiredesk write there, or set another site.static"})
	default:
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) && len(bad) == 0 {
		bad = append(bad, store.Ailment{What: err.Error(), Cure: "make room, or set another site.static"})
	}
	d.say("static files", dir, bad)
}

// data examines the data directory and what is in it.
func (d *doctor) data(ctx context.Context, plan *aggregator.Plan) {
	dir := below(plan.Config, plan.Config.Site.Data)
	db, err := store.OpenRead(ctx, dir)
	if err != nil {
		d.say("database", "", []store.Ailment{{What: err.Error(), Cure: "nothing else was examined"}})
		return
	}
	defer db.Close()
	found, err := db.Examine(ctx)
	if err != nil {
		found = append(found, store.Ailment{What: err.Error(), Cure: "stop wiredesk and restore a backup"})
	}
	d.say("database", dir+", every page and row read", found)
	d.secret(dir)
	totals, err := db.Totals(ctx, plan.Print)
	if err != nil {
		d.say("queue", "", []store.Ailment{{What: err.Error(), Cure: "see database"}})
		return
	}
	d.say("queue", fmt.Sprintf("%s, %d waiting for the desk", count(totals.Records, "item"), totals.Waiting), nil)
	states, err := db.States(ctx)
	if err != nil {
		d.say("sources", "", []store.Ailment{{What: err.Error(), Cure: "see database"}})
		return
	}
	d.sources(states, time.Now())
}

// secret looks whether others can read the data directory: it holds what private
// feeds said.
func (d *doctor) secret(dir string) {
	var bad []store.Ailment
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		bad = append(bad, store.Ailment{What: err.Error(), Cure: "look at the directory"})
	case info.Mode().Perm()&0o007 != 0:
		bad = append(bad, store.Ailment{
			What: fmt.Sprintf("everybody on this machine can enter %s (mode %o)", dir, info.Mode().Perm()),
			Cure: "chmod 700 it: it holds what private feeds say",
		})
	}
	d.say("privacy", dir+" is not open to everybody", bad)
}

// sources lists those that fail.
func (d *doctor) sources(states []aggregator.State, now time.Time) {
	var bad []store.Ailment
	for _, st := range states {
		if st.Error == "" {
			continue
		}
		cure := "its next poll is " + clock(st.NextPoll, "due now")
		if st.Gone {
			cure = "it is not polled any more: take it out of the config, or give it its new address"
		} else if !st.LastOK.IsZero() {
			cure += ", its last good answer came " + now.Sub(st.LastOK).Round(time.Minute).String() + " ago"
		}
		bad = append(bad, store.Ailment{What: st.Source + ": " + strings.TrimSpace(st.Error), Cure: cure})
	}
	d.say("sources", fmt.Sprintf("none of %d fails", len(states)), bad)
}
