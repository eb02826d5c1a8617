package aggregator_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/store"
)

// A drawer is a store that gives the desk every entry whole, or counts those that
// come as numbers alone.
type drawer struct {
	*store.DB
	whole bool
	bare  *int
}

func (s drawer) Stories(ctx context.Context, stories, has []int64, single []string) ([]aggregator.Entry, []aggregator.Record, error) {
	if s.whole {
		single = nil
	}
	es, waiting, err := s.DB.Stories(ctx, stories, has, single)
	for _, e := range es {
		if e.Lead.Record == 0 {
			*s.bare++
		}
	}
	return es, waiting, err
}

// regroup gives the edition another group.
func (r *room) regroup(group string) {
	r.t.Helper()
	r.plan.Config.Editions[0].Group = group
	plan, errs := aggregator.Compile(r.plan.Config)
	if plan == nil {
		r.t.Fatal(errs)
	}
	r.plan = plan
}

// TestEntriesOfOtherItemsNeedNoReading files the same days, with an edition whose
// group changes and with orders by hand, with all entries of a story at hand and
// with those alone that show what is filed.
func TestEntriesOfOtherItemsNeedNoReading(t *testing.T) {
	bare, orders := 0, 0
	for seed := range uint64(6) {
		run := func(whole bool) []string {
			r := newRoom(t, `'Aleppo'`)
			dice := rand.New(rand.NewPCG(seed, 7))
			d := aggregator.NewDesk(drawer{r.db, whole, &bare}, r.active, slog.New(slog.DiscardHandler))
			d.Now = r.clock
			file := func() {
				if _, err := d.File(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			for poll := range 12 {
				r.now = start.Add(time.Duration(poll) * 3 * time.Hour)
				r.docs = wireDay(seed, poll)
				delete(r.docs, "https://two.example/feed") // whose items' numbers depend on which is saved first
				r.poll()
				if dice.IntN(3) == 0 {
					r.regroup([]string{"item", "item", "story", "copy"}[dice.IntN(4)])
				}
				r.now = r.now.Add(15 * time.Minute) // the minute is over, and what was held opens
				file()
				if poll > 1 {
					guid, other := fmt.Sprint("one-", dice.IntN(poll)), fmt.Sprint("one-", dice.IntN(poll))
					o := aggregator.Order{Kind: []string{aggregator.Drop, aggregator.Put, aggregator.Merge, aggregator.Split}[dice.IntN(4)], At: r.now, By: "anna", Source: "one", Key: r.key(guid)}
					switch o.Kind {
					case aggregator.Drop, aggregator.Put:
						o.Topic = "syria"
					case aggregator.Merge:
						o.With = r.ref(other)
					}
					if guid != other && r.db.Give(t.Context(), &o) == nil {
						orders++
					}
					file()
				}
			}
			all := r.told()
			for _, e := range r.shown() {
				all = append(all, fmt.Sprintf("%s part %d, %q after %+v", e.ID, e.Part, e.Lead.Title, e.Earlier))
			}
			slices.Sort(all)
			return all
		}
		if d := cmp.Diff(run(true), run(false)); d != "" {
			t.Errorf("seed %d: %s", seed, d)
		}
	}
	if bare < 100 || orders < 50 {
		t.Errorf("%d entries came as numbers and %d orders were given: the test shows little", bare, orders)
	}
}
