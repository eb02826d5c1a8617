package clean

import (
	"strings"
	"testing"
)

func TestLinks(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/x?utm_source=rss&id=7&fbclid=z": "https://a.example/x?id=7",
		"  https://a.example/x\u00a0":                      "https://a.example/x",
		"/y":                                               "https://one.example/y",
		"//b.example/z":                                    "https://b.example/z",
		"HTTP://A.EXAMPLE/Q":                               "http://a.example/Q",
		"https://me:secret@a.example/":                     "https://a.example/",
		"javascript:alert(1)":                              "",
		"data:text/html,x":                                 "",
		"vbscript:x":                                       "",
		"ftp://a.example/":                                 "",
		"https://a.example/?a=1&amp;b=2":                   "https://a.example/?a=1&b=2",
		"https://a.example/a b":                            "https://a.example/a%20b",
		"https://www.google.com/url?q=https://b.example/p&sa=D":          "https://b.example/p",
		"https://l.facebook.com/l.php?u=https%3A%2F%2Fb.example%2Fp&h=x": "https://b.example/p",
		"https://a.example/#part":                                        "https://a.example/#part",
		"":                                                               "",
		"http://":                                                        "",
	} {
		got := Link(in, base)
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if got != "" && Link(got, "") != got {
			t.Errorf("%q: not stable: %q", got, Link(got, ""))
		}
	}
	if Link(strings.Repeat("x", maxLink+1), base) != "" {
		t.Error("an address over the limit passes")
	}
}

func TestKeysMeetWhereAddressesAreOne(t *testing.T) {
	for _, same := range [][]string{
		{"https://www.a.example/x/", "http://a.example/x", "https://m.a.example/x?utm_medium=rss", "https://a.example/x/amp#top", "https://a.example:443/x?ref=home"},
		{"https://a.example/x?b=2&a=1", "https://a.example/x?a=1&b=2"},
	} {
		for _, link := range same[1:] {
			if Key(link) != Key(same[0]) {
				t.Errorf("%s: %s, want %s", link, Key(link), Key(same[0]))
			}
		}
	}
	for _, other := range []string{"https://a.example/y", "https://a.example/x?id=2", "https://b.example/x", "https://a.example:8080/x"} {
		if Key(other) == Key("https://a.example/x") {
			t.Errorf("%s is another address", other)
		}
	}
}
