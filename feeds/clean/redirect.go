package clean

import (
	"net/url"
	"regexp"
	"strings"
)

// redirectors only lead on: domain and path (a * ends a prefix), and the
// parameters that hold where to. A domain ending in a dot holds for every
// country of it.
var redirectors = []struct{ domain, path, params string }{
	{"google.", "/url", "url q"}, {"news.google.com", "/news/url", "url"}, {"news.url.google.com", "/url", "url"}, {"feedproxy.google.com", "*", "url"},
	{"facebook.com", "/l.php", "u"}, {"l.instagram.com", "/", "u"}, {"youtube.com", "/redirect", "q"}, {"out.reddit.com", "*", "url"},
	{"t.umblr.com", "/redirect", "z"}, {"slack-redir.net", "/link", "url"}, {"steamcommunity.com", "/linkfilter*", "url u"}, {"vk.com", "/away.php", "to"},
	{"safelinks.protection.outlook.com", "*", "url"}, {"linkedin.com", "/redir/redirect", "url"}, {"duckduckgo.com", "/l/", "uddg"},
	{"disq.us", "/url", "url"}, {"bing.com", "/news/apiclick.aspx", "url"}, {"r.search.yahoo.com", "*", "RU"},
}

// unwrap finds the target a redirector carries: an address that may pass by
// itself. nil when u is to be kept.
func unwrap(u *url.URL) *url.URL {
	if target := ampSource(u); target != nil {
		return target
	}
	for _, r := range redirectors {
		if !hosted(u.Host, r.domain) || !pathed(u.Path, r.path) {
			continue
		}
		for _, param := range strings.Fields(r.params) {
			if target := whole(value(u.RawQuery, param)); target != nil {
				return target
			}
		}
	}
	return nil
}

var country = regexp.MustCompile(`^[a-z]{2,3}(?:\.[a-z]{2})?$`) // com, fr, co.uk, com.tr

func hosted(host, domain string) bool {
	if name, countries := strings.CutSuffix(domain, "."); countries {
		rest, ok := strings.CutPrefix(strings.TrimPrefix(host, "www."), name+".")
		return ok && country.MatchString(rest)
	}
	return under(host, domain)
}

func pathed(path, want string) bool {
	prefix, star := strings.CutSuffix(want, "*")
	return path == want || star && strings.HasPrefix(path, prefix)
}

// value is a parameter of a query as its page meant it. A + stays one: in an
// address it is no blank.
func value(query, name string) string {
	for _, pair := range strings.Split(query, "&") {
		if n, v, ok := strings.Cut(pair, "="); ok && n == name {
			if plain, err := url.PathUnescape(v); err == nil {
				return plain
			}
		}
	}
	return ""
}

// whole reads a target that must name http or https itself; one may have been
// escaped twice.
func whole(target string) *url.URL {
	if strings.HasPrefix(target, "http%") || strings.HasPrefix(target, "https%") {
		target, _ = url.PathUnescape(target)
	}
	if !strings.HasPrefix(target, "http://") && !strings.HasPrefix(target, "https://") {
		return nil
	}
	return address(written(target), "")
}

// ampSource is the page that Google's AMP viewer or cache shows: host and path
// stand in the path, "s" before them means https.
func ampSource(u *url.URL) *url.URL {
	rest, path := "", u.EscapedPath()
	switch {
	case hosted(u.Host, "google."):
		rest, _ = strings.CutPrefix(path, "/amp/")
	case under(u.Host, "cdn.ampproject.org"):
		for _, kind := range []string{"/c/", "/v/"} { // a page; /i/ is a picture, /r/ a resource
			if after, ok := strings.CutPrefix(path, kind); ok {
				rest = after
			}
		}
	}
	scheme := "http://"
	if after, ok := strings.CutPrefix(rest, "s/"); ok {
		scheme, rest = "https://", after
	}
	host, _, _ := strings.Cut(rest, "/")
	if !strings.Contains(host, ".") {
		return nil
	}
	target := scheme + rest
	if u.RawQuery != "" && !strings.Contains(u.RawQuery, "amp_js_v") {
		target += "?" + u.RawQuery
	}
	return address(target, "")
}
