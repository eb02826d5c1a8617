package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/store"
)

func TestSearchFindsWordsAsReadersTakeThem(t *testing.T) {
	db := stocked(t)
	for query, want := range map[string][]string{
		"aleppo":                      {"bread"},
		"ALEPPO bakeries":             {"bread"},
		"aleppo final":                nil,
		"aleppo | final":              {"bread", "cup"},
		"aleppo OR final":             {"bread", "cup"},
		"syria":                       {"bread"}, // Syria's
		"syri":                        nil,
		"syri*":                       {"bread"},
		`"reopen in aleppo"`:          {"bread"},
		`"reopen aleppo"`:             nil,
		`"reopen in al*"`:             {"bread"},
		`“reopen in Aleppo”`:          {"bread"},
		"u.s":                         {"bread"},
		"title:aleppo":                {"bread"},
		"body:aleppo":                 nil,
		"title:aleppo | title:final":  {"bread", "cup"},
		"rain (title:x OR title:cup)": {"cup"},
		"author:muller":               {"bread"},
		`author:"muller adam"`:        nil, // two authors
		"#food tag:middle":            {"bread"},
		"the -aleppo":                 {"cup"},
		"NOT aleppo source:a":         {"cup"},
		"-source:a -source:c":         {"ar"},
		"source:b-ar":                 {"ar"},
		"source:b":                    nil,
		"lang:tr":                     {"tr"},
		"lang:TR-tr":                  {"tr"},
		"(lang:tr | lang:ja) -halep":  {"ja"},
		"site:c.example lang:zh":      {"zh"},
		"site:example":                {"bread", "cup", "ar", "zh", "ja", "tr"},
		"site:ample":                  nil,
		"muller":                      nil, // authors and tags only where they are asked for
		"2 of (aleppo, ovens, rain)":  {"bread"},
		"1 of (aleppo, rain)":         {"bread", "cup"},
		"2 of (rain, -aleppo)":        {"cup"},
		"2 of (/fl[o]ur/, the, rain)": {"bread", "cup"},
		`"sunday ovens"~3`:            {"bread"},
		`"sunday flour"~1`:            nil,
		`title:"aleppo bakeries"~5`:   {"bread"},
		"=Aleppo":                     {"bread"},
		"=aleppo":                     nil,
		"aleppo -=aleppo":             {"bread"}, // what the index has is not what NOT asks
		"/flou?r/":                    {"bread"},
		"/FLOU?R/":                    nil,
		"title:/CUP/i -source:b-ar":   {"cup"},
		"rain /^Rain del/":            {"cup"},
		"the (aleppo OR /^Rain/)":     {"bread", "cup"},
		"-the -lang:ar -lang:zh":      {"ja", "tr"},
		"url:/bread":                  {"bread"},
		"summary:clouds":              {"cup"},
		"clouds":                      {"cup"}, // the summary says more than the text
		"Aleppo: Sunday":              {"bread"},
		"sam":                         {"tr"}, // search folds marks, whatever the language
		"3.5":                         {"tr"},
		"سورية":                       {"ar"}, // السورية
		"سوريون":                      {"ar"}, // والسوريون
		"اسد":                         {"ar"}, // وللأسد
		"الأسد":                       {"ar"},
		"حلب":                         {"ar"}, // بحلب
		"حلب*":                        {"ar"},
		"لب":                          nil,
		`"حكومة سورية"`:               {"ar"}, // الحكومة السورية
		`"حكومة تعلن"`:                nil,
		`"وزارة خارجية في دمشق"`:    {"ar"}, // by pairs
		`"وزارة خارجية دمشق قديمة"`: nil,
		`"خارجية في دمشق قدي*"`:     {"ar"},
		"叙利亚":                       {"zh"},
		"利亚政":                       {"zh"},
		"利叙":                        nil,
		"店":                         nil, // one character: only where a pair begins with it
		"面":                         {"zh"},
		"シリア":                       {"ja"},
		"ｼﾘｱ":                       {"ja"},
	} {
		wantKeys(t, db, query, want...)
	}
}

