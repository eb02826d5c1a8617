package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

var units = map[byte]time.Duration{
	's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour, 'y': 365 * 24 * time.Hour,
}

// length reads a duration such as "20m", "48h", "30d", "3y".
func (r *reader) length(t *value, path, name string, otherwise time.Duration) time.Duration {
	s, ok := r.given(t, path, name)
	if !ok {
		return otherwise
	}
	d, err := parseLength(s)
	if err != nil {
		r.fail(t.find(name).span, `write a number and a unit, as in "20m", "48h", "30d" or "3y"`, "%s: %v", join(path, name), err)
		return otherwise
	}
	return d
}

func parseLength(s string) (time.Duration, error) {
	if len(s) < 2 {
		return 0, fmt.Errorf("%q is no length of time", s)
	}
	unit, ok := units[s[len(s)-1]]
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 31)
	if !ok || err != nil {
		return 0, fmt.Errorf("%q is no length of time", s)
	}
	if n == 0 || time.Duration(n) > 100*units['y']/unit {
		return 0, fmt.Errorf("%q is not between %s and 100y", s, "1s")
	}
	return time.Duration(n) * unit, nil
}

// schedule reads a fetch value. A cron expression is judged when compiled.
func (r *reader) schedule(t *value, path string, otherwise Schedule) Schedule {
	s, ok := r.given(t, path, "fetch")
	if !ok {
		return otherwise
	}
	s = strings.TrimSpace(s)
	every, isEvery := strings.CutPrefix(s, "every ")
	switch {
	case isEvery:
		d, err := parseLength(strings.TrimSpace(every))
		if err != nil {
			r.fail(t.find("fetch").span, `write "every 20m" or a cron expression, as in "*/20 6-23 * * *"`, "%s.fetch: %v", path, err)
			return otherwise
		}
		return Schedule{Every: d}
	case len(strings.Fields(s)) < 2:
		r.fail(t.find("fetch").span, `write "every 20m" or a cron expression, as in "*/20 6-23 * * *"`, "%s.fetch: %q is no schedule", path, s)
		return otherwise
	}
	return Schedule{Cron: s}
}
