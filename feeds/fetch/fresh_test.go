package fetch

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2024, 12, 8, 12, 0, 0, 0, time.UTC)

// headers reads lines of "Name: value".
func headers(text string) http.Header {
	h := http.Header{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); ok {
			h.Add(name, value)
		}
	}
	return h
}

func TestFreshness(t *testing.T) {
	t.Parallel()
	tests := []struct {
		headers string
		want    time.Duration
	}{
		{"", 0},
		{"Cache-Control: max-age=3600", time.Hour},
		{"Cache-Control: public, MAX-AGE=60, must-revalidate", time.Minute},
		{"Cache-Control: public\nCache-Control: max-age=60", time.Minute},
		{`Cache-Control: max-age="60"`, time.Minute},
		{"Cache-Control: max-age = 60", time.Minute},
		{"Cache-Control: max-age=60, max-age=600", time.Minute},
		{"Cache-Control: s-maxage=600", 0},
		{"Cache-Control: stale-max-age=600, x=max-age=5", 0},
		{"Cache-Control: max-age=3600\nAge: 600", 50 * time.Minute},
		{"Cache-Control: max-age=60\nAge: 600", 0},
		{"Cache-Control: max-age=60\nAge: soon", time.Minute},
		{"Cache-Control: max-age=60\nAge: -5", time.Minute},
		{"Cache-Control: max-age=-1", 0},
		{"Cache-Control: max-age=", 0},
		{"Cache-Control: max-age", 0},
		{"Cache-Control: max-age=1.5", 0},
		{"Cache-Control: max-age=99999999999999999999999", (1 << 31) * time.Second},
		{"Cache-Control: no-cache, max-age=3600", 0},
		{"Cache-Control: max-age=3600, no-store", 0},
		{"Cache-Control: no-cache\nExpires: Sun, 08 Dec 2024 13:00:00 GMT", 0},
		{"Cache-Control: max-age=0\nExpires: Sun, 08 Dec 2024 13:00:00 GMT", 0},
		{"Cache-Control: max-age=60\nExpires: Sun, 08 Dec 2024 13:00:00 GMT", time.Minute},
		{"Cache-Control: public\nExpires: Sun, 08 Dec 2024 13:00:00 GMT", time.Hour},
		{"Expires: Sun, 08 Dec 2024 13:00:00 GMT", time.Hour},
		{"Expires: Sun, 08 Dec 2024 13:00:00 GMT\nDate: Sun, 08 Dec 2024 12:30:00 GMT", 30 * time.Minute},
		{"Expires: Sun, 08 Dec 2024 13:00:00 GMT\nAge: 60", 59 * time.Minute},
		{"Expires: Sun, 08 Dec 2024 11:00:00 GMT", 0},
		{"Expires: 0", 0},
		{"Expires: -1", 0},
	}
	for _, tt := range tests {
		if got := Freshness(headers(tt.headers), noon); got != tt.want {
			t.Errorf("%q: got %v, want %v", tt.headers, got, tt.want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		headers string
		want    time.Duration
	}{
		{"", 0},
		{"Retry-After: 120", 2 * time.Minute},
		{"Retry-After:  120 ", 2 * time.Minute},
		{"Retry-After: 0", 0},
		{"Retry-After: -120", 0},
		{"Retry-After: 604800", maxRetry},
		{"Retry-After: 604801", maxRetry},
		{"Retry-After: 315360000", maxRetry},
		{"Retry-After: 99999999999999999999999", maxRetry},
		{"Retry-After: -99999999999999999999999", 0},
		{"Retry-After: soon", 0},
		{"Retry-After: 1.5", 0},
		{"Retry-After: 5m", 0},
		{"Retry-After: Sun, 08 Dec 2024 12:10:00 GMT", 10 * time.Minute},
		{"Retry-After: Sunday, 08-Dec-24 12:10:00 GMT", 10 * time.Minute},
		{"Retry-After: Sun, 08 Dec 2024 12:10:00 GMT\nDate: Sun, 08 Dec 2024 12:09:00 GMT", time.Minute},
		{"Retry-After: Sun, 08 Dec 2024 11:00:00 GMT", 0},
		{"Retry-After: Sat, 08 Dec 2034 12:00:00 GMT", maxRetry},
		{"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", maxRetry},
	}
	for _, tt := range tests {
		got, capped := retryAfter(headers(tt.headers), noon)
		if got != tt.want {
			t.Errorf("%q: got %v, want %v", tt.headers, got, tt.want)
		}
		if capped != (tt.want == maxRetry && tt.headers != "Retry-After: 604800") {
			t.Errorf("%q: capped %v", tt.headers, capped)
		}
	}
}
