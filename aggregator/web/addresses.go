package web

import (
	"context"
	"fmt"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
)

// An address is that of one of our documents.
type address struct {
	path    string
	changed time.Time // of an archive, when it last changed
	private bool      // nobody may learn of it
}

// addresses lists the documents under the plan, in a fixed order. A private edition has
// some once it was printed.
func (s *Site) addresses(ctx context.Context) ([]address, error) {
	issues, err := s.Store.Issues(ctx)
	if err != nil {
		return nil, err
	}
	stand := map[string]aggregator.Issue{}
	for _, is := range issues {
		stand[is.Edition] = is
	}
	all := []address{{path: "/"}, {path: "/feeds.opml"}, {path: "/feed.css"}, {path: "/style.css"}}
	if s.Plan().Config.Site.Public {
		for _, at := range publicPaths {
			all = append(all, address{path: at})
		}
	}
	for _, ed := range s.Plan().Config.Editions {
		is, printed := stand[ed.ID]
		if ed.Private && !printed {
			continue
		}
		of, err := s.addressesOf(ctx, ed, is)
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	return all, nil
}

// addressesOf lists an edition's documents, with its archives, the oldest first.
func (s *Site) addressesOf(ctx context.Context, ed *config.Edition, is aggregator.Issue) (all []address, err error) {
	archives, err := s.Press.Archives(ctx, ed.ID)
	if err != nil {
		return nil, err
	}
	dir := aggregator.Path(ed, is, "html") + archiveDir
	for _, format := range ed.Formats {
		all = append(all, address{path: aggregator.Path(ed, is, format), private: ed.Private})
	}
	all = append(all, digestAddresses(s.Plan(), ed, is)...)
	for _, format := range ed.Formats {
		if format == "html" {
			all = append(all, address{path: dir, private: ed.Private})
			continue
		}
		for _, a := range archives {
			all = append(all, address{fmt.Sprintf("%s%d.%s", dir, a.Number, format), a.ChangedAt, ed.Private})
		}
	}
	return all, nil
}
