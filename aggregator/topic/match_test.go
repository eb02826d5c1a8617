package topic

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// one is a topic of one term.
func one(term string) *config.Topic {
	return &config.Topic{ID: "x", Aim: "broad", Sources: []string{"*"}, Strong: []config.List{list("en", term), list("ar", term), list("tr", term)}}
}

func TestFormsOfTerms(t *testing.T) {
	for _, row := range []struct {
		term, lang, text string
		want             bool
	}{
		{"Hama", "en", "Hamas", false}, {"Hama", "en", "Hama's", true}, {"Hama", "en", "Hama-based", true}, {"Hama", "en", "#Hama_now", true},
		{"Hama", "en", "calm in town.Hama waits", true}, {"Syria", "en", "Assyrian", false}, {"Syria", "en", "SYRIA", true}, {"Syria", "en", "Sy\u00adria", true},
		{"Deir ez-Zor", "en", "Deir  ez Zor", true}, {"Deir ez-Zor", "en", "ez-Zor Deir", false}, {"Deir ez-Zor", "en", "Deir and ez-Zor", false},
		{"Syrian*", "en", "Syrians", true}, {"Syrian*", "en", "Syria", false}, {"Syrian*", "en", "Assyrians", false}, {"civil defen*", "en", "civil defence", true},
		{"=HTS", "en", "hts", false}, {"=HTS", "en", "HTS's", true}, {"=Şam", "tr", "ŞAM", false}, {"=Şam", "tr", "Şam'da", true}, {`"=US"`, "en", "us", false},
		{`"white helmets"~2`, "en", "helmets, which were white", true}, {`"white helmets"~2`, "en", "helmets that nobody had painted white", false},
		{`"white helmets"~2`, "en", "white", false}, {"Aleppo | Halab", "en", "in Halab", true}, {`"a | b"`, "en", "a b", true},
		{"/S-?300/", "en", "the S300", true}, {"/S-?300/", "en", "the s300", false}, {"/s-?300/i", "en", "the S-300", true}, {"/^Live:/", "en", "Live: rain", true},
		{"سوري", "ar", "والسوري", true}, {"دمشق", "ar", "وبدمشق", true}, {"الأسد", "ar", "للأسد", true}, {"سوريا", "ar", "لسوريا", true},
		{"سوريا", "ar", "سُورِيَا", true}, {"سورية", "ar", "بسوريه", true}, {"سوري*", "ar", "فالسوريين", true}, {"حلب", "ar", "حليب", false}, {"دير الزور", "ar", "ودير الزور", true},
		{"İdlib", "tr", "Idlib'e", true}, {"Idlib", "tr", "İDLİB", true}, {"Suriye*", "tr", "SURİYELİLER", true}, {"Halep", "tr", "Halep'teki", true},
		{"叙利亚", "zh", "今天叙利亚的新闻", true}, {"叙利亚", "zh", "今天利亚的新闻", false}, {"Dara'a", "en", "Dara’a", true}, {"Daraa", "en", "Dara'a", false},
	} {
		top := one(row.term)
		if row.lang == "zh" {
			top.Strong = []config.List{list("zh", row.term)}
		}
		if m := match(t, top, news(row.lang, row.text, "")); m.In != row.want {
			t.Errorf("%s in %s %q: %v, want %v", row.term, row.lang, row.text, m.In, row.want)
		}
	}
}

