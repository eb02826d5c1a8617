package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

// daemonConfig is a desk with one source on loopback.
func daemonConfig(listen, feed string) string {
	return `version = 1
[site]
title = "Desk"
base_url = "https://desk.example"
tag = "desk.example,2026"
contact = "mailto:desk@desk.example"
listen = "` + listen + `"
allow_networks = ["127.0.0.1/32"]
[sources.one]
url = "` + feed + `"
lang = "en"
[topics.syria]
[topics.syria.strong]
en = ['Aleppo']
[editions.syria]
topics = ["syria"]
hold = "0m"
`
}

// A process under test is the real program.
type testProcess struct {
	t    *testing.T
	cmd  *exec.Cmd
	dir  string
	addr string

	mu   sync.Mutex // guards logs
	logs bytes.Buffer
}

func (p *testProcess) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.logs.Write(b)
}

func (p *testProcess) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.logs.String()
}

// startDaemon runs wiredesk on a feed, and waits until it is ready.
func startDaemon(t *testing.T, feed string, env ...string) *testProcess {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &testProcess{t: t, dir: t.TempDir(), addr: l.Addr().String()}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	p.write(daemonConfig(p.addr, feed))
	p.cmd = exec.CommandContext(t.Context(), "wiredesk", "run")
	p.cmd.Dir, p.cmd.Stderr = p.dir, p
	p.cmd.Env = append(os.Environ(), env...)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.await("/readyz", "ok\n")
	return p
}

func (p *testProcess) write(config string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, "wiredesk.toml"), []byte(config), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// await reads a page until it holds some words.
func (p *testProcess) await(path, words string) {
	p.t.Helper()
	p.until(func() bool {
		body, err := get("http://" + p.addr + path)
		return err == nil && strings.Contains(body, words)
	}, path+" with "+words)
}

// until waits for something that is to come true.
func (p *testProcess) until(is func() bool, what string) {
	p.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !is() {
		select {
		case <-tick.C:
		case <-late:
			p.t.Fatalf("no %s after %v\n%s", what, patience, p.log())
		}
	}
}

func (p *testProcess) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// oneItem serves a feed.
func oneItem(t *testing.T) string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `<rss version="2.0"><channel><title>One</title><item><guid>1</guid><title>Bakeries in Aleppo</title></item></channel></rss>`)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// hangs is a source that answers when the test is over.
func hangs(t *testing.T) (url string, asked chan struct{}) {
	asked = make(chan struct{})
	var once sync.Once
	over := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(asked) })
		select {
		case <-over:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(over); srv.Close() })
	return srv.URL, asked
}

// TERM ends the daemon well, though a poll and an answer are in flight; the source
// stays due.
func TestTermDrains(t *testing.T) {
	feed, asked := hangs(t)
	p := startDaemon(t, feed)
	<-asked
	p.signal(syscall.SIGTERM)
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, p.log())
	}
	again := exec.CommandContext(t.Context(), "wiredesk", "sources")
	again.Dir = p.dir
	out, err := again.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "not polled yet") {
		t.Errorf("%v\n%s", err, out)
	}
}

// HUP reads the config again, and does not kill.
func TestHangupReloads(t *testing.T) {
	p := startDaemon(t, oneItem(t))
	before, _ := readingOf(t.Context(), p.addr)
	p.signal(syscall.SIGHUP)
	p.until(func() bool { now, _ := readingOf(t.Context(), p.addr); return now != "" && now != before }, "reading of the config")
	p.signal(syscall.SIGTERM)
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, p.log())
	}
}

