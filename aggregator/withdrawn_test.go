package aggregator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
)

// atomOne is an Atom document of one source: entries "id|title|text", and the
// ids it takes back.
func atomOne(entries []string, gone ...string) string {
	var b strings.Builder
	b.WriteString(`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"><title>Feed</title>`)
	for _, id := range gone {
		b.WriteString(`<at:deleted-entry ref="` + id + `" when="2024-12-08T11:00:00Z"/>`)
	}
	for _, e := range entries {
		f := strings.SplitN(e, "|", 3)
		b.WriteString(`<entry><id>` + f[0] + `</id><link href="https://one.example/` + f[0] + `"/><title>` + f[1] +
			`</title><summary>` + f[2] + `</summary><updated>2024-12-08T09:00:00Z</updated></entry>`)
	}
	return b.String() + `</feed>`
}

func TestATombstoneUpstreamWithdrawsTheEntryUnderItsId(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	const url = "https://one.example/feed"
	both := []string{"a|Aleppo: Nassar did it|Nassar did it, they say.", "b|Aleppo bakes|Bread for all."}
	r.docs[url] = atomOne(both)
	r.round()
	before := r.entries()
	r.now = r.now.Add(2 * time.Hour)
	r.docs[url] = atomOne(both[1:], "a", "unheard-of")
	r.round()
	after := r.entries()
	if len(before) != 2 || len(after) != 2 {
		t.Fatalf("before %v, after %v", before, after)
	}
	withdrawn := 0
	for id, was := range before {
		if now := after[id]; now != was {
			withdrawn++
			if !strings.HasPrefix(now, "Withdrawn by one") {
				t.Errorf("%s: %q became %q", id, was, now)
			}
		}
	}
	if withdrawn != 1 {
		t.Errorf("%d entries changed, want 1", withdrawn)
	}
	for _, format := range []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON} {
		if strings.Contains(string(r.print(format).Body), "Nassar") {
			t.Errorf("%s still says what was withdrawn", format)
		}
	}
	version := r.print(feeds.Atom).ETag
	r.now = r.now.Add(2 * time.Hour)
	r.docs[url] += " " // the same once more, read anew
	r.round()
	if got := r.print(feeds.Atom).ETag; got != version {
		t.Error("a tombstone seen again changes the document")
	}
	records, err := r.db.Record(t.Context(), "a")
	if err != nil || len(records) != 1 {
		t.Fatal(records, err)
	}
	revisions, err := r.db.Revisions(t.Context(), records[0].ID)
	if err != nil || len(revisions) != 1 || revisions[0].Kind != aggregator.TakenBack {
		t.Errorf("revisions %+v, %v; want one, withdrawn", revisions, err)
	}
}

func TestCosmeticChangesAreStoredAndCauseNothing(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	const url = "https://one.example/feed"
	r.docs[url] = atomOne([]string{"a|Aleppo bakes|Bread for all. 12 views"})
	r.round()
	etag := r.print(feeds.Atom).ETag
	r.now = r.now.Add(2 * time.Hour)
	r.docs[url] = atomOne([]string{"a|Aleppo bakes|Bread for  all. 1812 views"})
	if report, round := r.round(); report.Tally.Changed != 1 || round.Filed != 0 {
		t.Errorf("poll %+v, desk %+v; want a changed item that nobody files again", report.Tally, round)
	}
	if r.print(feeds.Atom).ETag != etag {
		t.Error("the document changed")
	}
	r.now = r.now.Add(2 * time.Hour)
	r.docs[url] = atomOne([]string{"a|Aleppo bakes|Bread for nobody. 1812 views"})
	r.round()
	records, err := r.db.Record(t.Context(), "a")
	if err != nil || len(records) != 1 || records[0].Rev != 2 || records[0].Item.Text != "Bread for nobody. 1812 views" {
		t.Fatalf("%+v, %v", records, err)
	}
	revisions, err := r.db.Revisions(t.Context(), records[0].ID)
	if err != nil || len(revisions) != 1 || revisions[0].Rev != 2 || revisions[0].Kind != aggregator.Edited {
		t.Errorf("revisions %+v, %v", revisions, err)
	}
}