// Search finds what the engine of topics finds, item by item, whatever the index
// can tell of a query.
func TestSearchIsTheEngineOverAllThatIsStored(t *testing.T) {
	db := stocked(t)
	all := queue(t, db, "p")
	leaf := rapid.SampledFrom([]string{
		"aleppo", "the", "rain", "syria", "syri*", "=Aleppo", "=aleppo", `"reopen in"`, `"sunday ovens"~3`, "title:aleppo", "body:syria", "summary:clouds", "/[Oo]ven/", "title:/Rain/",
		"source:a", "lang:en", "lang:tr", "site:c.example", "url:cup", "author:muller", "#food", "سوريا", "السورية", `"حكومة سورية"`, "叙利亚", "面", "halep", "u.s", "tag:east",
	})
	var query func(depth int) *rapid.Generator[string]
	query = func(depth int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			sub := func() string { return query(depth-1).Draw(t, "sub") }
			switch kind := rapid.IntRange(0, 5).Draw(t, "kind"); {
			case depth == 0 || kind < 2:
				return leaf.Draw(t, "term")
			case kind == 2:
				return "(" + sub() + " " + sub() + ")"
			case kind == 3:
				return "(" + sub() + " OR " + sub() + ")"
			case kind == 4:
				return "-(" + sub() + ")"
			}
			return "2 of (" + sub() + ", " + sub() + ", " + sub() + ")"
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		text := query(2).Draw(t, "query")
		q, _ := topic.ParseQuery(text)
		if q == nil {
			t.Skip("it holds for everything or nothing")
		}
		var want []string
		for i := range all {
			if q.Holds(topic.Doc{Item: &all[i].Item, Source: all[i].Source}) {
				want = append(want, all[i].Key)
			}
		}
		for _, relevance := range []bool{false, true} {
			f, err := db.Search(context.Background(), store.Search{Query: text, Relevance: relevance, Limit: 100})
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			var got []string
			for _, it := range f.Found {
				got = append(got, it.Key)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("%s: search finds %q, the engine %q", text, got, want)
			}
		}
	})
}

// A query of which the index knows nothing is bounded, and that is said.
func TestAQueryThatTheIndexCannotNarrowIsBounded(t *testing.T) {
	db := open(t, t.TempDir())
	var rs []aggregator.Record
	db.Looking(100)
	for i := range 120 {
		rs = append(rs, told("a", fmt.Sprint("g:", i), "en", "Rain", "Bread", noon.Add(-time.Duration(i)*time.Second)))
	}
	rs[10].Item.Text, rs[110].Item.Text = "An S-300", "An S-300"
	save(t, db, batch("a", noon, rs...))
	for query, want := range map[string]struct{ found, looked int }{
		"/S-?300/": {1, 100}, "s /S-?300/": {2, 0}, "300": {2, 0}, "bread -rain": {0, 100}, "-rain -source:b": {0, 100},
	} {
		f, err := db.Search(t.Context(), store.Search{Query: query, Limit: 10})
		if err != nil || len(f.Found) != want.found || f.Looked != want.looked {
			t.Errorf("%s: %d found, %d looked at, %v; want %+v", query, len(f.Found), f.Looked, err, want)
		}
	}
	if f, err := db.Search(t.Context(), store.Search{Query: "-/S-?300/", Limit: 10}); err != nil || len(f.Found) != 10 || f.Looked != 0 {
		t.Errorf("enough found: %d, %d looked at, %v", len(f.Found), f.Looked, err)
	}
}

func TestWhatLooksLikeAQueryOfTheEngineIsWords(t *testing.T) {
	db := stocked(t)
	for query, want := range map[string][]string{
		"near":                      {"cup"},
		`"NEAR"`:                    {"cup"},
		"and or not near":           {"cup"},
		"item":                      {"cup"}, // stands among the facts of every row
		"body:item":                 {"cup"},
		`"item"`:                    {"cup"},
		`final' OR '1'='1`:          {"cup"},
		"final^2 rain":              nil,
		"{title text}":              nil,
		"rain;DROP":                 nil,
		"rain\x00":                  {"cup"},
		"$1":                        nil,
		"%":                         nil,
		"rain\xff\xfe":              {"cup"},
		`tag:"x"" OR title:""rain"`: nil,
	} {
		f, err := db.Search(t.Context(), store.Search{Query: query, Limit: 10})
		if err != nil {
			if e := (*store.QueryError)(nil); !errors.As(err, &e) {
				t.Errorf("%q: %v", query, err)
			} else if want != nil {
				t.Errorf("%q: %v", query, err)
			}
			continue
		}
		var found []string
		for _, it := range f.Found {
			found = append(found, it.Key)
		}
		if d := cmp.Diff(want, found); d != "" {
			t.Errorf("%q: %s", query, d)
		}
	}
}

