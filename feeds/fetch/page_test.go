package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A site answers pages and its robots.txt, and counts what it is asked.
type site struct {
	robots http.HandlerFunc
	page   http.HandlerFunc

	mu    sync.Mutex // guards asked
	asked map[string]int
}

func newSite(robots string) *site {
	return &site{robots: says("text/plain", robots), page: says("text/html; charset=utf-8", "<p>page</p>"), asked: map[string]int{}}
}

func says(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	}
}

func status404(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked[r.Host+r.URL.Path]++
	s.mu.Unlock()
	if r.URL.Path == "/robots.txt" {
		s.robots(w, r)
		return
	}
	s.page(w, r)
}

func (s *site) count(at string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[at]
}

func TestAPageIsAskedForAfterRobots(t *testing.T) {
	s := newSite("User-agent: wiredesk\nDisallow: /secret\n")
	var accept, referer, agent string
	s.page = func(w http.ResponseWriter, r *http.Request) {
		accept, referer, agent = r.Header.Get("Accept"), r.Header.Get("Referer"), r.UserAgent()
		says("application/xhtml+xml", "<p>page</p>")(w, r)
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	host := strings.TrimPrefix(srv.URL, "http://")
	c := newClient(t, Options{UserAgent: "wiredesk/test (+https://desk.example)", AllowNetworks: []string{"127.0.0.1/32"}})
	for range 3 {
		resp, err := c.Page(t.Context(), srv.URL+"/open")
		if err != nil || string(resp.Body) != "<p>page</p>" {
			t.Fatal(resp, err)
		}
	}
	if _, err := c.Page(t.Context(), srv.URL+"/secret/1"); !errors.Is(err, ErrRobots) {
		t.Errorf("a forbidden page: %v", err)
	}
	if s.count(host+"/robots.txt") != 1 || s.count(host+"/open") != 3 || s.count(host+"/secret/1") != 0 {
		t.Errorf("asked %v", s.asked)
	}
	if accept != "text/html, application/xhtml+xml" || referer != "" || !strings.HasPrefix(agent, "wiredesk/test") {
		t.Errorf("sent %q, %q, %q", accept, referer, agent)
	}
}

func TestPagesStayBehindTheGuard(t *testing.T) {
	srv := httptest.NewServer(newSite(""))
	defer srv.Close()
	if _, err := newClient(t, Options{}).Page(t.Context(), srv.URL+"/a"); !errors.Is(err, ErrForbidden) {
		t.Errorf("%v, want a forbidden address", err)
	}
}

// over returns a client whose every host is s.
func over(t testing.TB, s *site) *Client { return asking(t, s.ServeHTTP) }

func TestWhatAnAnswerForRobotsMeans(t *testing.T) {
	code := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(n) }
	}
	big := "User-agent: *\n" + strings.Repeat("# filler\n", maxRobots/9)
	for name, row := range map[string]struct {
		robots http.HandlerFunc
		want   bool
	}{
		"404":      {code(404), true},
		"403":      {code(403), true},
		"401":      {code(401), true},
		"429":      {code(429), false},
		"500":      {code(500), false},
		"503":      {code(503), false},
		"202":      {code(202), false},
		"empty":    {says("text/plain", ""), true},
		"forbids":  {says("text/plain", "User-agent: *\nDisallow: /a"), false},
		"a page":   {says("text/html", "<p>Welcome</p>"), true},
		"a circle": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/robots.txt", http.StatusFound) }, false},
		"broken gzip": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "x")
		}, false},
		"within the limit":  {says("text/plain", "User-agent: *\nDisallow: /a\n"+big), false},
		"beyond the limit":  {says("text/plain", big+"Disallow: /a\n"), true},
		"cut within a line": {says("text/plain", big[:maxRobots-13]+"\nDisallow: /about-something-else\n"), true},
	} {
		s := newSite("")
		s.robots = row.robots
		_, err := over(t, s).Page(t.Context(), "https://one.example/a")
		if (err == nil) != row.want || err != nil && !errors.Is(err, ErrRobots) {
			t.Errorf("%s: %v, want allowed %v", name, err, row.want)
		}
	}
}

func TestRobotsFollowsFiveRedirects(t *testing.T) {
	// Beyond five the rules are not reached; until they are, nothing is allowed.
	for hops, tooMany := range map[string]bool{"12345": false, "123456": true} {
		s := newSite("")
		s.page = func(w http.ResponseWriter, r *http.Request) {
			n := strings.TrimPrefix(r.URL.Path, "/")
			if n == "a" || n == hops {
				says("text/plain", "User-agent: *\nDisallow: /b")(w, r)
				return
			}
			http.Redirect(w, r, "https://two.example/"+hops[:len(n)+1], http.StatusMovedPermanently)
		}
		s.robots = func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://two.example/1", http.StatusMovedPermanently)
		}
		_, err := over(t, s).Page(t.Context(), "https://one.example/b")
		if !errors.Is(err, ErrRobots) || strings.Contains(err.Error(), "redirects") != tooMany {
			t.Errorf("%d redirects: %v", len(hops), err)
		}
	}
}

