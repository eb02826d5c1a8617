package feeds

import (
	"regexp"
	"strings"
	"time"
)

// layouts of dates, the common ones first.
var layouts = []string{
	time.RFC3339Nano, "Mon, 2 Jan 2006 15:04:05 -0700", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
	"2006-01-02T15:04:05-0700", "2006-01-02T15:04:05 -0700", "20060102T15:04:05Z07:00", "20060102T150405Z07:00", "20060102",
	"2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04 -0700", "2 Jan 2006 15:04 -0700", "Mon, 2 Jan 2006 15:04:05",
	"2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "Mon, 2 Jan 2006", "2 Jan 2006", "Mon Jan 2 15:04:05 2006", "Mon Jan 2 2006 15:04:05 -0700", "Mon Jan 2 2006 15:04:05", "Mon Jan 2 15:04:05 -0700 2006",
	"Mon 2 Jan 2006 15:04:05 -0700", "Jan 2, 2006 15:04:05", "Jan 2, 2006 15:04 PM", "Jan 2, 2006 3:04 PM", "Jan 2, 2006 3:04:05 PM",
	"Jan 2, 2006", "Jan 2 2006 15:04:05", "Mon, Jan 2 2006 15:04:05 -0700", "Mon, 2 Jan 06 15:04:05 -0700", "2 Jan 06 15:04:05 -0700", "Mon, 2 Jan 06 15:04 -0700",
	"2 Jan 06 15:04 -0700", "2006/1/2 15:04:05", "2006/1/2", "01/02/2006 15:04:05", "1/2/2006 3:04:05 PM", "1/2/2006 15:04", "1/2/2006",
	"Jan 2 2006 15:04:05 -0700", "Jan 2006", "Jan 2 2006 15:04 -0700", "Jan 2 2006 15:04", "Jan 2 2006", "Jan 2 2006 3:04PM", "Jan 2 2006 3:04PM -0700", "Jan 2 2006 3:04 PM", "Jan 2 2006 3:04:05 PM", "Jan 2 2006 3:04 PM -0700", "2 Jan 2006 3:04 PM -0700", "2 Jan 2006 3:04 PM",
	"2 Jan 2006 -0700", "1/2/2006 3:04 PM -0700", "1/2/2006 3:04 PM", "1/2/06 15:04:05", "2/1/2006", "2.1.06", "2006/1/2 15:04:05 -0700", "2006-01-02T15:04:05-07:00",
	"2.1.2006 15:04:05", "2.1.2006 15:04", "2.1.2006", "2006-01", "2006-002", "2006", "060102", "0601",
}

// zones are names that feeds write for offsets (RFC 822, 5, and others seen).
var zones = map[string]string{
	"UT": "+0000", "UTC": "+0000", "GMT": "+0000", "Z": "+0000", "EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500",
	"MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700", "CET": "+0100", "CEST": "+0200", "MET": "+0100", "MEST": "+0200",
	"MEZ": "+0100", "MESZ": "+0200", "WET": "+0000", "WEST": "+0100", "EET": "+0200", "EEST": "+0300", "BST": "+0100", "MSK": "+0300",
	"IST": "+0530", "JST": "+0900", "KST": "+0900", "AEST": "+1000", "AEDT": "+1100", "TRT": "+0300", "AST": "+0300",
	"ET": "-0500", "CT": "-0600", "MT": "-0700", "PT": "-0800", "AT": "-0400",
	"A": "-0100", "M": "-1200", "N": "+0100", "Y": "+1200",
}

// months are names in other languages; only their beginnings are written out.
var months = map[string]string{
	"janv": "Jan", "fév": "Feb", "avr": "Apr", "déc": "Dec", "févr": "Feb", "fevr": "Feb", "mars": "Mar", "avri": "Apr", "mai": "May", "juin": "Jun", "juil": "Jul", "août": "Aug",
	"aout": "Aug", "déce": "Dec", "ocak": "Jan", "şuba": "Feb", "mart": "Mar", "nisa": "Apr", "mayı": "May", "hazi": "Jun", "temm": "Jul",
	"ağus": "Aug", "eylü": "Sep", "ekim": "Oct", "kası": "Nov", "aral": "Dec", "janu": "Jan", "febr": "Feb", "march": "Mar", "apri": "Apr",
	"june": "Jun", "july": "Jul", "augu": "Aug", "sept": "Sep", "octo": "Oct", "nove": "Nov", "dece": "Dec", "märz": "Mar", "okto": "Oct",
	"dezem": "Dec", "ener": "Jan", "enero": "Jan", "abri": "Apr", "agos": "Aug", "dici": "Dec", "dez": "Dec", "mär": "Mar", "okt": "Oct",
}

