package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/web"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/store"
)

// A slowStore has an edition, and does not give it out before it is released.
type slowStore struct {
	aggregator.Shelf // has nothing, and is not asked
	release          chan struct{}
}

func (slowStore) Filed() int64 { return 0 }

func (slowStore) Issues(context.Context) ([]aggregator.Issue, error) {
	return []aggregator.Issue{{Edition: "syria", Version: 1, ChangedAt: published}}, nil
}

func (s slowStore) Edition(context.Context, string, int, int, time.Duration) (aggregator.Issue, []aggregator.Entry, error) {
	<-s.release
	return aggregator.Issue{Edition: "syria", Version: 1, ChangedAt: published}, nil, nil
}

// While more documents are to be printed than can be at once, readers are told to
// come again: never with an empty feed, and those that are printed get theirs.
func TestOverloadIsSaidSo(t *testing.T) {
	cfg, errs := config.Parse("wiredesk.toml", []byte(siteConfig))
	if cfg == nil {
		t.Fatal(errs)
	}
	plan, errs := aggregator.Compile(cfg)
	if plan == nil {
		t.Fatal(errs)
	}
	synctest.Test(t, func(t *testing.T) {
		shelf := slowStore{release: make(chan struct{})}
		active := func() *aggregator.Plan { return plan }
		site := &web.Site{Press: &aggregator.Press{Store: shelf, Plan: active}, Plan: active, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
		h := site.Handler()
		slow := []string{"/syria.rss", "/syria.atom", "/syria.json", "/syria/"}
		printed := make(chan int)
		for _, path := range slow {
			go func() { printed <- ask(h, path).StatusCode }()
		}
		synctest.Wait()
		resp := ask(h, "/")
		if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" || resp.Header.Get("ETag") != "" || resp.Header.Get("Cache-Control") != "" {
			t.Errorf("%d %v", resp.StatusCode, resp.Header)
		}
		close(shelf.release)
		for range slow {
			if code := <-printed; code != http.StatusOK {
				t.Errorf("a document in work: %d", code)
			}
		}
		if code := ask(h, "/").StatusCode; code != http.StatusOK {
			t.Errorf("afterwards: %d", code)
		}
	})
}

// What the desk has filed is what the next reader gets, and who had the document
// before is told so.
func TestWhatIsFiledIsServedAtOnce(t *testing.T) {
	site := newSite(t)
	h := site.Handler()
	for _, path := range []string{"/syria.rss", "/syria/", "/feeds.opml"} {
		before := ask(h, path).Header
		ask(h, path, "Accept-Encoding", "br") // a coding of the old one is there too
		f := aggregator.Filing{At: published.Add(time.Hour), Changed: []aggregator.Issue{{Edition: "syria"}}}
		f.Entries = []aggregator.Entry{{Edition: "syria", ID: "tag:" + path, Published: published, Updated: published, Lead: aggregator.Telling{Record: 9, Title: "A ferry for " + path}}}
		if err := site.Store.(*store.DB).File(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		for _, accept := range []string{"", "br"} {
			resp := ask(h, path, "Accept-Encoding", accept, "If-None-Match", before.Get("ETag"))
			if resp.StatusCode != http.StatusOK || resp.Header.Get("ETag") == before.Get("ETag") || resp.Header.Get("Last-Modified") == before.Get("Last-Modified") {
				t.Errorf("%s in %q: %d, ETag %s as before", path, accept, resp.StatusCode, resp.Header.Get("ETag"))
			}
		}
	}
}
