package words

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// claimed are the languages of MasakhaNEWS (Adelani et al. 2023) that the doc of
// Detect claims. Of its others it says what becomes of them.
var claimed = map[string]string{
	"eng": "en", "fra": "fr", "hau": "ha", "ibo": "ig", "orm": "om", "sna": "sn", "som": "so", "tir": "ti",
}

// TestDetectKnowsTheLanguagesItClaims reads news in 16 languages: at least 98 of
// 100 items are given the language they are in, where Detect claims it.
func TestDetectKnowsTheLanguagesItClaims(t *testing.T) {
	items, guesses := map[string]int{}, map[string]map[string]int{}
	for _, it := range masakhanews(t) {
		if guesses[it.Lang] == nil {
			guesses[it.Lang] = map[string]int{}
		}
		items[it.Lang]++
		guesses[it.Lang][Detect(it.Title+" "+it.Text)]++
	}
	var langs []string
	for lang := range items {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	for _, lang := range langs {
		want, ok := claimed[lang]
		right := float64(guesses[lang][want]) / float64(items[lang])
		said := "not claimed"
		if ok {
			said = fmt.Sprintf("%5.1f %% right", 100*right)
		}
		t.Logf("%s %4d items, %s, guesses %v", lang, items[lang], said, guesses[lang])
		if ok && right < .98 {
			t.Errorf("%s: %.3f right, claimed .98", lang, right)
		}
	}
	if len(langs) != 16 {
		t.Errorf("%d languages, want 16: not MasakhaNEWS", len(langs))
	}
}

type newsItem struct{ Lang, Title, Text string }

func masakhanews(t *testing.T) (items []newsItem) {
	t.Helper()
	dir := os.Getenv("WIREDESK_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "topics", "topic_masakhanews_test.jsonl"))
	if err != nil {
		if os.Getenv("WIREDESK_REQUIRE") == "all" {
			t.Fatal(err)
		}
		t.Skip("no shared test data: set WIREDESK_DATA")
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 10<<20)
	for sc.Scan() {
		var it newsItem
		if err := json.Unmarshal(sc.Bytes(), &it); err != nil {
			t.Fatal(err)
		}
		items = append(items, it)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return items
}
