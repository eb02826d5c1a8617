package aggregator

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

func TestFactsAreFiguresAndNames(t *testing.T) {
	for name, row := range map[string]struct {
		lang, title, text string
		want              []string
	}{
		"en":                {"en", "Shelling kills 5 in Idlib", "Five people died on Monday in Idlib, the health office said, and 1,200 left Saraqib.", []string{"1200", "5", "idlib", "saraqib"}},
		"a headline's caps": {"en", "Shelling Kills Five People Near Idlib", "They died near Idlib.", []string{"idlib"}},
		"begins sentences":  {"en", "Ovens are lit", "Flour came. Bread is cheap: Nobody queues. “Good,” said Huda.", []string{"huda"}},
		"no dates":          {"en", "Prices in 2024", "On 8 December at 12:30, on Dec 9 and in 1982 it rained on 14 days.", []string{"14"}},
		"ar figures":        {"ar", "مقتل ٥ في إدلب", "قتل ٥ أشخاص يوم ٨ كانون الأول ونزح ١٬٢٠٠ آخرون.", []string{"1200", "5", "ادلب", "مقتل"}},
		"fr":                {"fr", "Cinq morts à Alep", "Les commerces de la ville d'Alep ont rouvert lundi, dit Omar.", []string{"alep", "omar"}},
		"tr":                {"tr", "Halep'te 5 ölü", "Dükkânlar dün İdlib'de açıldı.", []string{"5", "idlib"}},
		"de nouns":          {"de", "Fünf Tote in Aleppo", "Gestern sagte der Sprecher Ahmad Nasser, die Läden hätten geöffnet.", []string{"ahmad", "nasser", "sprecher"}},
		"es":                {"es", "Cinco muertos en Alepo", "Las tiendas de Alepo abrieron el 8 de diciembre.", []string{"alepo"}},
		"nothing":           {"", "", "", nil},
	} {
		got := facts(&feeds.Item{Lang: row.lang, Title: row.title, Text: row.text})
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

// TestLeadingWordsAreThoseOfTheWholeText makes texts of all that words are cut by.
func TestLeadingWordsAreThoseOfTheWholeText(t *testing.T) {
	parts := []string{
		" ", " ", " ", "  ", "\n", "Aleppo", "a", "U.S", "3.5", "1,200", "Syria's", "d’Alep", "calm.", "a.b", "x:y", "_", "-", "…", "\u0301", "\u200d", "\u202f",
		"«", "»", "دمشق", "وَ", "٥", "北京", "ひ", "カ", "ー", "😀", "👩‍🚀", "🇸🇾", "ש\"ה", "\xff", "한국", "กข", "\u00ad", "\u2028", "\t", ". ", ", ",
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 120).Draw(t, "text"), "")
		n := rapid.IntRange(1, 20).Draw(t, "n")
		want := words.Split(text)
		if got := leading(text, n); !slices.Equal(got, want[:min(len(want), n)]) {
			t.Fatalf("%q: %v, want %v", text, got, want)
		}
	})
}

func TestWhatIsNew(t *testing.T) {
	known := map[string]bool{"5": true, "idlib": true, "مقتل": true, "ادلب": true, "قصف": true}
	for name, row := range map[string]struct {
		facts []string
		want  bool
	}{
		"nothing":                 {nil, false},
		"all told":                {[]string{"5", "idlib"}, false},
		"another figure":          {[]string{"7", "idlib"}, true},
		"another name":            {[]string{"5", "saraqib"}, true},
		"one word in three":       {[]string{"ادلب", "مقتل", "نزوح"}, false},
		"two words in three":      {[]string{"ادلب", "نزوح", "عودة"}, true},
		"an Arabic figure counts": {[]string{"9", "ادلب", "مقتل"}, true},
	} {
		if got := anew(row.facts, known); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
