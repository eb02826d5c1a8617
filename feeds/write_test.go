package feeds

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files")

var day = time.Date(2024, 12, 8, 9, 30, 0, 0, time.UTC)

// rich has a value in every field that some format carries.
func rich() *Feed {
	return &Feed{
		ID: "tag:desk.example,2024:syria", Title: "Syria & neighbours", Description: "Curated <daily>", Link: "https://desk.example/syria/",
		Self: "https://desk.example/syria.x", Hub: "https://hub.example/", Rights: "as their publishers say", Generator: "wiredesk",
		Image: "https://desk.example/icon.png", Updated: day, TTL: 20 * time.Minute, Authors: []Person{{Name: "Levant desk"}},
		Items: []Item{{
			ID: "tag:desk.example,2024:1", Link: "https://one.example/1?a=1&b=2", Title: "Bread & <salt>", Summary: "<p>Ovens lit.</p>",
			Content: `<p lang="en">Ovens &amp; lamps lit.</p>`, Text: "Ovens lit.", Published: day, Updated: day.Add(time.Hour), Lang: "en",
			Authors:    []Person{{Name: "Qasioun Post, Lina Haddad"}, {Name: "Omar"}},
			Categories: []Category{{Term: "Syria", Scheme: "tag:desk.example,2024:topic"}, {Term: "economy"}},
			Enclosures: []Enclosure{{URL: "https://one.example/1.mp3", Type: "audio/mpeg", Length: 4800}},
			Image:      "https://one.example/1.jpg", Rights: "© Qasioun Post",
			Origin: &Origin{ID: "https://one.example/feed", Title: "Qasioun Post", Link: "https://one.example/", Self: "https://one.example/feed"},
			Also:   []Link{{URL: "https://two.example/9", Title: "عادت الأفران", Outlet: "بردى", Lang: "ar", Published: day, Copy: true}},
		}, {
			ID: "tag:desk.example,2024:2", Title: "\u200fدمشق", Content: "<p>دمشق</p>", Text: "دمشق", Lang: "ar", Published: day, Updated: day,
		}},
	}
}

var written = []Format{RSS, Atom, JSON}

func write(t testing.TB, f *Feed, format Format) []byte {
	t.Helper()
	out, err := Write(f, format)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWriteMatchesTheGoldenFiles(t *testing.T) {
	for _, format := range written {
		path := filepath.Join("testdata", "write", "rich."+string(format)+".golden")
		got := write(t, rich(), format)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got)); d != "" {
			t.Errorf("%s: %s", format, d)
		}
	}
}

func TestTheSameFeedGivesTheSameBytes(t *testing.T) {
	for _, format := range written {
		if !bytes.Equal(write(t, rich(), format), write(t, rich(), format)) {
			t.Errorf("%s differs", format)
		}
	}
}

// What a format carries comes back as it was written.
func TestParseReadsWhatWriteWrote(t *testing.T) {
	for _, format := range written {
		want := rich()
		got, err := Parse(write(t, want, format), Meta{URL: want.Self}, Known{})
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if got.Link != want.Link || got.Self != want.Self || got.Hub != want.Hub || len(got.Items) != len(want.Items) {
			t.Errorf("%s: feed %+v", format, got)
		}
		for i := range want.Items {
			if d := cmp.Diff(carried(want.Items[i], format), carried(got.Items[i], format)); d != "" {
				t.Errorf("%s item %d: %s", format, i, d)
			}
		}
	}
}

// past is a document of an archive: rich, as it was published before.
func past() *Feed {
	f := rich()
	f.Self, f.Current = "https://desk.example/syria/archive/2.x", "https://desk.example/syria.x"
	f.Prev, f.Next, f.Archive = "https://desk.example/syria/archive/1.x", "https://desk.example/syria/archive/3.x", true
	return f
}

// An archive is told from the feed it belongs to, and leads to those beside it.
func TestParseReadsTheArchiveThatWriteWrote(t *testing.T) {
	type history struct {
		ID, Self, Prev, Next, Current string
		Archive                       bool
	}
	of := func(f *Feed) history { return history{f.ID, f.Self, f.Prev, f.Next, f.Current, f.Archive} }
	front := rich()
	front.Prev = "https://desk.example/syria/archive/2.x"
	for _, format := range written {
		for name, f := range map[string]*Feed{"archive": past(), "feed": front} {
			want := of(f)
			if format != Atom {
				want.ID = ""
			}
			if format == JSON { // a page of its feed, with nothing but what follows
				want = history{Self: first(want.Current, want.Self), Prev: want.Prev}
			}
			got, err := Parse(write(t, f, format), Meta{URL: f.Self}, Known{})
			if err != nil {
				t.Fatalf("%s %s: %v", format, name, err)
			}
			if d := cmp.Diff(want, of(got)); d != "" || len(got.Items) != len(f.Items) {
				t.Errorf("%s %s: %d items, %s", format, name, len(got.Items), d)
			}
		}
	}
}

func TestAnArchiveFindsTheStylesheetOfItsFeed(t *testing.T) {
	for _, format := range []Format{RSS, Atom} {
		if doc := write(t, past(), format); !bytes.Contains(doc, []byte(`href="../../feed.css"?>`)) {
			t.Errorf("%s:\n%.300s", format, doc)
		}
	}
}

// next_url must not lead back to the feed (JSON Feed 1.1, next_url).
func TestAJSONFeedNeverLeadsToItself(t *testing.T) {
	f := rich()
	f.Prev = f.Self
	if doc := write(t, f, JSON); bytes.Contains(doc, []byte("next_url")) {
		t.Errorf("%s", doc)
	}
}

