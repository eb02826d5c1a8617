package aggregator_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/fetch"
	"github.com/wiredesk/wiredesk/store"
)

const oneURL = "https://one.example/feed"

// An outpost polls one source, of an origin in memory, into a real store. Its
// clock moves by hand.
type outpost struct {
	t      *testing.T
	dir    string
	db     *store.DB
	plan   *aggregator.Plan
	now    time.Time
	origin http.HandlerFunc
	asked  []*http.Request // all, in order
}

func newOutpost(t *testing.T, src config.Source) *outpost {
	t.Helper()
	o := &outpost{t: t, dir: t.TempDir(), now: start}
	o.configure(src)
	o.open()
	t.Cleanup(func() { o.db.Close() })
	return o
}

func (o *outpost) configure(src config.Source) {
	o.t.Helper()
	src.ID, src.Lang, src.Weight = "one", "en", 1
	if src.URL == "" {
		src.URL = oneURL
	}
	cfg := &config.Config{Sources: []*config.Source{&src}, Defaults: config.Defaults{
		Fetch: config.Schedule{Every: time.Hour}, MinFetch: 15 * time.Minute,
	}}
	plan, errs := aggregator.Compile(cfg)
	if plan == nil {
		o.t.Fatal(errs)
	}
	o.plan = plan
}

func (o *outpost) open() {
	o.t.Helper()
	db, err := store.Open(context.Background(), o.dir)
	if err != nil {
		o.t.Fatal(err)
	}
	o.db = db
}

// RoundTrip asks the origin.
func (o *outpost) RoundTrip(r *http.Request) (*http.Response, error) {
	o.asked = append(o.asked, r)
	rec := httptest.NewRecorder()
	o.origin(rec, r)
	resp := rec.Result()
	resp.Request = r
	return resp, nil
}

// poll polls what is due, after a restart, and returns the state and how many
// requests that took.
func (o *outpost) poll() (aggregator.State, int) {
	o.t.Helper()
	if err := o.db.Close(); err != nil {
		o.t.Fatal(err)
	}
	o.open()
	client, err := fetch.New(fetch.Options{UserAgent: "wiredesk/test", Transport: o, HostGap: time.Nanosecond})
	if err != nil {
		o.t.Fatal(err)
	}
	before := len(o.asked)
	p := &aggregator.Poller{Store: o.db, Client: client, Plan: func() *aggregator.Plan { return o.plan },
		Now: func() time.Time { return o.now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if _, err := p.Once(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	return o.state(), len(o.asked) - before
}

func (o *outpost) state() aggregator.State {
	o.t.Helper()
	states, err := o.db.States(o.t.Context())
	if err != nil || len(states) != 1 {
		o.t.Fatal(states, err)
	}
	return states[0]
}

// after moves the clock to when the source is due, and polls.
func (o *outpost) due() aggregator.State {
	o.t.Helper()
	o.now = o.state().NextPoll
	st, n := o.poll()
	if n == 0 {
		o.t.Fatal("not asked when it was due")
	}
	return st
}

// feed answers with a document of these items, under both validators.
func feed(items ...string) http.HandlerFunc {
	body := rss(items...)
	return func(w http.ResponseWriter, r *http.Request) {
		tag := fmt.Sprintf(`W/"%d"`, len(body))
		w.Header().Set("ETag", tag)
		w.Header().Set("Last-Modified", "Sun, 08 Dec 2024 08:00:00 GMT")
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, body)
	}
}

func TestErrorsAndBrokenBodiesChangeNothingButTheirCount(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("ETag", `"of the error"`)
			w.Header().Set("Last-Modified", "Mon, 09 Dec 2024 08:00:00 GMT")
			w.WriteHeader(code)
			fmt.Fprint(w, rss("9|Never to be kept|At all."))
		}
	}
	body := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("ETag", `"of the error"`)
			fmt.Fprint(w, text)
		}
	}
	for name, bad := range map[string]http.HandlerFunc{
		"500": status(500), "429": status(429), "404": status(404), "403": status(403), "401": status(401), "206": status(206),
		"202": status(202), "204": status(204), "no feed": body("<!doctype html><p>Hello"), "nothing": body(""), "words": body("Sorry"),
		"broken gzip": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("ETag", `"of the error"`)
			fmt.Fprint(w, "\x1f\x8b\x08 and no more")
		},
	} {
		o := newOutpost(t, config.Source{})
		o.origin = feed("1|Aleppo reopens|Shops open.")
		good, _ := o.poll()
		o.origin = bad
		st := o.due()
		if st.Failures != 1 || st.Error == "" || st.ETag != good.ETag || st.LastModified != good.LastModified ||
			string(st.Sum) != string(good.Sum) || st.Total != good.Total || !st.LastOK.Equal(good.LastOK) || st.Pace != good.Pace {
			t.Errorf("%s:\n%+v\nbefore\n%+v", name, st, good)
		}
		o.origin = feed("1|Aleppo reopens|Shops open.")
		st = o.due()
		last := o.asked[len(o.asked)-1].Header
		if last.Get("If-None-Match") != good.ETag || last.Get("If-Modified-Since") != good.LastModified || st.Error != "" || st.Failures != 0 {
			t.Errorf("%s: asked with %v, then %q", name, last, st.Error)
		}
	}
}

