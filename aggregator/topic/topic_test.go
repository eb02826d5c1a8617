package topic

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

func list(lang string, terms ...string) config.List {
	l := config.List{Lang: lang}
	for i, t := range terms {
		l.Terms = append(l.Terms, config.Term{Text: t, Path: fmt.Sprintf("%s[%d]", lang, i)})
	}
	return l
}

func terms(ts ...string) []config.Term { return list("all", ts...).Terms }

func syria() *config.Topic {
	return &config.Topic{
		ID: "syria", Aim: "standard", Sources: []string{"*"},
		Strong: []config.List{
			list("all", "=HTS"),
			list("en", "Syria", "Syrian*", "Damascus", "Aleppo", "Deir ez-Zor | Deir Ezzor", "Assad", `"white helmets"~2`, "/S-?300/i"),
			list("ar", "سوري*", "دمشق", "حلب", "دير الزور", "الأسد"),
			list("fr", "Syrie", "syrien*", "Damas", "Alep"), list("tr", "Suriye*", "Şam", "Halep", "İdlib"),
		},
		Weak:   []config.List{list("en", "Hama", "Homs", "=SDF"), list("ar", "الباب", "حماة")},
		Ignore: terms("Syrian hamster*", "Aleppo pepper", "Damascus, Virginia"), Reject: terms("title:horoscope"),
	}
}

func set(t testing.TB, topics ...*config.Topic) *Set {
	t.Helper()
	s, errs := Compile(topics)
	if s == nil {
		t.Fatal(errs)
	}
	return s
}

func match(t testing.TB, top *config.Topic, d Doc) Match {
	t.Helper()
	for _, m := range set(t, top).Match(d) {
		if m.Topic == top.ID {
			return m
		}
	}
	return Match{Topic: top.ID}
}

func news(lang, title, text string) Doc {
	return Doc{Source: "bbc", Item: &feeds.Item{Lang: lang, Title: title, Text: text}}
}

func TestScoreIsTitleAndLeadAndMentions(t *testing.T) {
	far := strings.Repeat("word ", 70)
	for name, row := range map[string]struct {
		title, text string
		want        float64
	}{
		"nothing":                   {"Rain", "Rain.", 0},
		"title":                     {"Syria", "", 3 + 1},
		"lead":                      {"Rain", "In Syria it rains.", 2 + 1},
		"title and lead":            {"Syria", "In Damascus.", 3 + 2 + 2},
		"the lead's last word":      {"Rain", strings.Repeat("word ", 59) + "Syria.", 2 + 1},
		"the word after the lead":   {"Rain", strings.Repeat("word ", 60) + "Syria.", 1},
		"one far down":              {"Rain", far + "Syria.", 1},
		"five far down":             {"Rain", far + "Syria, Syria, Syria, Syria, Syria.", 3},
		"everywhere":                {"Syria", "Syria, Damascus, Aleppo, Assad.", 3 + 2 + 3},
		"a weak one":                {"Hama", "", 1.5 + .5},
		"two weak ones that differ": {"Hama and Homs", "", 3 + 2},
		"one weak twice":            {"Hama, Hama", "", 1.5 + 1},
		"words of a phrase once":    {"Deir ez-Zor", "", 3 + 1},
	} {
		if got := match(t, syria(), news("en", row.title, row.text)).Score; got != row.want {
			t.Errorf("%s: %g, want %g", name, got, row.want)
		}
	}
}

func TestHomeTakeRejectAndSources(t *testing.T) {
	hama := news("en", "Hama reopens its market", "")
	hama.Home = "syria"
	if m := match(t, syria(), hama); !m.In || m.Score != 4 {
		t.Errorf("a weak term at home: %+v", m)
	}
	rain := news("en", "Rain", "")
	rain.Take = "syria"
	if m := match(t, syria(), rain); !m.In || m.By != "take" {
		t.Errorf("take: %+v", m)
	}
	stars := news("en", "Your horoscope", "Syria.")
	stars.Take = "syria"
	if m := match(t, syria(), stars); m.In || m.Veto != "title:horoscope" {
		t.Errorf("reject outranks take: %+v", m)
	}
	for pattern, want := range map[string]bool{"*": true, "bbc": true, "!bbc": false, "tag:agency": true, "afp": false, "!tag:agency": false} {
		top := syria()
		top.Sources = []string{pattern}
		d := news("en", "Syria", "")
		d.Tags = []string{"agency"}
		if m := match(t, top, d); m.In != want {
			t.Errorf("sources %s: in %v, want %v", pattern, m.In, want)
		}
	}
}

