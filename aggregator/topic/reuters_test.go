package topic

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wiredesk/wiredesk/config"
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
// countries they are about, and that a stricter aim never finds what a broader
// one does not.
func TestCountriesOfReuters(t *testing.T) {
	docs := reuters(t)
	var broader []map[string]bool
	for _, aim := range []string{"broad", "standard", "strict"} {
		found := about(set(t, countryTopics(aim)...), docs)
		r := score(found, docs)
		t.Logf("%-8s micro %s, macro %s, %d items", aim, r.micro, r.macro, len(docs))
		for i := range broader {
			for id := range found[i] {
				if !broader[i][id] {
					t.Errorf("%s finds %s in %q, and the broader aim does not", aim, id, docs[i].Title)
				}
			}
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

func (c tally) figures() figures {
	return figures{c.hit / max(1, c.hit+c.wrong), c.hit / max(1, c.hit+c.missed), 2 * c.hit / max(1, 2*c.hit+c.wrong+c.missed)}
}

// figures are precision, recall and F1.
type figures struct{ p, r, f float64 }

func (f figures) String() string { return fmt.Sprintf("P %.3f R %.3f F1 %.3f", f.p, f.r, f.f) }

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
			switch about := slices.Contains(d.Places, c.id); {
			case about && found[i][c.id]:
				one.hit++
			case about:
				one.missed++
			case found[i][c.id]:
				one.wrong++
			}
		}
		f, n := one.figures(), float64(len(countries))
		r.by[c.id] = f
		r.macro.p, r.macro.r, r.macro.f = r.macro.p+f.p/n, r.macro.r+f.r/n, r.macro.f+f.f/n
		sum.hit, sum.wrong, sum.missed = sum.hit+one.hit, sum.wrong+one.wrong, sum.missed+one.missed
	}
	r.micro = sum.figures()
	return r
}
