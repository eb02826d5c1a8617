package aggregator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
)

var allFormats = []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON}

// block stores an order as it is, and files.
func (r *room) block(o aggregator.Order) {
	r.t.Helper()
	o.At, o.By = r.now, "anna"
	if err := r.db.Give(r.t.Context(), &o); err != nil {
		r.t.Fatal(err)
	}
	r.file()
}

// silent fails when one of these words stands in a document.
func (r *room) silent(words ...string) {
	r.t.Helper()
	for _, format := range allFormats {
		body := string(r.print(format).Body)
		for _, w := range words {
			if strings.Contains(body, w) {
				r.t.Errorf("%s still has %q:\n%s", format, w, body)
			}
		}
	}
}

// blockRoom has four items, of which the first three match: two of source one,
// which tell two stories, and one of source two.
func blockRoom(t *testing.T) *room {
	t.Helper()
	r := newRoom(t, `'Aleppo'`)
	r.docs["https://one.example/feed"] = rss("1|Aleppo: Nassar did it|Nassar was seen, they say.", "2|Aleppo airport|First flight.", "3|Cup final|Rain.")
	r.docs["https://two.example/feed"] = strings.ReplaceAll(rss("9|Aleppo snow|Much of it falls."), "https://one", "https://two")
	r.round()
	r.now = r.now.Add(time.Hour)
	return r
}

func TestEachKindOfBlockWithdrawsUnderTheSameId(t *testing.T) {
	for name, o := range map[string]aggregator.Order{
		"item":            {Source: "one"},
		"url":             {URL: "http://www.ONE.example/1"},
		"url prefix":      {URL: aggregator.BlockPattern("one.example/1")},
		"url pattern":     {URL: aggregator.BlockPattern("https://*.example/1")},
		"words":           {Words: `title:nassar`},
		"words in a text": {Words: `"was seen"`},
	} {
		r := blockRoom(t)
		if o.Source != "" {
			o.Key = r.key("1")
		}
		before, first := r.entries(), r.print(feeds.Atom)
		version := r.version()
		o.Kind = aggregator.Block
		r.block(o)
		r.silent("Nassar", "one.example/1")
		after := r.entries()
		changed := 0
		for id, was := range before {
			if after[id] != was {
				changed++
				if after[id] != "Withdrawn by the desk 2024-12-08T11:00:00Z" {
					t.Errorf("%s: %q became %q", name, was, after[id])
				}
			}
		}
		if changed != 1 || len(after) != len(before) {
			t.Errorf("%s: %d of %d entries changed, %d are there", name, changed, len(before), len(after))
		}
		if r.version() <= version || r.print(feeds.Atom).Modified.Equal(first.Modified) {
			t.Errorf("%s: no new version", name)
		}
		r.restart()
		r.configure(`'Aleppo', 'Homs'`) // everything is filed once more
		r.file()
		r.silent("Nassar", "one.example/1")
		r.now = r.now.Add(time.Hour)
		o.Off = true
		r.block(o)
		if d := cmp.Diff(before, r.entries()); d != "" {
			t.Errorf("%s lifted: %s", name, d)
		}
		got, err := aggregator.Read(r.print(feeds.Atom).Body, feeds.Meta{})
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range got.Items {
			if moved := it.Updated.Equal(r.now); moved != strings.Contains(it.Title, "Nassar") {
				t.Errorf("%s lifted: %q was updated %s", name, it.Title, it.Updated)
			}
		}
	}
}

// The page of a private edition is at its address: its id leads nowhere and is
// nobody's business.
func TestWhatIsWithdrawnFromAPrivateEditionLeadsToItsAddress(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	r.plan.Config.Editions[0].Private = true
	r.docs["https://one.example/feed"] = rss("1|Aleppo airport|First flight.")
	r.round()
	r.now = r.now.Add(time.Hour)
	r.block(aggregator.Order{Kind: aggregator.Block, Source: "one"})
	for _, format := range allFormats {
		f, err := feeds.Parse(r.print(format).Body, feeds.Meta{}, feeds.Known{})
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Items) != 1 || f.Items[0].Title != "Withdrawn by the desk" || f.Items[0].Link != f.Link || strings.Contains(f.Link, "/syria/") {
			t.Errorf("%s of %s: %+v", format, f.Link, f.Items)
		}
	}
}

