package topic

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// exampleTopic is the topic that wiredesk init writes.
func exampleTopic(t testing.TB) *config.Topic {
	t.Helper()
	cfg, errs := config.Parse("wiredesk.toml", config.Example(2026))
	if cfg == nil || len(cfg.Topics) == 0 {
		t.Fatal(errs)
	}
	return cfg.Topics[0]
}

// A spelling is how much of Arabic a plain comparison of words knows.
type spelling struct{ prefixes, folding bool }

// A plainTerm is one alternative of a term, cut into words.
type plainTerm struct {
	words []words.Word
	stem  bool
}

func plainTerms(terms []config.Term) (all []plainTerm) {
	for _, t := range terms {
		for alt := range strings.SplitSeq(t.Text, "|") {
			bare, stem := strings.CutSuffix(strings.TrimSpace(alt), "*")
			all = append(all, plainTerm{words.Split(bare), stem})
		}
	}
	return all
}

// finds compares word by word, without the engine: it is what the engine is
// measured against.
func (s spelling) finds(terms []plainTerm, ws []words.Word) bool {
	forms := make([][]string, len(ws))
	for i, w := range ws {
		forms[i] = []string{s.form(w)}
		if s.prefixes {
			forms[i] = append(forms[i], words.Stems(forms[i][0])...)
		}
	}
	for i := range forms {
		if slices.ContainsFunc(terms, func(t plainTerm) bool { return s.stands(t, forms[i:]) }) {
			return true
		}
	}
	return false
}

func (s spelling) form(w words.Word) string {
	if s.folding {
		return w.Fold
	}
	return w.Raw
}

// stands says whether a text, each word in its forms, begins with a term.
func (s spelling) stands(t plainTerm, forms [][]string) bool {
	if len(t.words) > len(forms) {
		return false
	}
	for j, w := range t.words {
		want, stem := s.form(w), t.stem && j == len(t.words)-1
		if !slices.ContainsFunc(forms[j], func(f string) bool { return f == want || stem && strings.HasPrefix(f, want) }) {
			return false
		}
	}
	return true
}

// TestArabicPrefixesAndFoldingFindMore counts, in two corpora of Arabic news, the
// items with a mention of Syria by the strong Arabic list of the example. What the
// engine finds is what a plain comparison with all spellings finds. Folding adds
// none here: these outlets write as the list does.
func TestArabicPrefixesAndFoldingFindMore(t *testing.T) {
	var list config.List
	for _, l := range exampleTopic(t).Strong {
		if l.Lang == "ar" {
			list = l
		}
	}
	s := set(t, &config.Topic{ID: "syria", Aim: "broad", Sources: []string{"*"}, Strong: []config.List{list}})
	plain := plainTerms(list.Terms)
	for _, row := range []struct {
		corpus []string
		floor  int     // items found
		gain   float64 // of them, found only by prefixes and folding
	}{
		{[]string{"stories", "stream_saudinewsnet_ar.jsonl"}, 102, .20},
		{[]string{"topics", "topic_ant_arabic.jsonl"}, 22, .08},
	} {
		found, items := map[spelling]int{}, arabicNews(t, row.corpus...)
		engine := 0
		for _, it := range items {
			if len(s.Match(it)) > 0 {
				engine++
			}
			title, text := words.Split(it.Item.Title), words.Split(it.Item.Text)
			for _, sp := range []spelling{{true, true}, {true, false}, {false, true}, {false, false}} {
				if sp.finds(plain, title) || sp.finds(plain, text) {
					found[sp]++
				}
			}
		}
		all, none := found[spelling{true, true}], found[spelling{}]
		gain := float64(all-none) / float64(max(1, all))
		t.Logf("%s, %d items: %d found; without prefixes %d, without folding %d, without both %d: %.0f %% missed without them",
			row.corpus[1], len(items), engine, found[spelling{folding: true}], found[spelling{prefixes: true}], none, 100*gain)
		if engine != all {
			t.Errorf("the engine finds %d items, a plain comparison %d", engine, all)
		}
		if engine < row.floor || gain < row.gain {
			t.Errorf("%s: %d found, gain %.2f; want at least %d and %.2f", row.corpus[1], engine, gain, row.floor, row.gain)
		}
	}
}

func arabicNews(t *testing.T, path ...string) (items []Doc) {
	t.Helper()
	f, err := os.Open(shared(t, path...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 10<<20)
	for sc.Scan() {
		var it struct{ Title, Text string }
		if err := json.Unmarshal(sc.Bytes(), &it); err != nil {
			t.Fatal(err)
		}
		items = append(items, news("ar", it.Title, it.Text))
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return items
}
