package words

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	uax29 "github.com/clipperhouse/uax29/v2/words"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func folds(s string) (fs []string) {
	for _, w := range Split(s) {
		fs = append(fs, w.Fold)
	}
	return fs
}

func TestSplit(t *testing.T) {
	for text, want := range map[string]string{
		"Syria's Syria’s":               "syria s syria s",
		"l’offensive d'Alep":            "l offensive d alep",
		"Halep'te İdlib Idlib":          "halep te idlib idlib",
		"Deir ez-Zor":                   "deir ez zor",
		"Hamas, Hama.":                  "hamas hama",
		"3.5 million in 2024":           "3.5 million in 2024",
		"12.\u0651345 and 12\u0651.345": "12.345 and 12.345", // whatever stands on a figure
		"سُورِيَا وسورية":               "سوريا وسوريه",
		"أحمد إلى آخر":                  "احمد الي اخر",
		"کتاب ی":                        "كتاب ي",
		"叙利亚 news":                      "叙利 利亚 news",
		"シ":                             "シ",
		"":                              "",
		" — … !":                        "",
		"Qamişlo café CAFÉ ŞAM":         "qamislo cafe cafe sam",
		"soft\u00adhyphen \u200fدمشق":   "softhyphen دمشق",
		"ﬁre Ｗｉｄｅ":                      "fire wide",
		"#Syria_talks @SyriaNews_":      "syria talks syrianews",
		"calm.Syria waits":              "calm syria waits",
		"Beirut:Damascus":               "beirut damascus",
		"U.S. envoy, Ph.D, 1,000 km":    "u.s envoy ph.d 1,000 km",
		"news.example.org":              "news example org",
		"ガザ カサ":                         "ガザ カサ",
		"हिन्दी":                        "हिन्दी",
		"Ёлка ΆΘΗΝΑ שָׁלוֹם":            "елка αθηνα שלום",
		"مؤسسة شؤون مسئول":              "موسسه شوون مسيول",
		"می\u200cرود کرکوک":             "ميرود كركوك",
		"ISTANBUL İstanbul ıstanbul":    "istanbul istanbul istanbul",
		"naïve—déjà‑vu":                 "naive deja vu",
		"«\u202fAlep\u202f! _Damas_":    "alep damas", // French blanks, and Markdown
		"e\u0301t.al 4\u0314e.g":        "et.al 4e.g",
	} {
		if d := cmp.Diff(want, strings.Join(folds(text), " ")); d != "" {
			t.Errorf("%q: %s", text, d)
		}
	}
}

func TestWordsStandWhereTheySay(t *testing.T) {
	text := "Syria’s 叙利亚, d'Alep — سوريا\u00a0!"
	for _, w := range Split(text) {
		if got := text[w.Start:w.End]; got != w.Raw {
			t.Errorf("word %q is %q in the text", w.Raw, got)
		}
	}
}

func TestMarksAreKeptApart(t *testing.T) {
	w := Split("Şam")[0]
	if w.Fold != "sam" || w.Marks != "şam" {
		t.Errorf("%+v", w)
	}
}

func TestStemsOfArabicWords(t *testing.T) {
	for word, want := range map[string]string{
		"والسوري": "سوري السوري", "بدمشق": "دمشق", "للسوريين": "سوريين السوريين", "وحلب": "حلب", "بالعاصمه": "عاصمه العاصمه",
		"وبدمشق": "دمشق بدمشق", "ولحلب": "حلب لحلب", "فلدمشق": "دمشق", "وللاسد": "الاسد اسد", "كالسوري": "سوري",
	} {
		for _, w := range strings.Fields(want) {
			if !slices.Contains(Stems(word), w) {
				t.Errorf("%s: %v lacks %s", word, Stems(word), w)
			}
		}
	}
	for _, word := range []string{"ولد", "باب", "syria", "", "لك", "叙利", "دمشق", "מלחמה"} {
		if s := Stems(word); len(s) != 0 {
			t.Errorf("%s loses letters it needs: %v", word, s)
		}
	}
}

