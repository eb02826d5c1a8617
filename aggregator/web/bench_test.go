package web_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/web"
	"github.com/wiredesk/wiredesk/store"
)

// BenchmarkServe asks our site and bare handlers of net/http for the same document
// of about 100 KB, in turns of one run: over loopback, one connection each that is
// kept, a client that only counts bytes, the limits of the daemon. Bare is a handler
// that sends our answer byte for byte, header and body, and compares the ETag as a
// string; least is one that has but type, length and ETag to send. More is better
// for us: requests/bare is our requests per second by its, cpu/bare its CPU time by
// ours (the client's, which is the same, is in both).
func BenchmarkServe(b *testing.B) {
	site := bigSite(b)
	ours := listen(b, site.Handler())
	for _, row := range []struct{ name, header string }{
		{"200", ""},
		{"gzip", "Accept-Encoding: gzip\r\n"},
		{"304", "If-None-Match: ETAG\r\n"},
	} {
		b.Run(row.name, func(b *testing.B) {
			var header []string
			if row.name == "gzip" {
				header = []string{"Accept-Encoding", "gzip"}
			}
			whole := ask(site.Handler(), "/syria.atom", header...)
			body, err := io.ReadAll(whole.Body)
			if err != nil {
				b.Fatal(err)
			}
			etag := whole.Header.Get("ETag")
			known := ask(site.Handler(), "/syria.atom", append(header, "If-None-Match", etag)...)
			least := http.Header{"Etag": {etag}}
			most := least.Clone()
			for _, name := range []string{"Content-Type", "Content-Length", "Content-Encoding"} {
				if v := whole.Header.Get(name); v != "" {
					most.Set(name, v)
				}
			}
			request := "GET /syria.atom HTTP/1.1\r\nHost: desk.example\r\nUser-Agent: bench\r\nAccept: */*\r\n" +
				strings.ReplaceAll(row.header, "ETAG", etag) + "\r\n"
			us := dial(b, ours, request)
			same := dial(b, listen(b, bare(known.Header, whole.Header, body)), request)
			if len(us.answer) != len(same.answer) {
				b.Fatalf("our answer has %d bytes, the other %d", len(us.answer), len(same.answer))
			}
			race(b, us, same, dial(b, listen(b, bare(least, most, body)), request))
		})
	}
}

// bare is what one writes for one document with nothing but net/http.
func bare(known, whole http.Header, body []byte) http.HandlerFunc {
	etag := whole.Get("ETag")
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if r.Header.Get("If-None-Match") == etag {
			for name := range known {
				h.Set(name, known.Get(name))
			}
			w.WriteHeader(http.StatusNotModified)
			return
		}
		for name := range whole {
			h.Set(name, whole.Get(name))
		}
		w.Write(body)
	}
}

// race lets callers ask in turns of some requests, each first as often as the
// others, until the benchmark ends.
func race(b *testing.B, us, bare, least *caller) {
	const turn = 20
	callers := []*caller{us, bare, least}
	var wall, cpu [3]time.Duration
	n := 0
	for b.Loop() {
		for i := range callers {
			at := (i + n) % len(callers)
			begun, spent := time.Now(), cpuTime(b)
			for range turn {
				callers[at].ask(b)
			}
			wall[at] += time.Since(begun)
			cpu[at] += cpuTime(b) - spent
		}
		n++
	}
	b.ReportMetric(float64(n*turn)/wall[0].Seconds(), "requests/s")
	b.ReportMetric(float64(cpu[0].Microseconds())/float64(n*turn), "cpu-µs/request")
	for i, name := range []string{"bare", "least"} {
		b.ReportMetric(wall[i+1].Seconds()/wall[0].Seconds(), "requests/"+name)
		b.ReportMetric(cpu[i+1].Seconds()/cpu[0].Seconds(), "cpu/"+name)
	}
	b.ReportMetric(0, "ns/op") // of all together: says nothing
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A caller asks one thing again and again. All answers have one length.
type caller struct {
	conn    net.Conn
	request []byte
	answer  []byte
}

func dial(b *testing.B, addr, request string) *caller {
	b.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	c := &caller{conn: conn, request: []byte(request)}
	if _, err := conn.Write(c.request); err != nil {
		b.Fatal(err)
	}
	c.answer = make([]byte, length(b, conn))
	return c
}

// length reads one answer and says how long it was.
func length(b *testing.B, conn net.Conn) int {
	var head bytes.Buffer
	one := make([]byte, 1)
	for !bytes.HasSuffix(head.Bytes(), []byte("\r\n\r\n")) {
		if _, err := conn.Read(one); err != nil {
			b.Fatal(err)
		}
		head.Write(one)
	}
	_, rest, _ := strings.Cut(head.String(), "Content-Length: ")
	n, _, _ := strings.Cut(rest, "\r\n")
	body, _ := strconv.Atoi(n) // a 304 has none
	if _, err := io.CopyN(io.Discard, conn, int64(body)); err != nil {
		b.Fatal(err)
	}
	return head.Len() + body
}

func (c *caller) ask(b *testing.B) {
	if _, err := c.conn.Write(c.request); err != nil {
		b.Fatal(err)
	}
	if _, err := io.ReadFull(c.conn, c.answer); err != nil {
		b.Fatal(err)
	}
}

// listen serves on loopback, with the limits that the daemon sets.
func listen(b *testing.B, h http.Handler) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	go srv.Serve(l)
	b.Cleanup(func() { srv.Close() })
	return l.Addr().String()
}

// bigSite is a site whose edition takes about 100 KB.
func bigSite(t testing.TB) *web.Site {
	t.Helper()
	site := newSite(t)
	f := aggregator.Filing{At: published.Add(time.Hour), Changed: []aggregator.Issue{{Edition: "syria"}}}
	for i := range 66 {
		at := published.Add(-time.Duration(i) * time.Minute)
		link := fmt.Sprintf("https://one.example/%d", i)
		telling := aggregator.Telling{
			Record: int64(100 + i), Source: "one", Outlet: "One", Title: fmt.Sprintf("Bakery %d opens again", i*i), Link: link, Lang: "en",
			Summary: fmt.Sprintf("<p>Flour came to quarter %d on day %d; ", i, i*7) + strings.Repeat("people queued before dawn. ", 10) + "</p>", Published: at,
		}
		f.Entries = append(f.Entries, aggregator.Entry{Edition: "syria", ID: "tag:" + link, Published: at, Updated: at, Lead: telling})
	}
	if err := site.Store.(*store.DB).File(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	doc, err := site.Document(t.Context(), "/syria.atom")
	if err != nil || len(doc.Body) < 90_000 || len(doc.Body) > 110_000 {
		t.Fatalf("%d bytes, %v", len(doc.Body), err)
	}
	return site
}
