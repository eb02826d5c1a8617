package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/store"
)

func topicsReportCommand() *cobra.Command {
	var since string
	var asJSON bool
	c := &cobra.Command{
		Use: "report [TOPIC]", Short: "Show which terms decide nothing or wrongly, and how much of each source matches",
		Long: "Counts what was decided about the items that came in a window, by the reasons kept with them:\n" +
			"terms that decided nothing, terms that brought in what was dropped by hand, words frequent in\n" +
			"what was dropped or put, and the share of each source. It works beside a running daemon.",
		Args: cobra.MaximumNArgs(1),
		RunE: verb(func(c *cobra.Command, args []string) error {
			length, err := config.Length(since)
			if err != nil {
				return &exit{exitUsage, fmt.Errorf("--since: %w; write a number and a unit, as in 12h, 30d or 1y", err)}
			}
			r, err := reportTopics(c, time.Now().Add(-length), args)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(r)
			}
			return printTopics(c.OutOrStdout(), r, since)
		}),
	}
	c.Flags().StringVar(&since, "since", "30d", "how far back items came, as in 7d, 30d, 1y")
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}

// reportTopics walks the store; it is closed before anything is printed.
func reportTopics(c *cobra.Command, since time.Time, ids []string) (*aggregator.TopicsReport, error) {
	plan, err := load(c)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := among("topic", id, topicIDs(plan.Config)); err != nil {
			return nil, &exit{exitUsage, err}
		}
	}
	db, err := store.OpenRead(c.Context(), below(plan.Config, plan.Config.Site.Data))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	r := aggregator.NewTopicsReport(plan, since.UTC().Truncate(time.Second), ids...)
	if err := came(c.Context(), db, r.Since, r.Look); err != nil {
		return nil, err
	}
	if r.Words() {
		if err := came(c.Context(), db, r.Since, r.Weigh); err != nil {
			return nil, err
		}
	}
	r.Sort()
	return r, nil
}

// reportShown is how many rows of a list are printed; --json has all.
const reportShown = 30

func printTopics(w io.Writer, r *aggregator.TopicsReport, since string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s of the last %s looked at\n", count(r.Looked, "item"), since)
	if r.Waiting > 0 {
		fmt.Fprintf(&b, "%d of them are not filed by this config yet: wiredesk run files them, then ask again\n", r.Waiting)
	}
	for _, t := range r.Topics {
		printTopic(&b, t)
	}
	reportRows(&b, "\nsources of which nothing matched", r.Unmatched, func(s aggregator.SourceShare) string {
		return fmt.Sprintf("%s\t%s", s.Source, count(s.Items, "item"))
	})
	_, err := io.WriteString(w, b.String())
	return err
}

func printTopic(b *strings.Builder, t *aggregator.TopicReport) {
	fmt.Fprintf(b, "\ntopic %s: %s in it; by hand %d dropped, %d put\n", t.Topic, count(t.In, "item"), t.Dropped, t.Put)
	reportRows(b, "terms that decided nothing", t.Idle, func(c aggregator.TermCount) string {
		if c.Found == 0 {
			return fmt.Sprintf("%s\t%s\tnot found", c.List, c.Term)
		}
		return fmt.Sprintf("%s\t%s\tfound in %s", c.List, c.Term, count(c.Found, "item"))
	})
	reportRows(b, "terms that brought in what was dropped", t.Wrong, func(c aggregator.TermCount) string {
		return fmt.Sprintf("%s\t%s\t%d of %s", c.List, c.Term, c.Dropped, count(c.Decided, "item"))
	})
	reportRows(b, "words of what was dropped, no terms yet", t.DroppedWords, wordRow)
	reportRows(b, "words of what was put, no terms yet", t.PutWords, wordRow)
	reportRows(b, "share of sources", t.Sources, func(s aggregator.SourceShare) string {
		return fmt.Sprintf("%s\t%3.0f %%\t%d of %s", s.Source, 100*s.Share, s.In, count(s.Items, "item"))
	})
}

func wordRow(w aggregator.WordCount) string {
	return fmt.Sprintf("%s\t%d of %d\tof the others %d of %d", w.Word, w.Items, w.Of, w.Others, w.Rest)
}

// reportRows prints a list in columns, unless it is empty.
func reportRows[T any](b *strings.Builder, name string, rows []T, row func(T) string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "%s: %d\n", name, len(rows))
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, r := range rows[:min(len(rows), reportShown)] {
		cells := strings.Split(row(r), "\t")
		for i := range cells {
			cells[i] = plain(cells[i])
		}
		fmt.Fprintf(t, "  %s\n", strings.Join(cells, "\t"))
	}
	t.Flush()
	if n := len(rows) - reportShown; n > 0 {
		fmt.Fprintf(b, "  … and %d more; --json has all\n", n)
	}
}
