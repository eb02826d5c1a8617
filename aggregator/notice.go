package aggregator

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/wiredesk/wiredesk/feeds"
)

// A Notice is news of a source itself: it began to fail, or answers well again.
// It holds no words of others, which might name an address.
type Notice struct {
	Source   string
	At       time.Time
	Repaired bool
	Status   int  // of the answer; 0 when there was none, or none that is a feed
	Failures int  // polls in a row
	Gone     bool // it is asked no more
}

// MaxNotices is how many notices a feed of them has.
const MaxNotices = 50

// alarming says whether a failure is worth a notice: one that will not mend by
// itself at once, others when they repeat.
func (st *State) alarming() bool {
	switch st.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		return true
	}
	return st.Gone || st.Failures >= 3
}

// notice decides what a poll tells of its source, and remembers in its state that
// it was told: nothing is told twice.
func notice(st *State, at time.Time) *Notice {
	n := Notice{Source: st.Source, At: at.UTC().Truncate(time.Millisecond)}
	switch {
	case st.Error == "" && !st.Gone:
		told := st.Alarmed
		st.Alarmed = false
		if !told {
			return nil
		}
		n.Repaired = true
	case st.Alarmed || !st.alarming():
		return nil
	default:
		st.Alarmed = true
		n.Status, n.Failures, n.Gone = st.Status, st.Failures, st.Gone
	}
	return &n
}

// words tells a notice of a source by a name.
func (n *Notice) words(name string) (title, text string) {
	status := "it cannot be reached, or what it sends is no feed"
	if n.Status != 0 {
		status = fmt.Sprintf("it answers %d %s", n.Status, http.StatusText(n.Status))
	}
	switch {
	case n.Repaired:
		return name + " answers well again", "It is polled as ever."
	case n.Gone:
		return name + " is gone", "It has answered 410 and is polled no more."
	case n.Failures == 1:
		return name + " fails", "Since the last poll " + status + "."
	}
	return name + " fails", fmt.Sprintf("%d polls in a row have failed: %s.", n.Failures, status)
}

// ComposeNotices lays notices out as a feed, newest first. Ids are made of what is
// stored alone, and stay.
func ComposeNotices(plan *Plan, notices []Notice) *feeds.Feed {
	site := &plan.Config.Site
	f := &feeds.Feed{
		Format: feeds.RSS, ID: "tag:" + site.Tag + ":status", Title: "Sources · " + site.Title,
		Description: "How the sources of " + site.Title + " do.", Lang: "en", Generator: "wiredesk",
		Link: site.BaseURL + "/status", Self: site.BaseURL + "/status.rss", TTL: plan.ttl(),
	}
	for i := range notices {
		n := &notices[i]
		name := n.Source
		if src := plan.Source(n.Source); src != nil {
			name = cmp.Or(src.Title, name)
		}
		title, text := n.words(name)
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", plan.names.root(SourceID, n.Source), n.At.UnixMilli()))
		f.Items = append(f.Items, feeds.Item{
			ID: f.ID + ":" + hex.EncodeToString(sum[:12]), Title: title, Text: text, Summary: "<p>" + text + "</p>",
			Link: f.Link, Published: n.At, Updated: n.At, Lang: "en",
		})
		if n.At.After(f.Updated) {
			f.Updated = n.At
		}
	}
	return f
}
