package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/store"
)

// An exportedItem is a stored item as `export items` prints it. HTML is clean.
type exportedItem struct {
	Item       int64              `json:"item"` // its number
	Source     string             `json:"source"`
	Outlet     string             `json:"outlet"`
	Guid       string             `json:"guid"`
	Link       string             `json:"link"`
	Title      string             `json:"title"`
	Lang       string             `json:"lang"`
	Published  time.Time          `json:"published"`
	FirstSeen  time.Time          `json:"first_seen"`
	Changed    time.Time          `json:"changed"`
	Withdrawn  time.Time          `json:"withdrawn,omitzero"`
	Summary    string             `json:"summary"`
	Content    string             `json:"content"`
	Text       string             `json:"text"`
	Authors    []personReading    `json:"authors"`
	Categories []string           `json:"categories"`
	Image      string             `json:"image"`
	Enclosures []enclosureReading `json:"enclosures"`
	Rights     string             `json:"rights"`
	Topics     []string           `json:"topics"`  // as filed; empty while it waits for the desk
	Story      int64              `json:"story"`   // number of the story's first item; 0 for none
	CopyOf     int64              `json:"copy_of"` // number of the item whose text it has; 0 for none
}

func exportItemsCommand() *cobra.Command {
	var topic, since string
	c := &cobra.Command{
		Use: "items", Short: "The stored items, in the order they came, one line of JSON each",
		Args: cobra.NoArgs,
		RunE: verb(func(c *cobra.Command, _ []string) error {
			from, err := sinceTime(since, time.Now())
			if err != nil {
				return &exit{exitUsage, err}
			}
			plan, err := load(c)
			if err != nil {
				return err
			}
			if topic != "" {
				if err := among("topic", topic, topicIDs(plan.Config)); err != nil {
					return &exit{exitUsage, err}
				}
			}
			return exportItems(c, plan, topic, from)
		}),
	}
	c.Flags().StringVar(&topic, "topic", "", "only items filed into this topic")
	c.Flags().StringVar(&since, "since", "", "only items that came within this time, as in 12h, 30d, 1y (default: all)")
	return c
}

// sinceTime is when a length of time began; the zero time for "".
func sinceTime(since string, now time.Time) (time.Time, error) {
	if since == "" {
		return time.Time{}, nil
	}
	length, err := config.Length(since)
	if err != nil {
		return time.Time{}, fmt.Errorf("--since: %w; write a number and a unit, as in 12h, 7d or 1y", err)
	}
	return now.Add(-length), nil
}

func exportItems(c *cobra.Command, plan *aggregator.Plan, topic string, from time.Time) error {
	db, err := store.OpenRead(c.Context(), below(plan.Config, plan.Config.Site.Data))
	if err != nil {
		return err
	}
	defer db.Close()
	enc := json.NewEncoder(c.OutOrStdout())
	enc.SetEscapeHTML(false)
	var broken error // the output
	err = came(c.Context(), db, from, func(records []aggregator.Record) {
		for i := range records {
			if _, blocked := records[i].Blocked(); blocked {
				continue
			}
			it := exportItem(plan, &records[i])
			if broken == nil && (topic == "" || slices.Contains(it.Topics, topic)) {
				broken = enc.Encode(it)
			}
		}
	})
	if broken != nil {
		return broken
	}
	return err
}

func exportItem(plan *aggregator.Plan, r *aggregator.Record) exportedItem {
	read := readItem(&r.Item)
	out := exportedItem{
		Item: r.ID, Source: r.Source, Outlet: plan.Outlet(r), Guid: r.Item.ID, Link: r.Item.Link, Title: r.Item.Title, Lang: r.Item.Lang,
		Published: r.Published.UTC(), FirstSeen: r.FirstSeen.UTC(), Changed: r.Changed.UTC(), Withdrawn: r.Withdrawn.UTC(),
		Summary: r.Item.Summary, Content: r.Item.Content, Text: r.Item.Text, Image: r.Item.Image, Rights: r.Item.Rights,
		Authors: append([]personReading{}, read.Authors...), Categories: append([]string{}, read.Categories...),
		Enclosures: append([]enclosureReading{}, read.Enclosures...), Topics: []string{}, Story: r.Story, CopyOf: r.CopyOf,
	}
	for _, m := range r.Matches {
		if m.In {
			out.Topics = append(out.Topics, m.Topic)
		}
	}
	return out
}
