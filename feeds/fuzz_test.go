package feeds

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// maxSeed bounds the documents that fuzzing starts from: large ones are slow to
// mutate.
const maxSeed = 64 << 10

// SeedDocuments are our own documents and, where they are, those of the shared
// data. FuzzRead stands in feeds_test, since it cleans what it parsed.
func SeedDocuments(f *testing.F) (docs [][]byte) {
	f.Helper()
	add := func(doc []byte) { docs = append(docs, doc) }
	for _, dir := range []string{"testdata", filepath.Join(dataDir(), "feeds", "corpus"), filepath.Join(dataDir(), "hostile", "xml")} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			doc, err := os.ReadFile(path)
			if err == nil {
				add(doc[:min(len(doc), maxSeed)])
			}
			return err
		})
		if err != nil && dir == "testdata" {
			f.Fatal(err)
		}
	}
	for _, doc := range []string{
		`<rss><channel><title>t</title><item><title>a <b>b</b> &amp; c</title><description><p>x<p>y</description></item></channel></rss>`,
		`<feed xmlns="http://www.w3.org/2005/Atom"><entry xml:lang="ar" xml:base="/x/"><title type="xhtml"><div>a<br/></div></title></entry></feed>`,
		`<rdf:RDF xmlns:rdf="r"><item rdf:about="x"><dc:date>2024-12-08</dc:date><foo:bar a=b c>`,
		`{"version":"https://jsonfeed.org/version/1.1","items":[null,{"id":1,"authors":[null,"x"],"content_text":"a\u0000b"}]}`,
		`<!DOCTYPE rss [<!ENTITY a "b"><!-- it's -->]><rss><channel><item><title>&a;&#0;&#x80;</title></item>`,
	} {
		add([]byte(doc))
	}
	return docs
}

// FuzzNormalise: what comes out is XML by the strictest reader, and reading that
// once more finds the same items. Not all of them: what is told in a namespace of
// ours (ids, tags, what an item inherits) is no document's to say, what we wrote neither,
// but for a second text, which has a name that documents use; and Atom's texts have
// become HTML and lost the type that said so.
func FuzzNormalise(f *testing.F) {
	for _, doc := range SeedDocuments(f) {
		text, _ := decode(doc, "")
		f.Add(text)
	}
	const base = "https://one.example/dir/feed.xml"
	f.Fuzz(func(t *testing.T, src []byte) {
		src = bytes.ToValidUTF8(src, []byte("\ufffd"))
		n, err := normalise(src, base, nil)
		if err != nil {
			return
		}
		out := whole(n)
		if err := wellFormed(out); err != nil {
			t.Fatalf("%v\n%q\nbecame\n%q", err, src, out)
		}
		first, err := parseXML(src, Meta{URL: base}, nil)
		if err != nil {
			return // gofeed says why
		}
		out = more.ReplaceAll(out, []byte("${1}fullitem"))
		n, err = normalise(out, base, nil)
		if err != nil {
			t.Fatalf("%v in what it wrote\n%q", err, out)
		}
		if err := wellFormed(whole(n)); err != nil {
			t.Fatalf("%v in another round of\n%q", err, out)
		}
		second, err := parseXML(out, Meta{URL: base}, nil)
		if err != nil {
			t.Fatalf("%v after another round\n%q", err, out)
		}
		if d := cmp.Diff(kept(first), kept(second)); d != "" {
			t.Fatalf("another round changes it: %s\n%q\nbecame\n%q", d, src, out)
		}
	})
}

// more are the tags of a second text, see rename.
var more = regexp.MustCompile(`(</?)wd:more\b`)

// whole is what n wrote, with the texts it held back.
func whole(n *normaliser) []byte {
	out := n.out.String()
	for i, text := range n.held {
		out = strings.Replace(out, markStart+strconv.Itoa(i)+markEnd, xmlText.Replace(text), 1)
	}
	return []byte(out)
}

// kept is what another round keeps of a feed's items.
func kept(f *Feed) (items []string) {
	for i := range f.Items {
		it := &f.Items[i]
		s := fmt.Sprint(it.Published, it.Updated)
		if f.Format != Atom {
			s += fmt.Sprintf(" %q %q %q", it.Title, it.Summary, it.Content)
		}
		items = append(items, s)
	}
	return items
}

func wellFormed(doc []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(doc))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// FuzzDate: a date that is read is one that can be stored and published.
func FuzzDate(f *testing.F) {
	for _, s := range []string{
		"Sun, 08 Dec 2024 09:30:00 GMT", "2024-12-08T09:30:00+03:00", "8 déc 2024 9:30", "2024-12-08", "0001-01-01T00:00:00Z", "Mon, 32 Foo 2024",
		"2999-12-31T23:59:59-23:00", "1970-01-01T00:00:00+14:00", "12/8/2024 9:30:00 PM", "Dec 8, 2024 9:30 PM", "20241208T093000Z", "Sun Dec 8 09:30:00 EST 2024",
	} {
		f.Add(s)
	}
	if data, err := os.ReadFile(filepath.Join(dataDir(), "hostile", "http", "dates.jsonl")); err == nil {
		for line := range bytes.SplitSeq(data, []byte("\n")) {
			var row struct{ Date string }
			if json.Unmarshal(line, &row) == nil {
				f.Add(row.Date)
			}
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := ParseDate(s)
		if !ok {
			return
		}
		if d.Location() != time.UTC || d.Year() < 1970 || d.Year() >= 3000 {
			t.Fatalf("%q is read as %s", s, d)
		}
		again, ok := ParseDate(d.Format(time.RFC3339))
		if !ok || !again.Equal(d.Truncate(time.Second)) {
			t.Fatalf("%q is %s, and that is %s", s, d, again)
		}
	})
}