// A second signal ends the process at once, whatever is in flight.
func TestASecondSignalKills(t *testing.T) {
	p := startDaemon(t, oneItem(t))
	conn := slowReader(t, p.addr) // holds the drain up for its five seconds
	defer conn.Close()
	p.signal(syscall.SIGTERM)
	p.until(func() bool { // it listens no more: the first signal has come
		c, err := net.Dial("tcp", p.addr)
		if err == nil {
			c.Close()
		}
		return err != nil
	}, "end of listening")
	ended := make(chan error, 1)
	go func() { ended <- p.cmd.Wait() }()
	var err error
	p.until(func() bool { // the first may still be taken for the second
		select {
		case err = <-ended:
			return true
		default:
			_ = p.cmd.Process.Signal(syscall.SIGTERM)
			return false
		}
	}, "end")
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() || status.Signal() != syscall.SIGTERM {
		t.Errorf("%v\n%s", err, p.log())
	}
}

// slowReader begins a request and does not end it: the server waits for it some
// seconds before it counts the connection as idle.
func slowReader(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "GET /re"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get("http://" + addr + "/healthz") // accepted behind it
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return conn
}

func TestWhatDoesNotEndIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		stop()
		started := time.Now()
		release := make(chan struct{})
		err := within(ctx, drainAll, func() error { <-release; return nil })
		if err == nil || time.Since(started) != drainAll {
			t.Errorf("%v after %s", err, time.Since(started))
		}
		close(release)
	})
}

// A newsroom that has stopped leaves no goroutine behind.
func TestNothingIsLeftRunning(t *testing.T) {
	feed := oneItem(t)
	before := goleak.IgnoreCurrent()
	path := filepath.Join(t.TempDir(), "wiredesk.toml")
	if err := os.WriteFile(path, []byte(daemonConfig("127.0.0.1:0", feed)), 0o600); err != nil {
		t.Fatal(err)
	}
	plan, err := compile(path, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	n, err := open(t.Context(), plan, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- n.run(ctx, l) }()
	p := &testProcess{t: t, addr: l.Addr().String()}
	p.await("/syria.atom", "Bakeries in Aleppo")
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections() // the test's own
	goleak.VerifyNone(t, before)
}

// A poll that is in flight when the config changes ends well, under the plan it
// began with.
func TestAPollInFlightOutlivesAReload(t *testing.T) {
	t.Parallel() // it waits for a minute to be over
	asked, answer := make(chan struct{}), make(chan struct{})
	var once sync.Once
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(asked) })
		select {
		case <-answer:
		case <-r.Context().Done():
			return
		}
		io.WriteString(w, `<rss version="2.0"><channel><title>One</title><item><guid>1</guid><title>Rain in Homs</title></item></channel></rss>`)
	}))
	t.Cleanup(srv.Close)
	p := startDaemon(t, srv.URL)
	<-asked
	before, _ := readingOf(t.Context(), p.addr)
	p.write(strings.ReplaceAll(daemonConfig(p.addr, srv.URL), "Aleppo", "Homs"))
	p.until(func() bool { now, _ := readingOf(t.Context(), p.addr); return now != "" && now != before }, "reading of the config")
	close(answer)
	p.await("/syria.atom", "Rain in Homs")
	p.signal(syscall.SIGTERM)
	if err := p.cmd.Wait(); err != nil || strings.Contains(p.log(), "poll failed") {
		t.Errorf("%v\n%s", err, p.log())
	}
}

// The demo is the daemon: HUP reads its config too, and does not kill it.
func TestHangupReloadsTheDemo(t *testing.T) {
	p := &testProcess{t: t, dir: t.TempDir()}
	p.cmd = exec.CommandContext(t.Context(), "wiredesk", "demo", "--dir", p.dir, "--listen", "127.0.0.1:0")
	p.cmd.Stdout, p.cmd.Stderr = p, p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`(?m)^open +http://(\S+)/ `)
	p.until(func() bool { return address.MatchString(p.log()) }, "address")
	p.addr = address.FindStringSubmatch(p.log())[1]
	p.await("/readyz", "ok\n")
	before, _ := readingOf(t.Context(), p.addr)
	p.signal(syscall.SIGHUP)
	p.until(func() bool { now, _ := readingOf(t.Context(), p.addr); return now != "" && now != before }, "reading of the config")
	p.signal(syscall.SIGTERM)
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, p.log())
	}
}