func TestRetryAfterHoldsThroughRestarts(t *testing.T) {
	for value, row := range map[string]struct {
		wait time.Duration // at least; and a twentieth more at most
		says string
	}{
		"7200": {2 * time.Hour, ""}, "36000": {10 * time.Hour, ""}, "0": {2 * time.Hour, ""}, "-7": {2 * time.Hour, ""},
		"soon": {2 * time.Hour, ""}, "": {2 * time.Hour, ""},
		"315360000": {7 * 24 * time.Hour, "longer wait than 7 days"},
		time.Now().Add(30 * time.Hour).UTC().Format(http.TimeFormat): {30*time.Hour - time.Minute, ""},
	} {
		for _, code := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
			o := newOutpost(t, config.Source{})
			o.origin = func(w http.ResponseWriter, _ *http.Request) {
				if value != "" {
					w.Header().Set("Retry-After", value)
				}
				w.WriteHeader(code)
			}
			st, _ := o.poll()
			if wait := st.NextPoll.Sub(o.now); wait < row.wait || wait > row.wait+row.wait/20+2*time.Minute { // the date is written a minute short, and a twentieth is added to the whole
				t.Errorf("%d, Retry-After %q: %v, want %v", code, value, wait, row.wait)
			}
			if !strings.Contains(st.Error, row.says) {
				t.Errorf("%d, Retry-After %q: %q does not say %q", code, value, st.Error, row.says)
			}
			o.now = st.NextPoll.Add(-time.Second)
			if _, n := o.poll(); n != 0 {
				t.Errorf("%d, Retry-After %q: asked a second too early", code, value)
			}
		}
	}
}

func TestABare429HoldsWhenTheOriginAnswersAgain(t *testing.T) {
	o := newOutpost(t, config.Source{})
	o.origin = feed("1|Aleppo reopens|Shops open.")
	o.poll()
	good := o.origin
	o.origin = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }
	o.due()
	o.origin = good
	st := o.due()
	if wait := st.NextPoll.Sub(o.now); wait < 2*time.Hour || !strings.Contains(st.Health(o.now), "429") {
		t.Errorf("asked again after %v; %q", wait, st.Health(o.now))
	}
	o.now = o.now.Add(25 * time.Hour)
	if st, _ = o.poll(); st.Slow != 0 || strings.Contains(st.Health(o.now), "429") {
		t.Errorf("a day later still slow: %d", st.Slow)
	}
}

func TestTTLHoldsThroughEvery304(t *testing.T) {
	o := newOutpost(t, config.Source{})
	body := strings.Replace(rss("1|Aleppo reopens|Shops open."), "<item>", "<ttl>300</ttl><item>", 1)
	o.origin = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, body)
	}
	o.poll()
	if st := o.due(); st.Status != http.StatusNotModified || st.NextPoll.Sub(o.now) < 5*time.Hour {
		t.Errorf("status %d, next after %v, want 5h", st.Status, st.NextPoll.Sub(o.now))
	}
}

// elsewhere answers a redirect at the source's address, and a feed at /new.
func elsewhere(code int, to string) http.HandlerFunc {
	good := feed("1|Aleppo reopens|Shops open.")
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.String() == oneURL {
			http.Redirect(w, r, to, code)
			return
		}
		good(w, r)
	}
}

