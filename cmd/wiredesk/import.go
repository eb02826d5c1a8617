package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/config"
)

func importCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "import", Short: "Take sources along from elsewhere", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(importOPMLCommand())
	return c
}

func importOPMLCommand() *cobra.Command {
	var dry bool
	c := &cobra.Command{
		Use: "opml FILE", Short: "Add the feeds of an OPML file to the config file",
		Long: "Adds a table for each feed behind the last source of the config, an included file too. Folders become\n" +
			"tags, ids are made of titles. What is a source already is left out, and said. The change is shown as a\n" +
			"diff. When the config would then have a mistake, all are shown and nothing is written.\n" +
			`To go on keeping the list elsewhere write include = ["sources.opml"] instead.`,
		Args: cobra.ExactArgs(1),
		RunE: verb(func(c *cobra.Command, args []string) error {
			cfg, err := loadOnly(c)
			if err != nil {
				return err
			}
			return importOPML(c, cfg, args[0], dry)
		}),
	}
	c.Flags().BoolVar(&dry, "dry-run", false, "show the change and its mistakes, write nothing")
	return c
}

// skippedShown is how many of those left out are named.
const skippedShown = 20

func importOPML(c *cobra.Command, cfg *config.Config, name string, dry bool) error {
	data, err := readSome(name)
	if err != nil {
		return err
	}
	outlines, err := config.ReadOPML(data)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	sources, skipped := cfg.Import(outlines)
	for _, s := range skipped[:min(len(skipped), skippedShown)] {
		fmt.Fprintln(c.ErrOrStderr(), "left out:", flat(s))
	}
	if n := len(skipped) - skippedShown; n > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "left out: %d more\n", n)
	}
	if len(sources) > 0 {
		change, err := cfg.AddSources(sources...)
		if err != nil {
			return err
		}
		if err := apply(c, cfg, change, dry); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "%s in %s: %d new, %d left out\n", count(len(outlines), "feed"), name, len(sources), len(skipped))
	return err
}

// readSome reads a file as far as one of a limit may be: what lies beyond makes it
// over every limit.
func readSome(name string) ([]byte, error) {
	const enough = 16 << 20

	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, enough))
}
