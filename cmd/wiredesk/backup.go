package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/store"
)

func backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup [FILE]", Short: "Write a checked copy of the database, beside a running daemon or not",
		Long: "Writes a checked copy of the database, of one moment, while the daemon goes on. It never replaces\n" +
			"a file. Without FILE it goes below the data directory: backups/wiredesk-TIME.db. The config file is\n" +
			"not in it: keep that too.",
		Args: cobra.MaximumNArgs(1),
		RunE: verb(func(c *cobra.Command, args []string) error {
			plan, err := load(c)
			if err != nil {
				return err
			}
			dir := below(plan.Config, plan.Config.Site.Data)
			db, err := store.OpenRead(c.Context(), dir)
			if err != nil {
				return err
			}
			defer db.Close()
			path, err := backupPath(dir, args, time.Now())
			if err != nil {
				return err
			}
			size, err := db.Backup(c.Context(), path)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "wrote %s, %.1f MB, checked\n", path, float64(size)/1e6)
			return err
		}),
	}
}

// backupPath is where a backup goes that nobody named a place for.
func backupPath(dir string, args []string, now time.Time) (string, error) {
	if len(args) == 1 {
		return args[0], nil
	}
	dir = filepath.Join(dir, "backups")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return filepath.Join(dir, "wiredesk-"+now.UTC().Format("20060102T150405Z")+".db"), nil
}

func restoreCommand() *cobra.Command {
	var other bool
	c := &cobra.Command{
		Use: "restore FILE", Short: "Put a backup in the place of the database; the old one is kept aside",
		Long: "Puts a backup in the place of the database. Stop the daemon first. What was there is kept beside it,\n" +
			"under another name. Entries keep their ids and dates, so that readers see nothing twice.",
		Args: cobra.ExactArgs(1),
		RunE: verb(func(c *cobra.Command, args []string) error {
			plan, err := load(c)
			if err != nil {
				return err
			}
			dir := below(plan.Config, plan.Config.Site.Data)
			aside, err := store.Restore(c.Context(), dir, args[0], other, time.Now())
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "restored %s into %s\n", args[0], dir)
			if aside != "" {
				fmt.Fprintf(c.OutOrStdout(), "what was there is kept as %s: remove it when all is well\n", aside)
			}
			return nil
		}),
	}
	c.Flags().BoolVar(&other, "other", false, "take the backup of another database")
	return c
}

func pruneCommand() *cobra.Command {
	return &cobra.Command{
		Use: "prune", Short: "Delete now what retention no longer asks for; the daemon does so every hour",
		Args: cobra.NoArgs,
		RunE: verb(func(c *cobra.Command, _ []string) error {
			plan, err := load(c)
			if err != nil {
				return err
			}
			db, err := store.OpenBeside(c.Context(), below(plan.Config, plan.Config.Site.Data))
			if err != nil {
				return err
			}
			defer db.Close()
			d := plan.Config.Defaults
			gone, err := db.Prune(c.Context(), time.Now(), d.Keep, d.KeepMatched)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "pruned %s\n", count(gone, "item"))
			return err
		}),
	}
}
