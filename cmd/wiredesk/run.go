package main

import (
	"context"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
)

func runCommand() *cobra.Command {
	var once bool
	c := &cobra.Command{
		Use: "run", Short: "Poll on schedule and serve; with --once, one round for cron",
		Long: "Polls the sources, files what they bring, and serves the editions until it is told to stop.\n" +
			"With --once it does one round and ends: silent when all went well, exit 75 when every source failed.",
		Args: cobra.NoArgs,
		RunE: verb(func(c *cobra.Command, _ []string) error {
			plan, err := load(c)
			if err != nil {
				return err
			}
			n, err := open(c.Context(), plan, logger(c, once))
			if err != nil {
				return err
			}
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
	l, err := net.Listen("tcp", n.plan.Config.Site.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w (another address: site.listen)", n.plan.Config.Site.Listen, err)
	}
	n.log.Info("serving", "address", "http://"+l.Addr().String()+"/", "sources", len(n.plan.Config.Sources))
	return n.run(c.Context(), l)
}
