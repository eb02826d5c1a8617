package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/store"
)

// entryOf is an entry that shows these records.
func entryOf(id string, title string, records ...int64) aggregator.Entry {
	e := aggregator.Entry{Edition: "ed", ID: id, Story: records[0], Part: 1, Published: noon, Updated: noon,
		Lead: aggregator.Telling{Record: records[0], Title: title, Published: noon}}
	for _, r := range records[1:] {
		e.Also = append(e.Also, aggregator.Telling{Record: r, Published: noon})
	}
	return e
}

func file(t *testing.T, db *store.DB, f aggregator.Filing) {
	t.Helper()
	f.At = noon.Add(time.Hour)
	if err := db.File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// readers answers what they see of "ed"; desk and why, what those do.
func readers(t *testing.T, db *store.DB) (all []string) {
	t.Helper()
	_, es, err := db.Edition(t.Context(), "ed", 100, 100, 0)
	if err != nil {
		t.Fatal(err)
	}
	return lines(es)
}

func desk(t *testing.T, db *store.DB) []string {
	t.Helper()
	es, _, err := db.Stories(t.Context(), []int64{1, 2, 3, 4, 5}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return lines(es)
}

func why(t *testing.T, db *store.DB, record int64) []string {
	t.Helper()
	es, err := db.EntriesOf(t.Context(), record)
	if err != nil {
		t.Fatal(err)
	}
	return lines(es)
}

func lines(es []aggregator.Entry) (all []string) {
	for _, e := range es {
		all = append(all, fmt.Sprintf("%s %s %d", e.ID, e.Lead.Title, 1+len(e.Also)))
	}
	slices.Sort(all)
	return all
}

// The desk goes on from what is staged; readers and why see it when it is shown.
func TestWhatIsStagedIsTheDesksAloneUntilItIsShown(t *testing.T) {
	db := open(t, t.TempDir())
	a, b, c := entryOf("a", "one", 1), entryOf("b", "two", 2), entryOf("c", "three", 3)
	file(t, db, aggregator.Filing{Entries: []aggregator.Entry{a, b, c}, Changed: []aggregator.Issue{{Edition: "ed"}}})
	before := readers(t, db)
	file(t, db, aggregator.Filing{Staged: true, Withdrawn: []string{"a"},
		Entries: []aggregator.Entry{entryOf("b", "two", 2, 5), entryOf("d", "four", 4)}})
	staged := []string{"b two 2", "c three 1", "d four 1"}
	if d := cmp.Diff(before, readers(t, db)); d != "" {
		t.Errorf("readers see what is staged: %s", d)
	}
	if d := cmp.Diff(staged, desk(t, db)); d != "" {
		t.Errorf("the desk: %s", d)
	}
	if len(why(t, db, 5)) != 0 || len(why(t, db, 4)) != 0 || len(why(t, db, 1)) != 1 {
		t.Error("why tells what is staged")
	}
	if is, err := db.Issues(t.Context()); err != nil || !is[0].Staged {
		t.Errorf("%+v, %v: want staged", is, err)
	}
	file(t, db, aggregator.Filing{Show: true})
	if d := cmp.Diff(staged, readers(t, db)); d != "" {
		t.Errorf("shown: %s", d)
	}
	if len(why(t, db, 5)) != 1 || len(why(t, db, 4)) != 1 || len(why(t, db, 1)) != 0 {
		t.Error("why does not tell what is shown")
	}
	if is, err := db.Issues(t.Context()); err != nil || is[0].Staged {
		t.Errorf("%+v, %v: want nothing staged", is, err)
	}
}

func TestStagingWhatReadersHaveStagesNothing(t *testing.T) {
	db := open(t, t.TempDir())
	a := entryOf("a", "one", 1)
	file(t, db, aggregator.Filing{Entries: []aggregator.Entry{a}, Changed: []aggregator.Issue{{Edition: "ed"}}})
	file(t, db, aggregator.Filing{Staged: true, Withdrawn: []string{"a"}, Entries: []aggregator.Entry{entryOf("d", "four", 4)}})
	file(t, db, aggregator.Filing{Staged: true, Withdrawn: []string{"d"}, Entries: []aggregator.Entry{a}})
	if is, err := db.Issues(t.Context()); err != nil || is[0].Staged {
		t.Errorf("%+v, %v: want nothing staged", is, err)
	}
	if d := cmp.Diff([]string{"a one 1"}, desk(t, db)); d != "" {
		t.Error(d)
	}
}

// What comes in meanwhile is published at once, unless it builds on what is not.
func TestNewsIsPublishedBesideWhatIsStaged(t *testing.T) {
	db := open(t, t.TempDir())
	file(t, db, aggregator.Filing{Entries: []aggregator.Entry{entryOf("a", "one", 1), entryOf("b", "two", 2)}, Changed: []aggregator.Issue{{Edition: "ed"}}})
	file(t, db, aggregator.Filing{Staged: true, Entries: []aggregator.Entry{entryOf("a", "one", 1, 3)}})
	file(t, db, aggregator.Filing{Entries: []aggregator.Entry{entryOf("a", "one", 1, 3, 4), entryOf("e", "news", 5)}})
	if d := cmp.Diff([]string{"a one 1", "b two 1", "e news 1"}, readers(t, db)); d != "" {
		t.Error(d)
	}
	file(t, db, aggregator.Filing{Withdrawn: []string{"a"}}) // by hand: at once
	if d := cmp.Diff([]string{"b two 1", "e news 1"}, readers(t, db)); d != "" {
		t.Error(d)
	}
	file(t, db, aggregator.Filing{Show: true})
	if d := cmp.Diff([]string{"b two 1", "e news 1"}, readers(t, db)); d != "" {
		t.Error(d)
	}
}

// Nothing waits behind a changed topic's work on the past, and that goes in the
// order in which it came, whatever plans had filed it.
func TestTheQueueHasTheNewBeforeThePast(t *testing.T) {
	db := open(t, t.TempDir())
	next := func(plan string) (ids []int64) {
		t.Helper()
		rs, err := db.Queue(t.Context(), aggregator.Due{Plan: plan, Now: noon}, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rs {
			ids = append(ids, r.ID)
		}
		return ids
	}
	done := func(plan string, ids ...int64) {
		f := aggregator.Filing{Plan: plan}
		for _, id := range ids {
			f.Decisions = append(f.Decisions, aggregator.Decision{Record: id, Rev: 1})
		}
		file(t, db, f)
	}
	past := func(plan string, want int) {
		t.Helper()
		if n, err := db.Past(t.Context(), plan); err != nil || n != want {
			t.Errorf("%d of the past of %s, %v; want %d", n, plan, err, want)
		}
	}
	save(t, db, batch("a", noon, record("a", "g:1", "x", noon), record("a", "g:2", "x", noon), record("a", "g:3", "x", noon),
		record("a", "g:4", "x", noon), record("a", "g:5", "x", noon), record("a", "g:6", "x", noon)))
	past("m", 0) // nobody has filed them yet
	done("m", 1, 2, 3, 4, 5, 6)
	past("m", 0)
	past("p", 6)
	done("b", 1, 3, 5) // a plan that was changed before it had come to an end
	save(t, db, batch("a", noon, record("a", "g:7", "x", noon)))
	past("n", 6)
	for _, step := range [][]int64{{7}, {1, 2}, {3, 4}, {5, 6}, nil} {
		if d := cmp.Diff(step, next("n")); d != "" {
			t.Error(d)
		}
		done("n", step...)
	}
	past("n", 0)
}

// A topic that is changed by mistake and changed back must find what it let go.
func TestWhatATopicLetsGoStaysThirtyDays(t *testing.T) {
	db := open(t, t.TempDir())
	day := 24 * time.Hour
	save(t, db, batch("a", noon, record("a", "g:1", "x", noon), record("a", "g:2", "x", noon)))
	fileAll(t, db, "p", noon, "g:2")
	save(t, db, empty("a", noon, "g:1", "l:g:1", "g:2", "l:g:2"))
	out := aggregator.Filing{Plan: "q", At: noon.Add(400 * day), Withdrawn: []string{"tag:g:1"},
		Decisions: []aggregator.Decision{{Record: 1, Rev: 1}, {Record: 2, Rev: 1}}}
	if err := db.File(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		days time.Duration
		want int
	}{{400, 1}, {429, 0}, {431, 1}} { // the one that was in no topic, none, the other
		if n, err := db.Prune(t.Context(), noon.Add(row.days*day), 30*day, 1000*day); err != nil || n != row.want {
			t.Errorf("day %d: pruned %d, %v; want %d", row.days, n, err, row.want)
		}
	}
}

// Of an edition in which each item has an entry of its own, the desk needs to know
// which entries there are, and to read those alone that show what it files.
func TestEntriesOfOtherItemsComeAsNumbers(t *testing.T) {
	db := open(t, t.TempDir())
	save(t, db, batch("a", noon, record("a", "g:1", "One", noon), record("a", "g:2", "Two", noon), record("a", "g:3", "Three", noon)))
	first, second, third := entryOf("e1", "One", 1), entryOf("e2", "Two", 2), entryOf("e3", "Three", 3)
	second.Story, third.Story, third.Part = 1, 1, 2
	third.Earlier = &aggregator.Earlier{ID: "e2", Title: "Two"}
	file(t, db, aggregator.Filing{Entries: []aggregator.Entry{first, second, third}})
	for name, row := range map[string]struct {
		has    []int64
		single []string
		want   []aggregator.Entry
	}{
		"another edition": {nil, []string{"other"}, []aggregator.Entry{first, second, third}},
		"no record":       {nil, []string{"ed"}, []aggregator.Entry{{ID: "e1", Edition: "ed", Story: 1, Part: 1}, {ID: "e2", Edition: "ed", Story: 1, Part: 1}, third}},
		"one record":      {[]int64{2}, []string{"ed"}, []aggregator.Entry{{ID: "e1", Edition: "ed", Story: 1, Part: 1}, second, third}},
	} {
		got, _, err := db.Stories(t.Context(), []int64{1}, row.has, row.single)
		if d := cmp.Diff(row.want, got); err != nil || d != "" {
			t.Errorf("%s: %v %s", name, err, d)
		}
	}
}

// The desk goes on from what is staged, and else from what readers have: each
// state that an entry may be in, and of each one that comes and one that does not.
func TestDeskSeesStagedEntriesAndThoseThatStand(t *testing.T) {
	db := open(t, t.TempDir())
	whole := `{"edition":"ed","id":"e","story":1}`
	for _, row := range []struct {
		staged    any
		withdrawn int64
		want      bool
	}{{nil, 0, true}, {nil, 7, false}, {"", 0, false}, {"", 7, false}, {whole, 0, true}, {whole, 7, true}} {
		file(t, db, aggregator.Filing{Entries: []aggregator.Entry{entryOf("e", "One", 1)}})
		if err := db.Mark(t.Context(), "e", row.staged, row.withdrawn); err != nil {
			t.Fatal(err)
		}
		for _, single := range [][]string{nil, {"ed"}} { // read whole, or not
			es, _, err := db.Stories(t.Context(), []int64{1}, nil, single)
			if err != nil || len(es) == 1 != row.want {
				t.Errorf("staged %v, withdrawn %d: %+v, %v", row.staged, row.withdrawn, es, err)
			}
		}
	}
}
