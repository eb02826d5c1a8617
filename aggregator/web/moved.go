package web

import (
	"strings"

	"github.com/wiredesk/wiredesk/aggregator"
)

// moved is the address that an old one has now, since its edition was renamed or
// somebody left the slash of a page out; "" when it has none.
func (s *Site) moved(at string) string {
	plan := s.Plan()
	if id, below, _ := strings.Cut(strings.TrimPrefix(at, "/"), "/"); below != "" {
		if ed := plan.Renamed(id); ed != nil && !ed.Private && plan.Edition(id) == nil {
			return plan.Config.Site.BaseURL + "/" + ed.ID + "/" + below
		}
		return ""
	}
	id, format, feed := strings.Cut(strings.Trim(at, "/"), ".")
	if !feed {
		format = "html"
	}
	ed := plan.Edition(id)
	if ed != nil && feed {
		return "" // a format it does not have
	}
	if ed == nil {
		ed = plan.Renamed(id)
	}
	if ed == nil || ed.Private || strings.HasSuffix(at, "/") && feed || !aggregator.Prints(ed, format) {
		return ""
	}
	if feed {
		return plan.Config.Site.BaseURL + "/" + ed.ID + "." + format
	}
	return plan.Config.Site.BaseURL + "/" + ed.ID + "/"
}
