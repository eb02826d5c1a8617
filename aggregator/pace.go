package aggregator

import (
	"math"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/feeds"
)

const (
	week     = 7 * 24 * time.Hour
	long     = 8 * week
	perGap   = 24             // polls in a source's usual gap: a daily source is asked every hour
	rarely   = 24 * time.Hour // however seldom a source publishes, its news waits no longer
	ours     = 15 * time.Minute
	hurryMax = 6 // halvings of an interval
	fewItems = 2 // fewer new items say nothing about how many were missed
)

// A Pace is how often a source publishes: two averages over its past in which an
// item of now weighs 1 and an older one e^(-age/span), with a span of a week and
// of eight weeks. It needs no list of items, and a poll that is late or a
// restart changes nothing.
type Pace struct {
	Week, Long float64   // weights, as of At
	At         time.Time // when the last item was counted
	Since      time.Time // what has been published since was counted; zero: nothing is known
}

// begin is the pace that the dates in a source's first document tell. Items
// without one, or that are older than the long span, tell nothing.
func begin(items []feeds.Item, now time.Time) Pace {
	p := Pace{At: now, Since: now}
	var dates []time.Time
	for i := range items {
		if d := items[i].Published; !d.IsZero() && d.Before(now) && now.Sub(d) < long {
			dates = append(dates, d)
		}
	}
	if 2*len(dates) < len(items) || len(dates) == 0 {
		return p
	}
	slices.SortFunc(dates, time.Time.Compare)
	p.At, p.Since = dates[0], dates[0]
	for _, d := range dates[1:] { // the first opens the span and is not in it
		p = p.add(1, d)
	}
	return p
}

// add counts n items that are new now.
func (p Pace) add(n int, now time.Time) Pace {
	if n == 0 {
		return p
	}
	p.Week = p.Week*fade(now.Sub(p.At), week) + float64(n)
	p.Long = p.Long*fade(now.Sub(p.At), long) + float64(n)
	p.At = now
	return p
}

func fade(age, span time.Duration) float64 {
	return math.Exp(-max(age, 0).Hours() / span.Hours())
}

// perDay is how many items a day the last week or so brought.
func (p Pace) perDay(now time.Time) float64 { return perDay(p.Week, week, p, now) }

// longRun is the same of the last eight weeks.
func (p Pace) longRun(now time.Time) float64 { return perDay(p.Long, long, p, now) }

func (p Pace) watched(now time.Time) time.Duration { return max(now.Sub(p.Since), time.Hour) }

// perDay is a weight as items a day. The span is not full as long as a source is
// young: what is missing of it is 1 - e^(-watched/span).
func perDay(weight float64, span time.Duration, p Pace, now time.Time) float64 {
	full := 1 - fade(p.watched(now), span)
	return weight * fade(now.Sub(p.At), span) / (span.Hours() / 24 * full)
}

// gap is the usual time between two items. It is never thought to be longer than
// twice the time we have watched; 0 when nothing is known.
func (p Pace) gap(now time.Time) time.Duration {
	if p.Since.IsZero() {
		return 0
	}
	most := 2 * p.watched(now)
	rate := p.perDay(now)
	if rate*most.Hours() < 24 {
		return most
	}
	return time.Duration(float64(24*time.Hour) / rate)
}

// silentAfter is how long without news is unusual: five usual gaps, as they were
// when the last item came, and three days at least, since weekends are no news.
// A month when nothing is known of the gaps.
func (p Pace) silentAfter() time.Duration {
	if p.Week == 0 || p.Since.IsZero() {
		return 30 * 24 * time.Hour
	}
	return max(3*24*time.Hour, 5*p.gap(p.At))
}

// silent says whether the source has been without news for unusually long.
func (st *State) silent(now time.Time) bool {
	return !st.Pace.At.IsZero() && now.Sub(st.Pace.At) > st.Pace.silentAfter()
}

// thinner says whether a source that used to bring something every day brings
// less than a quarter of it now.
func (p Pace) thinner(now time.Time) bool {
	usual := p.longRun(now)
	return !p.Since.IsZero() && now.Sub(p.Since) >= long/2 && usual >= 1 && p.perDay(now) < usual/4
}

// adapted is an interval made longer for a source that seldom publishes, up to a
// day, or shorter for one whose document turns over between two polls. Who lowers
// min_fetch under 15 minutes polls feeds of his own (config warns of it), and
// wants to see at once what comes: nothing is made longer then.
func adapted(every, floor time.Duration, st *State, now time.Time) time.Duration {
	if st.Hurry > 0 {
		return max(every>>min(st.Hurry, hurryMax), floor)
	}
	if floor < ours {
		return every
	}
	return max(every, min(st.Pace.gap(now)/perGap, rarely))
}

// hurried is State.Hurry after a document: one more when more than half of its
// items were new, since with the double of that some would have been missed, and
// one less when hardly any was.
func hurried(hurry int, t Tally) int {
	items := t.New + t.Changed + t.Known
	switch {
	case t.New >= fewItems && 2*t.New > items:
		return min(hurry+1, hurryMax)
	case 8*t.New <= items:
		return max(hurry-1, 0)
	}
	return hurry
}

// turnedOver says whether nothing in a document was known, so that items may
// have come and gone unseen since the last one.
func turnedOver(t Tally) bool {
	return t.New >= fewItems && t.Known == 0 && t.Changed == 0
}