// carried is what every format has room for, in one form.
func carried(it Item, format Format) map[string]any {
	title := it.Title
	if format != RSS && strings.Contains(title, "&") || strings.Contains(title, "&amp;") {
		title = unescape(title) // after Parse a title is HTML
	}
	m := map[string]any{
		"id": it.ID, "link": it.Link, "title": title, "content": it.Content, "published": it.Published.Unix(), "lang": it.Lang,
		"author": it.Authors, "enclosures": it.Enclosures,
	}
	var terms []string
	for _, c := range it.Categories {
		terms = append(terms, c.Term)
	}
	m["categories"] = terms
	if it.Origin != nil {
		m["origin"] = it.Origin.Self
	}
	if len(it.Also) == 0 && it.ID == "tag:desk.example,2024:2" {
		delete(m, "author") // inherited from the feed when an item names none
	}
	return m
}

// nasty are strings that have broken somebody's feed.
var nasty = []string{
	"a\x00b", "\x01\x02\x08\x0b\x0c\x0e\x1f", "]]>", "<![CDATA[x]]>", "\ufffe\uffff", "\xed\xa0\x80 lone surrogate", "\xff\xfe", "&#0;",
	"&amp;&lt;", "</title><script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "\u202e\u2066", "\u0085\u2028\u2029", "\r\n\r", "--><!--", "<?xml?>",
	"javascript:alert(1)", "data:text/html,<script>", "http://a b/", "https://ok.example/\x00", strings.Repeat("😀", 50), "{{.}}", "%00", "\ud7ff\ue000",
}

// fill sets every string of a value, at any depth, to s.
func fill(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), s)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), s)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), s)
		}
	}
}

func TestNothingMalformedEverLeaves(t *testing.T) {
	all := append([]string(nil), nasty...)
	for r := rune(0); r < 0x20; r++ {
		all = append(all, "x"+string(r)+"y")
	}
	all = append(all, naughtyStrings(t)...)
	for _, s := range all {
		f := rich()
		fill(reflect.ValueOf(f).Elem(), s)
		for _, format := range written {
			if err := strict(write(t, f, format), format, len(f.Items)); err != nil {
				t.Errorf("%s with %q: %v", format, s, err)
			}
		}
	}
}

// naughtyStrings are those of the shared data, when it is there.
func naughtyStrings(t *testing.T) (all []string) {
	data, err := os.ReadFile(filepath.Join(dataDir(), "hostile", "unicode", "blns.json"))
	if err != nil {
		if os.Getenv("WIREDESK_REQUIRE") == "all" {
			t.Fatal(err)
		}
		return nil
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func dataDir() string {
	if dir := os.Getenv("WIREDESK_DATA"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "shared", "data")
}

// strict reads a document as the strictest reader does: well-formed, all items
// there, no address with another scheme.
func strict(doc []byte, format Format, items int) error {
	if format == JSON {
		var f struct {
			Items []struct{ URL, Image string }
		}
		if err := json.Unmarshal(doc, &f); err != nil || len(f.Items) != items {
			return fmt.Errorf("%d items, %v", len(f.Items), err)
		}
		for _, it := range f.Items {
			if active(it.URL) || active(it.Image) {
				return fmt.Errorf("an active address: %s %s", it.URL, it.Image)
			}
		}
		return nil
	}
	dec, count := xml.NewDecoder(bytes.NewReader(doc)), 0
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if el, ok := tok.(xml.StartElement); ok && (el.Name.Local == "item" || el.Name.Local == "entry") {
			count++
		}
		if el, ok := tok.(xml.StartElement); ok {
			for _, a := range el.Attr {
				if name := a.Name.Local; (name == "href" || name == "url" || name == "src") && active(a.Value) {
					return fmt.Errorf("an active address in %s: %s", el.Name.Local, a.Value)
				}
			}
		}
	}
	if count != items {
		return fmt.Errorf("%d items, want %d", count, items)
	}
	return nil
}

// active says whether an address is other than http or https.
func active(s string) bool {
	return s != "" && !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://")
}

func TestXmllintAccepts(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		if os.Getenv("WIREDESK_REQUIRE") == "all" {
			t.Fatal("xmllint is not installed")
		}
		t.Skip("xmllint is not installed")
	}
	for _, s := range append([]string{"plain"}, nasty...) {
		f := rich()
		fill(reflect.ValueOf(f).Elem(), s)
		for _, format := range []Format{RSS, Atom} {
			cmd := exec.CommandContext(t.Context(), "xmllint", "--noout", "-")
			cmd.Stdin = bytes.NewReader(write(t, f, format))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s with %q: %s", format, s, out)
			}
		}
	}
}

func TestOPMLListsFeedsAndDropsActiveAddresses(t *testing.T) {
	out, err := WriteOPML("Desk <&>", day, []Outline{
		{Title: "Syria \x00]]>", URL: "https://desk.example/syria.rss", Page: "https://desk.example/syria/"}, {Title: "bad", URL: "javascript:alert(1)"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := strict(out, RSS, 0); err != nil {
		t.Error(err)
	}
	if n := bytes.Count(out, []byte("<outline")); n != 1 {
		t.Errorf("%d outlines, want 1:\n%s", n, out)
	}
}

func BenchmarkWrite(b *testing.B) {
	f := rich()
	for len(f.Items) < 200 {
		it := f.Items[0]
		it.ID = fmt.Sprint("tag:desk.example,2024:", len(f.Items))
		it.Content = strings.Repeat(it.Content, 20)
		f.Items = append(f.Items, it)
	}
	for _, format := range written {
		b.Run(string(format), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(write(b, f, format))))
			for b.Loop() {
				write(b, f, format)
			}
		})
	}
}
