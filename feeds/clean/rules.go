package clean

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// Rules are an operator's rules for links, beside our own list, read from a file
// in the format of ClearURLs (https://docs.clearurls.xyz, "Rule Catalogs"). They
// are not changed after loading and serve many goroutines at once.
//
// Three things of that format are for a browser and left alone here:
// completeProvider (it blocks a whole site: no link is ever lost to a rule),
// forceRedirection, and referralMarketing (it takes a publisher's commission).
type Rules struct {
	// Warnings name each pattern that was left out, because RE2 has no
	// look-around and no back-references, and what that costs.
	Warnings []string

	sum       string
	providers []provider
}

// Sum tells one file of rules from another, as Version does for our own: what
// was cleaned by other rules is to be read once more. "" for nil.
func (r *Rules) Sum() string {
	if r == nil {
		return ""
	}
	return r.sum
}

// A provider is a set of rules for the addresses that match.
type provider struct {
	literal    string // lower case, in every address that match takes; "" when none is sure
	match      *regexp.Regexp
	exceptions []*regexp.Regexp
	redirects  []*regexp.Regexp // the first group is the target
	raw        []*regexp.Regexp // cut out of the address
	params     []*regexp.Regexp // names of parameters
}

const (
	maxRules   = 2 << 20 // bytes of a file; the public one has 0.1 MB
	maxPattern = 1 << 10 // bytes of a regular expression
)

// A catalog is the file, as far as we use it.
type catalog struct {
	Providers map[string]struct {
		URLPattern                                string `json:"urlPattern"`
		Rules, RawRules, Exceptions, Redirections []string
	}
}

// LoadRules reads a file of rules. A pattern that is wrong is an error naming
// provider and pattern; one that only RE2 cannot express is left out with a
// warning. Without its urlPattern or one of its exceptions a provider would
// touch links it should not, and is left out whole.
func LoadRules(data []byte) (*Rules, error) {
	if len(data) > maxRules {
		return nil, fmt.Errorf("link rules: the file is over the limit of %d MB", maxRules>>20)
	}
	var c catalog
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("link rules: %w (expected the JSON of ClearURLs, as in data.min.json)", err)
	}
	if len(c.Providers) == 0 {
		return nil, errors.New(`link rules: there are no "providers": expected the JSON of ClearURLs, as in data.min.json`)
	}
	r := &Rules{sum: fmt.Sprintf("%x", sha256.Sum256(data))}
	for _, name := range slices.Sorted(maps.Keys(c.Providers)) {
		w := c.Providers[name]
		l := loader{provider: name}
		p := provider{
			match: first(l.all("urlPattern", w.URLPattern)), exceptions: l.all("exceptions", w.Exceptions...),
			redirects: l.all("redirections", w.Redirections...), raw: l.all("rawRules", w.RawRules...), params: l.params(w.Rules),
		}
		if w.URLPattern == "" {
			l.fail(`it has no urlPattern: write ".*" for every address`)
		}
		if l.err != nil {
			return nil, l.err
		}
		r.Warnings = append(r.Warnings, l.warnings...)
		if p.match != nil && len(p.exceptions) == len(w.Exceptions) && len(p.redirects)+len(p.raw)+len(p.params) > 0 {
			p.literal = literal(w.URLPattern)
			r.providers = append(r.providers, p)
		}
	}
	return r, nil
}

// first is the one pattern that a provider must have; nil when RE2 lacks it.
func first(res []*regexp.Regexp) *regexp.Regexp {
	if len(res) == 0 {
		return nil
	}
	return res[0]
}

// A loader compiles the patterns of one provider.
type loader struct {
	provider string
	warnings []string
	err      error // the first
}

func (l *loader) fail(format string, args ...any) {
	if l.err == nil {
		l.err = fmt.Errorf("link rules: provider %q: %w", l.provider, fmt.Errorf(format, args...))
	}
}

// all compiles patterns as ClearURLs does: case never matters. Those that RE2
// lacks are missing from the result.
func (l *loader) all(field string, patterns ...string) (out []*regexp.Regexp) {
	for _, p := range patterns {
		if re := l.compile(field, p, p); re != nil {
			out = append(out, re)
		}
	}
	return out
}

// params compiles names of parameters, which match whole.
func (l *loader) params(patterns []string) (out []*regexp.Regexp) {
	for _, p := range patterns {
		if re := l.compile("rules", p, "^(?:"+p+")$"); re != nil {
			out = append(out, re)
		}
	}
	return out
}

func (l *loader) compile(field, pattern, whole string) *regexp.Regexp {
	if len(pattern) > maxPattern {
		l.fail("%s: a pattern is over the limit of %d bytes: %.60q…", field, maxPattern, pattern)
		return nil
	}
	if _, err := syntax.Parse(pattern, syntax.Perl); err != nil {
		what := "is left out"
		if field == "urlPattern" || field == "exceptions" {
			what = "cannot be read, so the provider is left out"
		}
		switch {
		case lacking(err):
			l.warnings = append(l.warnings, fmt.Sprintf("provider %q: %s %q %s: RE2 has no look-around, back-references or counts over 1000", l.provider, field, pattern, what))
		default:
			l.fail("%s: %q: %w", field, pattern, err)
		}
		return nil
	}
	re, err := regexp.Compile("(?i)" + whole)
	if err != nil {
		l.fail("%s: %q: %w", field, pattern, err)
		return nil
	}
	return re
}

// lacking says whether a pattern may be right elsewhere.
func lacking(err error) bool {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case syntax.ErrInvalidPerlOp, syntax.ErrInvalidNamedCapture, syntax.ErrInvalidEscape, syntax.ErrInvalidRepeatSize, syntax.ErrLarge:
		return true
	}
	return false
}

// literal is a run of letters that every match of a pattern holds, so that most
// of 200 providers need no regular expression to be passed over.
func literal(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	parts := []*syntax.Regexp{re}
	if re.Op == syntax.OpConcat {
		parts = re.Sub
	}
	longest := ""
	for _, p := range parts {
		s := strings.ToLower(string(p.Rune))
		if p.Op == syntax.OpLiteral && len(s) > len(longest) && !strings.Contains("https://www.", s) {
			longest = s
		}
	}
	return longest
}
