package fetch

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/iotest"
)

// scripted is a connection that brings its pieces one a read, and then fails.
type scripted struct {
	net.Conn
	pieces [][]byte
	end    error
	reads  int
}

func (s *scripted) Read(p []byte) (int, error) {
	s.reads++
	if len(s.pieces) == 0 {
		return 0, s.end
	}
	n := copy(p, s.pieces[0])
	if s.pieces[0] = s.pieces[0][n:]; len(s.pieces[0]) == 0 {
		s.pieces = s.pieces[1:]
	}
	return n, nil
}

// What a conn brings is what its connection does, however that cuts it and
// whatever room there is, with the same error at the end.
func TestReadingAheadChangesNoByte(t *testing.T) {
	t.Parallel()
	draw := rand.New(rand.NewPCG(1, 2))
	broken := errors.New("broken")
	for range 300 {
		text := make([]byte, draw.IntN(400_000))
		for i := range text {
			text[i] = byte(draw.Uint32())
		}
		line := &scripted{end: []error{io.EOF, broken}[draw.IntN(2)]}
		most := 1 + draw.IntN(200_000)
		for rest := text; len(rest) > 0; {
			n := 1 + draw.IntN(min(most, len(rest)))
			line.pieces, rest = append(line.pieces, rest[:n:n]), rest[n:]
		}
		c := &conn{Conn: line}
		var got []byte
		room := make([]byte, 100_000)
		for {
			n, err := c.Read(room[:1+draw.IntN([]int{16, 4096, len(room)}[draw.IntN(3)])])
			got = append(got, room[:n]...)
			if err != nil {
				if n != 0 || err != line.end {
					t.Fatalf("%d bytes with %v, want %v alone", n, err, line.end)
				}
				break
			}
		}
		if !bytes.Equal(got, text) {
			t.Fatalf("%d bytes, want %d, or others", len(got), len(text))
		}
		if c.buffer != nil {
			t.Fatal("a buffer is kept at the end")
		}
	}
}

func TestConnIsAConnection(t *testing.T) {
	t.Parallel()
	text := document(300_000)
	if err := iotest.TestReader(&conn{Conn: &scripted{pieces: [][]byte{bytes.Clone(text)}, end: io.EOF}}, text); err != nil {
		t.Error(err)
	}
}

func TestLongAnswerTakesFewReads(t *testing.T) {
	t.Parallel()
	text := document(1 << 20)
	line := &scripted{pieces: [][]byte{bytes.Clone(text)}, end: io.EOF}
	c := &conn{Conn: line}
	small := make([]byte, 4<<10)
	for {
		if _, err := c.Read(small); err != nil {
			break
		}
	}
	if most := len(text)/aheadSize + 3; line.reads > most {
		t.Errorf("%d reads for 1 MB, want at most %d", line.reads, most)
	}
	if c.buffer != nil || len(c.ahead) > 0 {
		t.Error("a connection that brings nothing keeps a buffer")
	}
}

func TestShortAnswerBorrowsNoBuffer(t *testing.T) {
	t.Parallel()
	line := &scripted{pieces: [][]byte{[]byte("HTTP/1.1 304 Not Modified\r\n\r\n")}, end: io.EOF}
	c := &conn{Conn: line}
	if _, err := c.Read(make([]byte, 4<<10)); err != nil || c.full {
		t.Errorf("%v; full: %v", err, c.full)
	}
}

// The transport's own connections are those that read ahead, TLS included.
func TestDocumentsComeWholeOverConnections(t *testing.T) {
	t.Parallel()
	text := document(700_000)
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for half := range bytes.SplitSeq(text, []byte("</item>")) { // in pieces
			_, _ = w.Write(half)
			_, _ = io.WriteString(w, "</item>")
		}
	})
	want := append(bytes.Clone(text), "</item>"...)
	for name, start := range map[string]func(http.Handler) *httptest.Server{"plain": httptest.NewServer, "TLS": httptest.NewTLSServer} {
		origin := start(answer)
		defer origin.Close()
		c := newClient(t, Options{AllowNetworks: []string{"127.0.0.0/8"}})
		if name == "TLS" {
			c.transport.(*http.Transport).TLSClientConfig.RootCAs = origin.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
		}
		for range 3 { // the second and third over a connection that was used before
			resp, err := c.Get(t.Context(), Request{URL: origin.URL})
			if err != nil || !bytes.Equal(resp.Body, want) {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}
