package fetch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// wire connects a client to an origin that serve plays byte by byte. No socket
// is involved, so time is synctest's.
func wire(t *testing.T, serve func(w net.Conn)) *Client {
	c := newClient(t, Options{})
	var origins sync.WaitGroup
	t.Cleanup(origins.Wait)
	c.transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
		us, them := net.Pipe()
		origins.Go(func() {
			defer them.Close()
			if _, err := http.ReadRequest(bufio.NewReader(them)); err == nil {
				serve(them)
			}
		})
		return us, nil
	}
	return c
}

// hang says nothing more until the client has gone.
func hang(w net.Conn) { _, _ = io.Copy(io.Discard, w) }

// drip writes text a byte at a time, until nobody reads any more.
func drip(w net.Conn, text string, every time.Duration) {
	for i := range len(text) {
		if _, err := io.WriteString(w, text[i:i+1]); err != nil {
			return
		}
		time.Sleep(every)
	}
}

const okay = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"

func TestSlowOriginsCostABoundedTime(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5000)
	tests := []struct {
		name  string
		serve func(w net.Conn)
		want  string
		took  time.Duration
	}{
		{"no answer", func(w net.Conn) { hang(w) }, "no answer within 15s", 15 * time.Second},
		{"headers drip", func(w net.Conn) { drip(w, okay+"X: "+long, time.Second) }, "no answer within 15s", 15 * time.Second},
		{"body never starts", func(w net.Conn) {
			fmt.Fprint(w, okay+"Content-Length: 5\r\n\r\n")
			hang(w)
		}, "the body stalled for 10s", 10 * time.Second},
		{"body stalls", func(w net.Conn) {
			fmt.Fprint(w, okay+"Content-Length: 9000\r\n\r\n")
			drip(w, long[:4], time.Second)
			hang(w)
		}, "the body stalled for 10s", 13 * time.Second},
		{"body drips", func(w net.Conn) {
			fmt.Fprint(w, okay+"\r\n")
			drip(w, long, 9*time.Second)
		}, "no whole answer within 30s", 30 * time.Second},
		{"error page stalls", func(w net.Conn) {
			fmt.Fprint(w, "HTTP/1.1 503 Busy\r\nContent-Length: 9000\r\n\r\nbusy")
			hang(w)
		}, "HTTP 503 Service Unavailable: busy", 10 * time.Second},
		{"slow but whole", func(w net.Conn) {
			time.Sleep(14 * time.Second)
			fmt.Fprint(w, okay+"\r\n")
			drip(w, "<rss/>", 2*time.Second)
		}, "", 26 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				resp, err := wire(t, tt.serve).Get(t.Context(), Request{URL: "http://a.test/"})
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %s, want %s", took, tt.took)
				}
				if tt.want == "" && (err != nil || string(resp.Body) != "<rss/>") || tt.want != "" && (err == nil || err.Error() != tt.want) {
					t.Errorf("got %+v, %v, want %q", resp, err, tt.want)
				}
			})
		})
	}
}

func TestBrokenAnswersAreErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, sent, want string }{
		{"nothing", "", "the connection was closed without an answer"},
		{"half a header", okay, "the answer broke off"},
		{"half a body", okay + "Content-Length: 100\r\n\r\n<rss>", "the body broke off"},
		{"half a chunk", okay + "Transfer-Encoding: chunked\r\n\r\n50\r\n<rss>", "the body broke off"},
		{"no last chunk", okay + "Transfer-Encoding: chunked\r\n\r\n6\r\n<rss/>\r\n", "the body broke off"},
		{"bad chunk", okay + "Transfer-Encoding: chunked\r\n\r\nZZ\r\n<rss/>", "the body broke off: invalid byte in chunk length"},
		{"two lengths", okay + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n<rss/>", "Content-Length"},
		{"other protocol", "SSH-2.0-OpenSSH_9.9 \x1b[31m\r\n", `malformed HTTP`},
		{"many headers", okay + strings.Repeat("X-Fill: "+strings.Repeat("x", 1000)+"\r\n", 80) + "\r\n", "the headers are over the limit of 64 KB"},
		{"bytes in a header", "HTTP/1.1 200 OK\r\n\x1b[31mred\r\n\r\n", "malformed MIME header"},
		{"switch", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "HTTP 101"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := wire(t, func(w net.Conn) { _, _ = io.WriteString(w, tt.sent) })
				resp, err := c.Get(t.Context(), Request{URL: "http://a.test/?token=hush"})
				if resp != nil || err == nil || !strings.Contains(err.Error(), tt.want) || strings.ContainsAny(err.Error(), "\x1b\r\n") {
					t.Errorf("got %+v, %q, want %q", resp, err, tt.want)
				}
			})
		})
	}
}

func TestCancelledGetIsTheCallersDoing(t *testing.T) {
	t.Parallel()
	for _, sent := range []string{"", okay + "Content-Length: 100\r\n\r\n<rss>"} {
		synctest.Test(t, func(t *testing.T) {
			c := wire(t, func(w net.Conn) {
				_, _ = io.WriteString(w, sent)
				hang(w)
			})
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(3*time.Second, cancel)
			start := time.Now()
			_, err := c.Get(ctx, Request{URL: "http://a.test/"})
			if !errors.Is(err, context.Canceled) || time.Since(start) != 3*time.Second {
				t.Errorf("after %q: got %v after %s", sent, err, time.Since(start))
			}
		})
	}
}

func TestAnswerUpToTheClosedConnectionIsWhole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := wire(t, func(w net.Conn) { fmt.Fprint(w, "HTTP/1.0 200 OK\r\n\r\n<rss/>") })
		resp, err := c.Get(t.Context(), Request{URL: "http://a.test/"})
		if err != nil || string(resp.Body) != "<rss/>" {
			t.Errorf("got %+v, %v", resp, err)
		}
	})
}
