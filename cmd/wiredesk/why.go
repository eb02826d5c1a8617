package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/store"
)

func whyCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "why URL|ID", Short: "Explain why an item is where it is, or nowhere", Args: cobra.ExactArgs(1),
		RunE: verb(func(c *cobra.Command, args []string) error {
			all, err := explain(c, args[0])
			if err != nil {
				return err
			}
			for _, e := range all {
				if asJSON {
					err = json.NewEncoder(c.OutOrStdout()).Encode(e)
				} else {
					err = printWhy(c.OutOrStdout(), e)
				}
				if err != nil {
					return err
				}
			}
			return nil
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one line of JSON an item")
	return c
}

// explain reads what was decided; it decides nothing again.
func explain(c *cobra.Command, ref string) ([]explanation, error) {
	plan, err := load(c)
	if err != nil {
		return nil, err
	}
	db, err := store.OpenRead(c.Context(), below(plan.Config, plan.Config.Site.Data))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	records, err := db.Record(c.Context(), ref)
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, fmt.Errorf("no item %q; give its number, or its link or guid exactly as the source has it", ref)
	}
	var all []explanation
	for _, r := range records {
		entries, err := db.EntriesOf(c.Context(), r.ID)
		if err != nil {
			return nil, err
		}
		revisions, err := db.Revisions(c.Context(), r.ID)
		if err != nil {
			return nil, err
		}
		e := explanation{
			Item: r.ID, Source: r.Source, Title: r.Item.Title, Link: r.Item.Link, Lang: r.Item.Lang,
			Rev: r.Rev, Filed: r.FiledRev == r.Rev && r.FiledOrder >= r.LastOrder(), Earlier: r.FiledPlan != "" && r.FiledPlan != plan.Print,
			Matches: r.Matches, Story: r.Story,
			CopyOf: r.CopyOf, Rule: r.Rule, Near: r.Near, Links: r.Links, Aside: r.Aside, Entries: entries,
			Orders: aggregator.InOrder(append(r.Orders, r.Blocks...)), Revisions: revisions,
		}
		for _, en := range entries {
			if plan.Edition(en.Edition) == nil {
				e.Retired = append(e.Retired, en.Edition)
			}
		}
		e.list()
		if o, blocked := r.Blocked(); blocked {
			e = hush(e, o)
		}
		all = append(all, e)
	}
	return all, nil
}

func printWhy(w io.Writer, e explanation) error {
	var b strings.Builder
	if e.Blocked != nil {
		return whyBlocked(w, e)
	}
	fmt.Fprintf(&b, "item %d of %s, revision %d, language %s\n  %s\n  %s\n", e.Item, e.Source, e.Rev, orWord(e.Lang, "unknown"), e.Title, e.Link)
	switch {
	case !e.Filed:
		b.WriteString("not filed yet\n")
	case e.Story == 0 && len(e.Matches) == 0:
		b.WriteString("in no topic, and no term of one counts in it\n")
	case e.Story == 0:
		b.WriteString("in no topic\n")
	}
	if e.Filed && e.Earlier {
		b.WriteString("this is by an earlier config: wiredesk run files the item again\n")
	}
	whyMatches(&b, e.Matches)
	for i := range e.Revisions {
		whyRevision(&b, &e.Revisions[i])
	}
	for i := range e.Orders {
		o := &e.Orders[i]
		fmt.Fprintf(&b, "order %d: %s, by %s, %s\n", o.ID, orderWords(o), o.By, minute(o.At))
	}
	if e.Rule != "" {
		fmt.Fprintf(&b, "story %d: %s\n", e.Story, e.Rule)
	}
	if e.Near != "" {
		fmt.Fprintf(&b, "%s\n", e.Near)
	}
	for _, l := range e.Links {
		fmt.Fprintf(&b, "in another language: story %d, %s\n", l.Story, l.Why)
	}
	if e.Aside != "" {
		fmt.Fprintf(&b, "%s\n", e.Aside)
	}
	for _, en := range e.Entries {
		role := "also"
		if en.Lead.Record == e.Item {
			role = "lead"
		}
		gone := ""
		if slices.Contains(e.Retired, en.Edition) {
			gone = " (published no more)"
		}
		fmt.Fprintf(&b, "edition %s%s: %s of %s, published %s%s\n", en.Edition, gone, role, en.ID, minute(en.Published), credited(en, e.Item))
	}
	_, err := io.WriteString(w, plain(b.String()))
	return err
}

