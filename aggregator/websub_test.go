package aggregator_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/web"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

const topicURL = "https://one.example/feed"

// hubbed is a feed that names a hub.
func hubbed(items ...string) string {
	return strings.Replace(rss(items...), "<title>Feed</title>", `<title>Feed</title>
		<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="http://hub.example/"/>
		<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="`+topicURL+`"/>`, 1)
}

// A hub is one of another make: it is asked by Post, asks back, and sends.
type hub struct {
	*room
	subscriber *aggregator.Subscriber
	callbacks  http.Handler

	to     []string     // addresses asked
	asked  []url.Values // what it was asked
	lease  string
	refuse error
	mute   bool // asks nothing back
}

func newHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{room: newRoom(t, `'Aleppo'`), lease: "864000"}
	h.plan.Config.Site.WebSub = true
	h.docs[topicURL] = hubbed("1|Aleppo reopens|Shops open.")
	h.docs["https://two.example/feed"] = rss("2|Aleppo again|Schools open.")
	h.begin()
	return h
}

// begin starts the subscriber, as after a restart.
func (h *hub) begin() {
	h.t.Helper()
	log := slog.New(slog.NewTextHandler(&h.logs, nil))
	poller := &aggregator.Poller{Store: h.db, Client: serial{h.room}, Plan: h.active, Log: log, Now: h.clock}
	h.subscriber = &aggregator.Subscriber{Store: h.db, Client: h, Plan: h.active, Push: poller.Push, Log: log, Now: h.clock}
	if err := h.subscriber.Load(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	site := &web.Site{Press: &aggregator.Press{Store: h.db, Plan: h.active}, Store: h.db, Plan: h.active, Log: log, Hubs: h.subscriber}
	h.callbacks = site.Handler()
}

func (h *hub) Post(_ context.Context, to string, form url.Values) error {
	h.to, h.asked = append(h.to, to), append(h.asked, form)
	if h.refuse == nil && !h.mute {
		code, body := h.ask(form.Get("hub.mode"), form.Get("hub.topic"))
		if code != http.StatusOK || body != "a challenge" {
			h.t.Errorf("the hub was told %d %q", code, body)
		}
	}
	return h.refuse
}

// last is what the hub was asked last.
func (h *hub) last(key string) string { return h.asked[len(h.asked)-1].Get("hub." + key) }

// ask asks back.
func (h *hub) ask(mode, topic string) (code int, body string) {
	q := url.Values{"hub.mode": {mode}, "hub.topic": {topic}, "hub.challenge": {"a challenge"}, "hub.lease_seconds": {h.lease}, "hub.reason": {"not\ntoday"}}
	w := httptest.NewRecorder()
	h.callbacks.ServeHTTP(w, httptest.NewRequest(http.MethodGet, h.last("callback")+"?"+q.Encode(), nil))
	return w.Code, w.Body.String()
}

// send delivers a body signed with the last secret.
func (h *hub) send(body, method string, maker func() hash.Hash) int {
	mac := hmac.New(maker, []byte(h.secret()))
	mac.Write([]byte(body))
	return h.post(body, method+"="+hex.EncodeToString(mac.Sum(nil)), topicURL)
}

func (h *hub) secret() string {
	for i := len(h.asked) - 1; i >= 0; i-- {
		if s := h.asked[i].Get("hub.secret"); s != "" {
			return s
		}
	}
	return ""
}

func (h *hub) post(body, signature, self string) int {
	r := httptest.NewRequest(http.MethodPost, h.last("callback"), strings.NewReader(body))
	r.Header.Set("Content-Type", "application/rss+xml")
	r.Header.Set("X-Hub-Signature", signature)
	r.Header.Set("Link", `<https://hub.example/>; rel="hub", <`+self+`>; rel="self"`)
	w := httptest.NewRecorder()
	h.callbacks.ServeHTTP(w, r)
	return w.Code
}

func (h *hub) step() {
	h.t.Helper()
	if err := h.subscriber.Round(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// standing is that of source one; "" when there is none.
func (h *hub) standing() (sub aggregator.Subscription) {
	h.t.Helper()
	all, err := h.db.Subscriptions(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, s := range all {
		if s.Source != "one" {
			h.t.Errorf("a subscription for %s", s.Source)
		}
		sub = s
	}
	return sub
}

func (h *hub) stored(title string) int {
	h.t.Helper()
	records, err := h.db.Came(h.t.Context(), time.Time{}, 0, 100)
	if err != nil {
		h.t.Fatal(err)
	}
	n := 0
	for _, r := range records {
		if r.Item.Title == title {
			n++
		}
	}
	return n
}

func TestAHubIsSubscribedToAndSends(t *testing.T) {
	h := newHub(t)
	h.step()
	if len(h.asked) != 0 {
		t.Fatal("asked a hub before any poll")
	}
	h.round()
	h.step()
	if len(h.asked) != 1 || h.to[0] != "https://hub.example/" || h.last("mode") != "subscribe" || h.last("topic") != topicURL || h.last("lease_seconds") != "864000" {
		t.Fatal(h.to, h.asked)
	}
	callback, ok := strings.CutPrefix(h.last("callback"), "https://desk.example/websub/")
	if !ok || len(callback) < 26 || len(h.last("secret")) < 40 || len(h.last("secret")) >= 200 {
		t.Error(h.asked[0])
	}
	if sub := h.standing(); sub.Status != aggregator.Active || !sub.Until.Equal(h.now.Add(10*24*time.Hour)) {
		t.Errorf("%+v", sub)
	}
	h.step()
	if len(h.asked) != 1 {
		t.Error("asked again at once")
	}
	before, err := h.db.States(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	for method, maker := range map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New} {
		h.now = h.now.Add(time.Minute)
		title := "Aleppo by " + method
		if code := h.send(hubbed(method+"|"+title+"|Shops open."), method, maker); code != http.StatusOK || h.stored(title) != 1 {
			t.Errorf("%s: %d", method, code)
		}
	}
	after, err := h.db.States(t.Context())
	if err != nil || after[0].NextPoll != before[0].NextPoll || after[0].ETag != before[0].ETag || after[0].Last != before[0].Last {
		t.Errorf("a push has changed the state: %+v, %+v", after[0], err)
	}
	// What was pushed is no news to the next poll, and has not made the rest leave.
	h.now = h.now.Add(time.Hour)
	h.docs[topicURL] = hubbed("sha1|Aleppo by sha1|Shops open.", "1|Aleppo reopens|Shops open.")
	if report, _ := h.round(); report.Tally.New != 0 || h.stored("Aleppo reopens") != 1 {
		t.Errorf("%+v, %v", report, h.entries())
	}
	for _, method := range []string{"sha1", "sha256", "sha384", "sha512"} {
		if h.stored("Aleppo by "+method) != 1 {
			t.Errorf("what was pushed by %s is not there once", method)
		}
	}
}

func TestADeliveryThatIsNotTheHubsIsIgnored(t *testing.T) {
	h := newHub(t)
	h.round()
	h.step()
	body := hubbed("9|Aleppo is false|Nothing.")
	mac := hmac.New(sha256.New, []byte("another secret"))
	mac.Write([]byte(body))
	wrong := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	for _, signature := range []string{wrong, "", "sha256=", "sha256=zz", "md5=00", "sha256"} {
		if code := h.post(body, signature, topicURL); code != http.StatusForbidden {
			t.Errorf("%q: %d", signature, code)
		}
	}
	mac = hmac.New(sha256.New, []byte(h.secret()))
	mac.Write([]byte(body))
	good := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	if code := h.post(body, good, "https://other.example/feed"); code != http.StatusForbidden {
		t.Errorf("of another topic: %d", code)
	}
	if code := h.post(body+" ", good, topicURL); code != http.StatusForbidden {
		t.Errorf("changed: %d", code)
	}
	if h.stored("Aleppo is false") != 0 || !h.standing().Delivered.IsZero() {
		t.Error("it is stored")
	}
	if code := h.send("<html>", "sha256", sha256.New); code != http.StatusUnprocessableEntity {
		t.Errorf("no feed: %d", code)
	}
	if code := h.send(strings.Repeat(" ", feeds.MaxBytes+1), "sha256", sha256.New); code != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", code)
	}
}

func TestAReplayBringsNothingBack(t *testing.T) {
	h := newHub(t)
	h.round()
	h.step()
	first, second := hubbed("9|Aleppo: four dead|Police say."), hubbed("9|Aleppo: five dead|Police say.")
	for _, body := range []string{first, second, first} {
		h.now = h.now.Add(time.Minute)
		if code := h.send(body, "sha256", sha256.New); code != http.StatusOK {
			t.Fatal(code)
		}
	}
	if h.stored("Aleppo: five dead") != 1 || h.stored("Aleppo: four dead") != 0 {
		t.Error("the old text is back")
	}
}

func TestASubscriptionIsRenewedBeforeItEnds(t *testing.T) {
	h := newHub(t)
	h.lease = "86400"
	h.round()
	h.step()
	first := h.standing()
	for h.now = h.now.Add(17 * time.Hour); len(h.asked) < 2 && h.now.Before(first.Until); h.now = h.now.Add(time.Hour) {
		h.step()
	}
	if len(h.asked) != 2 || h.last("callback") != first.Callback || h.last("secret") != first.Secret {
		t.Fatal(h.asked)
	}
	if sub := h.standing(); sub.Status != aggregator.Active || !sub.Until.After(first.Until) {
		t.Errorf("%+v", sub)
	}
	// A restart keeps it.
	h.restart()
	h.begin()
	h.step()
	if len(h.asked) != 2 || h.send(hubbed("9|Aleppo stays|Yes."), "sha256", sha256.New) != http.StatusOK {
		t.Error("the restart has lost it")
	}
	// A hub that is silent from now on: the lease ends, nothing is taken, all is tried again.
	h.mute = true
	h.now = h.now.Add(48 * time.Hour)
	if code := h.send(hubbed("8|Aleppo late|No."), "sha256", sha256.New); code != http.StatusGone {
		t.Errorf("after the lease: %d", code)
	}
	h.step()
	if sub := h.standing(); sub.Status != aggregator.Asked {
		t.Errorf("%+v", sub)
	}
}

func TestAHubThatFailsIsAskedMoreAndMoreRarely(t *testing.T) {
	h := newHub(t)
	h.round()
	h.refuse = errors.New("HTTP 500")
	for range 24 * 60 {
		h.step()
		h.now = h.now.Add(time.Minute)
	}
	// At once, after 10 minutes, an hour and 6 hours more, then once a day.
	if sub := h.standing(); len(h.asked) != 4 || sub.Status != aggregator.Failed || sub.Error != "HTTP 500" {
		t.Errorf("asked %d times: %+v", len(h.asked), sub)
	}
	h.refuse, h.mute = nil, true
	h.now = h.now.Add(24 * time.Hour)
	h.step()
	h.now = h.now.Add(25 * time.Hour)
	h.step()
	if sub := h.standing(); sub.Status != aggregator.Asked || !strings.Contains(sub.Error, "not asked back") {
		t.Errorf("%+v", sub)
	}
	h.mute = false
	h.now = h.now.Add(25 * time.Hour)
	h.step()
	if sub := h.standing(); sub.Status != aggregator.Active || sub.Error != "" || sub.Tries != 0 {
		t.Errorf("%+v", sub)
	}
}

func TestAHubMaySayNo(t *testing.T) {
	h := newHub(t)
	h.round()
	h.mute = true
	h.step()
	if code, _ := h.ask("denied", topicURL); code != http.StatusOK {
		t.Error(code)
	}
	sub := h.standing()
	if sub.Status != aggregator.Denied || sub.Error != "the hub says no: not today" {
		t.Errorf("%+v", sub)
	}
	if code := h.send(hubbed("9|Aleppo anyway|No."), "sha256", sha256.New); code != http.StatusGone {
		t.Error(code)
	}
	h.now = h.now.Add(6 * 24 * time.Hour)
	h.step()
	if len(h.asked) != 1 {
		t.Error("asked again within a week")
	}
	h.now = h.now.Add(2 * 24 * time.Hour)
	h.step()
	if len(h.asked) != 2 {
		t.Error("not asked again")
	}
}

func TestOnlyWhatWasAskedForIsConfirmed(t *testing.T) {
	h := newHub(t)
	h.round()
	h.mute = true
	h.step()
	for _, q := range [][2]string{{"subscribe", "https://other.example/"}, {"unsubscribe", topicURL}, {"", topicURL}, {"denied", ""}} {
		if code, body := h.ask(q[0], q[1]); code != http.StatusNotFound || strings.Contains(body, "challenge") {
			t.Errorf("%q: %d %s", q, code, body)
		}
	}
	h.asked[0].Set("hub.callback", "https://desk.example/websub/guessed")
	if code, _ := h.ask("subscribe", topicURL); code != http.StatusNotFound {
		t.Error(code)
	}
	if code := h.send("", "sha256", sha256.New); code != http.StatusGone {
		t.Errorf("an unknown callback: %d", code)
	}
	if sub := h.standing(); sub.Status != aggregator.Asked {
		t.Errorf("%+v", sub)
	}
}

func TestASourceThatIsRemovedIsUnsubscribed(t *testing.T) {
	for name, ends := range map[string]func(h *hub){
		"removed": func(h *hub) { h.plan = withoutSource(t, h.plan, "one") },
		"off":     func(h *hub) { h.plan.Config.Site.WebSub = false },
		"private": func(h *hub) { h.plan.Source("one").Private = true },
	} {
		h := newHub(t)
		h.round()
		h.step()
		ends(h)
		h.mute = true
		h.step()
		if len(h.asked) != 2 || h.last("mode") != "unsubscribe" || h.last("secret") != "" || h.last("callback") != h.asked[0].Get("hub.callback") {
			t.Fatalf("%s: %v", name, h.asked)
		}
		if code := h.send(hubbed("9|Aleppo after|No."), "sha256", sha256.New); code != http.StatusGone {
			t.Errorf("%s: %d", name, code)
		}
		if code, _ := h.ask("unsubscribe", topicURL); code != http.StatusOK || h.standing().Source != "" {
			t.Errorf("%s: %d, %+v", name, code, h.standing())
		}
		h.now = h.now.Add(24 * time.Hour)
		h.step()
		if len(h.asked) != 2 {
			t.Errorf("%s: asked again", name)
		}
	}
}

func TestAHubThatDoesNotConfirmALeaveIsForgotten(t *testing.T) {
	h := newHub(t)
	h.round()
	h.step()
	h.plan.Config.Site.WebSub, h.mute = false, true
	h.step()
	h.now = h.now.Add(2 * time.Hour)
	h.step()
	if h.standing().Source != "" || len(h.asked) != 2 {
		t.Errorf("%+v", h.standing())
	}
}

func TestAnotherHubIsAnotherSubscription(t *testing.T) {
	h := newHub(t)
	h.round()
	h.step()
	h.docs[topicURL] = strings.Replace(hubbed("1|Aleppo reopens|Shops open now."), "http://hub.", "https://second.", 1)
	h.now = h.now.Add(time.Hour)
	h.round()
	h.step()
	if len(h.to) != 2 || h.to[1] != "https://second.example/" || h.last("callback") == h.asked[0].Get("hub.callback") || h.last("secret") == h.asked[0].Get("hub.secret") {
		t.Error(h.to, h.asked)
	}
}

func TestPollsGetRareWhileAHubSendsAndOftenWhenItDoesNot(t *testing.T) {
	h := newHub(t)
	h.round()
	h.step()
	poll := func(rare bool, why string) {
		t.Helper()
		h.now = h.now.Add(25 * time.Hour)
		report, err := (&aggregator.Poller{
			Store: h.db, Client: serial{h.room}, Plan: h.active, Log: slog.New(slog.DiscardHandler), Now: h.clock, Hubs: h.subscriber,
		}).Once(t.Context())
		if err != nil || report.Failed != 0 {
			t.Fatal(report, err)
		}
		states, err := h.db.States(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		// How often without a hub is for the source's own rhythm: here under four hours.
		if got := states[0].NextPoll.Sub(h.now); rare != (got > 12*time.Hour) || !rare && got > 4*time.Hour || got > 26*time.Hour {
			t.Errorf("%s: the next poll comes in %s", why, got)
		}
	}
	poll(false, "a hub that has not sent yet")
	h.send(hubbed("9|Aleppo pushed|Yes."), "sha256", sha256.New)
	poll(true, "a hub that sends")
	h.docs[topicURL] = hubbed("10|Aleppo unsaid|The hub has not sent this.")
	poll(false, "a hub that has missed something")
	poll(false, "and has not sent since")
	h.send(hubbed("11|Aleppo said|Yes."), "sha256", sha256.New)
	h.plan.Config.Defaults.Fetch.Every = 10 * time.Hour
	poll(true, "at least once a day")
}

func TestAHubInTheHeadersGoesFirst(t *testing.T) {
	h := newHub(t)
	h.plan.Config.Sources[0].URL = topicURL
	p := &aggregator.Poller{Store: h.db, Client: headed{serial{h.room}}, Plan: h.active, Log: slog.New(slog.DiscardHandler), Now: h.clock}
	if _, err := p.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.step()
	if len(h.to) == 0 || h.to[0] != "https://one.example/hub" || h.last("topic") != "https://one.example/canonical" {
		t.Error(h.to, h.asked)
	}
}

// headed names a hub of its own in the headers of one feed.
type headed struct{ serial }

func (h headed) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	resp, err := h.serial.Get(ctx, r)
	if err == nil && r.URL == topicURL {
		resp.Hub, resp.Self = "/hub", "/canonical"
	}
	return resp, err
}

// withoutSource is a plan without a source.
func withoutSource(t *testing.T, plan *aggregator.Plan, id string) *aggregator.Plan {
	t.Helper()
	cfg := *plan.Config
	cfg.Sources = nil
	for _, s := range plan.Config.Sources {
		if s.ID != id {
			cfg.Sources = append(cfg.Sources, s)
		}
	}
	fewer, errs := aggregator.Compile(&cfg)
	if fewer == nil {
		t.Fatal(errs)
	}
	return fewer
}
