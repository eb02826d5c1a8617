package aggregator_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// Page answers pages from where Get has its documents. "robots" is one that
// robots.txt forbids.
func (r *room) Page(_ context.Context, url string) (*fetch.Response, error) {
	r.asks[url] = fetch.Request{URL: url}
	switch body := r.docs[url]; body {
	case "panic":
		panic("a defect")
	case "robots":
		return nil, fetch.ErrRobots
	case "":
		return nil, &fetch.StatusError{Code: 404}
	case "busy":
		return nil, &fetch.StatusError{Code: 503}
	default:
		return &fetch.Response{URL: url, Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(body)}, nil
	}
}

func (s serial) Page(ctx context.Context, url string) (*fetch.Response, error) {
	turn <- struct{}{}
	defer func() { <-turn }()
	return s.r.Page(ctx, url)
}

const (
	feedURL = "https://one.example/feed"
	aleppo  = "https://one.example/1"
	teaser  = "1|Aleppo market reopens|Traders returned to the covered market of Aleppo on Sunday."
)

// story is a page with a menu and an article of about 120 words on Aleppo.
func story() string {
	return `<!doctype html><html><body><nav><a href="/">Front</a> <a href="/sport">Sport</a></nav><article>
<p>Traders returned to the covered market of Aleppo on Sunday, nine years after fire closed it, and sold soap, spices and cloth from the first hour.</p>
<p>The restored part has forty shops in two halls. Masons used stone from the same quarry as their forefathers, said the engineer who led the work, and hid the new wiring behind old beams.</p>
<p>Visitors came from Homs and Hama as well. Most of them bought little, but stayed for tea, and photographed the painted ceiling of hall number five.</p>
<p>A third hall, once the gold market, is to follow next autumn if donors keep their word; its roof has yet to be rebuilt.</p>
<p>The governor came at noon.</p><script>x()</script></article></body></html>`
}

// permit lets source one be published in full.
func (r *room) permit() {
	src := r.plan.Source("one")
	src.Content, src.Allowed = "full", "letter of 2024-11-02"
}

// content is what is stored of the item at a link.
func (r *room) content(link string) feeds.Item {
	r.t.Helper()
	records, err := r.db.Record(r.t.Context(), link)
	if err != nil || len(records) != 1 {
		r.t.Fatal(len(records), err)
	}
	return records[0].Item
}

// asked says whether a page was asked for since the last call.
func (r *room) asked(url string) bool {
	_, ok := r.asks[url]
	delete(r.asks, url)
	return ok
}

func TestAPartialItemGetsTheTextOfItsPage(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	r.permit()
	r.docs[feedURL], r.docs[aleppo] = rss(teaser), story()
	r.round()
	it := r.content(aleppo)
	if !strings.Contains(it.Content, "The governor came at noon") || !strings.Contains(it.Text, "hall number five") ||
		strings.Contains(it.Content, "Sport") || strings.Contains(it.Content, "script") {
		t.Errorf("content %q\ntext %q", it.Content, it.Text)
	}
	if !strings.Contains(it.Summary, "Traders returned") || strings.Contains(it.Summary, "governor") {
		t.Errorf("the publisher's summary is %q", it.Summary)
	}
	for _, f := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
		if !bytes.Contains(r.print(f).Body, []byte("The governor came at noon")) {
			t.Errorf("%s is without the full text", f)
		}
	}
}

// The sum of an item is that of what its feed said: with the page's text in it,
// every poll would find a revision and ask for the page once more.
func TestAPageIsAskedForOnceARevision(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	r.permit()
	other := "2|Homs line repaired|Trains run between Homs and Aleppo again."
	r.docs[feedURL], r.docs[aleppo] = rss(teaser, other), story() // the other's page is a 404
	r.round()
	if !r.asked(aleppo) || !r.asked("https://one.example/2") {
		t.Fatal("not both pages were asked for")
	}
	full := r.content(aleppo).Content

	r.docs[feedURL] = rss(other, teaser) + "\n" // another length is another ETag
	r.now = r.now.Add(24 * time.Hour)
	report, _ := r.round()
	if report.Tally != (aggregator.Tally{Fetched: 2, Known: 2}) {
		t.Errorf("the same document in another order: %+v", report.Tally)
	}
	if r.asked(aleppo) || r.asked("https://one.example/2") {
		t.Error("a known item's page was asked for again")
	}
	if r.content(aleppo).Content != full {
		t.Error("the full text is gone")
	}

	r.docs[feedURL] = rss(other, teaser+" The governor was there.")
	r.docs[aleppo] = strings.Replace(story(), "at noon", "at one", 1)
	r.now = r.now.Add(24 * time.Hour)
	report, _ = r.round()
	if report.Tally.Changed != 1 || !r.asked(aleppo) || !strings.Contains(r.content(aleppo).Content, "at one") {
		t.Errorf("a revision: %+v, %q", report.Tally, r.content(aleppo).Content)
	}
}

