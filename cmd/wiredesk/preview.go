package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/store"
)

// A preview is what the flags of the verb say.
type preview struct {
	topic   string
	since   string
	against string // another config file; "" for none
	asJSON  bool
}

func previewCommand() *cobra.Command {
	var p preview
	c := &cobra.Command{
		Use: "preview TOPIC", Short: "Show what a topic matches, what it just misses, and what another config would change",
		Long: "Judges the stored items that came in a window by the topic's terms and the orders by hand, as the desk does, and prints\n" +
			"what matches, what just missed, and the words that decided. With --against FILE also what that\n" +
			"config would gain and lose. It changes nothing, and works beside a running daemon.",
		Args: cobra.ExactArgs(1),
		RunE: verb(func(c *cobra.Command, args []string) error {
			p.topic = args[0]
			return p.run(c)
		}),
	}
	c.Flags().StringVar(&p.since, "since", "7d", "how far back items came, as in 12h, 7d, 1y")
	c.Flags().StringVar(&p.against, "against", "", "another config file to compare with")
	c.Flags().BoolVar(&p.asJSON, "json", false, "one JSON object")
	return c
}

// A previewReport is one preview as `preview --json` prints it.
type previewReport struct {
	Since   time.Time `json:"since"`             // items that came from then on
	Against string    `json:"against,omitempty"` // the other config file
	Stored  int       `json:"stored"`            // items in the store, of whatever age
	*aggregator.Preview
}

func (p preview) run(c *cobra.Command) error {
	length, err := config.Length(p.since)
	if err != nil {
		return &exit{exitUsage, fmt.Errorf("--since: %w; write a number and a unit, as in 12h, 7d or 1y", err)}
	}
	plan, other, err := p.plans(c)
	if err != nil {
		return err
	}
	db, err := store.OpenRead(c.Context(), below(plan.Config, plan.Config.Site.Data))
	if err != nil {
		return err
	}
	defer db.Close()
	report := previewReport{
		Since: time.Now().Add(-length).UTC().Truncate(time.Second), Against: p.against,
		Preview: aggregator.NewPreview(p.topic, plan, other),
	}
	if err := report.walk(c, db); err != nil {
		return err
	}
	if report.Looked == 0 {
		fmt.Fprintln(c.ErrOrStderr(), nothingLooked(report.Stored, p.since))
	}
	if p.asJSON {
		return json.NewEncoder(c.OutOrStdout()).Encode(report)
	}
	return printPreview(c.OutOrStdout(), report, p.since)
}

// plans compiles the config and the one to compare with. The topic must be in
// either: a new topic gains everything, one taken out loses everything.
func (p preview) plans(c *cobra.Command) (plan, other *aggregator.Plan, err error) {
	if plan, err = load(c); err != nil {
		return nil, nil, err
	}
	known := topicIDs(plan.Config)
	if p.against != "" {
		if other, err = compile(p.against, c.ErrOrStderr()); err != nil {
			return nil, nil, err
		}
		known = append(known, topicIDs(other.Config)...)
	}
	if slices.Contains(known, p.topic) {
		return plan, other, nil
	}
	slices.Sort(known)
	return nil, nil, &exit{exitUsage, among("topic", p.topic, slices.Compact(known))}
}

func topicIDs(cfg *config.Config) (ids []string) {
	for _, t := range cfg.Topics {
		ids = append(ids, t.ID)
	}
	return ids
}

// previewBatch is how many records are in memory at once.
const previewBatch = 200

// walk looks at the records of the window.
func (r *previewReport) walk(c *cobra.Command, db *store.DB) error {
	totals, err := db.Totals(c.Context(), "")
	if err != nil {
		return err
	}
	r.Stored = totals.Records
	err = came(c.Context(), db, r.Since, r.Look)
	r.Sort()
	return err
}

// came shows the records that came since, batch by batch.
func came(ctx context.Context, db *store.DB, since time.Time, look func([]aggregator.Record)) error {
	from, after := since, int64(0)
	for {
		records, err := db.Came(ctx, from, after, previewBatch)
		if err != nil || len(records) == 0 {
			return err
		}
		look(records)
		last := records[len(records)-1]
		from, after = last.FirstSeen, last.ID
	}
}

// nothingLooked says why a preview is empty, and what to do.
func nothingLooked(stored int, since string) string {
	if stored == 0 {
		return "the store has no items yet: start wiredesk run, or wiredesk run --once, and ask again"
	}
	return fmt.Sprintf("none of the %s stored came in the last %s: name a longer time, as in --since 90d", count(stored, "item"), since)
}
