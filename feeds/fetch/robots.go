package fetch

import (
	"cmp"
	"container/list"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// ErrRobots is a page that robots.txt does not let us ask for: because it says
// so, or because it cannot be read at the moment (the error around it says why).
var ErrRobots = errors.New("not allowed by robots.txt")

const (
	robotsLife  = 24 * time.Hour // RFC 9309 2.4
	robotsRetry = time.Hour      // after a robots.txt that could not be read
	robotsHosts = 1000
	robotsBytes = 8 << 20 // of all rules together, about
)

// A robotsBook holds the robots.txt of the hosts asked last, bounded in number
// and in bytes: 1,000 hosts with 500 KiB each would be more than all else.
type robotsBook struct {
	mu   sync.Mutex // guards all below, but not what is in a leaf
	at   map[string]*list.Element
	used list.List // of *leaf, the one used last in front
	size int
}

// A leaf is the robots.txt of one scheme, host and port. Who holds the token of
// turn may read and write rules, failed and until; others wait for it rather
// than ask the host the same thing again.
type leaf struct {
	host   string
	turn   chan struct{}
	rules  rules
	failed error     // why it could not be read
	until  time.Time // it holds; zero: never asked
	size   int       // belongs to the book
}

func newRobotsBook() *robotsBook { return &robotsBook{at: map[string]*list.Element{}} }

// leaf finds or makes a host's leaf and drops those not used for longest.
func (b *robotsBook) leaf(host string) *leaf {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.at[host]; e != nil {
		b.used.MoveToFront(e)
		return e.Value.(*leaf)
	}
	l := &leaf{host: host, turn: make(chan struct{}, 1)}
	l.turn <- struct{}{}
	b.at[host] = b.used.PushFront(l)
	b.trim()
	return l
}

// weigh notes what a leaf holds by now. One that was dropped meanwhile counts
// for nothing.
func (b *robotsBook) weigh(l *leaf, size int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.at[l.host]; e == nil || e.Value.(*leaf) != l {
		return
	}
	b.size += size - l.size
	l.size = size
	b.trim()
}

// trim drops leaves from the back; b.mu is held. The one in front stays, however
// large: it is in use.
func (b *robotsBook) trim() {
	for b.used.Len() > 1 && (b.used.Len() > robotsHosts || b.size > robotsBytes) {
		l := b.used.Remove(b.used.Back()).(*leaf)
		delete(b.at, l.host)
		b.size -= l.size
	}
}

// obey says whether the robots.txt of u's host lets us ask for u: nil, an error
// that is ErrRobots, or that of ctx.
func (c *Client) obey(ctx context.Context, u *url.URL) error {
	host := u.Scheme + "://" + hostPort(u)
	l := c.robots.leaf(host)
	select {
	case <-l.turn:
	case <-ctx.Done():
		return plain(context.Cause(ctx))
	}
	defer func() { l.turn <- struct{}{} }()
	if !time.Now().Before(l.until) {
		rs, err := c.askRobots(ctx, u)
		if ctx.Err() != nil {
			return plain(context.Cause(ctx)) // the caller's hurry says nothing of the host
		}
		l.rules, l.failed, l.until = rs, err, time.Now().Add(robotsLife)
		if err != nil {
			l.until = time.Now().Add(robotsRetry)
		}
		c.robots.weigh(l, rs.size())
	}
	switch {
	case l.failed != nil:
		return fmt.Errorf("%w: it cannot be read now: %w", ErrRobots, l.failed)
	case !l.rules.allow(u):
		return ErrRobots
	}
	return nil
}

// size is about what rules cost in memory.
func (rs rules) size() (n int) {
	const header = 24 // a rule without the bytes of its pattern
	for _, r := range rs {
		n += header + len(r.pattern)
	}
	return n
}

// askRobots fetches the rules of u's host. By RFC 9309 2.3.1 an answer of 4xx
// means that there are none, and one of 5xx, or no answer, that nothing is
// allowed. 429 is taken for the latter: who asks for less is not asked for more.
func (c *Client) askRobots(ctx context.Context, u *url.URL) (rules, error) {
	at := url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	t, err := newTrip(Request{URL: at.String()}, c.options.Timeout)
	if err != nil {
		return nil, err
	}
	t.want = want{accept: "text/plain, */*;q=0.5", limit: maxRobots, cut: true}
	resp, err := c.walk(ctx, t, nil)
	var status *StatusError
	switch {
	case errors.As(err, &status) && status.Code >= 400 && status.Code < 500 && status.Code != http.StatusTooManyRequests:
		return nil, nil
	case err != nil:
		return nil, err
	}
	return parseRules(resp.Body, cmp.Or(productToken(c.options.UserAgent), "wiredesk")), nil
}
