package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
)

func runCommand() *cobra.Command {
	var once bool
	c := &cobra.Command{
		Use: "run", Short: "Poll on schedule and serve; with --once, one round for cron",
		Long: "Polls the sources, files what they bring, and serves the editions until it is told to stop.\n" +
			"HUP, or a change of the config file, reads the config again; TERM ends it within ten seconds.\n" +
			"With --once it does one round and ends: silent when all went well, exit 75 when every source failed.",
		Args: cobra.NoArgs,
		RunE: verb(func(c *cobra.Command, _ []string) error {
			hup, stop := hangups()
			defer stop()
			read := review
			if once {
				read = load
			}
			plan, err := read(c)
			if err != nil {
				return err
			}
			n, err := open(c.Context(), plan, logger(c, once))
			if err != nil {
				return err
			}
			n.hup = hup
			if once {
				err = runOnce(c, n)
			} else {
				err = runServing(c, n)
			}
			if closeErr := n.Close(); err == nil {
				err = closeErr
			}
			return err
		}),
	}
	c.Flags().BoolVar(&once, "once", false, "do one round and exit")
	return c
}

// hangups takes HUP from the first moment on, so that one that comes while we
// start does not kill.
func hangups() (<-chan os.Signal, func()) {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	return hup, func() { signal.Stop(hup) }
}

func runOnce(c *cobra.Command, n *newsroom) error {
	if err := n.db.Index(c.Context(), progress(c.ErrOrStderr(), "indexing what is stored")); err != nil {
		return err
	}
	if tell := progress(c.ErrOrStderr(), "filing what is stored by the changed config"); tell != nil {
		n.desk.Replanned = n.past(c.Context(), tell)
	}
	report, _, err := n.once(c.Context())
	if err != nil {
		return err
	}
	return verdict(c.Context(), n, report)
}

// verdict is an error when every source that was asked failed; which ones and
// why is in their states.
func verdict(ctx context.Context, n *newsroom, report aggregator.Report) error {
	if report.Polled == 0 || report.Failed < report.Polled {
		return nil
	}
	states, err := n.db.States(ctx)
	if err != nil {
		return err
	}
	for _, st := range states {
		if st.Error != "" {
			return &exit{exitAllFailed, fmt.Errorf("every source failed (%d); %s: %s; see wiredesk sources", report.Polled, st.Source, st.Error)}
		}
	}
	return &exit{exitAllFailed, fmt.Errorf("every source failed (%d)", report.Polled)}
}

func runServing(c *cobra.Command, n *newsroom) error {
	l, err := net.Listen("tcp", n.active().Config.Site.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w (another address: site.listen)", n.active().Config.Site.Listen, err)
	}
	n.log.Info("serving", "address", "http://"+l.Addr().String()+"/", "sources", len(n.active().Config.Sources))
	return within(c.Context(), drainAll, func() error { return n.run(c.Context(), l) })
}

// drainAll is how long everything may take to end once we are told to stop. What
// has not by then is cut off: whatever is stored is whole, and the rest stays due.
const drainAll = 10 * time.Second

// within works until the work is done, or ctx has ended limit ago.
func within(ctx context.Context, limit time.Duration, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(limit):
		return fmt.Errorf("something has not ended within %s of being told to stop, and is cut off", limit)
	}
}
