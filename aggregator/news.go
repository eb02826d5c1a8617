package aggregator

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/words"
)

const (
	leadWords = 60 // of a text: what an item is about stands there
	maxFacts  = 60 // of one item
)

// facts are the figures and names in an item's title and lead, folded and sorted:
// what it has to tell, as far as that can be seen without understanding it. Years,
// days of a month and hours of the clock are no figures: they move every day.
// Names are what is capitalised where the language asks for none. Scripts without
// capitals mark no names; their long words of the title stand in for them.
func facts(it *feeds.Item) (all []string) {
	title, text := words.Split(it.Title), it.Text
	lead := leading(text[:min(len(text), leadWords*40)], leadWords)
	all = append(figures(it.Title, title), figures(text, lead)...)
	if !headed(title) {
		all = append(all, names(it.Title, it.Lang, title)...)
	}
	all = append(all, names(text, it.Lang, lead)...)
	for _, w := range title {
		if !cased(w.Raw) && utf8.RuneCountInString(w.Fold) >= 4 && figure(w.Raw) == "" {
			all = append(all, bare(w.Fold))
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(len(all), maxFacts)]
}

// leading are the first n words of a text. A blank ends every word before it, so
// that the text need be cut into words no further than where there are enough.
func leading(text string, n int) []words.Word {
	for size := 10 * n; size < len(text); size *= 2 {
		blank := strings.IndexByte(text[size:], ' ')
		if blank < 0 {
			break
		}
		if ws := words.Split(text[:size+blank]); len(ws) >= n {
			return ws[:n]
		}
	}
	ws := words.Split(text)
	return ws[:min(len(ws), n)]
}

// anew says whether an item tells what nobody did before: one figure or name is
// enough, of words that stand in for names it takes half.
func anew(facts []string, known map[string]bool) bool {
	words, fresh := 0, 0
	for _, f := range facts {
		if figure(f) == "" && !cased(f) {
			words++
			if !known[f] {
				fresh++
			}
			continue
		}
		if !known[f] {
			return true
		}
	}
	return fresh > 0 && 2*fresh >= words
}

func figures(s string, ws []words.Word) (all []string) {
	for i, w := range ws {
		n := figure(w.Raw)
		if n == "" || len(n) == 4 && (strings.HasPrefix(n, "19") || strings.HasPrefix(n, "20")) {
			continue
		}
		if !(len(n) <= 2 && monthly(ws, i)) && !isTime(s, w) {
			all = append(all, n)
		}
	}
	return all
}

// monthly says whether a month stands beside a number: "8 December", "Dec. 8",
// "8 de diciembre".
func monthly(ws []words.Word, i int) bool {
	month := func(i int) bool { return i >= 0 && i < len(ws) && calendar[ws[i].Fold] }
	return month(i-1) || month(i+1) || month(i+2) && ws[i+1].Fold == "de"
}

// figure writes a number in plain digits, without what groups them; "" for what
// is none.
func figure(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= '٠' && r <= '٩':
			b.WriteRune(r - '٠' + '0')
		case r >= '۰' && r <= '۹':
			b.WriteRune(r - '۰' + '0')
		case r == ',' || r == '٬' || r == '.' || r == '٫':
		default:
			return ""
		}
	}
	return b.String()
}

// isTime says whether a number is half of a time of day: 12:30.
func isTime(s string, w words.Word) bool {
	return w.Start > 0 && s[w.Start-1] == ':' || w.End < len(s) && s[w.End] == ':' && w.End+1 < len(s) && figure(s[w.End+1:w.End+2]) != ""
}

// names are the capitalised words of a text, but for those that begin a sentence
// or a quotation. German writes all nouns so: there it takes two in a row.
func names(s, lang string, ws []words.Word) (all []string) {
	german := lang == "de" || strings.HasPrefix(lang, "de-")
	for i, w := range ws {
		if !capital(w.Raw) || utf8.RuneCountInString(w.Fold) < 3 || calendar[w.Fold] || i == 0 || begins(s[ws[i-1].End:w.Start]) {
			continue
		}
		if german && !(i+1 < len(ws) && capital(ws[i+1].Raw) && s[w.End:ws[i+1].Start] == " " ||
			capital(ws[i-1].Raw) && s[ws[i-1].End:w.Start] == " ") {
			continue
		}
		all = append(all, w.Fold)
	}
	return all
}

// begins says whether what stands between two words starts a sentence.
func begins(between string) bool {
	return strings.ContainsAny(between, ".!?:;…\n\"“”„«»‘(—–-")
}

// headed says whether most words of a title are capitalised, as in English
// headlines: there it tells nothing.
func headed(title []words.Word) bool {
	long, capitals := 0, 0
	for _, w := range title {
		if utf8.RuneCountInString(w.Raw) >= 4 && cased(w.Raw) {
			long++
			if capital(w.Raw) {
				capitals++
			}
		}
	}
	return 3*capitals > 2*long
}

func capital(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

// cased says whether a word's script has capitals.
func cased(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r) || unicode.IsLower(r)
}

// bare is an Arabic word without its prefixes, as short as it gets; any other
// word as it is.
func bare(fold string) string {
	short := fold
	for _, stem := range words.Stems(fold) {
		if len(stem) < len(short) {
			short = stem
		}
	}
	return short
}

// calendar are the names of months and days, folded, in English, Arabic (both
// calendars in use), French, Turkish, German and Spanish.
var calendar = set(`
january february march april may june july august september october november december
jan feb mar apr jun jul aug sept sep oct nov dec
monday tuesday wednesday thursday friday saturday sunday
كانون شباط اذار نيسان ايار حزيران تموز اب ايلول تشرين
يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر ديسمبر
janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik
pazartesi sali carsamba persembe cuma cumartesi pazar
januar februar marz april mai juni juli august september oktober november dezember
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre`)

func set(list string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(list) {
		all[words.Fold(w)] = true
	}
	return all
}
