package store_test

import (
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

// A page that is gone withdraws its item, also when its feed has changed no word.
func TestAGonePageWithdrawsHoweverLittleTheTextHasChanged(t *testing.T) {
	db := open(t, t.TempDir())
	r := record("one", "g:1", "Ovens lit", noon)
	if err := db.Save(t.Context(), batch("one", noon, r)); err != nil {
		t.Fatal(err)
	}
	r.ID, r.Item.Title, r.Changed = 1, "OVENS LIT", noon.Add(time.Hour)
	r.Withdrawn = r.Changed
	if err := db.Save(t.Context(), batch("one", r.Changed, r)); err != nil {
		t.Fatal(err)
	}
	found, err := db.Record(t.Context(), "g:1")
	if err != nil || len(found) != 1 || !found[0].Withdrawn.Equal(r.Changed) || found[0].Rev != 2 {
		t.Errorf("%+v, %v", found, err)
	}
	all, err := db.Revisions(t.Context(), 1)
	if err != nil || len(all) != 1 || all[0].Kind != aggregator.TakenBack {
		t.Errorf("%+v, %v", all, err)
	}
}
