package fetch

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Post sends a form, as WebSub asks of those who talk to a hub. It is as polite
// and as guarded as Get, carries no credentials and follows no redirect: what the
// form says is meant for that address. Any answer but 2xx is a *StatusError.
func (c *Client) Post(ctx context.Context, to string, form url.Values) error {
	at, err := address(to)
	if err != nil {
		return err
	}
	at.User = nil
	done, err := c.hosts.enter(ctx, hostPort(at))
	if err != nil {
		return plain(err)
	}
	defer done()
	ctx, cancel := context.WithTimeoutCause(ctx, c.options.Timeout, c.slow)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("%s: no request", Redact(to))
	}
	req.Header.Set("User-Agent", c.options.UserAgent)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return reason(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 == 2 {
		return nil
	}
	wait, _ := retryAfter(resp.Header, time.Now())
	return status(resp, resp.Body, wait)
}

// Linked is the first target of a relation in the Link headers of an answer
// (RFC 8288), as it is written; "" when there is none.
func Linked(h http.Header, rel string) string {
	for _, header := range h.Values("Link") {
		for header != "" {
			start := strings.IndexByte(header, '<')
			if start < 0 {
				break
			}
			target, rest, ok := strings.Cut(header[start+1:], ">")
			if !ok {
				break
			}
			params := rest
			if next := strings.IndexByte(rest, '<'); next >= 0 {
				params = rest[:next]
			}
			if hasRel(params, rel) {
				return strings.TrimSpace(target)
			}
			header = rest[len(params):]
		}
	}
	return ""
}

// hasRel says whether the parameters of a link name a relation.
func hasRel(params, rel string) bool {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimRight(param, ", "), "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for one := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"`)) {
			if strings.EqualFold(one, rel) {
				return true
			}
		}
	}
	return false
}
