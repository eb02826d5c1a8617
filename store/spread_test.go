package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

func TestManyNewSourcesAreDueOneAfterTheOther(t *testing.T) {
	db := open(t, t.TempDir())
	adopt := func(ids []string) {
		t.Helper()
		if err := db.Spread(t.Context(), ids, noon, 20*time.Minute); err != nil {
			t.Fatal(err)
		}
		roster := aggregator.Roster{Now: noon, URLs: map[string]string{}}
		for _, id := range ids {
			roster.URLs[id] = "https://" + id + ".example/feed"
		}
		if err := db.Adopt(t.Context(), roster); err != nil {
			t.Fatal(err)
		}
	}
	due := func(at time.Time) int {
		t.Helper()
		states, err := db.Due(t.Context(), at, 10_000, nil)
		if err != nil {
			t.Fatal(err)
		}
		return len(states)
	}
	var ids []string
	for i := range 1000 {
		ids = append(ids, fmt.Sprintf("s%03d", i))
	}
	adopt(ids[:64]) // few: all at once
	if got := due(noon); got != 64 {
		t.Fatalf("%d of the first 64 are due", got)
	}
	adopt(ids)
	for after, want := range map[time.Duration]int{0: 128, 5 * time.Minute: 128 + 218, 10 * time.Minute: 128 + 436, 20 * time.Minute: 1000} {
		if got := due(noon.Add(after)); got < want-2 || got > want+2 {
			t.Errorf("%d are due after %s, want about %d", got, after, want)
		}
	}
	adopt(ids) // a restart moves nothing
	if got := due(noon); got != 128 {
		t.Errorf("%d are due after a restart", got)
	}
}
