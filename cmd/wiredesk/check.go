package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
)

func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check [FILE]", Short: "Find every mistake in the config, and run the topics' tests",
		Args: cobra.MaximumNArgs(1),
		RunE: verb(func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				if err := c.Flags().Set("config", args[0]); err != nil {
					return err
				}
			}
			plan, err := review(c)
			if err != nil {
				return err
			}
			cfg := plan.Config
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s: ok, %s, %s, %s\n", cfg.File,
				count(len(cfg.Sources), "source"), count(len(cfg.Topics), "topic"), count(len(cfg.Editions), "edition"))
			return err
		}),
	}
}

// load finds, reads and compiles the config. When there is a mistake, all is
// shown before it returns; warnings alone are left to review, or cron would mail
// them after every round.
func load(c *cobra.Command) (*aggregator.Plan, error) {
	var said bytes.Buffer
	plan, err := loadTo(c, &said)
	if err != nil {
		if _, err := said.WriteTo(c.ErrOrStderr()); err != nil {
			return nil, err
		}
	}
	return plan, err
}

// review is load for the verbs with which one looks after a config: warnings are
// shown too.
func review(c *cobra.Command) (*aggregator.Plan, error) { return loadTo(c, c.ErrOrStderr()) }

func loadTo(c *cobra.Command, w io.Writer) (*aggregator.Plan, error) {
	flag, err := c.Flags().GetString("config")
	if err != nil {
		return nil, err
	}
	path, err := config.Find(flag)
	if err != nil {
		return nil, &exit{exitConfig, err}
	}
	return compile(path, w)
}

// compile reads one config file.
func compile(path string, w io.Writer) (*aggregator.Plan, error) {
	cfg, errs := config.Load(path)
	return judge(path, cfg, errs, w, "nothing was started")
}

// judge shows every mistake in a config as loaded, and says at the end what did
// not happen for them. Meaning is judged only where the file can be read at all;
// mistakes of both kinds come together.
func judge(path string, cfg *config.Config, errs []config.Error, w io.Writer, not string) (*aggregator.Plan, error) {
	plan, errs := meaning(cfg, errs)
	wrong := 0
	for _, e := range errs {
		fmt.Fprintln(w, e.Format())
		if !e.Warning {
			wrong++
		}
	}
	if wrong > 0 || plan == nil {
		return nil, &exit{exitConfig, fmt.Errorf("%s: %s; %s", path, count(wrong, "mistake"), not)}
	}
	return plan, nil
}

// readConfig loads and compiles one config file. The config is nil when a file of it is
// no TOML, and the plan when there is any mistake; warnings alone are no obstacle.
func readConfig(path string) (*config.Config, *aggregator.Plan, []config.Error) {
	cfg, errs := config.Load(path)
	plan, errs := meaning(cfg, errs)
	return cfg, plan, errs
}

// meaning compiles a config as loaded, nil when it could not be read at all, and
// adds what is wrong in its meaning. There is no plan where there is a mistake.
func meaning(cfg *config.Config, errs []config.Error) (*aggregator.Plan, []config.Error) {
	if cfg == nil {
		return nil, errs
	}
	plan, more := aggregator.Compile(cfg)
	errs = append(errs, more...)
	if slices.ContainsFunc(errs, func(e config.Error) bool { return !e.Warning }) {
		plan = nil
	}
	return plan, errs
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// below resolves a directory of the config against the config file's own.
func below(cfg *config.Config, dir string) string {
	if dir == "" || filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(filepath.Dir(cfg.File), dir)
}

// logger writes to stderr; quiet leaves only what needs somebody.
func logger(c *cobra.Command, quiet bool) *slog.Logger {
	level := slog.LevelInfo
	if quiet {
		level = slog.LevelError
	}
	if v, err := c.Flags().GetBool("verbose"); err == nil && v {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: level}))
}

func initCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use: "init [FILE]", Short: "Write a commented config file to start from",
		Args: cobra.MaximumNArgs(1),
		RunE: verb(func(c *cobra.Command, args []string) error {
			path := "wiredesk.toml"
			if len(args) == 1 {
				path = args[0]
			}
			return writeExample(c.OutOrStdout(), path, force)
		}),
	}
	c.Flags().BoolVar(&force, "force", false, "replace the file if it exists")
	return c
}

// writeExample never replaces a file unasked: it may be a year's work.
func writeExample(w io.Writer, path string, force bool) error {
	mode := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		mode = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, mode, 0o644)
	if os.IsExist(err) {
		return fmt.Errorf("%s exists already; name another file, or say --force to replace it", path)
	}
	if err != nil {
		return err
	}
	if _, err := f.Write(config.Example(time.Now().Year())); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "wrote %s; set title, base_url, tag and contact in it, then: wiredesk check\n", path)
	return err
}
