package web

import (
	"context"
	"strings"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

// digestLinks are the addresses of an edition's digests, one a format; none
// unless the plan wants digests.
func digestLinks(plan *aggregator.Plan, ed *config.Edition, is aggregator.Issue) (all []link) {
	if !plan.Digested() {
		return nil
	}
	for _, format := range ed.Formats {
		if l, ok := feedNames[format]; ok {
			l.URL = plan.DigestAddress(ed, is, format)
			all = append(all, l)
		}
	}
	return all
}

// digest returns a document below an edition: its digests, or how these look in
// a browser, which finds the stylesheet of a feed beside it.
func (s *Site) digest(ctx context.Context, id, file string) (*aggregator.Document, error) {
	name, format, _ := strings.Cut(file, ".")
	switch ed := s.Plan().Edition(id); {
	case name == "digest":
		doc, err := s.Press.PrintDigests(ctx, id, feeds.Format(format))
		if ed == nil { // out of the plan: whether it was private, its own issue knows
			return doc, s.missing(ctx, id, err)
		}
		return doc, s.missing(ctx, aggregator.DigestsOf(id), err)
	case file == "feed.css" && ed != nil && s.Plan().Digested():
		return asset("/feed.css")
	}
	return nil, errNotFound
}

// digestAddresses are those of what digest returns.
func digestAddresses(plan *aggregator.Plan, ed *config.Edition, is aggregator.Issue) (all []address) {
	for _, l := range digestLinks(plan, ed, is) {
		all = append(all, address{path: strings.TrimPrefix(l.URL, plan.Config.Site.BaseURL), private: ed.Private})
	}
	if len(all) > 0 {
		all = append(all, address{path: aggregator.Path(ed, is, "html") + "feed.css", private: ed.Private})
	}
	return all
}
