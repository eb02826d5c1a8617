package clean

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// maxLink is the longest address that passes.
const maxLink = 4096

// Link is an address as it may be shown: absolute, http or https, without user
// and password, without trackers, unwrapped from redirectors that carry their
// target. What else stands in its query stays byte for byte. "" for everything
// that is no such address.
func Link(raw, base string) string {
	if simple(raw) {
		return raw
	}
	u := address(written(raw), base)
	if u == nil {
		return ""
	}
	for target := unwrap(u); target != nil; target = unwrap(u) { // each is shorter than what carried it
		u = target
	}
	return tidy(u)
}

// simple says whether an address is so simple that Link has nothing to do: a
// scheme, a name in small letters, a path of letters, digits and - _ . ~ /, as
// most of news have, away from Google, whose AMP pages are read from such paths.
func simple(raw string) bool {
	rest, ok := strings.CutPrefix(raw, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(raw, "http://")
	}
	if !ok || len(raw) > maxLink {
		return false
	}
	host, _, _ := strings.Cut(rest, "/")
	for i := range len(host) {
		if c := host[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || i > 0 && (c == '-' || c == '.')) {
			return false
		}
	}
	for i := len(host); i < len(rest); i++ {
		if c := rest[i]; !(c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '-' && c <= '9' || c == '_' || c == '~') { // - . / and digits
			return false
		}
	}
	return host != "" && !strings.Contains(host, "google") && !strings.Contains(host, "ampproject")
}

// A linker is Link from one base.
type linker func(raw string) string

// linkFrom remembers what it has answered: each address of a document is asked
// for a handful of times.
func linkFrom(base string) linker {
	known := map[string]string{}
	return func(raw string) string {
		link, ok := known[raw]
		if !ok {
			link = Link(raw, base)
			known[raw] = link
		}
		return link
	}
}

// written is an address as it was meant: without the line breaks of a folded
// element (which browsers drop too), without the escapes of a document escaped
// once too often.
func written(raw string) string {
	raw = Plain(breaks.Replace(strings.TrimSpace(raw)))
	if raw = strings.ReplaceAll(raw, " ", "%20"); !strings.Contains(raw, "&amp;") {
		return raw
	}
	return escaped.ReplaceAllString(raw, "&")
}

var (
	breaks  = strings.NewReplacer("\t", "", "\n", "", "\r", "")
	ends    = strings.NewReplacer(`"`, "%22", "<", "%3C", ">", "%3E", "`", "%60", `\`, "%5C")
	escaped = regexp.MustCompile(`&(?:amp;)+`)
	twice   = regexp.MustCompile(`(?i)^(?:https?://)+(https?://)`)
)

// address reads what may pass, without user, password and trackers; nil when it
// may not.
func address(raw, base string) *url.URL {
	if raw == "" || len(raw) > maxLink {
		return nil
	}
	u := resolve(raw, base)
	if u == nil || !web(u) {
		return nil
	}
	u.User = nil
	u.RawQuery = untrack(u.RawQuery, u.Host)
	part := u.EscapedFragment()
	if rest := untrack(part, u.Host); rest != part && strings.Contains(part, "=") {
		u.RawFragment = rest
		u.Fragment, _ = url.PathUnescape(rest) // a part of what was escaped well
	}
	return u
}

// resolve makes an address absolute; nil when it is none.
func resolve(raw, base string) *url.URL {
	u, err := url.Parse(raw)
	if err != nil {
		if u, err = url.Parse(unstray(raw)); err != nil {
			return nil
		}
	}
	if !u.IsAbs() && base != "" {
		if b, err := url.Parse(base); err == nil {
			u = b.ResolveReference(u)
		}
	}
	if host := strings.ToLower(u.Host); host == "http:" || host == "https:" { // a template wrote a scheme before a whole address
		u.User = nil
		if u, err = url.Parse(twice.ReplaceAllString(u.String(), "$1")); err != nil {
			return nil
		}
	}
	return u
}

// unstray escapes each % that escapes nothing, as in /up-100%-in-a-year: the
// parser refuses it, browsers do not. A query may hold what it likes.
func unstray(raw string) string {
	rest, fragment, hashed := strings.Cut(raw, "#")
	path, query, asked := strings.Cut(rest, "?")
	path, fragment = escapeStray(path), escapeStray(fragment)
	if asked {
		path += "?" + query
	}
	if hashed {
		path += "#" + fragment
	}
	return path
}

func escapeStray(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(s[i])
		if s[i] == '%' && (i+2 >= len(s) || !hex(s[i+1]) || !hex(s[i+2])) {
			b.WriteString("25")
		}
	}
	return b.String()
}

func hex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// web says whether an address is one of the web, and brings its host to the
// form that every program reads (RFC 3490: xn--…).
func web(u *url.URL) bool {
	if u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" {
		return false
	}
	u.Host = strings.ToLower(u.Host)
	name := u.Hostname()
	if name == "" || strings.ContainsAny(u.Host, "<>\"'` \\^{}|%") {
		return false
	}
	if len(name) == utf8.RuneCountInString(name) {
		return true
	}
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil || ascii == "" {
		return false
	}
	u.Host = strings.Replace(u.Host, name, ascii, 1)
	return true
}

// tidy writes an address so that reading it again gives the same one. What
// would end an attribute or a tag is escaped.
func tidy(u *url.URL) string {
	s := ends.Replace(u.String())
	if _, err := url.Parse(s); err != nil || len(s) > maxLink {
		return ""
	}
	return s
}
