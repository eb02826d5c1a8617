package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/story"
	"github.com/wiredesk/wiredesk/feeds"
)

// What the desk decided by is there again after a restart, byte for byte.
func TestSignaturesAndFrequenciesAreReadAsTheyWereStored(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	if err := db.Save(t.Context(), batch("one", noon, record("one", "g:1", "Ovens lit", noon))); err != nil {
		t.Fatal(err)
	}
	sig := story.Sign(&feeds.Item{Title: "Ovens lit in Aleppo", Text: "Bakers light their ovens again.", Lang: "en"})
	x := story.NewIndex()
	x.Add(story.Piece{Record: 1, Source: "one", At: noon, Came: noon, Signature: sig}, story.Verdict{Story: 1})
	frozen := x.Due(noon)
	if len(frozen) != 1 {
		t.Fatalf("%d frequencies are due", len(frozen))
	}
	f := aggregator.Filing{At: noon, Plan: "p", Frequencies: frozen, Decisions: []aggregator.Decision{{
		Record: 1, Rev: 1, Story: 1, Signature: &sig, Near: "nearest other story 4",
		Links: []story.Link{{Story: 9, Why: "same link"}},
	}}}
	if err := db.File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir)
	w, err := db.Window(t.Context(), noon)
	if err != nil || len(w.Placed) != 1 || len(w.Frequencies) != 1 {
		t.Fatalf("%d placed, %d frequencies, %v", len(w.Placed), len(w.Frequencies), err)
	}
	for name, pair := range map[string][2]interface {
		AppendBinary([]byte) ([]byte, error)
	}{
		"signature":   {&sig, &w.Placed[0].Piece.Signature},
		"frequencies": {&frozen[0], &w.Frequencies[0]},
	} {
		want, err := pair[0].AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := pair[1].AppendBinary(nil); err != nil || cmp.Diff(want, got) != "" {
			t.Errorf("%s: %v, %s", name, err, cmp.Diff(want, got))
		}
	}
	found, err := db.Record(t.Context(), "g:1")
	if err != nil || len(found) != 1 || found[0].Near != f.Decisions[0].Near || cmp.Diff(found[0].Links, f.Decisions[0].Links) != "" {
		t.Errorf("%+v, %v", found, err)
	}
}
