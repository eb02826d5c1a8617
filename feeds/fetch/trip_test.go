package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// chain answers "/N" with a redirect to "/N-1" until "/0", a document.
func chain(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d", &n); err != nil || n == 0 {
			fmt.Fprint(w, "arrived")
			return
		}
		w.Header().Set("Location", fmt.Sprintf("/%d", n-1))
		w.WriteHeader(code)
	}
}

func TestGetFollowsFiveRedirectsAndNoSixth(t *testing.T) {
	t.Parallel()
	asked := 0
	c := asking(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		chain(http.StatusFound)(w, r)
	})
	resp, err := c.Get(t.Context(), Request{URL: "http://a.test/5"})
	if err != nil || string(resp.Body) != "arrived" || resp.URL != "http://a.test/0" || resp.Moved != "" {
		t.Errorf("five redirects: got %+v, %v", resp, err)
	}
	asked = 0
	_, err = c.Get(t.Context(), Request{URL: "http://a.test/6"})
	if err == nil || !strings.Contains(err.Error(), "more than 5 redirects") || asked != 6 {
		t.Errorf("six redirects: %d requests, %v", asked, err)
	}
}

func TestGetReportsAMoveOnlyWhenEveryHopIsPermanent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		codes []int // of each hop
		want  string
	}{
		{nil, ""},
		{[]int{301}, "https://new.test/feed"},
		{[]int{308}, "https://new.test/feed"},
		{[]int{301, 308, 301}, "https://new.test/feed"},
		{[]int{302}, ""},
		{[]int{303}, ""},
		{[]int{307}, ""},
		{[]int{301, 302}, ""},
		{[]int{302, 301}, ""},
	}
	for _, tt := range tests {
		hop := 0
		c := asking(t, func(w http.ResponseWriter, r *http.Request) {
			if hop == len(tt.codes) {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header().Set("Location", fmt.Sprintf("https://hop%d.test/", hop))
			if hop == len(tt.codes)-1 {
				w.Header().Set("Location", "https://name:secret@new.test/feed#top")
			}
			w.WriteHeader(tt.codes[hop])
			hop++
		})
		resp, err := c.Get(t.Context(), Request{URL: "http://old.test/", ETag: `"1"`})
		if !errors.Is(err, ErrNotModified) || resp.Moved != tt.want {
			t.Errorf("%v: got %+v, %v, want moved to %q", tt.codes, resp, err, tt.want)
		}
	}
}

func TestGetStopsAtABadRedirect(t *testing.T) {
	t.Parallel()
	tests := []struct{ location, want string }{
		{"/", "redirects in a circle: back to http://a.test/"},
		{"#again", "redirects in a circle"},
		{"HTTP://a.test/", "redirects in a circle"},
		{"file:///etc/passwd", "neither http nor https"},
		{"ftp://a.test/", "neither http nor https"},
		{"gopher://127.0.0.1:6379/_INFO", "neither http nor https"},
		{"data:application/rss+xml,<rss/>", "neither http nor https"},
		{"feed:http://a.test/", "neither http nor https"},
		{"javascript:alert(1)", "neither http nor https"},
		{"http://", "has no host"},
		{"http://:80/", "has no host"},
		{"http://a.test:port/", "cannot be read"},
		{"http://a.test/%zz?token=hush", "cannot be read"},
		{"/" + strings.Repeat("x", 9000), "over the limit of 8 KB"},
	}
	for _, tt := range tests {
		asked := 0
		c := asking(t, func(w http.ResponseWriter, r *http.Request) {
			asked++
			w.Header().Set("Location", tt.location)
			w.WriteHeader(http.StatusMovedPermanently)
		})
		resp, err := c.Get(t.Context(), Request{URL: "http://a.test/"})
		if resp != nil || err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hush") || asked != 1 {
			t.Errorf("to %.60s: %d requests, got %v, want %q", tt.location, asked, err, tt.want)
		}
	}
}

func TestRedirectWithoutTargetIsAStatus(t *testing.T) {
	t.Parallel()
	for _, code := range []int{300, 301, 302, 303, 305, 307, 308} {
		c := asking(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(code) })
		_, err := c.Get(t.Context(), Request{URL: "http://a.test/"})
		var status *StatusError
		if !errors.As(err, &status) || status.Code != code {
			t.Errorf("%d: got %v", code, err)
		}
	}
}

