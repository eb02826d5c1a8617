package fetch

import (
	"context"
	"net"
	"sync"
)

// aheadSize is how many bytes a conn takes from the kernel at a time.
const aheadSize = 64 << 10

var aheads = sync.Pool{New: func() any { return new([aheadSize]byte) }}

// A conn reads ahead. The transport asks for no more than its buffer holds, 4 KB:
// two dozen system calls for a usual document. A larger buffer would be made for
// each connection, and most bring a 304. So once a piece has come full, what is
// behind it comes in large ones, through a buffer that is lent only as long as
// bytes are in it or waited for. One goroutine at a time may read.
type conn struct {
	net.Conn
	buffer *[aheadSize]byte // lent by aheads; nil while nothing is ahead
	ahead  []byte           // of buffer, not asked for yet
	full   bool             // the last read brought as much as there was room for
}

// Read is net.Conn's. A connection that fails brings no bytes with its error.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.ahead) > 0 {
		return c.hand(p), nil
	}
	if !c.full || len(p) >= aheadSize {
		n, err := c.Conn.Read(p)
		c.full = n > 0 && n == len(p)
		return n, err
	}
	c.buffer = aheads.Get().(*[aheadSize]byte)
	n, err := c.Conn.Read(c.buffer[:])
	c.ahead, c.full = c.buffer[:n], n == aheadSize
	return c.hand(p), err
}

// hand hands out what is ahead, and gives the buffer back after the last of it.
func (c *conn) hand(p []byte) int {
	n := copy(p, c.ahead)
	if c.ahead = c.ahead[n:]; len(c.ahead) == 0 {
		aheads.Put(c.buffer)
		c.buffer = nil
	}
	return n
}

// dialAhead is d.DialContext with connections that read ahead.
func dialAhead(d *net.Dialer) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &conn{Conn: c}, nil
	}
}
