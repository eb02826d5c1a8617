// Command wiredesk polls news feeds, keeps what they say, files what belongs to
// your topics into stories, and republishes each topic as a curated feed.
//
//	wiredesk demo        # a built-in wire on this machine, no network
//	wiredesk init        # writes a commented wiredesk.toml
//	wiredesk check       # finds every mistake in it at once
//	wiredesk run         # polls on schedule and serves; run --once from cron
//	wiredesk sources     # how the sources do
//	wiredesk editions    # where the editions are published
//	wiredesk why URL|ID  # why an item is where it is
//	wiredesk preview ID  # what a topic matches, and what another config would change
//	wiredesk topics      # how terms and sources did; adds terms and tests to the file
//	wiredesk search WORD # what is stored, by its words
//	wiredesk parse FILE  # what wiredesk reads in a document
//	wiredesk sources add URL   # finds the feed and writes it into the config
//	wiredesk import opml FILE  # takes the sources of another reader along
//
// Orders by hand, which outrank every rule, beside a running daemon or not:
//
//	wiredesk put URL|ID --topic T     # and drop
//	wiredesk pin URL|ID --edition E   # to the top of its page
//	wiredesk headline URL|ID TEXT     # and note
//	wiredesk block URL|ID             # out at once and for ever; also --source, --url, --words
//	wiredesk export orders            # who ordered what, when
//
// It exits with 0 when all is well, 1 when something failed, 2 when the command
// line is wrong, 75 when every source failed, and 78 when the config is wrong.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // site.timezone works on machines without a zone database

	"github.com/spf13/cobra"
)

// Exit codes (sysexits.h).
const (
	exitFailed    = 1
	exitUsage     = 2
	exitAllFailed = 75 // EX_TEMPFAIL
	exitConfig    = 78 // EX_CONFIG
)

// version is set by the linker: -ldflags "-X main.version=1.2.3".
var version = "dev"

// An exit is an error with the code the process ends with. A nil err has been
// shown already.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

func main() { os.Exit(process()) }

// process is the whole program: the command line and the signals it was given.
func process() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills
	return execute(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}

// execute runs one command line and returns the exit code. Tests call it as
// main does.
func execute(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	c, err := root.ExecuteContextC(ctx)
	var e *exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		if e.err != nil {
			fmt.Fprintln(errs, "wiredesk:", e.err)
		}
		return e.code
	default: // cobra's own: an unknown verb or flag, a missing argument
		fmt.Fprintf(errs, "wiredesk: %v\nUsage: %s\nSee %s --help.\n", err, c.UseLine(), c.CommandPath())
		return exitUsage
	}
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "wiredesk",
		Short:         "A wire desk for feeds: poll, keep, file by topic, merge into stories, republish",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentFlags().StringP("config", "c", "", "config file (default: $WIREDESK_CONFIG, ./wiredesk.toml, …)")
	root.PersistentFlags().Bool("verbose", false, "log every poll")
	root.AddCommand(initCommand(), checkCommand(), runCommand(), demoCommand(), sourcesCommand(), editionsCommand(),
		whyCommand(), previewCommand(), topicsCommand(), searchCommand(), parseCommand(), versionCommand(),
		putCommand(), dropCommand(), pinCommand(), noteCommand(), headlineCommand(),
		mergeCommand(), splitCommand(), blockCommand(), importCommand(), exportCommand(),
		backupCommand(), restoreCommand(), pruneCommand(), doctorCommand(),
		reloadCommand(), healthcheckCommand(), manCommand())
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" { // without a run of its own cobra takes any word for a wish for help
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		}
	}
	return root
}

// failed marks an error as the work's own, not the command line's.
func failed(err error) error {
	var e *exit
	if err == nil || errors.As(err, &e) {
		return err
	}
	return &exit{exitFailed, err}
}

// verb adapts a function to cobra: what it returns is a failure of the work.
func verb(run func(c *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error { return failed(run(c, args)) }
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: verb(func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(c.OutOrStdout(), "wiredesk", version)
			return err
		}),
	}
}
