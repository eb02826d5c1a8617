package aggregator

import (
	"errors"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// A hub is told of each version once; what changes within a minute goes together.
// One that fails is asked less and less often, and as it says itself.
func TestWhenAHubIsTold(t *testing.T) {
	ed := &config.Edition{ID: "syria", Hub: "https://hub.example/"}
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	at := func(p Ping, version int64, after time.Duration) bool {
		_, due := p.due(ed, version, now.Add(after))
		return due
	}
	p, due := Ping{}.due(ed, 3, now)
	if !due {
		t.Fatal("a hub that knows nothing is not told")
	}
	told := p.after(3, nil, now)
	if at(told, 3, time.Hour) || at(told, 4, 59*time.Second) || !at(told, 4, time.Minute) {
		t.Errorf("%+v", told)
	}
	failed := told
	var waits []time.Duration
	for range 12 {
		failed = failed.after(4, errors.New("the hub is away"), now)
		waits = append(waits, failed.Next.Sub(now))
	}
	if waits[0] != time.Minute || waits[1] != 2*time.Minute || waits[11] != pingMost || !failed.Since.Equal(now) || failed.Version != 3 {
		t.Errorf("%v, %+v", waits, failed)
	}
	if busy := told.after(4, &fetch.StatusError{Code: 503, RetryAfter: time.Hour}, now); !busy.Next.Equal(now.Add(time.Hour)) {
		t.Errorf("%+v", busy)
	}
	if good := failed.after(5, nil, now); good.Tries != 0 || good.Error != "" || good.Version != 5 {
		t.Errorf("%+v", good)
	}
	ed.Hub = "https://other.example/"
	if !at(told, 3, 0) {
		t.Error("another hub knows nothing, and is not told")
	}
	ed.Hub = "https://hub.example/"
	if !at(told, 2, 0) {
		t.Error("a restored database begins anew")
	}
}
