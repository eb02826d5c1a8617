package clean

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/feeds"
)

// news makes item n of a source: two paragraphs nobody else has, then more.
func news(n int, more ...string) feeds.Item {
	s := fmt.Sprintf("<p>Baker number %d%d opened before dawn.</p><p>By noon all %d loaves of it were gone.</p>", n, n, n)
	return feeds.Item{ID: fmt.Sprint(n), Link: fmt.Sprintf("https://one.example/%d", n), Title: fmt.Sprintf("Ovens of street %d lit", n), Content: s + strings.Join(more, "")}
}

// polls cleans items one a poll, oldest first, as a source that never shows two
// at once, with the habits stored in between.
func polls(t *testing.T, items []feeds.Item) (texts []string) {
	t.Helper()
	var stored []byte
	for _, it := range items {
		old := new(Habits)
		if err := old.UnmarshalBinary(stored); err != nil {
			t.Fatal(err)
		}
		f := &feeds.Feed{Link: "https://one.example/", Items: []feeds.Item{it}}
		habits := Feed(f, Options{Base: base, Habits: old})
		texts = append(texts, f.Items[0].Text)
		again := f.Items[0]
		Feed(f, Options{Base: base, Habits: old})
		if d := cmp.Diff(again, f.Items[0]); d != "" {
			t.Errorf("cleaned twice: %s", d)
		}
		stored, _ = habits.MarshalBinary()
	}
	return texts
}

func TestWhatASourceSaysAtTheEndOfItsItemsGoes(t *testing.T) {
	all := func(footer string) func(int) string { return func(int) string { return footer } }
	for name, row := range map[string]struct {
		footer func(n int) string
		probe  string // stands in the footer only
		kept   int    // of five items, how many keep it
	}{
		"English":           {all("<p>One is an independent paper made by its readers.</p>"), "independent", 2},
		"Arabic":            {all("<p>جميع الحقوق محفوظة لجريدة واحد في دمشق.</p>"), "الحقوق", 2},
		"French":            {all("<div>Abonnez-vous à notre lettre du matin</div>"), "lettre", 2},
		"Turkish":           {all("<p>Bu haber ilk olarak Bir gazetesinde çıktı</p>"), "haber", 2},
		"Chinese":           {all("<p>本报保留所有权利，转载请注明出处</p>"), "转载", 2},
		"newsletter signup": {all(`<h4>Sign up for our daily letter</h4><p>News from the ovens, each morning at six. <a href="https://one.example/letter">Put me down</a></p>`), "Sign up", 2},
		"the title in it": {func(n int) string {
			return fmt.Sprintf("<p>The post Ovens of Street %d Lit appeared first on One.</p>", n)
		}, "appeared", 2},
		"the title cut": {func(n int) string {
			return fmt.Sprintf("<p>Der Beitrag «Ovens of street %d …» erschien zuerst auf One.</p>", n)
		}, "Beitrag", 2},
		"the own address under another form": {func(n int) string {
			return fmt.Sprintf(`<p><a href="https://one.example/%d?source=rss">Ovens of street %d lit</a> was first published in <a href="https://two.example/">Two</a>, where people go on talking of it.</p>`, n, n)
		}, "published", 2},
		"title and link": {func(n int) string {
			return fmt.Sprintf(`<p>The post Ovens of Street %d appeared first on <a href="https://one.example/">One</a>.</p>`, n)
		}, "appeared", 0}, // rule (a)
		"linked list":    {all(`<ul><li><a href="/a">About this paper</a></li><li><a href="/b">Write to us at once</a></li></ul>`), "Write", 2},
		"line breaks":    {all("<br><br>One is an independent paper made by its readers."), "independent", 2},
		"above pictures": {all(`<p>One is an independent paper made by its readers.</p><p><img src="/logo.png"></p>`), "independent", 2},
		"above other links": {func(n int) string {
			return fmt.Sprintf(`<p>One is an independent paper made by its readers.</p><p><a href="/next%d">What else happened in street %d</a></p>`, n, n)
		}, "independent", 2},

		"other links stay": {func(n int) string {
			return fmt.Sprintf(`<p><a href="/slides%d">The slides and the whole transcript</a></p>`, n)
		}, "slides", 5},
		"credits stay":              {all("<p>Photo: Reuters</p>"), "Reuters", 5},
		"linked credits stay":       {all(`<p>Photo: <a href="https://reuters.example/">Reuters</a></p>`), "Reuters", 5},
		"Chinese credits stay":      {all("<p>纽约时报中文网</p>"), "纽约", 5},
		"credits above a footer":    {all("<p>One is an independent paper made by its readers.</p><p>(AFP)</p>"), "AFP", 5},
		"pictures stay":             {all(`<p><img src="/logo.png"> One is a paper made by its readers.</p>`), "readers", 5},
		"long passages stay":        {all("<p>" + strings.Repeat("independent and made by readers ", 13) + "</p>"), "independent", 5},
		"cells stay":                {all("<table><tr><td>Bread costs a hundred now</td></tr></table>"), "hundred", 5},
		"prices stay":               {all("<ul><li>Bread costs a hundred now</li></ul>"), "hundred", 5},
		"quoted code stays":         {all("<pre>bread costs a hundred now</pre>"), "hundred", 5},
		"what differs stays":        {func(n int) string { return fmt.Sprintf("<p>Reported by baker number %d himself.</p>", n) }, "Reported", 5},
		"what news follows stays":   {func(n int) string { return fmt.Sprintf("<p>Bread costs a hundred now.</p><p>Not so in %d.</p>", n) }, "hundred", 5},
		"two of five are no habit":  {func(n int) string { return []string{"", "<p>Bread costs a hundred now.</p>"}[n%2] }, "hundred", 2},
		"a dateline is no passage":  {func(n int) string { return fmt.Sprintf("<p>DAMASCUS (AP) — Item %d of the day.</p>", n) }, "DAMASCUS", 5},
		"a copied text stays whole": {all("<p>" + strings.Join(strings.Split("Some bread came today,Then came many more loaves,All of it was sold,Nobody knew the baker,He came from the hills,His oven is made of clay,It burns wood and straw,The smoke is white,The street smells of it,Children wait at the door,They are given the crusts,The old get the rest,So it was before the war", ","), "</p><p>") + "</p>"), "white", 5},
	} {
		var items []feeds.Item
		for n := 1; n <= 5; n++ {
			items = append(items, news(n, row.footer(n)))
		}
		kept := 0
		for n, text := range polls(t, items) {
			if strings.Contains(text, row.probe) {
				kept++
			}
			if !strings.Contains(text, "opened before dawn") || !strings.Contains(text, "loaves of it were gone") {
				t.Errorf("%s: item %d lost news: %q", name, n, text)
			}
		}
		if kept != row.kept {
			t.Errorf("%s: %d items keep it, want %d", name, kept, row.kept)
		}
	}
}