func TestListsApplyToTheirLanguage(t *testing.T) {
	for name, row := range map[string]struct {
		lang, title string
		want        bool
	}{
		"its own":                            {"fr", "Alep", true},
		"another list of the topic":          {"en", "Alep", false},
		"no list: every list of the script":  {"de", "Alep", true},
		"no list: diacritics are respected":  {"de", "Sam", false},
		"no list: the diacritic is there":    {"de", "Şam", true},
		"unknown language":                   {"", "Halep", true},
		"all languages":                      {"ar", "HTS", true},
		"Arabic without a list of its own":   {"fa", "دمشق", true},
		"Latin term in an Arabic item's way": {"ar", "Damascus", false},
	} {
		if m := match(t, syria(), news(row.lang, row.title, "")); m.In != row.want {
			t.Errorf("%s: in %v, want %v", name, m.In, row.want)
		}
	}
}

func TestFieldsOfATerm(t *testing.T) {
	it := feeds.Item{
		Title: "Rain", Summary: "<p>Clouds over Homs</p>", Text: "Rain falls.", Lang: "en", Link: "https://news.one.example/syria/1",
		Authors: []feeds.Person{{Name: "Lina Haddad"}}, Categories: []feeds.Category{{Term: "Middle East"}},
	}
	for term, want := range map[string]bool{
		"title:Rain": true, "intitle:falls": false, "summary:clouds": true, "body:falls": true, "body:clouds": false, "author:haddad": true, "tag:'x'": false,
		"tag:Middle East": true, "#east": true, "url:/syria/": true, "inurl:/iran/": false, "title:x | title:Rain": true, `url:"/syria/"`: true, "site:one.example": true, "site:ne.example": false, "source:bbc": true, "lang:en": true, "lang:fr": false,
	} {
		top := &config.Topic{ID: "x", Aim: "broad", Sources: []string{"*"}, Strong: []config.List{list("all", term)}}
		if m := match(t, top, Doc{Item: &it, Source: "bbc"}); m.In != want {
			t.Errorf("%s: in %v, want %v", term, m.In, want)
		}
	}
}

func TestReasonsShowTheWordsAsTheyStand(t *testing.T) {
	m := match(t, syria(), news("en", "SYRIAN voices", "From Deir  ez-Zor; a Syrian hamster."))
	var got []string
	for _, r := range m.Reasons {
		got = append(got, fmt.Sprintf("%s %s %s %q %d %g", r.List, r.Term, r.Field, r.Words, r.At, r.Points))
	}
	want := []string{
		`strong.en Syrian* title "SYRIAN" 0 1`, `strong.en Deir ez-Zor | Deir Ezzor body "Deir  ez-Zor" 1 1`, `ignore Syrian hamster* body "Syrian hamster" 5 0`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestANearMissIsKept(t *testing.T) {
	m := match(t, syria(), news("en", "Rain", strings.Repeat("word ", 70)+"Syria"))
	if m.In || m.Score != 1 || m.Need != 3 || len(m.Reasons) != 1 {
		t.Errorf("%+v", m)
	}
}

func TestStrictIsWithinStandardIsWithinBroad(t *testing.T) {
	word := rapid.SampledFrom([]string{"Syria", "Hama", "Homs", "rain", "Syrian", "hamster", "Aleppo", "pepper", "and", "horoscope", "."})
	text := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(word, 0, 90).Draw(t, "words"), " ") })
	sets := map[string]*Set{}
	for _, aim := range []string{"broad", "standard", "strict"} {
		top := syria()
		top.Aim = aim
		sets[aim] = set(t, top)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := news("en", text.Draw(t, "title"), text.Draw(t, "text"))
		in := func(aim string) bool {
			return slices.ContainsFunc(sets[aim].Match(d), func(m Match) bool { return m.In })
		}
		if in("strict") && !in("standard") || in("standard") && !in("broad") {
			t.Fatalf("strict %v, standard %v, broad %v", in("strict"), in("standard"), in("broad"))
		}
	})
}
