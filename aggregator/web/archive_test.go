package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/web"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/store"
)

var formats = []feeds.Format{feeds.RSS, feeds.Atom, feeds.JSON}

// told is an entry of hour n.
func told(n int, title string) aggregator.Entry {
	at := published.Add(time.Duration(n) * time.Hour)
	return aggregator.Entry{
		Edition: "syria", ID: fmt.Sprintf("tag:desk.example,2024:%04d", n), Story: int64(n), Part: 1, Opened: at, Published: at, Updated: at,
		Lead: aggregator.Telling{Record: int64(n), Source: "one", Outlet: "One", Title: title, Link: fmt.Sprintf("https://one.example/%d", n), Lang: "en", Published: at},
	}
}

// file publishes a filing at hour n.
func file(t *testing.T, site *web.Site, n int, f aggregator.Filing) {
	t.Helper()
	f.At = published.Add(time.Duration(n) * time.Hour)
	f.Changed = []aggregator.Issue{{Edition: "syria", Print: "x"}}
	if err := site.Press.Store.(*store.DB).File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// news publishes the entries of some hours in one round.
func news(t *testing.T, site *web.Site, from, to int) {
	t.Helper()
	var f aggregator.Filing
	for n := from; n <= to; n++ {
		f.Entries = append(f.Entries, told(n, fmt.Sprint("Title & ", n)))
	}
	file(t, site, to, f)
}

func body(t *testing.T, h http.Handler, address string) []byte {
	t.Helper()
	path, ok := strings.CutPrefix(address, "https://desk.example")
	resp := ask(h, path)
	data, err := io.ReadAll(resp.Body)
	if err != nil || !ok || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v: %s", address, resp.Status, err, data)
	}
	return data
}

func parse(t *testing.T, h http.Handler, address string) *feeds.Feed {
	t.Helper()
	f, err := feeds.Parse(body(t, h, address), feeds.Meta{URL: address}, feeds.Known{})
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	if f.Invalid+f.Over > 0 {
		t.Errorf("%s: %d invalid, %d over", address, f.Invalid, f.Over)
	}
	return f
}

// line is what names an entry for ever (I3).
func line(it feeds.Item) string {
	return fmt.Sprintln(it.ID, strings.ReplaceAll(it.Title, "&amp;", "&"), it.Link, it.Published.UTC().Format(time.RFC3339))
}

// walk follows a format from the current document to the oldest, and answers all
// items in order and the addresses of the archives.
func walk(t *testing.T, h http.Handler, format feeds.Format) (lines, archives []string) {
	t.Helper()
	front := "https://desk.example/syria." + string(format)
	for at := front; at != ""; {
		f := parse(t, h, at)
		for _, it := range f.Items {
			lines = append(lines, line(it))
		}
		if format != feeds.JSON && (f.Archive != (at != front) || f.Self != at || f.Archive && f.Current != front) {
			t.Errorf("%s: archive %v, self %s, current %s", at, f.Archive, f.Self, f.Current)
		}
		if at != front {
			archives = append(archives, at)
		}
		if at = f.Prev; at != "" && slices.Contains(append(archives, front), at) {
			t.Fatalf("%s leads in a circle", at)
		}
	}
	return lines, archives
}

