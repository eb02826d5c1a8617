package aggregator

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

func TestASourceThatIsAPageIsToldWhereItsFeedIs(t *testing.T) {
	page := &fetch.Response{URL: "https://one.example/news/", Body: []byte(
		`<link rel=alternate type="application/rss+xml" href="/feed?a=1"><link rel=alternate type="application/atom+xml" href="/atom">`)}
	src := &config.Source{URL: page.URL}
	err := lead(src, page, feeds.ErrHTML)
	if !errors.Is(err, feeds.ErrHTML) || !strings.Contains(err.Error(), "the page names the feed https://one.example/feed?a=1 (the first of 2): write that") {
		t.Error(err)
	}
	if said := inWords(src, err); said != err.Error() {
		t.Errorf("who is told the address is told to look for it: %s", said)
	}
	if said := inWords(src, feeds.ErrHTML); !strings.HasSuffix(said, "look for the feed's address in the page") {
		t.Error(said)
	}
	src.Private = true
	if err := lead(src, page, feeds.ErrHTML); strings.Contains(err.Error(), "a=1") {
		t.Errorf("a private source's page is shown: %v", err)
	}
	if err := lead(src, &fetch.Response{URL: page.URL}, feeds.ErrHTML); err != feeds.ErrHTML {
		t.Error(err)
	}
	if err := lead(src, page, feeds.ErrEmpty); err != feeds.ErrEmpty {
		t.Error(err)
	}
}

// What a poll of a secret address says is on the status page, for everybody.
func TestAFailureOfASecretAddressNamesNone(t *testing.T) {
	src := &config.Source{URL: "https://one.example/feed/5ecret", Private: true}
	page := &fetch.Response{URL: src.URL, Body: []byte(`<link rel=alternate type="application/rss+xml" href="/other/5ecret">`)}
	status := &fetch.StatusError{Code: 404, Snippet: "The URL /feed/5ecret was not found"}
	for want, err := range map[string]error{
		"HTTP 404 Not Found": fmt.Errorf("after a redirect to https://two.example/feed/5ecret: %w", status),
		"after a redirect to https://two.example/…: the host is not found":                               errors.New("after a redirect to https://two.example/feed/5ecret: the host is not found"),
		"Get https://one.example/…: no":                                                                  errors.New("Get https://u:5ecret@one.example?5ecret: no"),
		"an HTML page, not a feed; the page names the feed https://one.example/…: write that as the url": lead(src, page, feeds.ErrHTML),
	} {
		if got := inWords(src, err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := inWords(&config.Source{URL: src.URL}, status); !strings.Contains(got, "5ecret") {
		t.Errorf("of an address that is none: %q", got)
	}
}
