package aggregator

import (
	"hash/fnv"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

const (
	longest = 7 * 24 * time.Hour // no source sleeps longer, whatever it asks
	backoff = 24 * time.Hour     // a failing source is asked at least once a day
)

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
