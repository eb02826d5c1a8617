package aggregator

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// A Subscription is what we have agreed with a hub about a source (W3C WebSub).
// What goes wrong with it is part of it: the source is polled as ever.
type Subscription struct {
	Source    string
	Callback  string // address the hub calls; its last part is known to the hub alone
	Hub       string
	Topic     string
	Secret    string // signs what the hub sends
	Status    Standing
	Asked     time.Time // last request to the hub
	Lease     time.Duration
	Until     time.Time // when the lease ends
	Delivered time.Time // last good delivery; zero when polls have found more than it sends
	Tries     int       // requests in a row that led to nothing
	Error     string    // why, in words
}

// A Standing is how far a subscription is.
type Standing string

// The ways of a subscription: asked, active and on with a lease; or denied or
// failed, and tried again later. Leaving waits for the hub to ask back.
const (
	Asked   Standing = "asked"
	Active  Standing = "active"
	Denied  Standing = "denied"
	Failed  Standing = "failed"
	Leaving Standing = "leaving"
)

const (
	leaseAsked  = 10 * 24 * time.Hour // what hubs usually give
	leaseLeast  = 5 * time.Minute     // of what a hub may say; and its most
	leaseMost   = 90 * 24 * time.Hour
	answerWait  = 10 * time.Minute // for a hub to ask back
	leaveWait   = time.Hour
	deniedWait  = 7 * 24 * time.Hour
	thinning    = 6 // a source that is pushed is polled so much less
	fallback    = 24 * time.Hour
	callbackDir = "/websub/"
)

// A move is what to do next about a subscription.
type move int

const (
	stay move = iota
	subscribe
	resubscribe // with a new callback: the hub, the topic or our address is another
	unsubscribe
	forget
)

// wanted is the subscription that a source should have; none when its feed
// names no hub, or its address is a secret that no hub need learn.
func wanted(site *config.Site, src *config.Source, st *State) (hub, topic string, ok bool) {
	if src == nil || !site.WebSub || src.Secret() || st.Gone {
		return "", "", false
	}
	at, err := url.Parse(st.URL)
	if err != nil || st.Feed.Hub == "" {
		return "", "", false
	}
	to, err := at.Parse(st.Feed.Hub)
	if err != nil || to.Host == "" || to.User != nil {
		return "", "", false
	}
	to.Scheme = "https" // the secret goes there; the old hubs are written with http and have both
	self, err := at.Parse(cmp.Or(st.Feed.Self, st.URL))
	if err != nil || self.Host == "" || self.User != nil || self.Scheme != "http" && self.Scheme != "https" {
		return "", "", false
	}
	return to.String(), self.String(), true
}

// nextMove decides about a subscription; sub is nil when there is none.
func nextMove(site *config.Site, src *config.Source, st *State, sub *Subscription, now time.Time) move {
	hub, topic, ok := wanted(site, src, st)
	switch {
	case !ok && sub == nil:
		return stay
	case !ok && sub.Status == Leaving && now.Sub(sub.Asked) < leaveWait:
		return stay
	case !ok && (sub.Status == Active || sub.Status == Asked):
		return unsubscribe
	case !ok:
		return forget
	case sub == nil:
		return subscribe
	case sub.Hub != hub || sub.Topic != topic || sub.Status == Leaving || !strings.HasPrefix(sub.Callback, site.BaseURL+callbackDir):
		return resubscribe
	case now.Sub(sub.Asked) < sub.patience():
		return stay
	case sub.Status == Active && now.Before(sub.Until.Add(-sub.Lease/4)):
		return stay
	}
	return subscribe
}

// patience is how long after a request the next one may go out: longer with every
// one that led to nothing.
func (s *Subscription) patience() time.Duration {
	if s.Status == Denied {
		return deniedWait
	}
	wait := answerWait
	for range min(s.Tries-1, 10) {
		wait = min(6*wait, backoff)
	}
	return wait
}

// live says whether its hub is to send us what is new.
func (s *Subscription) live(now time.Time) bool { return s.Status == Active && now.Before(s.Until) }

// ask is the subscription when its hub is asked. A live one stays so while it is
// renewed.
func (s Subscription) ask(now time.Time) Subscription {
	if s.Status == Asked {
		s.Error = "the hub has not asked back whether we meant it"
	}
	if !s.live(now) {
		s.Status, s.Delivered = Asked, time.Time{}
	}
	s.Asked = now
	s.Tries++ // until the hub asks back
	return s
}

// verify is the subscription after its hub has asked back; false when that is
// none of what we have asked for.
func (s Subscription) verify(q url.Values, lease time.Duration, now time.Time) (Subscription, bool) {
	if q.Get("hub.topic") != s.Topic {
		return s, false
	}
	switch mode := q.Get("hub.mode"); {
	case mode == "denied" && s.Status != Leaving:
		s.Status, s.Delivered = Denied, time.Time{}
		s.Error = "the hub says no"
		if why := shown(q.Get("hub.reason")); why != "" {
			s.Error += ": " + why
		}
	case mode == "subscribe" && (s.Status == Asked || s.Status == Active) && now.Sub(s.Asked) < backoff:
		s.Status, s.Tries, s.Error = Active, 0, ""
		s.Lease = min(max(cmp.Or(lease, leaseAsked), leaseLeast), leaseMost)
		s.Until = now.Add(s.Lease)
	case mode == "unsubscribe" && s.Status == Leaving:
	default:
		return s, false
	}
	return s, true
}

// shown is foreign text as it may be shown: one line, not much of it.
func shown(s string) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) })
	line := []rune(strings.Join(words, " "))
	return string(line[:min(len(line), 200)])
}

// signed says whether a body carries the signature of our secret: method=hex. Of
// the methods of the specification sha1 is taken too, since the hub that most
// feeds name knows no other, and a HMAC does not need what SHA-1 has lost.
func (s *Subscription) signed(signature string, body []byte) bool {
	method, sum, _ := strings.Cut(strings.TrimSpace(signature), "=")
	makers := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}
	maker := makers[strings.ToLower(method)]
	want, err := hex.DecodeString(sum)
	if maker == nil || err != nil {
		return false
	}
	mac := hmac.New(maker, []byte(s.Secret))
	mac.Write(body)
	return hmac.Equal(mac.Sum(nil), want)
}

// thin is when to poll a source next that a hub has spoken for: later, but at
// least once a day, since hubs lose things.
func thin(next, now time.Time) time.Time {
	wait := next.Sub(now)
	if wait <= 0 || wait >= fallback {
		return next
	}
	return now.Add(min(thinning*wait, fallback))
}

// about is what a document says about itself. What its answer says of hubs goes
// before what is written in it (WebSub, 4).
func about(feed *feeds.Feed, resp *fetch.Response) About {
	a := About{
		Title: feed.Title, Link: feed.Link, Lang: feed.Lang, Rights: feed.Rights, Format: string(feed.Format),
		Hub: feed.Hub, Self: feed.Self,
	}
	if resp.Hub != "" {
		a.Hub, a.Self = resp.Hub, cmp.Or(resp.Self, feed.Self)
	}
	return a
}
