package aggregator_test

import (
	"bytes"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

// A world is origins in memory that note every breach of manners. Its time is
// that of a synctest bubble; the clock on the poller's wall is another thing.
type world struct {
	every time.Duration // the interval in the config

	mu       sync.Mutex // guards the rest
	sites    map[string]*site
	hosts    map[string]*origin
	up       time.Time            // when the poller was last started
	due      map[string]time.Time // by source: as the last saved state says, in real time
	wait     map[string]time.Duration
	requests int
	wrongs   map[string]int // breaches, by kind
	example  map[string]string
	lateBy   map[string]time.Duration
	polls    map[string]int // by kind
}

// A site is one feed.
type site struct {
	id, url, kind string
	gap           time.Duration // between two items
	began         time.Time
	asked         int
	notBefore     time.Time // by what it has answered
	etag          string    // of the last whole answer
}

// An origin is a host as it is being asked.
type origin struct {
	flying int
	start  time.Time
}

func newWorld(every time.Duration) *world {
	return &world{
		every: every, sites: map[string]*site{}, hosts: map[string]*origin{}, due: map[string]time.Time{},
		wait: map[string]time.Duration{}, wrongs: map[string]int{}, example: map[string]string{},
		lateBy: map[string]time.Duration{}, polls: map[string]int{},
	}
}

func (w *world) wrong(kind, format string, args ...any) {
	w.wrongs[kind]++
	if w.example[kind] == "" {
		w.example[kind] = fmt.Sprintf(format, args...)
	}
}

func (s *site) healthy() bool { return s.kind == "healthy" }

// RoundTrip answers as the site of the address does, after its time.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	s, host := w.enter(r)
	defer w.leave(host)
	if err := pause(r.Context(), s.latency()); err != nil {
		return nil, err
	}
	resp := s.answer(r)
	resp.Request = r
	w.promise(s, resp)
	return resp, nil
}

// enter notes a request and judges it.
func (w *world) enter(r *http.Request) (*site, *origin) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests++
	now := time.Now()
	host := w.hosts[r.URL.Host]
	if host == nil {
		host = &origin{}
		w.hosts[r.URL.Host] = host
	}
	if host.flying > 0 {
		w.wrong("two at once", "%s", r.URL)
	}
	if now.Sub(host.start) < time.Second {
		w.wrong("two in a second", "%s after %v", r.URL, now.Sub(host.start))
	}
	host.flying++
	host.start = now
	address := strings.TrimRight(r.URL.String(), "+") // a redirect adds one
	s := w.sites[address]
	if address != r.URL.String() {
		return s, host
	}
	if now.Before(s.notBefore) {
		w.wrong("too early", "%s (%s) by %v", s.id, s.kind, s.notBefore.Sub(now))
	}
	if got := r.Header.Get("If-None-Match"); got != "" && got != s.etag {
		w.wrong("validator", "%s (%s) sent %q, has %q", s.id, s.kind, got, s.etag)
	}
	w.judge(s, now)
	s.asked++
	w.polls[s.kind]++
	return s, host
}

// judge measures how late a source is asked, by what its state promised.
func (w *world) judge(s *site, now time.Time) {
	due, ok := w.due[s.id]
	if !ok {
		return // its first poll: all sources are due in the same moment
	}
	if due.Before(w.up) {
		due = w.up
	}
	late, allowed := now.Sub(due), w.wait[s.id]/20+5*time.Second
	if late < -time.Millisecond {
		w.wrong("before next_poll", "%s (%s) by %v", s.id, s.kind, -late)
	}
	w.lateBy[s.kind] = max(w.lateBy[s.kind], late)
	if s.healthy() && late > allowed {
		w.wrong("late", "%s by %v of %v", s.id, late, w.wait[s.id])
	}
}

func (w *world) leave(host *origin) {
	w.mu.Lock()
	defer w.mu.Unlock()
	host.flying--
}

