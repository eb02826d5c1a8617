package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

// linkHub names an edition's hub in the header, beside its own address: that is
// where WebSub (4) looks first, and for pages the only place. Below an edition stand
// its archives and digests, of which the hub is told nothing: who subscribed to one
// there would wait for ever.
func linkHub(h http.Header, site *config.Site, ed *config.Edition, at string) {
	_, below, _ := strings.Cut(strings.TrimPrefix(at, "/"), "/")
	if ed == nil || ed.Hub == "" || ed.Private || below != "" {
		return
	}
	h.Add("Link", fmt.Sprintf(`<%s>; rel="hub"`, ed.Hub))
	h.Add("Link", fmt.Sprintf(`<%s>; rel="self"`, site.BaseURL+at))
}

// idOf is the id in the address of an edition's document.
func idOf(at string) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(at, "/"), "/")
	id, _, _ = strings.Cut(id, ".")
	return id
}

// A hubLine is a hub that could not be told of an edition, as the status page
// shows it.
type hubLine struct {
	Edition string
	Error   string
	Since   time.Time
	Next    time.Time
}

// hubs lists the editions whose hub has last failed.
func (s *Site) hubs(ctx context.Context) (all []hubLine, err error) {
	pings, err := s.Store.Pings(ctx)
	for _, p := range pings {
		if p.Error != "" && s.Plan().Edition(p.Edition) != nil {
			all = append(all, hubLine{p.Edition, p.Error, p.Since, p.Next})
		}
	}
	return all, err
}