var (
	zoneName  = regexp.MustCompile(`\s*\b([A-Z]{1,4})$`)
	colonned  = regexp.MustCompile(`([+-]\d{2}):(\d{2})$`)
	gmtPlus   = regexp.MustCompile(`(?:GMT|UTC)\s*([+-]\d{1,2}):?(\d{2})?$`)
	word      = regexp.MustCompile(`\p{L}{3,}\.?`)
	blanks    = regexp.MustCompile(`\s+`)
	digitNext = regexp.MustCompile(`^(\p{L}+)\.?,? *(\d)`)
	anyNext   = regexp.MustCompile(`^(\p{L}+)\.?,? +([\pL\d])`)
)

// ParseDate reads a date as feeds write them: RFC 3339, RFC 822 and what stands
// for them. A date without a zone is UTC. Years before 1970 and Hugo's
// 0001-01-01 are no dates.
func ParseDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if len(s) < 4 || len(s) > 80 {
		return time.Time{}, false
	}
	if t, ok := tryLayouts(s, layouts[:2]); ok { // nearly all
		return t, plausible(t)
	}
	t, ok := tryLayouts(mend(s), layouts)
	if !ok {
		t, ok = tryLayouts(mend(plain(s)), layouts)
	}
	return t, ok && plausible(t)
}

// plain writes a date without what only people read: "Mon, November 16th, 2020 at
// 11:12 p.m. EST (Eastern)" is "Mon November 16 2020 11:12 PM EST".
func plain(s string) string {
	s = sansWeekday(s, anyNext)
	s = ordinal.ReplaceAllString(aside.ReplaceAllString(s, ""), "$1")
	s = halves.Replace(s)
	s = strings.Join(strings.Fields(between.ReplaceAllString(s, "$1 ")), " ")
	return doubled.ReplaceAllString(s, "$1") // "-05:00Z": the offset is meant
}

var (
	aside   = regexp.MustCompile(`\s*\([^)]*\)|\\n$`)
	ordinal = regexp.MustCompile(`(\d)(?:st|nd|rd|th)\b`)
	between = regexp.MustCompile(`([\pL\d])(?:[.,] | - | at |,)`)
	doubled = regexp.MustCompile(`([+-]\d\d:\d\d)Z$`)
	halves  = strings.NewReplacer("a.m.", "AM", "p.m.", "PM", "am", "AM", "pm", "PM")
)

func tryLayouts(s string, ls []string) (time.Time, bool) {
	for _, l := range ls {
		if t, err := time.Parse(l, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

func plausible(t time.Time) bool { return t.Year() >= 1970 && t.Year() < 3000 }

// mend writes zones as offsets, names in English, and takes out what varies.
func mend(s string) string {
	s = blanks.ReplaceAllString(s, " ")
	s = sansWeekday(s, digitNext)
	if m := gmtPlus.FindStringSubmatch(s); m != nil {
		minutes := m[2]
		if minutes == "" {
			minutes = "00"
		}
		hours := m[1]
		if len(hours) == 2 {
			hours = hours[:1] + "0" + hours[1:]
		}
		s = strings.TrimSuffix(s, m[0]) + hours + minutes
	}
	if m := zoneName.FindStringSubmatchIndex(s); m != nil {
		name := s[m[2]:m[3]]
		if offset, ok := zones[name]; ok && (name != "Z" || m[0] < m[2]) { // "…:00Z" is RFC 3339
			s = s[:m[0]] + " " + offset
		}
	}
	if !strings.Contains(s, "T") {
		s = colonned.ReplaceAllString(s, "$1$2")
	}
	s = word.ReplaceAllStringFunc(s, english)
	return strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, " ,", ","), ", ,", ","))
}

// sansWeekday takes the name of a day off, in any language, and often wrong.
func sansWeekday(s string, form *regexp.Regexp) string {
	m := form.FindStringSubmatchIndex(s)
	if m == nil || month(s[m[2]:m[3]]) && !strings.Contains(s[:m[4]], ",") { // "mar., 1 déc." is a Tuesday
		return s
	}
	return s[m[4]:]
}

// month says whether a word is the name of one.
func month(name string) bool {
	_, err := time.Parse("Jan", english(name))
	return err == nil
}

// english shortens a name of a day or month to three letters of English.
func english(name string) string {
	low := strings.ToLower(strings.TrimSuffix(name, "."))
	letters := []rune(low)
	for n := min(len(letters), 5); n >= 3; n-- {
		if m, ok := months[string(letters[:n])]; ok {
			return m
		}
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if day := strings.ToLower(d.String()); strings.HasPrefix(day, low[:min(3, len(low))]) && len(low) <= len(day) {
			return d.String()[:3]
		}
	}
	return name
}
