package aggregator

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/wiredesk/wiredesk/config"
)

const (
	longest = 7 * 24 * time.Hour // no source sleeps longer, whatever it asks
	backoff = 24 * time.Hour     // a failing source is asked at least once a day
)

// A schedule gives the times of a cron expression.
type schedule interface {
	Next(time.Time) time.Time
}

// parseCron reads a five-field expression. robfig/cron 3.0.1 panics on a TZ
// prefix without a space and gives the zero time for a day that never comes:
// both are errors here.
func parseCron(expr string) (s schedule, err error) {
	if strings.Contains(expr, "TZ=") {
		return nil, fmt.Errorf("cron %q: the time zone is site.timezone", expr)
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cron %q: %v", expr, r)
		}
	}()
	if err := rangeError(expr); err != nil {
		return nil, err
	}
	parsed, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(expr)
	if err != nil {
		return nil, fmt.Errorf("cron %q: %w", expr, err)
	}
	if parsed.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("cron %q: never comes", expr)
	}
	return parsed, nil
}

// cronFields are the names and bounds of the five fields.
var cronFields = []struct {
	name   string
	lo, hi int
}{{"minute", 0, 59}, {"hour", 0, 23}, {"day", 1, 31}, {"month", 1, 12}, {"weekday", 0, 6}}

// rangeError says in plain words which number is out of range.
func rangeError(expr string) error {
	parts := strings.Fields(expr)
	if len(parts) != len(cronFields) {
		return fmt.Errorf("cron %q: %d fields, want 5 (minute hour day month weekday)", expr, len(parts))
	}
	for i, f := range cronFields {
		for _, n := range numbers(parts[i]) {
			if n < f.lo || n > f.hi {
				return fmt.Errorf("cron %q: %s %d is out of range %d–%d", expr, f.name, n, f.lo, f.hi)
			}
		}
	}
	return nil
}

// numbers lists the values of a cron field, steps left out.
func numbers(field string) (ns []int) {
	for _, part := range strings.Split(field, ",") {
		span, _, _ := strings.Cut(part, "/")
		for _, s := range strings.Split(span, "-") {
			var n int
			if _, err := fmt.Sscanf(s, "%d", &n); err == nil {
				ns = append(ns, n)
			}
		}
	}
	return ns
}

// An outcome is how a poll ended, as far as the next one depends on it.
type outcome struct {
	ok         bool
	maxAge     time.Duration // Cache-Control, Expires
	ttl        time.Duration // RSS ttl
	retryAfter time.Duration // 429, 503
	failures   int           // in a row, this one among them
}

// every is a source's interval: its own, else the default; 0 under cron.
func (p *Plan) every(src *config.Source) time.Duration {
	if p.schedules[src.ID] != nil {
		return 0
	}
	if src.Fetch.Every != 0 {
		return src.Fetch.Every
	}
	return p.Config.Defaults.Fetch.Every
}

// nextPoll says when a source may be asked again (I5): never before its
// interval, what the server asks for, or min_fetch have passed.
func (p *Plan) nextPoll(src *config.Source, o outcome, now time.Time) time.Time {
	asked := max(o.maxAge, o.ttl, o.retryAfter)
	floor := p.Config.Defaults.MinFetch
	if s := p.schedules[src.ID]; s != nil {
		// A poll takes seconds: "*/15" under a floor of 15m must not become 30m.
		least := max(floor-time.Minute, asked, failing(floor, o))
		return cronNext(s, now, min(least, longest), p.Config.Site.Timezone)
	}
	wait := max(p.every(src), floor, asked, failing(p.every(src), o))
	wait = min(wait, longest)
	return now.Add(wait + jitter(src.ID, wait))
}

// failing doubles the interval with every failure in a row, to a day.
func failing(every time.Duration, o outcome) time.Duration {
	if o.ok || o.failures < 1 {
		return 0
	}
	wait := every
	for range min(o.failures, 20) {
		if wait *= 2; wait >= backoff {
			return max(backoff, every)
		}
	}
	return wait
}

// cronNext is the first time of s that is at least least away.
func cronNext(s schedule, now time.Time, least time.Duration, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	next := s.Next(now.Add(least).In(zone))
	if next.IsZero() {
		return now.Add(longest)
	}
	return next.UTC()
}

// jitter spreads sources over a twentieth of their interval, each always at the
// same place, so that a thousand sources of one interval are not asked at once.
func jitter(id string, wait time.Duration) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(id))
	if wait < 20*time.Nanosecond {
		return 0
	}
	return time.Duration(h.Sum64() % uint64(wait/20))
}

// ttl is what our own documents ask of their readers.
func (p *Plan) ttl() time.Duration {
	return max(p.Config.Defaults.Fetch.Every, 5*time.Minute)
}
