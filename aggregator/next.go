package aggregator

import (
	"hash/fnv"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

const (
	longest = 7 * 24 * time.Hour // no source sleeps longer, whatever it asks
	backoff = 24 * time.Hour     // a failing source is asked at least once a day
	slowMax = 6                  // doublings for 429
)

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
