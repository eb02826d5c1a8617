package aggregator_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/store"
)

var digestFormats = []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON}

// newDigestRoom is a room that wants digests at seven in the morning of Damascus
// (UTC+3), with documents of two sources.
func newDigestRoom(t *testing.T) *room {
	t.Helper()
	r := newRoom(t, `'Aleppo'`)
	r.plan.Config.Jobs.Digest = "0 7 * * *"
	zone, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		t.Fatal(err)
	}
	r.plan.Config.Site.Timezone = zone
	plan, errs := aggregator.Compile(r.plan.Config)
	if plan == nil {
		t.Fatal(errs)
	}
	r.plan = plan
	r.docs["https://one.example/feed"] = rss("1|Aleppo reopens its 'souk'|Shops open & trade.", "2|Bakery strike in Aleppo|No bread tonight, bakers say.")
	r.docs["https://two.example/feed"] = rss("9|Cup final|Rain.")
	return r
}

// digest makes the digests of a moment, some seconds after it.
func (r *room) digest(at time.Time) int {
	r.t.Helper()
	r.now = at.Add(3 * time.Second)
	made, err := aggregator.MakeDigests(r.t.Context(), r.db, r.plan, r.now)
	if err != nil {
		r.t.Fatal(err)
	}
	return made
}

func (r *room) digests(format feeds.Format) *aggregator.Document {
	r.t.Helper()
	press := &aggregator.Press{Store: r.db, Plan: r.active}
	doc, err := press.PrintDigests(r.t.Context(), "syria", format)
	if err != nil {
		r.t.Fatal(err)
	}
	return doc
}

// digestItems reads the digests as a subscriber does.
func (r *room) digestItems(format feeds.Format) []feeds.Item {
	r.t.Helper()
	f, err := feeds.Parse(r.digests(format).Body, feeds.Meta{}, feeds.Known{})
	if err != nil {
		r.t.Fatal(err)
	}
	return f.Items
}

var seven = time.Date(2024, 12, 9, 4, 0, 0, 0, time.UTC) // in Damascus

func TestADigestListsWhatAnEditionPublishedSinceTheLast(t *testing.T) {
	r := newDigestRoom(t)
	r.round()
	for _, format := range digestFormats {
		if items := r.digestItems(format); len(items) != 0 {
			t.Errorf("%s: %d items before the first digest", format, len(items))
		}
	}
	if made := r.digest(seven); made != 1 {
		t.Fatalf("made %d", made)
	}
	before := map[feeds.Format]feeds.Item{}
	for _, format := range digestFormats {
		items := r.digestItems(format)
		if len(items) != 1 {
			t.Fatalf("%s: %d items", format, len(items))
		}
		it := items[0]
		if it.Title != "Syria: 2 stories, 9 December 2024" || !it.Published.Equal(seven) {
			t.Errorf("%s: %q of %s", format, it.Title, it.Published)
		}
		for _, want := range []string{`<a href="https://one.example/1">Aleppo reopens its &#39;souk&#39;</a> (<bdi>one</bdi>)`, "Bakery strike in Aleppo"} {
			if !strings.Contains(it.Content, want) {
				t.Errorf("%s lacks %s:\n%s", format, want, it.Content)
			}
		}
		before[format] = it
	}
	r.restart()
	if made := r.digest(seven.Add(24 * time.Hour)); made != 0 {
		t.Errorf("%d digests of nothing", made)
	}
	r.docs["https://two.example/feed"] = rss("9|Cup final|Rain.", "10|Aleppo station opens again|Trains leave for Hama.")
	r.round()
	if made := r.digest(seven.Add(48 * time.Hour)); made != 1 {
		t.Errorf("made %d", made)
	}
	for _, format := range digestFormats {
		items := r.digestItems(format)
		if len(items) != 2 || items[0].Title != "Syria: 1 story, 11 December 2024" || strings.Contains(items[0].Content, "Bakery") {
			t.Fatalf("%s: %+v", format, items)
		}
		was, is := before[format], items[1]
		if is.ID != was.ID || is.Title != was.Title || is.Content != was.Content || !is.Updated.Equal(was.Updated) || items[0].ID == was.ID {
			t.Errorf("%s: the first digest was %+v, is %+v", format, was, is)
		}
	}
	ids := func(format feeds.Format) (ids []string) {
		for _, it := range r.digestItems(format) {
			ids = append(ids, it.ID)
		}
		return ids
	}
	if !slices.Equal(ids(feeds.RSS), ids(feeds.Atom)) || !slices.Equal(ids(feeds.RSS), ids(feeds.JSON)) {
		t.Error("other ids in another format")
	}
}

