package story

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/feeds"
)

var pairsFile = flag.String("pairs", "", "write 50 pairs of copies and 50 of stories from the Arabic stream to this file, for a person to judge")

// TestTheArabicStream runs two days of twelve outlets through the engine. Nobody
// has labelled them: the counts are for reading, and a person judges the pairs.
func TestTheArabicStream(t *testing.T) {
	items := readStream(t)
	x := NewIndex()
	var copies, stories [][2]int // items, the earlier first
	first := map[int64]int{}
	rules := map[string]int{}
	began := time.Now()
	for i := range items {
		it := &items[i]
		p := Piece{Record: int64(i + 1), Source: it.Source, At: it.At, Came: it.At, Signature: Sign(&it.Item)}
		x.Use(x.Due(it.At)...)
		v := x.Place(p)
		x.Add(p, v)
		switch {
		case v.CopyOf != 0:
			copies = append(copies, [2]int{int(v.CopyOf) - 1, i})
			rules[strings.Join(strings.Fields(strings.Map(letters, v.Rule))[:4], " ")]++
		case v.Story != p.Record:
			stories = append(stories, [2]int{first[v.Story], i})
		default:
			first[v.Story] = i
		}
	}
	took := time.Since(began)
	t.Logf("%d items: %d copies, %d more in a story, %d stories; %.0f items/s",
		len(items), len(copies), len(stories), len(first), float64(len(items))/took.Seconds())
	t.Logf("copies by rule: %v", rules)
	if len(copies) < len(items)/20 || len(copies) > len(items)/2 {
		t.Errorf("%d copies of %d items: not what outlets that live of agencies print", len(copies), len(items))
	}
	if *pairsFile != "" {
		writePairs(t, items, copies, stories)
	}
}

// letters keeps the words of a rule.
func letters(r rune) rune {
	if r >= '0' && r <= '9' || r == '%' {
		return ' '
	}
	return r
}

func writePairs(t *testing.T, items []goldItem, copies, stories [][2]int) {
	f, err := os.Create(*pairsFile)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(7, 7))
	some := func(what string, pairs [][2]int) {
		for n, i := range r.Perm(len(pairs))[:min(len(pairs), 50)] {
			fmt.Fprintf(f, "=== %s %d\n", what, n+1)
			for _, at := range pairs[i] {
				writeItem(f, items[at])
			}
		}
	}
	some("copy", copies)
	some("story", stories)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func writeItem(w io.Writer, it goldItem) {
	fmt.Fprintf(w, "--- %s, %s\n%s\n%s\n", it.Source, it.At.Format(time.DateTime), it.Item.Title, it.Item.Text)
}

func readStream(t testing.TB) (items []goldItem) {
	f := openShared(t, "stream_saudinewsnet_ar.jsonl")
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 10<<20)
	for sc.Scan() {
		var row struct{ Source, URL, TS, Title, Text string }
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.DateTime, row.TS)
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, goldItem{Source: row.Source, At: at, Item: feeds.Item{
			Title: row.Title, Text: row.Text, Link: row.URL, Lang: "ar",
		}})
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	sortByTime(items)
	return items
}

// TestPlantedNearCopiesAreFound: twenty of 2,500 texts repeat another, the set of
// a well-known MinHash exercise. Every method finds them; one that does not is broken.
func TestPlantedNearCopiesAreFound(t *testing.T) {
	f := openShared(t, "neardup_minhash_2500.jsonl")
	defer f.Close()
	truth := openShared(t, "neardup_minhash_2500.truth.tsv")
	defer truth.Close()
	planted := map[string]string{}
	for sc := bufio.NewScanner(truth); sc.Scan(); {
		if pair := strings.Fields(sc.Text()); len(pair) == 2 {
			planted[pair[0]], planted[pair[1]] = pair[1], pair[0]
		}
	}
	x, ids, found := NewIndex(), map[int64]string{}, 0
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 10<<20)
	for sc.Scan() {
		var row struct{ ID, Text string }
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		p := says(int64(len(ids)+1), row.ID, "", row.Text)
		v := x.Place(p)
		x.Add(p, v)
		ids[p.Record] = row.ID
		switch {
		case v.CopyOf == 0:
		case planted[row.ID] == ids[v.CopyOf]:
			found++
		default:
			t.Errorf("%s is no copy of %s: %s", row.ID, ids[v.CopyOf], v.Rule)
		}
	}
	if want := len(planted) / 2; found != want || want < 20 {
		t.Errorf("%d of %d found", found, want)
	}
}
