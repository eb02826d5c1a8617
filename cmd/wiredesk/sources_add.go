package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
	"github.com/wiredesk/wiredesk/feeds/words"
)

func sourcesAddCommand() *cobra.Command {
	var src config.Source
	var dry bool
	c := &cobra.Command{
		Use: "add URL", Short: "Find the feed at an address and add it to the config file",
		Long: "Asks the address once. A feed is taken; a page is searched for the feeds it declares, and where it\n" +
			"declares none, a few usual paths are tried as far as robots.txt permits. Of several the choice is yours.\n" +
			"The last items are shown with the topics they would be in, then the change of the config as a diff.\n" +
			"When the config would then have a mistake, all are shown and nothing is written.",
		Args: cobra.ExactArgs(1),
		RunE: verb(func(c *cobra.Command, args []string) error {
			cfg, err := loadOnly(c)
			if err != nil {
				return err
			}
			src.URL = args[0]
			return addSource(c, cfg, src, dry)
		}),
	}
	c.Flags().StringVar(&src.ID, "id", "", "id of the source (default: made of the feed's title)")
	c.Flags().StringVar(&src.Lang, "lang", "", "language it writes (default: what its items are in)")
	c.Flags().BoolVar(&dry, "dry-run", false, "show the feed, the change and its mistakes, write nothing")
	return c
}

func addSource(c *cobra.Command, cfg *config.Config, src config.Source, dry bool) error {
	// Asked before the network is: what is known needs no answer.
	if _, err := cfg.AddSources(src); err != nil {
		return &exit{exitUsage, err}
	}
	client, err := newClient(cfg)
	if err != nil {
		return err
	}
	defer client.Close()
	found, err := findFeed(c.Context(), client, src.URL)
	if err != nil {
		return err
	}
	src.URL, src.Title = found.address, flat(found.feed.Title)
	src.Lang = cmp.Or(src.Lang, found.lang())
	change, err := cfg.AddSources(src)
	if err != nil {
		return &exit{exitUsage, err}
	}
	if after, _ := change.Load(); after != nil {
		if err := found.print(c.OutOrStdout(), after); err != nil {
			return err
		}
	}
	return apply(c, cfg, change, dry)
}

// newClient is the client of the daemon, and of verbs that ask as it does.
func newClient(cfg *config.Config) (*fetch.Client, error) {
	return fetch.New(fetch.Options{
		UserAgent:     fmt.Sprintf("wiredesk/%s (+%s; %s)", version, cfg.Site.BaseURL, cfg.Site.Contact),
		AllowNetworks: cfg.Site.AllowNetworks,
	})
}

// A foundFeed is a feed and the address to write down for it.
type foundFeed struct {
	address string
	feed    *feeds.Feed
}

// findFeed asks an address: for a feed, or for a page that leads to one.
func findFeed(ctx context.Context, client *fetch.Client, address string) (*foundFeed, error) {
	resp, err := client.Get(ctx, fetch.Request{URL: address})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fetch.Redact(address), err)
	}
	f, err := readFound(address, resp)
	if !errors.Is(err, feeds.ErrHTML) {
		return f, err
	}
	switch all := fetch.Candidates(resp); len(all) {
	case 0:
		return tryUsual(ctx, client, resp)
	case 1:
		next, err := client.Get(ctx, fetch.Request{URL: all[0].URL})
		if err != nil {
			return nil, fmt.Errorf("the page names the feed %s: %w", all[0].URL, err)
		}
		return readFound(all[0].URL, next)
	default:
		return nil, choose(all)
	}
}

// choose leaves the choice to the user.
func choose(all []fetch.Candidate) error {
	var b strings.Builder
	b.WriteString("this is a page that names several feeds; choose one:")
	for _, f := range all {
		fmt.Fprintf(&b, "\n  wiredesk sources add '%s'", strings.ReplaceAll(flat(f.URL), "'", "%27"))
		if f.Title != "" {
			fmt.Fprintf(&b, "   # %s", flat(f.Title))
		}
	}
	return errors.New(b.String())
}

