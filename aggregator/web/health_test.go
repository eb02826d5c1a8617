package web_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/web"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/store"
)

// askFrom asks as a client at an address does.
func askFrom(t *testing.T, s *web.Site, path, remote string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.RemoteAddr = remote
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

const loopback = "127.0.0.1:40000"

func TestReadyzSaysWhatStandsInTheWay(t *testing.T) {
	at := time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		ready    error
		mistakes []string
		code     int
		body     string
	}{
		"ready":     {nil, nil, http.StatusOK, "ok\nconfig of 2026-11-24T20:00:00Z: in force\n"},
		"at first":  {errors.New("the desk is filing"), nil, http.StatusServiceUnavailable, "not ready: the desk is filing\nconfig of 2026-11-24T20:00:00Z: in force\n"},
		"a mistake": {nil, []string{"w.toml:3:1: error: no"}, http.StatusOK, "ok\nconfig of 2026-11-24T20:00:00Z: refused, the one before runs on\nw.toml:3:1: error: no\n"},
	} {
		s := newSite(t)
		s.Ready = func() error { return row.ready }
		s.Reading = func() web.Reading { return web.Reading{At: at, Mistakes: row.mistakes} }
		w := askFrom(t, s, "/readyz", loopback)
		if w.Code != row.code || w.Body.String() != row.body {
			t.Errorf("%s: %d %q", name, w.Code, w.Body)
		}
		if w := askFrom(t, s, "/healthz", loopback); w.Code != http.StatusOK {
			t.Errorf("%s: healthz %d", name, w.Code)
		}
		page := askFrom(t, s, "/status", loopback).Body.String()
		if strings.Contains(page, "w.toml:3:1: error: no") != (row.mistakes != nil) {
			t.Errorf("%s: %s", name, page)
		}
	}
}

// An edition that the desk has not filed is not ready, and is never an empty feed.
func TestAnEditionThatIsNotFiledIsNotServed(t *testing.T) {
	s := newSite(t)
	cfg, errs := config.Parse("wiredesk.toml", []byte(siteConfig+"[editions.new]\ntopics = [\"syria\"]\n"))
	if cfg == nil {
		t.Fatal(errs)
	}
	plan, errs := aggregator.Compile(cfg)
	if plan == nil {
		t.Fatal(errs)
	}
	s.Plan = func() *aggregator.Plan { return plan }
	s.Press.Plan = s.Plan
	for _, path := range []string{"/readyz", "/new.rss", "/new/"} {
		if w := askFrom(t, s, path, loopback); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestMetricsAreForWhomTheConfigSays(t *testing.T) {
	for name, row := range map[string]struct {
		key    string
		remote string
		header []string
		code   int
	}{
		"this machine":          {"", loopback, nil, http.StatusOK},
		"this machine, IPv6":    {"", "[::1]:40000", nil, http.StatusOK},
		"another machine":       {"", "192.0.2.1:40000", nil, http.StatusNotFound},
		"through a proxy":       {"", loopback, []string{"X-Forwarded-For", "192.0.2.1"}, http.StatusNotFound},
		"everybody":             {"metrics = true\n", "192.0.2.1:40000", nil, http.StatusOK},
		"nobody":                {"metrics = false\n", loopback, nil, http.StatusNotFound},
		"through another proxy": {"", loopback, []string{"Forwarded", "for=192.0.2.1"}, http.StatusNotFound},
	} {
		s := newSite(t)
		cfg, errs := config.Parse("wiredesk.toml", []byte(strings.Replace(siteConfig, "[sources.one]", row.key+"[sources.one]", 1)))
		if cfg == nil {
			t.Fatal(errs)
		}
		plan, errs := aggregator.Compile(cfg)
		if plan == nil {
			t.Fatal(errs)
		}
		s.Plan = func() *aggregator.Plan { return plan }
		s.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "figures") })
		w := askFrom(t, s, "/metrics", row.remote, row.header...)
		if w.Code != row.code || (w.Body.String() == "figures") != (row.code == http.StatusOK) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestASourceThatIsGoneHasNoNextPoll(t *testing.T) {
	s := newSite(t)
	state := aggregator.State{Source: "one", URL: "https://one.example/feed", LastPoll: published, NextPoll: published.Add(time.Hour), Status: http.StatusGone, Gone: true}
	if err := s.Store.(*store.DB).Save(t.Context(), aggregator.Batch{State: state, At: published}); err != nil {
		t.Fatal(err)
	}
	if body := askFrom(t, s, "/status", loopback).Body.String(); !strings.Contains(body, "gone (410)") || strings.Contains(body, "<time>") {
		t.Error(body)
	}
}