// The mistakes and their words are those of topics.
func TestAMistakeInAQueryHasItsPlace(t *testing.T) {
	db := open(t, t.TempDir())
	for query, row := range map[string]struct {
		at  int
		msg string
	}{
		"":                                {0, "it is empty"},
		" — ":                             {1, "no word"},
		`a "b`:                            {2, "unbalanced quote"},
		"ab (b":                           {3, "nothing closes"},
		"a) b":                            {1, "no ( has opened"},
		"سوريا |":                         {6, "nothing stands after |"},
		"| a":                             {0, "nothing stands before |"},
		"ab OR":                           {3, "nothing stands after OR"},
		"AND a":                           {0, "before AND"},
		"a NOT":                           {2, "nothing stands after NOT"},
		"*":                               {0, "only at the end"},
		"a*":                              {0, "one letter"},
		"headline:x":                      {0, "no field"},
		"title:(x | y)":                   {0, "nothing stands after title:"},
		"x https://a.example/":            {2, "an address"},
		"/x(/i":                           {1, "the regexp is wrong"},
		"3 of (a, b)":                     {0, "can never be"},
		"+rain":                           {0, "no sign of this language"},
		"ab topic:syria":                  {3, "a search has no topics"},
		"ab lang:arabic":                  {8, "whole value"},
		"site:a*":                         {5, "whole value"},
		"ab OR -ab":                       {7, "it matches everything"},
		strings.Repeat("(", 100) + "a":    {0, "nothing closes"},
		strings.Repeat("NOT ", 100) + "a": {240, "in each other"},
		strings.Repeat("a ", 60):          {0, "over 50 terms"},
		strings.Repeat("long", 1000):      {1000, "too long"},
	} {
		_, err := db.Search(t.Context(), store.Search{Query: query, Limit: 10})
		var e *store.QueryError
		if !errors.As(err, &e) {
			t.Errorf("%q: %v", query, err)
		} else if e.At != row.at || !strings.Contains(e.Msg, row.msg) || e.Help == "" {
			t.Errorf("%q: %d %s (%s), want %d …%s…", query, e.At, e.Msg, e.Help, row.at, row.msg)
		}
	}
}

// Any bytes as a query give findings or an error with a place.
func FuzzSearch(f *testing.F) {
	for _, q := range []string{
		`a "b c"* | -(d OR title:e*) NOT f`, "سوريا", "叙利亚 店", "-a", "#tag", "source:a lang:ar", `"`, "((", "AND", "a OR", "x:y", "*", "\x00", "\xff",
		`"سوريا وزارة خارجية حكومة"*`, "ʼ", "'", "a--b", "𝐀", "ﷺ", "3,5", `""`, "title:(", "İ*", "_", "title:NOT a", "が*",
	} {
		f.Add(q)
	}
	db := stocked(f)
	f.Fuzz(func(t *testing.T, q string) {
		found, err := db.Search(t.Context(), store.Search{Query: q, Relevance: len(q)%2 == 0, Limit: 3})
		var e *store.QueryError
		switch {
		case err == nil:
			for _, it := range found.Found {
				for _, p := range it.Snippet {
					if !utf8.ValidString(p.Text) {
						t.Errorf("%q: snippet %q", q, p.Text)
					}
				}
			}
		case !errors.As(err, &e):
			t.Errorf("%q: %v", q, err)
		case e.At < 0 || e.At > utf8.RuneCountInString(q) || e.Msg == "" || e.Help == "":
			t.Errorf("%q: %+v", q, e)
		}
	})
}