func TestASummaryLeadsAndIsNotCountedTwice(t *testing.T) {
	far := strings.Repeat("word ", 70)
	tale := "Residents of the old city said on Monday that shops in Damascus had opened again after rain"
	for name, row := range map[string]struct {
		summary, text string
		want          float64
	}{
		"equal to the text":            {"In Syria it rains.", "In Syria it rains.", 2 + 1},
		"the text's beginning":         {"<p>In Syria it rains.</p>", "In Syria it rains. " + far, 2 + 1},
		"cut off, with a tail":         {tale + "… Read on", tale + " had ended. " + far, 2 + 1},
		"the tail has its own mention": {tale + "… Syria", tale + " had ended. " + far, 2 + 2},
		"from far down the text":       {tale, far + tale, 2 + 1},
		"not in the text":              {"Syria waits.", "Damascus too.", 2 + 2},
		"the mention is far down":      {"Rain.", far + "Syria.", 1},
		"paragraphs stay apart":        {"<p>Rain in</p><p>Damascus</p><ul><li>Syria</li></ul>", "", 2 + 2},
		"a word in bold pieces":        {"<p>D<b>amas</b>cus &amp; rain</p>", "", 2 + 1},
	} {
		d := news("en", "Rain", row.text)
		d.Item.Summary = row.summary
		if m := match(t, syria(), d); m.Score != row.want {
			t.Errorf("%s: %g, want %g: %+v", name, m.Score, row.want, m.Reasons)
		}
	}
}

// Many feeds have the summary alone, so that it is the text as well.
func TestSummaryTermsLookAtASummaryThatIsTheText(t *testing.T) {
	d := news("en", "Rain", "Clouds over town.")
	d.Item.Summary = "Clouds over town."
	for term, want := range map[string]bool{"summary:clouds": true, "body:clouds": true, "title:clouds": false, "summary:/Clouds/": true} {
		if m := match(t, one(term), d); m.In != want {
			t.Errorf("%s: %+v", term, m)
		}
	}
}

func TestIgnoreTakesMentionsAndNotTheItem(t *testing.T) {
	for title, want := range map[string]float64{
		"A Syrian hamster":                                0,
		"A Syrian hamster in Syria":                       4,
		"Syrian hamsters, Aleppo pepper":                  0,
		"Syrian hamster seller flees Damascus":            4,
		"Aleppo and pepper":                               4,
		strings.Repeat("Syrian hamster, ", 9) + "Syrians": 4,
	} {
		if m := match(t, syria(), news("en", title, "")); m.Score != want {
			t.Errorf("%q: %g, want %g", title, m.Score, want)
		}
	}
}

func TestTakeOutranksSourcesAndRejectOutranksTake(t *testing.T) {
	top := syria()
	top.Sources = []string{"afp"}
	d := news("en", "Rain", "")
	if d.Take = "syria"; !match(t, top, d).In {
		t.Error("an item of a source that the topic takes whole is out")
	}
	d.Item.Title = "Horoscope and rain"
	if m := match(t, top, d); m.In || m.Veto == "" {
		t.Errorf("rejected and taken: %+v", m)
	}
}

func TestTheLastPatternThatFitsASourceDecides(t *testing.T) {
	for patterns, want := range map[string]bool{
		"*": true, "": true, "!bbc": false, "!afp": true, "* !bbc": false, "* !tag:agency": false, "!tag:agency bbc": true, "afp tag:agency": true, "afp": false,
	} {
		if got := takes(strings.Fields(patterns), Doc{Source: "bbc", Tags: []string{"agency"}}); got != want {
			t.Errorf("%q: %v, want %v", patterns, got, want)
		}
	}
}

// One word a hundred thousand times, in many topics: bounded work and memory.
func TestAnItemOfOneWordIsCheap(t *testing.T) {
	var topics []*config.Topic
	for i := range 50 {
		top := syria()
		top.ID = fmt.Sprint("t", i)
		topics = append(topics, top)
	}
	s := set(t, topics...)
	r := read(news("en", "Syria", strings.Repeat("Syria ", 100_000)))
	s.index.find(r)
	for _, top := range s.topics {
		if n := len(r.hitsOf(top)); n > maxHits {
			t.Fatalf("%d hits kept", n)
		}
	}
	if m := judge(s.topics[0], r); m.Score != 8 || len(m.Reasons) != MaxReasons {
		t.Errorf("%g points, %d reasons", m.Score, len(m.Reasons))
	}
}

