package aggregator_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/store"
)

// A tape is a store that notes what is filed.
type tape struct {
	*store.DB
	filed []aggregator.Filing
}

func (t *tape) File(ctx context.Context, f aggregator.Filing) error {
	t.filed = append(t.filed, f)
	return t.DB.File(ctx, f)
}

// TestWhatComesBackIsNotComparedAgain files an item when it comes and when its
// edition's hold is over: then it is in the entry, and what was decided of it
// stands without being decided again; after a restart it is still found.
func TestWhatComesBackIsNotComparedAgain(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	text := strings.Repeat("The bridge opens again after weeks of work by the council and the market is full. ", 3)
	r.docs["https://one.example/feed"] = rss("1|Aleppo reopens|" + text)
	log := slog.New(slog.DiscardHandler)
	poll := func() {
		t.Helper()
		p := &aggregator.Poller{Store: r.db, Client: serial{r}, Plan: r.active, Log: log, Now: r.clock}
		if _, err := p.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	tp := &tape{DB: r.db}
	desk := aggregator.NewDesk(tp, r.active, log)
	desk.Now = r.clock
	file := func(after time.Duration) (d []aggregator.Decision) {
		t.Helper()
		r.now, tp.filed = r.now.Add(after), nil
		if _, err := desk.File(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, f := range tp.filed {
			d = append(d, f.Decisions...)
		}
		return d
	}
	poll()
	came, back := file(time.Minute), file(20*time.Minute)
	if len(came) != 1 || len(back) != 1 || came[0].Again.IsZero() || !back[0].Again.IsZero() {
		t.Fatalf("came %+v, back %+v: want one item that waits, then does not", came, back)
	}
	if came[0].Signature == nil || back[0].Signature != nil {
		t.Errorf("signed %v, then %v: want once", came[0].Signature != nil, back[0].Signature != nil)
	}
	if diff := cmp.Diff(came[0].Matches, back[0].Matches); diff != "" || came[0].Story != back[0].Story || came[0].Rule != back[0].Rule {
		t.Errorf("%+v became %+v\n%s", came[0], back[0], diff)
	}
	r.restart()
	tp.DB = r.db
	desk = aggregator.NewDesk(tp, r.active, log)
	desk.Now = r.clock
	r.docs["https://two.example/feed"] = rss("2|Aleppo is open|" + text)
	r.now = r.now.Add(2 * time.Hour)
	poll()
	if late := file(time.Minute); len(late) != 1 || late[0].CopyOf != came[0].Record {
		t.Errorf("%+v: want a copy of item %d", late, came[0].Record)
	}
}

// A fragile store panics when it saves what one source says.
type fragile struct{ *store.DB }

func (s fragile) Save(ctx context.Context, b aggregator.Batch) error {
	if b.State.Source == "one" {
		panic("a defect")
	}
	return s.DB.Save(ctx, b)
}

func TestAPanicInSavingCostsOnlyItsSource(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	for _, source := range []string{"one", "two"} {
		r.docs["https://"+source+".example/feed"] = rss("1|Aleppo reopens|Shops open.")
	}
	p := &aggregator.Poller{Store: fragile{r.db}, Client: serial{r}, Plan: r.active, Log: slog.New(slog.DiscardHandler), Now: r.clock}
	report, err := p.Once(t.Context())
	if err != nil || report.Polled != 2 || report.Failed != 1 || report.Tally.New != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}