// whyBlocked says of a blocked item that it is, and by whom.
func whyBlocked(w io.Writer, e explanation) error {
	var b strings.Builder
	fmt.Fprintf(&b, "item %d of %s\n  %s\n", e.Item, e.Source, blockedBy(*e.Blocked))
	for i := range e.Orders {
		o := &e.Orders[i]
		if o.Kind == aggregator.Block {
			fmt.Fprintf(&b, "order %d: %s, by %s, %s\n", o.ID, orderWords(o), o.By, minute(o.At))
		} else {
			fmt.Fprintf(&b, "order %d: %s, by %s, %s\n", o.ID, o.Kind, o.By, minute(o.At))
		}
	}
	for _, en := range e.Entries {
		if en.Withheld() {
			fmt.Fprintf(&b, "edition %s: withdrawn in %s\n", en.Edition, en.ID)
		}
	}
	_, err := io.WriteString(w, plain(b.String()))
	return err
}

// credited says whom an item of an entry has its text from, as far as it says so.
func credited(en aggregator.Entry, item int64) string {
	for _, t := range append([]aggregator.Telling{en.Lead}, en.Also...) {
		if t.Record == item && t.Credit != "" {
			return ", credits " + t.Credit
		}
	}
	return ""
}

// whyRevision says what a publisher changed. What was taken back is told to the
// operator alone: no document shows it.
func whyRevision(b *strings.Builder, r *aggregator.Revision) {
	fmt.Fprintf(b, "revision %d: %s, %s\n", r.Rev, r.Kind, minute(r.At))
	if r.Title != "" {
		fmt.Fprintf(b, "  title was: %s\n", r.Title)
	}
	if r.Link != "" {
		fmt.Fprintf(b, "  link was: %s\n", r.Link)
	}
	for _, s := range r.Removed {
		fmt.Fprintf(b, "  - %s\n", s)
	}
	for _, s := range r.Added {
		fmt.Fprintf(b, "  + %s\n", s)
	}
	if r.Note != "" {
		fmt.Fprintf(b, "  shown: %s\n", r.Note)
	}
}

// whyMatches tells the verdicts: what the item is in or was put out of, then what
// it just misses, the nearest first, and how points come about.
func whyMatches(b *strings.Builder, all []topic.Match) {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(x, y topic.Match) int { return cmp.Compare(lacking(x), lacking(y)) })
	near, scored := "nearest", false
	for _, m := range sorted {
		whyMatch(b, m, near)
		if lacking(m) >= 0 {
			near = "further off"
		}
		scored = scored || m.Score > 0
	}
	if scored {
		b.WriteString("score: 3 for the title + 2 for the lead + 1 a mention, at most 3; a weak one counts half\n")
	}
}

// lacking is by how many points an item misses a topic, 0 when a query keeps it
// out; less when it misses nothing.
func lacking(m topic.Match) float64 {
	if m.In || m.Veto != "" || m.By != "" {
		return -1
	}
	return max(m.Need-m.Score, 0)
}

func whyMatch(b *strings.Builder, m topic.Match, near string) {
	switch {
	case m.By == "query":
		fmt.Fprintf(b, "topic %s: in, by what is not in it\n", m.Topic)
	case m.By == aggregator.Put:
		fmt.Fprintf(b, "topic %s: in, put by hand\n", m.Topic)
	case m.By == aggregator.Drop:
		fmt.Fprintf(b, "topic %s: out, dropped by hand\n", m.Topic)
	case m.In && m.By != "":
		fmt.Fprintf(b, "topic %s: in, by its source's %q\n", m.Topic, m.By)
	case m.In:
		fmt.Fprintf(b, "topic %s: in, score %g of %g\n", m.Topic, m.Score, m.Need)
	case m.Veto != "":
		fmt.Fprintf(b, "topic %s: out, rejected by %s\n", m.Topic, m.Veto)
	case m.Lacks != "":
		fmt.Fprintf(b, "%s: %s %g of %g, but its query lacks %s\n", near, m.Topic, m.Score, m.Need, m.Lacks)
	default:
		fmt.Fprintf(b, "%s: %s %g of %g: %s\n", near, m.Topic, m.Score, m.Need, because(m))
	}
	for _, r := range m.Reasons {
		fmt.Fprintf(b, "  %s, word %d: %q by %s (%s)%s\n", r.Field, r.At+1, r.Words, r.Term, r.List, worth(r))
	}
}

// worth says what a mention counts when it is not a whole one.
func worth(r topic.Reason) string {
	switch r.Points {
	case 0:
		return ", does not count"
	case .5:
		return ", counts half"
	default:
		return ""
	}
}

func orWord(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// plain drops control characters, so that no source can write to a terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return -1
		}
		return r
	}, s)
}