func TestWalkingTheArchivesFindsEachEntryOnceAsItWas(t *testing.T) {
	site := newSite(t)
	h := site.Handler()
	was := map[string]string{} // by id, as when it was first read
	for n := 1; n <= 520; n += 1 + n%19 {
		news(t, site, n, min(n+n%19, 520))
		for _, it := range parse(t, h, "https://desk.example/syria.rss").Items {
			if l, ok := was[it.ID]; ok && l != line(it) {
				t.Fatalf("%s has become %s", l, line(it))
			}
			was[it.ID] = line(it)
		}
	}
	if len(was) != 521 {
		t.Fatalf("%d entries were current once, want 521", len(was))
	}
	for _, format := range formats {
		lines, archives := walk(t, h, format)
		var want []string
		for n := 520; n > 0; n-- {
			want = append(want, was[told(n, "").ID])
		}
		if d := cmp.Diff(want, lines[:520]); d != "" || len(lines) != 521 || lines[520] != was[parse(t, h, "https://desk.example/syria/archive/1.rss").Items[49].ID] {
			t.Errorf("%s: %d entries: %s", format, len(lines), d)
		}
		if len(archives) != 8 {
			t.Errorf("%s: %d archives after the edition's 121 entries, want 8", format, len(archives))
		}
		if format == feeds.JSON {
			continue
		}
		forth := []string{}
		for at := archives[len(archives)-1]; at != ""; at = parse(t, h, at).Next {
			forth = append(forth, at)
		}
		if len(forth) != 10 || forth[9] != "https://desk.example/syria/archive/10."+string(format) {
			t.Errorf("%s: forth by %q", format, forth)
		}
	}
}

// Late items, items of a changed topic's past and withdrawals: the edition and its
// archives are still all there is.
func TestArchivesHoldWhatComesLateAndNotWhatIsWithdrawn(t *testing.T) {
	site := newSite(t)
	news(t, site, 1001, 1170)
	late := told(3, "late")
	file(t, site, 1171, aggregator.Filing{Entries: []aggregator.Entry{late}, Withdrawn: []string{told(1020, "").ID, told(1160, "").ID}})
	want := 171 - 2 + 1
	lines, _ := walk(t, site.Handler(), feeds.Atom)
	if !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, " late ") }) || len(lines) != want {
		t.Errorf("%d entries, want %d and what came late", len(lines), want)
	}
	var past aggregator.Filing
	for n := 100; n < 800; n++ {
		past.Entries = append(past.Entries, told(n, "past"))
	}
	past.Staged = true
	file(t, site, 1172, past)
	if lines, _ := walk(t, site.Handler(), feeds.Atom); len(lines) != want {
		t.Errorf("%d entries while the past is staged, want %d", len(lines), want)
	}
	file(t, site, 1173, aggregator.Filing{Show: true})
	for _, format := range formats {
		lines, archives := walk(t, site.Handler(), format)
		front := parse(t, site.Handler(), "https://desk.example/syria."+string(format))
		if front.Items[0].ID != told(1170, "").ID || len(front.Items) > 150 {
			t.Errorf("%s: the edition has %d entries, the first %s", format, len(front.Items), front.Items[0].ID)
		}
		repeated := len(lines)
		slices.Sort(lines)
		if lines = slices.Compact(lines); len(lines) != want+700 || repeated-len(lines) > 100 || len(archives) != 17 {
			t.Errorf("%s: %d entries in %d archives, %d repeated; want %d", format, len(lines), len(archives), repeated-len(lines), want+700)
		}
	}
}

// texts are the bytes of archives in all formats, by address.
func texts(t *testing.T, h http.Handler, from, to int) map[string]string {
	t.Helper()
	all := map[string]string{}
	for n := from; n <= to; n++ {
		for _, format := range formats {
			at := fmt.Sprintf("https://desk.example/syria/archive/%d.%s", n, format)
			all[at] = string(body(t, h, at))
		}
	}
	return all
}

