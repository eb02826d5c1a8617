package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/store"
)

func reloadCommand() *cobra.Command {
	return &cobra.Command{
		Use: "reload", Short: "Make the running daemon read its config again, and say what came of it",
		Long: "Checks the config and, when it is right, sends HUP to the daemon that works in its data directory.\n" +
			"The daemon does the same by itself when a file of its config changes.",
		Args: cobra.NoArgs,
		RunE: verb(func(c *cobra.Command, _ []string) error {
			plan, err := review(c)
			if err != nil {
				return err
			}
			dir := below(plan.Config, plan.Config.Site.Data)
			pid, err := store.Owner(dir)
			if err != nil {
				return err
			}
			if pid == 0 {
				return fmt.Errorf("no wiredesk works in %s: start it with wiredesk run", dir)
			}
			address := plan.Config.Site.Listen
			before, _ := readingOf(c.Context(), address)
			daemon, err := os.FindProcess(pid)
			if err == nil {
				err = daemon.Signal(syscall.SIGHUP)
			}
			if err != nil {
				return fmt.Errorf("process %d: %w", pid, err)
			}
			return outcome(c, pid, before, address)
		}),
	}
}

// outcome waits until the daemon has read its config, and says how that went.
func outcome(c *cobra.Command, pid int, before, address string) error {
	ctx, cancel := context.WithTimeout(c.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for before != "" {
		now, said := readingOf(ctx, address)
		if now != "" && now != before {
			if strings.HasSuffix(now, ": in force") {
				_, err := fmt.Fprintf(c.OutOrStdout(), "process %d has read its config, and it is in force\n", pid)
				return err
			}
			return &exit{exitConfig, fmt.Errorf("process %d refuses the config, and runs on with the one before:\n%s", pid, plain(said))}
		}
		select {
		case <-tick.C:
			continue
		case <-ctx.Done():
		}
		break
	}
	_, err := fmt.Fprintf(c.OutOrStdout(), "asked process %d to read its config; its log says what came of it\n", pid)
	return err
}

// readingOf is the line of /readyz that tells when the config was last read, and
// what follows it; "" when nobody answers there.
func readingOf(ctx context.Context, address string) (line, rest string) {
	body, _ := ask(ctx, address, "/readyz", 2*time.Second) // 503 has a body too
	_, after, found := strings.Cut("\n"+body, "\nconfig of ")
	if !found {
		return "", ""
	}
	line, rest, _ = strings.Cut(after, "\n")
	return line, strings.TrimSpace(rest)
}
