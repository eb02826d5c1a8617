package feeds

import (
	"bytes"
	"sync"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// sentences are news in the languages whose charsets are met undeclared.
var sentences = map[string]struct {
	text string
	enc  encoding.Encoding
}{
	"windows-1252": {"La ville s’éveille après la pluie : les boulangeries rouvrent, les écoles aussi, déclare le maire à la presse régionale", charmap.Windows1252},
	"windows-1251": {"Город просыпается после дождя: пекарни снова открыты, школы тоже, сообщил мэр журналистам в понедельник утром", charmap.Windows1251},
	"koi8-r":       {"Город просыпается после дождя: пекарни снова открыты, школы тоже, сообщил мэр журналистам в понедельник утром", charmap.KOI8R},
	"windows-1256": {"المدينة تستيقظ بعد المطر والمخابز تفتح أبوابها من جديد وكذلك المدارس كما قال رئيس البلدية للصحفيين صباح الاثنين", charmap.Windows1256},
	"windows-1255": {"העיר מתעוררת אחרי הגשם והמאפיות נפתחות מחדש וגם בתי הספר כך אמר ראש העיר לעיתונאים ביום שני בבוקר", charmap.Windows1255},
	"tis-620":      {"เมืองตื่นขึ้นหลังฝนตก ร้านขนมปังเปิดอีกครั้ง โรงเรียนก็เช่นกัน นายกเทศมนตรีกล่าวกับนักข่าวเมื่อเช้าวันจันทร์", charmap.Windows874},
	"euc-jp":       {"雨の後、町は目を覚まし、パン屋も学校も再び開いたと市長が月曜日の朝に記者団に語った", japanese.EUCJP},
	"shift_jis":    {"雨の後、町は目を覚まし、パン屋も学校も再び開いたと市長が月曜日の朝に記者団に語った", japanese.ShiftJIS},
	"euc-kr":       {"비가 온 뒤 도시가 깨어나고 빵집과 학교가 다시 문을 열었다고 시장이 월요일 아침 기자들에게 말했다", korean.EUCKR},
	"gb18030":      {"雨后城市醒来面包店和学校重新开门市长星期一早上对记者说道路也已经恢复通行", simplifiedchinese.GBK},
	"big5":         {"雨後城市醒來麵包店和學校重新開門市長星期一早上對記者說道路也已經恢復通行", traditionalchinese.Big5},
}

// A document that declares no charset, or UTF-8 falsely, is read in its own.
func TestUndeclaredCharsetsAreGuessed(t *testing.T) {
	for name, s := range sentences {
		raw, err := s.enc.NewEncoder().String(s.text)
		if err != nil {
			t.Fatal(name, err)
		}
		for kind, head := range map[string]string{"undeclared": "", "false": `<?xml version="1.0" encoding="utf-8"?>`} {
			doc := head + `<rss><channel><title>News</title><item><title>` + raw + `</title><description>Some words of English stand beside it, as in most feeds.</description></item></channel></rss>`
			f, err := Parse([]byte(doc), Meta{}, Known{})
			if err != nil {
				t.Errorf("%s, %s: %v", name, kind, err)
				continue
			}
			if got := f.Items[0].Title; got != s.text || f.Charset != name {
				t.Errorf("%s, %s: read as %s: %q", name, kind, f.Charset, got)
			}
		}
	}
}

func TestTextEncodedTwiceIsMended(t *testing.T) {
	for from, want := range map[string]string{
		"â€œCeasefireâ€\u009d holds, says mayor â€” for now": "“Ceasefire” holds, says mayor — for now",
		"CafÃ© MÃ¼ller":             "Café Müller",
		"Ø³ÙˆØ±ÙŠØ§":                "سوريا",
		"&#226;&#128;&#166;":        "…",
		"café\u00a0…":               "café\u00a0…",
		"É tarde, São Paulo «MENÜ»": "É tarde, São Paulo «MENÜ»",
		"naïve Ångström façade":     "naïve Ångström façade",
		"Â£5 and £6":                "Â£5 and £6", // mixed: nobody can say
	} {
		if got := one(t, "<title>"+from+"</title>").Title; got != want {
			t.Errorf("%q: %q, want %q", from, got, want)
		}
	}
}

// FuzzGuess: any bytes are read, always alike, from many goroutines. A panic in
// the detector's own goroutines would end the process.
func FuzzGuess(f *testing.F) {
	for _, s := range sentences {
		raw, err := s.enc.NewEncoder().Bytes([]byte(s.text))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte{0x1b, '$', 'B', 0xff, 0x8e, 0x80})
	f.Fuzz(func(t *testing.T, body []byte) {
		want, name := guess(body)
		if !utf8.Valid(want) {
			t.Errorf("%s: not UTF-8", name)
		}
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if got, again := guess(body); again != name || !bytes.Equal(got, want) {
					t.Errorf("read as %s and as %s", name, again)
				}
			})
		}
		wg.Wait()
	})
}
