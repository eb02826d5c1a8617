package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/config"
)

func healthcheckCommand() *cobra.Command {
	var address string
	c := &cobra.Command{
		Use: "healthcheck", Short: "Ask a running daemon whether it is ready; for containers",
		Long: "Asks the daemon at site.listen for /readyz: exit 0 when it is ready, 1 with its reason when not.\n" +
			"A mistake in the config is no reason, since the daemon runs on without it. Where the file cannot be\n" +
			"read at all, it asks the usual address: with another one, say --address.",
		Args: cobra.NoArgs,
		RunE: verb(func(c *cobra.Command, _ []string) error {
			if address == "" {
				listen, err := listenOf(c)
				if err != nil {
					return err
				}
				address = listen
			}
			body, err := ask(c.Context(), address, "/readyz", 5*time.Second)
			var dial *net.OpError
			switch said := strings.TrimSpace(body); {
			case errors.As(err, &dial):
				return fmt.Errorf("no wiredesk answers at %s: start it with wiredesk run, or say --address (%w)", address, dial)
			case err != nil && said != "":
				return fmt.Errorf("%w: %s", err, plain(said))
			}
			return err
		}),
	}
	c.Flags().StringVar(&address, "address", "", "host:port to ask (default: site.listen)")
	return c
}

// listenOf is where the daemon of a config listens. A config that is being
// edited may be wrong; what can be read of it is enough.
func listenOf(c *cobra.Command) (string, error) {
	flag, err := c.Flags().GetString("config")
	if err != nil {
		return "", err
	}
	path, err := config.Find(flag)
	if err != nil {
		return "", &exit{exitConfig, err}
	}
	if cfg, _ := config.Load(path); cfg != nil {
		return cfg.Site.Listen, nil
	}
	return config.Preset().Site.Listen, nil
}

// firstOf reads the beginning of an answer.
func firstOf(r io.Reader) (string, error) {
	body, err := io.ReadAll(io.LimitReader(r, 64<<10))
	return string(body), err
}
