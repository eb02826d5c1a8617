package aggregator

import (
	"errors"
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
	if said := inWords(err); said != err.Error() {
		t.Errorf("who is told the address is told to look for it: %s", said)
	}
	if said := inWords(feeds.ErrHTML); !strings.HasSuffix(said, "look for the feed's address in the page") {
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
