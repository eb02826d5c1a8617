package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/store"
)

// A foundLine is one item as `search --json` prints it.
type foundLine struct {
	Item      int64     `json:"item"` // number, for why
	Source    string    `json:"source"`
	Outlet    string    `json:"outlet"`
	Lang      string    `json:"lang"`      // "" when not known
	Published time.Time `json:"published"` // UTC
	Title     string    `json:"title"`
	Link      string    `json:"link"`
	Score     float64   `json:"score"`             // higher is better; 0 unless --by relevance
	Snippet   string    `json:"snippet"`           // of the text; "" when there is none
	Hits      []string  `json:"hits"`              // words of the snippet that were looked for, as they stand
	Blocked   int64     `json:"blocked,omitempty"` // the order that blocks it: then nothing is said of it
}

// A searching is the flags of search.
type searching struct {
	since, by string
	limit     int
	asJSON    bool
}

func searchCommand() *cobra.Command {
	var f searching
	c := &cobra.Command{
		Use: "search QUERY", Short: "Find stored items by their words",
		Long: `Finds stored items by their words, in title, summary and text, whether or not they
are in a topic. The language is that of a topic's query:

  aleppo bakery           both words, whatever their case and marks
  "two words"  stem*      a phrase; any ending
  =HTS  "a b"~5  /re/i    exactly so; near each other; a regular expression
  a | b  a OR b  ( )      either
  2 of (a, b, c)          at least two of them
  -word  NOT word         without it (put -- before a query that begins with -)
  title: summary: body: author: tag: url:    only there, as in title:aleppo
  source: lang: site:                        as in source:sana, lang:ar, site:example.org

Arabic words are found behind their prefixes too. What says little to the index, as
a regular expression alone, is looked for in 5000 items, the first in the order
asked for. One line of JSON an item with --json: item, source, outlet, lang,
published, title, link, score, snippet, hits.`,
		Example: "  wiredesk search 'aleppo (bread | flour) -recipe' --since 7d",
		Args:    cobra.MinimumNArgs(1),
		RunE: verb(func(c *cobra.Command, args []string) error {
			return search(c, f, strings.Join(args, " "))
		}),
	}
	c.Flags().StringVar(&f.since, "since", "", "only items published within this time, as in 12h, 30d, 1y")
	c.Flags().StringVar(&f.by, "by", "newest", "order: newest or relevance")
	c.Flags().IntVar(&f.limit, "limit", 20, "at most so many items")
	c.Flags().BoolVar(&f.asJSON, "json", false, "one line of JSON an item")
	return c
}

func search(c *cobra.Command, f searching, query string) error {
	q, err := f.search(query, time.Now())
	if err != nil {
		return &exit{exitUsage, err}
	}
	plan, err := load(c)
	if err != nil {
		return err
	}
	db, err := store.OpenRead(c.Context(), below(plan.Config, plan.Config.Site.Data))
	if err != nil {
		return err
	}
	defer db.Close()
	found, err := db.Search(c.Context(), q)
	if err != nil {
		return err
	}
	for i := range found.Found {
		it := &found.Found[i]
		if f.asJSON {
			err = json.NewEncoder(c.OutOrStdout()).Encode(lineOf(plan, it))
		} else {
			err = printFound(c.OutOrStdout(), plan, it)
		}
		if err != nil {
			return err
		}
	}
	_, err = io.WriteString(c.ErrOrStderr(), remark(found))
	return err
}

// search is what the flags and the query come to.
func (f searching) search(query string, now time.Time) (store.Search, error) {
	q := store.Search{Query: query, Relevance: f.by == "relevance", Limit: f.limit}
	if f.by != "newest" && f.by != "relevance" {
		return q, fmt.Errorf("--by %s: write newest or relevance", f.by)
	}
	if f.limit < 1 || f.limit > 10_000 {
		return q, fmt.Errorf("--limit %d: write 1 to 10000", f.limit)
	}
	if err := q.Check(); err != nil || f.since == "" {
		return q, err
	}
	length, err := config.Length(f.since)
	if err != nil {
		return q, fmt.Errorf("--since: %w; write a number and a unit, as in 12h, 7d or 1y", err)
	}
	q.Since = now.Add(-length)
	return q, nil
}

// remark says what the findings alone do not.
func remark(f store.Findings) string {
	switch {
	case f.Empty:
		return "The store is empty: nothing has been polled yet (wiredesk run).\n"
	case f.Waiting > 0:
		return fmt.Sprintf("Older items are not indexed yet (%d wait): wiredesk run does it.\n", f.Waiting)
	case f.Looked > 0:
		return fmt.Sprintf("Only %d items were looked at: add a word to the query, or --since, to reach the rest.\n", f.Looked)
	case len(f.Found) == 0:
		return "Nothing found.\n"
	}
	return ""
}

func lineOf(plan *aggregator.Plan, it *store.Found) foundLine {
	line := foundLine{
		Item: it.ID, Source: it.Source, Outlet: plan.Outlet(&it.Record), Lang: it.Item.Lang, Published: it.Published,
		Title: it.Item.Title, Link: it.Item.Link, Score: it.Score, Hits: []string{},
	}
	if o, blocked := it.Blocked(); blocked {
		line.Title, line.Link, line.Lang, line.Outlet, line.Blocked = "", "", "", it.Source, o.ID
	}
	for _, p := range it.Snippet {
		line.Snippet += p.Text
		if p.Hit {
			line.Hits = append(line.Hits, p.Text)
		}
	}
	return line
}

func printFound(w io.Writer, plan *aggregator.Plan, it *store.Found) error {
	var snippet strings.Builder
	bold := terminal(w) && os.Getenv("NO_COLOR") == ""
	for _, p := range it.Snippet {
		if text := flat(p.Text); p.Hit && bold {
			snippet.WriteString("\x1b[1m" + text + "\x1b[0m")
		} else {
			snippet.WriteString(text)
		}
	}
	head := fmt.Sprintf("%s  %s  item %d", clock(it.Published, "no date"), plan.Outlet(&it.Record), it.ID)
	if o, blocked := it.Blocked(); blocked {
		_, err := fmt.Fprintf(w, "%s  %s  item %d\n  %s\n", clock(it.Published, "no date"), it.Source, it.ID, blockedBy(o))
		return err
	}
	for _, line := range []string{flat(head), "  " + flat(orWord(it.Item.Title, "(no title)")), "  " + flat(it.Item.Link), "  " + snippet.String()} {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

// flat is foreign text on one line, without what could steer a terminal.
func flat(s string) string { return strings.ReplaceAll(plain(s), "\n", " ") }

// terminal says whether somebody looks on.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// progress shows how far long work is, when somebody looks on; else it is nil.
func progress(w io.Writer, what string) func(done, of int) {
	if !terminal(w) {
		return nil
	}
	return func(done, of int) {
		end := ""
		if done >= of {
			end = "\n"
		}
		fmt.Fprintf(w, "\r%s: %d of %d%s", what, done, of, end)
	}
}
