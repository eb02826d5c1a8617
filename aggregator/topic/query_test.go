package topic

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

// asking is a topic that is a query alone.
func asking(id, query string) *config.Topic {
	return &config.Topic{ID: id, Aim: "broad", Sources: []string{"*"}, Query: config.Term{Text: query, Path: id + ".query"}}
}

func wrong(errs []Error) bool {
	return slices.ContainsFunc(errs, func(e Error) bool { return !e.Warning })
}

func TestQueriesOnTexts(t *testing.T) {
	for _, row := range []struct{ query, in, out string }{
		{"Syria sanctions", "sanctions on Syria | Syria's Sanctions", "Syria | sanctions | rain"},
		{"Syria AND sanctions", "sanctions on Syria", "Syria | sanctions"},
		{"Syria OR Iraq", "Syria | Iraq | Iraq and Syria", "Assyrian | rain"},
		{"Syria NOT football", "Syria", "Syria football | rain"},
		{"Syria AND NOT football", "Syria", "Syria football | rain"},
		{"Syria -football", "Syria", "Syria football | rain"},
		{"Syria –football", "Syria", "Syria football"},
		{"Syria −football", "Syria", "Syria football"},
		{`Syria -"Syrian hamster"`, "Syria, Syrian", "Syria: a Syrian hamster"},
		{"Syria -(football OR chess)", "Syria", "Syria football | Syria chess"},
		{"Syria (sanctions OR aid)", "Syria aid | Syria sanctions", "Syria | aid sanctions"},
		{"Syria OR Iraq aid", "Syria | Iraq aid", "Iraq | aid"},
		{"Syria | Iraq aid", "Syria aid | Iraq aid", "Syria | Iraq"},
		{"2 of (UN, aid, truce)", "UN aid | aid truce | UN aid truce", "UN | truce"},
		{"2 OF (UN, aid OR help, -truce)", "UN help | help | UN", "truce help | truce"},
		{"NOT 2 of (UN, aid, truce)", "UN | rain", "UN aid"},
		{"ceasefire 2 of the", "ceasefire: the rest of 2", "ceasefire"},
		{`"white helmets"~2`, "helmets, which were white", "helmets that nobody had ever painted white"},
		{`"white helmets" ~ 2`, "helmets, which were white", "white"},
		{`"white helmets"`, "White Helmets", "helmets white"},
		{"“white helmets”", "White Helmets", "helmets white"},
		{"Syria\u00a0football", "football in Syria", "Syria"},
		{"（Syria　ＯＲ　Iraq）　aid", "Iraq aid", "Iraq"},
		{"＂white helmets＂", "white helmets", "helmets white"},
		{"2 of （UN، aid، truce）", "UN truce", "UN"},
		{"\u200fسوريا\u200f -\u200fحلب", "وسوريا", "سوريا وحلب"},
		{"Syria* -Syria", "Syrian", "Syria | Syrian Syria"},
		{"=HTS", "HTS", "hts"},
		{"/S-?300/i", "the s300", "the 300"},
		{`/(a|b) c, d/ Syria`, "Syria a c, d", "a c, d"},
		{"NOT NOT Syria", "Syria", "rain"},
		{"NOT Syria", "rain", "Syria"},
		{"Syria OR NOT rain", "Syria rain | sun | Syria", "rain"},
		{"title:Syria", "Syria", "rain"},
		{"INTITLE:Syria", "Syria", "rain"},
		{`title:"white helmets"`, "white helmets", "white"},
		{"body:Syria", "", "Syria"},
		{"author:haddad Syria", "Syria", "rain"},
		{"author:smith Syria", "", "Syria"},
		{"#east Syria", "Syria", "rain"},
		{`tag:"Middle East" Syria`, "Syria", "rain"},
		{"url:/news/ Syria", "Syria", "rain"},
		{"inurl:/sport/ Syria", "", "Syria"},
		{"site:one.example Syria", "Syria", "rain"},
		{"source:bbc OR Syria", "rain | Syria", ""},
		{"source:afp OR Syria", "Syria", "rain"},
		{"lang:en", "rain", ""},
		{"lang:ar OR source:afp", "", "Syria"},
		{"lang:en -Syria", "rain", "Syria"},
		{"-source:bbc Syria", "", "Syria"},
		{"AT&T", "AT&T", "AT"},
		{"title:Syria | title:Iraq", "Iraq", "rain"},
		{"Deir-ez-Zor", "Deir ez-Zor", "Deir"},
	} {
		s := set(t, asking("x", row.query))
		for _, texts := range []struct {
			list string
			want bool
		}{{row.in, true}, {row.out, false}} {
			for _, title := range strings.Split(texts.list, " | ") {
				d := news("en", title, "")
				d.Item.Link, d.Item.Authors = "https://www.one.example/news/1", []feeds.Person{{Name: "Lina Haddad"}}
				d.Item.Categories = []feeds.Category{{Term: "Middle East"}}
				if got := isIn(s, "x", d); title != "" && got != texts.want {
					t.Errorf("%s on %q: %v", row.query, title, got)
				}
			}
		}
	}
}

