package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man [DIR]", Short: "Print the manual page, or write the pages of all verbs below DIR",
		Args: cobra.MaximumNArgs(1),
		RunE: verb(func(c *cobra.Command, args []string) error {
			root := c.Root()
			root.DisableAutoGenTag = true // pages that change only when the program does (and SOURCE_DATE_EPOCH)
			header := &doc.GenManHeader{Title: "WIREDESK", Section: "1", Source: "wiredesk " + version, Manual: "wiredesk"}
			if len(args) == 0 {
				return doc.GenMan(root, header, c.OutOrStdout())
			}
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return err
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "wrote the pages below %s; try: man -l %[1]s/wiredesk.1\n", args[0])
			return err
		}),
	}
}
