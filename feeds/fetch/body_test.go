package fetch

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// coded is text in a content coding, as an origin sends it.
func coded(t testing.TB, coding string, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "":
		return text
	case "gzip":
		w = gzip.NewWriter(&b)
	case "br":
		w = brotli.NewWriterLevel(&b, 5)
	case "zstd":
		w, _ = zstd.NewWriter(&b)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// document is a feed-like text of about n bytes.
func document(n int) []byte {
	var b bytes.Buffer
	b.WriteString("<rss version=\"2.0\"><channel><title>Desk</title>")
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "<item><guid>tag:a.test,2024:%x</guid><title>Bridge %d opens</title><description>%d cars crossed it by %d.</description></item>\n",
			i*7919, i, i*i%997, i%24)
	}
	b.WriteString("</channel></rss>")
	return b.Bytes()
}

func codings(names ...string) http.Header { return http.Header{"Content-Encoding": names} }

func TestEveryCodingIsUndone(t *testing.T) {
	t.Parallel()
	text := document(20_000)
	gz := coded(t, "gzip", text)
	half := len(text) / 2
	tests := []struct {
		name   string
		header http.Header
		body   []byte
	}{
		{"none", nil, text},
		{"identity", codings("identity"), text},
		{"a charset, by mistake", codings("UTF-8"), text},
		{"gzip", codings("gzip"), gz},
		{"x-gzip in capitals", codings("X-GZIP"), gz},
		{"br", codings("br"), coded(t, "br", text)},
		{"zstd", codings("zstd"), coded(t, "zstd", text)},
		{"gzip twice", codings("gzip, gzip"), coded(t, "gzip", gz)},
		{"gzip in br, two headers", codings("gzip", "br"), coded(t, "br", gz)},
		{"two members", codings("gzip"), append(coded(t, "gzip", text[:half]), coded(t, "gzip", text[half:])...)},
		{"an empty member first", codings("gzip"), append(coded(t, "gzip", nil), gz...)},
		{"zeros after the end", codings("gzip"), append(gz[:len(gz):len(gz)], make([]byte, 512)...)},
		{"words after the end", codings("gzip"), append(gz[:len(gz):len(gz)], "<!-- cached -->"...)},
		{"text called gzip", codings("gzip"), text},
		{"text called zstd", codings("zstd"), text},
		{"gzip called nothing", nil, gz},
		{"one byte after the end", codings("gzip"), append(gz[:len(gz):len(gz)], 0x1f)},
	}
	for _, tt := range tests {
		got, err := read(bytes.NewReader(tt.body), tt.header, 1<<20)
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: got %d bytes, %v, want %d", tt.name, len(got), err, len(text))
		}
	}
}

func TestBodyThatBreaksOffIsAnError(t *testing.T) {
	t.Parallel()
	text := document(5_000)
	for _, coding := range []string{"gzip", "br", "zstd"} {
		whole := coded(t, coding, text)
		for cut := range whole {
			if _, err := read(bytes.NewReader(whole[:cut]), codings(coding), 1<<20); err == nil {
				t.Fatalf("%s: %d of %d bytes pass for a whole body", coding, cut, len(whole))
			}
		}
		// The coding is whole, what brought it is not: a short Content-Length.
		short := io.MultiReader(bytes.NewReader(whole), fail{io.ErrUnexpectedEOF})
		if _, err := read(short, codings(coding), 1<<20); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s whole, transport broken: got %v", coding, err)
		}
	}
	for _, err := range []error{io.ErrUnexpectedEOF, errors.New("connection reset by peer")} {
		_, got := read(io.MultiReader(bytes.NewReader(text), fail{err}), nil, 1<<20)
		if !errors.Is(got, err) || !strings.Contains(got.Error(), "broke off") {
			t.Errorf("%v: got %v", err, got)
		}
	}
}

type fail struct{ err error }

func (f fail) Read([]byte) (int, error) { return 0, f.err }

