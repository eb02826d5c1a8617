package config

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

var secretName = regexp.MustCompile(`(?i)(^|[_.-])(access|api)?[_-]?(token|key|auth|secret|sig|signature|pass|passwd|password|pwd|session|sid|hash|user|uid|code|pin)$`)

// Secret says whether a source's address must not be told to others: it is
// private, was read from url_file, or looks as if it carried a password or token.
// A guess errs on the side of silence.
func (s *Source) Secret() bool {
	u, err := url.Parse(s.URL)
	if s.Private || s.fromFile || len(s.Headers) > 0 || err != nil || u.User != nil {
		return true
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return true
	}
	for name, values := range query {
		public := strings.HasSuffix(name, "_id") // of a channel, say
		if secretName.MatchString(name) || drawn(name) || !public && drawn(strings.Join(values, "")) {
			return true
		}
	}
	for part := range strings.SplitSeq(u.Path, "/") {
		if drawn(part) {
			return true
		}
	}
	return false
}

// drawn says whether a text looks drawn by lot: 20 letters and digits or more
// without a hyphen between words, digits among them.
func drawn(s string) bool {
	run, digits := 0, 0
	for _, c := range s {
		switch {
		case unicode.IsDigit(c):
			run, digits = run+1, digits+1
		case unicode.IsLetter(c) || c == '_' || c == '+' || c == '=':
			run++
		default:
			run, digits = 0, 0
		}
		if run >= 20 && digits >= 3 && digits < run {
			return true
		}
	}
	return false
}
