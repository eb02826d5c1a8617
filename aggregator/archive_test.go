package aggregator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/feeds"
)

// series are entries with the numbers n down to 1, each with a full text of a size.
func series(n, size int) []Entry {
	es := shownEntries(n, "words")
	for i := range es {
		es[i].Number = int64(n - i)
		es[i].Lead.Content = "<p>" + strings.Repeat("full text & more ", size/20) + "</p>"
	}
	return es
}

func parsed(t *testing.T, doc *Document) *feeds.Feed {
	t.Helper()
	f, err := feeds.Parse(doc.Body, feeds.Meta{}, feeds.Known{})
	if err != nil || len(doc.Body) > maxDocument {
		t.Fatalf("%d bytes, %v", len(doc.Body), err)
	}
	return f
}

// No entry is ever left out of an archive: another document would have to hold it.
func TestAnArchiveOverTheLimitLosesTheLongestTextsAndNoEntry(t *testing.T) {
	p := deskPlan("story")
	for _, format := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
		es := series(50, 10<<10)
		for i := range 20 {
			es[i].Lead.Content = strings.Repeat(es[i].Lead.Content, 9)
		}
		doc, err := composeArchive(p, p.Edition("syria"), Issue{}, Archive{Number: 2, Prev: 1, ChangedAt: noon}, es, format)
		if err != nil {
			t.Fatal(err)
		}
		f := parsed(t, doc)
		full := 0
		for _, it := range f.Items {
			if strings.Contains(it.Content, "full text") {
				full++
			}
		}
		if len(f.Items) != 50 || full < 30 || full == 50 || f.Prev != "https://desk.example/syria/archive/1."+string(format) {
			t.Errorf("%s: %d entries, %d with their text, before it %s", format, len(f.Items), full, f.Prev)
		}
	}
}

// What no archive holds stays in its edition, whatever that costs the others.
func TestAnEditionOverTheLimitKeepsWhatNoArchiveHolds(t *testing.T) {
	p := deskPlan("story")
	for _, row := range []struct {
		n, size, min int
		issue        Issue
		prev         int
	}{
		{140, 5 << 10, 140, Issue{Archive: 2, ChangedAt: noon}, 0}, // all there is fits
		{140, 14 << 10, 45, Issue{Archive: 2, ChangedAt: noon}, 2}, // not the last of those in the second archive
		{140, 60 << 10, 40, Issue{Archive: 2, ChangedAt: noon}, 2}, // not even what is in none, with full texts
		{40, 60 << 10, 40, Issue{ChangedAt: noon}, 0},
	} {
		doc, err := compose(p, p.Edition("syria"), row.issue, series(row.n, row.size), feeds.Atom)
		if err != nil {
			t.Fatal(err)
		}
		f, prev := parsed(t, doc), ""
		if row.prev > 0 {
			prev = fmt.Sprintf("https://desk.example/syria/archive/%d.atom", row.prev)
		}
		if len(f.Items) < row.min || f.Items[39].ID != "tag:39" || f.Prev != prev {
			t.Errorf("%+v: %d entries, before them %q", row, len(f.Items), f.Prev)
		}
	}
}
