package fetch

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
)

func TestGuardJudgesEveryKindOfAddress(t *testing.T) {
	t.Parallel()
	g, err := newGuard(nil)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, row := range rows(t, hostile(t, "ssrf", "addresses.tsv")) {
		address, verdict := row[0], row[1]
		count[verdict]++
		err := g.control("tcp", net.JoinHostPort(address, "443"), nil)
		if (err == nil) != (verdict == "allow") || err != nil && !errors.Is(err, ErrForbidden) {
			t.Errorf("%s (%s): got %v, want %s", address, row[2], err, verdict)
		}
	}
	if count["deny"] < 40 || count["allow"] < 8 || len(count) != 2 {
		t.Errorf("the table has %v rows: too few to prove anything", count)
	}
}

func TestGuardDrawsTheLineAtTheEdgeOfEachNetwork(t *testing.T) {
	t.Parallel()
	g, err := newGuard(nil)
	if err != nil {
		t.Fatal(err)
	}
	public := []string{
		"1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
		"168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
		"192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
		"198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
		"2001:200::", "2001:db7::", "2001:db9::", "2003::", "2606:4700::1111", "3ffe:ffff::", "::ffff:9.9.9.9",
	}
	closed := []string{
		"0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
		"127.255.255.255", "168.63.129.16", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255",
		"192.0.0.1", "192.0.2.255", "192.168.0.1", "198.18.0.0", "198.19.255.255", "224.0.0.0", "239.255.255.255",
		"240.0.0.0", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
		"::ffff:168.63.129.16", "::ffff:0:a00:1", "64:ff9b::c0a8:1", "64:ff9b:1::7f00:1", "100::", "2001::1",
		"2001:1ff:ffff::", "2001:db8::", "2002:7f00:1::", "3fff::1", "4000::", "5f00::1", "fc00::", "fdff::1",
		"fe80::1", "febf::1", "fec0::1", "ff02::1", "ffff::1",
	}
	for _, a := range public {
		if err := g.judge(netip.AddrPortFrom(netip.MustParseAddr(a).Unmap(), 80)); err != nil {
			t.Errorf("%s is public: %v", a, err)
		}
	}
	for _, a := range closed {
		if err := g.control("tcp", net.JoinHostPort(a, "80"), nil); !errors.Is(err, ErrForbidden) {
			t.Errorf("%s is let through: %v", a, err)
		}
	}
}

func TestGuardOpensOnlyWhatIsAllowed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		allow   string
		address string
		want    string // in the error; "" when let through
	}{
		{"", "93.184.216.34:80", ""},
		{"", "93.184.216.34:8443", ""},
		{"", "93.184.216.34:5432", "forbidden address 93.184.216.34:5432 (not a port that feeds are served on): allow it with allow_networks"},
		{"", "10.0.0.1:80", "forbidden address 10.0.0.1 (private): allow it with allow_networks"},
		{"", "127.0.0.1:5432", "forbidden address 127.0.0.1 (loopback)"},
		{"", "[fe80::1%eth0]:80", "(link-local)"},
		{"", "100.64.1.1:80", "(carrier-grade NAT)"},
		{"", "[64:ff9b::a00:1]:80", "(NAT64)"},
		{"", "[2002:a9fe:a9fe::]:80", "(6to4)"},
		{"", "[2001:0:4136::1]:80", "(Teredo)"},
		{"", "224.0.0.1:80", "(multicast)"},
		{"", "[::]:80", "(unspecified)"},
		{"", "168.63.129.16:80", "(not public)"},
		{"", "localhost:80", "not an IP address"},
		{"127.0.0.1/32:8099", "127.0.0.1:8099", ""},
		{"127.0.0.1/32:8099", "[::ffff:127.0.0.1]:8099", ""},
		{"127.0.0.1/32:8099", "127.0.0.1:80", "(loopback)"},
		{"127.0.0.1/32:8099", "127.0.0.2:8099", "(loopback)"},
		{"10.0.0.0/8", "10.200.0.1:5432", ""},
		{"10.1.2.3/8", "10.200.0.1:80", ""},
		{"10.0.0.0/8", "11.0.0.1:5432", "not a port"},
		{"fd00::/8:8080", "[fd00::7]:8080", ""},
		{"fd00::/8:8080", "[fd00::7]:80", "(private)"},
		{"64:ff9b::/96", "[64:ff9b::5db8:d822]:443", ""},
		{"64:ff9b::/96", "[64:ff9b::7f00:1]:443", "forbidden address 127.0.0.1 (loopback)"},
		{"64:ff9b::/96", "[64:ff9b::5db8:d822]:5432", "not a port"},
	}
	for _, tt := range tests {
		var allow []string
		if tt.allow != "" {
			allow = []string{tt.allow}
		}
		g, err := newGuard(allow)
		if err != nil {
			t.Fatalf("%s: %v", tt.allow, err)
		}
		err = g.control("tcp", tt.address, nil)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("allowing %q, %s: got %v, want %q", tt.allow, tt.address, err, tt.want)
		}
	}
}

