package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/store"
)

// blocking is what the flags of block say.
type blocking struct {
	source, url, words, why, by string
	off                         bool
}

func blockCommand() *cobra.Command {
	var b blocking
	c := &cobra.Command{
		Use: "block [URL|ID]", Short: "Take out an item, a source, addresses or words at once and for ever",
		Long: `Takes something out of all that wiredesk publishes, at once and for ever: what is there
and what comes. It outranks put and pin. What readers have becomes a withdrawn entry under
its id, or is told without the item where other outlets tell the same. --off gives it back.

  an item   by its number or its link; by a link that nothing has yet, for when it comes
  --source  all of a source
  --url     all addresses that begin so, or fit a pattern with *
  --words   all that has these words, in the language of a topic's query

The items stay stored. search and why say that one is blocked, and no more of it.`,
		Example: "  wiredesk block 4711 --why 'court order of 3 May'\n  wiredesk block --url example.org/sponsored/\n  wiredesk block --words '\"Jane Doe\" OR title:lottery'",
		Args:    cobra.MaximumNArgs(1),
		RunE:    verb(func(c *cobra.Command, args []string) error { return b.run(c, args) }),
	}
	f := c.Flags()
	f.StringVar(&b.source, "source", "", "block all of this source")
	f.StringVar(&b.url, "url", "", "block all addresses that begin so, or fit a pattern with *")
	f.StringVar(&b.words, "words", "", "block all that has these words")
	f.StringVar(&b.why, "why", "", "why, for the desk alone")
	f.StringVar(&b.by, "by", "", "who gives the order (default: the user of this session)")
	f.BoolVar(&b.off, "off", false, "lift the block")
	return c
}

func (b *blocking) run(c *cobra.Command, args []string) error {
	plan, err := load(c)
	if err != nil {
		return err
	}
	o := &aggregator.Order{
		Kind: aggregator.Block, By: b.by, At: time.Now(), Why: b.why, Off: b.off,
		Source: b.source, URL: aggregator.BlockPattern(b.url), Words: b.words,
	}
	if o.By == "" {
		o.By = sessionUser()
	}
	db, err := store.OpenBeside(c.Context(), below(plan.Config, plan.Config.Site.Data))
	if err != nil {
		return err
	}
	defer db.Close()
	if err := b.aim(c, db, plan.Config, o, args); err != nil {
		return err
	}
	if err := o.Check(); err != nil {
		return &exit{exitUsage, err}
	}
	if err := standing(c, db, o); err != nil {
		return err
	}
	if err := db.Give(c.Context(), o); err != nil {
		return err
	}
	return b.say(c, db, o)
}

// aim adds to the order what it is about: an item that is stored, or an address
// that nothing has yet. The order says no more of the item than its number's
// source and key: it is to be read nowhere.
func (b *blocking) aim(c *cobra.Command, db *store.DB, cfg *config.Config, o *aggregator.Order, args []string) error {
	if len(args) > 0 && (o.Source != "" || o.URL != "" || o.Words != "") || o.Source != "" && (o.URL != "" || o.Words != "") {
		return &exit{exitUsage, fmt.Errorf("block: name one thing: an item, --source, --url or --words")}
	}
	if o.Source != "" && !o.Off {
		var ids []string
		for _, src := range cfg.Sources {
			ids = append(ids, src.ID)
		}
		if err := among("source", o.Source, ids); err != nil {
			return &exit{exitUsage, err}
		}
	}
	if len(args) == 0 {
		return nil
	}
	found, err := db.Record(c.Context(), args[0])
	if err == nil && len(found) == 0 && aggregator.IsAddress(args[0]) {
		o.URL = args[0]
		return nil
	}
	if err != nil {
		return err
	}
	r, err := one(c, db, args[0])
	if err != nil {
		return err
	}
	o.Source, o.Key = r.Source, r.Key
	if o.Off { // under the key that it was given
		for _, is := range r.Blocks {
			if is.Key != "" {
				o.Source, o.Key = is.Source, is.Key
			}
		}
	}
	return nil
}

// standing refuses to lift what is not blocked.
func standing(c *cobra.Command, db *store.DB, o *aggregator.Order) error {
	if !o.Off {
		return nil
	}
	all, err := db.Orders(c.Context())
	if err != nil {
		return err
	}
	for _, is := range slices.Backward(all) {
		if is.Kind == aggregator.Block && is.SameAim(o) {
			if !is.Off {
				return nil
			}
			break
		}
	}
	return fmt.Errorf("block: nothing is blocked so: wiredesk export orders lists the blocks, and --off wants the same words")
}

// blockSince is how far back say counts what a block hits.
const blockSince = 30 * 24 * time.Hour

// say tells what was ordered, and what it does to what came lately.
func (b *blocking) say(c *cobra.Command, db *store.DB, o *aggregator.Order) error {
	said := fmt.Sprintf("order %d: %s\n", o.ID, orderWords(o))
	hit, still, looked := 0, 0, 0
	err := came(c.Context(), db, time.Now().Add(-blockSince), func(records []aggregator.Record) {
		for i := range records {
			looked++
			if !slices.ContainsFunc(records[i].Blocks, func(is aggregator.Order) bool { return is.ID == o.ID }) {
				continue
			}
			hit++
			if _, blocked := records[i].Blocked(); blocked {
				still++
			}
		}
	})
	if err != nil {
		return err
	}
	said += fmt.Sprintf("  of the %s that came in the last 30 days it is about %d", count(looked, "item"), hit)
	if o.Off && still > 0 {
		said += fmt.Sprintf("; another order still blocks %d of them", still)
	}
	_, err = fmt.Fprint(c.OutOrStdout(), plain(said+"\n"))
	return err
}

// titleOf is an item's title for the desk, unless it is blocked.
func titleOf(r *aggregator.Record) string {
	if o, blocked := r.Blocked(); blocked {
		return blockedBy(o)
	}
	return r.Item.Title
}

// blockedBy is said in the place of an item.
func blockedBy(o aggregator.Order) string { return fmt.Sprintf("(blocked by order %d)", o.ID) }

// hush makes of what why knows of a blocked item what it says.
func hush(e explanation, o aggregator.Order) explanation {
	e.Blocked = &o
	e.Title, e.Link, e.Lang, e.Rule, e.Near, e.Aside = "", "", "", "", "", ""
	e.Matches, e.Links, e.Revisions = []topic.Match{}, nil, nil
	e.Orders = slices.Clone(e.Orders)
	for i := range e.Orders {
		e.Orders[i].Title, e.Orders[i].Link, e.Orders[i].Text, e.Orders[i].With = "", "", "", nil
	}
	return e
}
