package fetch

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// benchmark asks an origin on loopback again and again.
func benchmark(b *testing.B, r Request, answer http.HandlerFunc) {
	origin := httptest.NewServer(answer)
	defer origin.Close()
	c := newClient(b, Options{UserAgent: "wiredesk/test", AllowNetworks: []string{"127.0.0.1/32"}})
	r.URL = origin.URL
	b.ReportAllocs()
	for b.Loop() {
		resp, err := c.Get(b.Context(), r)
		if resp == nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGet304(b *testing.B) {
	benchmark(b, Request{ETag: `"1"`}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		w.WriteHeader(http.StatusNotModified)
	})
}

func BenchmarkGet200(b *testing.B) {
	text := document(110 << 10)
	for _, coding := range []string{"gzip", "br", "zstd"} {
		b.Run(coding, func(b *testing.B) {
			body := coded(b, coding, text)
			b.SetBytes(int64(len(text)))
			benchmark(b, Request{}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Encoding", coding)
				_, _ = w.Write(body)
			})
		})
	}
}
