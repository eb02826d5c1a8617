package fetch

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// A Candidate is a feed that a page names.
type Candidate struct {
	URL   string
	Title string // as the page calls it; may be ""
	Type  string // media type, as in "application/rss+xml"
}

// feedTypes are media types of feeds. Plain application/json is left out: on
// pages of WordPress it names an interface.
var feedTypes = []string{"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}

const maxCandidates = 50 // of a page; more are a list of links, or an attack

// Candidates lists the feeds that a page declares (link rel=alternate of a feed's
// type), each once, in the order of the page. Comments are left to the end: few
// who ask for a site's feed mean those.
func Candidates(page *Response) (found []Candidate) {
	z := html.NewTokenizer(bytes.NewReader(decoded(page)))
	base, err := url.Parse(page.URL)
	if err != nil {
		return nil
	}
	for z.Next() != html.ErrorToken && len(found) < maxCandidates {
		t := z.Token()
		switch {
		case t.Type != html.StartTagToken && t.Type != html.SelfClosingTagToken:
		case t.Data == "base":
			if to, err := base.Parse(attr(t, "href")); err == nil {
				base = to
			}
		case t.Data == "link":
			c, ok := candidate(t, base)
			if ok && !slices.ContainsFunc(found, func(have Candidate) bool { return have.URL == c.URL }) {
				found = append(found, c)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Candidate) int { return comments(a) - comments(b) })
	return found
}

// decoded is the page in UTF-8.
func decoded(page *Response) []byte {
	enc, _, _ := charset.DetermineEncoding(page.Body, page.ContentType)
	if text, err := enc.NewDecoder().Bytes(page.Body); err == nil {
		return text
	}
	return page.Body
}

// candidate reads a link element.
func candidate(t html.Token, base *url.URL) (Candidate, bool) {
	kind, _, _ := strings.Cut(strings.ToLower(attr(t, "type")), ";")
	kind = strings.TrimSpace(kind)
	rel := strings.Fields(strings.ToLower(attr(t, "rel")))
	if !slices.Contains(feedTypes, kind) || !slices.Contains(rel, "alternate") || strings.TrimSpace(attr(t, "href")) == "" {
		return Candidate{}, false
	}
	to, err := base.Parse(strings.TrimSpace(attr(t, "href")))
	if err != nil {
		return Candidate{}, false
	}
	to.User = nil
	at, err := address(strings.Replace(to.String(), "feed://", "http://", 1))
	if err != nil {
		return Candidate{}, false
	}
	return Candidate{URL: at.String(), Title: printable(strings.Join(strings.Fields(attr(t, "title")), " "), 100), Type: kind}, true
}

func attr(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// comments is 1 for a feed of comments.
func comments(c Candidate) int {
	if strings.Contains(strings.ToLower(c.URL+" "+c.Title), "comment") {
		return 1
	}
	return 0
}

// wellKnown are where programs that make sites put their feeds, the most
// frequent first.
var wellKnown = []string{"/feed/", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/rss", "/feed.json"}

// WellKnown asks a host that declares no feed at the few paths where one often is,
// where its robots.txt permits, until isFeed says that an answer is one. It
// returns nil without an error when none is. A host that says to come less often
// is not asked further: that is the error.
func (c *Client) WellKnown(ctx context.Context, page string, isFeed func(*Response) bool) (*Response, error) {
	at, err := address(page)
	if err != nil {
		return nil, err
	}
	for _, path := range wellKnown {
		resp, err := c.unlisted(ctx, at.ResolveReference(&url.URL{Path: path}).String())
		var status *StatusError
		switch {
		case ctx.Err() != nil:
			return nil, err
		case errors.As(err, &status) && (status.RetryAfter > 0 || status.Challenge):
			return nil, err
		case err == nil && isFeed(resp):
			return resp, nil
		}
	}
	return nil, nil
}

// unlisted asks for a document that no operator has listed, after robots.txt.
func (c *Client) unlisted(ctx context.Context, address string) (*Response, error) {
	t, err := newTrip(Request{URL: address}, c.options.Timeout)
	if err != nil {
		return nil, err
	}
	t.user = nil
	t.want = want{accept: acceptFeeds, limit: c.options.MaxBody}
	return c.walk(ctx, t, func(u *url.URL) error { return c.obey(ctx, u) })
}