// A regexp is not run on text that lacks its piece; that must never hide a match.
func TestAPieceStandsInEveryMatch(t *testing.T) {
	for src, want := range map[string]string{
		"S-?300": "300", "(?i)Horoscope": "horo" /* s has a long form */, "(?i)(daily )+brief": "daily ", "a|b": "", "[a-z]+x": "", "Live: .*rain": "live: ", "(?i)kiss": "ki", "x{3,}yz": "yz", "(?:abc)?d": "",
	} {
		if got := piece(src); got != want {
			t.Errorf("%s: %q, want %q", src, got, want)
		}
	}
	sources := []string{"S-?300", "(?i)horoscope", "(?i)kiss", "(?i)straße", "Live: .*rain", "(ab)+c"}
	text := rapid.StringOf(rapid.RuneFrom([]rune("hHoOrRsSſcCpPeEkKKiIßẞtTaA30-bL:v ")))
	rapid.Check(t, func(t *rapid.T) {
		s, src := text.Draw(t, "text"), rapid.SampledFrom(sources).Draw(t, "regexp")
		if p := piece(src); regexp.MustCompile(src).MatchString(s) && !strings.Contains(strings.ToLower(s), p) {
			t.Fatalf("%s matches %q, which lacks %q", src, s, p)
		}
	})
	for src, s := range map[string]string{"(?i)horoscope": "HOROſCOPE", "(?i)kiss": "KIſS", "(?i)straße": "STRAẞE"} {
		if !regexp.MustCompile(src).MatchString(s) || !strings.Contains(strings.ToLower(s), piece(src)) {
			t.Errorf("%s on %q with %q", src, s, piece(src))
		}
	}
}

// Matching against many topics at once is matching against each alone.
func TestManyTopicsAtOnceAreEachAlone(t *testing.T) {
	word := rapid.SampledFrom([]string{"Syria", "Syrian", "army", "white", "helmets", "Deir", "ez", "Zor", "HTS", "hts", "hamster", "سوريا", "والسوري", "دمشق", "S-300", "news"})
	term := rapid.SampledFrom([]string{"Syria", "Syrian*", "Syrian army", "white helm*", `"white helmets"~2`, "=HTS", "Deir ez-Zor | army", "سوري*", "دمشق", "/S-?300/", "title:news", "lang:en"})
	text := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(word, 0, 30).Draw(t, "words"), " ") })
	rapid.Check(t, func(t *rapid.T) {
		var topics []*config.Topic
		for i := range rapid.IntRange(1, 5).Draw(t, "topics") {
			topics = append(topics, &config.Topic{ID: fmt.Sprint(i), Aim: "broad", Strong: []config.List{list("en", rapid.SliceOfN(term, 1, 3).Draw(t, "terms")...)}})
		}
		d := Doc{Item: &feeds.Item{Lang: "en", Title: text.Draw(t, "title"), Text: text.Draw(t, "text")}}
		all, errs := Compile(topics)
		if all == nil {
			t.Fatal(errs)
		}
		var alone []string
		for _, top := range topics {
			s, _ := Compile([]*config.Topic{top})
			for _, m := range s.Match(d) {
				alone = append(alone, fmt.Sprintf("%+v", m))
			}
		}
		var together []string
		for _, m := range all.Match(d) {
			together = append(together, fmt.Sprintf("%+v", m))
		}
		if !slices.Equal(alone, together) {
			t.Fatalf("together %v\nalone %v", together, alone)
		}
	})
}

// An item's words may come cut: they say the same as those that Match cuts.
func TestWordsThatComeCutChangeNothing(t *testing.T) {
	l := newLanguage(1)
	set, errs := Compile(l.topics(100))
	if set == nil {
		t.Fatal(errs)
	}
	items := l.items(50)
	items[0].Text = items[0].Summary
	items[1] = feeds.Item{}
	for i := range items {
		it := &items[i]
		itself := set.Match(Doc{Item: it})
		cut := func() (title, text []words.Word) { return words.Split(it.Title), words.Split(it.Text) }
		if got := set.Match(Doc{Item: it, Cut: cut}); !reflect.DeepEqual(got, itself) {
			t.Errorf("item %d: %+v, want %+v", i, got, itself)
		}
	}
}
