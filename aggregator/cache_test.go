package aggregator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

// A shelf is a store of editions that count how often they are read.
type shelf struct {
	Shelf              // has nothing, and is not asked
	mu      sync.Mutex // guards version
	version int64
	filed   atomic.Int64
	asked   atomic.Int64  // Issues
	read    atomic.Int64  // Edition
	hold    chan struct{} // until it is closed, no edition is read; nil for no wait
}

func (s *shelf) Filed() int64 { return s.filed.Load() }

func (s *shelf) Issues(context.Context) ([]Issue, error) {
	s.asked.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	return []Issue{{Edition: "syria", Version: s.version, ChangedAt: noon.Add(time.Duration(s.version) * time.Second)}}, nil
}

func (s *shelf) Edition(_ context.Context, id string, _, _ int, _ time.Duration) (Issue, []Entry, error) {
	s.read.Add(1)
	if s.hold != nil {
		<-s.hold
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return Issue{Edition: id, Version: s.version, ChangedAt: noon}, nil, nil
}

// raise is a change of the edition by another process, or by ours.
func (s *shelf) raise(ours bool) {
	s.mu.Lock()
	s.version++
	s.mu.Unlock()
	if ours {
		s.filed.Add(1)
	}
}

// press is one of editions with these ids.
func (s *shelf) press(ids ...string) *Press {
	plan := deskPlan("story")
	for _, id := range ids {
		plan.editions[id] = &config.Edition{ID: id, Formats: []string{"rss"}}
	}
	return &Press{Store: s, Plan: func() *Plan { return plan }}
}

// version prints the version of an edition, and nothing else.
func version(t *testing.T, p *Press) (print func(id string) (string, error)) {
	return func(id string) (string, error) {
		doc, err := p.Render(t.Context(), id, "rss", func(_ *Plan, _ *config.Edition, is Issue, _ []Entry) (*Document, error) {
			return NewDocument(fmt.Append(nil, is.Version), "text/plain", noon), nil
		})
		if err != nil {
			return "", err
		}
		return string(doc.Body), nil
	}
}

// What we file shows at once, what another process files within a second, and the database is asked no more often than that.
func TestAChangeShowsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		print := version(t, s.press("syria"))
		want := func(what, version string) {
			t.Helper()
			if got, err := print("syria"); got != version || err != nil {
				t.Errorf("%s: version %q, %v, want %s", what, got, err, version)
			}
		}
		want("at first", "0")
		for range 1000 {
			want("again", "0")
		}
		if s.asked.Load() != 1 || s.read.Load() != 1 {
			t.Errorf("asked %d times, read %d times", s.asked.Load(), s.read.Load())
		}
		s.raise(true)
		want("after our change", "1")
		s.raise(false)
		time.Sleep(trust)
		want("after another's change", "2")
		s.raise(false)
		s.raise(true)
		want("after both", "4")
	})
}

// A document that is printed of a later version than was known is kept: nobody
// gets an older one after it.
func TestNoDocumentIsOlderThanTheOneBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		p := s.press("syria")
		if _, err := p.now(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.raise(false) // between the look at the versions and that at the edition
		print := version(t, p)
		for range 3 {
			if got, err := print("syria"); got != "1" || err != nil {
				t.Errorf("version %q, %v", got, err)
			}
		}
		if s.read.Load() != 1 {
			t.Errorf("printed %d times", s.read.Load())
		}
	})
}

// Readers who come together wait for one printing.
func TestADocumentIsPrintedOnceForAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{hold: make(chan struct{})}
		print := version(t, s.press("syria"))
		got := make(chan string)
		for range 100 {
			go func() {
				v, err := print("syria")
				got <- fmt.Sprint(v, err)
			}()
		}
		synctest.Wait()
		close(s.hold)
		for range 100 {
			if v := <-got; v != "0<nil>" {
				t.Error(v)
			}
		}
		if s.read.Load() != 1 {
			t.Errorf("read %d times", s.read.Load())
		}
	})
}

