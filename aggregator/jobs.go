package aggregator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

// jobPause is how often the clock is looked at: it may have been set, or the
// machine have slept.
const jobPause = time.Minute

// A job is work at set times.
type job struct {
	name  string
	cron  string
	times schedule
}

func (j job) key() string { return j.name + " " + j.cron }

// readJobs reads the cron expressions of [jobs].
func (p *Plan) readJobs() (errs []config.Error) {
	written := p.Config.Jobs
	for _, j := range []job{{name: "backup", cron: written.Backup}, {name: "prune", cron: written.Prune}, {name: "digest", cron: written.Digest}} {
		if j.cron == "" {
			continue
		}
		var err error
		if j.times, err = parseCron(j.cron); err != nil {
			errs = append(errs, p.Config.ErrorAt("jobs."+j.name, 0, err.Error(), `write five fields, as in "0 3 * * *"`))
			continue
		}
		p.jobs = append(p.jobs, j)
	}
	return errs
}

// Jobs does what the active plan wants done at set times, one at a time: what
// comes due meanwhile is done next, once, however often it came due. Times that
// pass while the program does not run are not made up for.
type Jobs struct {
	Plan func() *Plan
	Now  func() time.Time
	Log  *slog.Logger
	Work map[string]func(ctx context.Context) error // by the name in [jobs]
	Done func(job string, err error)                // called after each; may be nil
}

// Run works until ctx ends. A job that fails or panics is logged and comes again
// at its next time. Times that passed before it began are not made up for.
func (j *Jobs) Run(ctx context.Context) error {
	since := timetable{}
	for ctx.Err() == nil {
		plan := j.Plan()
		now := j.Now()
		for _, name := range since.due(plan.jobs, now, plan.Config.Site.Timezone) {
			_ = j.do(ctx, name) // logged, and tried again at its next time
		}
		select {
		case <-ctx.Done():
		case <-time.After(min(jobPause, since.wait(plan.jobs, j.Now(), plan.Config.Site.Timezone))):
		}
	}
	return nil
}

// Once does the jobs that had a time between since and now, each once, for a
// program that runs for one round: what passed meanwhile is made up for. A zero
// since is a program that has never run. One job's failure costs only its own.
func (j *Jobs) Once(ctx context.Context, since time.Time) (err error) {
	if since.IsZero() {
		return nil
	}
	plan := j.Plan()
	from := timetable{}
	for _, jb := range plan.jobs {
		from[jb.key()] = since
	}
	for _, name := range from.due(plan.jobs, j.Now(), plan.Config.Site.Timezone) {
		if failed := j.do(ctx, name); failed != nil {
			err = errors.Join(err, fmt.Errorf("job %s: %w", name, failed))
		}
	}
	return err
}

// do does one job.
func (j *Jobs) do(ctx context.Context, name string) error {
	started := j.Now()
	err := guarded(func() error { return j.Work[name](ctx) })
	if ctx.Err() != nil {
		return ctx.Err() // shutdown
	}
	if err != nil {
		j.Log.Error("job failed", "job", name, "err", err)
	} else {
		j.Log.Info("job done", "job", name, "took", j.Now().Sub(started).Round(time.Millisecond))
	}
	if j.Done != nil {
		j.Done(name, err)
	}
	return err
}

// guarded turns a panic into an error.
func guarded(work func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a defect of wiredesk, please report it: panic: %v\n%s", r, debug.Stack())
		}
	}()
	return work()
}

// A timetable says from when on each job's times count: since it was last due, or
// since it was first seen. A job with another expression is another job.
type timetable map[string]time.Time

// farBack is a clock set back by more than anyone waits for: it was wrong before.
const farBack = 48 * time.Hour

// due lists the jobs that have a time between the moment they count from and now,
// and counts them from now on. A clock that was set back makes them wait until it
// has come round: no time is served twice.
func (since timetable) due(jobs []job, now time.Time, zone *time.Location) (names []string) {
	maps.DeleteFunc(since, func(key string, _ time.Time) bool {
		return !slices.ContainsFunc(jobs, func(j job) bool { return j.key() == key })
	})
	for _, j := range jobs {
		key := j.key()
		from, seen := since[key]
		if !seen || from.Sub(now) > farBack {
			since[key] = now
			continue
		}
		if next := nextTime(j.times, from, zone); !next.IsZero() && !next.After(now) {
			since[key] = now
			names = append(names, j.name)
		}
	}
	return names
}

// wait is how long it is until the next job is due; an hour when there is none.
func (since timetable) wait(jobs []job, now time.Time, zone *time.Location) time.Duration {
	least := time.Hour
	for _, j := range jobs {
		if next := nextTime(j.times, since[j.key()], zone); !next.IsZero() {
			least = min(least, next.Sub(now))
		}
	}
	return max(least, 0)
}
