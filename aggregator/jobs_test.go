package aggregator

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

// jobPlan is a plan of nothing but jobs.
func jobPlan(t *testing.T, jobs config.Jobs) *Plan {
	t.Helper()
	p := &Plan{Config: &config.Config{Jobs: jobs, Site: config.Site{Timezone: zone(t, "Europe/Berlin")}}}
	if errs := p.readJobs(); len(errs) > 0 {
		t.Fatal(errs)
	}
	return p
}

func TestBadTimesOfJobsAreMistakes(t *testing.T) {
	for _, expr := range []string{"TZ=UTC", "CRON_TZ=Asia/Damascus 0 3 * * *", "0 0 31 2 *", "0 25 * * *", "@daily", "every 1h", "0 3 * *"} {
		p := &Plan{Config: &config.Config{Jobs: config.Jobs{Backup: expr}}}
		errs := p.readJobs()
		if len(errs) != 1 || !strings.Contains(errs[0].Msg, "cron") {
			t.Errorf("%q: %v", expr, errs)
		}
	}
}

// runJobs runs jobs for a while on a clock that may be wrong, and lists when, on
// that clock, each was done.
func runJobs(t *testing.T, plan func() *Plan, length time.Duration, wrong func(since time.Duration) time.Duration, work func(name string) error) (done []string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), length)
	defer stop()
	started := time.Now()
	now := func() time.Time { return time.Now().Add(wrong(time.Since(started))) }
	do := func(name string) func(context.Context) error {
		return func(context.Context) error {
			done = append(done, name+" "+now().In(zone(t, "Europe/Berlin")).Format("02 15:04"))
			return work(name)
		}
	}
	j := &Jobs{
		Plan: plan, Now: now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Work: map[string]func(context.Context) error{"backup": do("backup"), "prune": do("prune")},
	}
	if err := j.Run(ctx); err != nil {
		t.Error(err)
	}
	return done
}

func right(time.Duration) time.Duration { return 0 }

// The bubble's clock starts at midnight UTC, 1 January 2000: one o'clock in Berlin.
func TestJobsAreDoneAtTheirTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plan := jobPlan(t, config.Jobs{Backup: "0 3 * * *", Prune: "30 4 * * 0"})
		got := runJobs(t, func() *Plan { return plan }, 72*time.Hour, right, func(string) error { return nil })
		want := []string{"backup 01 03:00", "backup 02 03:00", "prune 02 04:30", "backup 03 03:00"}
		if !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	})
}

func TestAJobThatPanicsComesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plan := jobPlan(t, config.Jobs{Backup: "0 3 * * *", Prune: "0 4 * * *"})
		got := runJobs(t, func() *Plan { return plan }, 48*time.Hour, right, func(name string) error {
			if name == "backup" {
				panic("no disk")
			}
			return errors.New("no store")
		})
		want := []string{"backup 01 03:00", "prune 01 04:00", "backup 02 03:00", "prune 02 04:00"}
		if !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	})
}

// A job that takes longer than its interval is done again once, not once for
// each time that passed meanwhile.
func TestALongJobIsNotDoneInABurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plan := jobPlan(t, config.Jobs{Prune: "*/10 * * * *"})
		got := runJobs(t, func() *Plan { return plan }, 2*time.Hour-time.Minute, right, func(string) error {
			time.Sleep(45 * time.Minute)
			return nil
		})
		if want := []string{"prune 01 01:10", "prune 01 01:55", "prune 01 02:40"}; !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	})
}

func TestSetClocksNeitherRepeatNorStopJobs(t *testing.T) {
	const day = 24 * time.Hour
	for name, row := range map[string]struct {
		step time.Duration // at 12 o'clock UTC of the second day
		want []string
	}{
		"a day on":                         {day, []string{"01 03:00", "02 03:00", "03 13:00", "04 03:00", "05 03:00"}},
		"a day back":                       {-day, []string{"01 03:00", "02 03:00", "03 03:00"}},
		"an hour back, over no time of it": {-time.Hour, []string{"01 03:00", "02 03:00", "03 03:00", "04 03:00"}},
		"a year back: it was wrong before": {-365 * day, []string{"01 03:00", "02 03:00", "03 03:00", "04 03:00"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			plan := jobPlan(t, config.Jobs{Backup: "0 3 * * *"})
			wrong := func(since time.Duration) time.Duration {
				if since < 36*time.Hour {
					return 0
				}
				return row.step
			}
			got := runJobs(t, func() *Plan { return plan }, 4*day, wrong, func(string) error { return nil })
			for i := range got {
				got[i] = strings.TrimPrefix(got[i], "backup ")
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("%s: %q", name, got)
			}
		})
	}
}

// Another expression is another job: it counts from the moment it is read.
func TestAReloadChangesTheTimesOfJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		early, late := jobPlan(t, config.Jobs{Backup: "0 3 * * *"}), jobPlan(t, config.Jobs{Backup: "0 5 * * *"})
		started := time.Now()
		plan := func() *Plan {
			if since := time.Since(started); since > 3*time.Hour && since < 50*time.Hour {
				return late // from four o'clock of the first day
			}
			return early
		}
		got := runJobs(t, plan, 75*time.Hour, right, func(string) error { return nil })
		want := []string{"backup 01 03:00", "backup 01 05:00", "backup 02 05:00", "backup 04 03:00"}
		if !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	})
}

// A round for cron makes up, once, for what came due since the round before.
func TestARoundDoesTheJobsThatCameDue(t *testing.T) {
	plan := jobPlan(t, config.Jobs{Backup: "0 3 * * *", Digest: "30 4 * * 0"})
	monday := time.Date(2026, 11, 30, 9, 0, 0, 0, zone(t, "Europe/Berlin"))
	for since, want := range map[time.Time]string{
		{}:                          "", // never ran
		monday.Add(-5 * time.Hour):  "",
		monday.Add(-6 * time.Hour):  "", // was done by that round
		monday.Add(-7 * time.Hour):  "backup",
		monday.Add(-29 * time.Hour): "backup digest",
		monday.AddDate(0, -2, 0):    "backup digest",
		monday.Add(24 * time.Hour):  "", // the clock was set back
	} {
		var done []string
		do := func(context.Context) error {
			done = append(done, "backup")
			return errors.New("no disk")
		}
		j := &Jobs{
			Plan: func() *Plan { return plan }, Now: func() time.Time { return monday }, Log: slog.New(slog.DiscardHandler),
			Work: map[string]func(context.Context) error{"backup": do, "digest": func(context.Context) error {
				done = append(done, "digest")
				return nil
			}},
		}
		err := j.Once(t.Context(), since)
		if got := strings.Join(done, " "); got != want {
			t.Errorf("since %v: did %q, want %q", since, got, want)
		}
		if failed := strings.Contains(want, "backup"); failed != (err != nil) || failed && !strings.Contains(err.Error(), "backup: no disk") {
			t.Errorf("since %v: %v", since, err)
		}
	}
}
