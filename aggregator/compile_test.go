package aggregator_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
)

// Each file of config/testdata/compile says in its first lines what check must
// say of its meaning, with line and column.
func TestMistakesOfMeaningHaveTheirPlace(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "config", "testdata", "compile", "*.toml"))
	if err != nil || len(files) < 15 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, path := range files {
		cfg, errs := config.Load(path)
		if cfg == nil {
			t.Errorf("%s: %v", path, errs)
			continue
		}
		plan, more := aggregator.Compile(cfg)
		if wrong := !strings.HasPrefix(filepath.Base(path), "warn-"); wrong == (plan != nil) {
			t.Errorf("%s: compiles %v", path, plan != nil)
		}
		var got, want []string
		for _, e := range append(errs, more...) {
			got = append(got, strings.TrimPrefix(e.Error(), path+":"))
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(data), "\n") {
			if text, ok := strings.CutPrefix(line, "# "); ok {
				want = append(want, text)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", path, d)
		}
	}
}

func TestTheExampleCompilesAndPassesItsTests(t *testing.T) {
	cfg, _ := config.Parse("wiredesk.toml", config.Example(2026))
	if plan, errs := aggregator.Compile(cfg); plan == nil || len(errs) > 0 {
		t.Error(errs)
	}
}

func TestOnlyWhatDecidesFilingIsInThePlansPrint(t *testing.T) {
	prints := func(change func(*config.Config)) string {
		cfg, _ := config.Parse("wiredesk.toml", config.Example(2026))
		change(cfg)
		plan, errs := aggregator.Compile(cfg)
		if plan == nil {
			t.Fatal(errs)
		}
		return plan.Print
	}
	same := prints(func(*config.Config) {})
	for name, row := range map[string]struct {
		change func(*config.Config)
		moves  bool
	}{
		"a title":    {func(c *config.Config) { c.Site.Title = "x"; c.Topics[0].Title = "y" }, false},
		"a schedule": {func(c *config.Config) { c.Defaults.Fetch.Every *= 2 }, false},
		"a term":     {func(c *config.Config) { c.Topics[0].Strong[0].Terms = nil }, true},
		"an aim":     {func(c *config.Config) { c.Topics[0].Aim = "broad" }, true},
		"a query": {func(c *config.Config) {
			c.Topics[0].Query = config.Term{Text: "NOT football", Path: "topics.syria.query"}
		}, true},
		"a home":      {func(c *config.Config) { c.Sources[0].Home = "" }, true},
		"a new group": {func(c *config.Config) { c.Editions[0].Group = "item" }, true},
	} {
		if moved := prints(row.change) != same; moved != row.moves {
			t.Errorf("%s: moved %v, want %v", name, moved, row.moves)
		}
	}
}