func TestDamagedCodingIsAnError(t *testing.T) {
	t.Parallel()
	text := document(5_000)
	gz := coded(t, "gzip", text)
	flipped := bytes.Clone(gz)
	flipped[len(flipped)-6] ^= 1 // in the checksum
	second := append(bytes.Clone(gz), gz[:len(gz)-3]...)
	tests := []struct {
		name   string
		header http.Header
		body   []byte
		want   string
	}{
		{"not gzip at all", codings("gzip"), []byte("Sorry, not today."), "cannot be read as gzip"},
		{"wrong checksum", codings("gzip"), flipped, "cannot be read as gzip"},
		{"second member cut", codings("gzip"), second, "broke off"},
		{"not brotli", codings("br"), text, "cannot be read as br"},
		{"brotli and more", codings("br"), append(coded(t, "br", text), "more"...), "cannot be read as br"},
		{"not zstd", codings("zstd"), []byte("Sorry, not today."), "cannot be read as zstd"},
		{"zstd of nothing", codings("zstd"), nil, "broke off"},
		{"gzip of nothing", codings("gzip"), nil, "broke off"},
		{"deflate", codings("deflate"), text, `did not ask for: "deflate"`},
		{"a lie with an escape", codings("\x1b[31mred"), text, `did not ask for: "[31mred"`},
		{"three times", codings("gzip, gzip, gzip"), gz, "coded 3 times, at most 2"},
	}
	for _, tt := range tests {
		_, err := read(bytes.NewReader(tt.body), tt.header, 1<<20)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestBodyLimitCountsDecodedBytes(t *testing.T) {
	t.Parallel()
	const limit = 100_000
	exact, over := make([]byte, limit), make([]byte, limit+1)
	for _, coding := range []string{"", "gzip", "br", "zstd"} {
		if got, err := read(bytes.NewReader(coded(t, coding, exact)), codings(coding), limit); err != nil || len(got) != limit {
			t.Errorf("%q at the limit: %d bytes, %v", coding, len(got), err)
		}
		got, err := read(bytes.NewReader(coded(t, coding, over)), codings(coding), limit)
		if !errors.Is(err, ErrTooLarge) || len(got) > limit || !strings.Contains(err.Error(), "100000 bytes") {
			t.Errorf("%q over the limit: %d bytes, %v", coding, len(got), err)
		}
	}
}

// forever repeats one piece without end.
type forever struct {
	piece []byte
	sent  int
}

func (f *forever) Read(p []byte) (n int, err error) {
	for n < len(p) {
		c := copy(p[n:], f.piece[f.sent%len(f.piece):])
		n, f.sent = n+c, f.sent+c
	}
	return n, nil
}

func TestBombsAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("measures memory")
	}
	const limit = 1 << 18
	bomb := coded(t, "gzip", make([]byte, 32<<20))
	tests := []struct {
		name   string
		header http.Header
		body   io.Reader
	}{
		{"32 MB of zeros", codings("gzip"), bytes.NewReader(bomb)},
		{"twice", codings("gzip, gzip"), bytes.NewReader(coded(t, "gzip", bomb))},
		{"no end", nil, &forever{piece: []byte("x")}},
		{"empty members without end", codings("gzip"), &forever{piece: coded(t, "gzip", nil)}},
		{"garbage without end", codings("gzip"), io.MultiReader(bytes.NewReader(coded(t, "gzip", []byte("<rss/>"))), &forever{piece: []byte("x")})},
		{"empty frames without end", codings("zstd"), &forever{piece: coded(t, "zstd", []byte{})}},
		{"skipped frames without end", codings("zstd"), &forever{piece: []byte{0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4}}},
	}
	for _, tt := range tests {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := read(tt.body, tt.header, limit)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: read to an end it has not", tt.name)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
			t.Errorf("%s: %d MB allocated", tt.name, used>>20)
		}
	}
}

func TestZstdWindowIsBounded(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithWindowSize(64<<20))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := w.Write(make([]byte, 4<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := read(&b, codings("zstd"), 64<<20); err == nil || errors.Is(err, ErrTooLarge) {
		t.Errorf("a window of 64 MB: got %v", err)
	}
}

func TestLargeContentLengthIsRefusedUnread(t *testing.T) {
	t.Parallel()
	c := asking(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10485761")
	})
	_, err := c.Get(t.Context(), Request{URL: "http://a.test/"})
	if !errors.Is(err, ErrTooLarge) || err.Error() != "the body is over the limit of 10 MB" {
		t.Errorf("got %v", err)
	}
}

func TestHostileGzipNeverPassesUnchecked(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(hostile(t, "http", "gofuzz_gzip.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	seeds := 0
	for line := range bytes.Lines(text) {
		var seed struct{ Text, B64 string }
		if err := json.Unmarshal(line, &seed); err != nil {
			t.Fatal(err)
		}
		raw, err := base64.StdEncoding.DecodeString(seed.B64)
		if err != nil {
			t.Fatal(err)
		}
		raw = append(raw, seed.Text...)
		for _, h := range []http.Header{codings("gzip"), codings("br"), codings("zstd"), codings("gzip, gzip")} {
			if got, err := read(bytes.NewReader(raw), h, 1<<16); err == nil && len(got) > 1<<16 {
				t.Errorf("%v: %d bytes over the limit", h, len(got))
			}
		}
		seeds++
	}
	if seeds < 10 {
		t.Errorf("%d seeds only", seeds)
	}
}

func FuzzRead(f *testing.F) {
	for _, coding := range []string{"", "gzip", "br", "zstd"} {
		f.Add(coding, coded(f, coding, document(300)))
	}
	f.Fuzz(func(t *testing.T, coding string, body []byte) {
		const limit = 1 << 16
		got, err := read(bytes.NewReader(body), codings(coding), limit)
		if len(got) > limit {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}