// The job is done at seven in the morning of the site's zone, over a restart, and
// what it makes bears that time.
func TestDigestsAreMadeAtTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newDigestRoom(t)
		r.round()
		began := time.Now()
		now := func() time.Time { return start.Add(time.Since(began)) } // noon of the eighth, and on
		var times []string
		for _, length := range []time.Duration{20 * time.Hour, 7 * time.Hour, 24 * time.Hour} {
			jobs := &aggregator.Jobs{
				Plan: r.active, Now: now, Log: slog.New(slog.DiscardHandler),
				Work: map[string]func(context.Context) error{
					"prune": func(context.Context) error { return nil },
					"digest": func(ctx context.Context) error {
						made, err := aggregator.MakeDigests(ctx, r.db, r.plan, now())
						times = append(times, fmt.Sprint(now().Format("2 15:04 "), made))
						return err
					},
				},
			}
			ctx, stop := context.WithTimeout(t.Context(), length)
			if err := jobs.Run(ctx); err != nil {
				t.Error(err)
			}
			stop()
			r.restart()
		}
		if want := []string{"9 04:00 1", "10 04:00 0"}; !slices.Equal(times, want) {
			t.Errorf("done %q, want %q", times, want)
		}
		items := r.digestItems(feeds.Atom)
		if len(items) != 1 || !items[0].Published.Equal(seven) {
			t.Errorf("%+v", items)
		}
	})
}

// What a document says is a function of the plan and of what is stored: nothing
// that the edition publishes besides, nor time, nor a restart moves it.
func TestDigestsStayAsTheyAreUntilTheNext(t *testing.T) {
	r := newDigestRoom(t)
	r.round()
	r.digest(seven)
	before := map[feeds.Format][]byte{}
	for _, format := range digestFormats {
		before[format] = r.digests(format).Body
	}
	r.now = r.now.Add(7 * 24 * time.Hour)
	r.docs["https://two.example/feed"] = rss("10|Aleppo station opens again|Trains leave for Hama.")
	r.round()
	r.restart()
	for _, format := range digestFormats {
		if !bytes.Equal(r.digests(format).Body, before[format]) {
			t.Errorf("%s changed", format)
		}
	}
	edition := r.print(feeds.Atom)
	r.digest(seven.Add(8 * 24 * time.Hour))
	if after := r.print(feeds.Atom); after.ETag != edition.ETag || !after.Modified.Equal(edition.Modified) {
		t.Error("a digest changes its edition's document")
	}
	if bytes.Equal(r.digests(feeds.Atom).Body, before[feeds.Atom]) {
		t.Error("the next digest is not there")
	}
}

func TestWhatIsWithdrawnVanishesFromItsDigest(t *testing.T) {
	r := newDigestRoom(t)
	const url = "https://one.example/feed"
	both := []string{"a|Aleppo: Nassar did it|Nassar did it, they say.", "b|Aleppo bakes|Bread for all."}
	r.docs[url] = atomOne(both)
	r.round()
	r.digest(seven)
	press := &aggregator.Press{Store: r.db, Plan: r.active} // one with a cache
	print := func(format feeds.Format) string {
		doc, err := press.PrintDigests(t.Context(), "syria", format)
		if err != nil {
			t.Fatal(err)
		}
		return string(doc.Body)
	}
	for _, format := range digestFormats {
		if !strings.Contains(print(format), "Nassar") {
			t.Fatalf("%s does not tell it", format)
		}
	}
	r.now = r.now.Add(2 * time.Hour)
	r.docs[url] = atomOne(both[1:], "a")
	r.round()
	for _, format := range digestFormats {
		if strings.Contains(print(format), "Nassar") {
			t.Errorf("%s still says what was withdrawn", format)
		}
		it := r.digestItems(format)[0]
		if it.Title != "Syria: 2 stories, 9 December 2024" || !strings.Contains(it.Content, "1 no longer published.") {
			t.Errorf("%s: %q: %s", format, it.Title, it.Content)
		}
		if !it.Updated.After(it.Published) || !it.Published.Equal(seven) {
			t.Errorf("%s: published %s, updated %s", format, it.Published, it.Updated)
		}
	}
}

// A block holds at once, in digests that are long out too, and lifting it gives
// everything back.
func TestWhatIsBlockedVanishesFromItsDigest(t *testing.T) {
	r := newDigestRoom(t)
	r.round()
	r.digest(seven)
	before := r.digestItems(feeds.Atom)[0].Content
	order := aggregator.Order{Kind: aggregator.Block, Words: "bakery", At: r.now, By: "test"}
	if err := r.db.Give(t.Context(), &order); err != nil {
		t.Fatal(err)
	}
	for _, format := range digestFormats {
		if strings.Contains(strings.ToLower(string(r.digests(format).Body)), "bakery") {
			t.Errorf("%s still says what is blocked", format)
		}
		if it := r.digestItems(format)[0]; !strings.Contains(it.Content, "reopens") {
			t.Errorf("%s: %s", format, it.Content)
		}
	}
	lift := order
	lift.ID, lift.Off = 0, true
	if err := r.db.Give(t.Context(), &lift); err != nil {
		t.Fatal(err)
	}
	if is := r.digestItems(feeds.Atom)[0].Content; is != before {
		t.Errorf("it was %s, is %s", before, is)
	}
}

