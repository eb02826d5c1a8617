package web_test

import (
	"bytes"
	"strings"
	"testing"
)

// A browser that opens a feed gets what it shows in its style: the same bytes. A
// feed reader gets the format's own type.
func TestAnOpenedFeedIsXML(t *testing.T) {
	h := newSite(t).Handler()
	for path, types := range map[string][2]string{
		"/syria.rss":  {"application/rss+xml", "application/xml"},
		"/syria.atom": {"application/atom+xml", "application/xml"},
		"/syria.json": {"application/feed+json", "application/feed+json"},
		"/syria/":     {"text/html", "text/html"},
	} {
		read, open := ask(h, path), ask(h, path, "Sec-Fetch-Dest", "document")
		for i, resp := range []string{read.Header.Get("Content-Type"), open.Header.Get("Content-Type")} {
			if !strings.HasPrefix(resp, types[i]+";") && resp != types[i] {
				t.Errorf("%s: %s, want %s", path, resp, types[i])
			}
		}
		if got := ask(h, path, "Sec-Fetch-Dest", "empty").Header.Get("Content-Type"); got != read.Header.Get("Content-Type") { // a script's
			t.Errorf("%s: %s for a script", path, got)
		}
		if !bytes.Equal(body(t, read), body(t, open)) || read.Header.Get("ETag") != open.Header.Get("ETag") {
			t.Errorf("%s: other bytes", path)
		}
		varies := strings.Contains(read.Header.Get("Vary"), "Sec-Fetch-Dest")
		if varies != (types[0] != types[1]) || read.Header.Get("Vary") != open.Header.Get("Vary") {
			t.Errorf("%s: Vary %q and %q", path, read.Header.Get("Vary"), open.Header.Get("Vary"))
		}
	}
}