// A publisher puts blocked words into what is published already. What readers get
// is the same from a press that has printed it before and from another one.
func TestBlockedWordsThatComeWithARevisionHoldAtOnce(t *testing.T) {
	r := newRoom(t, `'Aleppo'`)
	const url = "https://one.example/feed"
	r.docs[url] = rss("1|Aleppo airport|First flight.", "2|Aleppo bakes|Bread.")
	r.block(aggregator.Order{Kind: aggregator.Block, Words: "nassar"})
	r.round()
	press := &aggregator.Press{Store: r.db, Plan: r.active}
	print := func() string {
		doc, err := press.Print(t.Context(), "syria", feeds.Atom)
		if err != nil {
			t.Fatal(err)
		}
		return string(doc.Body)
	}
	print()
	r.now = r.now.Add(time.Hour)
	r.docs[url] = rss("1|Aleppo airport|First flight. Nassar was there.", "2|Aleppo bakes|Bread.")
	r.round()
	if d := cmp.Diff(string(r.print(feeds.Atom).Body), print()); d != "" {
		t.Error(d)
	}
}

func TestASourceIsBlockedWithAllThatComes(t *testing.T) {
	r := blockRoom(t)
	r.block(aggregator.Order{Kind: aggregator.Block, Source: "one"})
	r.silent("Nassar", "airport", "one.example")
	if got := titles(r.entries()); len(got) != 3 {
		t.Errorf("%v, want two withdrawn and the other source's", got)
	}
	r.now = r.now.Add(2 * time.Hour)
	r.docs["https://one.example/feed"] = rss("4|Aleppo bakes|Bread.", "1|Aleppo: Nassar did it|Nassar was seen, they say.")
	r.round()
	r.silent("bakes", "Bread")
	if got := titles(r.entries()); len(got) != 3 {
		t.Errorf("%v: what was never published is withdrawn too", got)
	}
	r.block(aggregator.Order{Kind: aggregator.Block, Source: "one", Off: true})
	if got := r.entries(); len(got) != 4 {
		t.Errorf("lifted: %v", got)
	}
}

func TestAnAddressIsBlockedBeforeItComesAndWhereverItComesFrom(t *testing.T) {
	r := blockRoom(t)
	r.block(aggregator.Order{Kind: aggregator.Block, URL: "https://one.example/7"})
	r.docs["https://one.example/feed"] = rss("7|Aleppo at seven|Early.")
	r.docs["https://two.example/feed"] = rss("7|Aleppo at seven, again|Early.", "8|Aleppo at eight|Late.")
	r.now = r.now.Add(2 * time.Hour)
	r.round()
	r.silent("seven", "one.example/7")
	if all := strings.Join(titles(r.entries()), "\n"); !strings.Contains(all, "eight") {
		t.Error(all)
	}
}

// The lead is blocked: the entry goes on under its id, told by who is left.
func TestABlockedLeadLeavesItsEntryToTheOthers(t *testing.T) {
	text := strings.Repeat("word after word of the very same dispatch ", 8)
	r := newRoom(t, `'Aleppo'`)
	r.docs["https://one.example/feed"] = rss("1|Aleppo reopens, Nassar says|" + text)
	r.docs["https://two.example/feed"] = strings.ReplaceAll(rss("8|Aleppo opens again|"+text), "https://one", "https://two")
	r.round()
	es := r.shown()
	if len(es) != 1 || len(es[0].Also) != 1 {
		t.Fatalf("%+v", es)
	}
	lead := es[0].Lead
	r.now = r.now.Add(time.Hour)
	r.block(aggregator.Order{Kind: aggregator.Block, URL: lead.Link})
	after := r.shown()
	if len(after) != 1 || after[0].ID != es[0].ID || !after[0].Published.Equal(es[0].Published) || after[0].Lead.Record != es[0].Also[0].Record ||
		len(after[0].Also) != 0 || !after[0].Updated.Equal(r.now) {
		t.Errorf("%+v", after)
	}
	r.silent(lead.Title, lead.Link)
}