func isIn(s *Set, id string, d Doc) bool {
	return slices.ContainsFunc(s.Match(d), func(m Match) bool { return m.In && m.Topic == id })
}

func TestAMistakeOfAQueryHasItsPlaceAndAWayOut(t *testing.T) {
	for query, want := range map[string]struct {
		at        int
		msg, help string
	}{
		"":                      {0, "it is empty", "take it out"},
		" \u00a0 ":              {0, "it is empty", "take it out"},
		`Syria "white helmets`:  {6, "unbalanced quote", `"two words"`},
		"سوريا “حلب":            {6, "unbalanced quote", `"two words"`},
		"Syria (aid":            {6, "a ( that nothing closes", "write the )"},
		"Syria) aid":            {5, "a ) that no ( has opened", "take it out"},
		"Syria ()":              {6, "nothing stands in the parentheses", "take the parentheses out"},
		"Syria AND":             {6, "nothing stands after AND", "take it out"},
		"OR Syria":              {0, "nothing stands before OR", "take it out"},
		"Syria OR OR aid":       {6, "nothing stands after OR", "take it out"},
		"Syria NOT":             {6, "nothing stands after NOT", "take it out"},
		"(Syria AND) aid":       {7, "nothing stands after AND", "take it out"},
		"Syria |":               {6, "nothing stands after |", "take it out"},
		"| Syria":               {0, "nothing stands before |", "take it out"},
		"Syria | -aid":          {8, "NOT cannot stand behind a |", "OR -b"},
		"title:Syria | aid":     {14, "stand in one field", "title:a | title:b"},
		"Syria - aid":           {6, "- is no sign", "right before"},
		"Syria & aid":           {6, "& is no sign", "AND"},
		"Syria && aid":          {6, "&& is no sign", "AND"},
		"Syria !aid":            {6, "! is no sign", "-word"},
		"Syria +aid":            {6, "+ is no sign", "all required"},
		"Syria NEAR/5 aid":      {6, "NEAR/5 is no operator", `"a b"~5`},
		"Syria~2":               {5, "~ means nothing", "star"},
		"حلب Syr?a":             {7, "? means nothing", "star"},
		"2 of (UN)":             {0, "2 of 1 can never be", "commas"},
		"3 of (UN, aid)":        {0, "3 of 2 can never be", "commas"},
		"0 of (UN, aid)":        {0, "0 of them is everything", "1 of"},
		"2 of (UN, , aid)":      {10, "nothing stands beside a comma", "take the comma out"},
		"2 of (UN, aid":         {5, "a ( that nothing closes", "write the )"},
		"(UN, aid)":             {0, "commas in parentheses without a number", "2 of"},
		"Damascus, Virginia":    {8, "a comma stands only inside", `"Damascus, Virginia"`},
		"aid titel:Syria":       {4, `no field "titel"`, `"title:"`},
		"aid title: Syria":      {4, "nothing stands after title:", "one term"},
		"title:(Syria OR aid)":  {0, "nothing stands after title:", "title:a OR title:b"},
		"aid *syria":            {4, "only at the end", `"syria*"`},
		"aid /(i?)x/":           {5, "(i?) is an optional letter", "(?i)"},
		"aid /x|/":              {4, "it matches everything", "trailing |"},
		"aid /a(b/":             {5, "missing closing )", "RE2"},
		"aid …":                 {4, "no word", "/regexp/"},
		"aid https://a.example": {4, "an address is no term", "url:"},
		"Syria OR NOT Syria":    {13, "it matches everything", "AND for OR"},
		"Syria OR NOT (=A Syria) OR =A": {
			27, "it matches everything", "AND for OR"},
		"Syria -syria":              {7, "it can never match", "OR for AND"},
		"aid topic:siria":           {4, `no topic "siria"`, "did you mean topic:syria?"},
		"topic:x":                   {0, "circle: x → x", "take topic:x out"},
		"aid topic:syria":           {0, "", ""}, // no mistake: see below
		"“a b” c “d":                {8, "unbalanced quote", `"two words"`},
		`"a b"c`:                    {0, "quotes stand around a whole term", "near each other"},
		strings.Repeat("(", 70):     {60, "in each other", "flatter"},
		strings.Repeat("a ", 1e4+1): {0, "over the limit of 20000 characters", "split"},
	} {
		s, errs := Compile([]*config.Topic{asking("x", query), syria()})
		errs = slices.DeleteFunc(errs, func(e Error) bool { return e.Warning })
		if want.msg == "" {
			if s == nil {
				t.Errorf("%q: %+v", query, errs)
			}
			continue
		}
		if s != nil || len(errs) == 0 {
			t.Errorf("%.60q: compiles %v, %+v", query, s != nil, errs)
			continue
		}
		if e := errs[0]; e.Offset != want.at || !strings.Contains(e.Msg, want.msg) || !strings.Contains(e.Help, want.help) || e.Path != "x.query" {
			t.Errorf("%.60q: %d %q, help %q; want %+v", query, e.Offset, e.Msg, e.Help, want)
		}
	}
}

