package aggregator_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
	"github.com/wiredesk/wiredesk/store"
)

var start = time.Date(2024, 12, 8, 12, 0, 0, 0, time.UTC)

// A room is a poller, a desk and a press on a real store, with feeds in memory
// and a clock that only the test moves.
type room struct {
	t    *testing.T
	dir  string
	db   *store.DB
	plan *aggregator.Plan
	now  time.Time

	docs map[string]string        // by URL; "panic" panics, "" is a 503
	asks map[string]fetch.Request // the last one, by URL
	logs bytes.Buffer
}

func newRoom(t *testing.T, terms string) *room {
	t.Helper()
	r := &room{t: t, dir: t.TempDir(), now: start, docs: map[string]string{}, asks: map[string]fetch.Request{}}
	r.configure(terms)
	r.open()
	t.Cleanup(func() { r.db.Close() })
	return r
}

func (r *room) open() {
	r.t.Helper()
	db, err := store.Open(r.t.Context(), r.dir)
	if err != nil {
		r.t.Fatal(err)
	}
	r.db = db
}

// restart closes the store and opens it again; memory is lost.
func (r *room) restart() {
	r.t.Helper()
	if err := r.db.Close(); err != nil {
		r.t.Fatal(err)
	}
	r.open()
}

// configure compiles a plan of two sources and one edition with these terms.
func (r *room) configure(terms string) {
	r.t.Helper()
	cfg, errs := config.Parse("wiredesk.toml", fmt.Appendf(nil, `version = 1
[site]
title = "Desk"
base_url = "https://desk.example"
tag = "desk.example,2024"
contact = "mailto:desk@desk.example"
[sources.one]
url = "https://one.example/feed"
lang = "en"
[sources.two]
url = "https://two.example/feed"
lang = "en"
[topics.syria]
title = "Syria"
[topics.syria.strong]
en = [%s]
[editions.syria]
topics = ["syria"]
`, terms))
	for _, e := range errs {
		if !e.Warning {
			r.t.Fatal(e.Format())
		}
	}
	plan, errs := aggregator.Compile(cfg)
	if plan == nil {
		r.t.Fatal(errs)
	}
	r.plan = plan
}

// Get answers from memory.
func (r *room) Get(_ context.Context, req fetch.Request) (*fetch.Response, error) {
	r.asks[req.URL] = req
	switch body := r.docs[req.URL]; body {
	case "panic":
		panic("a parser defect")
	case "":
		return nil, &fetch.StatusError{Code: 503, RetryAfter: 2 * time.Hour}
	default:
		etag := fmt.Sprintf(`W/"%d"`, len(body))
		if req.ETag == etag {
			return &fetch.Response{URL: req.URL, Status: 304, ETag: etag}, fetch.ErrNotModified
		}
		resp := &fetch.Response{URL: req.URL, Status: 200, ETag: etag, LastModified: "Sun, 08 Dec 2024 08:00:00 GMT",
			ContentType: "application/rss+xml", Body: []byte(body)}
		if resp.Same = req.Same != nil && req.Same(resp.Body); resp.Same {
			resp.Body = nil
		}
		return resp, nil
	}
}

func (r *room) active() *aggregator.Plan { return r.plan }
func (r *room) clock() time.Time         { return r.now }

// round polls what is due and files it.
func (r *room) round() (aggregator.Report, aggregator.Round) {
	r.t.Helper()
	r.logs.Reset()
	log := slog.New(slog.NewTextHandler(&r.logs, nil))
	p := &aggregator.Poller{Store: r.db, Client: serial{r}, Plan: r.active, Log: log, Now: r.clock}
	report, err := p.Once(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	d := aggregator.NewDesk(r.db, r.active, log)
	d.Now, d.Once = r.clock, true
	round, err := d.File(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return report, round
}

// serial lets one poll at a time into the room's maps.
type serial struct{ r *room }

var turn = make(chan struct{}, 1)

func (s serial) Get(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
	turn <- struct{}{}
	defer func() { <-turn }()
	return s.r.Get(ctx, req)
}

func (r *room) print(format feeds.Format) *aggregator.Document {
	r.t.Helper()
	press := &aggregator.Press{Store: r.db, Plan: r.active}
	doc, err := press.Print(r.t.Context(), "syria", format)
	if err != nil {
		r.t.Fatal(err)
	}
	return doc
}

// entries reads our own Atom as a subscriber does: id → title and date.
func (r *room) entries() map[string]string {
	r.t.Helper()
	f, err := feeds.Parse(r.print(feeds.Atom).Body, feeds.Meta{}, feeds.Known{})
	if err != nil {
		r.t.Fatal(err)
	}
	got := map[string]string{}
	for _, it := range f.Items {
		got[it.ID] = it.Title + " " + it.Published.UTC().Format(time.RFC3339)
	}
	return got
}

// rss writes a document of items "guid|title|text", published an hour apart.
func rss(items ...string) string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>Feed</title>`)
	for i, it := range items {
		f := strings.SplitN(it, "|", 3)
		fmt.Fprintf(&b, `<item><guid isPermaLink="false">%s</guid><link>https://one.example/%s</link><title>%s</title><description>%s</description><pubDate>%s</pubDate></item>`,
			f[0], f[0], f[1], f[2], start.Add(-time.Duration(i+1)*time.Hour).Format(time.RFC1123Z))
	}
	return b.String() + "</channel></rss>"
}

