package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A hall is a listener in memory, whose time is that of a synctest bubble.
type hall struct {
	arrive chan net.Conn
	closed chan struct{}
}

func newHall() *hall { return &hall{make(chan net.Conn), make(chan struct{})} }

func (h *hall) Accept() (net.Conn, error) {
	select {
	case c := <-h.arrive:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *hall) Addr() net.Addr { return &net.TCPAddr{} }
func (h *hall) Close() error   { close(h.closed); return nil }

// enter connects a client that has said these words.
func (h *hall) enter(t *testing.T, words string) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	h.arrive <- theirs
	if words != "" { // a pipe waits for a reader even of nothing
		if _, err := io.WriteString(ours, words); err != nil {
			t.Error(err)
		}
	}
	return ours
}

// inHall serves a document of some size for the time of a test.
func inHall(t *testing.T, test func(t *testing.T, h *hall)) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- serve(ctx, h, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.Copy(io.Discard, r.Body); err == nil {
					_, _ = w.Write(make([]byte, 100<<10)) // the reader may have gone
				}
			}))
		}()
		test(t, h)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// Whoever says too little, asks too long, or does not take what it asked for is
// cut off after a time.
func TestSlowClientsAreCutOff(t *testing.T) {
	for name, row := range map[string]struct {
		words string
		after time.Duration
	}{
		"who says nothing":               {"", headerTime},
		"who does not end the header":    {"GET / HTTP/1.1\r\nHost: x\r\nAccept: ", headerTime},
		"who does not send the body":     {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n<", requestTime},
		"who does not take the document": {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", answerTime},
	} {
		t.Run(name, func(t *testing.T) {
			inHall(t, func(t *testing.T, h *hall) {
				begun := time.Now()
				conn := h.enter(t, row.words)
				synctest.Wait()
				if row.after == answerTime { // it must not read: what it gets when it has been cut off is the end
					time.Sleep(row.after + time.Second)
				}
				if _, err := io.Copy(io.Discard, conn); err != nil {
					t.Error(err)
				}
				if took := time.Since(begun); took < row.after || took > row.after+2*time.Second {
					t.Errorf("cut off after %s, want %s", took, row.after)
				}
			})
		})
	}
}

// A client that asks one thing after the other is never cut off.
func TestAQuickClientStays(t *testing.T) {
	inHall(t, func(t *testing.T, h *hall) {
		conn := h.enter(t, "")
		defer conn.Close()
		answers := bufio.NewReader(conn)
		for i := range 10 {
			if i > 0 {
				time.Sleep(idleTime - time.Second)
			}
			if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			resp, err := http.ReadResponse(answers, nil)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := io.Copy(io.Discard, resp.Body); n != 100<<10 || err != nil {
				t.Fatal(n, err)
			}
		}
	})
}