func TestNewNamesTheBadNetwork(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "localhost", "127.0.0.1", "127.0.0.1:8080", "127.0.0.1/33", "127.0.0.1/32:", "127.0.0.1/32:0",
		"127.0.0.1/32:65536", "127.0.0.1/32:http", "::ffff:10.0.0.0/104", "fe80::1%eth0/64", "10.0.0.0/8/8",
	} {
		_, err := New(Options{AllowNetworks: []string{"10.0.0.0/8", bad}})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", bad)) || !strings.Contains(err.Error(), "allow_networks") {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}

// A canary counts who reaches loopback.
type canary struct {
	port string
	hits atomic.Int32
}

func newCanary(t *testing.T) *canary {
	t.Helper()
	c := &canary{}
	hit := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.hits.Add(1) })
	four := httptest.NewServer(hit)
	t.Cleanup(four.Close)
	_, c.port, _ = net.SplitHostPort(four.Listener.Addr().String())
	if l, err := net.Listen("tcp", "[::1]:"+c.port); err == nil { // a machine may have no IPv6
		six := &httptest.Server{Listener: l, Config: &http.Server{Handler: hit}}
		six.Start()
		t.Cleanup(six.Close)
	}
	return c
}

// hostileURL puts the canary's port where a row of the table leaves it out.
func hostileURL(row, port string) string {
	if strings.HasPrefix(row, "http://") {
		return row + ":" + port + "/"
	}
	return row
}

func TestHostileAddressesNeverReachLoopback(t *testing.T) {
	t.Parallel()
	canary := newCanary(t)
	table := rows(t, hostile(t, "ssrf", "urls.tsv"))
	closed, open := newClient(t, Options{}), newClient(t, Options{AllowNetworks: []string{"127.0.0.0/8", "::1/128", "0.0.0.0/32", "::/128"}})
	for _, c := range []*Client{closed, open} {
		resolve(c, func(string, int) []string { return []string{"127.0.0.1"} }) // every name is an attack
	}
	for _, row := range table {
		if _, err := closed.Get(t.Context(), Request{URL: hostileURL(row[0], canary.port)}); err == nil {
			t.Errorf("%s (%s): answered", row[0], row[3])
		}
	}
	if n := canary.hits.Load(); n != 0 {
		t.Fatalf("the canary was reached %d times", n)
	}
	for _, row := range table {
		_, _ = open.Get(t.Context(), Request{URL: hostileURL(row[0], canary.port)})
	}
	if n := canary.hits.Load(); n < 12 {
		t.Errorf("with the guard open the canary was reached %d times only: the test would not notice a hole", n)
	}
}

