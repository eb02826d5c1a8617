package aggregator

import "testing"

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
