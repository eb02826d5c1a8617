package web

import (
	"context"
	"fmt"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
)

// A place is the address of one of our documents.
type place struct {
	path    string
	changed time.Time // of an archive, when it last changed
	private bool      // nobody may learn of it
}

// places lists the documents under the plan, in a fixed order. A private edition has
// some once it was printed.
func (s *Site) places(ctx context.Context) ([]place, error) {
	issues, err := s.Store.Issues(ctx)
	if err != nil {
		return nil, err
	}
	stand := map[string]aggregator.Issue{}
	for _, is := range issues {
		stand[is.Edition] = is
	}
	all := []place{{path: "/"}, {path: "/feeds.opml"}, {path: "/feed.css"}, {path: "/style.css"}}
	if s.Plan().Config.Site.Public {
		for _, at := range publicPaths {
			all = append(all, place{path: at})
		}
	}
	for _, ed := range s.Plan().Config.Editions {
		is, printed := stand[ed.ID]
		if ed.Private && !printed {
			continue
		}
		of, err := s.placesOf(ctx, ed, is)
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	return all, nil
}

// placesOf lists an edition's documents, with its archives, the oldest first.
func (s *Site) placesOf(ctx context.Context, ed *config.Edition, is aggregator.Issue) (all []place, err error) {
	archives, err := s.Press.Archives(ctx, ed.ID)
	if err != nil {
		return nil, err
	}
	dir := aggregator.Path(ed, is, "html") + archiveDir
	for _, format := range ed.Formats {
		all = append(all, place{path: aggregator.Path(ed, is, format), private: ed.Private})
	}
	for _, format := range ed.Formats {
		if format == "html" {
			all = append(all, place{path: dir, private: ed.Private})
			continue
		}
		for _, a := range archives {
			all = append(all, place{fmt.Sprintf("%s%d.%s", dir, a.Number, format), a.ChangedAt, ed.Private})
		}
	}
	return all, nil
}
