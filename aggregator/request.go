package aggregator

import (
	"net/http"
	"time"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// request is what a source is asked. Validators belong to the address in the
// config: another one voids them.
func request(src *config.Source, st *State, now time.Time) fetch.Request {
	r := fetch.Request{URL: askedAt(src, st), Headers: src.Headers}
	if st.URL == src.URL && !doubted(st, now) {
		r.ETag, r.LastModified = st.ETag, st.LastModified
	}
	return r
}

// Readdressed says whether the operator has given a source another address since
// st was learnt, so that it may be asked at once. What an origin has said of
// waiting holds for all addresses of its host.
func (st *State) Readdressed(address string) bool {
	if st.URL == "" || st.URL == address {
		return false
	}
	waits := st.Status == http.StatusTooManyRequests || st.Status == http.StatusServiceUnavailable
	return !waits || hostOf(st.URL) != hostOf(address)
}

// doubted says whether a source's 304 is not to be trusted this time. Some
// servers say it whatever is new, and would keep a source silent for ever. There
// is no unconditional request as a routine, which well-made servers would pay
// for: only a source that has been silent for unusually long is asked for its
// whole document, once a week, and one that has been caught, once a day.
func doubted(st *State, now time.Time) bool {
	age := now.Sub(st.Whole)
	if !st.Wrong304.IsZero() {
		return age >= 24*time.Hour
	}
	return st.Status == notModified && age >= week && st.silent(now)
}

// caught is State.Wrong304 after a document. A request without validators
// catches the server when it brings an item that was published a day before the
// last 304; one with them that brings something new acquits it.
func caught(old *State, asked fetch.Request, fresh []Record, now time.Time) time.Time {
	conditional := asked.ETag != "" || asked.LastModified != ""
	for i := range fresh {
		switch r := &fresh[i]; {
		case r.ID != 0:
		case conditional:
			return time.Time{}
		case old.Status == notModified && r.Published.Before(old.LastPoll.Add(-24*time.Hour)) && r.Published.After(old.Whole):
			return now
		}
	}
	return old.Wrong304
}
