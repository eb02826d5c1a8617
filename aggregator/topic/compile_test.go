package topic

import (
	"strings"
	"testing"

	"github.com/wiredesk/wiredesk/config"
)

// compileTerm compiles one term and answers what is said of it.
func compileTerm(term string) (ok bool, errs []Error) {
	s, errs := Compile([]*config.Topic{{ID: "x", Strong: []config.List{list("en", term)}}})
	return s != nil, errs
}

func TestAMistakeHasItsPlaceAndAWayOut(t *testing.T) {
	for term, want := range map[string]struct {
		at        int
		msg, help string
	}{
		`"white helmets`:        {0, "unbalanced quote", `write "two words"`},
		`سوريا "`:               {6, "unbalanced quote", `write "two words"`},
		`“white helmets`:        {0, "unbalanced quote", `write "two words"`},
		`"a b" c`:               {0, "quotes stand around a whole term", "near each other"},
		`"a b"~`:                {0, "quotes stand around a whole term", `"two words"~5`},
		"*syria":                {0, "only at the end", `write "syria*"; list words that end in "syria"`},
		"Syr*an":                {3, "only at the end", `write "Syr*"`},
		"*":                     {0, "only at the end", "two letters"},
		"S*":                    {0, "one letter would match everything", "two letters"},
		"horoscope |":           {11, "nothing stands after the last |", "take the | out"},
		"| a":                   {0, "nothing stands before a |", "take the | out"},
		"a || b":                {3, "nothing stands before a |", "take the | out"},
		"حلب | *مص":             {6, "only at the end", `"مص*"`},
		"":                      {0, "it is empty", "write a word"},
		"a | title:b":           {4, "stand in one field", "two terms"},
		"title:x | titel:y":     {10, `no field "titel"`, `"title:"`},
		"topic:syria":           {0, "in a query only", "query = "},
		`url:""`:                {4, "nothing stands in it", "behind the colon"},
		"…":                     {0, "no word", "/regexp/"},
		"-hamster":              {0, "turned round", "ignore"},
		"/(i?)horoscope/":       {1, "(i?) is an optional letter i", "write /horoscope/i"},
		"/a(b/":                 {1, "missing closing )", "RE2"},
		"/ab(?=c)/":             {3, "invalid or unsupported Perl syntax", "no look-around"},
		"title:/a(b/":           {7, "missing closing )", "RE2"},
		"/horoscope|/":          {0, "it matches everything", "trailing |"},
		"/.*/":                  {0, "it matches everything", "ask for a word"},
		"/./":                   {0, "it matches everything", "ask for a word"},
		`/\w+/i`:                {0, "it matches everything", "ask for a word"},
		`/\b/`:                  {0, "it matches everything", "ask for a word"},
		"/abc":                  {0, "a regexp has no end", "/…/i"},
		"/abc/x":                {0, "a regexp has no end", "/…/i"},
		"/" + long(1025) + "/":  {0, "over the limit of 1024 bytes", "split it"},
		"titel:Syria":           {0, `no field "titel"`, `did you mean "title:"?`},
		"headline:Syria":        {0, `no field "headline"`, `did you mean "title:"?`},
		"date:2024":             {0, `no field "date"`, "fields: title, summary"},
		"https://a.example/1":   {0, "an address is no term", "url:"},
		"\u00a0\u00a0*syria":    {2, "only at the end", `"syria*"`},
		"tag:“Middle East | x ": {4, "unbalanced quote", `"two words"`},
	} {
		ok, errs := compileTerm(term)
		if ok || len(errs) != 1 || errs[0].Warning {
			t.Errorf("%q: compiles %v, %+v", term, ok, errs)
			continue
		}
		if e := errs[0]; e.Offset != want.at || !strings.Contains(e.Msg, want.msg) || !strings.Contains(e.Help, want.help) || e.Path != "en[0]" {
			t.Errorf("%q: %d %q, help %q; want %+v", term, e.Offset, e.Msg, e.Help, want)
		}
	}
}

func long(n int) string { return strings.Repeat("x", n) }

