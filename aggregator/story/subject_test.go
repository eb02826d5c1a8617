package story

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/feeds/words"
)

// A told item is one line of testdata/subject.jsonl: an item with the story it
// belongs to by the rule in testdata/README.md.
type told struct {
	ID     string    `json:"id"`
	Story  string    `json:"story"`
	At     time.Time `json:"at"`
	Source string    `json:"source"`
	Lang   string    `json:"lang"`
	Title  string    `json:"title"`
	Text   string    `json:"text"`              // empty: the feed gave a title only
	Linked string    `json:"linked,omitempty"`  // the English story of the same news
	CopyOf string    `json:"copy_of,omitempty"` // id of the item whose text it carries
}

// oneSubject reads the gold set, in the order of time.
func oneSubject(t *testing.T) []told {
	t.Helper()
	raw, err := os.ReadFile("testdata/subject.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var items []told
	for lines := bufio.NewScanner(bytes.NewReader(raw)); lines.Scan(); {
		var it told
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.DisallowUnknownFields()
		if err := d.Decode(&it); err != nil {
			t.Fatalf("line %d: %v", len(items)+1, err)
		}
		items = append(items, it)
	}
	return items
}

// goldOf is the set as item → story, for the scores.
func goldOf(items []told) map[string]string {
	gold := map[string]string{}
	for _, it := range items {
		gold[it.ID] = it.Story
	}
	return gold
}

func byStory(items []told) map[string][]told {
	stories := map[string][]told{}
	for _, it := range items {
		stories[it.Story] = append(stories[it.Story], it)
	}
	return stories
}

func TestOneSubjectIsAsLargeAndAsMixedAsItsReadmeSays(t *testing.T) {
	items := oneSubject(t)
	langs, sources := map[string]int{}, map[string]bool{}
	var copies, bare, long int
	for _, it := range items {
		langs[it.Lang]++
		sources[it.Source] = true
		if it.CopyOf != "" {
			copies++
		}
		switch n := len(words.Split(it.Text)); {
		case n == 0:
			bare++
		case n >= 120:
			long++
		}
	}
	for name, got := range map[string]struct{ n, least int }{
		"items":         {len(items), 320},
		"stories":       {len(byStory(items)), 66},
		"outlets":       {len(sources), 14},
		"copies":        {copies, 15},
		"in English":    {langs["en"], 260},
		"in Arabic":     {langs["ar"], 30},
		"in French":     {langs["fr"], 15},
		"titles only":   {bare, len(items) / 20},
		"long":          {long, len(items) / 20},
		"with a lead":   {len(items) - bare, len(items) * 4 / 5},
		"not in a copy": {len(items) - copies, 300},
	} {
		if got.n < got.least {
			t.Errorf("%s: %d, want %d or more", name, got.n, got.least)
		}
	}
	t.Logf("%d items, %d stories, %d outlets, %d copies, %d titles only, %d long, %v",
		len(items), len(byStory(items)), len(sources), copies, bare, long, langs)
}

func TestOneSubjectRunsInOrderOverTenDays(t *testing.T) {
	items := oneSubject(t)
	for i, it := range items[1:] {
		if it.At.Before(items[i].At) || it.ID <= items[i].ID {
			t.Errorf("%s comes after %s", it.ID, items[i].ID)
		}
	}
	span := items[len(items)-1].At.Sub(items[0].At)
	if span < 10*24*time.Hour || span > 11*24*time.Hour {
		t.Errorf("the set spans %v", span)
	}
}

func TestOneSubjectStoriesKeepTheirRule(t *testing.T) {
	items := oneSubject(t)
	stories := byStory(items)
	for name, members := range stories {
		if len(members)*4 > len(items) {
			t.Errorf("%s has %d of %d items, more than a quarter", name, len(members), len(items))
		}
		for i, it := range members[1:] {
			before := members[i]
			if it.At.Sub(before.At) > 72*time.Hour {
				t.Errorf("%s: %s comes more than 72 h after %s", name, it.ID, before.ID)
			}
			if it.Lang != before.Lang || it.Linked != before.Linked {
				t.Errorf("%s: %s and %s differ in language or in what they are linked to", name, before.ID, it.ID)
			}
		}
		first := members[0]
		if (first.Lang == "en") != (first.Linked == "") {
			t.Errorf("%s in %s is linked to %q", name, first.Lang, first.Linked)
		}
		if first.Linked != "" && (len(stories[first.Linked]) == 0 || stories[first.Linked][0].Lang != "en") {
			t.Errorf("%s is linked to %q, no English story", name, first.Linked)
		}
	}
}

func TestOneSubjectRepeatsATextOnlyInCopies(t *testing.T) {
	byID, titles, runs := map[string]told{}, map[string]string{}, map[string]map[[3]string]bool{}
	for _, it := range oneSubject(t) {
		if other, ok := titles[it.Title]; ok || it.Title == "" {
			t.Errorf("%s has the title of %q", it.ID, other)
		}
		titles[it.Title] = it.ID
		if o := byID[it.CopyOf]; it.CopyOf != "" &&
			(o.Story != it.Story || o.Lang != it.Lang || o.Source == it.Source || o.CopyOf != "") {
			t.Errorf("%s is no copy of %q: want an earlier original of another outlet in the same story", it.ID, it.CopyOf)
		}
		runs[it.ID] = runsOf(it.Text)
		for _, o := range byID {
			n := sharedRuns(runs[it.ID], runs[o.ID])
			shorter := max(1, min(len(runs[it.ID]), len(runs[o.ID])))
			alike := n >= 25 && 2*n >= shorter
			one := family(it) == family(o)
			switch {
			case alike != one:
				t.Errorf("%s and %s share %d of %d runsOf; copies by their labels: %v", it.ID, o.ID, n, shorter, one)
			case !one && n > 8 && 5*n > shorter:
				t.Errorf("%s and %s share %d of %d runsOf, too many to be written apart", it.ID, o.ID, n, shorter)
			}
		}
		byID[it.ID] = it
	}
}

// family is the original that an item carries: itself, when it is no copy.
func family(it told) string {
	if it.CopyOf != "" {
		return it.CopyOf
	}
	return it.ID
}

// runsOf are the runs of three folded words in a text.
func runsOf(text string) map[[3]string]bool {
	runs := map[[3]string]bool{}
	ws := words.Split(text)
	for i := 2; i < len(ws); i++ {
		runs[[3]string{ws[i-2].Fold, ws[i-1].Fold, ws[i].Fold}] = true
	}
	return runs
}

func sharedRuns[K comparable](a, b map[K]bool) int {
	n := 0
	for k := range a {
		if b[k] {
			n++
		}
	}
	return n
}

// The set tells public events in our own words: it bears the name of no real
// outlet, neither as a source nor as an agency's mark.
func TestOneSubjectBearsNoRealOutletsName(t *testing.T) {
	real := regexp.MustCompile(`(?i)\b(reuters|agence france|associated press|sana|tass|ria novosti|interfax|anadolu|xinhua|dpa|upi|bbc|cnn|al[- ]?jazeera|al[- ]?arabiya|enab baladi|north press|rudaw|guardian|new york times|washington post|le monde|le figaro|libération|haaretz|al[- ]monitor)\b|\b(AP|AFP|NPR)\b|رويترز|سانا|الجزيرة|العربية نت|فرانس برس|عنب بلدي`)
	for _, it := range oneSubject(t) {
		for _, s := range []string{it.Source, it.Title, it.Text} {
			if m := real.FindString(s); m != "" {
				t.Errorf("%s names %q", it.ID, m)
			}
		}
	}
}

// Likeness of titles is what peers merge by. Were it enough here, the set would
// show nothing: it must leave stories apart or run different ones together.
func TestOneSubjectIsNotSolvedByItsTitles(t *testing.T) {
	items := oneSubject(t)
	gold := goldOf(items)
	for _, bar := range []float64{.55, .4, .3, .2, .15} {
		got := linkTitles(items, bar)
		p, r, f := bcubed(gold, got)
		pp, pr, pf := pairwise(gold, got)
		t.Logf("title Jaccard ≥ %.2f: B³ P %.3f R %.3f F %.3f; pairs P %.3f R %.3f F %.3f", bar, p, r, f, pp, pr, pf)
		if f >= .75 {
			t.Errorf("title Jaccard ≥ %.2f alone reaches B³ F %.3f", bar, f)
		}
	}
	p, r, f := bcubed(gold, nil)
	t.Logf("every item alone: B³ P %.3f R %.3f F %.3f", p, r, f)
}

// linkTitles joins each item to every earlier story that has an item within
// 72 h and in its language whose title is alike: single link.
func linkTitles(items []told, bar float64) map[string]string {
	got := map[string]string{}
	var titles []map[string]bool
	for i, it := range items {
		title := map[string]bool{}
		for _, w := range words.Split(it.Title) {
			title[w.Fold] = true
		}
		titles = append(titles, title)
		got[it.ID] = it.ID
		for j, o := range items[:i] {
			both := sharedRuns(title, titles[j])
			all := len(title) + len(titles[j]) - both
			if o.Lang != it.Lang || it.At.Sub(o.At) > 72*time.Hour || float64(both) < bar*float64(all) {
				continue
			}
			rename(got, got[o.ID], got[it.ID])
		}
	}
	return got
}

func rename(stories map[string]string, from, to string) {
	for id, s := range stories {
		if s == from {
			stories[id] = to
		}
	}
}

func TestOneSubjectHasStoriesOfManySizes(t *testing.T) {
	var sizes []int
	for _, members := range byStory(oneSubject(t)) {
		sizes = append(sizes, len(members))
	}
	slices.Sort(sizes)
	if sizes[0] != 1 || sizes[len(sizes)/2] > 4 || sizes[len(sizes)-1] < 10 {
		t.Errorf("sizes from %d by %d to %d: want many small ones and a few large", sizes[0], sizes[len(sizes)/2], sizes[len(sizes)-1])
	}
}
