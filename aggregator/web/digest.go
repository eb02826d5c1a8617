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
func digestLinks(plan *aggregator.Plan, ed *config.Edition) (all []link) {
	if !plan.Digested() {
		return nil
	}
	for _, format := range ed.Formats {
		if l, ok := feedNames[format]; ok {
			l.URL = plan.Config.Site.BaseURL + digestPath(ed, format)
			all = append(all, l)
		}
	}
	return all
}

// digest returns a document below an edition: its digests, or how these look in
// a browser, which finds the stylesheet of a feed beside it.
func (s *Site) digest(ctx context.Context, id, format string) (*aggregator.Document, error) {
	of, name, _ := strings.Cut(id, "/")
	switch ed := s.Plan().Edition(of); {
	case name == "digest":
		doc, err := s.Press.PrintDigests(ctx, of, feeds.Format(format))
		return doc, s.missing(ctx, id, err)
	case name+"."+format == "feed.css" && ed != nil && s.Plan().Digested():
		return asset("/feed.css")
	}
	return nil, errNotFound
}

// digestPaths are what digest returns, as paths.
func digestPaths(plan *aggregator.Plan, ed *config.Edition) (paths []string) {
	if !plan.Digested() {
		return nil
	}
	for _, format := range ed.Formats {
		if _, ok := feedNames[format]; ok {
			paths = append(paths, digestPath(ed, format))
		}
	}
	if len(paths) > 0 {
		paths = append(paths, "/"+ed.ID+"/feed.css")
	}
	return paths
}

func digestPath(ed *config.Edition, format string) string {
	return "/" + aggregator.DigestsOf(ed.ID) + "." + format
}
