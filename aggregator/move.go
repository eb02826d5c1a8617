package aggregator

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// When a permanent redirect is believed. Hotel portals, expired domains and
// mistakes of an afternoon answer 301 as well, and a wrong one that is stored
// would cost the feed.
const (
	moveTime  = week
	moveTimes = 3 // valid answers in a row
)

// Stored says whether the move is believed, so that its target is asked directly.
func (m Move) Stored() bool {
	return m.To != "" && m.Times >= moveTimes
}

// after is the move after a valid answer, whose redirects were permanent and led
// to moved; "" when there were none.
func (m Move) after(moved string, now time.Time) Move {
	switch {
	case moved == "":
		return Move{}
	case moved != m.To:
		return Move{To: moved, Since: now, Times: 1}
	case m.Times+1 >= moveTimes && now.Sub(m.Since) < moveTime:
		return m // often enough, not yet long enough
	}
	m.Times++
	return m
}

// askedAt is the address to ask: where the source has moved to for good, else
// the one in the config. Who sends secrets along sends them to the host he named
// only, and nobody is moved from https to http.
func askedAt(src *config.Source, st *State) string {
	if !st.Move.Stored() || st.URL != src.URL || len(src.Headers) > 0 {
		return src.URL
	}
	from, err := url.Parse(src.URL)
	if err != nil || from.User != nil || from.Scheme == "https" && !strings.HasPrefix(st.Move.To, "https:") {
		return src.URL
	}
	return st.Move.To
}

// moved is a state's move after a good answer from the address asked.
func moved(src *config.Source, st *State, asked string, resp *fetch.Response, now time.Time) Move {
	if asked == src.URL {
		return st.Move.after(resp.Moved, now)
	}
	if resp.Moved != "" {
		return Move{} // on again: let the config's address show the way, and count anew
	}
	return st.Move
}

// lost says whether a failure at the target of a move sends us back to the
// address of the config: when the target says that it has no feed for us, or has
// said nothing for three polls.
func lost(st *State, err error) bool {
	var status *fetch.StatusError
	if errors.As(err, &status) {
		switch status.Code {
		case http.StatusNotFound, http.StatusGone, http.StatusForbidden, http.StatusUnauthorized:
			return true
		}
	}
	return st.Failures >= 3
}