func TestAPermanentMoveIsBelievedAfterAWeekOfFeeds(t *testing.T) {
	for _, code := range []int{http.StatusMovedPermanently, http.StatusPermanentRedirect} {
		o := newOutpost(t, config.Source{})
		o.origin = elsewhere(code, "https://two.example/new")
		o.poll()
		for o.now.Before(start.Add(7 * 24 * time.Hour)) {
			if st, n := o.state(), len(o.asked); st.Move.Stored() {
				t.Fatalf("%d: believed after %v and %d requests", code, o.now.Sub(start), n)
			}
			o.now = o.now.Add(23 * time.Hour)
			o.poll()
		}
		o.due()
		st := o.due()
		if !st.Move.Stored() || st.Move.To != "https://two.example/new" || !strings.Contains(st.Health(o.now), "moved for good") {
			t.Fatalf("%d: %+v, %q", code, st.Move, st.Health(o.now))
		}
		o.now = st.NextPoll
		if _, n := o.poll(); n != 1 || o.asked[len(o.asked)-1].URL.Host != "two.example" {
			t.Errorf("%d: %d requests, the last to %s", code, n, o.asked[len(o.asked)-1].URL)
		}
	}
}

func TestWhatIsNoMoveIsNeverBelieved(t *testing.T) {
	for name, row := range map[string]struct {
		src    config.Source
		origin http.HandlerFunc
	}{
		"302":                     {config.Source{}, elsewhere(http.StatusFound, "https://two.example/new")},
		"307":                     {config.Source{}, elsewhere(http.StatusTemporaryRedirect, "https://two.example/new")},
		"303":                     {config.Source{}, elsewhere(http.StatusSeeOther, "https://two.example/new")},
		"down to http":            {config.Source{}, elsewhere(http.StatusMovedPermanently, "http://two.example/new")},
		"with headers of our own": {config.Source{Headers: map[string]string{"Authorization": "Bearer x"}}, elsewhere(301, "https://two.example/new")},
		"to what is no feed": {config.Source{}, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.String() == oneURL {
				http.Redirect(w, r, "https://two.example/login", http.StatusMovedPermanently)
				return
			}
			fmt.Fprint(w, "<!doctype html><title>Log in</title>")
		}},
	} {
		o := newOutpost(t, row.src)
		o.origin = row.origin
		for range 12 {
			_, n := o.poll()
			if n != 2 {
				t.Fatalf("%s: %d requests, want the address of the config and then its redirect", name, n)
			}
			if o.asked[len(o.asked)-1].Header.Get("Authorization") != "" {
				t.Fatalf("%s: our header crossed to another host", name)
			}
			o.now = o.now.Add(25 * time.Hour)
		}
	}
}

func TestAMoveThatLosesTheFeedIsTakenBack(t *testing.T) {
	o := newOutpost(t, config.Source{})
	o.origin = elsewhere(http.StatusMovedPermanently, "https://two.example/new")
	for range 10 {
		o.poll()
		o.now = o.now.Add(25 * time.Hour)
	}
	if !o.state().Move.Stored() {
		t.Fatal("not believed")
	}
	o.origin = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host == "two.example" {
			w.WriteHeader(http.StatusGone)
			return
		}
		feed("1|Aleppo reopens|Shops open.")(w, r)
	}
	if st, _ := o.poll(); st.Gone || st.Error == "" {
		t.Errorf("gone %v, %q: 410 at the target is not the source's own", st.Gone, st.Error)
	}
	if st := o.due(); st.Error != "" || o.asked[len(o.asked)-1].URL.String() != oneURL {
		t.Errorf("asked %s: %q", o.asked[len(o.asked)-1].URL, st.Error)
	}
}

func TestGoneStopsUntilAnotherAddressIsGiven(t *testing.T) {
	o := newOutpost(t, config.Source{})
	o.origin = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }
	st, _ := o.poll()
	if !st.Gone || !strings.Contains(st.Health(o.now), "no longer polled") {
		t.Errorf("%+v", st)
	}
	o.now = o.now.Add(400 * 24 * time.Hour)
	if _, n := o.poll(); n != 0 {
		t.Error("asked again")
	}
	o.origin = feed("1|Aleppo reopens|Shops open.")
	o.configure(config.Source{URL: "https://one.example/other"})
	if st, n := o.poll(); n != 1 || st.Gone || st.Error != "" {
		t.Errorf("another address: %d requests, %+v", n, st)
	}
}

func TestRefusalsBackOffToADayAndSayWhatToDo(t *testing.T) {
	for code, says := range map[int]string{
		http.StatusNotFound: "new address", http.StatusForbidden: "refuses us", http.StatusUnauthorized: "password",
	} {
		o := newOutpost(t, config.Source{})
		o.origin = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
		st, _ := o.poll()
		last := time.Duration(0)
		for range 6 {
			wait := st.NextPoll.Sub(o.now)
			if wait < last || wait < 2*time.Hour || wait > 26*time.Hour {
				t.Errorf("%d: %v after %v", code, wait, last)
			}
			last = min(wait, 23*time.Hour)
			st = o.due()
		}
		if health := st.Health(o.now); last < 23*time.Hour || !strings.Contains(health, says) || !strings.Contains(health, "7 times") {
			t.Errorf("%d: %v, %q", code, last, health)
		}
	}
}