func TestAnArchiveChangesOnlyWithItsEntries(t *testing.T) {
	site := newSite(t)
	h := site.Handler()
	news(t, site, 1, 170)
	before := texts(t, h, 1, 3)
	news(t, site, 171, 270)
	if d := cmp.Diff(texts(t, h, 1, 2), texts(t, restarted(site).Handler(), 1, 2)); d != "" {
		t.Errorf("after a restart: %s", d)
	}
	after := texts(t, h, 1, 3)
	for at, text := range before {
		if at == "https://desk.example/syria/archive/3.rss" || at == "https://desk.example/syria/archive/3.atom" { // the newest then: one follows now
			cut := func(s string) string {
				i := strings.Index(s, `rel="next-archive"`)
				if i < 0 {
					return s
				}
				start, end := strings.LastIndex(s[:i], "\n"), i+strings.Index(s[i:], "\n")
				return s[:start] + s[end:]
			}
			if text == after[at] || text != cut(after[at]) {
				t.Errorf("%s: more than an address has changed", at)
			}
			continue
		}
		if text != after[at] {
			t.Errorf("%s has changed with what came later", at)
		}
	}
	modified := func(n int) string {
		return ask(h, fmt.Sprintf("/syria/archive/%d.rss", n)).Header.Get("Last-Modified")
	}
	first, second := modified(1), modified(2)
	wrong := told(60, "Title & 60")
	wrong.Lead.Note, wrong.Updated = "Correction: sixty, not sixteen.", published.Add(300*time.Hour)
	file(t, site, 300, aggregator.Filing{Entries: []aggregator.Entry{wrong}})
	for at, text := range texts(t, h, 1, 3) {
		if changed := text != after[at]; changed != strings.Contains(at, "/2.") {
			t.Errorf("%s: changed %v", at, changed)
		}
	}
	if modified(1) != first || modified(2) == second || modified(2) != published.Add(300*time.Hour).Format(http.TimeFormat) {
		t.Errorf("Last-Modified of 1 %s, was %s; of 2 %s, was %s", modified(1), first, modified(2), second)
	}
	resp := ask(h, "/syria/archive/1.rss")
	if again := ask(h, "/syria/archive/1.rss", "If-None-Match", resp.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %s", again.Status)
	}
}

// restarted is the site with nothing in its cache.
func restarted(site *web.Site) *web.Site {
	fresh := *site
	fresh.Press = &aggregator.Press{Store: site.Press.Store, Plan: site.Press.Plan}
	return &fresh
}

