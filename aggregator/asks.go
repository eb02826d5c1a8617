package aggregator

import (
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/feeds"
)

// asks reads what a document asks. An hour of 24 means midnight, as in old feeds.
// Who skips all hours or all days asks for nothing: it is a mistake.
func asks(f *feeds.Feed) Asks {
	a := Asks{TTL: min(f.TTL, longest)}
	for _, h := range f.SkipHours {
		if h == 24 {
			h = 0
		}
		if h >= 0 && h < 24 && !slices.Contains(a.SkipHours, h) {
			a.SkipHours = append(a.SkipHours, h)
		}
	}
	for _, d := range f.SkipDays {
		if d >= time.Sunday && d <= time.Saturday && !slices.Contains(a.SkipDays, d) {
			a.SkipDays = append(a.SkipDays, d)
		}
	}
	if len(a.SkipHours) == 24 {
		a.SkipHours = nil
	}
	if len(a.SkipDays) == 7 {
		a.SkipDays = nil
	}
	return a
}

// open is the first moment from t on that is not in an hour or a day to skip.
func (a Asks) open(t time.Time) time.Time {
	t = t.UTC()
	for range 24*7 + 1 {
		switch {
		case slices.Contains(a.SkipDays, t.Weekday()):
			t = time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, time.UTC)
		case slices.Contains(a.SkipHours, t.Hour()):
			t = t.Truncate(time.Hour).Add(time.Hour)
		default:
			return t
		}
	}
	return t
}
