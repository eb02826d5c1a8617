package fetch

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// address reads an address that may be asked: http or https, with a host. Its
// fragment is gone; nobody is sent it.
func address(raw string) (*url.URL, error) {
	raw = strings.TrimSpace(raw)
	if len(raw) > maxAddress {
		return nil, fmt.Errorf("the address is over the limit of %s", size(maxAddress))
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%s", Redact(raw)) // the parser's own words repeat the address
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("the address %s is neither http nor https", Redact(raw))
	}
	if u.Hostname() == "" { // the dialer would take none for this machine
		return nil, fmt.Errorf("the address %s has no host", Redact(raw))
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// hostPort is whom an address asks, however it is spelled.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	return net.JoinHostPort(hostName(u), port)
}

// hostName folds what DNS does not tell apart. Other spellings of one host (an
// IDNA form, an address written out) count as hosts of their own: that costs
// politeness a little and safety nothing, since the guard judges addresses.
func hostName(u *url.URL) string {
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// sameHost says whether credentials meant for a may go to b: the same host and
// port, or the same host moving from http up to https.
//
// Moving up is so common that losing the credentials there would break feeds
// for nothing: whoever could forge that redirect has read them already.
func sameHost(a, b *url.URL) bool {
	if hostName(a) != hostName(b) {
		return false
	}
	if a.Scheme == "http" && b.Scheme == "https" && usualPort(a) && usualPort(b) {
		return true
	}
	return a.Scheme == b.Scheme && hostPort(a) == hostPort(b)
}

func usualPort(u *url.URL) bool { return u.Port() == "" || u.Port() == defaultPort(u.Scheme) }

// Redact is an address as it may be shown: without its user, and without its
// query and fragment, which may hold a token.
func Redact(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return "an address that cannot be read"
	}
	if u.Opaque != "" { // "feed:http://user:secret@host/": anything may hide in it
		return printable(u.Scheme, 20) + ":…"
	}
	query := ""
	if u.RawQuery != "" {
		query = "?…"
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	return printable(u.String(), 300) + query
}
