package fetch

import (
	"context"
	"fmt"
	"mime"
	"net/url"
)

// Page asks for an HTML page that no operator has listed: it obeys the robots.txt
// of its host, and that of each host a redirect leads to. Apart from that it is
// as polite and as guarded as Get, with neither validators nor credentials. The
// error is ErrRobots when robots.txt is in the way.
//
//	resp, err := client.Page(ctx, "https://one.example/story.html")
//	if errors.Is(err, fetch.ErrRobots) { … } // leave it at that
func (c *Client) Page(ctx context.Context, address string) (*Response, error) {
	t, err := newTrip(Request{URL: address}, c.options.Timeout)
	if err != nil {
		return nil, err
	}
	t.user = nil
	t.want = want{accept: "text/html, application/xhtml+xml", limit: c.options.MaxBody, html: true}
	return c.walk(ctx, t, func(u *url.URL) error { return c.obey(ctx, u) })
}

// A want is what kind of document a trip is for.
type want struct {
	accept string
	limit  int64 // bytes after decoding
	cut    bool  // a body over limit is cut there, at a line, rather than an error
	html   bool  // anything but HTML is an error, before its body is read
}

const acceptFeeds = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, application/json;q=0.8, */*;q=0.5"

// takes is an error for a document of a kind that is not wanted.
func (w want) takes(contentType string) error {
	if !w.html {
		return nil
	}
	kind, _, _ := mime.ParseMediaType(contentType) // "" when it cannot be read
	switch kind {
	case "text/html", "application/xhtml+xml":
		return nil
	case "":
		return fmt.Errorf("the page does not say that it is HTML")
	}
	return fmt.Errorf("the page is %s, not HTML", printable(kind, 80))
}
