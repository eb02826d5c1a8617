package feeds

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// knownOf is what the next Parse knows of a document.
func knownOf(f *Feed) Known {
	k := Known{Context: f.Context, Items: map[Sum]bool{}}
	for i := range f.Items {
		if f.Items[i].Raw != (Sum{}) {
			k.Items[f.Items[i].Raw] = true
		}
	}
	return k
}

// agree reads now whole and by what was taught, and reports where they differ:
// an item is read or passed over, never lost and never changed.
func agree(t *testing.T, was, now string) (part *Feed) {
	t.Helper()
	meta := Meta{URL: "https://one.example/feed"}
	before, err := Parse([]byte(was), meta, Known{})
	if err != nil {
		return nil
	}
	known := knownOf(before)
	whole, wholeErr := Parse([]byte(now), meta, Known{})
	part, err = Parse([]byte(now), meta, known)
	if wholeErr != nil || err != nil {
		// A limit that known items alone exceed is none any more.
		if err != nil && wholeErr == nil {
			t.Fatalf("whole it is read, in part not: %v", err)
		}
		return nil
	}
	if len(part.Skipped) > 0 && part.Context != known.Context {
		t.Fatal("items were passed over below another context")
	}
	var want []Item
	var skipped []Sum
	for _, it := range whole.Items {
		if len(part.Skipped) > 0 && known.Items[it.Raw] {
			skipped = append(skipped, it.Raw)
			continue
		}
		want = append(want, it)
	}
	if d := cmp.Diff(want, part.Items); d != "" {
		t.Fatalf("other items than the whole document has:\n%s\nbefore %q\nnow %q", d, was, now)
	}
	if d := cmp.Diff(skipped, part.Skipped); d != "" {
		t.Fatalf("others passed over: %s\nbefore %q\nnow %q", d, was, now)
	}
	if whole.Over != part.Over || whole.Invalid != part.Invalid {
		t.Fatalf("over %d and %d, invalid %d and %d", whole.Over, part.Over, whole.Invalid, part.Invalid)
	}
	part.Items, whole.Items, part.Skipped = nil, nil, nil
	if d := cmp.Diff(whole, part); d != "" {
		t.Fatalf("the feed itself differs: %s", d)
	}
	return part
}

var taught = map[string]struct{ head, item, foot string }{
	"RSS":       {`<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>`, `<item><guid>%</guid><title>t%</title><dc:creator>x</dc:creator></item>`, `</channel></rss>`},
	"RDF":       {`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>F</title></channel>`, `<item rdf:about="https://one.example/%"><title>t%</title><link>/%</link></item>`, `</rdf:RDF>`},
	"Atom":      {`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>F</title>`, `<entry xml:base="/d/"><id>%</id><title type="html">&lt;b>t%</title><link href="%"/></entry>`, `<author><name>Late</name></author></feed>`},
	"JSON Feed": {`{"version":"https://jsonfeed.org/version/1.1","title":"F","items":[`, `{"id":"%","title":"t%] }","content_html":"a \" \\"},`, `null]}`},
}

func docOf(kind string, ids string) string {
	d := taught[kind]
	var b strings.Builder
	b.WriteString(d.head)
	for _, id := range ids {
		b.WriteString(strings.ReplaceAll(d.item, "%", string(id)))
	}
	return b.String() + d.foot
}

func TestKnownItemsArePassedOver(t *testing.T) {
	for kind := range taught {
		before, err := Parse([]byte(docOf(kind, "abcd")), Meta{}, Known{})
		if err != nil {
			t.Fatal(kind, err)
		}
		now, err := Parse([]byte(docOf(kind, "xabc")), Meta{}, knownOf(before))
		if err != nil {
			t.Fatal(kind, err)
		}
		if len(now.Items) != 1 || now.Items[0].Raw == (Sum{}) || len(now.Skipped) != 3 {
			t.Errorf("%s: %d items read, %d passed over, want 1 and 3", kind, len(now.Items), len(now.Skipped))
		}
		agree(t, docOf(kind, "abcd"), docOf(kind, "xabc"))
	}
}

// What an item inherits is part of what it says: when that changes, all is read.
func TestAnotherContextReadsEverything(t *testing.T) {
	atom := docOf("Atom", "abc")
	for name, now := range map[string]string{
		"author of the feed":   strings.Replace(atom, "Late", "Later", 1),
		"language of the feed": strings.Replace(atom, `xml:lang="fr"`, `xml:lang="de"`, 1),
		"base of the feed":     strings.Replace(atom, `<feed `, `<feed xml:base="/other/" `, 1),
		"prefix of the feed":   strings.Replace(atom, `<feed `, `<feed xmlns:x="urn:x" `, 1),
	} {
		before, _ := Parse([]byte(atom), Meta{}, Known{})
		f, err := Parse([]byte(now), Meta{}, knownOf(before))
		if err != nil || len(f.Items) != 3 || len(f.Skipped) != 0 {
			t.Errorf("another %s: %d read, %d passed over, %v", name, len(f.Items), len(f.Skipped), err)
		}
	}
}

// Where the end of an item is not where it seems, the item is not known.
func TestUncertainItemsAreAlwaysRead(t *testing.T) {
	for name, item := range map[string]string{
		"an end in CDATA":      `<item><title><![CDATA[a</item>b]]></title></item>`,
		"an end in a comment":  `<item><title>a<!--</item>-->b</title></item>`,
		"an item in an item":   `<item><guid>1</guid><item/><title>t</title></item>`,
		"an end in attribute":  `<item><enclosure url="/a" type="</item>"/><title>t</title></item>`,
		"a prefix from before": `<item xmlns:q="urn:q"><q:a>1</q:a><title>t</title></item><item><q:a>1</q:a><title>u</title></item>`,
	} {
		doc := `<rss><channel>` + item + `<item><guid>2</guid><title>z</title></item></channel></rss>`
		agree(t, doc, doc)
		agree(t, doc, strings.Replace(doc, "<channel>", "<channel><item><title>new</title></item>", 1))
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func FuzzKnown(f *testing.F) {
	for kind := range taught {
		f.Add(docOf(kind, "abc"), docOf(kind, "xab"))
		f.Add(docOf(kind, "a"), strings.Replace(docOf(kind, "ab"), "t", "<![CDATA[</item>", 1))
	}
	f.Add(`{"items":[{"id":1}],"\u0069tems":[{"id":2}]}`, `{"items":[{"id":1},{"id":3}]}`)
	f.Add("<rss><item>a</item>", "<rss><!--<item>--><item>a</item>")
	f.Fuzz(func(t *testing.T, was, now string) {
		agree(t, was, now)
		agree(t, was, was)
		// The two mixed: the likeliest way to meet known bytes elsewhere.
		if i, j := strings.Index(was, "<item"), strings.LastIndex(now, "</"); i > 0 && j > 0 {
			agree(t, was, now[:j]+was[i:])
		}
	})
}
