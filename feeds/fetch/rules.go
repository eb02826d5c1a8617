package fetch

import (
	"bytes"
	"net/url"
	"strings"
)

// Rules are what one robots.txt says to us (RFC 9309): the groups of our name
// together, or those of "*" when none has it. No rules allow everything.
//
// Crawl-delay and Request-rate are not in the RFC, and not two crawlers read
// them alike: they are passed over. Our own gap (Options.HostGap) holds for
// every host.
type rules []rule

// A rule is one Allow or Disallow line.
type rule struct {
	pattern string // canonical, see canonicalPattern
	allow   bool
}

// maxRobots is how much of a robots.txt is read: RFC 9309 2.5 asks for 500 KiB
// at least, and nobody honest needs more.
const maxRobots = 500 << 10

// parseRules reads a robots.txt for the crawler with this product token. There
// is no such thing as a broken one: a line that says nothing is passed over.
func parseRules(text []byte, token string) rules {
	var ours, anyone rules
	named := false                // a group has our name: "*" no longer speaks to us
	forUs, forAll := false, false // whom the current group speaks to
	naming := false               // the last line that counts was a user-agent
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for line := range bytes.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		key, value := record(string(line))
		switch key {
		case "user-agent":
			if !naming {
				forUs, forAll = false, false
			}
			naming = true
			forUs = forUs || strings.EqualFold(productToken(value), token)
			forAll = forAll || value == "*" || strings.HasPrefix(value, "* ")
			named = named || forUs
		case "allow", "disallow":
			naming = false
			pattern, ok := canonicalPattern(value)
			if !ok {
				continue
			}
			r := rule{pattern, key == "allow"}
			if forUs {
				ours = append(ours, r)
			}
			if forAll {
				anyone = append(anyone, r)
			}
		}
	}
	if named {
		return ours
	}
	return anyone
}

// record cuts a line into key and value, without its comment. Spellings of
// user-agent without the hyphen count, as with Google: a line not understood
// there would give its rules to another crawler's group.
func record(line string) (key, value string) {
	line, _, _ = strings.Cut(line, "#")
	key, value, ok := strings.Cut(line, ":")
	if !ok {
		return "", ""
	}
	key = strings.ToLower(strings.TrimSpace(key))
	if key == "useragent" || key == "user agent" {
		key = "user-agent"
	}
	return key, strings.TrimSpace(value)
}

// productToken is the name at the start of a User-Agent header or line (RFC 9309
// 2.2.1): "wiredesk" of "wiredesk/1.0 (+https://desk.example)".
func productToken(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_')
	})
	if end < 0 {
		return s
	}
	return s[:end]
}

// allow says whether u may be asked for. The longest rule that fits decides,
// Allow before Disallow when two are as long (RFC 9309 2.2.2).
func (rs rules) allow(u *url.URL) bool {
	target := canonicalTarget(u)
	if target == "/robots.txt" {
		return true
	}
	length, allowed := 0, true
	for _, r := range rs {
		n := len(r.pattern)
		if n < length || n == length && !r.allow || !fits(r.pattern, target) {
			continue
		}
		length, allowed = n, r.allow
	}
	return allowed
}

// fits says whether a pattern fits the start of a target; "*" stands for
// anything and "$" at the end for the end. Taking the first place where each
// part fits is enough, so it is linear in the target but for its parts.
func fits(pattern, target string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	first, rest, more := strings.Cut(pattern, "*")
	target, ok := strings.CutPrefix(target, first)
	if !ok {
		return false
	}
	for more {
		var part string
		part, rest, more = strings.Cut(rest, "*")
		if !more && whole { // the last part stands at the end
			return strings.HasSuffix(target, part)
		}
		at := strings.Index(target, part)
		if at < 0 {
			return false
		}
		target = target[at+len(part):]
	}
	return !whole || target == ""
}

// canonicalPattern writes a rule's path so that every spelling of it is one. It
// is not ok when it can fit nothing: Disallow without a path, and paths that
// start elsewhere than at the root.
func canonicalPattern(path string) (string, bool) {
	if path == "" || path[0] != '/' && path[0] != '*' {
		return "", false
	}
	for strings.Contains(path, "**") { // a run would cost time and lend the rule length
		path = strings.ReplaceAll(path, "**", "*")
	}
	path, whole := strings.CutSuffix(path, "$")
	parts := strings.Split(path, "*")
	for i, part := range parts {
		parts[i] = octets(part)
	}
	path = strings.Join(parts, "*")
	if whole {
		path += "$"
	}
	return path, true
}

// canonicalTarget is the path and query of an address, spelled as the rules are.
func canonicalTarget(u *url.URL) string {
	target := u.EscapedPath()
	if target == "" {
		target = "/"
	}
	if u.RawQuery != "" || u.ForceQuery {
		target += "?" + u.RawQuery
	}
	return octets(target)
}

// octets spells percent-encoding in one way (RFC 9309 2.2.2): what needs none is
// decoded, what is beyond ASCII is encoded, hex digits are capital. "*" and "$"
// become %2A and %24, by which a rule means the characters themselves (2.2.3).
func octets(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		coded := c <= ' ' || c >= 0x7f || c == '*' || c == '$'
		if c == '%' && i+2 < len(s) {
			if hi, lo := unhex(s[i+1]), unhex(s[i+2]); hi >= 0 && lo >= 0 {
				c, coded = byte(hi<<4|lo), true
				i += 2
			}
		}
		if coded && !unreserved(c) {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// unreserved are the characters that mean the same coded or not (RFC 3986 2.3).
func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