func TestDoubtsOfAQueryAreWarnings(t *testing.T) {
	for query, want := range map[string]struct {
		at  int
		msg string
	}{
		"Syria and Iraq":          {6, `"and" is read as a word`},
		"Syria or Iraq":           {6, `"or" is read as a word`},
		"Syria the":               {6, "nearly every text"},
		"Syria OR Iraq aid":       {9, "read as (Iraq aid) beside OR"},
		"Syria* OR Syrian":        {10, `"Syrian" is already covered by "Syria*"`},
		"Syria OR syria":          {9, `"syria" is already covered by "Syria"`},
		"سوري* OR سورية":          {9, "already covered"},
		"lang:ar Damascus":        {8, `no letters of language "ar"`},
		"Syria 'white helmets'":   {6, "single quote"},
		`aid OR "aid convoy"`:     {7, `"\"aid convoy\"" is already covered by "aid"`},
		"2 of (truce, aid, =AID)": {18, `"=AID" is already covered by "aid"`},
		"title:aid OR aid truce":  {13, "read as (aid truce)"},
	} {
		s, errs := Compile([]*config.Topic{asking("x", query)})
		if s == nil || len(errs) != 1 || !errs[0].Warning || errs[0].Offset != want.at || !strings.Contains(errs[0].Msg, want.msg) || errs[0].Help == "" {
			t.Errorf("%q: compiles %v, %+v", query, s != nil, errs)
		}
	}
	for _, query := range []string{"Syria (Iraq OR aid)", `"and" Syria`, "(Iraq aid) OR Syria", "Şam* OR Sam", "Iran a*b", "title:aid OR aid", "lang:ar (Damascus OR حلب)"} {
		if _, errs := Compile([]*config.Topic{asking("x", query)}); len(errs) > 0 && !strings.Contains(query, "a*b") && !strings.Contains(query, "title:aid") {
			t.Errorf("%q: %+v", query, errs)
		}
	}
}

func TestAllMistakesOfAQueryComeAtOnce(t *testing.T) {
	_, errs := Compile([]*config.Topic{asking("x", "AND *a (b OR) titel:c -")})
	var at []int
	for _, e := range errs {
		at = append(at, e.Offset)
	}
	slices.Sort(at)
	if !slices.Equal(at, []int{0, 4, 10, 14, 22}) {
		t.Errorf("%+v", errs)
	}
}

