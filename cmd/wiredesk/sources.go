package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/store"
)

// A sourceLine is one source as `sources --json` prints it.
type sourceLine struct {
	Source   string           `json:"source"`
	Health   string           `json:"health"`
	Failing  bool             `json:"failing"`
	LastOK   time.Time        `json:"last_ok"`   // zero: never
	NextPoll time.Time        `json:"next_poll"` // zero: now
	Last     aggregator.Tally `json:"last"`      // ledger of the last document read
	Total    aggregator.Tally `json:"total"`
}

func sourcesCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "sources", Short: "Show how the sources do", Args: cobra.NoArgs,
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
			states, err := db.States(c.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return printSourcesJSON(c.OutOrStdout(), states)
			}
			left, err := db.Past(c.Context(), plan.Print)
			if err != nil {
				return err
			}
			return printSources(c.OutOrStdout(), states, left)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one line of JSON a source")
	c.AddCommand(sourcesAddCommand())
	return c
}

// openRead opens the config's store for reading, beside a running daemon.
func openRead(c *cobra.Command) (*store.DB, error) {
	plan, err := load(c)
	if err != nil {
		return nil, err
	}
	return store.OpenRead(c.Context(), below(plan.Config, plan.Config.Site.Data))
}

func printSources(w io.Writer, states []aggregator.State, past int) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SOURCE\tLAST GOOD ANSWER\tNEXT POLL\tITEMS\tHEALTH")
	for _, st := range states {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\n", st.Source,
			clock(st.LastOK, "never"), clock(st.NextPoll, "now"), st.Total.New, plain(st.Health()))
	}
	if err := t.Flush(); err != nil || past == 0 {
		return err
	}
	_, err := fmt.Fprintln(w, "\n"+pastWords(past))
	return err
}

func clock(t time.Time, zero string) string {
	if t.IsZero() {
		return zero
	}
	return t.Local().Format(time.DateTime)
}

func printSourcesJSON(w io.Writer, states []aggregator.State) error {
	enc := json.NewEncoder(w)
	for _, st := range states {
		line := sourceLine{
			Source: st.Source, Health: st.Health(), Failing: st.Error != "",
			LastOK: st.LastOK, NextPoll: st.NextPoll, Last: st.Last, Total: st.Total,
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