// A digest counts no entry that is blocked when it is made: of one blocked from the
// start there is no trace, and when nothing else came there is no digest. Once the
// block is lifted the next digest tells of it.
func TestNoDigestCountsWhatIsBlocked(t *testing.T) {
	r := newDigestRoom(t)
	r.block(aggregator.Order{Kind: aggregator.Block, Words: "bakery"})
	r.round()
	r.digest(seven)
	for _, format := range digestFormats {
		if it := r.digestItems(format); len(it) != 1 || it[0].Title != "Syria: 1 story, 9 December 2024" || strings.Contains(it[0].Content, "no longer") {
			t.Errorf("%s: %+v", format, it)
		}
	}
	if made := r.digest(seven.Add(24 * time.Hour)); made != 0 {
		t.Errorf("%d digests of what is blocked", made)
	}
	r.block(aggregator.Order{Kind: aggregator.Block, Words: "bakery", Off: true})
	if made := r.digest(seven.Add(48 * time.Hour)); made != 1 || !strings.Contains(r.digestItems(feeds.Atom)[0].Content, "Bakery strike") {
		t.Errorf("%d digests of what is blocked no more: %+v", made, r.digestItems(feeds.Atom))
	}
}

// Another process draws a new address. What is printed in the second in which the
// press knows only the old one, and is kept, names the new one.
func TestDigestsNameTheAddressThatWasJustDrawn(t *testing.T) {
	r := newDigestRoom(t)
	r.plan.Config.Editions[0].Private = true
	r.round()
	r.digest(seven)
	press := &aggregator.Press{Store: r.db, Plan: r.active}
	if _, err := press.Issues(t.Context()); err != nil {
		t.Fatal(err)
	}
	other, err := store.OpenBeside(t.Context(), r.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Renew(t.Context(), "syria", r.now); err != nil {
		t.Fatal(err)
	}
	is, _, err := r.db.Edition(t.Context(), "syria", 1, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := press.PrintDigests(t.Context(), "syria", feeds.Atom)
	if err != nil || !strings.Contains(string(doc.Body), is.Token) {
		t.Errorf("%v: not at %s:\n%s", err, is.Token, doc.Body)
	}
}

// An edition that loses a term withdraws entries, and gets them back with it. They
// are in the digest they were in, and in no other.
func TestAnEntryIsInOneDigest(t *testing.T) {
	r := newDigestRoom(t)
	r.round()
	r.digest(seven)
	first := r.digestItems(feeds.Atom)[0]
	full := r.plan
	r.configure(`'strike'`)
	r.plan.Config.Jobs.Digest = "0 7 * * *"
	r.now = r.now.Add(time.Hour)
	r.round()
	if it := r.digestItems(feeds.Atom)[0]; strings.Contains(it.Content, "reopens") || !strings.Contains(it.Content, "strike") {
		t.Errorf("after the topic has changed: %s", it.Content)
	}
	r.plan = full
	r.now = r.now.Add(time.Hour)
	r.round()
	if made := r.digest(seven.Add(24 * time.Hour)); made != 0 {
		t.Errorf("%d digests of what was told before", made)
	}
	if it := r.digestItems(feeds.Atom)[0]; it.Content != first.Content || it.ID != first.ID {
		t.Errorf("it was %s, is %s", first.Content, it.Content)
	}
}

// The first digest of a desk that has long run goes back one interval.
func TestTheFirstDigestIsNoHistory(t *testing.T) {
	r := newDigestRoom(t)
	r.round()
	if made := r.digest(seven.Add(72 * time.Hour)); made != 0 {
		t.Errorf("made %d of what is days old", made)
	}
	r.docs["https://two.example/feed"] = rss("10|Aleppo station opens again|Trains leave for Hama.")
	for i := range 40 {
		r.now = seven.Add(time.Duration(i+1) * 8 * 24 * time.Hour) // every source is due
		r.docs["https://one.example/feed"] = strings.ReplaceAll(
			rss(fmt.Sprintf("n%d|Aleppo item number %d|Words%s.", i, i, strings.Repeat(" more", i))), "08 Dec 2024", r.now.AddDate(0, 0, -1).Format("02 Jan 2006"))
		r.round()
		if made := r.digest(r.now); made != 1 {
			t.Fatalf("made %d at %s", made, r.now)
		}
	}
	items := r.digestItems(feeds.Atom)
	if len(items) != aggregator.KeptDigests || !strings.Contains(items[0].Content, "number 39") {
		t.Errorf("%d digests are published; the newest: %s", len(items), items[0].Content)
	}
	for _, it := range items {
		if strings.Contains(it.Content, "Bakery") {
			t.Error("what was old at the first digest is told later")
		}
	}
}
