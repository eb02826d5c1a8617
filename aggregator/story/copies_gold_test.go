package story

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The gold set of copies: pairs of texts that a person can say of, copy or no
// copy. Every text under testdata/copies was written for this project; copies
// are made of them by the rules of copies_made_test.go, the rest is paired as
// written.

// A goldText is one outlet's item.
type goldText struct {
	ID, Source, Lang, Title, Text string
	At                            time.Time
}

// A goldPair is two items and what a reader says of them.
type goldPair struct {
	Kind      string
	A, B      goldText
	Copy      bool // one repeats the other
	SameStory bool // both tell one piece of news; every copy does
}

// A goldRow is a line of testdata/copies. Rows of one event tell one piece of
// news, rows of one series only look alike.
type goldRow struct {
	goldText
	Event     string
	Series    string
	Kind      string // of the pairs within the series
	Statement string // the official statement that the text quotes in full
	Retells   string // the report whose facts it gives, all of them and no others, in other sentences
}

// goldPairs makes the whole set, the same at every call.
func goldPairs(t testing.TB) []goldPair {
	t.Helper()
	reports := readGold[goldRow](t, "reports.jsonl")
	made := newMaker(t, reports)
	var ps []goldPair
	ps = append(ps, made.copies()...)
	ps = append(ps, independent(reports)...)
	ps = append(ps, made.backgrounds()...)
	ps = append(ps, alike(readGold[goldRow](t, "series.jsonl"))...)
	return append(ps, bulletins(t)...)
}

// independent pairs the reports of each event: written apart, no copies.
func independent(reports []goldRow) (ps []goldPair) {
	for i, a := range reports {
		for _, b := range reports[i+1:] {
			if a.Event != b.Event {
				continue
			}
			p := goldPair{Kind: "independent reports", A: a.goldText, B: b.goldText, SameStory: true}
			switch {
			case b.Retells == a.ID:
				p.Kind = "same facts retold"
			case a.Lang != b.Lang:
				p.Kind = "two languages"
			case a.Statement != "" && a.Statement == b.Statement:
				p.Kind = "same official statement"
			}
			ps = append(ps, p)
		}
	}
	return ps
}

// alike pairs the rows of each series: same shape, different news.
func alike(rows []goldRow) (ps []goldPair) {
	for i, a := range rows {
		for _, b := range rows[i+1:] {
			if a.Series == b.Series {
				ps = append(ps, goldPair{Kind: a.Kind, A: a.goldText, B: b.goldText})
			}
		}
	}
	return ps
}

// readGold reads the lines of a file of testdata/copies.
func readGold[Row any](t testing.TB, name string) (rows []Row) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "copies", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dec := json.NewDecoder(bufio.NewReader(f))
	dec.DisallowUnknownFields()
	for dec.More() {
		var row Row
		if err := dec.Decode(&row); err != nil {
			t.Fatalf("%s: row %d: %v", name, len(rows)+1, err)
		}
		rows = append(rows, row)
	}
	return rows
}
