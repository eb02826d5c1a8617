package topic

import (
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/config"
)

// A headline is one of ours, with a lead or without, in or out of the topic that
// wiredesk init writes.
type headline struct {
	lang, title, lead string
	in                bool
	known             string // why the topic gets it wrong; "" when it must not
}

// headlines are about Syria or are traps, in six languages and one that has no list
// in the topic: there the lists of its script apply.
var headlines = []headline{
	// Each name as its language writes it.
	{"en", "Syria's new leaders meet envoys", "", true, ""},
	{"en", "Syria’s schools reopen after the winter", "", true, ""},
	{"en", "What Syrians abroad want from Europe", "", true, ""},
	{"en", "DAMASCUS WAKES TO RAIN", "", true, ""},
	{"en", "Aleppo's soap makers are back", "", true, ""},
	{"en", "Elders of Deir-ez-Zor meet the governor", "", true, ""},
	{"en", "Bread queues shorten", "Bakeries in Latakia and Tartous have flour for a month.", true, ""},
	{"en", "Al-Sharaa names a cabinet", "", true, ""},
	{"en", "HTS dissolves its courts", "", true, ""},
	{"en", "Families search the cells", "Relatives came to Sednaya prison at dawn.", true, ""},
	{"en", "Hama and Homs count their dead", "", true, ""},
	{"ar", "عودة الكهرباء إلى دمشق", "", true, ""},
	{"ar", "والسوريون ينتظرون في المطار", "", true, ""},
	{"ar", "بدمشق القديمة يفتح الحرفيون دكاكينهم", "", true, ""},
	{"ar", "لحلب ودير الزور موازنة جديدة", "", true, ""},
	{"ar", "سُورِيَا اليوم بعد المطر", "", true, ""},
	{"ar", "المزارعون يعودون إلى حقولهم", "في ريف إدلب واللاذقية بدأ قطاف الزيتون.", true, ""},
	{"ar", "أحمد الشرع يستقبل وفداً", "", true, ""},
	{"fr", "La Syrie tourne une page", "", true, ""},
	{"fr", "L’offensive d’Alep racontée par ses habitants", "", true, ""},
	{"fr", "Des réfugiés syriens rentrent chez eux", "", true, ""},
	{"fr", "DAMAS EN FÊTE", "", true, ""},
	{"fr", "Les oliviers d'Idlib", "", true, ""},
	{"fr", "Le pain revient", "À Lattaquié, les fours ont rouvert lundi.", true, ""},
	{"tr", "Halep'te fırınlar açıldı", "", true, ""},
	{"tr", "Suriyeliler dönüyor", "", true, ""},
	{"tr", "IDLIB'de okullar açıldı", "", true, ""},
	{"tr", "Şam'da yeni dönem", "", true, ""},
	{"tr", "Sınır kapısında kuyruk", "Suriye'ye dönenler sabahı bekledi.", true, ""},
	{"tr", "Humus ve Hama arasında yol açıldı", "", true, ""},
	{"de", "Aleppo räumt seine Straßen", "", true, ""},
	{"de", "Schulen in Idlib öffnen wieder", "", true, ""},
	{"de", "Assads Gefängnisse: was die Akten sagen", "", true, ""},
	{"de", "Syrien wählt ein Parlament", "", true, ""},
	{"de", "In Damaskus beginnt die Schule", "", true, ""},
	{"de", "Aleppos Seifensieder sind zurück", "", true, ""},
	{"de", "Syrische Familien packen", "", true, ""},
	{"de", "Regen im Norden", "Die Felder um Latakia stehen unter Wasser.", true, ""},
	{"es", "Alepo abre sus mercados", "", true, ""},
	{"es", "Los olivos de Idlib", "", true, ""},
	{"es", "Assad, en Moscú", "", true, ""},
	{"es", "Siria vuelve a la escuela", "", true, ""},
	{"es", "Los sirios vuelven a casa", "", true, ""},
	{"es", "Damasco estrena tranvía", "", true, ""},
	{"it", "Il pane di Aleppo", "", true, ""}, // no list: those of its script apply

	// Traps.
	{"en", "Hamas says Cairo talks will resume", "", false, ""},
	{"en", "Assyrian reliefs go on view in London", "", false, ""},
	{"en", "Assyrians of Sydney dance in the street", "", false, ""},
	{"en", "A Syriac manuscript is sold", "", false, ""},
	{"en", "Thomson wins the cup", "", false, ""},
	{"en", "Crisis talks in Paris", "", false, ""},
	{"en", "Bahamas brace for the storm", "", false, ""},
	{"en", "How to keep a Syrian hamster happy", "", false, ""},
	{"en", "Syrian hamsters' winter", "The Syrian hamster sleeps by day.", false, ""},
	{"en", "Seven dishes with Aleppo pepper", "", false, ""},
	{"en", "A knife of Damascus steel", "", false, ""},
	{"en", "Damascus, Virginia lights its tree", "", false, ""},
	{"en", "The rights of hts holders", "", false, ""},
	{"en", "Horoscope: Syria and the stars", "", false, ""},
	{"en", "Rain in Hama", "", false, ""},
	{"en", "Mayor of Homs, Texas, retires", "", false, ""},
	{"en", "Assad Qaiser to lead Pakistan's opposition", "", false, ""},
	{"en", "Damascus, Maryland, gets a library", "", false, ""},
	{"en", "A parade in Palmyra, New York", "", false, ""},
	{"ar", "الباب مفتوح للحوار", "", false, ""},
	{"ar", "من الباب إلى النافذة", "", false, ""},
	{"ar", "أسعار الذهب تتراجع", "", false, ""},
	{"ar", "حليب الأطفال يصل إلى الصيدليات", "", false, ""},
	{"ar", "الأسد يفلت من حديقة الحيوان", "", false, ""},
	{"ar", "الشرع والقانون في محاضرة", "", false, ""},
	{"ar", "حماس: المفاوضات تستأنف في القاهرة", "", false, ""},
	{"fr", "L’acier damassé des forgerons", "", false, ""},
	{"fr", "Alépine, une étoffe oubliée", "", false, ""},
	{"fr", "Les dames de Paris", "", false, ""},
	{"fr", "Assyriens et Babyloniens au Louvre", "", false, ""},
	{"fr", "Le Hamas annonce une trêve", "", false, ""},
	{"fr", "Un hamster de Syrie, compagnon facile", "", false, ""},
	{"tr", "Şampiyon belli oldu", "", false, ""},
	{"tr", "Akşam haberleri", "", false, ""},
	{"tr", "Şamdan koleksiyonu satıldı", "", false, ""},
	{"tr", "Humus tarifi", "", false, ""},
	{"tr", "Asuri kabartmaları sergide", "", false, ""},
	{"de", "Sam geht in Rente", "", false, ""},
	{"de", "Thomson gewinnt das Rennen", "", false, ""},
	{"de", "Die Hamas sagt ab", "", false, ""},
	{"es", "Damas de honor para la boda", "", false, ""},
	{"de", "Syrischer Hamster sucht Zuhause", "", false, ""},
	{"de", "Die Assyrer im Museum", "", false, ""},
	{"es", "La crisis llega al Palmar", "", false, ""},
	{"es", "Palmira, ciudad del Valle del Cauca", "", false, ""},
	{"es", "Relieves asirios en Londres", "", false, ""},
	{"en", "Assad Umar presents the budget in Islamabad", "", false, "Assad stands alone in the list, and only one namesake is ignored"},
	{"it", "Dame e cavalieri", "", false, ""},
	{"it", "Damas, il gioco della dama", "", false, "with no Italian list the French one applies, and there Damas is the city"},
	{"es", "El hámster sirio, un vecino fácil", "", false, ""},
}