func TestPagesInsteadOfAFeedAreSaidInWords(t *testing.T) {
	for page, says := range map[string]string{
		"<!doctype html><title>Just a moment...</title><script>window._cf_chl_opt={}</script>": "challenge page for browsers",
		"<!doctype html><title>Home</title>":                                                   "HTML page, not a feed",
	} {
		o := newOutpost(t, config.Source{})
		o.origin = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, page)
		}
		if st, _ := o.poll(); !strings.Contains(st.Health(o.now), says) {
			t.Errorf("%q: does not say %q", st.Health(o.now), says)
		}
	}
}

func TestFullTurnoverIsSaidAndShortensTheInterval(t *testing.T) {
	o := newOutpost(t, config.Source{})
	items := func(from int) (all []string) {
		for i := range 10 {
			all = append(all, fmt.Sprintf("%d|Item %d of many|Text %d.", from+i, from+i, from+i))
		}
		return all
	}
	o.origin = feed(items(100)...)
	first, _ := o.poll()
	o.origin = feed(items(20000)...)
	st := o.due()
	if wait := st.NextPoll.Sub(o.now); !first.Turnover.IsZero() || wait > 32*time.Minute || !strings.Contains(st.Health(o.now), "may have been missed") {
		t.Errorf("first %v; next after %v, %q", first.Turnover, wait, st.Health(o.now))
	}
}

func TestAServerThatSays304WhateverIsNewIsFoundOut(t *testing.T) {
	o := newOutpost(t, config.Source{})
	dated := func(n int) string {
		var b strings.Builder
		b.WriteString(`<rss version="2.0"><channel><title>Feed</title>`)
		for i := range n {
			at := start.Add(time.Duration(i-10) * 6 * time.Hour)
			fmt.Fprintf(&b, `<item><guid>%d</guid><title>Item %d</title><pubDate>%s</pubDate></item>`, i, i, at.Format(time.RFC1123Z))
		}
		return b.String() + `</channel></rss>`
	}
	whole := 0
	o.origin = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"always the same"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		whole++
		fmt.Fprint(w, dated(10+int(o.now.Sub(start)/(6*time.Hour))))
	}
	o.poll()
	for o.state().NextPoll.Before(start.Add(7 * 24 * time.Hour)) {
		o.due()
	}
	if whole != 1 {
		t.Fatalf("%d whole documents within a week", whole)
	}
	for o.now.Before(start.Add(7 * 24 * time.Hour)) {
		o.due()
	}
	st := o.state()
	if whole != 2 || st.Wrong304.IsZero() || !strings.Contains(st.Health(o.now), "says 304 though") {
		t.Errorf("%d whole documents, %q", whole, st.Health(o.now))
	}
	if st.Last.New < 20 {
		t.Errorf("%d new items of a week", st.Last.New)
	}
	o.now = o.now.Add(25 * time.Hour)
	if o.poll(); whole != 3 {
		t.Errorf("%d whole documents a day later", whole)
	}
}

func TestAWellMadeServerIsNeverAskedUnconditionallyAgain(t *testing.T) {
	o := newOutpost(t, config.Source{})
	for i := range 40 { // an item a day
		o.origin = feed(fmt.Sprintf("%d|Item %d|%s.", i, i, strings.Repeat("Text", i)))
		o.poll()
		o.now = o.now.Add(24 * time.Hour)
	}
	for i, r := range o.asked {
		if got := r.Header.Get("If-None-Match"); (got == "") != (i == 0) {
			t.Errorf("request %d: If-None-Match %q", i, got)
		}
	}
}

func TestMostlyUndatedItemsAreSaid(t *testing.T) {
	o := newOutpost(t, config.Source{})
	var b strings.Builder
	for i := range 12 {
		fmt.Fprintf(&b, "<item><guid>%d</guid><title>Item %d</title></item>", i, i)
	}
	o.origin = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<rss version="2.0"><channel><title>Feed</title>`+b.String()+`</channel></rss>`)
	}
	if st, _ := o.poll(); !strings.Contains(st.Health(o.now), "no date that can be true") {
		t.Errorf("%q", st.Health(o.now))
	}
}