// More editions than can be printed at once: a few are, the others are told to
// come again after a while, and then they are printed.
func TestTooMuchToPrintIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{hold: make(chan struct{})}
		var ids []string
		for i := range 3 * maxPrinting {
			ids = append(ids, fmt.Sprint("edition-", i))
		}
		print := version(t, s.press(ids...))
		failed := make(chan error)
		for _, id := range ids {
			go func() {
				_, err := print(id)
				failed <- err
			}()
		}
		begun := time.Now()
		for range 2 * maxPrinting {
			if err := <-failed; !errors.Is(err, ErrBusy) {
				t.Errorf("not busy: %v", err)
			}
		}
		if waited := time.Since(begun); waited != maxTurn || s.read.Load() != maxPrinting {
			t.Errorf("refused after %s while %d were printed", waited, s.read.Load())
		}
		close(s.hold)
		for range maxPrinting {
			if err := <-failed; err != nil {
				t.Error(err)
			}
		}
		for _, id := range ids {
			if _, err := print(id); err != nil {
				t.Error(err)
			}
		}
	})
}

// A printing that panics costs its reader only: the next one prints.
func TestAPanicInPrintingHoldsNobodyUp(t *testing.T) {
	plan := deskPlan("story")
	p := &Press{Store: &shelf{}, Plan: func() *Plan { return plan }}
	for range 2 * maxPrinting {
		func() {
			defer func() { _ = recover() }()
			_, err := p.Render(t.Context(), "syria", "rss", func(*Plan, *config.Edition, Issue, []Entry) (*Document, error) { panic("a bad entry") })
			t.Errorf("no panic, %v", err)
		}()
	}
	if _, err := p.Print(t.Context(), "syria", "rss"); err != nil {
		t.Error(err)
	}
}

// A coding is made when it is asked for, once, and counts in the cache.
func TestACodingIsMadeOnce(t *testing.T) {
	doc := NewDocument(bytes.Repeat([]byte("news of the day, "), 1000), "text/plain", noon)
	if doc.size() != len(doc.Body) {
		t.Errorf("%d bytes before any coding is asked for", doc.size())
	}
	size := len(doc.Body)
	for at, coding := range Codings {
		reps := make(chan *Representation)
		for range 20 {
			go func() {
				rep, err := doc.In(at)
				if err != nil {
					t.Error(err)
				}
				reps <- rep
			}()
		}
		first := <-reps
		for range 19 {
			if rep := <-reps; rep != first {
				t.Errorf("%s is made twice", coding)
			}
		}
		size += len(first.Body)
		if doc.size() != size {
			t.Errorf("with %s %d bytes, counted %d", coding, size, doc.size())
		}
	}
}

// A coding that saves nothing is not used.
func TestACodingThatSavesNothingIsNotUsed(t *testing.T) {
	noise := make([]byte, 4<<10)
	if _, err := rand.NewChaCha8([32]byte{}).Read(noise); err != nil {
		t.Fatal(err)
	}
	for at, coding := range Codings {
		if rep, err := NewDocument(noise, "image/x-noise", noon).In(at); rep != nil || err != nil {
			t.Errorf("%s: %v, %v", coding, rep, err)
		}
	}
}

// The cache starts anew when bodies and codings together are too much.
func TestTheCacheIsBoundedWithItsCodings(t *testing.T) {
	p := &Press{}
	big := func(i int) *printed {
		body := bytes.Repeat(fmt.Appendf(nil, "%d ", i), maxDocument/8)
		d := &printed{doc: NewDocument(body, "text/plain", noon)}
		d.doc.coded[0].size.Store(maxDocument) // as if
		return d
	}
	held := func() (n int) {
		for _, d := range p.cache {
			n += d.doc.size()
		}
		return n
	}
	for i := range 200 {
		p.hold(sheet{edition: "syria", format: fmt.Sprint(i)}, big(i))
		if held() > maxCache {
			t.Fatalf("%d bytes held after %d documents", held(), i)
		}
	}
	if len(p.cache) == 0 || len(p.cache) == 200 {
		t.Errorf("%d documents held", len(p.cache))
	}
}
