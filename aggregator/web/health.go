package web

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
)

// A Reading is how the config was last read. With mistakes the plan before it
// runs on.
type Reading struct {
	At       time.Time
	Mistakes []string
}

// healthz says that the process answers, and nothing of what it depends on: who
// restarts it for a full disk only loses more.
func (s *Site) healthz(w http.ResponseWriter, _ *http.Request) error {
	_, err := fmt.Fprintln(w, "ok")
	return err
}

// readyz answers ok once the desk has filed what waited at the start, and says
// what stands in the way before. Mistakes in the config are no obstacle, since the
// plan before them runs on: they stand in the body.
func (s *Site) readyz(w http.ResponseWriter, r *http.Request) error {
	status, word := http.StatusOK, "ok"
	if err := s.unready(r); err != nil {
		status, word = http.StatusServiceUnavailable, "not ready: "+err.Error()
		w.Header().Set("Retry-After", "5")
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, err := fmt.Fprintln(w, word)
	if err != nil || s.Reading == nil {
		return err
	}
	read := s.Reading()
	verdict := "in force"
	if len(read.Mistakes) > 0 {
		verdict = "refused, the one before runs on"
	}
	_, err = fmt.Fprintf(w, "config of %s: %s\n", read.At.UTC().Format(time.RFC3339Nano), verdict)
	for _, m := range read.Mistakes {
		if err == nil {
			_, err = fmt.Fprintln(w, m)
		}
	}
	return err
}

// unready is why the site cannot be served yet, nil when it can.
func (s *Site) unready(r *http.Request) error {
	issues, err := s.Store.Issues(r.Context())
	if err != nil {
		return fmt.Errorf("the store cannot be read: %w", err)
	}
	unfiled := slices.ContainsFunc(s.Plan().Config.Editions, func(ed *config.Edition) bool {
		return !slices.ContainsFunc(issues, func(is aggregator.Issue) bool { return is.Edition == ed.ID })
	})
	if unfiled {
		return errors.New("the desk has not filed yet")
	}
	if s.Ready != nil {
		return s.Ready()
	}
	return nil
}

// metrics shows the figures of this process to whom the config lets see them.
func (s *Site) metrics(w http.ResponseWriter, r *http.Request) error {
	who := s.Plan().Config.Site.Metrics
	if s.Metrics == nil || who == "none" || who == "loopback" && !fromHere(r) {
		return errNotFound
	}
	w.Header().Set("Cache-Control", "no-store")
	s.Metrics.ServeHTTP(w, r)
	return nil
}

// forwarded are headers by which a proxy says that somebody else asks.
var forwarded = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"}

// fromHere says whether a request comes from this machine, and not through a
// proxy on it, as far as that tells.
func fromHere(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback() &&
		!slices.ContainsFunc(forwarded, func(name string) bool { return r.Header.Get(name) != "" })
}
