package web_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// formats are the documents of the test site that are large enough to be encoded.
var formats = []string{"/syria.rss", "/syria.atom", "/syria.json", "/syria/", "/style.css"}

// asks are how a reader asks for each coding; "" is none.
var asks = map[string]string{"": "identity", "br": "br", "gzip": "gzip", "zstd": "zstd"}

// What a reader says of codings (RFC 9110, 12.5.3), and the one it gets.
func TestReadersGetTheCodingTheyLikeBest(t *testing.T) {
	h := newSite(t).Handler()
	for _, row := range []struct{ accept, want string }{
		// As they are sent.
		{"gzip", "gzip"},
		{"gzip, deflate", "gzip"},
		{"gzip, deflate, br", "br"},
		{"gzip, deflate, br, zstd", "br"},
		{"zstd, gzip", "gzip"}, // at equal weight the smallest
		{"zstd", "zstd"},
		{"identity", ""},
		{"deflate", ""},
		{"", ""},
		// Weights.
		{"br;q=0.5, gzip;q=0.8, zstd;q=0.3", "gzip"},
		{"br;q=0.001, gzip;q=0.002", "gzip"},
		{"gzip;q=1.0, br;q=1", "br"},
		{"zstd;q=1, *;q=0.5", "zstd"},
		{"gzip;q=0", ""},
		{"gzip;q=0.000, br;q=0", ""},
		{"gzip;q=0.5, identity;q=0.4", "gzip"},
		{"gzip;q=0.4, identity;q=0.5", ""},
		{"gzip;q=0.5, identity", ""},
		{"gzip, identity", "gzip"},
		{"gzip;q=0.1", "gzip"}, // none at all is the last resort unless it is named
		// The rest.
		{"*", "br"},
		{"*;q=0.1", "br"},
		{"br;q=0, *", "gzip"},
		{"br;q=0, gzip;q=0, *;q=0.5", "zstd"},
		{"*;q=0", ""},
		{"*;q=0, zstd", "zstd"},
		{"*;q=0.2, identity;q=0.3", ""},
		// Nothing left: better the document than an error.
		{"identity;q=0", ""},
		{"identity;q=0, gzip;q=0", ""},
		{"identity;q=0, br", "br"},
		{"identity;q=0, *", "br"},
		// Names.
		{"GZIP", "gzip"},
		{"x-gzip", "gzip"},
		{"x-gzip;q=0, gzip", ""}, // one coding by two names: the refusal counts
		{"gzip2, xgzip, brr", ""},
		// Blanks, empty members.
		{" , gzip ,", "gzip"},
		{"\tgzip ;\tQ=0.5", "gzip"},
		{",,,", ""},
		// What cannot be read excludes what it names.
		{"gzip;q=1.5", ""},
		{"gzip;q=0.5000", ""},
		{"gzip;q=-1", ""},
		{"gzip;q=", ""},
		{"gzip;q=.5", ""},
		{"gzip;q=1.001", ""},
		{"gzip;q=0.5x", ""},
		{"gzip;q=0,5", ""},
		{"gzip;level=9", ""},
		{"gzip;q=nonsense, br;q=0.1", "br"},
		{"gzip;q=0.5;q=1", ""},
		{";q=1", ""},
		{"gzip q=1", ""},
		{"\x00\xff;;;=,\"gzip\"", ""},
	} {
		resp := ask(h, "/syria.atom", "Accept-Encoding", row.accept)
		if got := resp.Header.Get("Content-Encoding"); got != row.want || resp.StatusCode != http.StatusOK {
			t.Errorf("%q: %d in %q, want %q", row.accept, resp.StatusCode, got, row.want)
		}
	}
	if got := ask(h, "/syria.atom").Header.Get("Content-Encoding"); got != "" {
		t.Errorf("who says nothing gets %q", got)
	}
	if got := ask(h, "/syria.atom", "Accept-Encoding", "deflate", "Accept-Encoding", "zstd").Header.Get("Content-Encoding"); got != "zstd" {
		t.Errorf("two lines give %q, want zstd", got)
	}
}

// Each coding is a representation of its own: other bytes, another strong ETag,
// and the same document.
func TestEveryCodingIsTheSameDocument(t *testing.T) {
	h := newSite(t).Handler()
	for _, path := range formats {
		want := body(t, ask(h, path))
		etags := map[string]string{}
		for coding, accept := range asks {
			resp := ask(h, path, "Accept-Encoding", accept)
			raw := body(t, resp)
			if got := resp.Header.Get("Content-Encoding"); got != coding {
				t.Fatalf("%s: %q, want %q", path, got, coding)
			}
			if coding != "" && len(raw) >= len(want) {
				t.Errorf("%s: %d bytes in %s, %d without", path, len(raw), coding, len(want))
			}
			if !bytes.Equal(decode(t, coding, raw), want) {
				t.Errorf("%s in %s is another document", path, coding)
			}
			etag := resp.Header.Get("ETag")
			if other, ok := etags[etag]; ok || len(etag) < 10 || etag[0] != '"' {
				t.Errorf("%s: ETag %s of %q is that of %q or weak", path, etag, coding, other)
			}
			etags[etag] = coding
		}
	}
}

func TestSmallDocumentsStayPlain(t *testing.T) {
	h := newSite(t).Handler()
	for path, want := range map[string]string{"/style.css": "br", "/feeds.opml": ""} {
		resp := ask(h, path, "Accept-Encoding", "br")
		n := len(body(t, resp))
		if got := resp.Header.Get("Content-Encoding"); got != want || resp.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s of %d bytes in %q, Vary %q", path, n, got, resp.Header.Get("Vary"))
		}
	}
}

func body(t *testing.T, resp *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decode(t *testing.T, coding string, raw []byte) []byte {
	t.Helper()
	r, err := io.Reader(bytes.NewReader(raw)), error(nil)
	switch coding {
	case "br":
		r = brotli.NewReader(r)
	case "gzip":
		r, err = gzip.NewReader(r)
	case "zstd":
		r, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
