package aggregator

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
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

// cronNext is the first time of s that is at least least away.
func cronNext(s schedule, now time.Time, least time.Duration, zone *time.Location) time.Time {
	next := nextTime(s, now.Add(least), zone)
	if next.IsZero() {
		return now.Add(longest)
	}
	return next
}

// nextTime is the first time of s after a moment, in UTC; zero when none comes
// for years. An expression speaks of clocks on the wall, and clocks are set: a
// time that the wall does not show on a day comes at the next moment it does, and
// one that it shows twice comes once, the first time. robfig/cron would leave out
// the former and repeat the latter, so it is only asked about a wall that no one
// sets.
func nextTime(s schedule, after time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	for wall := onWall(after, zone); ; {
		if wall = s.Next(wall); wall.IsZero() {
			return wall
		}
		if t := fromWall(wall, zone); t.After(after) {
			return t.UTC()
		}
	}
}

// onWall is what a clock in zone shows, as if it were UTC.
func onWall(t time.Time, zone *time.Location) time.Time {
	_, offset := t.In(zone).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// fromWall is the first moment at which a clock in zone shows wall, or a later
// time when it jumps over that. It walks the spans between the days on which the
// clock is set. On the last days of some years after 2037, where its tables end,
// package time names an end of the span that is over already: there is none then.
func fromWall(wall time.Time, zone *time.Location) time.Time {
	span := wall.Add(-48 * time.Hour).In(zone) // no zone is that far from UTC
	for {
		start, end := span.ZoneBounds()
		_, offset := span.Zone()
		t := wall.Add(-time.Duration(offset) * time.Second)
		switch {
		case end.After(span) && !t.Before(end):
			span = end
		case t.Before(start):
			return start
		default:
			return t
		}
	}
}
