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
	Gone     bool             `json:"gone,omitempty"`     // polled no more
	LastOK   time.Time        `json:"last_ok,omitzero"`   // left out: never
	NextPoll time.Time        `json:"next_poll,omitzero"` // left out: never of one that is gone, else now
	Last     aggregator.Tally `json:"last"`               // ledger of the last document read
	Total    aggregator.Tally `json:"total"`
	PerDay   float64          `json:"per_day"`            // new items, of the last week or so
	Moved    string           `json:"moved_to,omitempty"` // where it has moved for good: write it into the config
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
			unwanted, err := db.Unwanted(c.Context(), time.Now().Add(-7*24*time.Hour))
			if err != nil {
				return err
			}
			left, err := db.Past(c.Context(), plan.Print)
			if err != nil {
				return err
			}
			if asJSON {
				return printSourcesJSON(c.OutOrStdout(), states, unwanted)
			}
			return printSources(c.OutOrStdout(), states, unwanted, left)
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

// health says how a source does; unwanted are how many items of a week it has
// brought of which none belongs to a topic.
func health(st *aggregator.State, unwanted int, now time.Time) string {
	const few = 10 // say nothing
	words := plain(st.Health(now))
	if unwanted >= few {
		words += fmt.Sprintf("; none of its %d items of the last week belongs to a topic", unwanted)
	}
	return words
}

func printSources(w io.Writer, states []aggregator.State, unwanted map[string]int, past int) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SOURCE\tLAST GOOD ANSWER\tNEXT POLL\tITEMS\tRHYTHM\tHEALTH")
	now := time.Now()
	for _, st := range states {
		next := clock(st.NextPoll, "now")
		if st.Gone {
			next = "never"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%s\n", st.Source,
			clock(st.LastOK, "never"), next, st.Total.New, st.Rhythm(now), health(&st, unwanted[st.Source], now))
	}
	for _, st := range states {
		if st.Move.To != "" {
			fmt.Fprintf(t, "%s has moved to %s: write it into the config\n", st.Source, plain(st.Move.To))
		}
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

func printSourcesJSON(w io.Writer, states []aggregator.State, unwanted map[string]int) error {
	enc := json.NewEncoder(w)
	now := time.Now()
	for _, st := range states {
		next := st.NextPoll
		if st.Gone {
			next = time.Time{}
		}
		line := sourceLine{
			Source: st.Source, Health: health(&st, unwanted[st.Source], now), PerDay: st.PerDay(now), Moved: st.Move.To, Failing: st.Error != "",
			LastOK: st.LastOK, NextPoll: next, Gone: st.Gone, Last: st.Last, Total: st.Total,
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
