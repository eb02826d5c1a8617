package feeds

import "testing"

func TestACanonicalLinkIsReadBesideTheItemsOwn(t *testing.T) {
	for name, doc := range map[string]string{
		"atom": `<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>1</id><title>x</title>` +
			`<link href="/mine"/><link rel="canonical" href="https://two.example/theirs"/></entry></feed>`,
		"rss": `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title><item><title>x</title>` +
			`<link>https://one.example/mine</link><atom:link rel="canonical" href="https://two.example/theirs"/></item></channel></rss>`,
	} {
		f, err := Parse([]byte(doc), Meta{URL: "https://one.example/feed"}, Known{})
		if err != nil || len(f.Items) != 1 {
			t.Fatal(name, err)
		}
		if it := f.Items[0]; it.Link != "https://one.example/mine" || it.Canonical != "https://two.example/theirs" {
			t.Errorf("%s: link %q, canonical %q", name, it.Link, it.Canonical)
		}
	}
}
