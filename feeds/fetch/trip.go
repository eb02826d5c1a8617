package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	maxHops    = 5
	maxAddress = 8 << 10 // bytes of an address; longer ones are an attack or a mistake
	maxTag     = 4 << 10 // bytes of a validator; a server would refuse the request
)

// A trip is one Get on its way through redirects.
type trip struct {
	asked     Request
	want      want
	at        *url.URL      // where to ask now; never with userinfo
	user      *url.Userinfo // of the first address
	trusted   bool          // credentials may still be sent
	permanent bool          // all redirects so far were 301 or 308
	seen      []string      // addresses asked before this one
	left      time.Duration // of Options.Timeout
}

func newTrip(r Request, timeout time.Duration) (*trip, error) {
	at, err := address(r.URL)
	if err != nil {
		return nil, err
	}
	// An error rather than silence: the operator believes the header is sent.
	for name := range r.Headers {
		if ours(name) {
			return nil, fmt.Errorf("header %s is not for the operator to set", textproto.CanonicalMIMEHeaderKey(name))
		}
	}
	if !sendable(r.ETag) || !sendable(r.LastModified) {
		r.ETag, r.LastModified = "", "" // a pair: neither is sent without the other
	}
	user := at.User
	at.User = nil
	return &trip{asked: r, at: at, user: user, trusted: true, permanent: true, left: timeout}, nil
}

// ours says whether a header belongs to the client: it would break conditional
// requests, decoding or the connection.
func ours(name string) bool {
	switch textproto.CanonicalMIMEHeaderKey(name) {
	case "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Range", "A-Im",
		"Accept-Encoding", "Connection", "Host", "Content-Length", "Transfer-Encoding", "Te", "Trailer", "Upgrade", "Expect":
		return true
	}
	return false
}

// sendable says whether a validator can be sent back. One that cannot would
// make every later request fail, so it is as good as none.
func sendable(v string) bool {
	return len(v) <= maxTag && !strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// request says what is asked at this hop. Validators go along each time: they
// come from wherever the last redirect led.
func (t *trip) request(ctx context.Context, userAgent string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.at.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("the address %s cannot be asked", Redact(t.at.String()))
	}
	h := req.Header
	h.Set("User-Agent", userAgent)
	h.Set("Accept", t.want.accept)
	h.Set("Accept-Encoding", "gzip, br, zstd")
	if t.asked.ETag != "" {
		h.Set("If-None-Match", t.asked.ETag)
	}
	if t.asked.LastModified != "" {
		h.Set("If-Modified-Since", t.asked.LastModified)
	}
	if !t.trusted {
		return req, nil
	}
	if t.user != nil {
		password, _ := t.user.Password()
		req.SetBasicAuth(t.user.Username(), password)
	}
	for name, value := range t.asked.Headers {
		h.Set(name, value)
	}
	return req, nil
}

// A redirect is where an answer points.
type redirect struct {
	location string
	code     int
}

// redirected reads a redirect; nil when the answer is none, or names no target.
func redirected(resp *http.Response) *redirect {
	location := resp.Header.Get("Location")
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if location != "" {
			return &redirect{location, resp.StatusCode}
		}
	}
	return nil
}

// follow goes where r points. Addresses are judged again at each hop, by scheme
// here and by the guard when connecting. Credentials stay with the first host: once a
// redirect has left it they are not sent again, not even when another one comes
// back, since the address would no longer be of our choosing.
func (t *trip) follow(r *redirect) error {
	to, err := t.at.Parse(r.location)
	if err != nil {
		return errors.New("redirect to an address that cannot be read")
	}
	if to, err = address(to.String()); err != nil {
		return fmt.Errorf("redirect: %w", err)
	}
	to.User = nil // an origin has no credentials to give us
	// Without cookies an address that sends us back to itself never stops.
	t.seen = append(t.seen, t.at.String())
	if slices.Contains(t.seen, to.String()) {
		return fmt.Errorf("redirects in a circle: back to %s", Redact(to.String()))
	}
	if len(t.seen) > maxHops {
		return fmt.Errorf("more than %d redirects", maxHops)
	}
	t.trusted = t.trusted && sameHost(t.at, to)
	t.permanent = t.permanent && (r.code == http.StatusMovedPermanently || r.code == http.StatusPermanentRedirect)
	t.at = to
	return nil
}

// end finishes the answer, or says in the error how far we came.
func (t *trip) end(resp *Response, err error) (*Response, error) {
	if resp != nil && t.permanent && len(t.seen) > 0 {
		resp.Moved = resp.URL
	}
	if err != nil && resp == nil && len(t.seen) > 0 {
		err = fmt.Errorf("after a redirect to %s: %w", Redact(t.at.String()), err)
	}
	return resp, err
}