func TestTermsThatAnotherCoversOrThatCannotMatch(t *testing.T) {
	for _, row := range []struct {
		lang  string
		terms []string
		want  string // path of the warning, "" for none
	}{
		{"en", []string{"Şyria*", "Syrian"}, ""}, // marks are respected where the language is a guess
		{"en", []string{"Syria", "Syria talks"}, "en[1]"},
		{"en", []string{"Syria talks", "the Syrian*", "Syria*"}, ""},
		{"en", []string{"new Syrian army", "title:Syrian*"}, ""},
		{"en", []string{"title:Syrian", "Syria*"}, "en[0]"},
		{"en", []string{"=HTS", "HTS"}, "en[0]"},
		{"en", []string{"=HTS", "HTSX"}, ""},
		{"ar", []string{"سوري*", "السورية", "لسوريه"}, ""},
		{"ar", []string{"سوريه*", "سورية"}, "ar[1]"},
		{"ar", []string{"حلب", "Damascus"}, "ar[1]"},
		{"ar", []string{"حلب", "=Damascus", "title:Damascus", "/Damascus/"}, ""},
		{"en", []string{"Syria", "سوريا"}, "en[1]"},
		{"ru", []string{"Сирия", "Syria"}, "ru[1]"},
		{"zh", []string{"叙利亚", "Syria"}, "zh[1]"},
		{"sr", []string{"Sirija", "Сирија"}, ""},
		{"hi", []string{"सीरिया"}, ""},
		{"all", []string{"Syria", "سوريا"}, ""},
	} {
		_, errs := Compile([]*config.Topic{{ID: "x", Strong: []config.List{list(row.lang, row.terms...)}}})
		got := ""
		for _, e := range errs {
			got += e.Path
		}
		if row.lang == "en" && row.terms[0] == "Syria talks" { // spelling shows it: config's to say
			continue
		}
		if got != row.want || wrong(errs) {
			t.Errorf("%s %q: %+v", row.lang, row.terms, errs)
		}
	}
}

func TestAQueryScoresAsItsTermsDo(t *testing.T) {
	far := strings.Repeat("word ", 70)
	for _, row := range []struct {
		query, title, text string
		want               float64
		in                 bool // of standard
	}{
		{"Syria aid", "Syria", "Aid.", 3 + 2 + 2, true},
		{"Syria aid", "Rain", far + "Syria aid.", 2, false},
		{"Syria aid", "Syria", "", 4, false},
		{"lang:en Syria", "Rain", far + "Syria", 1, false},
		{"lang:en Syria", "Syria", "", 4, true},
		{"lang:en", "Rain", "", 4, true},
		{"(Syria football) OR Iraq", "Syria", far + "Iraq", 1, false},
		{"Syria -football", "Syria football", "", 0, false},
		{"-football", "Rain", "", 0, true},
	} {
		top := asking("x", row.query)
		top.Aim = "standard"
		if m := match(t, top, news("en", row.title, row.text)); m.Score != row.want || m.In != row.in && row.query != "-football" {
			t.Errorf("%s on %q: %+v", row.query, row.title, m)
		}
	}
}

func TestAQueryNarrowsTheLists(t *testing.T) {
	top := syria()
	top.Query = config.Term{Text: `(sanctions OR aid) -football`, Path: "syria.query"}
	s := set(t, top)
	for title, want := range map[string]string{
		"Syria sanctions": "true 4 ", "Syria": "false 4  lacks sanctions OR aid", "sanctions": "", "Syria sanctions football": "false 0 football", "sanctions football": "false 0 football",
	} {
		got := ""
		for _, m := range s.Match(news("en", title, "")) {
			got = fmt.Sprintf("%v %g %s", m.In, m.Score, m.Veto)
			if m.Lacks != "" {
				got += " lacks " + m.Lacks
			}
		}
		if got != want {
			t.Errorf("%q: %s, want %s", title, got, want)
		}
	}
	taken := news("en", "Rain", "")
	taken.Take = "syria"
	if m := match(t, top, taken); !m.In || m.By != "take" {
		t.Errorf("take outranks what a query lacks: %+v", m)
	}
	taken.Item.Title = "Football"
	if m := match(t, top, taken); m.In || m.Veto != "football" {
		t.Errorf("NOT outranks take: %+v", m)
	}
	if msg := s.Test("syria", config.Test{Title: "Syria", Lang: "en", Want: true}); !strings.Contains(msg, "the query lacks") {
		t.Error(msg)
	}
}

