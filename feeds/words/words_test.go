package words

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func folds(s string) (fs []string) {
	for _, w := range Split(s) {
		fs = append(fs, w.Fold)
	}
	return fs
}

func TestSplit(t *testing.T) {
	for text, want := range map[string]string{
		"Syria's Syria’s":             "syria s syria s",
		"l’offensive d'Alep":          "l offensive d alep",
		"Halep'te İdlib Idlib":        "halep te idlib idlib",
		"Deir ez-Zor":                 "deir ez zor",
		"Hamas, Hama.":                "hamas hama",
		"3.5 million in 2024":         "3.5 million in 2024",
		"سُورِيَا وسورية":             "سوريا وسوريه",
		"أحمد إلى آخر":                "احمد الي اخر",
		"کتاب ی":                      "كتاب ي",
		"叙利亚 news":                    "叙利 利亚 news",
		"シ":                           "シ",
		"":                            "",
		" — … !":                      "",
		"Qamişlo café CAFÉ ŞAM":       "qamislo cafe cafe sam",
		"soft\u00adhyphen \u200fدمشق": "softhyphen دمشق",
		"ﬁre Ｗｉｄｅ":                    "fire wide",
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
		"والسوري": "سوري", "بدمشق": "دمشق", "للسوريين": "سوريين", "وحلب": "حلب", "بالعاصمه": "عاصمه",
	} {
		found := false
		for _, s := range Stems(word) {
			found = found || s == want
		}
		if !found {
			t.Errorf("%s: %v lacks %s", word, Stems(word), want)
		}
	}
	for _, word := range []string{"ولد", "باب", "syria", "لكن"} {
		if s := Stems(word); word == "syria" && len(s) != 1 || word == "باب" && len(s) != 1 || word == "ولد" && len(s) != 1 {
			t.Errorf("%s loses letters it needs: %v", word, s)
		}
	}
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