// What is frozen in an entry is blocked by what it says, though its publisher
// says so no more, and though its item is pruned.
func TestWhatIsPublishedIsBlockedByWhatItSaysThere(t *testing.T) {
	r := blockRoom(t)
	r.docs["https://one.example/feed"] = rss("1|Aleppo: someone did it|Someone was seen.", "2|Aleppo airport|First flight.")
	r.now = r.now.Add(2 * time.Hour)
	r.round()
	if all := strings.Join(titles(r.entries()), "\n"); !strings.Contains(all, "Nassar") {
		t.Fatal("the title was not frozen: ", all)
	}
	r.block(aggregator.Order{Kind: aggregator.Block, Words: "Nassar"})
	r.silent("Nassar")
}

func TestABlockHoldsOfAnItemThatWasPrunedAndComesBack(t *testing.T) {
	r := blockRoom(t)
	doc := r.docs["https://one.example/feed"]
	r.block(aggregator.Order{Kind: aggregator.Block, Source: "one", Key: r.key("3")})
	r.docs["https://one.example/feed"] = rss("2|Aleppo airport|First flight.")
	r.now = r.now.Add(2 * time.Hour)
	r.round()
	r.now = r.now.Add(100 * 24 * time.Hour)
	if n, err := r.db.Prune(t.Context(), r.now, time.Hour, time.Hour); err != nil || n == 0 {
		t.Fatal(n, err)
	}
	r.docs["https://one.example/feed"] = doc
	r.configure(`'Aleppo', 'Cup'`)
	r.round()
	r.silent("Cup final")
	r.block(aggregator.Order{Kind: aggregator.Block, Source: "one", Key: r.key("3"), Off: true})
	if all := strings.Join(titles(r.entries()), "\n"); !strings.Contains(all, "Cup final") {
		t.Error("lifted: ", all)
	}
}

