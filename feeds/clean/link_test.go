package clean

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
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
		"http://":                                                        "",
		"":                                                               "",
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
		{"https://a.example/x.html", "https://amp.a.example/x.amp.html", "https://a.example/amp/x.html", "https://a.example/x.html?amp", "https://a.example/x.html?outputType=amp"},
		{"https://a.example/x?id=1", "https://a.example/x?source=s&id=1&CID=c&sid=d&partner=p&ref=r", "https://www.google.com/url?q=https://a.example/x%3Fid%3D1"},
		{"https://a.example/#!/x", "http://www.a.example/?utm_source=x#!/x"},
	} {
		for _, link := range same[1:] {
			if Key(link) != Key(same[0]) {
				t.Errorf("%s: %s, want %s", link, Key(link), Key(same[0]))
			}
		}
	}
	if Key("https://m.com/x") == Key("https://www.com/x") {
		t.Error("a host lost its name")
	}
	for _, other := range []string{"https://a.example/y", "https://a.example/x?id=2", "https://b.example/x", "https://a.example:8080/x", "http://a.example:443/x", "https://a.example/x#!y", "https://a.example/x?output=json"} {
		if Key(other) == Key("https://a.example/x") {
			t.Errorf("%s is another address", other)
		}
	}
}

func TestOnlySureTrackersGoAndTheRestStaysByteForByte(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/?b=%41+c;d&utm_id=1&A=it's|{}&b=":  "https://a.example/?b=%41+c;d&A=it's|{}&b=",
		"https://a.example/?UTM_Source=x":                     "https://a.example/",
		"https://a.example/?utm_source":                       "https://a.example/",
		"https://a.example/x?":                                "https://a.example/x?",
		"https://a.example/?pk_article=7&pk_campaign=rss":     "https://a.example/?pk_article=7",
		"https://a.example/?smid=A1&ref=rss&cmp=2":            "https://a.example/?smid=A1&ref=rss&cmp=2",
		"https://www.nytimes.com/x?smid=rss&id=1":             "https://www.nytimes.com/x?id=1",
		"https://www.theguardian.com/x?CMP=share_btn_url":     "https://www.theguardian.com/x",
		"https://a.example/x#xtor=RSS-1":                      "https://a.example/x",
		"https://a.example/x#utm_source=a&part=2":             "https://a.example/x#part=2",
		"https://a.example/x#?utm_source=a":                   "https://a.example/x",
		"https://a.example/#!/x":                              "https://a.example/#!/x",
		"https://a.example/#:~:text=a%20b":                    "https://a.example/#:~:text=a%20b",
		"https://a.example/up-100%-in-a-year?x=5%":            "https://a.example/up-100%25-in-a-year?x=5%",
		"https://a.example/\n  folded":                        "https://a.example/%20folded",
		"http://http://a.example/x":                           "http://a.example/x",
		"http://münchen.example/ü":                            "http://xn--mnchen-3ya.example/%C3%BC",
		"https://a.example/?a=1&amp;amp;b=2":                  "https://a.example/?a=1&b=2",
		"https://a.example:443/":                              "https://a.example:443/",
		"https://\u00ad/":                                     "",
		"https://a.example/x?u=https://b.example/":            "https://a.example/x?u=https://b.example/",
		"http://web.archive.org/web/2016/http://b.example/?a": "http://web.archive.org/web/2016/http://b.example/?a",
	} {
		if got := Link(in, ""); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestRedirectorsAreUnwrappedToAddressesOfTheWeb(t *testing.T) {
	const wrapped = "https://www.google.com/url?q="
	for in, want := range map[string]string{
		"https://www.google.fr/url?sa=t&rct=j&q=&url=https%3A%2F%2Fb.example%2Fp%3Fa%3D1%26utm_source%3Dx": "https://b.example/p?a=1",
		"https://news.google.com/news/url?sa=t&url=http://b.example/p":                                     "http://b.example/p",
		"https://www.youtube.com/redirect?q=https%3A%2F%2Fb.example%2Fa+b":                                 "https://b.example/a+b",
		"http://feedproxy.google.com/x?url=http%253A%252F%252Fb.example%252F":                              "http://b.example/",
		"https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fb.example%2F&data=x":            "https://b.example/",
		"https://www.google.com/amp/s/www.b.example/x.amp":                                                 "https://www.b.example/x.amp",
		"https://b-example.cdn.ampproject.org/c/s/b.example/x?a=1":                                         "https://b.example/x?a=1",
		strings.Repeat(wrapped, 9) + "https://b.example/":                                                  "https://b.example/",
		wrapped + "javascript:alert(1)":                                                                    wrapped + "javascript:alert(1)",
		wrapped + "http://":                                                                                wrapped + "http://",
		wrapped + "/search":                                                                                wrapped + "/search",
		"https://google.example.com/url?q=https://b.example/":                                              "https://google.example.com/url?q=https://b.example/",
		"https://www.google.com/maps?q=https://b.example/":                                                 "https://www.google.com/maps?q=https://b.example/",
	} {
		if got := Link(in, ""); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestSimpleLinksAreLeftAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.StringMatching(`https?://[a-z0-9.-]{0,9}(\.example|google\.com|\.cdn\.ampproject\.org)?(/[A-Za-z0-9._~/-]{0,9}|/amp/s/b\.example|[/:?#@%&A ]x?){0,3}`).Draw(t, "link")
		if u := address(written(raw), base); simple(raw) && (u == nil || unwrap(u) != nil || tidy(u) != raw) {
			t.Fatalf("%q is no link, or another", raw)
		}
	})
}
