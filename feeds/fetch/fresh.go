package fetch

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetry is how far ahead a Retry-After is believed.
const maxRetry = 7 * 24 * time.Hour

// Freshness is for how long an answer with these headers, which came at now,
// need not be asked for again (RFC 9111, 4.2): max-age, else Expires, less the
// Age it had when it came. 0 when the origin does not say, or says no-cache.
func Freshness(h http.Header, now time.Time) time.Duration {
	life, ok := maxAge(h)
	if !ok {
		life = expires(h, now)
	}
	age, _ := seconds(h.Get("Age")) // absent or broken: none
	return max(life-age, 0)
}

// maxAge reads Cache-Control. It is silent when ok is false; the first max-age
// counts when there are several.
func maxAge(h http.Header) (life time.Duration, ok bool) {
	for part := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(part, "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "no-store", "no-cache":
			return 0, true
		case "max-age":
			if !ok {
				life, _ = seconds(strings.Trim(strings.TrimSpace(value), `"`)) // broken means stale (RFC 9111, 4.2.1)
			}
			ok = true
		}
	}
	return life, ok
}

// expires reads Expires by the origin's own clock, when it sends one.
func expires(h http.Header, now time.Time) time.Duration {
	at, err := http.ParseTime(h.Get("Expires"))
	if err != nil {
		return 0 // "0" and "-1" are common, and mean the past
	}
	return max(at.Sub(serverTime(h, now)), 0)
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3). Nonsense and the past
// are 0, the far future is maxRetry and capped.
func retryAfter(h http.Header, now time.Time) (wait time.Duration, capped bool) {
	v := h.Get("Retry-After")
	wait, ok := seconds(v)
	if !ok {
		at, err := http.ParseTime(strings.TrimSpace(v))
		if err != nil {
			return 0, false
		}
		wait = max(at.Sub(serverTime(h, now)), 0)
	}
	return min(wait, maxRetry), wait > maxRetry
}

// serverTime is the origin's clock: a date of its own is meant by it.
func serverTime(h http.Header, now time.Time) time.Time {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		return date
	}
	return now
}

// seconds reads delta-seconds (RFC 9111, 1.2.2): negative counts as 0, and too
// many as 2^31.
func seconds(s string) (time.Duration, bool) {
	const most = 1 << 31
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false
	}
	return time.Duration(min(max(n, 0), most)) * time.Second, true
}
