package main

import (
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/store"
)

// What why shows is what the plan decides: asked again, it decides the same of
// every item of the demo.
func TestEveryItemOfTheDemoIsDecidedTheSameAgain(t *testing.T) {
	dir := t.TempDir()
	if code := execute(t.Context(), []string{"demo", "--once", "--dir", dir}, strings.NewReader(""), io.Discard, io.Discard); code != 0 {
		t.Fatalf("demo: exit %d", code)
	}
	n := checkAgain(t, filepath.Join(dir, "wiredesk.toml"))
	if n.items < 100 || n.in < 30 || n.missed == 0 {
		t.Errorf("%+v: the demo has more", n)
	}
}

// A verdictCount says what a store holds.
type verdictCount struct{ items, in, missed, rejected int }

// checkAgain judges every stored item anew and compares with what is stored,
// topic by topic and reason by reason, in the words of why --json.
func checkAgain(t *testing.T, path string) (n verdictCount) {
	t.Helper()
	var errs bytes.Buffer
	plan, err := compile(path, &errs)
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	db, err := store.OpenRead(t.Context(), below(plan.Config, plan.Config.Site.Data))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	from, after := time.UnixMilli(1), int64(0)
	for {
		records, err := db.Came(t.Context(), from, after, previewBatch)
		if err != nil {
			t.Fatal(err)
		}
		if len(records) == 0 {
			break
		}
		for _, r := range records {
			for _, m := range r.Matches {
				switch {
				case m.In:
					n.in++
				case m.Veto != "":
					n.rejected++
				default:
					n.missed++
				}
			}
			if was, is := marshal(t, r.Matches), marshal(t, plan.Match(&r)); was != is {
				t.Errorf("item %d of %s, %q:\nstored %s\nnow    %s", r.ID, r.Source, r.Item.Title, was, is)
			}
			n.items++
			from, after = r.FirstSeen, r.ID
		}
	}
	t.Logf("%+v", n)
	if totals, err := db.Totals(t.Context(), plan.Print); err != nil || totals.Records != n.items || totals.Waiting != 0 {
		t.Errorf("walked %d items: %+v, %v", n.items, totals, err)
	}
	return n
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// An item in no topic says how near the nearest one was, and by which words.
func TestWhyNamesTheNearestMiss(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "wiredesk.toml")
	if code := execute(t.Context(), []string{"demo", "--once", "--dir", dir}, strings.NewReader(""), io.Discard, io.Discard); code != 0 {
		t.Fatalf("demo: exit %d", code)
	}
	daemon, err := store.Open(t.Context(), filepath.Join(dir, "data")) // preview and why work beside it
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.Close()
	var out, errs bytes.Buffer
	execute(t.Context(), []string{"preview", "syria", "--json", "-c", config}, strings.NewReader(""), &out, &errs)
	var p struct{ Missed []struct{ Link string } }
	if err := json.Unmarshal(out.Bytes(), &p); err != nil || len(p.Missed) == 0 {
		t.Fatalf("no miss: %v %s", err, errs.String())
	}
	out.Reset()
	execute(t.Context(), []string{"why", p.Missed[0].Link, "-c", config}, strings.NewReader(""), &out, &errs)
	for _, want := range []string{"in no topic\n", "nearest: syria 2 of 3: title \"الباب\"\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, out.String())
		}
	}
}

func TestAnEmptyWindowSaysWhatToDo(t *testing.T) {
	for stored, want := range map[int]string{0: "start wiredesk run", 5: "none of the 5 items stored came in the last 7d: name a longer time"} {
		if got := nothingLooked(stored, "7d"); !strings.Contains(got, want) {
			t.Errorf("%d stored: %q lacks %q", stored, got, want)
		}
	}
}
