package fetch

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
)

// A guard judges resolved addresses at connect time: what a name resolved to a
// moment before proves nothing. The deny tables are package ssrf's, made from
// the IANA registries; the openings are ours, since ssrf cannot open one port
// of one network.
type guard struct {
	openings []opening
	deny     *ssrf.Guardian
}

// An opening is a network that the operator lets through.
type opening struct {
	prefix netip.Prefix
	port   uint16 // 0: every port
}

func newGuard(allow []string) (*guard, error) {
	g := &guard{deny: ssrf.New(
		// Ports feeds are served on. Any other could be a database's.
		ssrf.WithPorts(80, 443, 8080, 8443),
		// A public address that Azure answers inside each of its machines.
		ssrf.WithDeniedV4Prefixes(netip.MustParsePrefix("168.63.129.16/32")),
	)}
	for _, s := range allow {
		o, err := parseOpening(s)
		if err != nil {
			return nil, err
		}
		g.openings = append(g.openings, o)
	}
	return g, nil
}

// parseOpening reads "127.0.0.1/32", "127.0.0.1/32:8080" or "fd00::/8:8080".
func parseOpening(s string) (opening, error) {
	network, port, hasPort := s, "", false
	if slash := strings.LastIndexByte(s, '/'); slash >= 0 {
		var bits string
		bits, port, hasPort = strings.Cut(s[slash:], ":")
		network = s[:slash] + bits
	}
	prefix, err := netip.ParsePrefix(network)
	if err != nil || prefix.Addr().Is4In6() { // mapped addresses are judged as IPv4
		return opening{}, fmt.Errorf("allow_networks: %q is no network: write a prefix, as in 127.0.0.1/32:8080", s)
	}
	o := opening{prefix: prefix}
	if hasPort {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return opening{}, fmt.Errorf("allow_networks: %q: %q is no port", s, port)
		}
		o.port = uint16(n)
	}
	return o, nil
}

// control is net.Dialer's: it sees each address just before the connection.
func (g *guard) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w %s: not an IP address", ErrForbidden, printable(address, 100))
	}
	// An IPv4 address in IPv6 clothes connects to the IPv4 one; a zone only
	// names the interface.
	return g.judge(netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port()))
}

// judge says whether one address may be connected to.
func (g *guard) judge(ap netip.AddrPort) error {
	// Openings come first: an operator who opens a network means it.
	if g.opened(ap) {
		if inner, ok := translated(ap.Addr()); ok {
			return g.judge(netip.AddrPortFrom(inner, ap.Port())) // the opening is for the gateway, not for all behind it
		}
		return nil
	}
	// The address before the port: "allow 127.0.0.1" is the more useful advice.
	if g.deny.SafeAddr(ap.Addr()) != nil {
		return fmt.Errorf("%w %s (%s): allow it with allow_networks", ErrForbidden, ap.Addr(), kind(ap.Addr()))
	}
	if g.deny.SafeAddrPort(ap) != nil {
		return fmt.Errorf("%w %s (not a port that feeds are served on): allow it with allow_networks", ErrForbidden, ap)
	}
	return nil
}

// opened says whether the operator lets an address through on its port.
func (g *guard) opened(ap netip.AddrPort) bool {
	return slices.ContainsFunc(g.openings, func(o opening) bool {
		return o.prefix.Contains(ap.Addr()) && (o.port == 0 || o.port == ap.Port())
	})
}

// translated is the IPv4 address behind a NAT64 one (RFC 6052): a machine with
// IPv6 only opens 64:ff9b::/96 to reach the public IPv4 internet.
func translated(a netip.Addr) (netip.Addr, bool) {
	if !ssrf.IPv6NAT64Prefix.Contains(a) {
		return netip.Addr{}, false
	}
	b := a.As16()
	return netip.AddrFrom4([4]byte(b[12:])), true
}

// kinds name what an operator meets in practice; the rest is "not public".
var kinds = []struct {
	prefix netip.Prefix
	name   string
}{
	{netip.MustParsePrefix("100.64.0.0/10"), "carrier-grade NAT"},
	{netip.MustParsePrefix("64:ff9b::/96"), "NAT64"},
	{netip.MustParsePrefix("2002::/16"), "6to4"},
	{netip.MustParsePrefix("2001::/32"), "Teredo"},
	{netip.MustParsePrefix("192.0.2.0/24"), "documentation"},
	{netip.MustParsePrefix("198.51.100.0/24"), "documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "documentation"},
	{netip.MustParsePrefix("2001:db8::/32"), "documentation"},
}

// kind says in a word why an address is not public.
func kind(a netip.Addr) string {
	switch {
	case a.IsLoopback():
		return "loopback"
	case a.IsPrivate():
		return "private"
	case a.IsLinkLocalUnicast():
		return "link-local"
	case a.IsMulticast():
		return "multicast"
	case a.IsUnspecified():
		return "unspecified"
	}
	for _, k := range kinds {
		if k.prefix.Contains(a) {
			return k.name
		}
	}
	return "not public"
}
