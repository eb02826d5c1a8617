package topic

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds/words"
)

func shared(t testing.TB, parts ...string) string {
	t.Helper()
	dir := os.Getenv("WIREDESK_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(append([]string{dir}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("WIREDESK_REQUIRE") == "all" {
			t.Fatal(err)
		}
		t.Skip("no shared test data: set WIREDESK_DATA")
	}
	return path
}

// TestCountriesOfReuters measures aboutness on 1987 news labelled with the
// countries they are about. The floors are just below what was reached when this
// was written. The aims of issue 4 are micro F1 .818 and macro .825 with standard,
// precision .90 with strict and recall .93 with broad. The second and the last are
// not reached: the texts here are cut at 500 characters and the labels are of
// whole ones, see TestWhatReutersCountriesCannotReach.
func TestCountriesOfReuters(t *testing.T) {
	docs := reuters(t)
	for _, row := range []struct {
		aim          string
		micro, macro figures // floors
	}{
		{"broad", figures{.79, .835, .815}, figures{.79, .825, .80}},
		{"standard", figures{.845, .81, .828}, figures{.84, .805, .815}},
		{"strict", figures{.96, .69, .805}, figures{.955, .66, .775}},
	} {
		found := about(set(t, countryTopics(row.aim)...), docs)
		r := score(found, docs)
		t.Logf("%-8s micro %s, macro %s, %d items", row.aim, r.micro, r.macro, len(docs))
		for _, c := range countries {
			t.Logf("%-8s %-13s %s", row.aim, c.id, r.by[c.id])
		}
		if !r.micro.reach(row.micro) || !r.macro.reach(row.macro) {
			t.Errorf("%s: micro %s, macro %s; want at least %s and %s", row.aim, r.micro, r.macro, row.micro, row.macro)
		}
	}
}

// No rule of the engine finds a country that nothing in the text names. This
// counts labels of which no term of the list stands in the item, not even inside
// a longer word: what is left is the recall that broad could reach at most with
// these lists, and broad reaches all of it but what stands inside other words, or is
// ignored. Most of the rest are cut texts.
func TestWhatReutersCountriesCannotReach(t *testing.T) {
	labels, silent, cut := 0, 0, 0
	var missed tally
	docs := reuters(t)
	found := about(set(t, countryTopics("broad")...), docs)
	for i, d := range docs {
		text := words.Fold(d.Title + " " + d.Text)
		for _, c := range countries {
			if !slices.Contains(d.Places, c.id) {
				continue
			}
			labels++
			missed.count(found[i][c.id], true)
			if !slices.ContainsFunc(names(list("en", c.strong...)), func(n string) bool { return strings.Contains(text, words.Fold(n)) }) {
				silent++
				if len(d.Text) >= 450 { // cut at 500, at a blank
					cut++
				}
			}
		}
	}
	ceiling := 1 - float64(silent)/float64(labels)
	recall := missed.figures().r
	t.Logf("%d labels, %d (%.1f %%) without any mention, %d of them in texts that were cut: recall at most %.3f, broad has %.3f",
		labels, silent, 100*(1-ceiling), cut, ceiling, recall)
	if recall < ceiling-.01 {
		t.Errorf("broad finds %.3f of the labels, and %.3f have a mention", recall, ceiling)
	}
}

// A stricter aim finds nothing that a broader one does not.
func TestAStricterAimFindsLess(t *testing.T) {
	docs := reuters(t)
	aims := []string{"broad", "standard", "strict"}
	var broader []map[string]bool
	for _, aim := range aims {
		found, less := about(set(t, countryTopics(aim)...), docs), false
		for i := range broader {
			for id := range found[i] {
				if !broader[i][id] {
					t.Errorf("%s finds %s in %q, and the broader aim does not", aim, id, docs[i].Title)
				}
			}
			less = less || len(found[i]) < len(broader[i])
		}
		if broader != nil && !less {
			t.Errorf("%s finds no less", aim)
		}
		broader = found
	}
}

func countryTopics(aim string) (topics []*config.Topic) {
	for _, c := range countries {
		topics = append(topics, &config.Topic{
			ID: c.id, Aim: aim, Sources: []string{"*"},
			Strong: []config.List{list("en", c.strong...)}, Ignore: terms(c.ignore...),
		})
	}
	return topics
}

// about lists the topics of each item.
func about(s *Set, docs []labelled) []map[string]bool {
	all := make([]map[string]bool, len(docs))
	for i, d := range docs {
		all[i] = map[string]bool{}
		for _, m := range s.Match(news("en", d.Title, d.Text)) {
			if m.In {
				all[i][m.Topic] = true
			}
		}
	}
	return all
}

type labelled struct {
	Title  string
	Text   string
	Places []string
}

func reuters(t testing.TB) (docs []labelled) {
	f, err := os.Open(shared(t, "topics", "topic_reuters21578_places.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 10<<20)
	for sc.Scan() {
		var d struct {
			Title, Text, Body string
			Places            []string
		}
		if err := json.Unmarshal(sc.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, labelled{d.Title, d.Text + d.Body, d.Places})
	}
	return docs
}

// A tally counts what was found rightly, found wrongly, and missed.
type tally struct{ hit, wrong, missed float64 }

func (c *tally) count(found, about bool) {
	switch {
	case found && about:
		c.hit++
	case found:
		c.wrong++
	case about:
		c.missed++
	}
}

func (c tally) figures() figures {
	return figures{c.hit / max(1, c.hit+c.wrong), c.hit / max(1, c.hit+c.missed), 2 * c.hit / max(1, 2*c.hit+c.wrong+c.missed)}
}

// figures are precision, recall and F1.
type figures struct{ p, r, f float64 }

func (f figures) String() string { return fmt.Sprintf("P %.3f R %.3f F1 %.3f", f.p, f.r, f.f) }

func (f figures) reach(floor figures) bool { return f.p >= floor.p && f.r >= floor.r && f.f >= floor.f }

// A result is the figures over all decisions (micro), the mean of those of the
// topics (macro), and each topic's.
type result struct {
	micro, macro figures
	by           map[string]figures
}

func score(found []map[string]bool, docs []labelled) result {
	var sum tally
	r := result{by: map[string]figures{}}
	for _, c := range countries {
		var one tally
		for i, d := range docs {
			one.count(found[i][c.id], slices.Contains(d.Places, c.id))
		}
		f, n := one.figures(), float64(len(countries))
		r.by[c.id] = f
		r.macro.p, r.macro.r, r.macro.f = r.macro.p+f.p/n, r.macro.r+f.r/n, r.macro.f+f.f/n
		sum.hit, sum.wrong, sum.missed = sum.hit+one.hit, sum.wrong+one.wrong, sum.missed+one.missed
	}
	r.micro = sum.figures()
	return r
}
