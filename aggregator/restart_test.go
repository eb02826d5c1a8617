package aggregator_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
)

// wireDay is what two sources carry in the nth poll of a seed: short reports of a
// few events, some of them copied, told in words of their own and of the event.
func wireDay(seed uint64, poll int) map[string]string {
	docs := map[string]string{}
	for s, source := range []string{"one", "two"} {
		var items []string
		for back := range 4 {
			n := poll - back
			if n < 0 {
				break
			}
			r := rand.New(rand.NewPCG(seed, uint64(n*2+s)))
			event := rand.New(rand.NewPCG(seed, uint64(1000+r.IntN(6))))
			text := sayings(event, 14) + " " + sayings(r, 10)
			if r.IntN(3) == 0 { // the other's text
				text = sayings(event, 40)
			}
			items = append(items, fmt.Sprintf("%s-%d|Aleppo %s|%s", source, n, sayings(event, 3), text))
		}
		docs["https://"+source+".example/feed"] = rss(items...)
	}
	return docs
}

var saying = strings.Fields("bridge market school river convoy border prison hospital harvest bakery lira rain " +
	"council minister shelling truce refugees airport electricity winter camp soldiers students engineers mosque citadel museum " +
	"olive wheat tanker mine checkpoint amnesty currency teachers judges radio football train")

func sayings(r *rand.Rand, n int) string {
	ws := make([]string, n)
	for i := range ws {
		ws[i] = saying[r.IntN(len(saying))]
	}
	return strings.Join(ws, " ")
}

// told is who tells what with whom, by the items' keys: their numbers depend on
// which poll was saved first.
func (r *room) told() (all []string) {
	r.t.Helper()
	records, err := r.db.Came(r.t.Context(), time.Time{}, 0, 10_000)
	if err != nil {
		r.t.Fatal(err)
	}
	key := map[int64]string{}
	for _, rec := range records {
		key[rec.ID] = rec.Key
	}
	for _, rec := range records {
		rule, _, _ := strings.Cut(rec.Rule, ":")
		all = append(all, fmt.Sprint(rec.Key, " tells ", key[rec.Story], " copies ", key[rec.CopyOf], " by ", rule))
	}
	for _, e := range r.shown() {
		line := fmt.Sprint(e.ID, " ", e.Published, " ", e.Updated, " ", e.Lead.Key)
		for _, a := range e.Also {
			line += " " + a.Key
		}
		all = append(all, line)
	}
	slices.Sort(all)
	return all
}

// Memory is lost at any point, or at none: the same items in the same order are
// filed into the same stories and entries, in the same words.
func TestARestartFilesAsIfItHadNotHappened(t *testing.T) {
	const polls = 12
	joined := 0
	for seed := range uint64(4) {
		run := func(restart func(poll int) bool) []string {
			r := newRoom(t, `'Aleppo'`)
			log := slog.New(slog.DiscardHandler)
			d := aggregator.NewDesk(r.db, r.active, log)
			for poll := range polls {
				r.now = start.Add(time.Duration(poll) * 3 * time.Hour)
				r.docs = wireDay(seed, poll)
				r.poll()
				if restart(poll) {
					r.restart()
					d = aggregator.NewDesk(r.db, r.active, log)
				}
				d.Now = r.clock
				r.now = r.now.Add(15 * time.Minute) // the minute is over, and what was held opens
				if _, err := d.File(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			return r.told()
		}
		want := run(func(int) bool { return false })
		joined += strings.Count(strings.Join(want, "\n"), " by story") + strings.Count(strings.Join(want, "\n"), " by copy")
		for name, restart := range map[string]func(int) bool{
			"always":     func(int) bool { return true },
			"in between": func(poll int) bool { return poll == 3 || poll == 8 },
		} {
			if d := cmp.Diff(want, run(restart)); d != "" {
				t.Errorf("seed %d, restarted %s: %s", seed, name, d)
			}
		}
	}
	if joined < 20 {
		t.Errorf("only %d items joined others: the test shows little", joined)
	}
}
