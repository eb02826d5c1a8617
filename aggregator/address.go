package aggregator

import (
	"regexp"

	"github.com/wiredesk/wiredesk/config"
)

// Address is where an edition is published in a format; "html" is one. That of a
// private one is made of its token, which nobody can guess.
func (p *Plan) Address(ed *config.Edition, is Issue, format string) string {
	return p.Config.Site.BaseURL + Path(ed, is, format)
}

// Path is Address below the site's own.
func Path(ed *config.Edition, is Issue, format string) string {
	id := ed.ID
	if ed.Private {
		id = is.Token
	}
	if format == "html" {
		return "/" + id + "/"
	}
	return "/" + id + "." + format
}

var token = regexp.MustCompile(`^[0-9a-f]{40}$`) // 160 bits

// IsToken says whether a part of an address has the form of a token.
func IsToken(s string) bool { return token.MatchString(s) }
