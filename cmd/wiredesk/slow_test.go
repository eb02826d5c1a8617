package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

const (
	kept      = 500  // connections that are kept between two requests
	hanging   = 1000 // clients that ask, and take a byte a second or none
	polled    = 8    // sources, each asked once a second
	pollsEach = 2
)

// Readers, however many and however slow, delay no poll: a real daemon polls
// sources every second while 500 connections are kept and 1,000 clients hang in
// their answers; they cost it connections, not copies of the document; and when it
// stops, nothing of them is left.
func TestSlowReadersDelayNoPoll(t *testing.T) {
	origins := newOrigins(t)
	before := goleak.IgnoreCurrent()
	d := startSlow(t, origins)
	origins.await(t, "alone", pollsEach)

	memory := inUse()
	leave := crowd(t, d.addr)
	d.until(func() bool { return sending(t) >= hanging }, "clients that hang")
	took := origins.await(t, "with a crowd", pollsEach)
	if n := sending(t); n < hanging {
		t.Errorf("%d clients still hang, want %d: the polls were not beside them", n, hanging)
	}
	if took > patience/2 {
		t.Errorf("%d polls of each source took %s", pollsEach, took)
	}
	if grown := inUse() - memory; grown > (kept+hanging)*64<<10 {
		t.Errorf("the crowd costs %d MB", grown>>20)
	} else {
		t.Logf("the crowd costs %d MB, clients and servers together", grown>>20)
	}
	d.stop(t)
	leave()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections() // the test's own
	goleak.VerifyNone(t, before)
}

// origins are sources on loopback, and how often each has been asked.
type origins struct {
	urls  []string
	asked [polled]atomic.Int64
}

// newOrigins makes them. The first has enough items for a document that no buffer
// of a connection holds.
func newOrigins(t *testing.T) *origins {
	o := &origins{}
	for i := range polled {
		var doc bytes.Buffer
		doc.WriteString(`<rss version="2.0"><channel><title>One</title>`)
		for n := range 1 + 450*max(0, 1-i) {
			fmt.Fprintf(&doc, `<item><guid>%d-%d</guid><title>Bakery %d in Aleppo</title><link>https://one.example/%d</link><description>%s</description></item>`,
				i, n, n, n, strings.Repeat(fmt.Sprintf("Flour came to quarter %d. ", n), 12))
		}
		doc.WriteString(`</channel></rss>`)
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			o.asked[i].Add(1)
			if _, err := w.Write(doc.Bytes()); err != nil {
				t.Log(err) // the daemon has stopped
			}
		}))
		t.Cleanup(srv.Close)
		o.urls = append(o.urls, srv.URL)
	}
	return o
}

// await waits until each source has been asked so often again.
func (o *origins) await(t *testing.T, when string, times int64) time.Duration {
	t.Helper()
	begun, spent := time.Now(), cpuTime()
	var goal [polled]int64
	for i := range goal {
		goal[i] = o.asked[i].Load() + times
	}
	p := &testProcess{t: t}
	p.until(func() bool {
		for i := range goal {
			if o.asked[i].Load() < goal[i] {
				return false
			}
		}
		return true
	}, "polls "+when)
	took := time.Since(begun)
	t.Logf("%s: %d polls of each of %d sources in %.1f s, %.0f ms of CPU", when, times, polled, took.Seconds(), (cpuTime()-spent).Seconds()*1000)
	return took
}

// A slowDesk is a daemon in this process.
type slowDesk struct {
	*testProcess
	cancel context.CancelFunc
	done   chan error
	n      *newsroom
}

func startSlow(t *testing.T, o *origins) *slowDesk {
	t.Helper()
	cfg, rest, _ := strings.Cut(daemonConfig("127.0.0.1:0", o.urls[0]), "[sources.one]")
	cfg += "[defaults]\nfetch = \"every 1s\"\nmin_fetch = \"1s\"\n[sources.one]" + rest + "group = \"item\"\nitems = 500\n"
	for i, url := range o.urls[1:] {
		cfg += fmt.Sprintf("[sources.more-%d]\nurl = %q\nlang = \"en\"\n", i, url)
	}
	path := filepath.Join(t.TempDir(), "wiredesk.toml")
	if err := os.WriteFile(path, []byte(cfg), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	plan, err := compile(path, &said)
	if err != nil {
		t.Fatal(err, said.String())
	}
	n, err := open(t.Context(), plan, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := n.once(t.Context()); err != nil { // the desk would wait for the minute to end
		t.Fatal(err)
	}
	n.poller.Ahead = 0
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	d := &slowDesk{&testProcess{t: t, addr: l.Addr().String()}, cancel, make(chan error, 1), n}
	go func() { d.done <- n.run(ctx, narrow{l}) }()
	d.await("/syria.atom", "in Aleppo")
	doc, err := n.site.Document(t.Context(), "/syria.atom")
	if err != nil || len(doc.Body) < 500<<10 {
		t.Fatalf("%v: the document is too small to hold a client up", err)
	}
	return d
}

// A narrow listener gives connections the buffers they have over a network. Those
// of loopback, with its packets of 64 KB, hold a document whole.
type narrow struct{ net.Listener }

func (l narrow) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		err = conn.(*net.TCPConn).SetWriteBuffer(64 << 10)
	}
	return conn, err
}

func (d *slowDesk) stop(t *testing.T) {
	t.Helper()
	d.cancel()
	if err := <-d.done; err != nil {
		t.Error(err)
	}
	if err := d.n.Close(); err != nil {
		t.Error(err)
	}
}

// crowd connects them all. Half of those who hang take a byte a second, until leave
// has them go.
func crowd(t *testing.T, addr string) (leave func()) {
	t.Helper()
	var all, sippers []net.Conn
	for i := range kept + hanging {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		all = append(all, conn)
		path := "/healthz"
		if i >= kept {
			path = "/syria.atom"
			if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
				t.Fatal(err)
			}
			if i%2 == 0 {
				sippers = append(sippers, conn)
			}
		}
		if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: desk.example\r\n\r\n", path); err != nil {
			t.Fatal(err)
		}
		if i < kept {
			if _, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		sip(sippers, quit)
	}()
	return func() {
		for _, c := range all {
			c.Close()
		}
		close(quit)
		<-done
	}
}

// sip reads a byte of each once a second, until they are closed or it is to quit.
func sip(conns []net.Conn, quit chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	one := make([]byte, 1)
	for {
		select {
		case <-quit:
			return
		case <-tick.C:
		}
		for _, c := range conns {
			if _, err := c.Read(one); err != nil {
				return
			}
		}
	}
}

var groups = regexp.MustCompile(`(?m)^(\d+) @ .*\n((?:#.*\n)+)`)

// sending counts the answers that are being written.
func sending(t *testing.T) (n int) {
	t.Helper()
	var b bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
		t.Fatal(err)
	}
	for _, m := range groups.FindAllStringSubmatch(b.String(), -1) {
		if strings.Contains(m[2], "aggregator/web.send+") && strings.Contains(m[2], "net.(*conn).Write+") {
			some, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			n += some
		}
	}
	return n
}

// inUse is the memory that this process needs, in bytes.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}