// tryUsual looks where programs that make sites put their feeds.
func tryUsual(ctx context.Context, client *fetch.Client, page *fetch.Response) (*foundFeed, error) {
	resp, err := client.WellKnown(ctx, page.URL, func(r *fetch.Response) bool {
		_, err := aggregator.Read(r.Body, aggregator.MetaOf(r))
		return err == nil
	})
	if err != nil {
		return nil, fmt.Errorf("this is a page that declares no feed, and its host could not be searched: %w", err)
	}
	if resp == nil {
		return nil, errors.New("this is a page that declares no feed, and there is none at the usual paths: look on the site for a link named RSS, Atom or feed")
	}
	return readFound(resp.URL, resp)
}

// readFound reads a feed. Its address is the one asked for, unless that has moved
// for good.
func readFound(asked string, resp *fetch.Response) (*foundFeed, error) {
	feed, err := aggregator.Read(resp.Body, aggregator.MetaOf(resp))
	if err != nil {
		return nil, fmt.Errorf("%s is no feed: %w", fetch.Redact(asked), err)
	}
	return &foundFeed{cmp.Or(resp.Moved, strings.TrimSpace(asked)), feed}, nil
}

// lang is the language that most items are in, else that of all of them read as
// one text, else what the feed says; "" when none is known.
func (f *foundFeed) lang() string {
	count, best := map[string]int{}, ""
	var text strings.Builder
	for i := range f.feed.Items {
		it := &f.feed.Items[i]
		text.WriteString(it.Title + "\n" + it.Text + "\n")
		lang := words.Normal(it.Lang)
		if count[lang]++; lang != "" && (best == "" || count[lang] > count[best]) {
			best = lang
		}
	}
	if best == "" {
		best = words.Detect(text.String())
	}
	return cmp.Or(best, words.Normal(f.feed.Lang))
}

// lastItems is how many items of a new source are shown.
const lastItems = 5

// print shows what was found, and what the topics of the config would take of it.
// The config has the source already; its mistakes are for apply to tell.
func (f *foundFeed) print(w io.Writer, cfg *config.Config) error {
	i := slices.IndexFunc(cfg.Sources, func(s *config.Source) bool { return s.URL == f.address })
	plan, _ := aggregator.Compile(cfg)
	if i < 0 || plan == nil {
		return nil
	}
	src := cfg.Sources[i]
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s, %s, language %s\n", flat(orWord(f.feed.Title, "(no title)")), f.feed.Format,
		count(len(f.feed.Items), "item"), orWord(src.Lang, "not known"))
	items := slices.Clone(f.feed.Items)
	slices.SortStableFunc(items, func(a, b feeds.Item) int { return b.Published.Compare(a.Published) })
	in := map[string]int{}
	for i := range items {
		topics := topicsOf(plan, src, items[i])
		for _, id := range topics {
			in[id]++
		}
		if i < lastItems {
			fmt.Fprintf(&b, "  %s  %s%s\n", day(items[i].Published), flat(orWord(items[i].Title, "(no title)")), inTopics(topics))
		}
	}
	for _, t := range plan.Config.Topics {
		fmt.Fprintf(&b, "topic %s would take %d of %d\n", t.ID, in[t.ID], len(items))
	}
	_, err := io.WriteString(w, b.String()+"\n")
	return err
}

// topicsOf are the topics that would take an item.
func topicsOf(plan *aggregator.Plan, src *config.Source, item feeds.Item) (ids []string) {
	item.Lang = cmp.Or(src.Lang, item.Lang)
	for _, m := range plan.Match(&aggregator.Record{Source: src.ID, Item: item}) {
		if m.In {
			ids = append(ids, m.Topic)
		}
	}
	return ids
}

func inTopics(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return "  [" + strings.Join(ids, ", ") + "]"
}

func day(t time.Time) string {
	if t.IsZero() {
		return "no date         "
	}
	return t.Local().Format("2006-01-02 15:04")
}
