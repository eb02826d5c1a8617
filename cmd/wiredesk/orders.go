package main

import (
	"errors"
	"fmt"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/store"
)

// orderVerb makes a verb that gives one order. fill adds to the order what its
// arguments and flags say; an error of it is the command line's.
func orderVerb(c *cobra.Command, fill func(plan *aggregator.Plan, o *aggregator.Order, args []string) error) *cobra.Command {
	by := c.Flags().String("by", "", "who gives the order (default: the user of this session)")
	kind := c.Name()
	c.RunE = verb(func(c *cobra.Command, args []string) error {
		plan, err := load(c)
		if err != nil {
			return err
		}
		o := aggregator.Order{Kind: kind, By: *by, At: time.Now()}
		if o.By == "" {
			o.By = sessionUser()
		}
		if err := errors.Join(fill(plan, &o, args), o.Check()); err != nil {
			return &exit{exitUsage, err}
		}
		return give(c, plan, &o, args[0])
	})
	return c
}

// sessionUser is the name of who runs us, "" when the system does not say.
func sessionUser() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}

// give finds the order's item, stores the order and says so. A running daemon
// obeys within seconds, otherwise the next run does.
func give(c *cobra.Command, plan *aggregator.Plan, o *aggregator.Order, ref string) error {
	db, err := store.OpenBeside(c.Context(), below(plan.Config, plan.Config.Site.Data))
	if err != nil {
		return err
	}
	defer db.Close()
	r, err := one(c, db, ref)
	if err != nil {
		return err
	}
	o.Source, o.Key = r.Source, r.Key
	if _, blocked := r.Blocked(); !blocked {
		o.Title, o.Link = r.Item.Title, r.Item.Link
	}
	if err := db.Give(c.Context(), o); err != nil {
		return err
	}
	said := fmt.Sprintf("order %d: %s\n  item %d of %s: %s\n", o.ID, orderWords(o), r.ID, r.Source, titleOf(r))
	if shown, err := db.EntriesOf(c.Context(), r.ID); err == nil && len(shown) == 0 && o.Topic == "" {
		said += "  it is in no edition now: the order waits until it is\n"
	}
	_, err = fmt.Fprint(c.OutOrStdout(), plain(said))
	return err
}

// one finds the item that ref names; two are not one.
func one(c *cobra.Command, db *store.DB, ref string) (*aggregator.Record, error) {
	found, err := db.Record(c.Context(), ref)
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, fmt.Errorf("no item %q; give its number, or its link or guid exactly as the source has it", ref)
	case len(found) == 1:
		return &found[0], nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d items are %q; give the number of one:", len(found), ref)
	for i := range found {
		fmt.Fprintf(&b, "\n  %d  %s  %s", found[i].ID, found[i].Source, titleOf(&found[i]))
	}
	return nil, errors.New(plain(b.String()))
}

// orderWords says what an order asks for.
func orderWords(o *aggregator.Order) string {
	switch {
	case o.Kind == aggregator.Put:
		return "put into topic " + o.Topic
	case o.Kind == aggregator.Drop:
		return "drop from topic " + o.Topic
	case o.Kind == aggregator.Pin && o.Off:
		return "pin taken off in edition " + o.Edition
	case o.Kind == aggregator.Pin && !o.Until.IsZero():
		return fmt.Sprintf("pin in edition %s until %s", o.Edition, minute(o.Until))
	case o.Kind == aggregator.Pin:
		return "pin in edition " + o.Edition
	case o.Kind == aggregator.Merge && o.With != nil:
		return fmt.Sprintf("merge with %s of %s", orWord(o.With.Title, "an item without a title"), o.With.Source)
	case o.Kind == aggregator.Block:
		return blockWords(o)
	case o.Kind == aggregator.Split:
		return "split: it tells a story of its own"
	case o.Text == "":
		return o.Kind + " taken away"
	default:
		return fmt.Sprintf("%s “%s”", o.Kind, o.Text)
	}
}

// blockWords says what a block takes out, or gives back.
func blockWords(o *aggregator.Order) string {
	what := "this item"
	switch {
	case o.Words != "":
		what = "words “" + o.Words + "”"
	case o.URL != "":
		what = "url " + o.URL
	case o.Key == "":
		what = "source " + o.Source
	}
	if o.Off {
		return "block lifted: " + what
	}
	if o.Why != "" {
		what += " (" + o.Why + ")"
	}
	return "block " + what
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func putCommand() *cobra.Command {
	return topicVerb(&cobra.Command{
		Use: "put URL|ID --topic T", Short: "Put an item into a topic by hand, whatever its score",
	})
}

func dropCommand() *cobra.Command {
	return topicVerb(&cobra.Command{
		Use: "drop URL|ID --topic T", Short: "Drop an item from a topic by hand; put undoes it",
	})
}

func topicVerb(c *cobra.Command) *cobra.Command {
	c.Args = cobra.ExactArgs(1)
	id := c.Flags().String("topic", "", "the topic")
	must(c.MarkFlagRequired("topic"))
	return orderVerb(c, func(plan *aggregator.Plan, o *aggregator.Order, _ []string) error {
		o.Topic = *id
		return among("topic", *id, topicIDs(plan.Config))
	})
}

func pinCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "pin URL|ID --edition E [--until 24h | --off]", Short: "Pin an item to the top of an edition's page",
		Args: cobra.ExactArgs(1),
	}
	id := c.Flags().String("edition", "", "the edition")
	until := c.Flags().String("until", "", `how long, as in "24h" or "7d" (default: until --off)`)
	off := c.Flags().Bool("off", false, "take the pin off")
	must(c.MarkFlagRequired("edition"))
	c.MarkFlagsMutuallyExclusive("until", "off")
	return orderVerb(c, func(plan *aggregator.Plan, o *aggregator.Order, _ []string) error {
		o.Edition, o.Off = *id, *off
		if *until != "" {
			d, err := config.Length(*until)
			if err != nil {
				return fmt.Errorf(`--until: %w; write a number and a unit, as in "24h" or "7d"`, err)
			}
			o.Until = o.At.Add(d)
		}
		return among("edition", *id, editionIDs(plan.Config))
	})
}

func noteCommand() *cobra.Command {
	return textVerb(&cobra.Command{
		Use: "note URL|ID TEXT", Short: "Show a note of ours with an item; '' takes it away",
	})
}

func headlineCommand() *cobra.Command {
	return textVerb(&cobra.Command{
		Use: "headline URL|ID TEXT", Short: "Show an item under a headline of ours; '' takes it away",
	})
}

func textVerb(c *cobra.Command) *cobra.Command {
	c.Args = cobra.ExactArgs(2)
	return orderVerb(c, func(_ *aggregator.Plan, o *aggregator.Order, args []string) error {
		o.Text = strings.TrimSpace(args[1])
		return nil
	})
}

// among refuses an id that the config does not have, and says which it may be,
// and which there are when they are few.
func among(what, id string, ids []string) error {
	for _, have := range ids {
		if have == id {
			return nil
		}
	}
	const few = 24 // a desk may have thousands of sources
	said := fmt.Sprintf("no %s %q", what, id)
	if len(ids) > 0 && len(ids) <= few {
		said += "; the config has: " + strings.Join(ids, ", ")
	}
	if near := config.Nearest(id, ids); near != "" {
		said += fmt.Sprintf(" (did you mean %q?)", near)
	}
	return errors.New(said)
}

// must is for what only a defect of ours can fail.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