func TestADocumentKnowsItsOwnHabits(t *testing.T) {
	f := &feeds.Feed{}
	for n := range 5 {
		f.Items = append(f.Items, news(n, "<p>One is an independent paper made by its readers.</p>"))
	}
	Feed(f, Options{})
	for i := range f.Items {
		if strings.Contains(f.Items[i].Content, "independent") {
			t.Errorf("item %d keeps its footer", i)
		}
	}
}

func TestWhatIsNoHabit(t *testing.T) {
	const footer = "<p>One is an independent paper made by its readers.</p>"
	same := func(n int, change func(*feeds.Item, int)) (all []feeds.Item) {
		for i := range n {
			it := news(7, footer)
			change(&it, i)
			all = append(all, it)
		}
		return all
	}
	for name, items := range map[string][]feeds.Item{
		"one item in five polls":     same(5, func(*feeds.Item, int) {}),
		"one item under five ids":    same(5, func(it *feeds.Item, i int) { it.ID = fmt.Sprint(i) }),
		"one text under five titles": same(5, func(it *feeds.Item, i int) { it.ID, it.Title = fmt.Sprint(i), fmt.Sprintf("Title number %d", i) }),
		"one title over five texts": same(5, func(it *feeds.Item, i int) {
			title := it.Title
			*it = news(i, footer)
			it.Title = title
		}),
		"twice in one item": same(2, func(it *feeds.Item, i int) { *it = news(i, footer, "<p>Or not?</p>", footer) }),
		"the first passage": same(5, func(it *feeds.Item, i int) {
			*it = feeds.Item{ID: fmt.Sprint(i), Title: fmt.Sprintf("Part number %d", i), Content: footer}
		}),
		"a serial's beginning": same(5, func(it *feeds.Item, i int) {
			*it = feeds.Item{ID: fmt.Sprint(i), Title: fmt.Sprintf("Part number %d", i), Content: footer + fmt.Sprintf("<p>In part %d a baker woke.</p>", i)}
		}),
	} {
		for i, text := range polls(t, items) {
			if !strings.Contains(text, "independent") {
				t.Errorf("%s: item %d is %q", name, i, text)
			}
		}
		f := &feeds.Feed{Items: items}
		Feed(f, Options{})
		for i := range f.Items {
			if !strings.Contains(f.Items[i].Text, "independent") {
				t.Errorf("%s: item %d of one document is %q", name, i, f.Items[i].Text)
			}
		}
	}
}

// Three in twenty are not 30 %; six are.
func TestAHabitIsThreeInTenOfTheLastTwenty(t *testing.T) {
	const footer = "<p>One is an independent paper made by its readers.</p>"
	for with, goes := range map[int]bool{3: false, 5: false, 6: true} {
		f := &feeds.Feed{}
		for n := range 40 {
			f.Items = append(f.Items, news(n))
		}
		for n := range with {
			f.Items[n].Content += footer
		}
		f.Items[30].Content += footer // beyond the last twenty: does not count, and goes with them
		Feed(f, Options{})
		for _, i := range []int{0, 30} {
			if gone := !strings.Contains(f.Items[i].Text, "independent"); gone != goes {
				t.Errorf("in %d of 20 items: gone from item %d: %t", with, i, gone)
			}
		}
	}
}

