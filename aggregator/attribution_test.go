package aggregator

import (
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/feeds"
)

func TestAnItemCreditsTheAgencyItNames(t *testing.T) {
	long := strings.Repeat(" Shops in the old town opened on Monday, and people queued for bread.", 20)
	for name, row := range map[string]struct {
		text, author, want string
	}{
		"en dateline":         {"DAMASCUS, Dec 8 (Reuters) - Shops opened on Monday." + long, "", "Reuters"},
		"en short dateline":   {"BEIRUT (AP) — Shops opened on Monday." + long, "", "AP"},
		"en front":            {"AFP - Shops opened on Monday." + long, "", "AFP"},
		"en signed off":       {"Shops opened on Monday." + long + "\n\nSource: Xinhua", "", "Xinhua"},
		"en according to":     {"Shops opened on Monday, according to the Associated Press." + long, "", "AP"},
		"en byline":           {"Shops opened on Monday." + long, "Reuters Staff", "Reuters"},
		"en two bylines":      {"Shops opened on Monday." + long, "Huda Sabbagh, AFP", "AFP"},
		"ar dateline":         {"دمشق - سانا\nفتحت المحال أبوابها يوم الاثنين." + long, "", "SANA"},
		"ar brackets":         {"بيروت (رويترز) فتحت المحال أبوابها." + long, "", "Reuters"},
		"ar agencies":         {"دمشق/ وكالات\nفتحت المحال أبوابها." + long, "", "agencies"},
		"ar according to":     {"فتحت المحال أبوابها بحسب وكالة الأناضول، يوم الاثنين." + long, "", "Anadolu"},
		"ar source":           {"فتحت المحال أبوابها." + long + "\nالمصدر: رويترز", "", "Reuters"},
		"ar byline":           {"فتحت المحال أبوابها." + long, "أ ف ب", "AFP"},
		"fr dateline":         {"Damas (AFP) – Les commerces ont rouvert lundi." + long, "", "AFP"},
		"fr selon":            {"Les commerces ont rouvert lundi, selon l'AFP." + long, "", "AFP"},
		"fr avec":             {"Les commerces ont rouvert lundi." + long + " (avec AFP)", "", "AFP"},
		"tr dateline":         {"ŞAM (AA) - Dükkânlar pazartesi günü açıldı." + long, "", "Anadolu"},
		"tr göre":             {"Reuters'ın haberine göre dükkânlar açıldı." + long, "", "Reuters"},
		"tr kaynak":           {"Dükkânlar pazartesi günü açıldı." + long + "\nKaynak: AA", "", "Anadolu"},
		"de dateline":         {"Damaskus (dpa) - Die Läden öffneten am Montag." + long, "", "dpa"},
		"de laut":             {"Die Läden öffneten laut dpa am Montag." + long, "", "dpa"},
		"de end":              {"Die Läden öffneten am Montag." + long + " Mit Material der dpa", "", "dpa"},
		"es dateline":         {"Damasco, 8 dic (EFE).- Las tiendas abrieron el lunes." + long, "", "EFE"},
		"es según":            {"Las tiendas abrieron el lunes, según EFE." + long, "", "EFE"},
		"es end":              {"Las tiendas abrieron el lunes." + long + " Con información de EFE", "", "EFE"},
		"nobody":              {"Shops opened on Monday." + long, "Huda Sabbagh", ""},
		"the agency as news":  {"A photographer of Reuters was hurt on Monday." + long, "", ""},
		"deep in the text":    {long + " according to Reuters." + long, "", ""},
		"letters of a word":   {"The aerial (APV) was repaired. Sanaa - quiet." + long, "AAron Apt", ""},
		"no text":             {"", "", ""},
		"its own by dateline": {"DAMASCUS (Outlet) - Shops opened." + long, "", ""},
	} {
		it := &feeds.Item{Text: row.text}
		if row.author != "" {
			it.Authors = []feeds.Person{{Name: row.author}}
		}
		if got := credit(it, "Outlet", "outlet"); got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

func TestAnAgencyIsNoCopyOfItself(t *testing.T) {
	it := &feeds.Item{Text: "دمشق - سانا\nفتحت المحال أبوابها."}
	for _, row := range []struct{ outlet, source, want string }{
		{"SANA", "sana", ""}, {"الوكالة العربية السورية للأنباء سانا", "agency", ""}, {"State agency", "sana", ""}, {"Barada", "barada", "SANA"},
	} {
		if got := credit(it, row.outlet, row.source); got != row.want {
			t.Errorf("%s: %q, want %q", row.outlet, got, row.want)
		}
	}
}

// An aggregator's feed names the outlet of each item (RSS <source>); one that has
// no name of its own shows that outlet's, and then it is no other.
func TestAFeedThatNamesAnotherAsTheOriginCreditsIt(t *testing.T) {
	it := &feeds.Item{Text: "Shops opened.", Origin: &feeds.Origin{Title: "Barada"}}
	if got := credit(it, "All news", "all"); got != "Barada" {
		t.Errorf("%q", got)
	}
	if got := credit(it, "barada", "all"); got != "" {
		t.Errorf("its own: %q", got)
	}
}

func TestACanonicalLinkToAnotherPublisherCreditsIt(t *testing.T) {
	for canonical, want := range map[string]string{
		"":                           "",
		"https://www.two.example/a":  "two.example",
		"https://one.example/a":      "",
		"https://m.one.example/a":    "",
		"https://example/one":        "", // a part of the name alone is the same house
		"https://notone.example/one": "notone.example",
	} {
		it := &feeds.Item{Link: "https://www.one.example/a?x=1", Canonical: canonical, Text: "Bread."}
		if got := credit(it, "One", "one"); got != want {
			t.Errorf("%q credits %q, want %q", canonical, got, want)
		}
	}
}
