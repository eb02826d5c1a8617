// Package fetch asks the origins of feeds: politely, and behind a guard.
//
//	client, err := fetch.New(fetch.Options{UserAgent: "wiredesk/1.0 (+https://desk.example; mailto:desk@desk.example)"})
//	defer client.Close()
//	resp, err := client.Get(ctx, fetch.Request{URL: url, ETag: etag, LastModified: modified})
//	var status *fetch.StatusError
//	switch {
//	case errors.Is(err, fetch.ErrNotModified): // resp holds the validators and MaxAge, no body
//	case errors.As(err, &status):              // an answer without a document: code, Retry-After, first words
//	case err != nil:                           // no whole answer: nothing that is known may change
//	}
//
// Pages that no operator has listed are asked for with Client.Page, which obeys
// robots.txt.
//
// Every connection, for each redirect too, goes through one dialer that judges
// the address a name has resolved to, so a name that changes its mind gains
// nothing. One host is asked one thing at a time, with a pause between two
// starts. There are no cookies, no Referer and no proxy from the environment.
// Bodies are bounded after decoding, and one that breaks off is an error, never
// half a document. Errors are short and name no secret: neither the user nor the
// query of an address.
package fetch

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Options say how a Client behaves. The zero value of a field is its default.
type Options struct {
	UserAgent     string        // one honest name with a contact
	AllowNetworks []string      // "127.0.0.1/32:8080", "10.0.0.0/8": prefixes [:port] let through the guard
	HostGap       time.Duration // between the starts of two requests to one host:port; 1 s
	Timeout       time.Duration // of a whole Get, redirects and body, without the waiting for a host's turn; 30 s
	MaxBody       int64         // bytes after decoding; 10 MB
	// Transport takes the place of connections, for origins in memory. The guard
	// judges connections, so that there is none with it.
	Transport http.RoundTripper
}

// Waits within Timeout, so that a tarpit is told from a slow line.
const (
	connectWait = 10 * time.Second
	headerWait  = 15 * time.Second // from the request sent to the last header
	idleRead    = 10 * time.Second // between two pieces of a body
	maxHeaders  = 64 << 10         // bytes of all headers of an answer
)

// A Client asks origins. It is safe for concurrent use.
type Client struct {
	options   Options
	transport http.RoundTripper // tests put their own here
	hosts     *hosts
	robots    *robotsBook
	slow      error // why a request over Timeout was ended
}

// New returns a client. The error names the network that cannot be read.
func New(o Options) (*Client, error) {
	o.HostGap = cmp.Or(o.HostGap, time.Second)
	o.Timeout = cmp.Or(o.Timeout, 30*time.Second)
	o.MaxBody = cmp.Or(o.MaxBody, 10<<20)
	g, err := newGuard(o.AllowNetworks)
	if err != nil {
		return nil, err
	}
	transport := o.Transport
	if transport == nil {
		transport = newTransport(newDialer(g))
	}
	return &Client{
		options:   o,
		transport: transport,
		hosts:     newHosts(o.HostGap),
		robots:    newRobotsBook(),
		slow:      fmt.Errorf("no whole answer within %s", o.Timeout),
	}, nil
}

// newDialer returns the only way out: g sees each address just before the
// connection is made.
func newDialer(g *guard) *net.Dialer {
	return &net.Dialer{
		Timeout:   connectWait,
		KeepAlive: -1, // a request that hangs ends by Timeout, a connection that idles within half a minute
		Control:   g.control,
		Resolver:  &net.Resolver{PreferGo: true}, // the C library takes "0x7f.1" for an address
	}
}

func newTransport(d *net.Dialer) *http.Transport {
	return &http.Transport{
		DialContext:            dialAhead(d),
		Proxy:                  nil,  // a proxy would hide the address from the guard
		DisableCompression:     true, // codings and their bounds are ours
		ForceAttemptHTTP2:      true, // a custom dialer would switch it off
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    connectWait,
		ResponseHeaderTimeout:  headerWait,
		MaxResponseHeaderBytes: maxHeaders,
		WriteBufferSize:        1 << 10, // bytes; a request seldom has more, and each connection has a buffer
		MaxIdleConns:           64,      // a poll comes back in minutes: idle connections serve redirects only
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        30 * time.Second,
	}
}

// Close ends idle connections. A Get under way is not disturbed.
func (c *Client) Close() {
	if t, ok := c.transport.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
}

// A Request asks for one address.
type Request struct {
	URL          string
	ETag         string            // both validators come from one earlier answer, byte for byte,
	LastModified string            // or are empty
	Headers      map[string]string // of the operator; they stay with the host of URL
	// Same says whether a whole body is one that the caller has read before, who
	// then does not get it again. It may not keep the bytes. Nil: no body is.
	Same func(body []byte) bool
}

// A Response is a whole answer.
type Response struct {
	URL             string // where the body came from, after redirects; without userinfo
	Moved           string // URL, when there were redirects and all were 301 or 308; "" otherwise
	Status          int
	ETag            string // byte for byte; what a 304 confirms without repeating is filled in
	LastModified    string
	ContentType     string
	ContentLanguage string
	ContentLocation string
	Hub             string        // of the Link headers (WebSub); "" when they name none
	Self            string        // rel="self" of the Link headers, as written
	Body            []byte        // decoded; nil with ErrNotModified, and when it is the Same
	Same            bool          // Request.Same has said so
	MaxAge          time.Duration // for which the origin says not to ask again; 0 when it does not say
	RetryAfter      time.Duration // rare here; as in StatusError
}

// ErrNotModified is a 304. The Response beside it carries validators and MaxAge.
var ErrNotModified = errors.New("not modified")

// Get asks once and follows at most five redirects. It waits until the host has
// its turn, for as long as ctx lets it: that wait is no part of Options.Timeout,
// since it is no fault of the origin's.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	t, err := newTrip(r, c.options.Timeout)
	if err != nil {
		return nil, err
	}
	t.want = want{accept: acceptFeeds, limit: c.options.MaxBody}
	return c.walk(ctx, t, nil)
}

// walk makes a trip to its end. It asks may, unless nil, before each address.
func (c *Client) walk(ctx context.Context, t *trip, may func(*url.URL) error) (*Response, error) {
	for {
		if may != nil {
			if err := may(t.at); err != nil {
				return t.end(nil, err)
			}
		}
		resp, next, err := c.hop(ctx, t)
		if err != nil || next == nil {
			return t.end(resp, err)
		}
		if err := t.follow(next); err != nil {
			return t.end(nil, err)
		}
	}
}

// hop asks the address the trip is at, while nobody else asks that host. It
// returns an answer, or the redirect that the address answers with.
func (c *Client) hop(ctx context.Context, t *trip) (*Response, *redirect, error) {
	done, err := c.hosts.enter(ctx, hostPort(t.at))
	if err != nil {
		return nil, nil, plain(err)
	}
	defer done()
	defer func(start time.Time) { t.left -= time.Since(start) }(time.Now())
	ctx, cancel := context.WithTimeoutCause(ctx, t.left, c.slow)
	defer cancel()
	ctx, stall := context.WithCancelCause(ctx)
	defer stall(nil)

	req, err := t.request(ctx, c.options.UserAgent)
	if err != nil {
		return nil, nil, err
	}
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, nil, reason(ctx, err)
	}
	body := &idleReader{r: resp.Body, stall: stall}
	defer resp.Body.Close()
	if next := redirected(resp); next != nil {
		drain(body)
		return nil, next, nil
	}
	whole, err := answer(resp, body, t)
	return whole, nil, reason(ctx, err)
}
