package fetch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	maxCodings = 2       // "gzip, gzip" is a common mistake of servers behind servers
	zstdWindow = 8 << 20 // bytes; the most that RFC 9659 lets a server use
)

// read returns a body to keep, see fill. With an error come the bytes so far.
func read(body io.Reader, h http.Header, limit int64) ([]byte, error) {
	b := buffers.Get().(*bytes.Buffer)
	defer giveBack(b)
	err := fill(b, body, h, limit)
	return bytes.Clone(b.Bytes()), err
}

// fill undoes the content codings of a body and reads it to its end, which it
// must reach: the transport's end too, since a decoder may be satisfied before.
// No layer may bring more than limit bytes.
func fill(b *bytes.Buffer, body io.Reader, h http.Header, limit int64) error {
	codings, err := contentCodings(h)
	if err != nil {
		return err
	}
	// The raw bytes are capped too: empty gzip members and skipped zstd frames
	// bring nothing to count, without end.
	raw := &capped{r: body, limit: limit}
	start := make([]byte, 3)
	n, _ := io.ReadFull(raw, start) // an error comes again with the reading
	codings = honest(codings, start[:n])
	var src io.Reader = io.MultiReader(bytes.NewReader(start[:n]), raw)
	for _, coding := range slices.Backward(codings) {
		d, err := decoder(src, coding)
		if err != nil {
			return broken(coding, err)
		}
		defer d.Close()
		src = &capped{r: d, limit: limit}
	}
	if _, err = b.ReadFrom(src); err == nil {
		_, err = io.Copy(io.Discard, raw)
	}
	if err == nil && raw.read == 0 && len(codings) > 0 {
		err = io.ErrUnexpectedEOF // no coding is empty, though zstd's reader thinks so
	}
	if err != nil {
		return broken(strings.Join(codings, ", "), err)
	}
	return nil
}

// buffers are what bodies grow in, so that each is allocated once and no larger
// than it is, or not at all when nobody keeps it.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// giveBack keeps a buffer for the next body, unless it has become much larger
// than most need.
func giveBack(b *bytes.Buffer) {
	const most = 1 << 20
	if b.Cap() <= most {
		b.Reset()
		buffers.Put(b)
	}
}

// honest are the codings that a body which begins with start can have. Some
// servers name gzip or zstd and send plain text, and some send gzip and name
// nothing. The first bytes of these two cannot be those of a text, so that
// believing them rather than the header is safe. Brotli has no such bytes: there
// the header holds.
func honest(codings []string, start []byte) []string {
	text := len(start) > 0 && (start[0] == '<' || start[0] == '{') || bytes.Equal(start, []byte("\xef\xbb\xbf"))
	switch {
	case len(codings) == 1 && codings[0] != "br" && text:
		return nil
	case len(codings) == 0 && bytes.Equal(start, []byte{0x1f, 0x8b, 8}):
		return []string{"gzip"}
	}
	return codings
}

// contentCodings lists the codings of a body in the order they were applied.
func contentCodings(h http.Header) (codings []string, err error) {
	for part := range strings.SplitSeq(strings.Join(h.Values("Content-Encoding"), ","), ",") {
		switch coding := strings.ToLower(strings.TrimSpace(part)); coding {
		case "", "identity", "none", "utf-8", "utf8": // the last three are no codings, but servers send them
		case "gzip", "x-gzip":
			codings = append(codings, "gzip")
		case "br", "zstd":
			codings = append(codings, coding)
		default:
			return nil, fmt.Errorf("the body is in a coding we did not ask for: %q", printable(coding, 40))
		}
	}
	if len(codings) > maxCodings {
		return nil, fmt.Errorf("the body is coded %d times, at most %d", len(codings), maxCodings)
	}
	return codings, nil
}

// decoder undoes one coding. Each decoder is bounded in memory by its format
// (gzip 32 KB, brotli 16 MB) or by us.
func decoder(src io.Reader, coding string) (io.ReadCloser, error) {
	switch coding {
	case "br":
		return io.NopCloser(brotli.NewReader(src)), nil
	case "zstd":
		// One at a time: no goroutines of the decoder's own.
		d, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	default:
		return newGunzip(src)
	}
}

// broken says what is wrong with a body. A coding is named when its bytes are.
func broken(coding string, err error) error {
	var network *plainError
	switch {
	case errors.Is(err, ErrTooLarge), errors.As(err, &network):
		return err // said already
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &plainError{"the body broke off", io.ErrUnexpectedEOF}
	}
	said := plain(err)
	if coding != "" && !errors.Is(err, context.Canceled) {
		return &plainError{fmt.Sprintf("the body cannot be read as %s: %s", coding, said), err}
	}
	return &plainError{fmt.Sprintf("the body broke off: %s", said), err}
}

// A gunzip reads the members of a gzip body. What follows the last one and is no
// member (padding, a proxy's comment) is passed over: the document is whole, its
// checksum has been compared. A member that breaks off is an error.
type gunzip struct {
	*gzip.Reader
	src *bufio.Reader
}

func newGunzip(r io.Reader) (*gunzip, error) {
	src := bufio.NewReader(r)
	z, err := gzip.NewReader(src)
	if err != nil {
		return nil, err
	}
	z.Multistream(false) // so that the end of a member shows
	return &gunzip{z, src}, nil
}

func (g *gunzip) Read(p []byte) (int, error) {
	n, err := g.Reader.Read(p) // io.EOF: the checksum held
	if err != io.EOF {
		return n, err
	}
	start, err := g.src.Peek(2)
	if err != nil && err != io.EOF {
		return n, err
	}
	if !bytes.Equal(start, []byte{0x1f, 0x8b}) {
		_, err := io.Copy(io.Discard, g.src)
		if err == nil {
			err = io.EOF
		}
		return n, err
	}
	if err := g.Reset(g.src); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return n, err
	}
	g.Multistream(false)
	return n, nil
}

// A capped reader fails at its limit, where io.LimitReader would seem to end.
type capped struct {
	r     io.Reader
	limit int64
	read  int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.read += int64(n)
	if over := c.read - c.limit; over > 0 {
		return max(n-int(over), 0), tooLarge("the body", c.limit)
	}
	return n, err
}

// An idleReader ends the request when a read of its body brings nothing for
// idleRead. The cause of the request's context then says so.
type idleReader struct {
	r     io.Reader
	stall context.CancelCauseFunc
	timer *time.Timer // runs while a read does; nil before the first
}

func (i *idleReader) Read(p []byte) (int, error) {
	if i.timer == nil {
		i.timer = time.AfterFunc(idleRead, func() { i.stall(errStalled) })
	} else {
		i.timer.Reset(idleRead)
	}
	defer i.timer.Stop()
	return i.r.Read(p)
}

// drain reads the short body of a redirect, so that its connection can be used
// again. An error matters to the next request only.
func drain(body io.Reader) {
	const short = 2 << 10
	_, _ = io.CopyN(io.Discard, body, short)
}