func TestWithoutPermissionNoPageIsAskedForAndNoContentPublished(t *testing.T) {
	for name, set := range map[string][2]string{
		"nothing":               {"summary", ""},
		"permission alone":      {"summary", "letter of 2024-11-02"},
		"full, but unpermitted": {"full", ""},
	} {
		r := newRoom(t, `'Aleppo'`)
		r.plan.Source("one").Content, r.plan.Source("one").Allowed = set[0], set[1]
		own := "<content:encoded><![CDATA[<p>The body of the feed itself.</p>]]></content:encoded></item>"
		r.docs[feedURL] = strings.Replace(strings.Replace(rss(teaser), "</item>", own, 1),
			`<rss version="2.0">`, `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">`, 1)
		r.docs[aleppo] = story()
		r.round()
		if r.asked(aleppo) {
			t.Errorf("%s: the page was asked for", name)
		}
		if !strings.Contains(r.content(aleppo).Content, "The body of the feed itself") {
			t.Errorf("%s: the feed's content is not kept", name)
		}
		for _, f := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
			body := r.print(f).Body
			if !bytes.Contains(body, []byte("Traders returned")) || bytes.Contains(body, []byte("The body of the feed")) {
				t.Errorf("%s: %s publishes\n%s", name, f, body)
			}
		}
	}
}

func TestAPageThatFailsCostsTheItemNothing(t *testing.T) {
	long := strings.Repeat("We use cookies and similar technologies, together with partners, for purposes listed below, unless rejected. ", 9)
	for name, page := range map[string]string{
		"missing":        "",
		"busy":           "busy",
		"robots":         "robots",
		"a panic":        "panic",
		"no article":     "<p>Please log in.</p>",
		"not more":       "<article><p>" + strings.Repeat("x ", 60) + "</p></article>",
		"something else": "<article><p>" + long + "</p><p>" + long + "</p></article>",
	} {
		r := newRoom(t, `'Aleppo'`)
		r.permit()
		r.docs[feedURL], r.docs[aleppo] = rss(teaser), page
		report, _ := r.round()
		it := r.content(aleppo)
		if !r.asked(aleppo) || report.Failed != 1 || report.Tally.New != 1 { // the other source is a 503
			t.Errorf("%s: %+v", name, report)
		}
		if it.Content != "" || !strings.Contains(it.Text, "Traders returned") || len(r.entries()) != 1 {
			t.Errorf("%s: content %q, text %q", name, it.Content, it.Text)
		}
		if log := r.logs.String(); !strings.Contains(log, `level=INFO msg="no full text" source=one link=https://one.example/1 err=`) {
			t.Errorf("%s: the log says\n%s", name, log)
		}
	}
}

func TestAWholeItemNeedsNoPage(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	r.permit()
	own := "<content:encoded><![CDATA[<p>" + strings.Repeat("The market of Aleppo has opened its halls. ", 30) + "</p>]]></content:encoded></item>"
	r.docs[feedURL] = strings.Replace(strings.Replace(rss(teaser), "</item>", own, 1),
		`<rss version="2.0">`, `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">`, 1)
	r.round()
	if r.asked(aleppo) || !strings.Contains(r.content(aleppo).Content, "opened its halls") {
		t.Error("a page was asked for, or the feed's own text is gone")
	}
}

// many is a feed of n partial items on Aleppo, the newest first.
func many(n int) string {
	var items []string
	for i := range n {
		items = append(items, fmt.Sprintf("%d|Aleppo market %d reopens|Traders returned to the covered market of Aleppo on Sunday.", i, i))
	}
	return rss(items...)
}

func TestAPollAsksForTenPagesTheNewestFirst(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	r.permit()
	r.docs[feedURL] = many(13)
	r.round()
	for i := range 13 {
		if got := r.asked(fmt.Sprintf("https://one.example/%d", i)); got != (i < 10) {
			t.Errorf("item %d asked for: %v", i, got)
		}
	}
	if log := r.logs.String(); !strings.Contains(log, `msg="pages not asked for" source=one asked=10 left=3`) {
		t.Errorf("the log says\n%s", log)
	}
}

func TestAHostThatAsksForLessIsAskedNoMoreInThisPoll(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	r.permit()
	r.docs[feedURL], r.docs["https://one.example/1"] = many(5), "busy"
	r.round()
	for i := range 5 {
		if got := r.asked(fmt.Sprintf("https://one.example/%d", i)); got != (i < 2) {
			t.Errorf("item %d asked for: %v", i, got)
		}
	}
}

// slow takes 25 seconds a page.
type slow struct{ serial }

func (s slow) Page(ctx context.Context, url string) (*fetch.Response, error) {
	select {
	case <-time.After(25 * time.Second):
		return s.serial.Page(ctx, url)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestPagesHaveAMinuteTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, `'Aleppo'`)
		r.permit()
		r.docs[feedURL] = many(5)
		for i := range 5 {
			r.docs[fmt.Sprintf("https://one.example/%d", i)] = story()
		}
		p := &aggregator.Poller{Store: r.db, Client: slow{serial{r}}, Plan: r.active, Now: r.clock,
			Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
		began := time.Now()
		report, err := p.Once(t.Context())
		if took := time.Since(began); err != nil || took != time.Minute || report.Tally.New != 5 {
			t.Errorf("%s, %+v, %v", took, report, err)
		}
		for i := range 5 {
			if got := r.content(fmt.Sprintf("https://one.example/%d", i)).Content != ""; got != (i < 2) {
				t.Errorf("item %d in full: %v", i, got)
			}
		}
	})
}
