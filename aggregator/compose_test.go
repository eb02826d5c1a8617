package aggregator

import (
	"encoding/json"
	"testing"

	"github.com/wiredesk/wiredesk/feeds"
)

func TestTheTextForPlainReadersIsSentencesInARow(t *testing.T) {
	e := Entry{Lead: Telling{Outlet: "One", Label: "state media"}}
	if got := plainBody(&e); got != "One (state media)" {
		t.Error(got)
	}
	e.Lead.Summary, e.Lead.Note, e.Lead.Remark = "It rains.", "It is dry.", "We asked."
	e.Earlier = &Earlier{Title: "Clouds", Link: "https://one.example/1"}
	if got := plainBody(&e); got != "One (state media): It rains. Updated: It is dry. Editor's note: We asked. Earlier: Clouds https://one.example/1" {
		t.Error(got)
	}
}

// Databases hold entries whose JSON was written before its names were small.
func TestAnEntryOfAnOlderDatabaseIsReadWhole(t *testing.T) {
	var e Entry
	old := `{"Edition":"syria","ID":"tag:x","Story":3,"Part":2,"Published":"2024-12-08T08:00:00Z","Lead":{"record":3,"feed":{"ID":"a","Title":"One","Link":"b","Self":"c"}},"Also":[{"record":4}],"Earlier":{"ID":"tag:y","Title":"Before","Link":"d"}}`
	if err := json.Unmarshal([]byte(old), &e); err != nil {
		t.Fatal(err)
	}
	if e.Edition != "syria" || e.ID != "tag:x" || e.Story != 3 || e.Part != 2 || e.Published.IsZero() || len(e.Also) != 1 ||
		e.Lead.Feed != (feeds.Origin{ID: "a", Title: "One", Link: "b", Self: "c"}) || *e.Earlier != (Earlier{"tag:y", "Before", "d"}) {
		t.Errorf("%+v", e)
	}
}
