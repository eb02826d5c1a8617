package aggregator

import (
	"errors"
	"net/http"
	"time"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// notModified is the Status of a source that has said 304.
const notModified = http.StatusNotModified

// learn takes from a document what its source asks and how it publishes; Last is
// its ledger. again says that the document before can be compared with it.
func (st *State) learn(feed *feeds.Feed, again bool, now time.Time) {
	st.Total.add(st.Last)
	st.Asks = asks(feed)
	st.Undated += undated(feed.Items, st.Last.New, now)
	if st.Last.New > 0 {
		st.LastNew = now
	}
	switch {
	case st.Pace.Since.IsZero():
		st.Pace = begin(feed.Items, now)
	case again:
		st.Pace = st.Pace.add(st.Last.New, now)
		st.Hurry = hurried(st.Hurry, st.Last)
		if turnedOver(st.Last) {
			st.Turnover = now
		}
	}
}

// undated counts items of a document whose date is none or in the future; at
// most fresh, the new ones among them.
func undated(items []feeds.Item, fresh int, now time.Time) (n int) {
	for i := range items {
		date := items[i].Published
		if date.IsZero() {
			date = items[i].Updated
		}
		if date.IsZero() || date.After(now.Add(24*time.Hour)) { // a day: zones are written wrongly
			n++
		}
	}
	return min(n, fresh)
}

// good is the outcome of an answer that told something.
func good(st State, resp *fetch.Response) outcome {
	return outcome{ok: true, maxAge: resp.MaxAge, retryAfter: resp.RetryAfter, st: st}
}

// answered is the state after a good answer, validators as one pair.
func answered(st State, src *config.Source, asked fetch.Request, resp *fetch.Response, now time.Time) State {
	st.Move = moved(src, &st, asked.URL, resp, now)
	st.URL = src.URL
	if resp.Status != notModified || st.Whole.IsZero() {
		st.Whole = now
	}
	if st.Slow > 0 && now.Sub(st.Slowed) >= backoff {
		st.Slow, st.Slowed = st.Slow-1, now
	}
	st.ETag, st.LastModified = resp.ETag, resp.LastModified
	st.LastPoll, st.LastOK = now, now
	st.Failures, st.Error, st.Status = 0, "", resp.Status
	return st
}

// unchanged is the batch of a 304, or of a body that is the last one again.
func unchanged(plan *Plan, src *config.Source, st State, asked fetch.Request, resp *fetch.Response, now time.Time) Batch {
	old := st
	st = answered(st, src, asked, resp, now)
	if resp.Status == notModified && resp.ETag == "" && resp.LastModified == "" {
		st.ETag, st.LastModified = old.ETag, old.LastModified // a bare 304 confirms them
	}
	st.Hurry = max(st.Hurry-1, 0)
	st.NextPoll = plan.nextPoll(src, good(st, resp), now)
	return Batch{State: st, Dropped: true, At: now}
}

// failed is the batch of a poll that brought nothing: validators stay (I1).
func failed(plan *Plan, src *config.Source, st State, err error, now time.Time) Batch {
	if st.URL != src.URL { // nothing that is known is of this address
		st.URL, st.ETag, st.LastModified, st.Sum, st.Move = src.URL, "", "", nil, Move{}
	}
	st.LastPoll = now
	st.Failures++
	st.Error = inWords(src, err)
	st.Status = 0
	o := outcome{failures: st.Failures}
	elsewhere := askedAt(src, &st) != src.URL
	var status *fetch.StatusError
	if errors.As(err, &status) {
		st.Status = status.Code
		st.Gone = status.Code == http.StatusGone && !elsewhere
		o.retryAfter = status.RetryAfter
		if status.Code == http.StatusTooManyRequests && status.RetryAfter == 0 {
			st.Slow, st.Slowed = min(st.Slow+1, slowMax), now
		}
	}
	if elsewhere && lost(&st, err) {
		st.Move = Move{}
	}
	o.st = st
	st.NextPoll = plan.nextPoll(src, o, now)
	return Batch{State: st, Dropped: true, At: now}
}