// Plain Arabic words take a short way; it must lead to the same place.
func TestFoldOfPlainArabicIsFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.RuneFrom([]rune("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي")), 1, 12, -1).Draw(t, "word")
		for _, w := range Split(word) {
			if w.Fold != Fold(word) || w.Marks != FoldMarks(word) {
				t.Fatalf("%q: %+v, but Fold %q and FoldMarks %q", word, w, Fold(word), FoldMarks(word))
			}
		}
	})
}

func TestLanguages(t *testing.T) {
	for tag, want := range map[string]string{"en-US": "en", "AR_sy": "ar", "ckb": "ckb", "": "", "x": "", "english": "", "1a": ""} {
		if got := Normal(tag); got != want {
			t.Errorf("Normal(%q) = %q, want %q", tag, got, want)
		}
	}
	if Dir("ar-SY") != "rtl" || Dir("ckb") != "rtl" || Dir("ku") != "ltr" || Dir("") != "ltr" {
		t.Error("directions")
	}
	for text, want := range map[string]string{"Syria سوريا in the news": "Latn", "أخبار سوريا اليوم": "Arab", "123": "", "Сирия": "Cyrl"} {
		if got := Script(text); got != want {
			t.Errorf("Script(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestTagsKeepTheirRegion(t *testing.T) {
	for tag, want := range map[string]string{"en_US": "en-US", " ar-SY ": "ar-SY", "zh-Hant-TW": "zh-Hant-TW", "english": "", "e": "", `en"><`: "", "": ""} {
		if got := Tag(tag); got != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
}

// English names in a text of another language do not make it English, and English
// is told by its common words.
func TestDetectIsNotTakenInByEnglishNames(t *testing.T) {
	for want, text := range map[string]string{
		"fr": "« The Lord of the Rings » et « The Return of the King » sont projetés samedi soir dans la cour de la vieille école, a dit la mairie, qui prêtera les chaises et le pain aux habitants du quartier.",
		"de": "„The Lord of the Rings“ läuft am Sonnabend im Hof der alten Schule, sagte die Bürgermeisterin, die den Bewohnern des Viertels dafür Stühle und Brot leihen wird, weil das Dach noch nicht fertig ist.",
		"en": "The mayor said that the roof of the old school had not been mended, and that the chairs for the evening would come by boat from a village which has more of them than it needs.",
	} {
		if got := Detect(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestDetect(t *testing.T) {
	for want, text := range map[string]string{
		"en": "Shops in the old city opened again on Monday and people queued for bread in the rain.",
		"fr": "Les boutiques de la vieille ville ont rouvert lundi et les habitants faisaient la queue pour du pain.",
		"ar": "فتحت المتاجر أبوابها من جديد يوم الاثنين في المدينة القديمة ووقف الناس في طوابير أمام الأفران.",
		"tr": "Eski kentteki dükkanlar pazartesi günü yeniden açıldı ve insanlar ekmek için kuyruğa girdi.",
		"":   "Too short to tell",
	} {
		if got := Detect(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if got := Detect(text, "en", "fr", "ar", "tr"); got != want {
			t.Errorf("%q among four: %q, want %q", text, got, want)
		}
	}
}

func TestDetectKnowsScriptsAndItsLimits(t *testing.T) {
	for _, row := range []struct {
		text      string
		plausible []string
		want      string
	}{
		{"عودة الكهرباء إلى أحياء المدينة القديمة بعد انقطاع", nil, "ar"},
		{"Η πόλη ξυπνά μετά τη βροχή, λένε οι κάτοικοι", nil, "el"},
		{"비가 온 뒤 구시가지의 시장이 다시 문을 열었다고 주민들이 월요일에 전했다 한다", nil, "ko"},
		{"雨の後、旧市街の市場が再び開いたと住民が月曜日に話した。パン屋の前には長い列ができていた", nil, "ja"},
		{"雨の後、旧市街の市場が再び開いたと住民が月曜日に話した。パン屋の前には長い列ができていた", []string{"en", "ar"}, ""},
		{"Рынок снова открылся после дождя, рассказали жители", []string{"en", "ar"}, ""},
		{"Markets open again", []string{"en", "fr"}, ""},
		{"12 345 678 901 234 567 890 123 456 789 012 345 678 901 234 567 890", nil, ""},
		{"Les boutiques de la vieille ville ont rouvert lundi, disent-ils.", []string{"fr-FR", "en_US"}, "fr"},
	} {
		if got := Detect(row.text, row.plausible...); got != row.want {
			t.Errorf("%q among %v: %q, want %q", row.text, row.plausible, got, row.want)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Syria's", "İdlib ı", "سُورِيَا", "叙利亚", "\xff\xfe", "ǅ ﬃ ß ᾳ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if once := Fold(s); Fold(once) != once {
			t.Errorf("%q folds to %q, then to %q", s, once, Fold(once))
		}
		end := 0
		for _, w := range Split(s) {
			overlap := w.Start < end && !strings.ContainsFunc(w.Raw, spaceless) && utf8.ValidString(s)
			if overlap || s[w.Start:w.End] != w.Raw {
				t.Errorf("%q: word %+v after %d", s, w, end)
			}
			end = w.End
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	text := strings.Repeat("Residents of Damascus said on Monday that الكهرباء عادت إلى المدينة after Syria’s long night. ", 25)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Split(text)
	}
}

func BenchmarkSplitEnglish(b *testing.B) {
	text := strings.Repeat("Residents of Damascus said on Monday that the power was back in most streets after a long night. ", 25)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Split(text)
	}
}

func BenchmarkFolds(b *testing.B) {
	text := strings.Repeat("Residents of Damascus said on Monday that the power was back in most streets after a long night. ", 4)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Folds(text)
	}
}

func TestWhatIsPrefixedHasTheWordAmongItsStems(t *testing.T) {
	for _, w := range []string{"سوريا", "سوري", "الاسد", "حلب", "اسد", "دمشق", "الشام"} {
		forms := Prefixed(w)
		for _, form := range forms {
			if !slices.Contains(Stems(form), w) {
				t.Errorf("%s: %s has the stems %v", w, form, Stems(form))
			}
		}
		if !slices.Contains(forms, "وال"+w) {
			t.Errorf("%s: %v", w, forms)
		}
	}
	if forms := Prefixed("الاسد"); !slices.Contains(forms, "للاسد") {
		t.Errorf("the article after ل: %v", forms)
	}
	for _, w := range []string{"", "syria", "叙利", "من"} {
		if forms := Prefixed(w); forms != nil {
			t.Errorf("%s: %v", w, forms)
		}
	}
}

// The short way past ASCII finds the words that the whole of UAX #29 does.
func TestSplitCutsWhereUAX29Does(t *testing.T) {
	alphabet := []rune("aZ9 .,:;'’_-\"@[`{/\r\n\t\u00a0\u0301\u200d\u00adéאلا叙カ🇸🇾😀")
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom(alphabet), 0, 20, -1).Draw(t, "text")
		want := longSplit(s)
		if got := Split(s); !slices.Equal(got, want) {
			t.Fatalf("%q: %+v, want %+v", s, got, want)
		}
		all, line := Folds(s)
		if got := folds(s); !slices.Equal(all, got) || Count(s) != len(want) {
			t.Fatalf("%q: folds %q, want %q; %d words", s, all, got, Count(s))
		}
		joined := ""
		for _, fold := range all {
			joined += fold + " "
		}
		if line != joined {
			t.Fatalf("%q: %q, want %q", s, line, joined)
		}
	})
}

// longSplit is Split with every token from UAX #29.
func longSplit(s string) (ws []Word) {
	var pair []int
	found := func(from, to int) { ws = append(ws, word(s[from:to], from)) }
	for it := uax29.FromString(s); it.Next(); {
		tok := it.Value()
		if r, _ := utf8.DecodeRuneInString(tok); spaceless(r) {
			for i, r := range tok {
				if i == 0 || !unicode.IsMark(r) {
					pair = append(pair, it.Start()+i)
				}
			}
			continue
		}
		pairs(pair, it.Start(), found)
		pair = nil
		if r, _ := utf8.DecodeRuneInString(tok); unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || r == '_' || r == narrowBlank {
			parts(tok, it.Start(), found)
		}
	}
	pairs(pair, len(s), found)
	return ws
}