func TestTermsThatAreFine(t *testing.T) {
	for _, term := range []string{
		"Syria", "Deir ez-Zor", "=HTS", `"=HTS"`, "“white helmets”~3", `"white helmets" ~ 3`, "«a b»", "a\u00a0b", "Syrian*", "one | two | thr*",
		"/S-?300/i", "/" + long(1024) + "/", "/[0-9]{4} years/", "title:Syria", "INTITLE:Syria", "#syria", "Idlib: a city", "3.5", "it's", "=It",
	} {
		if ok, errs := compileTerm(term); !ok || len(errs) > 0 {
			t.Errorf("%q: %+v", term, errs)
		}
	}
}

func TestDoubtfulTermsAreWarnedOf(t *testing.T) {
	for term, want := range map[string]struct {
		at  int
		msg string
	}{
		"Syria AND Turkey":   {6, "AND is read as a word"},
		"the":                {0, "nearly every text"},
		"Syria | der":        {0, "nearly every text"},
		"حلب NOT الشهباء":    {4, "NOT is read as a word"},
		"title:Damascus | a": {0, `"a" stands in nearly every text`},
	} {
		ok, errs := compileTerm(term)
		if !ok || len(errs) != 1 || !errs[0].Warning || errs[0].Offset != want.at || !strings.Contains(errs[0].Msg, want.msg) || errs[0].Help == "" {
			t.Errorf("%q: compiles %v, %+v", term, ok, errs)
		}
	}
	_, errs := Compile([]*config.Topic{{ID: "x", Strong: []config.List{list("ar", "سورية", "سوريه"), list("tr", "İdlib", "Idlib")}}})
	if len(errs) != 2 || !errs[0].Warning || errs[1].Path != "tr[1]" {
		t.Errorf("the same after folding: %+v", errs)
	}
}

func TestAllMistakesComeAtOnce(t *testing.T) {
	_, errs := Compile([]*config.Topic{
		{ID: "x", Strong: []config.List{list("en", "*a", "fine", "b |")}, Reject: terms("/(/")},
		{ID: "y", Weak: []config.List{list("ar", "x:y")}},
	})
	var paths []string
	for _, e := range errs {
		paths = append(paths, e.Path)
	}
	if got := strings.Join(paths, " "); got != "en[0] en[2] all[0] ar[0]" {
		t.Errorf("mistakes at %s", got)
	}
}

func TestTopicsComeInTheOrderOfTheConfig(t *testing.T) {
	a, b := syria(), syria()
	a.ID, b.ID = "one", "two"
	s := set(t, b, a)
	if ts := s.Topics(); len(ts) != 2 || ts[0] != b || ts[1] != a {
		t.Errorf("%v", ts)
	}
	ms := s.Match(news("en", "Syria", ""))
	if len(ms) != 2 || ms[0].Topic != "two" || ms[1].Topic != "one" {
		t.Errorf("%+v", ms)
	}
}

func TestATestOfTheConfigSaysWhichTermDecided(t *testing.T) {
	top := syria()
	top.Sources = []string{"bbc"}
	s := set(t, top)
	for name, row := range map[string]struct {
		test config.Test
		want string
	}{
		"as wanted":       {config.Test{Title: "Rain in Damascus", Lang: "en", Want: true}, ""},
		"left as wanted":  {config.Test{Title: "Hamas says talks resume", Lang: "en"}, ""},
		"a surprise":      {config.Test{Title: "Assad in Hama", Lang: "en"}, `"Assad in Hama": want no match, got 4.5 of 3 points by strong.en "Assad", weak.en "Hama"`},
		"too little":      {config.Test{Title: "Hama", Lang: "en", Want: true}, `"Hama": want a match, got 2 of 3 points by weak.en "Hama"`},
		"rejected":        {config.Test{Title: "Syria horoscope", Lang: "en", Want: true}, `"Syria horoscope": want a match, rejected by "title:horoscope"`},
		"its own source":  {config.Test{Title: "Syria", Source: "bbc", Want: true}, ""},
		"another source":  {config.Test{Title: "Syria", Source: "afp", Want: true}, `"Syria": want a match, but the topic takes nothing from source "afp"`},
		"text, no title":  {config.Test{Text: "In Damascus it rains.", Lang: "en", Want: true}, ""},
		"language unsaid": {config.Test{Title: "دمشق القديمة", Want: true}, ""},
	} {
		if got := s.Test("syria", row.test); got != row.want {
			t.Errorf("%s: %s, want %s", name, got, row.want)
		}
	}
	if got := s.Test("siria", config.Test{Want: true}); got == "" {
		t.Error("an unknown topic passes a test")
	}
}
