package aggregator

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Codings are the content codings (RFC 9110, 8.4.1) that documents are to be had
// in, the one that makes them smallest first. An edition of 105,656 bytes in Atom
// is 11,406 in brotli, 12,192 in gzip and 12,621 in zstd, and the order was the
// same for every document and format of the demo. Levels are those after which a
// few per cent more would cost ten times the work: brotli 6 takes 5 ms of this
// document, 9 takes 100 and 11 takes 650.
var Codings = [...]string{"br", "gzip", "zstd"}

const (
	brotliLevel = 6
	gzipLevel   = gzip.BestCompression
	zstdLevel   = zstd.SpeedBetterCompression
	zstdWindow  = 1 << 20 // bytes; no document is larger
)

// minCoded is the size under which a document stays as it is: with its header
// fields it fills one packet, whatever the coding.
const minCoded = 1 << 10

// A Representation is a document in one content coding. All who are answered share
// it: nothing of it may be changed.
type Representation struct {
	Body []byte
	ETag string // quoted and strong, another one for each coding

	fields []headLine
}

// A headLine is a field of a header, by its canonical name, ready to be put into another.
type headLine struct {
	name  string
	value []string
}

// Describe says in h what Body is.
func (rep *Representation) Describe(h http.Header) {
	for _, f := range rep.fields {
		h[f.name] = f.value
	}
}

// coded is a document in a coding, made when it is first asked for.
type coded struct {
	once sync.Once
	rep  *Representation // nil: the coding saves nothing
	err  error
	size atomic.Int64 // of rep's body
}

// Plain is the document as it is.
func (d *Document) Plain() *Representation { return d.plain }

// In returns the document in one of Codings, by its place there. It is made once;
// who asks meanwhile waits for it. Where the coding saves nothing, it is nil.
func (d *Document) In(coding int) (*Representation, error) {
	if len(d.Body) < minCoded {
		return nil, nil
	}
	c := &d.coded[coding]
	c.once.Do(func() {
		body, err := encode(Codings[coding], d.Body)
		if err != nil {
			c.err = fmt.Errorf("encode a document in %s: %w", Codings[coding], err)
			return
		}
		if len(body) < len(d.Body) {
			c.rep = d.represent(Codings[coding], body)
			c.size.Store(int64(len(body)))
		}
	})
	return c.rep, c.err
}

// size is what the document holds in memory, in all codings made so far.
func (d *Document) size() int {
	n := len(d.Body)
	for i := range d.coded {
		n += int(d.coded[i].size.Load())
	}
	return n
}

// represent gives a body its header fields. "" is no coding.
func (d *Document) represent(coding string, body []byte) *Representation {
	rep := &Representation{Body: body, ETag: d.ETag}
	say := func(name, value string) { rep.fields = append(rep.fields, headLine{name, []string{value}}) }
	if coding != "" {
		rep.ETag = strings.TrimSuffix(d.ETag, `"`) + "-" + coding + `"`
		say("Content-Encoding", coding)
	}
	say("Content-Type", d.Type)
	say("Content-Length", strconv.Itoa(len(body)))
	say("Etag", rep.ETag)
	if !d.Modified.IsZero() {
		say("Last-Modified", d.Modified.Format(http.TimeFormat))
	}
	return rep
}

// encode writes a body in a coding.
func encode(coding string, body []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := encoder(coding, &b)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(b.Bytes()), nil // no longer than it has to be: it is kept
}

func encoder(coding string, w io.Writer) (io.WriteCloser, error) {
	switch coding {
	case "br":
		return brotli.NewWriterLevel(w, brotliLevel), nil
	case "zstd":
		// One at a time: no goroutines of the encoder's own.
		return zstd.NewWriter(w, zstd.WithEncoderLevel(zstdLevel), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(zstdWindow))
	case "gzip":
		return gzip.NewWriterLevel(w, gzipLevel)
	}
	return nil, fmt.Errorf("no such coding: %q", coding)
}