// promise notes when the answer allows the next request.
func (w *world) promise(s *site, resp *http.Response) {
	w.mu.Lock()
	defer w.mu.Unlock()
	wait := w.every
	if resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusNotModified {
		var age int
		if _, err := fmt.Sscanf(resp.Header.Get("Cache-Control"), "max-age=%d", &age); err == nil {
			wait = max(wait, time.Duration(age)*time.Second)
		}
	}
	var seconds int
	if _, err := fmt.Sscanf(resp.Header.Get("Retry-After"), "%d", &seconds); err == nil {
		wait = max(wait, min(time.Duration(seconds)*time.Second, 7*24*time.Hour))
	}
	if s.kind != "redirect loop" {
		s.notBefore = time.Now().Add(wait)
	}
	bad := s.kind == "broken body" && s.asked%2 == 0 || s.kind == "huge body" || s.kind == "page"
	if resp.StatusCode == http.StatusOK && !bad {
		s.etag = resp.Header.Get("ETag")
	}
}

// book notes when a saved state is due.
func (w *world) book(b aggregator.Batch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := b.State.Source
	w.wait[id] = b.State.NextPoll.Sub(b.At)
	w.due[id] = time.Now().Add(w.wait[id])
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *site) latency() time.Duration {
	switch s.kind {
	case "timeout":
		return time.Hour
	case "slow":
		return 25 * time.Second
	}
	return 50*time.Millisecond + time.Duration(len(s.id)*s.asked%8)*25*time.Millisecond
}

// answer is what the site says now.
func (s *site) answer(r *http.Request) *http.Response {
	h := http.Header{}
	say := func(code int, body io.Reader) *http.Response {
		return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(body), ContentLength: -1, ProtoMajor: 1}
	}
	count := int(time.Since(s.began) / s.gap)
	h.Set("ETag", fmt.Sprintf(`W/"%d"`, count))
	h.Set("Content-Type", "application/rss+xml")
	switch s.kind {
	case "500":
		return say(http.StatusInternalServerError, strings.NewReader("oops"))
	case "404":
		return say(http.StatusNotFound, strings.NewReader("not here"))
	case "410":
		return say(http.StatusGone, strings.NewReader("for good"))
	case "429":
		if s.asked%3 != 0 {
			h.Set("Retry-After", []string{"7200", "0", "-5", "soon", "315360000"}[s.asked%5])
			return say(http.StatusTooManyRequests, strings.NewReader("slow down"))
		}
	case "redirect loop":
		h.Set("Location", r.URL.String()+"+")
		return say(http.StatusFound, strings.NewReader(""))
	case "huge body":
		return say(http.StatusOK, io.LimitReader(endless{}, 11<<20))
	case "page":
		h.Set("Content-Type", "text/html")
		return say(http.StatusOK, strings.NewReader("<!doctype html><title>Home</title>"))
	case "broken body":
		if s.asked%2 == 0 {
			return say(http.StatusOK, io.MultiReader(strings.NewReader("<rss><channel>"), broken{}))
		}
	case "new ETag":
		h.Set("ETag", fmt.Sprintf(`"%d.%d"`, count, s.asked))
	}
	if s.asked%4 == 0 {
		h.Set("Cache-Control", "max-age=5400")
	}
	if match := r.Header.Get("If-None-Match"); match != "" && match == h.Get("ETag") {
		return say(http.StatusNotModified, strings.NewReader(""))
	}
	return say(http.StatusOK, bytes.NewReader(s.document(count)))
}

