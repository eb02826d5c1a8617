package aggregator

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// called finds the subscription that a hub calls by the last part of its
// callback; s.mu is held.
func (s *Subscriber) called(path string) (Subscription, bool) {
	for _, sub := range s.by {
		if strings.HasSuffix(sub.Callback, callbackDir+path) {
			return sub, true
		}
	}
	return Subscription{}, false
}

// Verify answers a hub that asks back whether we meant what we asked. Only then
// it returns without an error; the answer is the query's hub.challenge.
func (s *Subscriber) Verify(ctx context.Context, path string, q url.Values) error {
	seconds, err := strconv.Atoi(q.Get("hub.lease_seconds"))
	if err != nil || seconds < 0 {
		seconds = 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sub, ok := s.called(path)
	if !ok {
		return ErrNoSubscription
	}
	lease := time.Duration(min(seconds, int(leaseMost.Seconds()))) * time.Second
	next, ok := sub.verify(q, lease, s.Now())
	if !ok {
		return ErrNoSubscription
	}
	if next.Status == Leaving {
		if err := s.Store.DropSubscription(ctx, sub.Source); err != nil {
			return err
		}
		delete(s.by, sub.Source)
		return nil
	}
	s.Log.Info("hub", "source", sub.Source, "hub", fetch.Redact(sub.Hub), "standing", next.Status, "until", next.Until)
	return s.store(ctx, next)
}

// Deliver takes what a hub sends. ErrNoSubscription and ErrUnsigned say that
// nothing was taken, nil that all is stored, or was before.
func (s *Subscriber) Deliver(ctx context.Context, path string, h http.Header, body []byte) error {
	s.mu.Lock()
	sub, ok := s.called(path)
	s.mu.Unlock()
	self := fetch.Linked(h, "self")
	switch {
	case !ok || !sub.live(s.Now()):
		return ErrNoSubscription
	case !sub.signed(h.Get("X-Hub-Signature"), body):
		return ErrUnsigned
	case self != "" && self != sub.Topic:
		return fmt.Errorf("%w: it is about another topic", ErrUnsigned)
	}
	if s.replayed(sub.Source, body, false) {
		return nil
	}
	resp := &fetch.Response{URL: sub.Topic, Status: http.StatusOK, ContentType: h.Get("Content-Type"), ContentLanguage: h.Get("Content-Language"), Body: body}
	if err := s.Push(ctx, sub.Source, resp); err != nil {
		return err
	}
	s.replayed(sub.Source, body, true)
	return s.delivered(ctx, sub, s.Now())
}

// replayed says whether a body came lately, and with note notes that it has.
func (s *Subscriber) replayed(source string, body []byte, note bool) bool {
	sum := sha256.Sum256(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.seen[source], sum) {
		return true
	}
	if note {
		last := append(s.seen[source], sum)
		s.seen[source] = slices.Clone(last[max(len(last)-lastBodies, 0):])
	}
	return false
}

// delivered notes that a hub is as good as its word; zero, that it is not.
func (s *Subscriber) delivered(ctx context.Context, sub Subscription, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, ok := s.by[sub.Source]
	if !ok || now.Callback != sub.Callback {
		return nil
	}
	now.Delivered = at
	return s.store(ctx, now)
}
