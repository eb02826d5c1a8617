package aggregator_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wiredesk/wiredesk/aggregator"
)

// ref names the item of source one with this guid.
func (r *room) ref(guid string) *aggregator.Ref {
	return &aggregator.Ref{Source: "one", Key: r.key(guid)}
}

// give stores orders about items of source one, by guid, and files.
func (r *room) give(orders map[string]aggregator.Order) {
	r.t.Helper()
	var all []*aggregator.Order
	for _, guid := range slices.Sorted(maps.Keys(orders)) {
		o := orders[guid]
		o.At, o.By, o.Source, o.Key = r.now, "anna", "one", r.key(guid)
		all = append(all, &o)
	}
	if err := r.db.Give(r.t.Context(), all...); err != nil {
		r.t.Fatal(err)
	}
	r.file()
}

func TestMergedStoriesAreOneEntryUnderTheIdOfTheSecond(t *testing.T) {
	r := orderRoom(t)
	before := r.shown()
	first, second := before[0], before[1] // 1 and 2
	r.now = r.now.Add(time.Hour)
	r.give(map[string]aggregator.Order{"1": {Kind: aggregator.Merge, With: r.ref("2")}})
	got := r.shown()
	if len(got) != 1 || got[0].ID != second.ID || len(got[0].Also) != 1 || got[0].Also[0].Record != first.Lead.Record {
		t.Fatalf("%+v, want the entry of 2 with 1 beside it", got)
	}
	if !got[0].Updated.Equal(second.Updated) {
		t.Error("an outlet that joins moved updated")
	}
	if rec := r.record("1"); rec.Story != r.record("2").ID || !strings.Contains(rec.Rule, "merged by hand with item") {
		t.Errorf("story %d: %s", rec.Story, rec.Rule)
	}
	r.restart()
	r.configure(`'Aleppo', 'Homs'`)
	r.file()
	if d := cmp.Diff(got, r.shown()); d != "" {
		t.Errorf("after a restart and another plan: %s", d)
	}
	r.now = r.now.Add(time.Hour)
	r.give(map[string]aggregator.Order{"1": {Kind: aggregator.Split}})
	if d := cmp.Diff(before, r.shown(), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(aggregator.Entry{}, "Opened")); d != "" {
		t.Errorf("split does not undo it: %s", d)
	}
}

func TestSplitItemsStayTogetherWhateverOrderTheyAreFiledIn(t *testing.T) {
	for _, head := range []string{"1", "2"} {
		r := newRoom(t, `'Aleppo'`)
		r.docs["https://one.example/feed"] = rss("1|Aleppo reopens|Shops open.", "2|Aleppo airport|First flight.", "3|Aleppo bakes|Bread.")
		r.docs["https://two.example/feed"] = rss("9|Snow|Much of it.")
		r.round()
		r.give(map[string]aggregator.Order{
			"1": {Kind: aggregator.Merge, With: r.ref("3")},
			"2": {Kind: aggregator.Merge, With: r.ref("3")},
		})
		if got := r.shown(); len(got) != 1 || len(got[0].Also) != 2 {
			t.Fatalf("%+v, want one entry of three", got)
		}
		other := map[string]string{"1": "2", "2": "1"}[head]
		r.give(map[string]aggregator.Order{
			head:  {Kind: aggregator.Split},
			other: {Kind: aggregator.Merge, With: r.ref(head)},
		})
		if a, b, c := r.record("1").Story, r.record("2").Story, r.record("3").Story; a != b || a == c || a != r.record(head).ID {
			t.Errorf("head %s: stories %d, %d, %d", head, a, b, c)
		}
		if got := r.shown(); len(got) != 2 {
			t.Errorf("head %s: %d entries, want 2", head, len(got))
		}
	}
}

func TestMergingInACircleEnds(t *testing.T) {
	r := orderRoom(t)
	r.give(map[string]aggregator.Order{
		"1": {Kind: aggregator.Merge, With: r.ref("2")},
		"2": {Kind: aggregator.Merge, With: r.ref("1")},
	})
	if n := len(r.shown()); n == 0 || n > 2 {
		t.Errorf("%d entries", n)
	}
	if filed := r.file(); filed.Filed != 0 {
		t.Errorf("filed again and again: %+v", filed)
	}
}

// An order to merge stands for ever: also when the item that was named gets into a
// topic only later. Who was merged with one that waited comes along.
func TestAMergeWaitsForAnItemThatIsInNoTopicYet(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	r.docs["https://one.example/feed"] = rss("1|Aleppo reopens|Shops open.", "2|Aleppo airport|First flight.", "3|Cup final|Rain.")
	r.docs["https://two.example/feed"] = rss("9|Snow|Much of it.")
	r.round()
	r.give(map[string]aggregator.Order{
		"1": {Kind: aggregator.Merge, With: r.ref("2")},
		"2": {Kind: aggregator.Merge, With: r.ref("3")},
	})
	if got := r.shown(); len(got) != 1 || len(got[0].Also) != 1 {
		t.Fatalf("%+v, want 1 beside 2: 3 is in no topic", got)
	}
	r.now = r.now.Add(time.Hour)
	r.give(map[string]aggregator.Order{"3": {Kind: aggregator.Put, Topic: "syria"}})
	if got := r.shown(); len(got) != 1 || len(got[0].Also) != 2 {
		t.Errorf("%d entries: %+v, want one of all three", len(got), got)
	}
}