// document holds the five newest items.
func (s *site) document(count int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<rss version="2.0"><channel><title>%s</title>`, s.id)
	for n := count; n > count-5; n-- {
		fmt.Fprintf(&b, `<item><guid>%d</guid><link>%s/%d</link><title>Item %d of %s</title><pubDate>%s</pubDate></item>`,
			n, s.url, n, n, s.id, s.began.Add(time.Duration(n)*s.gap).Format(time.RFC1123Z))
	}
	b.WriteString(`</channel></rss>`)
	return b.Bytes()
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A shelf is a store in memory for the poller alone: what it keeps survives a
// poller, as a file would.
type shelf struct {
	w *world

	mu     sync.Mutex // guards the rest
	states map[string]aggregator.State
	keys   map[string]map[string]aggregator.Seen
	habits map[string][]byte
	last   int64 // record
	queue  waitingStates
	items  int
}

func newShelf(w *world) *shelf {
	return &shelf{w: w, states: map[string]aggregator.State{}, keys: map[string]map[string]aggregator.Seen{}, habits: map[string][]byte{}}
}

func (s *shelf) Adopt(_ context.Context, r aggregator.Roster) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = nil
	for id := range r.URLs {
		st := s.states[id]
		st.Source = id
		if !st.NextPoll.IsZero() {
			st.NextPoll = st.NextPoll.Add(r.Step)
		}
		s.states[id] = st
		if !st.Gone {
			s.queue = append(s.queue, waitingState{st.NextPoll, id})
		}
	}
	heap.Init(&s.queue)
	return nil
}

func (s *shelf) Due(_ context.Context, now time.Time, limit int, but map[string]bool) (due []*aggregator.State, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var again []waitingState
	for len(s.queue) > 0 && len(due) < limit && !s.queue[0].next.After(now) {
		it := heap.Pop(&s.queue).(waitingState)
		if st := s.states[it.id]; st.NextPoll.Equal(it.next) && !st.Gone {
			if !but[it.id] {
				due = append(due, &st)
			}
			again = append(again, it)
		}
	}
	for _, it := range again {
		heap.Push(&s.queue, it)
	}
	return due, nil
}

func (s *shelf) Memory(_ context.Context, source string) (aggregator.Memory, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return aggregator.Memory{Keys: slices.Collect(maps.Values(s.keys[source])), Habits: s.habits[source]}, nil
}

func (s *shelf) Seen(_ context.Context, source string, keys []string) (seen []aggregator.Seen, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keys {
		if have, ok := s.keys[source][k]; ok {
			seen = append(seen, have)
		}
	}
	return seen, nil
}

func (s *shelf) Save(_ context.Context, b aggregator.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := b.State.Source
	if id == "" {
		return errors.New("a state of no source")
	}
	s.states[id] = b.State
	if !b.State.Gone {
		heap.Push(&s.queue, waitingState{b.State.NextPoll, id})
	}
	if b.Habits != nil {
		s.habits[id] = b.Habits
	}
	s.keep(id, b)
	s.w.book(b)
	return nil
}

// keep notes the keys of what a batch brings; what has left its document is
// forgotten, since in this world nothing comes back.
func (s *shelf) keep(id string, b aggregator.Batch) {
	if len(b.Records)+len(b.Keys) > 0 && s.keys[id] == nil {
		s.keys[id] = map[string]aggregator.Seen{}
	}
	for _, r := range b.Records {
		if r.ID == 0 {
			s.last++
			s.items++
			r.ID = s.last
		}
		for _, k := range r.Keys {
			s.keys[id][k] = aggregator.Seen{Key: k, Record: r.ID, Sum: r.Sum, Raw: r.Item.Raw}
		}
	}
	for _, k := range b.Keys {
		s.keys[id][k.Key] = k
	}
	for _, k := range b.Left {
		delete(s.keys[id], k)
	}
}

// waitingStates is a heap of states by their next poll; some are out of date.
type waitingStates []waitingState

type waitingState struct {
	next time.Time
	id   string
}

func (h waitingStates) Len() int           { return len(h) }
func (h waitingStates) Less(i, j int) bool { return h[i].next.Before(h[j].next) }
func (h waitingStates) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *waitingStates) Push(x any)        { *h = append(*h, x.(waitingState)) }
func (h *waitingStates) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
