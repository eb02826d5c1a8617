package feeds

import "testing"

// A known namespace counts under whatever prefix a document gives it, and where
// it forgets to declare ours.
func TestKnownNamespacesAreReadUnderAnyPrefix(t *testing.T) {
	for name, row := range map[string]struct{ root, in string }{
		"forgotten":              {"", `<dc:creator>Ann</dc:creator><content:encoded>all</content:encoded>`},
		"ours":                   {` xmlns:dc="http://purl.org/dc/elements/1.1/"`, `<dc:creator>Ann</dc:creator><content:encoded>all</content:encoded>`},
		"another":                {` xmlns:d="http://purl.org/dc/elements/1.1/" xmlns:c="http://purl.org/rss/1.0/modules/content/"`, `<d:creator>Ann</d:creator><c:encoded>all</c:encoded>`},
		"another, on the spot":   {"", `<d:creator xmlns:d="http://purl.org/dc/elements/1.1/">Ann</d:creator><content:encoded>all</content:encoded>`},
		"no prefix, on the spot": {"", `<creator xmlns="http://purl.org/dc/elements/1.1/">Ann</creator><content:encoded>all</content:encoded>`},
	} {
		doc := `<rss version="2.0"` + row.root + `><channel><title>t</title><item><title>i</title>` + row.in + `</item></channel></rss>`
		f, err := Parse([]byte(doc), Meta{}, Known{})
		if err != nil {
			t.Fatal(err)
		}
		if it := f.Items[0]; len(it.Authors) != 1 || it.Authors[0].Name != "Ann" || it.Content != "all" {
			t.Errorf("%s: %+v", name, it)
		}
	}
}
