package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/store"
)

// An editionLine is one edition as `editions --json` prints it.
type editionLine struct {
	Edition   string            `json:"edition"`
	Title     string            `json:"title"`
	Private   bool              `json:"private"`
	Version   int64             `json:"version"`             // 0: never printed
	ChangedAt time.Time         `json:"changed_at,omitzero"` // left out: never
	Addresses map[string]string `json:"addresses"`           // by format; of a private one none before it is printed
}

func editionsCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "editions", Short: "Show where the editions are published, the private ones too", Args: cobra.NoArgs,
		RunE: verb(func(c *cobra.Command, _ []string) error {
			plan, err := load(c)
			if err != nil {
				return err
			}
			db, err := store.OpenRead(c.Context(), below(plan.Config, plan.Config.Site.Data))
			if err != nil {
				return err
			}
			defer db.Close()
			issues, err := db.Issues(c.Context())
			if err != nil {
				return err
			}
			return printEditions(c.OutOrStdout(), editionLines(plan, issues), asJSON)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one line of JSON an edition")
	c.AddCommand(renewCommand())
	return c
}

func renewCommand() *cobra.Command {
	return &cobra.Command{
		Use: "renew EDITION", Short: "Give a private edition another address; the old one leads nowhere from then on",
		Args: cobra.ExactArgs(1),
		RunE: verb(func(c *cobra.Command, args []string) error {
			plan, err := load(c)
			if err != nil {
				return err
			}
			if err := among("edition", args[0], editionIDs(plan.Config)); err != nil {
				return &exit{exitUsage, err}
			}
			ed := plan.Edition(args[0])
			if !ed.Private {
				return &exit{exitUsage, fmt.Errorf("edition %q is not private: its address is its id", ed.ID)}
			}
			db, err := store.OpenBeside(c.Context(), below(plan.Config, plan.Config.Site.Data))
			if err != nil {
				return err
			}
			defer db.Close()
			if err := db.Renew(c.Context(), ed.ID, time.Now()); err != nil {
				return err
			}
			issues, err := db.Issues(c.Context())
			if err != nil {
				return err
			}
			for _, line := range editionLines(plan, issues) {
				if line.Edition == ed.ID {
					return printEditions(c.OutOrStdout(), []editionLine{line}, false)
				}
			}
			return nil
		}),
	}
}

func editionIDs(cfg *config.Config) (ids []string) {
	for _, ed := range cfg.Editions {
		ids = append(ids, ed.ID)
	}
	return ids
}

// editionLines are the editions of a plan, as far as they were printed.
func editionLines(plan *aggregator.Plan, issues []aggregator.Issue) (lines []editionLine) {
	stand := map[string]aggregator.Issue{}
	for _, is := range issues {
		stand[is.Edition] = is
	}
	for _, ed := range plan.Config.Editions {
		is, printed := stand[ed.ID]
		line := editionLine{
			Edition: ed.ID, Title: aggregator.EditionTitle(plan, ed), Private: ed.Private, Version: is.Version, ChangedAt: is.ChangedAt,
		}
		if printed || !ed.Private {
			line.Addresses = publishedAt(plan, ed, is)
		}
		lines = append(lines, line)
	}
	return lines
}

func publishedAt(plan *aggregator.Plan, ed *config.Edition, is aggregator.Issue) map[string]string {
	all := map[string]string{}
	for _, format := range ed.Formats {
		all[format] = plan.Address(ed, is, format)
	}
	return all
}

func printEditions(w io.Writer, lines []editionLine, asJSON bool) error {
	enc := json.NewEncoder(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, line := range lines {
		if asJSON {
			if err := enc.Encode(line); err != nil {
				return err
			}
			continue
		}
		name := line.Edition
		if line.Private {
			name += " (private)"
		}
		if len(line.Addresses) == 0 {
			fmt.Fprintf(t, "%s\t\tno address yet: start wiredesk run\n", name)
		}
		for _, format := range []string{"rss", "atom", "json", "html"} {
			if address := line.Addresses[format]; address != "" {
				fmt.Fprintf(t, "%s\t%s\t%s\n", name, format, address)
			}
		}
	}
	return t.Flush()
}
