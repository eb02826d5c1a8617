package aggregator

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

// How far from its ends a text is searched for the mark of an agency.
const (
	headMark = 400 // bytes: dateline and first sentence
	tailMark = 200 // bytes: the line that signs off
)

// An agency is one whose dispatches others print.
type agency struct {
	name  string
	names []string // as bylines, datelines and phrases write it
}

// agencies are asked in this order.
var agencies = []agency{
	{"Reuters", []string{"Reuters", "رويترز"}},
	{"AFP", []string{"AFP", "Agence France-Presse", "Agence France Presse", "فرانس برس", "أ ف ب", "ا ف ب", "أ.ف.ب"}},
	{"AP", []string{"AP", "Associated Press", "أسوشيتد برس", "أسوشييتد برس"}},
	{"SANA", []string{"SANA", "سانا"}},
	{"dpa", []string{"dpa", "DPA", "Deutsche Presse-Agentur", "د ب أ", "د.ب.أ"}},
	{"Anadolu", []string{"Anadolu", "AA", "الأناضول"}},
	{"EFE", []string{"EFE"}},
	{"Xinhua", []string{"Xinhua", "شينخوا"}},
	{"agencies", []string{"وكالات", "الوكالات", "Agencies", "Agences", "Ajanslar", "Agenturen", "Agencias"}},
}

// Where a text names its origin. %s is the agency.
const (
	// "DAMASCUS (Reuters) -", "Damas, 8 déc (AFP)", "… (dpa)" at the end
	framed = `[(\[]\s*%s\s*[)\]]`
	// "دمشق - سانا", "دمشق/ وكالات", at the start, or "دمشق – سانا:"
	dated = `^[^.!?؟\n]{2,40}\s*[-–—/]\s*%s\s*(?:[-–—:/]|\n|$)`
	// "Reuters - ", "سانا –" at the start
	fronted = `^%s\s*[-–—:/]\s`
	// "Source: Reuters", "المصدر: سانا", "Kaynak: AA", "Quelle: dpa", "Fuente: EFE"
	signed = `(?i:source|sources|المصدر|المصادر|kaynak|quelle|quellen|fuente|fuentes)\s*[:：]\s*(?:وكالة\s+)?%s(?:[\s.,،)]|$)`
	// "with AFP", "avec l'AFP", "mit Material der dpa", "con información de EFE", "(AFP ile)"
	helped = `(?i:with|avec|mit material (?:der|von)|con información de)\s+(?:l['’])?%s[\s.)\]]*$`
	// "according to Reuters", "بحسب وكالة سانا", "selon l'AFP", "laut dpa", "según EFE"
	quoted = `(?i:according to|reports?|reported by|بحسب|حسب|وفق|وفقا ل|نقلا عن|نقلاً عن|selon|d['’]après|laut|según)\s+(?:the\s+|l['’]|وكالة\s+|der\s+|la\s+agencia\s+)?%s(?:[\s.,،;:]|$)`
	// "Reuters'a göre", "AA'nın haberine göre"
	haber = `%s(?:['’]\p{L}+)?\s+(?:haberine\s+)?göre`
)

// A mark finds an agency in the parts of an item.
type mark struct {
	agency             agency
	byline, head, tail *regexp.Regexp
}

var marks = compileMarks()

func compileMarks() (all []mark) {
	for _, a := range agencies {
		name := oneOf(a.names)
		all = append(all, mark{
			agency: a,
			byline: patterns(name, `(?:^|[\s/,(|])%s(?:$|[\s/,)|])`),
			head:   patterns(name, framed, dated, fronted, signed, quoted, haber),
			tail:   patterns(name, framed+`[\s.]*$`, signed, helped),
		})
	}
	return all
}

func patterns(name string, forms ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)` + strings.ReplaceAll(strings.Join(forms, "|"), "%s", name))
}

func oneOf(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = regexp.QuoteMeta(n)
	}
	return "(?:" + strings.Join(quoted, "|") + ")"
}

// credit names the agency an item says it has its text from: in its byline, its
// dateline, the line that signs it off, or by "according to" in its first
// sentences, in English, Arabic, French, Turkish, German and Spanish. A feed that
// names another as its item's source (RSS <source>, atom:source) credits that, and
// so does one whose canonical link leads to another publisher. It
// is "" for what claims to be the outlet's own, and for an agency's own outlet.
func credit(it *feeds.Item, outlet, source string) (name string) {
	for _, m := range marks {
		switch {
		case !m.in(it):
		case m.agency.is(outlet, source):
			return ""
		case name == "":
			name = m.agency.name
		}
	}
	if o := it.Origin; name == "" && o != nil && words.Fold(o.Title) != words.Fold(outlet) {
		return o.Title
	}
	if name == "" {
		return elsewhere(it)
	}
	return name
}

// elsewhere is the host of another publisher that an item names as the place of
// its text (rel="canonical", RFC 6596); "" when it names none.
func elsewhere(it *feeds.Item) string {
	own, there := hostName(it.Link), hostName(it.Canonical)
	if own == "" || there == "" || strings.HasSuffix("."+own, "."+there) || strings.HasSuffix("."+there, "."+own) {
		return ""
	}
	return there
}

func hostName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

func (m mark) in(it *feeds.Item) bool {
	for _, p := range it.Authors {
		if m.agency.finds(m.byline, p.Name) {
			return true
		}
	}
	text := strings.TrimSpace(it.Text)
	return m.agency.finds(m.head, text[:whole(text, headMark)]) || m.agency.finds(m.tail, text[whole(text, len(text)-tailMark):])
}

// finds runs a pattern only over what has one of the names in it: few texts do,
// and patterns are slow.
func (a agency) finds(pattern *regexp.Regexp, s string) bool {
	named := slices.ContainsFunc(a.names, func(name string) bool { return strings.Contains(s, name) })
	return named && pattern.MatchString(s)
}

// whole is the place at or before byte n where a character begins.
func whole(s string, n int) int {
	n = min(max(n, 0), len(s))
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

// is says whether an outlet is the agency itself.
func (a agency) is(outlet, source string) bool {
	own := " " + words.Fold(outlet) + " " + words.Fold(source) + " "
	for _, n := range a.names {
		if strings.Contains(own, " "+words.Fold(n)+" ") {
			return true
		}
	}
	return false
}
