package fetch

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestValidatorsGoBackByteForByte(t *testing.T) {
	t.Parallel()
	tags := []string{`"abc"`, `W/"abc"`, `unquoted`, `"a b"`, `"gzip--x"`, "\"h\xe4\xdfl\"", `""`, `"1", "2"`}
	dates := []string{"Sun, 08 Dec 2024 08:00:00 GMT", "2024-12-08", "Sun, 8 Dec 2024 08:00:00 +0000", ""}
	for _, tag := range tags {
		for _, date := range dates {
			var asked [2]string
			c := asking(t, func(w http.ResponseWriter, r *http.Request) {
				asked = [2]string{r.Header.Get("If-None-Match"), r.Header.Get("If-Modified-Since")}
				w.Header().Set("ETag", tag)
				w.Header().Set("Last-Modified", date)
			})
			resp, err := c.Get(t.Context(), Request{URL: "http://a.test/"})
			if err != nil || resp.ETag != tag || resp.LastModified != date || asked != [2]string{} {
				t.Fatalf("%q, %q: asked %q, got %+v, %v", tag, date, asked, resp, err)
			}
			if _, err := c.Get(t.Context(), Request{URL: "http://a.test/", ETag: resp.ETag, LastModified: resp.LastModified}); err != nil {
				t.Fatal(err)
			}
			if asked != [2]string{tag, date} {
				t.Errorf("%q, %q went back as %q", tag, date, asked)
			}
		}
	}
}

func TestUnusableValidatorsDoNotStopAFeed(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"\"a\x00b\"", "\"a\x7f\"", "a\r\nX-Evil: 1", strings.Repeat("e", 5000)} {
		c := asking(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("If-None-Match")+r.Header.Get("If-Modified-Since") != "" {
				t.Errorf("%.20q: half a pair was sent", bad)
			}
			w.Header()["Etag"] = []string{bad}
			w.Header().Set("Last-Modified", "Sun, 08 Dec 2024 08:00:00 GMT")
		})
		resp, err := c.Get(t.Context(), Request{URL: "http://a.test/", ETag: bad, LastModified: "Sun, 08 Dec 2024 08:00:00 GMT"})
		if err != nil || resp.ETag != "" || resp.LastModified != "" {
			t.Errorf("%.20q: got %+v, %v", bad, resp, err)
		}
		if _, err = c.Get(t.Context(), Request{URL: "http://a.test/", ETag: `"1"`, LastModified: bad}); err != nil {
			t.Errorf("%.20q as a date: %v", bad, err)
		}
	}
}

func TestNotModifiedKeepsWhatItDoesNotContradict(t *testing.T) {
	t.Parallel()
	const tag, date, later = `"1"`, "Sun, 08 Dec 2024 08:00:00 GMT", "Mon, 09 Dec 2024 08:00:00 GMT"
	tests := []struct{ sentTag, sentDate, wantTag, wantDate string }{
		{"", "", tag, date},
		{tag, "", tag, date},
		{"", date, tag, date},
		{tag, date, tag, date},
		{`"2"`, later, `"2"`, later},
		{`"2"`, "", `"2"`, ""},
		{"", later, "", later},
		{`W/"1"`, "", `W/"1"`, ""},
	}
	for _, tt := range tests {
		c := asking(t, func(w http.ResponseWriter, r *http.Request) {
			for name, v := range map[string]string{"ETag": tt.sentTag, "Last-Modified": tt.sentDate} {
				if v != "" {
					w.Header().Set(name, v)
				}
			}
			w.Header().Set("Cache-Control", "max-age=900")
			w.WriteHeader(http.StatusNotModified)
		})
		resp, err := c.Get(t.Context(), Request{URL: "http://a.test/", ETag: tag, LastModified: date})
		if !errors.Is(err, ErrNotModified) {
			t.Fatal(err)
		}
		want := &Response{URL: "http://a.test/", Status: 304, ETag: tt.wantTag, LastModified: tt.wantDate, MaxAge: 15 * time.Minute}
		if diff := cmp.Diff(want, resp); diff != "" {
			t.Errorf("304 with %q, %q (-want +got):\n%s", tt.sentTag, tt.sentDate, diff)
		}
	}
}

