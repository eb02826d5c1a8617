package main

import (
	"cmp"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

func exportOPMLCommand() *cobra.Command {
	return &cobra.Command{
		Use: "opml", Short: "The feeds we poll, as OPML for other readers",
		Long: "Writes the sources of the config as OPML, their tags as categories. Sources whose address may be a\n" +
			"secret are left out, and said: private ones, those with a url_file or headers, and addresses that look\n" +
			"as if they carried a password or token.",
		Args: cobra.NoArgs,
		RunE: verb(func(c *cobra.Command, _ []string) error {
			cfg, err := loadOnly(c)
			if err != nil {
				return err
			}
			outlines, secret := exported(cfg)
			for _, id := range secret {
				fmt.Fprintf(c.ErrOrStderr(), "left out: sources.%s: its address may be a secret\n", id)
			}
			out, err := feeds.WriteOPML(cfg.Site.Title, time.Time{}, outlines)
			if err != nil {
				return err
			}
			_, err = c.OutOrStdout().Write(out)
			return err
		}),
	}
}

// exported are the sources that may be told, and the ids of the others.
func exported(cfg *config.Config) (outlines []feeds.Outline, secret []string) {
	for _, s := range cfg.Sources {
		if s.Secret() {
			secret = append(secret, s.ID)
			continue
		}
		outlines = append(outlines, feeds.Outline{Title: cmp.Or(s.Title, s.ID), URL: s.URL, Lang: s.Lang, Tags: s.Tags})
	}
	return outlines, secret
}