func TestIgnoredMentionsDoNotSatisfyAQuery(t *testing.T) {
	top := asking("x", "Syria* -football")
	top.Ignore = terms("Syrian hamster", "football pitch")
	for title, want := range map[string]bool{"Syrian hamster": false, "Syrian hamster, Syria": true, "Syria has a football pitch": true, "Syria football": false} {
		if m := match(t, top, news("en", title, "")); m.In != want {
			t.Errorf("%q: %+v", title, m)
		}
	}
}

func TestReasonsOfAQuery(t *testing.T) {
	m := match(t, asking("x", `lang:en (Syria | Iraq) "white helmets"~2 -football`), news("en", "Syria", "Helmets in white; Syria."))
	var got []string
	for _, r := range m.Reasons {
		got = append(got, fmt.Sprintf("%s %s %s %q %d %g", r.List, r.Term, r.Field, r.Words, r.At, r.Points))
	}
	want := []string{`query lang:en lang "en" 0 0`, `query Syria title "Syria" 0 1`, `query "white helmets"~2 body "Helmets in white" 0 1`, `query Syria body "Syria" 3 1`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	m = match(t, asking("x", "Syria -football"), news("en", "Syria football", ""))
	if m.Veto != "football" || len(m.Reasons) != 1 || m.Reasons[0].Words != "football" || m.Reasons[0].List != "query" {
		t.Errorf("%+v", m)
	}
}

func TestATopicInAQuery(t *testing.T) {
	levant, both, calm := asking("levant", "topic:syria OR topic:iraq"), asking("both", `topic:levant aid`), asking("calm", "rain -topic:levant")
	s := set(t, both, calm, levant, asking("iraq", "Iraq"), syria())
	for title, want := range map[string]string{
		"Aid for Aleppo": "both levant syria", "Aid for Iraq": "both levant iraq", "Aid": "", "Rain": "calm", "Rain in Iraq": "levant iraq", "Aleppo": "levant syria",
	} {
		var got []string
		for _, m := range s.Match(news("en", title, "")) {
			if m.In {
				got = append(got, m.Topic)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %s, want %s", title, got, want)
		}
	}
	_, errs := Compile([]*config.Topic{asking("a", "topic:b"), asking("b", "Syria topic:c"), asking("c", "topic:a OR x"), asking("d", "topic:a")})
	if len(errs) != 1 || errs[0].Path != "c.query" || !strings.Contains(errs[0].Msg, "a → b → c → a") {
		t.Errorf("%+v", errs)
	}
}

// expression draws a query as a text and, beside it, what is equal to it.
func expression(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		kind := rapid.IntRange(0, 5).Draw(t, "kind")
		if depth == 0 || kind < 2 {
			return rapid.SampledFrom([]string{"ax1", "b1", "c1", "ax*", `"ax1 b1"`, `"ax1 c1"~2`, "title:b1", "lang:en", "source:afp", "/c1/"}).Draw(t, "term")
		}
		sub := func() string { return expression(depth-1).Draw(t, "sub") }
		switch kind {
		case 2:
			return "(" + sub() + " AND " + sub() + ")"
		case 3:
			return "(" + sub() + " OR " + sub() + ")"
		case 4:
			return "NOT (" + sub() + ")"
		}
		return "2 of (" + sub() + ", " + sub() + ", " + sub() + ")"
	})
}