// TestTheExampleTopicOnHeadlines: every headline is decided rightly, or is known
// not to be, and then still is not.
func TestTheExampleTopicOnHeadlines(t *testing.T) {
	s := set(t, exampleTopic(t))
	var all, guessed tally
	traps := 0
	for _, h := range headlines {
		m := verdictOn(s, h)
		all.count(m.In, h.in)
		guessed.count(verdictOn(s, headline{title: h.title, lead: h.lead}).In, h.in)
		if !h.in {
			traps++
		}
		if right := m.In == h.in; right != (h.known == "") {
			t.Errorf("%s %q %q: in %v with %g of %g by %+v, known %q", h.lang, h.title, h.lead, m.In, m.Score, m.Need, m.Reasons, h.known)
		}
	}
	t.Logf("%d headlines, %d of them traps: %s", len(headlines), traps, all.figures())
	t.Logf("without their language: %s", guessed.figures())
	if len(headlines) < 60 || traps < len(headlines)/2 {
		t.Errorf("%d headlines, %d traps", len(headlines), traps)
	}
}

func verdictOn(s *Set, h headline) Match {
	for _, m := range s.Match(news(h.lang, h.title, h.lead)) {
		if m.Topic == "syria" {
			return m
		}
	}
	return Match{Topic: "syria"}
}

// dressed are the shapes in which a language writes a name.
var dressed = map[string][]string{
	"en": {"%", "%'s", "%’s", "the %-based", "(%)", "“%”"},
	"fr": {"%", "d'%", "d’%", "l'%", "qu’%"},
	"tr": {"%", "%'te", "%’de", "%'in", "%'dan"},
	"de": {"%", "%-Krise", "„%“", "(%)"},
	"es": {"%", "«%»", "¿%?", "%-Madrid"},
	"ar": {"%", "و%", "ب%", "«%»", "ل%"},
}

// Every name of the example's strong lists is found as its language dresses it,
// and not inside a longer word.
func TestNamesAreFoundAsTheyAreDressed(t *testing.T) {
	top := exampleTopic(t)
	s := set(t, top)
	shapes := 0
	for _, l := range top.Strong {
		for _, name := range names(l) {
			for _, shape := range dressed[l.Lang] {
				title := strings.ReplaceAll(shape, "%", name)
				if m := verdictOn(s, headline{lang: l.Lang, title: title}); !m.In {
					t.Errorf("%s %q: %g of %g", l.Lang, title, m.Score, m.Need)
				}
				shapes++
			}
			if inside := "Xq" + name; l.Lang != "ar" && verdictOn(s, headline{lang: l.Lang, title: inside}).In {
				t.Errorf("%s %q: in", l.Lang, inside)
			}
		}
	}
	t.Logf("%d names in their shapes", shapes)
	if shapes < 200 {
		t.Errorf("%d names in their shapes: the example has more", shapes)
	}
}

// names are the alternatives of a list, stems without their star.
func names(l config.List) (all []string) {
	for _, term := range l.Terms {
		for alt := range strings.SplitSeq(term.Text, "|") {
			alt = strings.TrimSuffix(strings.TrimSpace(alt), "*")
			if !strings.ContainsAny(alt, `="/`) {
				all = append(all, alt)
			}
		}
	}
	return all
}
