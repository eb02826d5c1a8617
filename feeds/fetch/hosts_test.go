package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A ledger notes when requests start and how many are under way. Its origin takes
// took for each answer.
type ledger struct {
	took time.Duration

	mu     sync.Mutex // guards the rest
	begin  time.Time
	starts []string // "host@offset"
	inside map[string]int
	most   int // requests at once to one host
}

func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	l.starts = append(l.starts, fmt.Sprintf("%s@%s", r.URL.Host, time.Since(l.begin)))
	l.inside[hostPort(r.URL)]++
	l.most = max(l.most, l.inside[hostPort(r.URL)])
	l.mu.Unlock()
	select {
	case <-time.After(l.took):
	case <-r.Context().Done():
	}
	l.mu.Lock()
	l.inside[hostPort(r.URL)]--
	l.mu.Unlock()
	if r.URL.Path == "/moved" {
		http.Redirect(w, r, "/", http.StatusFound)
	}
}

// watched returns a client with the default gap, and what its origin sees.
func watched(t *testing.T, took time.Duration) (*Client, *ledger) {
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := &ledger{took: took, begin: time.Now(), inside: map[string]int{}}
	c.transport = memory{l}
	return c, l
}

// getAll asks all at once and waits for the answers.
func getAll(t *testing.T, c *Client, urls ...string) {
	var all sync.WaitGroup
	for _, url := range urls {
		all.Go(func() {
			if _, err := c.Get(t.Context(), Request{URL: url}); err != nil {
				t.Errorf("%s: %v", url, err)
			}
		})
	}
	all.Wait()
}

func TestOneHostIsAskedOnceASecond(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		took time.Duration
		urls []string
		want []string
	}{
		{"quick answers", 0, []string{"http://a.test/1", "http://a.test/2", "http://a.test/3"},
			[]string{"a.test@0s", "a.test@1s", "a.test@2s"}},
		{"slow answers", 3 * time.Second, []string{"http://a.test/1", "http://a.test/2"},
			[]string{"a.test@0s", "a.test@3s"}},
		{"other hosts and ports", 0, []string{"http://a.test/", "http://b.test/", "https://a.test/", "http://a.test:8080/"},
			[]string{"a.test:8080@0s", "a.test@0s", "a.test@0s", "b.test@0s"}},
		{"spellings of one", 0, []string{"http://a.test/", "http://A.TEST/"}, nil},
		{"redirects", 0, []string{"http://a.test/moved"}, []string{"a.test@0s", "a.test@1s"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, l := watched(t, tt.took)
				getAll(t, c, tt.urls...)
				slices.Sort(l.starts)
				if diff := cmp.Diff(tt.want, l.starts); tt.want != nil && diff != "" {
					t.Errorf("starts (-want +got):\n%s", diff)
				}
				if tt.want == nil && time.Since(l.begin) != time.Second {
					t.Errorf("two spellings of one host were asked within %s", time.Since(l.begin))
				}
				if l.most != 1 {
					t.Errorf("%d requests at once to one host", l.most)
				}
			})
		})
	}
}

func TestWaitingForAHostIsNotTheOriginsFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, l := watched(t, 25*time.Second)
		getAll(t, c, "http://a.test/1", "http://a.test/2", "http://a.test/3")
		if took := time.Since(l.begin); took != 75*time.Second {
			t.Errorf("three answers of 25 s took %s", took)
		}
	})
}

func TestTimeoutHoldsForAllHopsTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, l := watched(t, 20*time.Second)
		_, err := c.Get(t.Context(), Request{URL: "http://a.test/moved"})
		if err == nil || !strings.HasSuffix(err.Error(), "no whole answer within 30s") || time.Since(l.begin) != 30*time.Second {
			t.Errorf("got %v after %s", err, time.Since(l.begin))
		}
	})
}

func TestCrowdDoesNotShortenTheGap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, l := watched(t, 0)
		for i := range 3 * fewHosts {
			getAll(t, c, fmt.Sprintf("http://%d.test/", i))
		}
		getAll(t, c, "http://0.test/", "http://100.test/")
		if took := time.Since(l.begin); took != time.Second {
			t.Errorf("asked again after %s", took)
		}
	})
}

func TestWhoGivesUpWaitingDelaysNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, l := watched(t, 0)
		getAll(t, c, "http://a.test/1")
		gone, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
		defer cancel()
		var all sync.WaitGroup
		for range 3 { // one waits for the gap, two for their turn
			all.Go(func() {
				if _, err := c.Get(gone, Request{URL: "http://a.test/2"}); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v", err)
				}
			})
		}
		all.Wait()
		if took := time.Since(l.begin); took != 400*time.Millisecond {
			t.Errorf("gave up after %s", took)
		}
		getAll(t, c, "http://a.test/3")
		if want := []string{"a.test@0s", "a.test@1s"}; !slices.Equal(l.starts, want) {
			t.Errorf("starts %q, want %q", l.starts, want)
		}
	})
}

func TestHostsAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHosts(time.Second)
		keep, err := h.enter(t.Context(), "busy.test:80")
		if err != nil {
			t.Fatal(err)
		}
		for i := range 20_000 {
			done, err := h.enter(t.Context(), fmt.Sprintf("%d.test:80", i))
			if err != nil {
				t.Fatal(err)
			}
			done()
			time.Sleep(20 * time.Millisecond) // 50 hosts have their gap at any time
			if len(h.by) > 200 {
				t.Fatalf("%d hosts are remembered after %d", len(h.by), i)
			}
		}
		if h.by["busy.test:80"] == nil {
			t.Error("a host under way was forgotten: it could be asked twice at once")
		}
		keep()
	})
}
