package aggregator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/store"
)

// pastRoom has enough items for several rounds of the desk. One in three tells of
// Aleppo, one in three of Homs, and half of the latter stand in both feeds.
func pastRoom(t *testing.T) *room {
	t.Helper()
	r := newRoom(t, `'Aleppo'`)
	var one, two []string
	for i := range 420 {
		place := []string{"Aleppo", "Homs", "Rain"}[i%3]
		text := strings.Repeat(fmt.Sprintf("%s report number %d of the day. ", place, i), 8)
		one = append(one, fmt.Sprintf("a%d|%s %d|%s", i, place, i, text))
		if i%6 == 1 {
			two = append(two, fmt.Sprintf("b%d|%s %d again|%s", i, place, i, text))
		}
	}
	r.docs["https://one.example/feed"], r.docs["https://two.example/feed"] = rss(one...), rss(two...)
	r.round()
	r.now = r.now.Add(time.Hour)
	return r
}

// A stepped is a store that calls step after each filing, and before it with
// done unset; an error from it ends the desk as a kill would.
type stepped struct {
	*store.DB
	step func(f aggregator.Filing, done bool) error
}

func (s stepped) File(ctx context.Context, f aggregator.Filing) error {
	if err := s.step(f, false); err != nil {
		return err
	}
	if err := s.DB.File(ctx, f); err != nil {
		return err
	}
	return s.step(f, true)
}

// fileStepped lets a desk without memory file what waits.
func (r *room) fileStepped(step func(f aggregator.Filing, done bool) error) error {
	d := aggregator.NewDesk(stepped{r.db, step}, r.active, slog.New(slog.NewTextHandler(&r.logs, nil)))
	d.Now = r.clock
	_, err := d.File(r.t.Context())
	return err
}

