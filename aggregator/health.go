package aggregator

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// Health says in words how a source does at a time, and names no address.
func (st *State) Health(now time.Time) string {
	switch {
	case st.Gone:
		return "gone (410): no longer polled; remove it or give another address"
	case st.Error != "" && st.LastOK.IsZero():
		return fmt.Sprintf("never answered well, %s: %s%s", times(st.Failures), st.Error, st.advice())
	case st.Error != "":
		return fmt.Sprintf("failing since %s, %s: %s%s", st.LastOK.UTC().Format(time.DateTime), times(st.Failures), st.Error, st.advice())
	case st.LastPoll.IsZero():
		return "not polled yet"
	}
	notes := st.notes(now)
	if st.Total.Fetched == 0 {
		notes = append([]string{"answers, but no item has been in it"}, notes...)
	}
	return cmp.Or(strings.Join(notes, "; "), "well")
}

// advice is what to do about a status that will not mend by itself.
func (st *State) advice() string {
	switch st.Status {
	case http.StatusUnauthorized:
		return "; it wants a password: give it with headers, or in url_file"
	case http.StatusForbidden:
		return "; the publisher refuses us: ask him, or remove it"
	case http.StatusNotFound:
		return "; look for its new address"
	}
	return ""
}

// notes are what an operator should know of a source that answers.
func (st *State) notes(now time.Time) (notes []string) {
	say := func(bites bool, format string, args ...any) {
		if bites {
			notes = append(notes, fmt.Sprintf(format, args...))
		}
	}
	silent := st.silent(now)
	say(silent, "nothing new since %s, which is longer than usual", st.Pace.At.UTC().Format(time.DateOnly))
	say(!silent && st.Pace.thinner(now), "%.1f items a day, a quarter or less of its usual %.1f", st.Pace.perDay(now), st.Pace.longRun(now))
	say(!st.Turnover.IsZero() && now.Sub(st.Turnover) < week,
		"on %s nothing of the document before was left, so items may have been missed: asked more often", st.Turnover.UTC().Format(time.DateOnly))
	say(st.Slow > 0, "asked %d times less often, since it said 429", 1<<min(st.Slow, slowMax))
	say(!st.Wrong304.IsZero(), "says 304 though it has new items: its whole document is fetched once a day")
	say(st.Total.New >= 10 && 2*st.Undated > st.Total.New, "most of its items have no date that can be true: the time they came is taken")
	say(st.Move.Stored(), "has moved for good: write its new address into the config (wiredesk sources shows it)")
	say(st.Last.Over > 0, "%d items of its document are over the limit", st.Last.Over)
	return notes
}

// Rhythm says how often a source publishes and is asked for it.
func (st *State) Rhythm(now time.Time) string {
	if st.Pace.Since.IsZero() || st.NextPoll.IsZero() {
		return ""
	}
	every := max(st.NextPoll.Sub(st.LastPoll), 0).Round(time.Minute)
	return fmt.Sprintf("%s, every %s", perDayInWords(st.Pace.perDay(now)), strings.TrimSuffix(every.String(), "0s"))
}

// PerDay is how many new items a day a source has brought in the last week or so.
func (st *State) PerDay(now time.Time) float64 {
	if st.Pace.Since.IsZero() {
		return 0
	}
	return st.Pace.perDay(now)
}

func perDayInWords(rate float64) string {
	switch {
	case rate >= 1:
		return fmt.Sprintf("%.0f a day", rate)
	case rate*7 >= 1:
		return fmt.Sprintf("%.0f a week", rate*7)
	}
	return "seldom"
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// addresses finds those in a text, with what may be a secret in them: all behind
// the host.
var addresses = regexp.MustCompile(`(https?://)(?:[^/\s]*@)?([^/?#\s]*)[/?#]\S*?(:?)(\s|$)`)

// inWords says what went wrong with a poll, for State.Error, which is shown to
// everybody. Where the address is a secret no other is told whole either, since a
// redirect or a link in a page mostly carries the same token; nor what the
// origin's answer says, which may repeat it ("The URL /feed/… was not found").
func inWords(src *config.Source, err error) string {
	said := err.Error()
	var status *fetch.StatusError
	found := errors.As(err, &status)
	if src.Secret() {
		if found {
			bare := *status
			bare.Snippet = ""
			said = bare.Error()
		}
		said = addresses.ReplaceAllString(said, "$1$2/…$3$4")
	}
	switch {
	case errors.Is(err, feeds.ErrHTML) && !errors.Is(err, errNamed):
		return said + ": look for the feed's address in the page"
	case found && status.Code == http.StatusTooManyRequests:
		return said + ": it is asked less often"
	}
	return said
}
