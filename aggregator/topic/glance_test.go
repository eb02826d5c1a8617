package topic

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

// TestAGlanceOverlooksNothing matches made items by a set that glances at them first
// and by one that does not. The texts are made of all that words are cut by.
func TestAGlanceOverlooksNothing(t *testing.T) {
	piece := rapid.SampledFrom([]string{
		" ", " ", " ", " ", "\n", "Syria", "syrian", "Syrians", "SYRIA", "Syri", "damascene", "Damascus", "army", "U.S", "u", "s", "3.5", "1,200", "n9", "_", "'", "’", "‘",
		".", ":", ",", "-", "–", "…", "“", "”", "«", "»", "\u00a0", "\u202f", "\u0301", "\u00ad", "\u200d", " Sy\u00adria", " S\u0301yria", "U.\u200dS", "Şam", "sam", "été", "ete", "ß", "ss", "ﬁ", "fi", "Ａ", "a", "K", "K",
		"سوريا", "والسوري", "北京", "カ", "😀", "\xff", "<b>", "</b>", "<p>", "&amp;", "hama", "Hamas", "abcdefgh", "abcdefghi", "abcdefghij",
	})
	text := func(most int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(piece, 0, most).Draw(t, "pieces"), "") })
	}
	term := rapid.SampledFrom([]string{
		"Syria", "Syrian*", "syri*", "=SYRIA", "Damascus", "damascus army", "U.S", "u.s*", "u.s.a*", "3.5", "1,200", "n9", "Şam", "sam", "été", "ete*", "ss", "fi", "k", "a b", "سوريا", "سوري*", "北京",
		`"syria army"~3`, "title:army", "hama", "abcdefgh", "abcdefghi*", "abcdefghij", "'", "1*", "12*", "=Şam*",
	})
	overlooked, met, checks := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var topics []*config.Topic
		for i := range rapid.IntRange(1, 3).Draw(t, "topics") {
			top := &config.Topic{ID: fmt.Sprint(i), Aim: "broad", Strong: []config.List{list(rapid.SampledFrom([]string{"en", "all", "ar"}).Draw(t, "lang"), rapid.SliceOfN(term, 1, 3).Draw(t, "terms")...)}}
			top.Query = config.Term{Text: rapid.SampledFrom([]string{"", "", "", "syria", "NOT army", "topic:0", "/b/", "lang:en"}).Draw(t, "query")}
			topics = append(topics, top)
		}
		glancing, errs := Compile(topics)
		if glancing == nil {
			t.Skip(errs)
		}
		reading, _ := Compile(topics)
		reading.index.glance.blind = true
		d := Doc{Item: &feeds.Item{Lang: "en", Title: text(4).Draw(t, "title"), Summary: text(8).Draw(t, "summary"), Text: text(20).Draw(t, "text")}, Take: rapid.SampledFrom([]string{"", "", "0", "9"}).Draw(t, "take")}
		checks++
		if glancing.overlooks(d) {
			overlooked++
		}
		want := reading.Match(d)
		if got := glancing.Match(d); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\nwant %+v", got, want)
		}
		met += min(len(want), 1)
	})
	if overlooked < checks/20 || met < checks/20 {
		t.Errorf("of %d items %d are overlooked and %d have something in them: the texts are of one kind", checks, overlooked, met)
	}
}

// TestMostItemsOfNoTopicAreOverlooked: else a glance is for nothing.
func TestMostItemsOfNoTopicAreOverlooked(t *testing.T) {
	s := set(t, &config.Topic{ID: "x", Aim: "broad", Strong: []config.List{list("en", "Syria", "Syrian*", "Damascus", "Aleppo", "Idlib"), list("ar", "سوريا", "سوري*")}})
	for text, want := range map[string]bool{
		"The mayor’s damage – and “assault” – in 2024, said the syndicate…": true,
		"The Syrians’ talks": false, "in Idlib.": false, "Café": false, "في سوريا": false,
	} {
		if got := s.overlooks(Doc{Item: &feeds.Item{Title: "News", Text: text}}); got != want {
			t.Errorf("%q: overlooked %v", text, got)
		}
	}
}

// BenchmarkGlance looks at an item of 400 words that is in no topic, and reads it.
func BenchmarkGlance(b *testing.B) {
	s := set(b, one("Damascus"))
	it := newLanguage(1).items(1)[0]
	d := Doc{Item: &it}
	if !s.overlooks(d) {
		b.Fatal("it is looked at")
	}
	for name, run := range map[string]func(){
		"glance": func() { s.overlooks(d) },
		"read":   func() { s.index.find(read(d)) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				run()
			}
		})
	}
}