// A source that stops saying a thing, then says it in one item, means it.
func TestHabitsAreForgotten(t *testing.T) {
	const footer = "<p>One is an independent paper made by its readers.</p>"
	var items []feeds.Item
	for n := range 40 {
		if n < 10 || n == 39 {
			items = append(items, news(n, footer))
			continue
		}
		items = append(items, news(n))
	}
	texts := polls(t, items)
	if strings.Contains(texts[9], "independent") || !strings.Contains(texts[39], "independent") {
		t.Errorf("%q, %q", texts[9], texts[39])
	}
}

func TestStoredHabitsAreBoundedAndTolerant(t *testing.T) {
	f := &feeds.Feed{}
	for n := range 60 {
		var more strings.Builder
		for k := range 80 {
			fmt.Fprintf(&more, "<p>Loaf %d of baker %d sold.</p>", k, n)
		}
		f.Items = append(f.Items, news(n, more.String()))
	}
	h := Feed(f, Options{})
	stored, err := h.MarshalBinary()
	if err != nil || len(stored) != 5141 {
		t.Errorf("%d bytes, %v", len(stored), err)
	}
	var again Habits
	if err := again.UnmarshalBinary(stored); err != nil || len(again.tellings) != lastItems {
		t.Error(err)
	}
	if twice, _ := again.MarshalBinary(); !bytes.Equal(twice, stored) {
		t.Error("read and written again: other bytes")
	}
	for name, b := range map[string][]byte{
		"cut": stored[:len(stored)-1], "longer": append(stored[:len(stored):len(stored)], 1), "version": {9}, "text": []byte("habits"), "an item too many": append(stored[:len(stored):len(stored)], stored[1:258]...),
	} {
		if err := again.UnmarshalBinary(b); err == nil || len(again.tellings) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b, err := (*Habits)(nil).MarshalBinary(); len(b) != 0 || err != nil {
		t.Errorf("none: %v, %v", b, err)
	}
	if err := again.UnmarshalBinary(nil); err != nil {
		t.Error(err)
	}
}

func FuzzHabits(f *testing.F) {
	f.Add([]byte{layoutVersion, 0})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var h Habits
		if h.UnmarshalBinary(b) != nil {
			return
		}
		if got, err := h.MarshalBinary(); err != nil || len(b) > 1 && !bytes.Equal(got, b) {
			t.Errorf("%x, %v, want %x", got, err, b)
		}
		Feed(&feeds.Feed{Items: []feeds.Item{news(1)}}, Options{Habits: &h})
	})
}

// paper is a document of 30 items and about 110 KB, each with a footer.
func paper() *feeds.Feed {
	r := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("people began to queue before dawn and by noon most shops had sold what they baked drivers said the road was open while flour came from mills beyond the river")
	f := &feeds.Feed{Link: "https://one.example/"}
	for n := range 30 {
		var c strings.Builder
		for range 17 {
			c.WriteString("<p>")
			for range 36 {
				c.WriteString(words[r.IntN(len(words))] + " ")
			}
			c.WriteString("</p>\n")
		}
		it := news(n, c.String(), "<p>One is an independent paper made by its readers.</p><p>Sign up for the daily letter.</p>")
		it.Link = fmt.Sprintf("https://one.example/%d", n)
		f.Items = append(f.Items, it)
	}
	return f
}

func copyOf(f *feeds.Feed) *feeds.Feed {
	g := *f
	g.Items = append([]feeds.Item(nil), f.Items...)
	return &g
}

// BenchmarkHabits cleans a document of 30 items with the habits of its source,
// against the same cleaning that neither learns nor drops any, in turns.
func BenchmarkHabits(b *testing.B) {
	doc := paper()
	old := Feed(copyOf(doc), Options{Base: base})
	size := 0
	for i := range doc.Items {
		size += len(doc.Items[i].Content)
	}
	var with, without time.Duration
	b.SetBytes(int64(size))
	for b.Loop() {
		f, g := copyOf(doc), copyOf(doc)
		start := time.Now()
		Feed(f, Options{Base: base, Habits: old})
		middle := time.Now()
		for i := range g.Items {
			it := &g.Items[i]
			body := bodyOf(g, it, nil, nil)
			it.Title, it.Link = Title(it.Title), Link(it.Link, base)
			var shown view
			it.Content, shown = body.view(it.Content, base)
			finish(g, it, Options{}, both(view{}, shown))
		}
		with += middle.Sub(start)
		without += time.Since(middle)
	}
	b.ReportMetric(float64(with)/float64(without), "with/without")
}
