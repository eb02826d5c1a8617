package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/store"
)

func mergeCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "merge URL|ID URL|ID", Short: "Merge the story of the first item into that of the second",
		Long: "Merge the story of the first item into that of the second. Everything that tells\n" +
			"the first goes along; split undoes it, item by item.",
		Args: cobra.ExactArgs(2),
	}
	return storyVerb(c, func(db *store.DB, c *cobra.Command, args []string) (moves []move, err error) {
		from, err := one(c, db, args[0])
		if err != nil {
			return nil, err
		}
		into, err := one(c, db, args[1])
		if err != nil {
			return nil, err
		}
		switch {
		case from.Story == 0 || into.Story == 0:
			return nil, errors.New("an item in no topic tells no story: put it into a topic first")
		case from.Story == into.Story:
			return nil, fmt.Errorf("items %d and %d tell one story already: %d", from.ID, into.ID, into.Story)
		}
		told, err := db.Told(c.Context(), from.Story)
		if err != nil {
			return nil, err
		}
		for i := range told {
			moves = append(moves, move{&told[i], aggregator.Merge, into})
		}
		return moves, nil
	})
}

func splitCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "split URL|ID...", Short: "Split items from their story; those named together stay together",
		Args: cobra.MinimumNArgs(1),
	}
	return storyVerb(c, func(db *store.DB, c *cobra.Command, args []string) (moves []move, err error) {
		var head *aggregator.Record
		for _, ref := range args {
			r, err := one(c, db, ref)
			if err != nil {
				return nil, err
			}
			switch {
			case r.Story == 0:
				return nil, fmt.Errorf("item %d is in no topic: it tells no story", r.ID)
			case head == nil:
				head = r
				moves = append(moves, move{r, aggregator.Split, nil})
			case r.Story != head.Story:
				return nil, fmt.Errorf("items %d and %d tell two stories already", head.ID, r.ID)
			default:
				moves = append(moves, move{r, aggregator.Merge, head})
			}
		}
		told, err := db.Told(c.Context(), head.Story)
		if err != nil {
			return nil, err
		}
		if head.ID == head.Story { // the story is named for it: the others leave
			return leave(told, moves)
		}
		for i := range told { // copies go where their original goes
			if isMoved(moves, told[i].CopyOf) && !isMoved(moves, told[i].ID) {
				moves = append(moves, move{&told[i], aggregator.Merge, head})
			}
		}
		return moves, nil
	})
}

// leave turns a split round: what was not named goes, with its copies, and tells
// the story of its first item.
func leave(told []aggregator.Record, named []move) (moves []move, err error) {
	stay := func(id int64) bool { return isMoved(named, id) }
	for i := range told {
		r := &told[i]
		switch {
		case stay(r.ID) || stay(r.CopyOf):
		case len(moves) == 0:
			moves = append(moves, move{r, aggregator.Split, nil})
		default:
			moves = append(moves, move{r, aggregator.Merge, moves[0].item})
		}
	}
	if len(moves) == 0 {
		return nil, errors.New("nothing else tells this story: there is nothing to split")
	}
	return moves, nil
}

func isMoved(moves []move, record int64) bool {
	return slices.ContainsFunc(moves, func(m move) bool { return m.item.ID == record })
}

// A move is one item's order about its story.
type move struct {
	item *aggregator.Record
	kind string
	with *aggregator.Record // of a merge
}

func (m move) order(by string, at time.Time) *aggregator.Order {
	o := &aggregator.Order{Kind: m.kind, By: by, At: at, Source: m.item.Source, Key: m.item.Key}
	if _, blocked := m.item.Blocked(); !blocked {
		o.Title, o.Link = m.item.Item.Title, m.item.Item.Link
	}
	if w := m.with; w != nil {
		o.With = &aggregator.Ref{Source: w.Source, Key: w.Key}
		if _, blocked := w.Blocked(); !blocked {
			o.With.Title, o.With.Link = w.Item.Title, w.Item.Link
		}
	}
	return o
}

// storyVerb makes a verb that gives an order to each item it moves.
func storyVerb(c *cobra.Command, plan func(*store.DB, *cobra.Command, []string) ([]move, error)) *cobra.Command {
	by := c.Flags().String("by", "", "who gives the order (default: the user of this session)")
	c.RunE = verb(func(c *cobra.Command, args []string) error {
		p, err := load(c)
		if err != nil {
			return err
		}
		db, err := store.OpenBeside(c.Context(), below(p.Config, p.Config.Site.Data))
		if err != nil {
			return err
		}
		defer db.Close()
		moves, err := plan(db, c, args)
		if err != nil {
			return err
		}
		if *by == "" {
			*by = sessionUser()
		}
		var orders []*aggregator.Order // all or none: half a merge is none
		for _, m := range moves {
			orders = append(orders, m.order(*by, time.Now()))
		}
		if err := db.Give(c.Context(), orders...); err != nil {
			return err
		}
		for i, o := range orders {
			said := fmt.Sprintf("order %d: %s\n  item %d of %s: %s\n", o.ID, orderWords(o), moves[i].item.ID, o.Source, titleOf(moves[i].item))
			if _, err := fmt.Fprint(c.OutOrStdout(), plain(said)); err != nil {
				return err
			}
		}
		return nil
	})
	return c
}