func TestStatusCodesOfArchives(t *testing.T) {
	site := newSite(t)
	news(t, site, 1, 60)
	h := site.Handler()
	for path, want := range map[string]int{
		"/syria/archive/": 200, "/syria/archive/1.rss": 200, "/syria/archive/1.atom": 200, "/syria/archive/1.json": 200,
		"/syria/archive/2.rss": 404, "/syria/archive/0.rss": 404, "/syria/archive/-1.rss": 404, "/syria/archive/01.rss": 404, "/syria/archive/+1.rss": 404,
		"/syria/archive/99999999999999999999.rss": 404, "/syria/archive/1.html": 404, "/syria/archive/1": 404, "/syria/archive/x.rss": 404,
		"/old/archive/1.rss": 410, "/old/archive/": 410, "/nothing/archive/1.rss": 404, "/nothing/archive/": 404, "/syria/archive/1.rss/": 404,
	} {
		if got := ask(h, path).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	shelf := string(body(t, h, "https://desk.example/syria/archive/"))
	if !strings.Contains(shelf, `<a href="1.rss">RSS</a>, <a href="1.atom">Atom</a>, <a href="1.json">JSON Feed</a>`) || !strings.Contains(shelf, "50 entries") {
		t.Error(shelf)
	}
	if page := string(body(t, h, "https://desk.example/syria/")); !strings.Contains(page, `href="archive/"`) {
		t.Error("the edition's page does not lead to its archive")
	}
}

// counting counts the archives that are read in order to be printed.
type counting struct {
	*store.DB
	read int
}

func (c *counting) Archive(ctx context.Context, edition string, number int64) (aggregator.Archive, []aggregator.Entry, error) {
	c.read++
	return c.DB.Archive(ctx, edition, number)
}

func TestAnArchiveIsPrintedOnceWhileItsEditionStands(t *testing.T) {
	site := newSite(t)
	news(t, site, 1, 60)
	held := &counting{DB: site.Press.Store.(*store.DB)}
	fresh := *site
	fresh.Press = &aggregator.Press{Store: held, Plan: site.Press.Plan}
	h := fresh.Handler()
	for _, step := range []struct{ news, want int }{{0, 1}, {0, 1}, {61, 2}, {0, 2}} {
		if step.news > 0 {
			news(t, site, step.news, step.news)
		}
		body(t, h, "https://desk.example/syria/archive/1.rss")
		if held.read != step.want {
			t.Errorf("printed %d times, want %d", held.read, step.want)
		}
	}
}

func TestOfArchivesOnlyTheNewAndTheChangedAreWritten(t *testing.T) {
	site := newSite(t)
	news(t, site, 1, 170)
	dir := t.TempDir()
	write := func(want int) {
		t.Helper()
		fresh, store := *site, &counting{DB: site.Press.Store.(*store.DB)}
		fresh.Press = &aggregator.Press{Store: store, Plan: site.Press.Plan} // another process each time
		if _, err := fresh.Write(t.Context(), dir); err != nil || store.read != want {
			t.Errorf("%d archives printed, %v; want %d", store.read, err, want)
		}
		for at, text := range texts(t, site.Handler(), 1, 3) {
			got, err := os.ReadFile(filepath.Join(dir, strings.TrimPrefix(at, "https://desk.example/")))
			if err != nil || !bytes.Equal(got, []byte(text)) {
				t.Errorf("%s is not what is served: %v", at, err)
			}
		}
	}
	write(9)
	write(0)
	news(t, site, 171, 180)
	write(0)
	file(t, site, 181, aggregator.Filing{Entries: []aggregator.Entry{told(60, "corrected")}})
	write(3)
	news(t, site, 182, 210) // the fourth: the third names it
	write(6)
	if err := os.Remove(filepath.Join(dir, "syria", "archive", "2.json")); err != nil {
		t.Fatal(err)
	}
	write(1)
}

// Blocking an item of long ago changes its archive and leaves its words nowhere;
// lifting the block gives them back.
func TestABlockReachesIntoArchives(t *testing.T) {
	site := newSite(t)
	h := site.Handler()
	news(t, site, 1, 60)
	file(t, site, 61, aggregator.Filing{Entries: []aggregator.Entry{told(300, "A title to be blocked")}})
	news(t, site, 70, 200)
	held := map[feeds.Format]*http.Response{}
	at := func(format feeds.Format) string { return "https://desk.example/syria/archive/2." + string(format) }
	for _, format := range formats {
		held[format] = ask(h, strings.TrimPrefix(at(format), "https://desk.example"))
		if !bytes.Contains(body(t, h, at(format)), []byte("to be blocked")) {
			t.Fatalf("%s does not have the entry", at(format))
		}
	}
	order := func(off bool) {
		o := &aggregator.Order{Kind: aggregator.Block, By: "mina", At: published.Add(300 * time.Hour), URL: "https://one.example/300", Off: off}
		if err := site.Press.Store.(*store.DB).Give(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	order(false)
	for _, format := range formats {
		if got := body(t, h, at(format)); bytes.Contains(got, []byte("to be blocked")) || bytes.Contains(got, []byte("one.example/300")) {
			t.Errorf("%s still has what is blocked", at(format))
		}
		f := parse(t, h, at(format))
		if len(f.Items) != aggregator.ArchiveSize || !slices.ContainsFunc(f.Items, func(it feeds.Item) bool { return it.ID == told(300, "").ID }) {
			t.Errorf("%s has %d items, or lost the id of what is blocked", at(format), len(f.Items))
		}
		if now := ask(h, strings.TrimPrefix(at(format), "https://desk.example")); now.Header.Get("ETag") == held[format].Header.Get("ETag") || now.Header.Get("Last-Modified") == held[format].Header.Get("Last-Modified") {
			t.Errorf("%s: validators stay as they were", at(format))
		}
	}
	order(true)
	for _, format := range formats {
		if !bytes.Contains(body(t, h, at(format)), []byte("to be blocked")) {
			t.Errorf("%s does not have again what is blocked no more", at(format))
		}
	}
}
