package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/config"
)

func topicsCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "topics", Short: "Say how terms and sources did, and add terms and tests to the config", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(topicsReportCommand(), addTermCommand(), addTestCommand())
	return c
}

// editLong tells what both edits do.
const editLong = "It changes the file that the topic stands in, an included one too, and only by putting\n" +
	"text in: comments, order and layout stay. The change is shown as a diff. When the config would then have\n" +
	"a mistake, or a test of a topic would fail, all are shown and nothing is written."

func addTermCommand() *cobra.Command {
	var list, lang string
	c := &cobra.Command{
		Use: "add-term TOPIC TERM", Short: "Add a term to a topic's list in the config file",
		Long: "Adds a term at the end of a list.\n" + editLong,
		Args: cobra.ExactArgs(2),
	}
	c.Flags().StringVar(&list, "list", "strong", "strong, weak, ignore or reject")
	c.Flags().StringVar(&lang, "lang", "", `language of the list, or "all" (default: the only one the topic has)`)
	return editVerb(c, func(cfg *config.Config, t *config.Topic, args []string) (*config.Change, error) {
		lang := lang
		if lang == "" && (list == "strong" || list == "weak") {
			langs := langsOf(t)
			if len(langs) > 1 {
				return nil, fmt.Errorf("topic %s has lists in %s: say which with --lang", t.ID, strings.Join(langs, ", "))
			}
			lang = append(langs, "all")[0]
		}
		return cfg.AddTerm(t.ID, list, lang, args[1])
	})
}

// langsOf are the languages of a topic's lists, in the order written.
func langsOf(t *config.Topic) (langs []string) {
	for _, l := range slices.Concat(t.Strong, t.Weak) {
		if !slices.Contains(langs, l.Lang) {
			langs = append(langs, l.Lang)
		}
	}
	return langs
}

func addTestCommand() *cobra.Command {
	var test config.Test
	c := &cobra.Command{
		Use: "add-test TOPIC --title T --want=true|false", Short: "Add a test to a topic in the config file",
		Long: "Adds a sentence that the topic must match or must leave.\n" + editLong,
		Args: cobra.ExactArgs(1),
	}
	c.Flags().StringVar(&test.Title, "title", "", "title of an item")
	c.Flags().StringVar(&test.Text, "text", "", "text of an item")
	c.Flags().StringVar(&test.Lang, "lang", "", "its language (default: detected)")
	c.Flags().StringVar(&test.Source, "source", "", "its source (default: the terms alone are asked)")
	c.Flags().BoolVar(&test.Want, "want", false, "whether the topic must match it")
	c.MarkFlagsOneRequired("title", "text")
	must(c.MarkFlagRequired("want"))
	return editVerb(c, func(cfg *config.Config, t *config.Topic, _ []string) (*config.Change, error) {
		return cfg.AddTest(t.ID, test)
	})
}

// editVerb makes a verb that edits the topic it is given. An error of edit is
// the command line's.
func editVerb(c *cobra.Command, edit func(*config.Config, *config.Topic, []string) (*config.Change, error)) *cobra.Command {
	dry := c.Flags().Bool("dry-run", false, "show the change and its mistakes, write nothing")
	c.RunE = verb(func(c *cobra.Command, args []string) error {
		cfg, err := loadOnly(c)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(cfg.Topics, func(t *config.Topic) bool { return t.ID == args[0] })
		if i < 0 {
			return &exit{exitUsage, among("topic", args[0], topicIDs(cfg))}
		}
		change, err := edit(cfg, cfg.Topics[i], args)
		if err != nil {
			return &exit{exitUsage, err}
		}
		return apply(c, cfg, change, *dry)
	})
	return c
}

// loadOnly reads the config without judging what it means: an edit may be what
// mends it.
func loadOnly(c *cobra.Command) (*config.Config, error) {
	flag, err := c.Flags().GetString("config")
	if err != nil {
		return nil, err
	}
	path, err := config.Find(flag)
	if err != nil {
		return nil, &exit{exitConfig, err}
	}
	cfg, errs := config.Load(path)
	if cfg == nil {
		_, err = judge(path, nil, errs, c.ErrOrStderr(), "nothing was written")
	}
	return cfg, err
}

// apply shows a change, judges the config it would make, and writes it.
func apply(c *cobra.Command, cfg *config.Config, change *config.Change, dry bool) error {
	if _, err := c.OutOrStdout().Write(diff.Diff(change.File, change.Old, change.File, change.New)); err != nil {
		return err
	}
	after, errs := change.Load()
	if _, err := judge(cfg.File, after, errs, c.ErrOrStderr(), "nothing was written"); err != nil {
		return err
	}
	if dry {
		return nil
	}
	if err := change.Write(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(c.OutOrStdout(), "wrote %s\n", change.File)
	return err
}
