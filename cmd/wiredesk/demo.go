package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// A demo is what the flags of the verb say.
type demo struct {
	once   bool
	dir    string // where database and static files go; a temporary directory when ""
	listen string
}

func demoCommand() *cobra.Command {
	var d demo
	c := &cobra.Command{
		Use: "demo", Short: "Run everything on a built-in wire: no network, no config",
		Long: "Starts about a dozen invented outlets on this machine and the real daemon that polls them,\n" +
			"and prints the addresses to open and subscribe to. New items come in while it runs.\n" +
			"With --once it does one round, prints what it did, and ends.",
		Args: cobra.NoArgs,
		RunE: verb(func(c *cobra.Command, _ []string) error { return d.run(c) }),
	}
	c.Flags().BoolVar(&d.once, "once", false, "do one round and exit")
	c.Flags().StringVar(&d.dir, "dir", "", "keep database, config and static files here")
	c.Flags().StringVar(&d.listen, "listen", "127.0.0.1:8080", "address to serve on")
	return c
}

// run starts the wire, then the daemon on it; both end together.
func (d demo) run(c *cobra.Command) error {
	if d.dir == "" {
		temp, err := os.MkdirTemp("", "wiredesk-demo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		d.dir = temp
	}
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return err
	}
	w, err := newWire(time.Now)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(c.Context())
	defer cancel()
	ready := make(chan map[string]string, 1)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		return w.serve(ctx, func(base map[string]string) error {
			ready <- base
			return nil
		})
	})
	group.Go(func() error {
		defer cancel() // the round is over, or it failed: the wire may go
		select {
		case <-ctx.Done():
			return nil
		case base := <-ready:
			return d.daemon(ctx, c, w, base)
		}
	})
	return group.Wait()
}

// daemon writes the demo's config and runs what `wiredesk run` runs.
func (d demo) daemon(ctx context.Context, c *cobra.Command, w *wire, base map[string]string) error {
	hup, stop := hangups()
	defer stop()
	l, address, err := d.listener()
	if err != nil {
		return err
	}
	if l != nil {
		defer l.Close()
	}
	path := filepath.Join(d.dir, "wiredesk.toml")
	text, err := w.config(base, wireOptions{
		BaseURL: "http://" + address, Listen: address, Data: "data", Static: "public",
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return err
	}
	plan, err := compile(path, c.ErrOrStderr())
	if err != nil {
		return err
	}
	n, err := open(ctx, plan, logger(c, d.once))
	if err != nil {
		return err
	}
	defer n.Close()
	n.hup = hup
	out := c.OutOrStdout()
	fmt.Fprintf(out, "%d outlets on this machine, some of them broken on purpose:\n", len(w.outlets()))
	for _, o := range w.outlets() {
		fmt.Fprintf(out, "  %-18s %-4s %-4s %s\n", o.ID, o.Lang, o.Format, o.Broken)
	}
	if d.once {
		return d.round(ctx, out, n)
	}
	if _, _, err := n.once(ctx); err != nil { // the daemon would hold its first entries for minutes
		return err
	}
	addresses(out, "http://"+address, d.dir)
	return n.run(ctx, l)
}

// listener opens the address to serve on, or any free port when it is taken.
// With --once nothing is served, and the addresses are always the same, so that
// two runs write the same bytes.
func (d demo) listener() (net.Listener, string, error) {
	if d.once {
		return nil, d.listen, nil
	}
	l, err := net.Listen("tcp", d.listen)
	if err != nil {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, "", err
	}
	return l, l.Addr().String(), nil
}

func addresses(w io.Writer, base, dir string) {
	fmt.Fprintf(w, `
open        %[1]s/          the editions
            %[1]s/syria/    one story an entry, every outlet in it
            %[1]s/status    how the outlets do
subscribe   %[1]s/syria.rss, .atom or .json
files       %[2]s            config, database, the same documents as files
New items come in while it runs, and are published once their minute is over; stop with Ctrl-C.
`, base, dir)
}

// round does one round and says what it did.
func (d demo) round(ctx context.Context, out io.Writer, n *newsroom) error {
	report, round, err := n.once(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(out)
	summary(out, report, round)
	states, err := n.db.States(ctx)
	if err != nil {
		return err
	}
	for _, st := range states {
		if st.Error != "" {
			fmt.Fprintf(out, "  %s: %s\n", st.Source, plain(st.Error))
		}
	}
	for _, ed := range n.active().Config.Editions {
		issue, entries, err := n.db.Edition(ctx, ed.ID, ed.Items, 500, ed.Span)
		if err != nil {
			return err
		}
		outlets := 0
		for _, e := range entries {
			outlets += 1 + len(e.Also)
		}
		fmt.Fprintf(out, "edition %s: %d entries of %d items, version %d\n", ed.ID, len(entries), outlets, issue.Version)
	}
	fmt.Fprintf(out, "written below %s: wiredesk.toml, data, public\n", d.dir)
	return nil
}
