package aggregator

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// yearTimes works out by looking at a year, five minutes at a time, what the rule
// says: a time on the wall comes once, at the first moment that shows it, or, on a
// wall that never does, at the first that shows a later one.
func yearTimes(year int, loc *time.Location, exprs map[string]func(wall time.Time) bool) map[string][]time.Time {
	const step = 5 * time.Minute
	start := time.Date(year, 1, 1, 0, 0, 0, 0, loc)
	end := time.Date(year+1, 1, 1, 0, 0, 0, 0, loc)
	all := map[string][]time.Time{}
	high := time.Date(year-1, 12, 31, 23, 55, 0, 0, time.UTC)
	for at := start; at.Before(end); at = at.Add(step) {
		wall := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), 0, 0, time.UTC)
		if !wall.After(high) {
			continue // shown before
		}
		for expr, wants := range exprs {
			for w := high.Add(step); !w.After(wall); w = w.Add(step) { // what was jumped over, too
				if wants(w) {
					all[expr] = append(all[expr], at)
					break
				}
			}
		}
		high = wall
	}
	return all
}

// Clocks are set forward and back in spring and autumn; at midnight in São Paulo
// and Damascus; Damascus stayed on summer time for good in 2022.
func TestATimeOnTheWallComesOnce(t *testing.T) {
	at := func(hour, minute int) func(time.Time) bool {
		return func(w time.Time) bool { return w.Hour() == hour && w.Minute() == minute }
	}
	exprs := map[string]func(time.Time) bool{
		"30 2 * * *":   at(2, 30),
		"0 3 * * *":    at(3, 0),
		"0 0 * * *":    at(0, 0),
		"30 0 * * *":   at(0, 30),
		"30 23 * * *":  at(23, 30),
		"*/20 * * * *": func(w time.Time) bool { return w.Minute()%20 == 0 },
		"15 */6 * * 6": func(w time.Time) bool {
			return w.Minute() == 15 && w.Hour()%6 == 0 && w.Weekday() == time.Saturday
		},
		"0 0 31 3 *": func(w time.Time) bool { return at(0, 0)(w) && w.Month() == time.March && w.Day() == 31 },
	}
	for _, place := range []struct {
		name string
		year int
	}{
		{"Europe/Berlin", 2024}, {"Europe/Berlin", 2025},
		{"America/Sao_Paulo", 2017}, {"America/Sao_Paulo", 2018}, {"America/Sao_Paulo", 2019}, {"America/Sao_Paulo", 2024},
		{"Asia/Damascus", 2021}, {"Asia/Damascus", 2022}, {"Asia/Damascus", 2023},
	} {
		loc := zone(t, place.name)
		year := yearTimes(place.year, loc, exprs)
		if len(year) != len(exprs) {
			t.Fatalf("%s %d: times of %d expressions, want %d", place.name, place.year, len(year), len(exprs))
		}
		for expr, want := range year {
			s, err := parseCron(expr)
			if err != nil {
				t.Fatal(err)
			}
			var got []time.Time
			end := time.Date(place.year+1, 1, 1, 0, 0, 0, 0, loc)
			for next := nextTime(s, time.Date(place.year, 1, 1, 0, 0, 0, 0, loc).Add(-time.Second), loc); next.Before(end); next = nextTime(s, next, loc) {
				got = append(got, next)
			}
			if !slices.EqualFunc(got, want, time.Time.Equal) {
				t.Errorf("%s %d %q: %d times, want %d; first difference %v", place.name, place.year, expr, len(got), len(want), difference(got, want, loc))
			}
		}
	}
}

func difference(got, want []time.Time, loc *time.Location) [2]time.Time {
	for i := range min(len(got), len(want)) {
		if !got[i].Equal(want[i]) {
			return [2]time.Time{got[i].In(loc), want[i].In(loc)}
		}
	}
	return [2]time.Time{}
}

func TestTheDaysOnWhichClocksAreSet(t *testing.T) {
	for name, row := range map[string]struct {
		zone, expr, after, want string
	}{
		"a time that is not there": {"Europe/Berlin", "30 2 * * *", "2025-03-30T01:59:00+01:00", "2025-03-30T03:00:00+02:00"},
		"and the day after it":     {"Europe/Berlin", "30 2 * * *", "2025-03-30T03:00:00+02:00", "2025-03-31T02:30:00+02:00"},
		"twice there, once run":    {"Europe/Berlin", "30 2 * * *", "2025-10-26T02:30:00+02:00", "2025-10-27T02:30:00+01:00"},
		"between the two":          {"Europe/Berlin", "30 2 * * *", "2025-10-26T02:10:00+01:00", "2025-10-27T02:30:00+01:00"},
		"a day without midnight":   {"America/Sao_Paulo", "0 0 * * *", "2017-10-14T12:00:00-03:00", "2017-10-15T01:00:00-02:00"},
		"an evening shown twice":   {"America/Sao_Paulo", "30 23 * * *", "2018-02-17T23:30:00-02:00", "2018-02-18T23:30:00-03:00"},
		"the last spring":          {"Asia/Damascus", "0 0 * * *", "2022-03-24T12:00:00+02:00", "2022-03-25T01:00:00+03:00"},
		"past the zone's table":    {"Europe/Berlin", "59 23 31 12 *", "2040-12-31T12:00:00+01:00", "2040-12-31T23:59:00+01:00"},
		"summer time for good":     {"Asia/Damascus", "0 0 * * *", "2022-10-27T12:00:00+03:00", "2022-10-28T00:00:00+03:00"},
	} {
		s, err := parseCron(row.expr)
		if err != nil {
			t.Fatal(err)
		}
		after, err := time.Parse(time.RFC3339, row.after)
		if err != nil {
			t.Fatal(err)
		}
		loc := zone(t, row.zone)
		if got := nextTime(s, after, loc).In(loc).Format(time.RFC3339); got != row.want {
			t.Errorf("%s: %s, want %s", name, got, row.want)
		}
	}
}

func TestTheNextTimeIsLater(t *testing.T) {
	zones := []*time.Location{
		zone(t, "Europe/Berlin"), zone(t, "America/Sao_Paulo"), zone(t, "Asia/Damascus"),
		zone(t, "Australia/Lord_Howe"), zone(t, "Pacific/Apia"), zone(t, "Africa/Casablanca"), nil,
	}
	rapid.Check(t, func(t *rapid.T) {
		s, err := parseCron(rapid.SampledFrom([]string{"*/7 * * * *", "0 0 * * *", "59 23 31 12 *", "0 0 29 2 *", "30 1-3 * * 0"}).Draw(t, "cron"))
		if err != nil {
			t.Fatal(err)
		}
		after := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "after"), 0)
		next := nextTime(s, after, rapid.SampledFrom(zones).Draw(t, "zone"))
		if !next.IsZero() && !next.After(after) {
			t.Fatalf("%v after %v", next, after)
		}
	})
}