func TestWordsThatAreEverythingAndBlocksOfNothingAreRefused(t *testing.T) {
	for _, o := range []aggregator.Order{
		{}, {Words: "-football"}, {Words: "/./"}, {Words: "/[a-z]/"}, {Words: "topic:syria"}, {Words: "(aleppo"}, {URL: "*"}, {URL: "*/*"},
		{URL: "https://a.example/", Words: "a"}, {Source: "one", URL: "https://a.example/"}, {Words: "two\nlines"},
		{Words: strings.Repeat("word ", 300)},
	} {
		o.Kind, o.By = aggregator.Block, "anna"
		if o.Check() == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	for _, o := range []aggregator.Order{
		{Words: "Nassar -football"}, {Words: `"two words" OR title:stem*`}, {Words: "نصار"}, {Words: "/nass?ar/i"}, {URL: "*.example/sponsored/*"}, {Source: "one", Key: "g:1"},
	} {
		o.Kind, o.By = aggregator.Block, "anna"
		if err := o.Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestAPrefixOfAnAddressStopsAtTheHost(t *testing.T) {
	b, err := aggregator.NewBlocks([]aggregator.Order{{ID: 1, Kind: aggregator.Block, URL: aggregator.BlockPattern("https://www.one.example")}})
	if err != nil {
		t.Fatal(err)
	}
	for link, want := range map[string]int{
		"https://one.example/a": 1, "http://One.example": 1, "https://m.one.example/a": 1,
		"https://one.example.net/a": 0, "https://two.example/?u=one.example/": 0, "https://none.example/": 0,
	} {
		if got := len(b.Hits(&aggregator.Record{Item: feeds.Item{Link: link}})); got != want {
			t.Errorf("%s: %d, want %d", link, got, want)
		}
	}
}

// Whatever is ordered in between, what is blocked is not printed; and once all is
// lifted, everything is as if nothing had ever been blocked, but for when it was
// updated.
func TestLiftingGivesBackWhatNobodyBlocked(t *testing.T) {
	first := blockRoom(t)
	first.db.Close()
	secret := map[string][]string{"1": {"Nassar", "one.example/1"}, "2": {"airport", "one.example/2"}, "3": {"Cup final", "one.example/3"}}
	rapid.Check(t, func(rt *rapid.T) {
		blocked, free := first.again(), first.again()
		defer func() { blocked.db.Close(); free.db.Close() }()
		standing := map[string]aggregator.Order{} // by aim
		for i := range rapid.IntRange(1, 10).Draw(rt, "n") {
			o := drawBlock(rt, blocked)
			o.By, o.At = "anna", start.Add(time.Duration(i+2)*time.Hour)
			blocked.now, free.now = o.At, o.At
			for _, r := range []*room{blocked, free} {
				given := o
				if r == free && o.Kind == aggregator.Block {
					continue
				}
				if err := r.db.Give(t.Context(), &given); err != nil {
					rt.Fatal(err)
				}
				r.file()
			}
			if o.Kind == aggregator.Block {
				delete(standing, o.Key+o.URL+o.Words)
				if !o.Off {
					standing[o.Key+o.URL+o.Words] = o
				}
			}
			for guid, words := range secret {
				for _, o := range standing {
					if o.Key == blocked.key(guid) || strings.Contains(about[o.URL+o.Words], guid) || o.Key+o.URL+o.Words == "" {
						blocked.silent(words...)
						break
					}
				}
			}
		}
		for _, o := range standing {
			o.Off, o.At = true, blocked.now
			if err := blocked.db.Give(t.Context(), &o); err != nil {
				rt.Fatal(err)
			}
		}
		blocked.file()
		same := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Updated" }, cmp.Ignore())
		if d := cmp.Diff(free.shown(), blocked.shown(), same); d != "" {
			rt.Errorf("never blocked, lifted: %s", d)
		}
	})
}

// about are the items of a blockRoom that addresses and words are about.
var about = map[string]string{
	"https://one.example/1": "1", "one.example/*": "123", "https://one.example/3": "3",
	"Nassar": "1", `title:airport OR "cup final"`: "23", "Aleppo": "12",
}

// drawBlock draws an order about the items of a blockRoom.
func drawBlock(t *rapid.T, r *room) (o aggregator.Order) {
	item := func(label string) string { return r.key(rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, label)) }
	o.Kind = rapid.SampledFrom([]string{"block", "block", "block", "put", "drop", "pin", "merge", "headline"}).Draw(t, "kind")
	if o.Kind != aggregator.Block {
		o.Source, o.Key = "one", item("item")
	}
	switch o.Kind {
	case aggregator.Block:
		o.Off = rapid.IntRange(0, 2).Draw(t, "off") == 0
		switch rapid.IntRange(0, 3).Draw(t, "reach") {
		case 0:
			o.Source, o.Key = "one", item("blocked item")
		case 1:
			o.Source = "one"
		case 2:
			o.URL = rapid.SampledFrom([]string{"https://one.example/1", "one.example/*", "https://one.example/3"}).Draw(t, "url")
		default:
			o.Words = rapid.SampledFrom([]string{"Nassar", `title:airport OR "cup final"`, "Aleppo"}).Draw(t, "words")
		}
	case aggregator.Put, aggregator.Drop:
		o.Topic = "syria"
	case aggregator.Pin:
		o.Edition = "syria"
	case aggregator.Merge:
		o.With = &aggregator.Ref{Source: "one", Key: item("with")}
	default:
		o.Text = "A headline of ours"
	}
	return o
}
