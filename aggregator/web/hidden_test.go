package web

import "testing"

// A log names no address that nobody is to guess, and every other as it is.
func TestLogsHoldNoToken(t *testing.T) {
	const token = "0123456789abcdef0123456789abcdef01234567"
	for at, want := range map[string]string{
		"/" + token + ".rss": "/(private).rss", "/" + token + "/": "/(private)./", token + "/index.html": "(private)./index.html",
		"/syria.rss": "/syria.rss", "/": "/", "/" + token[1:] + ".rss": "/" + token[1:] + ".rss",
	} {
		if got := shown(at); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}
