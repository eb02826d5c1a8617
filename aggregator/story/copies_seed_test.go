package story

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// seedPair is the seed article and its copy spun at 30 %: a word that the
// thesaurus knows by a synonym, another by itself written backwards, which no
// other text has. Names are left, as scrapers leave them.
func seedPair(t testing.TB) goldPair {
	t.Helper()
	dir := os.Getenv("WIREDESK_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	b, err := os.ReadFile(filepath.Join(dir, "seed", "republished-article.txt"))
	if err != nil {
		if os.Getenv("WIREDESK_REQUIRE") == "all" {
			t.Fatal(err)
		}
		t.Skip("no shared test data: set WIREDESK_DATA")
	}
	var paras []string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" {
			paras = append(paras, line)
		}
	}
	if len(paras) < 3 {
		t.Fatal("the seed article has no outlet, title and text")
	}
	a := goldText{
		ID: "seed", Source: paras[0], Lang: "en", Title: paras[1],
		Text: strings.Join(paras[2:], "\n\n"),
		At:   time.Date(2024, 12, 8, 9, 0, 0, 0, time.UTC),
	}
	spun := a
	spun.ID, spun.Source, spun.At = "seed~spun", "spinner", a.At.Add(5*time.Hour)
	spun.Text = readThesaurus(t).mangle(a, 30)
	return goldPair{Kind: "seed spun 30 %", A: a, B: spun, Copy: true, SameStory: true}
}

// mangle spins a text whatever words it has.
func (th thesaurus) mangle(g goldText, percent int) string {
	ws := words.Split(g.Text)
	long := 0
	var common []int
	for i, w := range ws {
		if !spinnable(w) {
			continue
		}
		long++
		if first, _ := utf8.DecodeRuneInString(w.Raw); !unicode.IsUpper(first) && backwards(w.Fold) != w.Fold {
			common = append(common, i)
		}
	}
	n := int(math.Round(float64(long*percent) / 100))
	chosen := draw(g.ID, common, min(n, len(common)))
	return replace(g.Text, ws, chosen, func(w words.Word) string {
		if s := th[[2]string{g.Lang, w.Fold}]; s != "" {
			return s
		}
		return backwards(w.Fold)
	})
}

func backwards(s string) string {
	rs := []rune(s)
	slices.Reverse(rs)
	return string(rs)
}

func TestSeedIsSpunAtThirty(t *testing.T) {
	p := seedPair(t)
	if got := replaced(t, p); got < 27 || got > 33 {
		t.Errorf("%.1f %% of the words replaced, want 30", got)
	}
	c, shared, shorter := shingleShare(p.A.Text, p.B.Text)
	t.Logf("containment %.2f, %d shingles shared, %d words", c, shared, shorter)
}