func TestCredentialsStayWithTheirHost(t *testing.T) {
	t.Parallel()
	const start = "https://name:secret@a.test/feed?token=t"
	tests := []struct {
		name  string
		start string
		hops  []string
		want  string // y or n for each request, the first one too
	}{
		{"same host", start, []string{"/two", "https://a.test:443/three", "https://A.test/four"}, "yyyy"},
		{"other host", start, []string{"https://b.test/"}, "yn"},
		{"subdomain", start, []string{"https://www.a.test/"}, "yn"},
		{"suffix", start, []string{"https://a.test.evil.test/"}, "yn"},
		{"and back", start, []string{"https://b.test/", "https://a.test/admin"}, "ynn"},
		{"other port", start, []string{"https://a.test:8443/"}, "yn"},
		{"down to http", start, []string{"http://a.test/"}, "yn"},
		{"down on one port", "https://name:secret@a.test:8443/", []string{"http://a.test:8443/"}, "yn"},
		{"down and up", start, []string{"http://a.test/", "https://a.test/x"}, "ynn"},
		{"up to https", "http://name:secret@a.test/", []string{"https://a.test/"}, "yy"},
		{"up to another port", "http://name:secret@a.test/", []string{"https://a.test:8443/"}, "yn"},
		{"odd port up", "http://name:secret@a.test:8080/", []string{"https://a.test/"}, "yn"},
	}
	for _, tt := range tests {
		got, hop := "", 0
		c := asking(t, func(w http.ResponseWriter, r *http.Request) {
			user, password, _ := r.BasicAuth()
			given := user == "name" && password == "secret" && r.Header.Get("X-Key") == "k" && r.Header.Get("Cookie") == "s=1"
			none := r.Header.Get("Authorization") == "" && r.Header.Get("X-Key") == "" && r.Header.Get("Cookie") == ""
			got += map[[2]bool]string{{true, false}: "y", {false, true}: "n"}[[2]bool{given, none}]
			if r.URL.User != nil || r.Header.Get("Referer") != "" || r.Header.Get("User-Agent") == "" {
				t.Errorf("%s: asked %v with %v", tt.name, r.URL, r.Header)
			}
			if hop < len(tt.hops) {
				w.Header().Set("Location", tt.hops[hop])
				w.Header().Set("Set-Cookie", "track=1")
				w.WriteHeader(http.StatusFound)
				hop++
			}
		})
		resp, err := c.Get(t.Context(), Request{URL: tt.start, Headers: map[string]string{"x-key": "k", "Cookie": "s=1"}})
		if err != nil || got != tt.want || strings.Contains(resp.URL, "secret") {
			t.Errorf("%s: got %q at %v, %v, want %q", tt.name, got, resp, err, tt.want)
		}
	}
}

func TestRequestSaysWhatItMust(t *testing.T) {
	t.Parallel()
	var got http.Header
	c := asking(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		if r.Method != http.MethodGet || r.Body != nil {
			t.Errorf("asked with %s and body %v", r.Method, r.Body)
		}
	})
	if _, err := c.Get(t.Context(), Request{URL: "http://a.test/"}); err != nil {
		t.Fatal(err)
	}
	want := http.Header{
		"User-Agent":      {"wiredesk/test (+https://desk.example)"},
		"Accept":          {got.Get("Accept")},
		"Accept-Encoding": {"gzip, br, zstd"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the first request (-want +got):\n%s", diff)
	}
	if !strings.Contains(got.Get("Accept"), "application/rss+xml") {
		t.Errorf("accepts %q", got.Get("Accept"))
	}
}

func TestOperatorHeadersChooseTheAgentButNotTheConnection(t *testing.T) {
	t.Parallel()
	var agent string
	asked := 0
	c := asking(t, func(w http.ResponseWriter, r *http.Request) { asked++; agent = r.UserAgent() })
	_, err := c.Get(t.Context(), Request{URL: "http://a.test/", Headers: map[string]string{"user-agent": "Reader"}})
	if err != nil || agent != "Reader" {
		t.Errorf("got %q, %v", agent, err)
	}
	for _, name := range []string{"if-none-match", "Range", "accept-encoding", "Host", "Connection", "content-length"} {
		_, err := c.Get(t.Context(), Request{URL: "http://a.test/", Headers: map[string]string{name: "secret"}})
		if err == nil || !strings.Contains(err.Error(), http.CanonicalHeaderKey(name)) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if asked != 1 {
		t.Errorf("%d requests, want 1", asked)
	}
}
