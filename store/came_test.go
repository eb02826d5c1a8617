package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// A walk in batches meets every record once, in the order they came, however
// many came at one time and whatever came meanwhile.
func TestAWalkMeetsEachRecordOnce(t *testing.T) {
	db := open(t, t.TempDir())
	for i := range 7 {
		at := noon.Add(time.Duration(i/3) * time.Hour)
		save(t, db, batch(fmt.Sprint("s", i), at, record(fmt.Sprint("s", i), "k", "Title", at)))
	}
	var got []string
	from, after := noon.Add(time.Millisecond), int64(0)
	for {
		rs, err := db.Came(t.Context(), from, after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(rs) == 0 {
			break
		}
		for _, r := range rs {
			got = append(got, r.Source)
		}
		if len(got) == 2 {
			late := noon.Add(5 * time.Hour)
			save(t, db, batch("late", late, record("late", "k", "Title", late)))
		}
		from, after = rs[len(rs)-1].FirstSeen, rs[len(rs)-1].ID
	}
	if want := []string{"s3", "s4", "s5", "s6", "late"}; !slices.Equal(got, want) {
		t.Errorf("met %v, want %v", got, want)
	}
}