func titles(entries map[string]string) (ts []string) {
	for _, v := range entries {
		ts = append(ts, v)
	}
	return ts
}

func TestOneBadFeedCostsOnlyItself(t *testing.T) {
	for name, bad := range map[string]string{"panic": "panic", "503": "", "not a feed": "<html><p>hello</p></html>"} {
		r := newRoom(t, `'Aleppo'`)
		r.docs["https://one.example/feed"] = bad
		r.docs["https://two.example/feed"] = rss("1|Aleppo reopens|Shops open.")
		report, _ := r.round()
		if report.Polled != 2 || report.Failed != 1 || report.Tally.New != 1 {
			t.Errorf("%s: %+v", name, report)
		}
		states, err := r.db.States(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if states[0].Error == "" || states[0].Failures != 1 || states[1].Error != "" {
			t.Errorf("%s: states %+v", name, states)
		}
		if len(r.entries()) != 1 {
			t.Errorf("%s: the healthy feed is not published", name)
		}
		if n := strings.Count(r.logs.String(), "poll failed"); n != 1 {
			t.Errorf("%s: %d lines in the log, want 1:\n%s", name, n, r.logs.String())
		}
	}
}

func TestEmptyItemsAreCountedAndNotKept(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	r.docs["https://two.example/feed"] = strings.Replace(rss("1|Aleppo reopens|Shops open."), "<item>", "<item><author>nobody</author></item><item>", 1)
	report, _ := r.round()
	if want := (aggregator.Tally{Fetched: 2, New: 1, Invalid: 1}); report.Tally != want {
		t.Errorf("%+v, want %+v", report.Tally, want)
	}
}

func TestRetryAfterSurvivesARestart(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	r.docs["https://two.example/feed"] = rss("1|Aleppo reopens|Shops open.")
	r.round()
	r.restart()
	r.now = start.Add(119 * time.Minute)
	delete(r.asks, "https://one.example/feed")
	r.round()
	if _, asked := r.asks["https://one.example/feed"]; asked {
		t.Error("asked before Retry-After had passed")
	}
	r.now = start.Add(3 * time.Hour)
	r.round()
	if _, asked := r.asks["https://one.example/feed"]; !asked {
		t.Error("not asked after Retry-After had passed")
	}
}

func TestValidatorsAreSentByteExactAndSurviveErrors(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	url := "https://one.example/feed"
	r.docs[url] = rss("1|Aleppo reopens|Shops open.")
	r.round()
	if first := r.asks[url]; first.ETag != "" || first.LastModified != "" {
		t.Errorf("the first request carries validators: %+v", first)
	}
	good := r.docs[url]
	r.docs[url] = ""
	r.now = r.now.Add(24 * time.Hour)
	r.round() // a 503
	r.restart()
	r.docs[url] = good
	r.now = r.now.Add(24 * time.Hour)
	report, _ := r.round()
	want := fetch.Request{URL: url, ETag: fmt.Sprintf(`W/"%d"`, len(good)), LastModified: "Sun, 08 Dec 2024 08:00:00 GMT"}
	got := r.asks[url]
	if got.Same == nil || !got.Same([]byte(good)) || got.Same([]byte(good+" ")) {
		t.Error("the request does not know the last document")
	}
	got.Same = nil
	if d := cmp.Diff(want, got); d != "" || report.Tally.New != 0 {
		t.Errorf("new %d, request: %s", report.Tally.New, d)
	}
}

func TestTheSameInputGivesTheSameBytesAfterARestart(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	r.docs["https://one.example/feed"] = rss("1|Aleppo reopens|Shops open.", "2|Aleppo airport|First flight.")
	r.docs["https://two.example/feed"] = rss("9|Cup final|Rain.")
	r.round()
	before := map[feeds.Format]*aggregator.Document{}
	for _, f := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
		before[f] = r.print(f)
	}
	r.restart()
	r.now = r.now.Add(48 * time.Hour)
	r.round()
	for f, doc := range before {
		if again := r.print(f); !bytes.Equal(again.Body, doc.Body) || again.ETag != doc.ETag || !again.Modified.Equal(doc.Modified) {
			t.Errorf("%s changed with nothing new:\n%s", f, cmp.Diff(string(doc.Body), string(again.Body)))
		}
	}
}