func TestNotModifiedUnaskedIsAnError(t *testing.T) {
	t.Parallel()
	c := asking(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotModified) })
	_, err := c.Get(t.Context(), Request{URL: "http://a.test/"})
	var status *StatusError
	if errors.Is(err, ErrNotModified) || !errors.As(err, &status) {
		t.Errorf("got %v: a feed never read would look unchanged for ever", err)
	}
}

func TestGetReturnsTheWholeAnswer(t *testing.T) {
	t.Parallel()
	c := asking(t, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "application/rss+xml; charset=windows-1256")
		h.Set("Content-Language", "ar")
		h.Set("ETag", `W/"7"`)
		h.Set("Cache-Control", "public, max-age=600")
		h.Set("Retry-After", "120")
		w.WriteHeader(http.StatusNonAuthoritativeInfo)
		fmt.Fprint(w, "<rss/>")
	})
	got, err := c.Get(t.Context(), Request{URL: " http://a.test/feed?x=1#top "})
	if err != nil {
		t.Fatal(err)
	}
	want := &Response{
		URL: "http://a.test/feed?x=1", Status: 203, ETag: `W/"7"`, ContentType: "application/rss+xml; charset=windows-1256",
		ContentLanguage: "ar", Body: []byte("<rss/>"), MaxAge: 10 * time.Minute, RetryAfter: 2 * time.Minute,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestABodyThatIsTheSameIsNotGivenAgain(t *testing.T) {
	t.Parallel()
	mitigated := false
	c := asking(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"8"`)
		w.Header().Set("Content-Type", "text/html")
		if fmt.Fprint(w, "<html>"); mitigated {
			fmt.Fprint(w, "_cf_chl_opt")
		}
	})
	for _, same := range []bool{true, false} {
		var kept []byte
		got, err := c.Get(t.Context(), Request{URL: "http://a.test/", Same: func(body []byte) bool {
			kept = body
			return same && string(body) == "<html>"
		}})
		if err != nil || got.Same != same || (got.Body == nil) != same || got.ETag != `"8"` {
			t.Errorf("same %v: got %+v, %v", same, got, err)
			continue
		}
		if !same && (string(got.Body) != "<html>" || &got.Body[0] == &kept[0]) {
			t.Errorf("the body %q is not the caller's own", got.Body)
		}
	}
	mitigated = true
	resp, err := c.Get(t.Context(), Request{URL: "http://a.test/", Same: func([]byte) bool { return true }})
	if status := new(StatusError); !errors.As(err, &status) || !status.Challenge {
		t.Errorf("a challenge that would be the same: %+v, %v", resp, err)
	}
	synctest.Test(t, func(t *testing.T) {
		half := wire(t, func(w net.Conn) { _, _ = io.WriteString(w, okay+"Content-Length: 100\r\n\r\n<rss>") })
		resp, err := half.Get(t.Context(), Request{URL: "http://a.test/", Same: func([]byte) bool { return true }})
		if resp != nil || err == nil {
			t.Errorf("half a body that would be the same: %+v, %v", resp, err)
		}
	})
}

func TestAnswersWithoutADocumentAreStatusErrors(t *testing.T) {
	t.Parallel()
	challenge := func(status string) string {
		return "a challenge page for browsers, not the feed (HTTP " + status + "): ask the publisher to let feed readers through"
	}
	tests := []struct {
		code   int
		header string // of the answer, "Name: value"
		body   string
		want   StatusError
		text   string
	}{
		{204, "", "", StatusError{}, "HTTP 204 No Content"},
		{206, "", "<rss", StatusError{}, "HTTP 206 Partial Content"},
		{401, "", "", StatusError{}, "HTTP 401 Unauthorized"},
		{404, "", "<h1>Not\n here</h1>", StatusError{Snippet: "Not here"}, "HTTP 404 Not Found: Not here"},
		{410, "", "gone", StatusError{Snippet: "gone"}, "HTTP 410 Gone: gone"},
		{429, "Retry-After: 3600", "", StatusError{RetryAfter: time.Hour}, "HTTP 429 Too Many Requests"},
		{503, "Retry-After: -1", "", StatusError{}, "HTTP 503 Service Unavailable"},
		{503, "Retry-After: 315360000", "", StatusError{RetryAfter: maxRetry, Capped: true},
			"HTTP 503 Service Unavailable (asks for a longer wait than 7 days, the most that we keep to)"},
		{520, "", "", StatusError{}, "HTTP 520"},
		{403, "Cf-Mitigated: challenge", "<title>Just a moment...</title>",
			StatusError{Snippet: "Just a moment...", Challenge: true}, challenge("403 Forbidden")},
		{202, "X-Amzn-Waf-Action: challenge", "", StatusError{Challenge: true}, challenge("202 Accepted")},
		{403, "", `<script src="/cdn-cgi/challenge-platform/x.js"></script>`, StatusError{Challenge: true}, challenge("403 Forbidden")},
		{500, "Content-Encoding: gzip", "this is no gzip", StatusError{}, "HTTP 500 Internal Server Error"},
	}
	for _, tt := range tests {
		c := asking(t, func(w http.ResponseWriter, r *http.Request) {
			if name, value, ok := strings.Cut(tt.header, ": "); ok {
				w.Header().Set(name, value)
			}
			w.WriteHeader(tt.code)
			fmt.Fprint(w, tt.body)
		})
		resp, err := c.Get(t.Context(), Request{URL: "http://a.test/", ETag: `"1"`})
		var got *StatusError
		if resp != nil || !errors.As(err, &got) || err.Error() != tt.text {
			t.Errorf("%d: got %v, %v, want %q", tt.code, resp, err, tt.text)
			continue
		}
		tt.want.Code = tt.code
		if diff := cmp.Diff(&tt.want, got); diff != "" {
			t.Errorf("%d (-want +got):\n%s", tt.code, diff)
		}
	}
}

func TestAChallengeWithStatus200IsSaid(t *testing.T) {
	t.Parallel()
	page := `<!DOCTYPE html><title>Just a moment...</title><script>window._cf_chl_opt={}</script>`
	for name, tt := range map[string]struct {
		kind, body string
		challenge  bool
	}{
		"a challenge":               {"text/html; charset=utf-8", page, true},
		"any other page":            {"text/html", "<!doctype html><title>Home</title>", false}, // the parser says what it is
		"a feed that quotes one":    {"text/html", "<rss><channel><title>" + "_cf_chl_opt" + "</title></channel></rss>", false},
		"a feed sent as what it is": {"application/rss+xml", page, false},
	} {
		c := asking(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", tt.kind)
			w.Header().Set("ETag", `"challenge"`)
			fmt.Fprint(w, tt.body)
		})
		resp, err := c.Get(t.Context(), Request{URL: "http://a.test/"})
		var status *StatusError
		if got := errors.As(err, &status) && status.Challenge; got != tt.challenge || got == (resp != nil) {
			t.Errorf("%s: %v, %v", name, resp, err)
		}
	}
}

func TestSnippetIsShortPlainText(t *testing.T) {
	t.Parallel()
	tests := []struct{ page, want string }{
		{"", ""},
		{"plain words", "plain words"},
		{"<html><head><style>p{color:red}</style><title>403</title></head><p>No &amp; never", "403 No & never"},
		{"<SCRIPT>alert('<p>x</p>')</script >after", "after"},
		{"<!-- a > b -->seen<!-- open", "seen"},
		{"<script>never closed", ""},
		{"a < b", "a"},
		{"<script>" + strings.Repeat("İ", 99) + "</script>after", "after"}, // grows when folded
		{"one\x1b[31m\u202etwo\x00\u2066 three\r\nfour\tfive", "one[31mtwo three four five"},
		{"&#x1b;[2J&#8238;x&lt;b&gt;", "[2Jx<b>"},
		{"caf\xe9 مرحبا", "caf مرحبا"},
		{strings.Repeat("й", 300), strings.Repeat("й", 200)},
	}
	for _, tt := range tests {
		got := snippet(tt.page)
		if got != tt.want || !utf8.ValidString(got) {
			t.Errorf("%.60q: got %q, want %q", tt.page, got, tt.want)
		}
	}
}

func FuzzSnippet(f *testing.F) {
	f.Add("<p>a<script>b</SCRIPT>c<!--d-->e</p>&lt;")
	f.Fuzz(func(t *testing.T, page string) {
		got := snippet(page)
		if n := utf8.RuneCountInString(got); n > 200 || !utf8.ValidString(got) || strings.ContainsAny(got, "\x1b\n\u202e") {
			t.Errorf("%q: %d characters, %q", page, n, got)
		}
	})
}
