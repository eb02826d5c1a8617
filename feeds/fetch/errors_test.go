package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestRedactKeepsNoSecret(t *testing.T) {
	t.Parallel()
	tests := []struct{ raw, want string }{
		{"https://a.test/feed", "https://a.test/feed"},
		{"https://name:hush@a.test/feed?token=hush&x=1#hush", "https://a.test/feed?…"},
		{"https://hush@a.test/", "https://a.test/"},
		{"https://a.test/feed?", "https://a.test/feed"},
		{"feed:https://name:hush@a.test/", "feed:…"},
		{"https://name:hu%zzsh@a.test/", "an address that cannot be read"},
		{"https://a.test/\u202e\x7f", "an address that cannot be read"},
		{"https://a\u202e.test/x", "https://a%E2%80%AE.test/x"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := Redact(tt.raw); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.raw, got, tt.want)
		}
	}
}

func TestAddressesThatCannotBeAskedAreRefusedUnasked(t *testing.T) {
	t.Parallel()
	c := asking(t, func(w http.ResponseWriter, r *http.Request) { t.Errorf("asked %s", r.URL) })
	for raw, want := range map[string]string{
		"":                                "neither http nor https",
		"a.test/feed":                     "neither http nor https",
		"//a.test/feed":                   "neither http nor https",
		"ftp://name:hush@a.test/?hush":    "ftp://a.test/?… is neither http nor https",
		"file:///etc/passwd":              "neither http nor https",
		"http://":                         "has no host",
		"https://:443/?hush":              "has no host",
		"http://name:hush@%zz/":           "cannot be read",
		"http://a.test:99999999/\x00hush": "cannot be read",
		"http://a.test/" + strings.Repeat("x", 9000): "over the limit of 8 KB",
	} {
		_, err := c.Get(t.Context(), Request{URL: raw})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%.80q: got %v, want %q", raw, err, want)
		}
	}
}

func TestNetworkErrorsAreShortAndClear(t *testing.T) {
	t.Parallel()
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	tests := []struct {
		err  error
		want string
	}{
		{dial(&net.DNSError{Name: "a.test", Server: "127.0.0.53:53", IsNotFound: true}), "the host a.test is not found"},
		{dial(&net.DNSError{Name: "a.test", IsTimeout: true}), "the name servers do not answer for the host a.test"},
		{dial(&net.DNSError{Name: "a.test", IsTemporary: true}), "the name servers do not answer for the host a.test"},
		{dial(syscall.ECONNREFUSED), "the host refuses connections"},
		{dial(syscall.EHOSTUNREACH), "the host is out of reach"},
		{dial(context.DeadlineExceeded), "no connection within 10s"},
		{&net.OpError{Op: "read", Err: syscall.ECONNRESET}, "the connection was reset"},
		{io.EOF, "the connection was closed without an answer"},
		{io.ErrUnexpectedEOF, "the answer broke off"},
		{x509.CertificateInvalidError{Cert: &x509.Certificate{NotBefore: noon, NotAfter: noon.AddDate(0, 3, 0)}, Reason: x509.Expired},
			"the certificate holds from 2024-12-08 to 2025-03-08 only"},
		{&tls.CertificateVerificationError{Err: errors.New("too many SANs")}, "the certificate is not valid"},
		{errors.New("strange\x1b[31m\nnews " + strings.Repeat("y", 500)), "strange[31m news " + strings.Repeat("y", 183)},
		{context.Canceled, "context canceled"},
	}
	for _, tt := range tests {
		got := plain(tt.err)
		if got.Error() != tt.want || !errors.Is(got, tt.err) {
			t.Errorf("%T %.60q: got %q, want %q", tt.err, tt.err, got, tt.want)
		}
	}
}

func TestCertificatesAreChecked(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS.Version < tls.VersionTLS12 || r.ProtoMajor != 2 {
			t.Errorf("asked with TLS %x, %s", r.TLS.Version, r.Proto)
		}
	}))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // two handshakes are meant to fail
	s.StartTLS()
	defer s.Close()
	plainServer := httptest.NewServer(http.NotFoundHandler())
	defer plainServer.Close()
	port := s.URL[strings.LastIndexByte(s.URL, ':'):]

	stranger := newClient(t, Options{AllowNetworks: []string{"127.0.0.1/32"}})
	known := newClient(t, Options{AllowNetworks: []string{"127.0.0.1/32"}})
	known.transport.(*http.Transport).TLSClientConfig.RootCAs = s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	resolve(known, func(string, int) []string { return []string{"127.0.0.1"} })
	tests := []struct {
		c         *Client
		url, want string
	}{
		{stranger, s.URL, "the certificate is signed by an authority that is not known"},
		{known, "https://other.test" + port, "the certificate is not for other.test"},
		{known, strings.Replace(plainServer.URL, "http", "https", 1), "the server does not speak TLS"},
		{known, s.URL, ""},
	}
	for _, tt := range tests {
		_, err := tt.c.Get(t.Context(), Request{URL: tt.url})
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || err.Error() != tt.want) {
			t.Errorf("%s: got %v, want %q", tt.url, err, tt.want)
		}
	}
}

func TestErrorsSayHowFarARedirectCame(t *testing.T) {
	t.Parallel()
	c := asking(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host == "a.test" {
			http.Redirect(w, r, "https://b.test/x?token=hush", http.StatusMovedPermanently)
			return
		}
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	_, err := c.Get(t.Context(), Request{URL: "http://a.test/"})
	var status *StatusError
	if !errors.As(err, &status) || status.RetryAfter != time.Minute || err.Error() != "after a redirect to https://b.test/x?…: HTTP 429 Too Many Requests" {
		t.Errorf("got %v", err)
	}
}

func TestHTTP2AnswersAreBoundedAndWhole(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/headers":
			for i := range 66 {
				w.Header().Set(fmt.Sprintf("X-Fill-%d", i), strings.Repeat("x", 1000))
			}
		case "/half":
			_, _ = io.WriteString(w, strings.Repeat("x", 9000))
			panic(http.ErrAbortHandler)
		}
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	c := newClient(t, Options{AllowNetworks: []string{"127.0.0.1/32"}})
	c.transport.(*http.Transport).TLSClientConfig.RootCAs = s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	for path, want := range map[string]string{
		"/headers": "the headers are over the limit of 64 KB",
		"/half":    "the body broke off: stream error",
	} {
		resp, err := c.Get(t.Context(), Request{URL: s.URL + path})
		if resp != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %+v, %v, want %q", path, resp, err, want)
		}
	}
}
