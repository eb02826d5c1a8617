package fetch

import (
	"context"
	"sync"
	"time"
)

// hosts lets one request at a time to each host:port, with a gap between their
// starts. It forgets hosts that nobody asks, so it stays about as small as the
// work in flight and the hosts of the last gap.
type hosts struct {
	gap time.Duration

	mu    sync.Mutex // guards by, crowd and what is in every host
	by    map[string]*host
	crowd int // how many hosts make it worth looking for forgotten ones
}

type host struct {
	turn  chan struct{} // holds one token; those who wait get it in order
	users int           // asking or waiting
	next  time.Time     // earliest start of the next request
}

// fewHosts are kept without looking whether they are still of use.
const fewHosts = 64

func newHosts(gap time.Duration) *hosts {
	return &hosts{gap: gap, by: map[string]*host{}, crowd: fewHosts}
}

// enter waits for the host's turn and its gap. Call done when the answer has
// been read.
func (h *hosts) enter(ctx context.Context, name string) (done func(), err error) {
	// From join to leave the host cannot be forgotten, so all who ask it meet at
	// the same token.
	st := h.join(name, time.Now())
	select {
	case <-st.turn:
	case <-ctx.Done():
		h.leave(st)
		return nil, context.Cause(ctx)
	}
	done = func() {
		st.turn <- struct{}{}
		h.leave(st)
	}
	if err := wait(ctx, h.due(st)); err != nil {
		done() // nothing was asked: the next in line need not wait longer for it
		return nil, err
	}
	h.started(st)
	return done, nil
}

// join finds or makes the host, and counts the caller as one of its users.
func (h *hosts) join(name string, now time.Time) *host {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.by) >= h.crowd {
		h.sweep(now)
	}
	st := h.by[name]
	if st == nil {
		st = &host{turn: make(chan struct{}, 1)}
		st.turn <- struct{}{}
		h.by[name] = st
	}
	st.users++
	return st
}

// sweep forgets hosts that nobody asks and whose gap has passed. Since it then
// waits until the table has doubled, it costs each request next to nothing.
func (h *hosts) sweep(now time.Time) {
	for name, st := range h.by {
		if st.users == 0 && !now.Before(st.next) {
			delete(h.by, name)
		}
	}
	h.crowd = max(2*len(h.by), fewHosts)
}

// leave lets the host be forgotten once its gap has passed.
func (h *hosts) leave(st *host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	st.users--
}

// due is how long the next request to a host has to wait.
func (h *hosts) due(st *host) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Until(st.next)
}

// started books the gap. Only the holder of the token calls it.
func (h *hosts) started(st *host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	st.next = time.Now().Add(h.gap)
}

// wait blocks for d, or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