func TestAFreshDatabaseMintsTheSameIds(t *testing.T) {
	var all [2]map[string]string
	for i := range all {
		r := newRoom(t, `'Aleppo'`)
		r.now = start.Add(time.Duration(i) * 1000 * time.Hour)
		r.docs["https://one.example/feed"] = rss("1|Aleppo reopens|Shops open.", "2|Aleppo airport|First flight.")
		r.docs["https://two.example/feed"] = rss("9|Cup final|Rain.")
		r.round()
		all[i] = r.entries()
	}
	if d := cmp.Diff(all[0], all[1]); d != "" || len(all[0]) != 2 {
		t.Errorf("%d entries; %s", len(all[0]), d)
	}
}

func TestAChangedTopicWorksOnThePast(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	r.docs["https://one.example/feed"] = rss("1|Aleppo reopens|Shops open.", "2|Homs line repaired|Trains run.")
	r.docs["https://two.example/feed"] = rss("9|Cup final|Rain.")
	r.round()
	aleppo := r.entries()
	modified := r.print(feeds.Atom).Modified

	r.now = start.Add(24 * time.Hour)
	r.configure(`'Aleppo', 'Homs'`)
	r.round()
	both := r.entries()
	if len(both) != 2 || !strings.Contains(strings.Join(titles(both), " "), "Homs line repaired 2024-12-08T10:00:00Z") {
		t.Errorf("after adding a term: %v, want Homs with its own date", both)
	}
	for id, v := range aleppo {
		if both[id] != v {
			t.Errorf("%s was %q, is %q", id, v, both[id])
		}
	}
	if !r.print(feeds.Atom).Modified.After(modified) {
		t.Error("Last-Modified did not move")
	}

	r.configure(`'Aleppo'`)
	r.round()
	if d := cmp.Diff(aleppo, r.entries()); d != "" {
		t.Errorf("after taking the term out again: %s", d)
	}
}

func TestEveryDecisionIsKeptWithItsReasons(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	r.docs["https://one.example/feed"] = rss("1|Aleppo reopens|Shops open.", "2|Trains|One mention of Aleppo far down.")
	r.docs["https://two.example/feed"] = rss("9|Cup final|Rain.")
	_, round := r.round()
	if want := (aggregator.Round{Filed: 3, Unmatched: 1, Lead: 2}); round != want {
		t.Errorf("ledger %+v, want %+v", round, want)
	}
	records, err := r.db.Record(t.Context(), "https://one.example/1")
	if err != nil || len(records) != 1 {
		t.Fatal(len(records), err)
	}
	m := records[0].Matches
	if len(m) != 1 || !m[0].In || len(m[0].Reasons) == 0 || m[0].Reasons[0].Words != "Aleppo" {
		t.Errorf("%+v", m)
	}
}

func TestAStoreThatFailsIsNotSilent(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	r.docs["https://one.example/feed"] = rss("1|Aleppo reopens|Shops open.")
	p := &aggregator.Poller{Store: full{r.db}, Client: serial{r}, Plan: r.active, Now: r.clock,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	report, err := p.Once(t.Context())
	if err != nil || report.Failed != 2 {
		t.Errorf("failed %d of %d, err %v; want both", report.Failed, report.Polled, err)
	}
	if report, err := p.Once(t.Context()); err != nil || report.Polled != 2 {
		t.Errorf("still due: polled %d, %v", report.Polled, err)
	}
	r.round() // the disk has space again
	if len(r.entries()) != 1 {
		t.Error("the item was lost")
	}
}

// full is a store whose disk is full.
type full struct{ *store.DB }

func (full) Save(context.Context, aggregator.Batch) error { return errors.New("disk is full") }

// A state that cannot be saved leaves its source due in the store. It must not
// be asked every second for that.
func TestAFullDiskDoesNotMakeUsAskEverySecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, `'Aleppo'`)
		asked := map[string]int{}
		p := &aggregator.Poller{Store: full{r.db}, Client: counting{serial{r}, asked}, Plan: r.active, Now: time.Now,
			Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
		ctx, cancel := context.WithTimeout(t.Context(), 19*time.Minute)
		defer cancel()
		if err := p.Run(ctx); err != nil {
			t.Error(err)
		}
		for url, n := range asked {
			if n != 1 {
				t.Errorf("%s was asked %d times in 19 minutes of an interval of 20", url, n)
			}
		}
		if len(asked) != 2 {
			t.Errorf("asked %v", asked)
		}
	})
}

// counting counts requests; serial lets one through at a time.
type counting struct {
	serial
	asked map[string]int
}

func (c counting) Get(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
	turn <- struct{}{}
	c.asked[req.URL]++
	<-turn
	return c.serial.Get(ctx, req)
}
