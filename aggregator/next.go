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
	slowMax = 6                  // doublings for 429
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
	retryAfter time.Duration
	failures   int   // in a row, this one among them
	st         State // what is known of the source by now; its document's own wishes too
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
// interval, what the server asks for, or min_fetch have passed. The interval is
// adapted to how often the source publishes, unless it is a cron schedule.
func (p *Plan) nextPoll(src *config.Source, o outcome, now time.Time) time.Time {
	floor := p.Config.Defaults.MinFetch
	every := max(p.every(src), floor)
	asked := max(o.maxAge, o.st.Asks.TTL, o.retryAfter, slowed(every, o.st.Slow), failing(every, o))
	last := now.Add(longest + longest/20)
	if s := p.schedules[src.ID]; s != nil {
		// A poll takes seconds: "*/15" under a floor of 15m must not become 30m.
		next := now.Add(min(max(floor-time.Minute, asked), longest))
		for range 24 * 7 { // skipped hours in a week
			next = cronNext(s, next, 0, p.Config.Site.Timezone)
			open := o.st.Asks.open(next)
			if !open.After(next) || open.After(last) {
				break
			}
			next = open.Add(-time.Second) // so that the open moment itself counts
		}
		return next
	}
	wait := min(max(adapted(every, floor, &o.st, now), asked), longest)
	wait += jitter(src.ID, wait)
	if open := o.st.Asks.open(now.Add(wait)); open.After(now.Add(wait)) {
		wait = min(open.Sub(now)+jitter(src.ID, time.Hour), longest)
	}
	return now.Add(wait)
}

// slowed doubles an interval for each time that the origin said 429 and nothing
// of how long to wait.
func slowed(every time.Duration, slow int) time.Duration {
	if slow == 0 {
		return 0
	}
	return max(every, min(every<<min(slow, slowMax), backoff))
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
