package fetch

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	pollOrigin = "WIREDESK_TEST_POLL_ORIGIN" // set for the child that BenchmarkPoll asks
	pollHosts  = 64                          // asked at a time: as many as a poller has places
	pollBody   = 108 << 10                   // bytes
	pollChunk  = 2 << 10                     // net/http's servers send a string in such pieces
)

// pollAnswers are what the child says, by path.
func pollAnswers() map[string][]byte {
	var body bytes.Buffer
	body.WriteString(okay + "Transfer-Encoding: chunked\r\n\r\n")
	for piece := range slices.Chunk(document(pollBody), pollChunk) {
		fmt.Fprintf(&body, "%x\r\n%s\r\n", len(piece), piece)
	}
	body.WriteString("0\r\n\r\n")
	return map[string][]byte{
		"/304":  []byte("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nDate: Mon, 30 Nov 2026 00:00:00 GMT\r\n\r\n"),
		"/same": body.Bytes(),
	}
}

// TestPollOriginChild is what BenchmarkPoll starts: an origin whose work is not
// counted.
func TestPollOriginChild(t *testing.T) {
	if os.Getenv(pollOrigin) == "" {
		t.Skip("started by BenchmarkPoll")
	}
	answers, port := pollAnswers(), 0
	for i := range pollHosts {
		l, err := net.Listen("tcp", pollHost(i, port))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		port = l.Addr().(*net.TCPAddr).Port
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				go answerPolls(conn, answers)
			}
		}()
	}
	fmt.Printf("%s%d\n", pollOrigin, port)
	_, _ = os.Stdin.Read(make([]byte, 1)) // until our parent is done
	os.Exit(0)
}

func answerPolls(conn net.Conn, answers map[string][]byte) {
	defer conn.Close()
	for in := bufio.NewReader(conn); ; {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if _, err := conn.Write(answers[r.URL.Path]); err != nil {
			return
		}
	}
}

func pollHost(i, port int) string { return fmt.Sprintf("127.0.0.%d:%d", i+1, port) }

// startPollOrigin starts the child and returns its port. It ends with b.
func startPollOrigin(b *testing.B) (port int) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestPollOriginChild$", "-test.v")
	cmd.Env = append(os.Environ(), pollOrigin+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close() // the child reads it, and ends with it
		_ = cmd.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, at, ok := strings.Cut(lines.Text(), pollOrigin); ok {
			if port, err = strconv.Atoi(at); err != nil {
				b.Fatal(err)
			}
			return port
		}
	}
	b.Fatal("the origin does not start")
	return 0
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// round asks each host once, all at the same time, and says what it cost this
// process.
func round(b *testing.B, ask func(host int) error) time.Duration {
	before := cpuTime()
	var all sync.WaitGroup
	for i := range pollHosts {
		all.Go(func() {
			if err := ask(i); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	return cpuTime() - before
}

// BenchmarkPoll is what it costs to hear that nothing is new, over a connection of
// its own, as hosts that are asked every twenty minutes have none: beside what
// net/http alone needs for it, in the same run. CPU time, the kernel's part
// included; the origin is another process.
func BenchmarkPoll(b *testing.B) {
	port := startPollOrigin(b)
	for _, path := range []string{"/304", "/same"} {
		b.Run(path[1:], func(b *testing.B) {
			c := newClient(b, Options{UserAgent: "wiredesk/test", AllowNetworks: []string{"127.0.0.0/8"}})
			bare := &http.Transport{}
			var ours, theirs time.Duration
			for b.Loop() {
				theirs += round(b, func(host int) error {
					req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://"+pollHost(host, port)+path, nil)
					if err != nil {
						return err
					}
					resp, err := bare.RoundTrip(req)
					if err != nil {
						return err
					}
					defer resp.Body.Close()
					_, err = io.Copy(io.Discard, resp.Body)
					return err
				})
				bare.CloseIdleConnections()
				ours += round(b, func(host int) error {
					resp, err := c.Get(b.Context(), Request{
						URL: "http://" + pollHost(host, port) + path, ETag: `"1"`,
						Same: func(body []byte) bool { return len(body) >= pollBody },
					})
					if resp == nil {
						return err
					}
					return nil
				})
				c.Close()
			}
			polls := float64(b.N * pollHosts)
			b.ReportMetric(float64(ours.Microseconds())/polls, "cpu-us/poll")
			b.ReportMetric(float64(theirs.Microseconds())/polls, "bare-cpu-us/poll")
			b.ReportMetric(float64(ours)/float64(theirs), "of-bare")
			b.ReportMetric(0, "ns/op") // says nothing: both took part
		})
	}
}