func TestEachHostOfARedirectIsAskedForItsRules(t *testing.T) {
	s := newSite("")
	s.robots = func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "two.example" {
			fmt.Fprint(w, "User-agent: *\nDisallow: /")
		}
	}
	s.page = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://two.example/b", http.StatusFound)
	}
	_, err := over(t, s).Page(t.Context(), "https://one.example/a")
	if !errors.Is(err, ErrRobots) || s.count("two.example/b") != 0 {
		t.Errorf("%v; asked %v", err, s.asked)
	}
}

func TestOnlyHTMLWithinTheLimitIsAPage(t *testing.T) {
	for name, row := range map[string]struct {
		page http.HandlerFunc
		want string
	}{
		"PDF":      {says("application/pdf", "%PDF"), "the page is application/pdf, not HTML"},
		"nameless": {func(w http.ResponseWriter, _ *http.Request) { w.Header()["Content-Type"] = nil; fmt.Fprint(w, "<p>") }, "the page does not say that it is HTML"},
		"missing":  {status404, "HTTP 404"},
		"too long": {says("text/html", strings.Repeat("a", 2000)), "over the limit of 1000 bytes"},
	} {
		s := newSite("")
		s.page = row.page
		c := over(t, s)
		c.options.MaxBody = 1000
		if _, err := c.Page(t.Context(), "https://one.example/a"); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", name, err, row.want)
		}
	}
}

func TestRobotsIsAskedOnceADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite("User-agent: *\nDisallow: /b")
		c := over(t, s)
		ask := func(at string, want int) {
			t.Helper()
			c.Page(t.Context(), at)
			if n := s.count("one.example/robots.txt"); n != want {
				t.Errorf("asked %d times, want %d", n, want)
			}
		}
		ask("https://one.example/a", 1)
		ask("https://one.example/b", 1)
		time.Sleep(24*time.Hour - time.Second)
		ask("https://one.example:443/a", 1)
		time.Sleep(time.Second)
		ask("https://one.example/a", 2)
		ask("http://one.example/a", 3) // another scheme has its own

		s.robots = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }
		time.Sleep(24 * time.Hour)
		ask("https://one.example/a", 4)
		ask("https://one.example/a", 4)
		time.Sleep(time.Hour)
		ask("https://one.example/a", 5) // a failure holds for an hour
	})
}

func TestManyAtOnceAskRobotsOnce(t *testing.T) {
	s := newSite("")
	c := over(t, s)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			if _, err := c.Page(t.Context(), fmt.Sprintf("https://one.example/%d", i)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := s.count("one.example/robots.txt"); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestACallersHurrySaysNothingOfTheHost(t *testing.T) {
	s := newSite("")
	c := over(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	s.robots = func(http.ResponseWriter, *http.Request) { cancel() }
	if _, err := c.Page(ctx, "https://one.example/a"); !errors.Is(err, context.Canceled) || errors.Is(err, ErrRobots) {
		t.Errorf("%v, want the caller's own end", err)
	}
	s.robots = says("text/plain", "")
	if _, err := c.Page(t.Context(), "https://one.example/a"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestTheRobotsBookIsBounded(t *testing.T) {
	b := newRobotsBook()
	for i := range 3 * robotsHosts {
		b.leaf("https://one.example:443") // used throughout
		b.weigh(b.leaf(fmt.Sprintf("https://%d.example:443", i)), 100<<10)
		if b.size > robotsBytes || len(b.at) > robotsHosts || len(b.at) != b.used.Len() {
			t.Fatalf("after %d: %d bytes, %d hosts", i, b.size, len(b.at))
		}
	}
	if b.at["https://one.example:443"] == nil {
		t.Error("the host used last is gone")
	}
	for i := range 3 * robotsHosts {
		b.leaf(fmt.Sprintf("https://small-%d.example:443", i))
	}
	if len(b.at) != robotsHosts {
		t.Errorf("%d hosts", len(b.at))
	}
	gone := &leaf{host: "https://gone.example:443"}
	if b.weigh(gone, 1<<30); b.size < 0 || b.size > robotsBytes {
		t.Errorf("%d bytes", b.size)
	}
}
