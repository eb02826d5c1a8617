package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
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
