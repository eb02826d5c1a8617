package clean

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// maxRounds bounds how often rules are tried on one link: wrapped redirectors
// need a round each.
const maxRounds = 8

// Apply is a link after the rules: shorter, and a link again. Rules that would
// leave no link, or that find no end, leave it as it was. Nil rules do nothing.
// It may be called from many goroutines.
func (r *Rules) Apply(link string) string {
	if r == nil || link == "" {
		return link
	}
	now := link
	for range maxRounds {
		next := r.round(now)
		if next == now {
			return now
		}
		now = next
	}
	return link
}

// round tries each provider once.
func (r *Rules) round(link string) string {
	lower := strings.ToLower(link)
	for i := range r.providers {
		p := &r.providers[i]
		if !strings.Contains(lower, p.literal) || !p.takes(link) {
			continue
		}
		if next := p.apply(link); next != link {
			link, lower = next, strings.ToLower(next)
		}
	}
	return link
}

func (p *provider) takes(link string) bool {
	return p.match.MatchString(link) && !slices.ContainsFunc(p.exceptions, func(re *regexp.Regexp) bool { return re.MatchString(link) })
}

// apply keeps a step only when it leads to a shorter link: so the rounds end.
func (p *provider) apply(link string) string {
	if target := p.target(link); target != "" && len(target) < len(link) {
		return target
	}
	for _, re := range p.raw {
		if next := Link(re.ReplaceAllLiteralString(link, ""), ""); next != "" && len(next) < len(link) && hostOf(next) == hostOf(link) {
			link = next
		}
	}
	if next := p.untrack(link); next != "" && len(next) < len(link) {
		link = next
	}
	return link
}

// target is where a redirection leads; "" when that is no address of the web.
func (p *provider) target(link string) string {
	for _, re := range p.redirects {
		m := re.FindStringSubmatch(link)
		if len(m) < 2 || m[1] == "" {
			continue
		}
		plain, err := url.PathUnescape(m[1])
		if err != nil {
			continue
		}
		if u := whole(plain); u != nil {
			return Link(u.String(), "")
		}
	}
	return ""
}

// untrack takes the provider's parameters out of query and fragment.
func (p *provider) untrack(link string) string {
	rest, fragment, _ := strings.Cut(link, "#")
	at, query, _ := strings.Cut(rest, "?")
	if q := p.without(query); q != "" {
		at += "?" + q
	}
	if strings.Contains(fragment, "=") {
		fragment = p.without(fragment)
	}
	if fragment != "" {
		at += "#" + fragment
	}
	return Link(at, "")
}

func (p *provider) without(query string) string {
	keep := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return slices.ContainsFunc(p.params, func(re *regexp.Regexp) bool { return re.MatchString(name) })
	})
	return strings.Join(keep, "&")
}

func hostOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return u.Host
}
