package web

import (
	"cmp"
	"context"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

// publicPaths are what is told of the sources where the operator says so
// (site.public).
var publicPaths = []string{"/sources.opml", "/status.rss"}

// public serves one of publicPaths.
func (s *Site) public(ctx context.Context, at string) (*aggregator.Document, error) {
	plan := s.Plan()
	if !plan.Config.Site.Public {
		return nil, errNotFound
	}
	if at == "/sources.opml" {
		return s.Press.Whole(ctx, at, func(plan *aggregator.Plan, _ time.Time) (*aggregator.Document, error) { return sourcesOPML(plan) })
	}
	notices, err := s.Store.Notices(ctx, aggregator.MaxNotices)
	if err != nil {
		return nil, err
	}
	feed := aggregator.ComposeNotices(plan, notices)
	body, err := feeds.Write(feed, feeds.RSS)
	if err != nil {
		return nil, err
	}
	return aggregator.NewDocument(body, "application/rss+xml; charset=utf-8", feed.Updated), nil
}

func sourcesOPML(plan *aggregator.Plan) (*aggregator.Document, error) {
	var outlines []feeds.Outline
	for _, src := range plan.Config.Sources {
		outlines = append(outlines, outline(src))
	}
	body, err := feeds.WriteOPML("Sources · "+plan.Config.Site.Title, time.Time{}, outlines)
	if err != nil {
		return nil, err
	}
	return aggregator.NewDocument(body, "text/x-opml; charset=utf-8", time.Time{}), nil
}

// outline is what may be told of a source: its feed, when nothing in the address
// can be a secret, else its home page. A query may carry a token, and is not
// guessed about. One of a network of the operator's own is not told at all.
func outline(src *config.Source) (o feeds.Outline) {
	u, err := url.Parse(src.URL)
	if err != nil || inside(u.Hostname()) {
		return o
	}
	o = feeds.Outline{Title: cmp.Or(src.Title, src.ID), Lang: src.Lang, Tags: src.Tags}
	o.Page = (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}).String()
	if !src.Secret() && u.RawQuery == "" && u.Fragment == "" {
		o.URL = src.URL
	}
	return o
}

// inside says whether a host is none of the public Internet: a name without a dot,
// one of a domain that is kept for that (RFC 6761, RFC 6762, RFC 8375), or an
// address that nobody outside has.
func inside(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if addr, err := netip.ParseAddr(host); err == nil {
		addr = addr.Unmap()
		return !addr.IsGlobalUnicast() || addr.IsPrivate() || netip.MustParsePrefix("100.64.0.0/10").Contains(addr)
	}
	for _, end := range []string{".localhost", ".local", ".internal", ".lan", ".home.arpa", ".onion"} {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return !strings.Contains(host, ".")
}
