package aggregator

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// A Poster sends a form to a hub, as *fetch.Client does.
type Poster interface {
	Post(ctx context.Context, to string, form url.Values) error
}

// A SubscriptionStore is what the subscriber asks of the store.
type SubscriptionStore interface {
	States(ctx context.Context) ([]State, error)
	Subscriptions(ctx context.Context) ([]Subscription, error)
	SaveSubscription(ctx context.Context, s Subscription) error
	DropSubscription(ctx context.Context, source string) error
}

// A Subscriber subscribes to the hubs that feeds name and takes what they send
// (W3C WebSub). Its fields are set before Run and not changed after; Load goes
// before everything else.
type Subscriber struct {
	Store  SubscriptionStore
	Client Poster
	Plan   func() *Plan
	Push   func(ctx context.Context, source string, resp *fetch.Response) error // Poller.Push
	Log    *slog.Logger
	Now    func() time.Time

	mu   sync.Mutex // guards the maps; held while a change is stored, never while a hub is asked
	by   map[string]Subscription
	seen map[string][][sha256.Size]byte // of bodies delivered last, by source
}

// Errors of Verify and Deliver.
var (
	ErrNoSubscription = errors.New("no such subscription")
	ErrUnsigned       = errors.New("the signature is not that of the subscription")
)

// Load reads what was agreed before a restart.
func (s *Subscriber) Load(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.by, s.seen = map[string]Subscription{}, map[string][][sha256.Size]byte{}
	all, err := s.Store.Subscriptions(ctx)
	for _, sub := range all {
		s.by[sub.Source] = sub
	}
	return err
}

// Run looks every few minutes what there is to ask of hubs, until ctx ends.
func (s *Subscriber) Run(ctx context.Context) error {
	tick := time.NewTicker(3 * time.Minute)
	defer tick.Stop()
	for {
		if err := s.Round(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("subscriptions wait for the store", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Round asks of hubs what is to be asked now. A hub that fails is noted in its
// subscription; the error is of the store.
func (s *Subscriber) Round(ctx context.Context) error {
	states, err := s.Store.States(ctx)
	if err != nil {
		return err
	}
	plan, known := s.Plan(), map[string]bool{}
	for i := range states {
		known[states[i].Source] = true
		if err := s.advance(ctx, plan, &states[i]); err != nil {
			return err
		}
	}
	for _, source := range s.sources() {
		if !known[source] { // the config has dropped it
			if err := s.advance(ctx, plan, &State{Source: source}); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func (s *Subscriber) sources() (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.by {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// advance does what is next about one source.
func (s *Subscriber) advance(ctx context.Context, plan *Plan, st *State) error {
	site, src, now := &plan.Config.Site, plan.Source(st.Source), s.Now()
	s.mu.Lock()
	sub, have := s.by[st.Source]
	s.mu.Unlock()
	var old *Subscription
	if have {
		old = &sub
	}
	mode := "subscribe"
	switch nextMove(site, src, st, old, now) {
	case stay:
		return nil
	case forget:
		return s.drop(ctx, st.Source)
	case unsubscribe:
		mode = "unsubscribe"
		sub.Status, sub.Asked, sub.Delivered = Leaving, now, time.Time{}
	case resubscribe:
		sub, have = Subscription{}, false
		fallthrough
	case subscribe:
		if !have {
			sub.Source, sub.Callback, sub.Secret = st.Source, site.BaseURL+callbackDir+rand.Text(), rand.Text()+rand.Text()
			sub.Hub, sub.Topic, _ = wanted(site, src, st)
		}
		sub = sub.ask(now)
	}
	// Stored before the hub is asked: it may ask back at once.
	if err := s.put(ctx, sub); err != nil {
		return err
	}
	return s.request(ctx, sub, mode)
}

// request asks the hub. An answer without success is noted.
func (s *Subscriber) request(ctx context.Context, sub Subscription, mode string) error {
	form := url.Values{"hub.callback": {sub.Callback}, "hub.mode": {mode}, "hub.topic": {sub.Topic}}
	if mode == "subscribe" {
		form.Set("hub.lease_seconds", strconv.Itoa(int(leaseAsked.Seconds())))
		form.Set("hub.secret", sub.Secret)
	}
	err := s.Client.Post(ctx, sub.Hub, form)
	if err == nil || ctx.Err() != nil {
		return nil
	}
	s.Log.Warn("a hub refuses", "source", sub.Source, "hub", fetch.Redact(sub.Hub), "err", err)
	s.mu.Lock()
	defer s.mu.Unlock()
	now, ok := s.by[sub.Source]
	if !ok || now.Callback != sub.Callback {
		return nil
	}
	now.Error = err.Error()
	if now.Status == Asked {
		now.Status = Failed
	}
	return s.store(ctx, now)
}

func (s *Subscriber) put(ctx context.Context, sub Subscription) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store(ctx, sub)
}

// store keeps a subscription; s.mu is held. Memory changes after the store has.
func (s *Subscriber) store(ctx context.Context, sub Subscription) error {
	if err := s.Store.SaveSubscription(ctx, sub); err != nil {
		return err
	}
	s.by[sub.Source] = sub
	return nil
}

func (s *Subscriber) drop(ctx context.Context, source string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.Store.DropSubscription(ctx, source); err != nil {
		return err
	}
	delete(s.by, source)
	delete(s.seen, source)
	return nil
}

// lastBodies is how many deliveries of a source are known again: whoever has
// caught one must not bring back an older text with it.
const lastBodies = 32

// Thin says when to poll a source next, after a poll that went well: later than
// planned while its hub sends what is new, and as planned again once a poll finds
// what the hub has not sent. A cron schedule is the operator's word and holds.
func (s *Subscriber) Thin(ctx context.Context, plan *Plan, b *Batch) time.Time {
	next, now := b.State.NextPoll, s.Now()
	s.mu.Lock()
	sub, ok := s.by[b.State.Source]
	s.mu.Unlock()
	src := plan.Source(b.State.Source)
	if !ok || !sub.live(now) || sub.Delivered.IsZero() || src == nil || plan.schedules[src.ID] != nil {
		return next
	}
	if !b.Dropped && b.State.Last.New > 0 {
		if err := s.delivered(ctx, sub, time.Time{}); err != nil {
			s.Log.Error("subscription", "source", sub.Source, "err", err)
		}
		return next
	}
	return thin(next, now)
}
