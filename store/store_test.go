package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/store"
)

var noon = time.Date(2024, 12, 8, 12, 0, 0, 0, time.UTC)

// open opens a directory; the tests run on whatever it answers, so that another
// engine can be the second one.
func open(t testing.TB, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func record(source, key, title string, at time.Time) aggregator.Record {
	return aggregator.Record{
		Source: source, Key: key, Keys: []string{key, "l:" + key}, Sum: []byte(title), Rev: 1, Published: at, FirstSeen: at, Changed: at,
		Item: feeds.Item{ID: key, Link: "https://" + source + ".example/" + key, Title: title, Published: at},
	}
}

func batch(source string, at time.Time, records ...aggregator.Record) aggregator.Batch {
	b := aggregator.Batch{At: at, Records: records, State: aggregator.State{
		Source: source, ETag: `W/"x"`, LastModified: "Sun, 08 Dec 2024 08:00:00 GMT", NextPoll: at.Add(time.Hour), LastPoll: at, LastOK: at,
		Last: aggregator.Tally{Fetched: len(records), New: len(records)},
	}}
	return b
}

// empty is a poll that found these keys gone.
func empty(source string, at time.Time, left ...string) aggregator.Batch {
	b := batch(source, at)
	b.Left = left
	return b
}

func save(t testing.TB, db *store.DB, b aggregator.Batch) {
	t.Helper()
	if err := db.Save(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func queue(t testing.TB, db *store.DB, plan string) []aggregator.Record {
	t.Helper()
	rs, err := db.Queue(t.Context(), aggregator.Due{Plan: plan, Now: noon}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// fileAll decides on whatever waits: in a story of its own, unless told to leave
// it out, with an entry in "ed".
func fileAll(t testing.TB, db *store.DB, plan string, at time.Time, unmatched ...string) {
	t.Helper()
	f := aggregator.Filing{Plan: plan, At: at, Changed: []aggregator.Issue{{Edition: "ed", Print: "look"}}}
	for _, r := range queue(t, db, plan) {
		d := aggregator.Decision{Record: r.ID, Rev: r.Rev, Story: r.ID, Matches: []topic.Match{{Topic: "x", In: true}}}
		for _, key := range unmatched {
			if key == r.Key {
				d.Story = 0
			}
		}
		f.Round.Filed++
		if d.Story == 0 {
			f.Round.Unmatched++
		} else {
			f.Round.Lead++
			f.Entries = append(f.Entries, aggregator.Entry{Edition: "ed", ID: "tag:" + r.Key, Story: r.ID, Part: 1, Published: r.Published,
				Updated: r.Published, Lead: aggregator.Telling{Record: r.ID, Title: r.Item.Title}})
		}
		f.Decisions = append(f.Decisions, d)
	}
	if err := db.File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func TestWhatOnePollChangesIsThereAfterAReopen(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	if err := db.Adopt(t.Context(), aggregator.Roster{Now: noon, URLs: map[string]string{"a": "https://a.example/feed", "b": "https://b.example/feed"}}); err != nil {
		t.Fatal(err)
	}
	b := batch("a", noon, record("a", "g:1", "One", noon), record("a", "g:2", "Two", noon))
	save(t, db, b)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir)
	states, err := db.States(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]aggregator.State{b.State, {Source: "b"}}, states); d != "" {
		t.Error(d)
	}
	var titles []string
	for _, r := range queue(t, db, "p") {
		titles = append(titles, r.Item.Title)
	}
	if d := cmp.Diff([]string{"One", "Two"}, titles); d != "" {
		t.Error(d)
	}
	due, err := db.Due(t.Context(), noon, 10, nil)
	if err != nil || len(due) != 1 || due[0].Source != "b" {
		t.Errorf("due %+v, %v; want b alone", due, err)
	}
}

func TestABatchThatFailsFailsAlone(t *testing.T) {
	db := open(t, t.TempDir())
	var wait sync.WaitGroup
	errs := make([]error, 40)
	for i := range errs {
		wait.Go(func() {
			b := batch(fmt.Sprint("s", i), noon, record(fmt.Sprint("s", i), "g:1", "x", noon))
			if i%4 == 0 {
				b.Records[0].Sum = nil // sum is required
			}
			errs[i] = db.Save(context.Background(), b)
		})
	}
	wait.Wait()
	for i, err := range errs {
		if (err != nil) != (i%4 == 0) {
			t.Errorf("batch %d: %v", i, err)
		}
	}
	if n := len(queue(t, db, "p")); n != 30 {
		t.Errorf("%d records, want 30", n)
	}
	if states, err := db.States(t.Context()); err != nil || len(states) != 30 {
		t.Errorf("%d states, want 30: a failed batch leaves nothing, %v", len(states), err)
	}
}

func TestACallerThatHasLeftSavesNothing(t *testing.T) {
	db := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Save(ctx, batch("a", noon, record("a", "g:1", "x", noon))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if n := len(queue(t, db, "p")); n != 0 {
		t.Errorf("%d records", n)
	}
}

func TestSavingTheSameTwiceIsSavingItOnce(t *testing.T) {
	db := open(t, t.TempDir())
	for range 2 { // as after a commit whose answer was lost
		save(t, db, batch("a", noon, record("a", "g:1", "One", noon)))
	}
	if n := len(queue(t, db, "p")); n != 1 {
		t.Errorf("%d records, want 1", n)
	}
}

func TestAnAliasLeadsToItsRecord(t *testing.T) {
	db := open(t, t.TempDir())
	save(t, db, batch("a", noon, record("a", "g:1", "One", noon)))
	b := batch("a", noon.Add(time.Hour))
	b.Keys = []aggregator.Seen{{Key: "g:moved", Record: 1}}
	b.Left = []string{"g:1"}
	save(t, db, b)
	seen, err := db.Seen(t.Context(), "a", []string{"g:moved"})
	if err != nil || len(seen) != 1 || seen[0].Record != 1 || string(seen[0].Sum) != "One" {
		t.Errorf("%+v, %v", seen, err)
	}
}

func TestARevisionGoesBackToTheQueueAndKeepsItsDates(t *testing.T) {
	db := open(t, t.TempDir())
	save(t, db, batch("a", noon, record("a", "g:1", "One", noon)))
	fileAll(t, db, "p", noon)
	if n := len(queue(t, db, "p")); n != 0 {
		t.Fatalf("%d wait after filing", n)
	}
	r := record("a", "g:1", "One, edited", noon.Add(time.Hour))
	r.ID = 1
	save(t, db, batch("a", noon.Add(time.Hour), r))
	waiting := queue(t, db, "p")
	if len(waiting) != 1 || waiting[0].Rev != 2 || waiting[0].FiledRev != 1 || !waiting[0].Published.Equal(noon) || waiting[0].Item.Title != "One, edited" {
		t.Errorf("%+v", waiting)
	}
}

func TestAnotherPlanQueuesEverything(t *testing.T) {
	db := open(t, t.TempDir())
	save(t, db, batch("a", noon, record("a", "g:1", "One", noon), record("a", "g:2", "Two", noon)))
	fileAll(t, db, "p", noon)
	if n := len(queue(t, db, "q")); n != 2 {
		t.Errorf("%d wait for another plan, want 2", n)
	}
}

func TestARevisionDuringFilingIsNotLost(t *testing.T) {
	db := open(t, t.TempDir())
	save(t, db, batch("a", noon, record("a", "g:1", "One", noon)))
	f := aggregator.Filing{Plan: "p", At: noon, Decisions: []aggregator.Decision{{Record: 1, Rev: 1}}}
	r := record("a", "g:1", "One, edited", noon)
	r.ID = 1
	save(t, db, batch("a", noon, r)) // between Queue and File
	if err := db.File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if n := len(queue(t, db, "p")); n != 1 {
		t.Errorf("%d wait, want the revision", n)
	}
}

func TestVersionsRiseAndNeverGoBack(t *testing.T) {
	db := open(t, t.TempDir())
	var last aggregator.Issue
	for i, at := range []time.Time{noon, noon, noon.Add(-time.Hour), noon.Add(300 * time.Millisecond), noon.Add(time.Minute)} {
		if err := db.File(t.Context(), aggregator.Filing{At: at, Changed: []aggregator.Issue{{Edition: "ed"}}}); err != nil {
			t.Fatal(err)
		}
		is, _, err := db.Edition(t.Context(), "ed", 10, 10, 0)
		if err != nil {
			t.Fatal(err)
		}
		if is.Version != int64(i+1) || !is.ChangedAt.Truncate(time.Second).After(last.ChangedAt) || is.ChangedAt.Nanosecond() != 0 {
			t.Errorf("round %d at %v: %+v after %+v", i, at, is, last)
		}
		last = is
	}
}

func TestAnEditionIsItsNewestAndItsSpanAndWhatNoArchiveBeforeItHolds(t *testing.T) {
	db := open(t, t.TempDir())
	var rs []aggregator.Record
	for i := range 120 { // in two archives, and twenty more
		rs = append(rs, record("a", fmt.Sprintf("g:%03d", i), "x", noon.Add(-time.Duration(i)*time.Hour)))
	}
	save(t, db, batch("a", noon, rs...))
	fileAll(t, db, "p", noon)
	for _, row := range []struct {
		least, most int
		span        time.Duration
		want        int
		before      int64
	}{
		{3, 500, 0, 20, 2}, {20, 500, 0, 20, 2}, {3, 500, 5 * time.Hour, 20, 2}, // never less than what is in no archive
		{21, 500, 0, 70, 1}, {3, 500, 20 * time.Hour, 70, 1}, {71, 500, 0, 120, 0}, {500, 500, 0, 120, 0}, // nothing that an archive before them repeats
		{30, 60, 0, 30, 2}, {3, 60, 40 * time.Hour, 41, 2}, {80, 60, 0, 60, 2}, // nor more than is allowed
	} {
		is, es, err := db.Edition(t.Context(), "ed", row.least, row.most, row.span)
		if err != nil || len(es) != row.want || es[0].ID != "tag:g:000" || is.Before != row.before || is.Archive != 2 {
			t.Errorf("%+v: %d entries, %+v, %v", row, len(es), is, err)
		}
		for i, e := range es {
			if e.ID != fmt.Sprintf("tag:g:%03d", i) {
				t.Errorf("%+v: entry %d is %s", row, i, e.ID)
			}
		}
	}
	if _, _, err := db.Edition(t.Context(), "none", 1, 1, 0); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("an edition never filed: %v", err)
	}
}

func TestWithdrawnEntriesAreGoneAndMayComeBack(t *testing.T) {
	db := open(t, t.TempDir())
	save(t, db, batch("a", noon, record("a", "g:1", "One", noon)))
	fileAll(t, db, "p", noon)
	if err := db.File(t.Context(), aggregator.Filing{At: noon, Withdrawn: []string{"tag:g:1"}}); err != nil {
		t.Fatal(err)
	}
	if es, _, err := db.Stories(t.Context(), []int64{1}, nil, nil); err != nil || len(es) != 0 {
		t.Errorf("%d entries, %v", len(es), err)
	}
	fileAll(t, db, "q", noon)
	if es, err := db.EntriesOf(t.Context(), 1); err != nil || len(es) != 1 {
		t.Errorf("%d entries, %v", len(es), err)
	}
}

func TestPruneKeepsWhatIsYoungShownOrStillCarried(t *testing.T) {
	db := open(t, t.TempDir())
	day := 24 * time.Hour
	save(t, db, batch("a", noon, record("a", "g:old", "x", noon), record("a", "g:carried", "x", noon), record("a", "g:matched", "x", noon)))
	fileAll(t, db, "p", noon, "g:old", "g:carried")
	later := batch("a", noon.Add(day))
	later.Left = []string{"g:old", "l:g:old", "g:matched", "l:g:matched"}
	save(t, db, later)
	save(t, db, batch("a", noon.Add(50*day), record("a", "g:fresh", "x", noon.Add(50*day))))
	fileAll(t, db, "p", noon.Add(50*day), "g:fresh")
	n, err := db.Prune(t.Context(), noon.Add(51*day), 30*day, 1000*day)
	if err != nil || n != 1 {
		t.Errorf("pruned %d, %v; want the old one alone", n, err)
	}
	seen, err := db.Seen(t.Context(), "a", []string{"g:old", "g:carried", "g:matched", "g:never"})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, k := range seen {
		got[k.Key] = k.Record
	}
	if d := cmp.Diff(map[string]int64{"g:carried": 2, "g:matched": 3}, got); d != "" {
		t.Errorf("g:old left its document 50 days ago and may be forgotten: %s", d)
	}
}

func TestAPrunedItemThatLeftTodayIsStillKnown(t *testing.T) {
	db := open(t, t.TempDir())
	day := 24 * time.Hour
	save(t, db, batch("a", noon, record("a", "g:1", "x", noon)))
	fileAll(t, db, "p", noon, "g:1")
	save(t, db, empty("a", noon.Add(31*day), "g:1", "l:g:1"))
	if n, err := db.Prune(t.Context(), noon.Add(62*day), 30*day, 1000*day); err != nil || n != 1 {
		t.Fatalf("pruned %d, %v", n, err)
	}
	seen, err := db.Seen(t.Context(), "a", []string{"g:1"})
	if err != nil {
		t.Fatal(err)
	}
	// 31 days after it left it may be forgotten; one prune earlier it was known.
	if len(seen) != 0 {
		t.Errorf("%+v", seen)
	}
	save(t, db, batch("b", noon, record("b", "g:1", "x", noon)))
	fileAll(t, db, "p", noon, "g:1")
	save(t, db, empty("b", noon.Add(31*day), "g:1", "l:g:1"))
	if n, err := db.Prune(t.Context(), noon.Add(31*day), 0, 0); err != nil || n != 0 {
		t.Fatalf("pruned %d, %v: it left this minute", n, err)
	}
	if n, err := db.Prune(t.Context(), noon.Add(32*day), time.Hour, time.Hour); err != nil || n != 1 {
		t.Fatalf("pruned %d, %v", n, err)
	}
	seen, err = db.Seen(t.Context(), "b", []string{"g:1"})
	if err != nil || len(seen) != 1 || seen[0].Record != 0 {
		t.Errorf("known %+v, %v; want known without a record", seen, err)
	}
}

func TestHostileTextIsStoredAsItIs(t *testing.T) {
	db := open(t, t.TempDir())
	r := record("a", "g:1", strings.Repeat("é", 1<<19), noon)
	r.Item.ID = strings.Repeat("x", 10_000)
	r.Item.Summary = "nul \x00, quote ' \" ; DROP TABLE records --"
	save(t, db, batch("a", noon, r))
	got, err := db.Record(t.Context(), r.Item.ID)
	if err != nil || len(got) != 1 {
		t.Fatal(len(got), err)
	}
	if d := cmp.Diff(r.Item, got[0].Item); d != "" {
		t.Error(d[:min(len(d), 500)])
	}
}

func TestASecondProcessIsToldOfTheFirst(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	_, err := store.Open(t.Context(), dir)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprint("process ", os.Getpid())) {
		t.Errorf("got %v", err)
	}
	r, err := store.OpenRead(t.Context(), dir)
	if err != nil {
		t.Fatalf("reading beside it: %v", err)
	}
	defer r.Close()
	if err := r.Save(t.Context(), batch("a", noon)); err == nil {
		t.Error("a reader saved")
	}
}

func TestADamagedDirectoryIsRefusedAndLeftAsItIs(t *testing.T) {
	for name, row := range map[string]struct {
		damage func(path string) error
		want   string
	}{
		"missing": {os.Remove, "is missing"},
		"empty":   {func(p string) error { return os.Truncate(p, 0) }, "is empty"},
		"a text":  {func(p string) error { return os.WriteFile(p, []byte("hello, this is no database"), 0o600) }, "not a database"},
		"newer": {func(p string) error {
			db, err := sql.Open("sqlite", p)
			if err != nil {
				return err
			}
			_, err = db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`)
			return errors.Join(err, db.Close())
		}, "newer wiredesk"},
	} {
		dir := t.TempDir()
		db := open(t, dir)
		save(t, db, batch("a", noon, record("a", "g:1", "x", noon)))
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "wiredesk.db")
		if err := row.damage(path); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(path)
		_, err := store.Open(t.Context(), dir)
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", name, err, row.want)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
			t.Errorf("%s: the file was written to", name)
		}
	}
	if _, err := store.OpenRead(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "wiredesk run") {
		t.Errorf("reading nothing: %v", err)
	}
}

func TestADirectoryThatCannotBeWrittenIsAClearError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), filepath.Join(file, "data")); err == nil || !strings.Contains(err.Error(), "data directory") {
		t.Errorf("got %v", err)
	}
}

// A full disk is played by SQLite's own limit on the pages of a file.
func TestAFullDiskLosesNothingAndRecoversByItself(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	save(t, db, batch("a", noon, record("a", "g:1", "One", noon)))
	if err := db.Limit(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	big := record("b", "g:2", strings.Repeat("x", 1<<20), noon)
	err := db.Save(t.Context(), batch("b", noon, big))
	if err == nil || strings.Count(err.Error(), "is full, make room") != 1 {
		t.Fatalf("got %v", err)
	}
	if states, err := db.States(t.Context()); err != nil || len(states) != 1 {
		t.Errorf("%d states, %v: no validators without the items", len(states), err)
	}
	if err := db.Limit(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	save(t, db, batch("b", noon, big))
	if n := len(queue(t, db, "p")); n != 2 {
		t.Errorf("%d records, want 2", n)
	}
}

// TestKilledProcessesLoseNothingAcknowledged kills a child that saves in a loop
// and looks for every batch that it said was saved.
func TestKilledProcessesLoseNothingAcknowledged(t *testing.T) {
	dir := os.Getenv("WIREDESK_TEST_SAVE_IN")
	if dir != "" {
		saveForEver(t, dir)
		return
	}
	dir = t.TempDir()
	acknowledged := map[string]bool{}
	for range 5 {
		child := exec.Command(os.Args[0], "-test.run", "^TestKilledProcessesLoseNothingAcknowledged$")
		child.Env = append(os.Environ(), "WIREDESK_TEST_SAVE_IN="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		var all bytes.Buffer
		for bytes.Count(all.Bytes(), []byte("\n")) < 20 {
			piece := make([]byte, 512)
			n, err := out.Read(piece)
			if err != nil {
				t.Fatalf("the child ended: %v\n%s", err, all.String())
			}
			all.Write(piece[:n])
		}
		child.Process.Kill()
		child.Wait()
		lines := strings.Split(all.String(), "\n")
		for _, key := range lines[:len(lines)-1] {
			acknowledged[key] = true
		}
	}
	db := open(t, dir)
	stored := map[string]bool{}
	for _, r := range queue(t, db, "p") {
		stored[r.Key] = true
	}
	for key := range acknowledged {
		if !stored[key] {
			t.Errorf("%s was acknowledged and is gone", key)
		}
	}
	if len(acknowledged) < 100 {
		t.Errorf("%d acknowledged: the child did nothing", len(acknowledged))
	}
}

func saveForEver(t *testing.T, dir string) {
	db := open(t, dir)
	for i := 0; ; i++ {
		key := fmt.Sprintf("g:%d-%d", os.Getpid(), i)
		save(t, db, batch("a", noon, record("a", key, "x", noon)))
		fmt.Println(key)
	}
}

func BenchmarkSave(b *testing.B) {
	for name, parallel := range map[string]bool{"one at a time": false, "grouped": true} {
		b.Run(name, func(b *testing.B) {
			db := open(b, b.TempDir())
			var mu sync.Mutex
			n := 0
			next := func() aggregator.Batch {
				mu.Lock()
				defer mu.Unlock()
				n++
				var rs []aggregator.Record
				for i := range 30 {
					rs = append(rs, record("a", fmt.Sprintf("g:%d-%d", n, i), strings.Repeat("word ", 60), noon))
				}
				return batch(fmt.Sprint("s", n), noon, rs...)
			}
			b.ResetTimer()
			if parallel {
				b.SetParallelism(16)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := db.Save(context.Background(), next()); err != nil {
							b.Error(err)
						}
					}
				})
			} else {
				for b.Loop() {
					save(b, db, next())
				}
			}
			b.ReportMetric(float64(30*n)/b.Elapsed().Seconds(), "items/s")
		})
	}
}

// BenchmarkEmptyQueue is what every wake of the desk costs when nothing waits.
func BenchmarkEmptyQueue(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db := open(b, b.TempDir())
			for i := 0; i < n; i += 100 {
				var rs []aggregator.Record
				for j := range 100 {
					rs = append(rs, record("a", fmt.Sprint("g:", i+j), strings.Repeat("word ", 300), noon))
				}
				save(b, db, batch("a", noon, rs...))
				fileAll(b, db, "p", noon)
			}
			b.ResetTimer()
			for b.Loop() {
				if len(queue(b, db, "p")) != 0 {
					b.Fatal("something waits")
				}
			}
		})
	}
}