func TestEqualQueriesMatchEqually(t *testing.T) {
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"ax1", "b1", "c1", "ax2", "d"}), 0, 6).Draw(t, "words"), " ")
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := expression(2).Draw(t, "a"), expression(2).Draw(t, "b")
		aim := rapid.SampledFrom([]string{"broad", "standard", "strict"}).Draw(t, "aim")
		d := news("en", text.Draw(t, "title"), text.Draw(t, "text"))
		for _, pair := range [][2]string{
			{a + " AND " + b, b + " " + a}, {"(" + a + ") OR (" + b + ")", "1 of (" + b + ", " + a + ")"},
			{"NOT (" + a + " AND " + b + ")", "NOT " + a + " OR NOT " + b}, {"NOT (" + a + " OR " + b + ")", "-" + a + " -" + b},
			{"NOT NOT " + a, a}, {a + " AND " + b, "2 of (" + a + ", " + b + ")"},
		} {
			var in [2]bool
			var sets [2]*Set
			for i, q := range pair {
				top := asking("x", q)
				top.Aim = aim
				var errs []Error
				if sets[i], errs = Compile([]*config.Topic{top}); sets[i] == nil && !strings.Contains(fmt.Sprint(errs), "NOT of itself") {
					t.Fatalf("%s: %+v", q, errs)
				}
				in[i] = sets[i] != nil && isIn(sets[i], "x", d)
			}
			if in[0] != in[1] || (sets[0] == nil) != (sets[1] == nil) {
				t.Fatalf("%s: %v; %s: %v", pair[0], in[0], pair[1], in[1])
			}
		}
	})
}

// Matching by a broad query is what logic says of its terms.
func TestABroadQueryIsLogic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := expression(1).Draw(t, "a"), expression(1).Draw(t, "b")
		s, _ := Compile([]*config.Topic{asking("a", a), asking("b", b), asking("and", a+" "+b), asking("or", "("+a+") OR ("+b+")"), asking("no", "NOT ("+a+")")})
		if s == nil {
			t.Skip()
		}
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"ax1", "b1", "c1", "ax2", "d"}), 0, 6).Draw(t, "words")
		d := news("en", strings.Join(words[:len(words)/2], " "), strings.Join(words[len(words)/2:], " "))
		in := func(id string) bool { return isIn(s, id, d) }
		if in("and") != (in("a") && in("b")) || in("or") != (in("a") || in("b")) || in("no") == in("a") {
			t.Fatalf("a %v, b %v, and %v, or %v, no %v", in("a"), in("b"), in("and"), in("or"), in("no"))
		}
	})
}

func TestStrictIsWithinStandardIsWithinBroadWithQueries(t *testing.T) {
	word := rapid.SampledFrom([]string{"ax1", "b1", "c1", "ax2", "Syria", "Hama", "rain", "."})
	text := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(word, 0, 70).Draw(t, "words"), " ") })
	rapid.Check(t, func(t *rapid.T) {
		q, lists, d := expression(2).Draw(t, "query"), rapid.Bool().Draw(t, "lists"), news("en", text.Draw(t, "title"), text.Draw(t, "text"))
		var in []bool
		for _, aim := range []string{"strict", "standard", "broad"} {
			top := asking("x", q)
			if lists {
				top.Strong, top.Weak = syria().Strong, syria().Weak
			}
			top.Aim = aim
			s, _ := Compile([]*config.Topic{top})
			if s == nil {
				t.Skip()
			}
			in = append(in, isIn(s, "x", d))
		}
		if in[0] && !in[1] || in[1] && !in[2] {
			t.Fatalf("strict, standard, broad: %v", in)
		}
	})
}

// Any bytes are a query, or a mistake with a place inside; nothing panics.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{
		"Syria (aid OR 2 of (a, b, c)) -football", `“a b”~5 | c`, "title:/x|y/i NOT", "topic:x OR topic:y", "（ＡＮＤ", "a , ) b", "-- -", "lang:ar سوري*", "url:\"a", "# =\"A\"*", "NOT NOT NOT a",
	} {
		f.Add(q, "Syria aid a b", "سوريا x")
	}
	f.Fuzz(func(t *testing.T, query, title, text string) {
		top := asking("x", query)
		s, errs := Compile([]*config.Topic{top, asking("y", "Syria")})
		for _, e := range errs {
			if e.Offset < 0 || e.Offset > utf8.RuneCountInString(query) || e.Msg == "" || e.Help == "" || e.Path != "x.query" {
				t.Errorf("%q: %+v", query, e)
			}
		}
		if wrong(errs) == (s != nil) {
			t.Fatalf("%q: set %v, errors %v", query, s != nil, errs)
		}
		if s == nil {
			return
		}
		for _, m := range s.Match(news("en", title, text)) {
			if m.Score < 0 || m.Score > 8 || len(m.Reasons) > MaxReasons || m.In && (m.Veto != "" || m.Lacks != "") {
				t.Errorf("%q: %+v", query, m)
			}
		}
	})
}