// poll saves what is due and files nothing.
func (r *room) poll() {
	r.t.Helper()
	p := &aggregator.Poller{Store: r.db, Client: serial{r}, Plan: r.active, Log: slog.New(slog.NewTextHandler(&r.logs, nil)), Now: r.clock}
	if _, err := p.Once(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// What a reader sees at each step of a changed topic: nothing of it, then all.
// What comes in meanwhile is filed by the new topic before the rest of the past,
// and published at once.
func TestReadersSeeAChangedTopicAtOnce(t *testing.T) {
	r := pastRoom(t)
	old := r.entries()
	document, version := r.print(feeds.Atom), r.version()
	r.configure(`'Homs'`)
	var steps []string
	news := ""
	see := func(f aggregator.Filing, done bool) error {
		if !done {
			return nil
		}
		now := r.entries()
		for id, v := range now {
			if old[id] == "" && strings.Contains(v, "news") {
				news = id
			}
		}
		switch {
		case len(steps) == 0 && bytes.Equal(r.print(feeds.Atom).Body, document.Body):
			steps = append(steps, "as before")
			r.docs["https://two.example/feed"] = rss("n|Homs news|Fresh.")
			r.now = r.now.Add(6 * time.Hour)
			r.poll()
			r.now = r.now.Add(15 * time.Minute) // its minute and its hold are over
		case len(now) == len(old) && news == "" && maps.Equal(now, old):
			steps = append(steps, "as before")
		case news != "" && now[news] == "Homs news 2024-12-08T11:00:00Z" && without(old, now) <= 1: // the oldest may drop out
			steps = append(steps, "and the news")
		case !strings.Contains(strings.Join(titles(now), " "), "Aleppo") && now[news] != "":
			steps = append(steps, "changed")
		default:
			steps = append(steps, "half changed")
		}
		return nil
	}
	if err := r.fileStepped(see); err != nil {
		t.Fatal(err)
	}
	// 490 items: the first 200, the news, the other 290, all at once.
	if d := cmp.Diff([]string{"as before", "and the news", "and the news", "and the news", "changed"}, steps); d != "" {
		t.Error(d)
	}
	if v := r.version() - version; v != 2 {
		t.Errorf("the version rose %d times: want one for the news and one for all the past", v)
	}
}

// without counts the entries that are not in now.
func without(old, now map[string]string) (n int) {
	for id := range old {
		if now[id] == "" {
			n++
		}
	}
	return n
}

func TestAStrictReaderSeesOnlyWhatIsReallyNew(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	r.docs["https://one.example/feed"] = rss("1|Aleppo reopens|Shops.", "2|Homs line repaired|Trains.", "3|Aleppo and Homs agree|Peace.", "4|Rain|Much.")
	r.docs["https://two.example/feed"] = rss("9|Cup final|Rain.")
	known := map[string]bool{}
	read := func() (fresh []string) {
		for id, v := range r.entries() {
			if !known[id] {
				fresh = append(fresh, v)
			}
			known[id] = true
		}
		slices.Sort(fresh)
		return fresh
	}
	r.round()
	if n := len(read()); n != 2 {
		t.Fatalf("%d entries at first", n)
	}
	first := r.entries()

	r.now = start.Add(5 * 24 * time.Hour)
	r.configure(`'Aleppo', 'Homs'`)
	r.restart()
	r.file()
	if d := cmp.Diff([]string{"Homs line repaired 2024-12-08T10:00:00Z"}, read()); d != "" {
		t.Errorf("a term more: %s", d)
	}
	both := r.entries()

	r.now = r.now.Add(time.Hour)
	r.configure(`'Homs'`)
	r.file()
	if got := strings.Join(titles(r.entries()), " "); strings.Contains(got, "reopens") || len(r.entries()) != 2 || read() != nil {
		t.Errorf("a term less: %s", got)
	}
	r.now = r.now.Add(time.Hour)
	r.configure(`'Aleppo', 'Homs'`)
	r.file()
	if d := cmp.Diff(both, r.entries()); d != "" || read() != nil {
		t.Errorf("put back: %s", d)
	}
	r.configure(`'Aleppo'`)
	r.file()
	if d := cmp.Diff(first, r.entries()); d != "" {
		t.Errorf("as at first: %s", d)
	}
}

func TestLateMatchesOlderThanTheWindowStandAlone(t *testing.T) {
	text := strings.Repeat("word after word of the very same dispatch ", 8)
	for days, want := range map[int][]string{
		13: {"2024-12-08T10:00:00Z"},
		15: {"2024-12-08T11:00:00Z", "2024-12-08T10:00:00Z"},
	} {
		r := newRoom(t, `'Aleppo'`)
		r.docs["https://one.example/feed"] = rss("1|Homs line repaired|" + text)
		r.docs["https://two.example/feed"] = rss("9|Rain|Much.", "2|Homs line repaired|"+text)
		r.round()
		r.now = start.Add(time.Duration(days) * 24 * time.Hour)
		r.configure(`'Homs'`)
		r.file()
		var dates []string
		for _, e := range r.shown() {
			if len(e.Also) != 2-len(want) || !e.Updated.Equal(e.Published) {
				t.Errorf("after %d days: %+v", days, e)
			}
			dates = append(dates, e.Published.Format(time.RFC3339))
		}
		if d := cmp.Diff(want, dates); d != "" {
			t.Errorf("after %d days: %s", days, d)
		}
	}
}

var errKilled = errors.New("killed")

// Wherever a stop falls, before or after a commit, readers see what they saw, and
// the next start ends where an undisturbed one does.
func TestAKillInTheMiddleOfThePastLeavesNoTrace(t *testing.T) {
	r := pastRoom(t)
	if err := r.db.Close(); err != nil {
		t.Fatal(err)
	}
	begun := r.dir
	again := func() { // as it was before
		t.Helper()
		r.dir = t.TempDir()
		if err := os.CopyFS(r.dir, os.DirFS(begun)); err != nil {
			t.Fatal(err)
		}
		r.open()
	}
	r.configure(`'Homs'`)
	again()
	before := r.print(feeds.Atom).Body
	calls := 0
	if err := r.fileStepped(func(aggregator.Filing, bool) error { calls++; return nil }); err != nil {
		t.Fatal(err)
	}
	want := r.state()
	r.db.Close()
	if calls < 8 {
		t.Fatalf("%d points to kill at: the past is too short", calls)
	}
	for at := range calls {
		again()
		n := 0
		err := r.fileStepped(func(aggregator.Filing, bool) error {
			if n++; n == at+1 {
				return errKilled
			}
			return nil
		})
		if !errors.Is(err, errKilled) {
			t.Fatalf("at %d: %v", at, err)
		}
		r.restart()
		if at < calls-1 && !bytes.Equal(r.print(feeds.Atom).Body, before) {
			t.Errorf("at %d of %d: readers see a change that is half done", at, calls)
		}
		r.file()
		if d := cmp.Diff(want, r.state()); d != "" {
			t.Errorf("at %d of %d: %s", at, calls, d)
		}
		r.db.Close()
	}
}

// state is all that a re-plan decides, as it stands in the store.
func (r *room) state() (all []string) {
	r.t.Helper()
	records, err := r.db.Came(r.t.Context(), time.Time{}, 0, 10_000)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, rec := range records {
		all = append(all, fmt.Sprint(rec.ID, rec.FiledRev, rec.FiledPlan, rec.FiledSeq, rec.Story, rec.CopyOf, rec.Rule, rec.Matches))
	}
	for _, e := range r.shown() {
		doc, err := json.Marshal(e)
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, string(doc))
	}
	issues, err := r.db.Issues(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return append(all, fmt.Sprint(issues))
}