func TestRedirectToForbiddenAddressIsNotFollowed(t *testing.T) {
	t.Parallel()
	canary := newCanary(t)
	var target string
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, target, http.StatusFound)
	}))
	defer front.Close()
	c := newClient(t, Options{AllowNetworks: []string{"127.0.0.1/32:" + front.URL[strings.LastIndexByte(front.URL, ':')+1:]}})
	for _, target = range []string{
		"http://127.0.0.1:" + canary.port, "//127.0.0.1:" + canary.port, "http://[::ffff:127.0.0.1]:" + canary.port,
		"http://localhost:" + canary.port, "http://user@127.0.0.1:" + canary.port + "/x",
	} {
		_, err := c.Get(t.Context(), Request{URL: front.URL})
		if !errors.Is(err, ErrForbidden) {
			t.Errorf("to %s: got %v, want a forbidden address", target, err)
		}
	}
	if n := canary.hits.Load(); n != 0 {
		t.Errorf("the canary was reached %d times", n)
	}
}

func TestNameIsJudgedByWhatItResolvesToWhenConnecting(t *testing.T) {
	t.Parallel()
	canary := newCanary(t)
	c := newClient(t, Options{AllowNetworks: []string{"127.0.0.2/32:" + canary.port}})
	tests := map[string][]string{
		"private.test": {"127.0.0.1"},
		"second.test":  {"10.0.0.1", "127.0.0.1"},
	}
	resolve(c, func(name string, nth int) []string {
		if name == "flips.test" && nth == 0 {
			return []string{"127.0.0.2"} // allowed, and nobody listens
		}
		if addresses, ok := tests[name]; ok {
			return addresses
		}
		return []string{"127.0.0.1"}
	})
	_, err := c.Get(t.Context(), Request{URL: "http://flips.test:" + canary.port})
	if err == nil || errors.Is(err, ErrForbidden) {
		t.Errorf("first answer for flips.test: got %v, want a refused connection", err)
	}
	for _, name := range []string{"flips.test", "private.test", "second.test"} {
		_, err := c.Get(t.Context(), Request{URL: "http://" + name + ":" + canary.port})
		if !errors.Is(err, ErrForbidden) {
			t.Errorf("%s: got %v, want a forbidden address", name, err)
		}
	}
	if n := canary.hits.Load(); n != 0 {
		t.Errorf("the canary was reached %d times", n)
	}
}

// resolve gives a client its own name server. Names get the addresses that
// answer returns for their nth question.
func resolve(c *Client, answer func(name string, nth int) []string) {
	t := c.transport.(*http.Transport)
	g, _ := newGuard(c.options.AllowNetworks)
	d := newDialer(g)
	asked := map[string]int{}
	questions := make(chan struct{}, 1) // guards asked
	d.Resolver.Dial = func(context.Context, string, string) (net.Conn, error) {
		us, them := net.Pipe()
		go serveNames(them, func(name string) []string {
			questions <- struct{}{}
			defer func() { <-questions }()
			asked[name]++
			return answer(name, asked[name]-1)
		})
		return us, nil
	}
	t.DialContext = d.DialContext
}

// serveNames speaks DNS over a stream (RFC 1035, 4.2.2), A records only.
func serveNames(conn net.Conn, answer func(name string) []string) {
	defer conn.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		q := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, q); err != nil {
			return
		}
		r := reply(q, answer)
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(r))), r...)); err != nil {
			return
		}
	}
}

func reply(q []byte, answer func(name string) []string) []byte {
	const header, typeA = 12, 1
	var labels []string
	at := header
	for q[at] != 0 {
		labels = append(labels, string(q[at+1:at+1+int(q[at])]))
		at += 1 + int(q[at])
	}
	end := at + 5 // the root label, type and class
	r := append([]byte{q[0], q[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, q[header:end]...)
	if binary.BigEndian.Uint16(q[at+1:]) != typeA {
		return r
	}
	for _, a := range answer(strings.Join(labels, ".")) {
		r[7]++
		r = append(r, 0xc0, header, 0, typeA, 0, 1, 0, 0, 0, 0, 0, 4)
		ip := netip.MustParseAddr(a).As4()
		r = append(r, ip[:]...)
	}
	return r
}
