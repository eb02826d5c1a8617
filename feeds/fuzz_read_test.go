package feeds_test

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/clean"
)

// FuzzRead reads as a poll does. Whatever the bytes, there is an error in words or a feed within the
// limits, the same each time; and what is fit to keep can be printed.
func FuzzRead(f *testing.F) {
	kinds := []string{"", "text/xml; charset=windows-1256", "application/json", "text/html; charset=utf-16"}
	for i, doc := range feeds.SeedDocuments(f) {
		f.Add(doc, kinds[i%len(kinds)])
	}
	f.Fuzz(func(t *testing.T, doc []byte, kind string) {
		meta := feeds.Meta{URL: "https://one.example/dir/feed.xml", ContentType: kind}
		feed, err := feeds.Parse(doc, meta, feeds.Known{})
		if err != nil {
			if strings.Contains(err.Error(), "panic") {
				t.Fatal(err)
			}
			return
		}
		again, err := feeds.Parse(doc, meta, feeds.Known{})
		if d := cmp.Diff(feed, again); d != "" || err != nil {
			t.Fatalf("the same bytes, another feed: %v %s", err, d)
		}
		if len(feed.Items) > feeds.MaxItems {
			t.Fatalf("%d items", len(feed.Items))
		}
		clean.Feed(feed, clean.Options{Base: meta.URL})
		texts(reflect.ValueOf(feed).Elem(), "feed", func(at, s string) {
			if !utf8.ValidString(s) || strings.ContainsFunc(s, illegal) {
				t.Fatalf("%s is %q", at, s)
			}
		})
	})
}

// TestTheSameBytesAreReadTheSameWay: another guess of the charset would be a
// revision of every item, at every poll.
func TestTheSameBytesAreReadTheSameWay(t *testing.T) {
	for name, doc := range map[string]string{
		"French": "<rss><channel><title>caf\xe9 \xe2ge d\xe9j\xe0</title></channel></rss>",
		"Arabic": "<rss><channel><title>\xca\xd5\xd1\xed\xcd \xe3\xe4 \xe6\xd2\xc7\xd1\xc9</title></channel></rss>",
		"UTF-8":  "<rss><channel><title>\u062f\u0645\u0634\u0642</title></channel></rss>",
	} {
		charsets := map[string]bool{}
		for range 500 {
			f, err := feeds.Parse([]byte(doc), feeds.Meta{}, feeds.Known{})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			charsets[f.Charset] = true
		}
		if len(charsets) > 1 {
			t.Errorf("%s: %v", name, charsets)
		}
	}
}

// illegal is what XML 1.0 has no room for (2.2).
func illegal(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r >= 0xd800 && r < 0xe000 || r == 0xfffe || r == 0xffff
}

// texts visits every string of a value; at says where it stands.
func texts(v reflect.Value, at string, visit func(at, s string)) {
	switch v.Kind() {
	case reflect.String:
		visit(at, v.String())
	case reflect.Pointer:
		if !v.IsNil() {
			texts(v.Elem(), at, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), at, visit)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			texts(v.Field(i), at+"."+v.Type().Field(i).Name, visit)
		}
	}
}
