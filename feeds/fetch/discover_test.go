package fetch

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAPageNamesItsFeeds(t *testing.T) {
	const page = `<html><head><title>a <link rel=alternate type=application/rss+xml href=/in-title></title>
		<!-- <link rel="alternate" type="application/rss+xml" href="/in-comment"> -->
		<base href="https://cdn.example/blog/">
		<link rel="alternate" type="application/rss+xml" title="One » Comments" href="comments/feed/">
		<LINK REL="Alternate Home" TYPE="application/rss+xml; charset=utf-8" TITLE=" One
		 news " HREF=" feed/?a=1&amp;b=2 ">
		<link rel="alternate" type="application/atom+xml" href="https://one.example/atom#top"/>
		<link rel="alternate" type="application/atom+xml" href="https://one.example/atom"/>
		<link rel="alternate" type="application/feed+json" href="feed://one.example/feed.json">
		<link rel="alternate" type="application/json" href="/wp-json/">
		<link rel="alternate" hreflang="ar" href="/ar/">
		<link rel="stylesheet" type="application/rss+xml" href="/style">
		<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
		<link rel="alternate" type="application/rss+xml" href="https://me:hush@two.example/feed">
		<link rel="alternate" type="application/rss+xml" href="">
		</head><body><script>"<link rel=alternate type=application/rss+xml href=/in-script>"</script></body></html>`
	got := Candidates(&Response{URL: "https://one.example/blog/", ContentType: "text/html", Body: []byte(page)})
	want := []Candidate{
		{"https://cdn.example/blog/feed/?a=1&b=2", "One news", "application/rss+xml"},
		{"https://one.example/atom", "", "application/atom+xml"},
		{"http://one.example/feed.json", "", "application/feed+json"},
		{"https://two.example/feed", "", "application/rss+xml"},
		{"https://cdn.example/blog/comments/feed/", "One » Comments", "application/rss+xml"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestTitlesOfCandidatesAreDecoded(t *testing.T) {
	body := []byte("<meta charset=windows-1256><link rel=alternate type=application/rss+xml title='\xce\xc8\xd1' href=/feed>")
	got := Candidates(&Response{URL: "https://one.example/", ContentType: "text/html", Body: body})
	if len(got) != 1 || got[0].Title != "خبر" {
		t.Error(got)
	}
}

func TestAListOfLinksIsCutOff(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		b.WriteString("<link rel=alternate type=application/rss+xml href=/" + strings.Repeat("x", i) + ">")
	}
	if got := Candidates(&Response{URL: "https://one.example/", Body: []byte(b.String())}); len(got) != maxCandidates {
		t.Error(len(got))
	}
}

func isRSS(r *Response) bool { return bytes.HasPrefix(r.Body, []byte("<rss")) }

func TestWellKnownPathsAreAskedWhereRobotsPermit(t *testing.T) {
	s := newSite("User-agent: *\nDisallow: /feed/\nDisallow: /atom.xml\n")
	s.page = func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/feed/", "/index.xml":
			says("text/xml", "<rss/>")(w, r)
		case "/rss.xml":
			says("text/html", "<p>our feeds</p>")(w, r)
		default:
			http.NotFound(w, r)
		}
	}
	c := asking(t, s.ServeHTTP)
	resp, err := c.WellKnown(t.Context(), "https://one.example/blog/?page=2", isRSS)
	if err != nil || resp == nil || resp.URL != "https://one.example/index.xml" {
		t.Fatal(resp, err)
	}
	for path, want := range map[string]int{"/robots.txt": 1, "/feed/": 0, "/atom.xml": 0, "/rss.xml": 1, "/feed.xml": 1, "/index.xml": 1, "/rss": 0} {
		if got := s.count("one.example" + path); got != want {
			t.Errorf("%s was asked for %d times, want %d", path, got, want)
		}
	}
}

func TestWellKnownPathsEndAtAHostThatIsBusy(t *testing.T) {
	s := newSite("")
	s.page = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusTooManyRequests)
	}
	resp, err := asking(t, s.ServeHTTP).WellKnown(t.Context(), "https://one.example/", isRSS)
	if resp != nil || err == nil || s.count("one.example/feed/") != 1 || s.count("one.example/rss.xml") != 0 {
		t.Error(resp, err, s.asked)
	}
}

func TestAHostWithoutAFeedHasNone(t *testing.T) {
	s := newSite("")
	s.page = status404
	resp, err := asking(t, s.ServeHTTP).WellKnown(t.Context(), "https://one.example/", isRSS)
	if resp != nil || err != nil || s.count("one.example/feed.json") != 1 {
		t.Error(resp, err)
	}
}
