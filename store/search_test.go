package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/topic"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/store"
)

// told is a record with all that search looks at.
func told(source, key, lang, title, text string, at time.Time) aggregator.Record {
	r := record(source, key, title, at)
	r.Item.Text, r.Item.Lang = text, lang
	return r
}

// keys are what a query finds, the newest first.
func keys(t testing.TB, db *store.DB, query string) (found []string) {
	t.Helper()
	f, err := db.Search(t.Context(), store.Search{Query: query, Limit: 100})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	for _, it := range f.Found {
		found = append(found, it.Key)
	}
	return found
}

func wantKeys(t *testing.T, db *store.DB, query string, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, keys(t, db, query)); d != "" {
		t.Errorf("%s: %s", query, d)
	}
}

// stocked is a store with one item for each thing a query may ask for.
func stocked(t testing.TB) *store.DB {
	db := open(t, t.TempDir())
	bread := told("a", "bread", "en", "Bakeries reopen in Aleppo", "Ovens were lit on Sunday. Syria's flour came from the U.S. by ship.", noon)
	bread.Item.Authors = []feeds.Person{{Name: "Zoë Müller"}, {Name: "Adam Smith"}}
	bread.Item.Categories = []feeds.Category{{Term: "Middle East"}, {Term: "m-e", Label: "Food"}}
	cup := told("a", "cup", "en", "Rain delays the cup final", `A match "starts" late; item AND OR NOT NEAR`, noon.Add(-time.Hour))
	cup.Item.Summary = "<p>Clouds over town.</p>"
	save(t, db, batch("a", noon,
		bread,
		cup,
	))
	save(t, db, batch("b-ar", noon,
		told("b-ar", "ar", "ar", "الحكومة السورية تعلن", "وللأسد كلمة، والسوريون ينتظرون. بحلب مخابز جديدة لوزارة الخارجية في دمشق القديمة", noon.Add(-2*time.Hour))))
	save(t, db, batch("c", noon,
		told("c", "zh", "zh", "叙利亚政府宣布", "大马士革的新面包店", noon.Add(-3*time.Hour)),
		told("c", "ja", "ja", "シリアのパン屋", "ダマスカス", noon.Add(-4*time.Hour)),
		told("c", "tr", "tr-TR", "Şam'da fırınlar açıldı", "Halep'te de 3.5 ton un", noon.Add(-5*time.Hour))))
	return db
}

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
	for i := range 5100 {
		rs = append(rs, told("a", fmt.Sprint("g:", i), "en", "Rain", "Bread", noon.Add(-time.Duration(i)*time.Second)))
	}
	rs[10].Item.Text, rs[5050].Item.Text = "An S-300", "An S-300"
	save(t, db, batch("a", noon, rs...))
	for query, want := range map[string]struct{ found, looked int }{
		"/S-?300/": {1, 5000}, "s /S-?300/": {2, 0}, "300": {2, 0}, "bread -rain": {0, 5000}, "-rain -source:b": {0, 5000},
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

func TestSearchFollowsRevisionsAndPruning(t *testing.T) {
	db := open(t, t.TempDir())
	save(t, db, batch("a", noon, record("a", "g:1", "Ovens lit", noon), record("a", "g:2", "Rain today", noon)))
	wantKeys(t, db, "ovens", "g:1")
	r := queue(t, db, "p")[0]
	r.Item.Title, r.Rev = "Bakeries open", 2
	save(t, db, batch("a", noon, r))
	wantKeys(t, db, "ovens")
	wantKeys(t, db, "bakeries", "g:1")
	save(t, db, batch("a", noon, record("a", "g:1", "Bakeries open", noon))) // once more as new
	wantKeys(t, db, "bakeries", "g:1")
	fileAll(t, db, "p", noon, "g:1", "g:2")
	save(t, db, empty("a", noon, "g:1", "l:g:1", "g:2", "l:g:2"))
	if n, err := db.Prune(t.Context(), noon.Add(99*24*time.Hour), time.Hour, time.Hour); err != nil || n != 2 {
		t.Fatalf("%d pruned, %v", n, err)
	}
	wantKeys(t, db, "bakeries | rain")
	if n := db.Rows(t.Context()); n != 0 {
		t.Errorf("%d rows left in the index", n)
	}
}

func TestABatchThatFailsLeavesNoWords(t *testing.T) {
	db := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Save(ctx, batch("a", noon, record("a", "g:1", "Ovens lit", noon))); err == nil {
		t.Fatal("saved")
	}
	wantKeys(t, db, "ovens")
	if n := db.Rows(t.Context()); n != 0 {
		t.Errorf("%d rows in the index", n)
	}
}

func TestWhatWasStoredBeforeIsIndexedLaterAndOnce(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	var rs []aggregator.Record
	for i := range 250 {
		rs = append(rs, record("a", fmt.Sprint("g:", i), "Ovens lit", noon))
	}
	save(t, db, batch("a", noon, rs...))
	if err := db.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir)
	save(t, db, batch("a", noon, record("a", "g:new", "Ovens lit", noon)))
	wantKeys(t, db, "ovens", "g:new")
	f, err := db.Search(t.Context(), store.Search{Query: "ovens", Limit: 1})
	if err != nil || f.Waiting != 250 {
		t.Errorf("%d waiting, %v", f.Waiting, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := db.Index(ctx, func(int, int) { cancel() }); err == nil {
		t.Error("a stop was not heard")
	}
	var heard []int
	if err := db.Index(t.Context(), func(done, of int) { heard = append(heard, done, of) }); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int{100, 150, 150, 150}, heard); d != "" {
		t.Error(d)
	}
	f, err = db.Search(t.Context(), store.Search{Query: "ovens", Limit: 1000})
	if err != nil || len(f.Found) != 251 || f.Waiting != 0 {
		t.Errorf("%d found, %d waiting, %v", len(f.Found), f.Waiting, err)
	}
	if n := db.Rows(t.Context()); n != 251 {
		t.Errorf("%d rows", n)
	}
}

func TestTheBestOrTheNewestComesFirst(t *testing.T) {
	db := open(t, t.TempDir())
	save(t, db, batch("a", noon,
		told("a", "title", "en", "Aleppo", "bread and much else", noon.Add(-48*time.Hour)),
		told("a", "text", "en", "Bread", "much else and then Aleppo", noon),
		told("a", "none", "en", "Rain", "nothing of it", noon)))
	wantKeys(t, db, "aleppo", "text", "title")
	f, err := db.Search(t.Context(), store.Search{Query: "aleppo", Relevance: true, Limit: 1})
	if err != nil || len(f.Found) != 1 || f.Found[0].Key != "title" || f.Found[0].Score <= 0 {
		t.Errorf("%+v, %v", f.Found, err)
	}
	f, err = db.Search(t.Context(), store.Search{Query: "aleppo", Since: noon.Add(-time.Hour), Limit: 10})
	if err != nil || len(f.Found) != 1 || f.Found[0].Key != "text" {
		t.Errorf("%+v, %v", f.Found, err)
	}
}

func TestASnippetShowsTheWordsAsTheyStand(t *testing.T) {
	db := open(t, t.TempDir())
	long := strings.Repeat("filler words of no weight ", 40)
	save(t, db, batch("a", noon,
		told("a", "en", "en", "x", long+"Then\n\nSyria’s  Aleppo reopened. "+long, noon),
		told("a", "ar", "ar", "x", "قال والسوريون ينتظرون", noon),
		told("a", "zh", "zh", "x", "新叙利亚政府", noon)))
	for query, want := range map[string]string{
		"syria aleppo": "… … Then [Syria]’s [Aleppo] reopened. … …",
		"سوريون":       "قال [والسوريون] ينتظرون",
		"叙利亚":          "新[叙利亚]政府",
		"title:x -z":   "",
	} {
		f, err := db.Search(t.Context(), store.Search{Query: query, Limit: 1})
		if err != nil || len(f.Found) != 1 {
			t.Fatalf("%s: %+v, %v", query, f, err)
		}
		var b strings.Builder
		for _, p := range f.Found[0].Snippet {
			if p.Hit {
				p.Text = "[" + p.Text + "]"
			}
			b.WriteString(p.Text)
		}
		got := b.String()
		if _, after, ok := strings.Cut(got, "Then"); ok {
			_, tail, _ := strings.Cut(after, "reopened.") // the filler is as long as it is
			got = "… … Then" + strings.TrimSuffix(after, tail) + " … …"
		}
		if want != "" && got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
		if len(b.String()) > 400 {
			t.Errorf("%s: %d bytes", query, b.Len())
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

// news is a text whose words are as unevenly common as those of news are.
func news(rnd *rand.Rand, zipf *rand.Zipf, n int) string {
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, "w%x ", zipf.Uint64())
	}
	return b.String()
}

func newsBatch(rnd *rand.Rand, n, words int) aggregator.Batch {
	zipf := rand.NewZipf(rnd, 1.1, 4, 60_000)
	var rs []aggregator.Record
	for i := range 30 {
		r := told("a", fmt.Sprintf("g:%d-%d", n, i), "en", news(rnd, zipf, 9), news(rnd, zipf, words), noon.Add(time.Duration(n)*time.Minute))
		r.Item.Summary = "<p>" + r.Item.Text + "</p>"
		rs = append(rs, r)
	}
	return batch(fmt.Sprint("s", n), noon, rs...)
}

// BenchmarkSaveIndexed is what the index costs a poll that brings 30 items.
func BenchmarkSaveIndexed(b *testing.B) {
	for _, words := range []int{40, 300} {
		for _, with := range []bool{false, true} {
			b.Run(fmt.Sprintf("words=%d/index=%v", words, with), func(b *testing.B) {
				db := open(b, b.TempDir())
				db.Indexing(with)
				rnd := rand.New(rand.NewPCG(1, 2))
				var all []aggregator.Batch
				for n := range 200 {
					all = append(all, newsBatch(rnd, n, words))
				}
				n := 0
				b.ResetTimer()
				for b.Loop() {
					bt := all[n%len(all)]
					for i := range bt.Records {
						bt.Records[i].Key = fmt.Sprintf("g:%d-%d", n, i)
						bt.Records[i].Keys = bt.Records[i].Keys[:0]
					}
					save(b, db, bt)
					n++
				}
				b.ReportMetric(float64(30*n)/b.Elapsed().Seconds(), "items/s")
				b.ReportMetric(float64(db.Size(b.Context()))/float64(30*n), "B/item")
			})
		}
	}
}

// BenchmarkSearch asks 10,000 items.
func BenchmarkSearch(b *testing.B) {
	db := open(b, b.TempDir())
	rnd := rand.New(rand.NewPCG(1, 2))
	for n := range 334 {
		save(b, db, newsBatch(rnd, n, 240))
	}
	for name, query := range map[string]string{
		"rare": "w3039", "common": "w0", "two": "w10 w20", "phrase": `"w0 w1"`, "stem": "w1*", "arabic": "سوريا", "arabicphrase": `"وزير الخارجية السوري"`, "not": "-w0",
	} {
		for by, relevance := range map[string]bool{"newest": false, "relevance": true} {
			b.Run(name+"/"+by, func(b *testing.B) {
				for b.Loop() {
					if _, err := db.Search(b.Context(), store.Search{Query: query, Relevance: relevance, Limit: 20}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
