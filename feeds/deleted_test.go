package feeds

import (
	"slices"
	"strings"
	"testing"
)

func TestTombstonesAreReadUnderAnyPrefix(t *testing.T) {
	const atom = `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:%s="http://purl.org/atompub/tombstones/1.0"><title>t</title>` +
		`<%s:deleted-entry ref="tag:one.example,2024:A" when="2024-12-08T10:00:00Z"><%s:comment>wrong</%s:comment></%s:deleted-entry>` +
		`<%s:deleted-entry ref="tag:one.example,2024:B" when="2024-12-08T10:00:00Z"/><%s:deleted-entry/>` +
		`<entry><id>tag:one.example,2024:B</id><title>It stands</title></entry></feed>`
	for name, doc := range map[string]string{
		"at":  atom,
		"del": atom,
		"rss": `<rss version="2.0" xmlns:%s="http://purl.org/atompub/tombstones/1.0"><channel><title>t</title>` +
			`<%s:deleted-entry ref="tag:one.example,2024:A" when="2024-12-08T10:00:00Z"/></channel></rss>`,
	} {
		f, err := Parse([]byte(strings.ReplaceAll(doc, "%s", name)), Meta{}, Known{})
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"tag:one.example,2024:A"}; !slices.Equal(f.Gone, want) {
			t.Errorf("%s: gone %q, want %q", name, f.Gone, want)
		}
	}
}
