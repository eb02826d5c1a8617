package main

import (
	"encoding/json"

	"github.com/spf13/cobra"
)

func exportCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "export", Short: "Write out what the store holds", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(exportOrdersCommand(), exportOPMLCommand(), exportItemsCommand())
	return c
}

func exportOrdersCommand() *cobra.Command {
	return &cobra.Command{
		Use: "orders", Short: "Every order by hand, oldest first, one line of JSON each", Args: cobra.NoArgs,
		RunE: verb(func(c *cobra.Command, _ []string) error {
			db, err := openRead(c)
			if err != nil {
				return err
			}
			defer db.Close()
			orders, err := db.Orders(c.Context())
			if err != nil {
				return err
			}
			enc := json.NewEncoder(c.OutOrStdout())
			enc.SetEscapeHTML(false)
			for i := range orders {
				if err := enc.Encode(&orders[i]); err != nil {
					return err
				}
			}
			return nil
		}),
	}
}
