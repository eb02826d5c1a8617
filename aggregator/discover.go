package aggregator

import (
	"errors"
	"fmt"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
	"github.com/wiredesk/wiredesk/feeds/fetch"
)

// errNamed marks the error of a page that says itself where the feed is.
var errNamed = errors.New("the page names the feed")

// lead says, of a source whose address turns out to be a page, which feeds the
// page names: moving there is the operator's decision. What a page shows to
// somebody with credentials may name a secret: that is shortened.
func lead(src *config.Source, resp *fetch.Response, err error) error {
	if !errors.Is(err, feeds.ErrHTML) {
		return err
	}
	all := fetch.Candidates(resp)
	if len(all) == 0 {
		return err
	}
	address := all[0].URL
	if src.Secret() {
		address = fetch.Redact(address)
	}
	more := ""
	if len(all) > 1 {
		more = fmt.Sprintf(" (the first of %d)", len(all))
	}
	return fmt.Errorf("%w; %w %s%s: write that as the url", err, errNamed, address, more)
}
