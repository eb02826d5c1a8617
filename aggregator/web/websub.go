package web

import (
	"errors"
	"io"
	"net/http"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
)

// verify answers a hub that asks back whether we meant to subscribe.
func (s *Site) verify(w http.ResponseWriter, r *http.Request) error {
	if s.Hubs == nil {
		return errNotFound
	}
	q := r.URL.Query()
	err := s.Hubs.Verify(r.Context(), r.PathValue("path"), q)
	if errors.Is(err, aggregator.ErrNoSubscription) {
		return errNotFound // what WebSub 5.3 has for "we did not mean it"
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = io.WriteString(w, q.Get("hub.challenge"))
	return err
}

// deliver takes what a hub sends. To 410 it stops sending.
func (s *Site) deliver(w http.ResponseWriter, r *http.Request) error {
	if s.Hubs == nil {
		return errNotFound
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, feeds.MaxBytes))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		http.Error(w, "over the limit", http.StatusRequestEntityTooLarge)
		return nil
	case err != nil:
		http.Error(w, "the body breaks off", http.StatusBadRequest)
		return nil
	}
	switch err := s.Hubs.Deliver(r.Context(), r.PathValue("path"), r.Header, body); {
	case errors.Is(err, aggregator.ErrNoSubscription):
		http.Error(w, "no such subscription", http.StatusGone)
	case errors.Is(err, aggregator.ErrUnsigned):
		http.Error(w, "not signed as agreed", http.StatusForbidden)
	case errors.Is(err, aggregator.ErrNoFeed):
		http.Error(w, "not a feed", http.StatusUnprocessableEntity)
	default:
		return err
	}
	return nil
}
