package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// ErrForbidden is an address that the guard does not let through.
var ErrForbidden = errors.New("forbidden address")

// ErrTooLarge is an answer over a limit; the error around it names the limit.
var ErrTooLarge = errors.New("over the limit")

// errStalled ends a body of which nothing more comes.
var errStalled = fmt.Errorf("the body stalled for %s", idleRead)

// A StatusError is an answer that is neither a document nor a 304.
type StatusError struct {
	Code       int
	RetryAfter time.Duration // as the origin asks, in [0, 7 d]; 0 when it does not
	Snippet    string        // first words of the body for a person, at most 200 characters of plain text
	Challenge  bool          // a firewall asks for a browser: waiting does not help, writing to the publisher may
	Capped     bool          // RetryAfter is what is left of a longer wish
}

func (e *StatusError) Error() string {
	s := strings.TrimSpace(fmt.Sprintf("HTTP %d %s", e.Code, http.StatusText(e.Code)))
	if e.Challenge {
		return fmt.Sprintf("a challenge page for browsers, not the feed (%s): ask the publisher to let feed readers through", s)
	}
	if e.Capped {
		s += fmt.Sprintf(" (asks for a longer wait than %d days, the most that we keep to)", maxRetry/(24*time.Hour))
	}
	if e.Snippet != "" {
		s += ": " + e.Snippet
	}
	return s
}

// A plainError says an error in our words and keeps it for errors.Is and As.
// What libraries say is long, and may carry bytes of the origin's choosing.
type plainError struct {
	text  string
	cause error
}

func (e *plainError) Error() string { return e.text }
func (e *plainError) Unwrap() error { return e.cause }

// reason is why a request under ctx failed: the deadline that ended it, or the
// caller who did, rather than what the transport then said.
func reason(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var status *StatusError
	if errors.As(err, &status) || errors.Is(err, ErrNotModified) || errors.Is(err, ErrTooLarge) {
		return err // a finding about the answer
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return plain(err)
}

// plain puts an error of the network into a few words.
func plain(err error) error {
	var ready *plainError
	if errors.As(err, &ready) {
		return err
	}
	// The guard's error comes wrapped by net. Its own words say all.
	if errors.Is(err, ErrForbidden) {
		for next := err; next != nil; next = errors.Unwrap(next) {
			err = next
			if strings.HasPrefix(err.Error(), ErrForbidden.Error()) {
				return err
			}
		}
	}
	for _, say := range []func(error) string{sayName, sayCertificate, sayConnection} {
		if text := say(err); text != "" { // the first that knows the error
			return &plainError{text, err}
		}
	}
	return &plainError{printable(err.Error(), 200), err}
}

// sayName speaks of the name servers. IsTemporary and IsTimeout are one to the
// operator: the name may be right.
func sayName(err error) string {
	var dns *net.DNSError
	switch {
	case !errors.As(err, &dns):
		return ""
	case dns.IsNotFound:
		return fmt.Sprintf("the host %s is not found", printable(dns.Name, 253))
	default:
		return fmt.Sprintf("the name servers do not answer for the host %s", printable(dns.Name, 253))
	}
}

// sayCertificate speaks of TLS. There is no way to ask a host whose certificate
// does not hold: a feed read from whoever answers is nobody's.
func sayCertificate(err error) string {
	var (
		invalid   x509.CertificateInvalidError
		host      x509.HostnameError
		authority x509.UnknownAuthorityError
		record    tls.RecordHeaderError
		other     *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the certificate holds from %s to %s only",
			invalid.Cert.NotBefore.Format(time.DateOnly), invalid.Cert.NotAfter.Format(time.DateOnly))
	case errors.As(err, &host):
		return fmt.Sprintf("the certificate is not for %s", printable(host.Host, 253))
	case errors.As(err, &authority):
		return "the certificate is signed by an authority that is not known"
	case errors.As(err, &other):
		return "the certificate is not valid"
	case errors.As(err, &record):
		return "the server does not speak TLS"
	}
	return ""
}

// sayConnection speaks of the connection and of HTTP. net/http has types for few
// of its errors; wire_test.go fails when the words looked for here change.
func sayConnection(err error) string {
	var op *net.OpError
	text := err.Error()
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the host refuses connections"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was reset"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "the host is out of reach"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the answer broke off"
	case errors.Is(err, io.EOF), strings.Contains(text, "server closed"):
		return "the connection was closed without an answer"
	case strings.Contains(text, "headers exceeded"), strings.Contains(text, "header list larger"):
		return fmt.Sprintf("the headers are over the limit of %s", size(maxHeaders))
	case strings.Contains(text, "HTTP response to HTTPS client"):
		return "the server does not speak TLS"
	case strings.Contains(text, "handshake timeout"):
		return fmt.Sprintf("no TLS within %s", connectWait)
	case strings.Contains(text, "awaiting response headers"):
		return fmt.Sprintf("no answer within %s", headerWait)
	case errors.As(err, &op) && op.Op == "dial" && op.Timeout():
		return fmt.Sprintf("no connection within %s", connectWait)
	}
	return ""
}

// tooLarge is ErrTooLarge for what, with its limit.
func tooLarge(what string, limit int64) error {
	return fmt.Errorf("%s is %w of %s", what, ErrTooLarge, size(limit))
}

// size writes a limit as a person would.
func size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// printable makes foreign text fit for a log and a terminal: no control
// characters, none that turn the direction of text, at most limit characters.
func printable(s string, limit int) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "") {
		switch {
		case limit == 0:
			return strings.TrimSpace(b.String())
		case unicode.IsSpace(r):
			r = ' '
		case !unicode.IsPrint(r):
			continue
		}
		b.WriteRune(r)
		limit--
	}
	return strings.TrimSpace(b.String())
}
