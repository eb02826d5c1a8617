package web

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/wiredesk/wiredesk/aggregator"
)

// editionAt finds the edition that an address means by its first part. The id of a
// private one is as unknown as any other: only its token leads there. One that is
// out of the config is gone, for those who have the token.
func (s *Site) editionAt(ctx context.Context, part string) (id string, err error) {
	plan := s.Plan()
	if ed := plan.Edition(part); ed != nil || !aggregator.IsToken(part) {
		if ed != nil && ed.Private {
			return "", errNotFound
		}
		return part, nil
	}
	issues, err := s.Store.Issues(ctx)
	if err != nil {
		return "", err
	}
	for _, is := range issues {
		if subtle.ConstantTimeCompare([]byte(is.Token), []byte(part)) == 0 {
			continue
		}
		switch ed := plan.Edition(is.Edition); {
		case ed != nil && ed.Private:
			return ed.ID, s.meet(ctx, is)
		case ed == nil && is.Private:
			return "", errGone
		}
	}
	return "", errNotFound
}

// meet has the press learn of an address that another process has just drawn: what
// it holds names the old one, and would send readers there.
func (s *Site) meet(ctx context.Context, is aggregator.Issue) error {
	known, err := s.Press.Issues(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(known, func(k aggregator.Issue) bool { return k.Token == is.Token }) {
		s.Press.Forget()
	}
	return nil
}

// keepQuiet keeps a private document out of shared caches, other sites' scripts
// and search engines.
func keepQuiet(h http.Header) {
	h.Set("Cache-Control", strings.Replace(h.Get("Cache-Control"), "public", "private", 1))
	h.Del("Access-Control-Allow-Origin")
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
}

// shown is an address as logs may hold it: without the token of a private edition.
func shown(at string) string {
	parts := strings.Split(at, "/")
	for i, part := range parts {
		if id, rest, _ := strings.Cut(part, "."); aggregator.IsToken(id) {
			parts[i] = "(private)." + rest
		}
	}
	return strings.Join(parts, "/")
}

var tokens = regexp.MustCompile(`[0-9a-f]{40}`)

// hide is an error as logs may hold it: those of the file system name files, and
// these may bear the address of a private edition.
func hide(err error) error {
	if err == nil || !tokens.MatchString(err.Error()) {
		return err
	}
	return errors.New(tokens.ReplaceAllString(err.Error(), "(private)"))
}
