package story

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// leastPairs is how many pairs of a kind the set must keep.
var leastPairs = map[string]int{
	"agency copy edited": 20, "agency copy cut and reordered": 20, "agency copy with own reporting": 20, "excerpt": 20,
	"spun 5 %": 20, "spun 10 %": 20, "spun 20 %": 20, "spun 30 %": 20, "spun 40 %": 20,
	"frame of another outlet": 20, "typography": 20, "edited, spun 10 % and framed": 20,
	"figure corrected": 20, "figure corrected (ar)": 3,
	"independent reports": 80, "two languages": 30, "same facts retold": 6, "same official statement": 6, "same statement and background": 6,
	"same background": 15, "same-shaped items": 25, "live blog": 10,
	"daily series": 10, "daily bulletin": 15, "daily bulletin, another outlet": 7,
}

func TestCopiesSetIsWhole(t *testing.T) {
	ps := goldPairs(t)
	kinds := map[string]int{}
	copies, langs, ids := 0, map[string]int{}, map[string]string{}
	for _, p := range ps {
		kinds[p.Kind]++
		if p.Copy {
			copies++
			langs[p.A.Lang]++
		}
		for _, g := range []goldText{p.A, p.B} {
			if g.ID == "" || g.Source == "" || g.Lang == "" || g.Title == "" || g.Text == "" || g.At.IsZero() {
				t.Errorf("%s: something is missing in %+v", p.Kind, g)
			}
			if was, ok := ids[g.ID]; ok && was != g.Text {
				t.Errorf("%s: two texts", g.ID)
			}
			ids[g.ID] = g.Text
		}
		if p.Copy && (p.A.Source == p.B.Source || p.A.Lang != p.B.Lang || !p.SameStory) {
			t.Errorf("%s %s: a copy is another outlet's, of the same story and language", p.Kind, p.B.ID)
		}
		if p.Copy && p.Kind != "typography" && p.A.Text == p.B.Text {
			t.Errorf("%s %s: nothing was changed", p.Kind, p.B.ID)
		}
	}
	if len(ps) < 420 || copies < 200 || len(ps)-copies < 200 {
		t.Errorf("%d pairs, %d of them copies: want 420 with 200 of each", len(ps), copies)
	}
	if langs["ar"] < 40 || langs["fr"] < 20 {
		t.Errorf("copies by language: %v, want 40 Arabic and 20 French", langs)
	}
	for kind, n := range leastPairs {
		if kinds[kind] < n {
			t.Errorf("%s: %d pairs, want %d", kind, kinds[kind], n)
		}
	}
	t.Logf("%d pairs, %d copies; copies by language %v", len(ps), copies, langs)
}

func TestCopiesSetIsTheSameEveryTime(t *testing.T) {
	if !reflect.DeepEqual(goldPairs(t), goldPairs(t)) {
		t.Error("two calls made two sets")
	}
}

// A base text is one that copies are made of.
func TestCopiesSetHasItsBaseTexts(t *testing.T) {
	long, events := map[string]int{}, map[string]int{}
	for _, r := range readGold[goldRow](t, "reports.jsonl") {
		n := len(words.Split(r.Text))
		if n < 80 || n > 350 {
			t.Errorf("%s: %d words", r.ID, n)
		}
		if n >= 100 {
			long[r.Lang]++
		}
		events[r.Event+" "+r.Lang]++
		if r.Statement != "" && !quotes(r.Text, 30) {
			t.Errorf("%s: its official statement has no 30 words", r.ID)
		}
	}
	if long["en"] < 40 || long["ar"] < 8 || long["fr"] < 5 {
		t.Errorf("base texts of 100 words: %v", long)
	}
	told := 0
	for _, n := range events {
		if n > 1 {
			told++
		}
	}
	if told < 25 {
		t.Errorf("%d events told more than once, want 25", told)
	}
}

// quotes says whether a text has n words between two quotation marks.
func quotes(text string, n int) bool {
	return slices.ContainsFunc(strings.Split(text, `"`), func(s string) bool {
		return !strings.Contains(s, "\n\n") && len(words.Split(s)) >= n
	})
}

func TestSpinningReplacesTheStatedShare(t *testing.T) {
	seen := 0
	for _, p := range goldPairs(t) {
		var want float64
		if n, _ := fmt.Sscanf(p.Kind, "spun %f", &want); n != 1 {
			continue
		}
		seen++
		if got := replaced(t, p); got < want-3 || got > want+3 {
			t.Errorf("%s: %.1f %% of the words replaced, want %.0f", p.B.ID, got, want)
		}
	}
	if seen < 100 {
		t.Errorf("%d spun copies, want 100", seen)
	}
}

// replaced is how many in a hundred of the longer words of A are others in B.
func replaced(t testing.TB, p goldPair) float64 {
	t.Helper()
	a, b := words.Split(p.A.Text), words.Split(p.B.Text)
	if len(a) != len(b) {
		t.Fatalf("%s: %d words made of %d", p.B.ID, len(b), len(a))
	}
	long, other := 0, 0
	for i := range a {
		if spinnable(a[i]) {
			long++
		}
		if a[i].Fold != b[i].Fold {
			other++
		}
	}
	return 100 * float64(other) / float64(long)
}
