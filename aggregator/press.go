package aggregator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

// Limits of a document (DESIGN 11). The oldest entries go first.
const (
	maxEntries  = 500
	maxDocument = 1 << 20
)

// ErrNoEdition is answered for an edition or a format the plan does not have.
var ErrNoEdition = errors.New("no such edition")

// ErrNotFiled is the store's answer for an edition that the desk has not filed
// yet: an empty document would make readers drop what they hold.
var ErrNotFiled = errors.New("not filed yet")

// A Document is an edition rendered: the same bytes wherever it is printed.
type Document struct {
	Body     []byte
	Type     string // media type with charset
	ETag     string // of Body, quoted; strong
	Modified time.Time

	plain *Representation
	coded [len(Codings)]coded // in their order
}

// NewDocument seals bytes with their validators (RFC 9110, 8.8).
func NewDocument(body []byte, mediaType string, modified time.Time) *Document {
	sum := sha256.Sum256(body)
	d := &Document{
		Body: body, Type: mediaType,
		ETag: `"` + hex.EncodeToString(sum[:12]) + `"`, Modified: modified.UTC().Truncate(time.Second),
	}
	d.plain = d.represent("", body)
	return d
}

// mediaTypes by format. Feeds are sent as what they are, with nosniff.
var mediaTypes = map[feeds.Format]string{
	feeds.RSS:  "application/rss+xml; charset=utf-8",
	feeds.Atom: "application/atom+xml; charset=utf-8",
	feeds.JSON: "application/feed+json; charset=utf-8",
}

// Print renders one format of an edition.
func (p *Press) Print(ctx context.Context, id string, format feeds.Format) (*Document, error) {
	return p.Render(ctx, id, string(format), func(plan *Plan, ed *config.Edition, issue Issue, entries []Entry) (*Document, error) {
		return compose(plan, ed, issue, entries, format)
	})
}

// Prints says whether ed is published in a format; "html" is one.
func Prints(ed *config.Edition, format string) bool {
	for _, f := range ed.Formats {
		if f == format {
			return true
		}
	}
	return false
}

// Render makes a document of an edition's entries, or takes it from the cache
// when neither the entries nor the plan's look of it have changed. It is how
// pages become documents like any other. The plan is asked for once: a document
// is never of two.
func (p *Press) Render(ctx context.Context, id, format string, render func(*Plan, *config.Edition, Issue, []Entry) (*Document, error)) (*Document, error) {
	plan := p.Plan()
	ed := plan.Edition(id)
	if ed == nil || !Prints(ed, format) {
		return nil, fmt.Errorf("%s.%s: %w", id, format, ErrNoEdition)
	}
	return p.take(ctx, plan.sheet(ed, format), plan, func(*standing) (printed, error) {
		issue, entries, err := p.Store.Edition(ctx, ed.ID, ed.Items, maxEntries, ed.Span)
		if err != nil {
			return printed{}, err
		}
		pairUp(entries)
		doc, err := render(plan, ed, issue, entries)
		return printed{issue.Version, plan, plan.look(ed), doc}, err
	})
}

// Whole makes a document about all editions (an index), or takes it from the
// cache when neither an edition nor the plan has changed. Its name is its own.
func (p *Press) Whole(ctx context.Context, name string, render func(plan *Plan, changed time.Time) (*Document, error)) (*Document, error) {
	plan := p.Plan()
	return p.take(ctx, sheet{format: name}, plan, func(st *standing) (printed, error) {
		doc, err := render(plan, st.changed)
		return printed{st.version(""), plan, "", doc}, err
	})
}

// compose prints, and prints again with fewer entries while it is over 1 MB. What
// is in no archive goes last.
func compose(plan *Plan, ed *config.Edition, issue Issue, entries []Entry, format feeds.Format) (*Document, error) {
	for {
		body, err := feeds.Write(Compose(plan, ed, issue, entries, format), format)
		if err != nil {
			return nil, fmt.Errorf("print %s.%s: %w", ed.ID, format, err)
		}
		if len(body) <= maxDocument || len(entries) <= 1 {
			return NewDocument(body, mediaTypes[format], issue.ChangedAt), nil
		}
		n := min(len(entries)-1, len(entries)*maxDocument/len(body))
		kept := shorten(entries, issue.Archive*ArchiveSize, n)
		switch {
		case len(kept) < len(entries):
			entries, issue.Before = kept, issue.Archive // some of what is left out may be in the newest
		case !lighten(entries, len(body)-maxDocument):
			entries = entries[:n]
		}
	}
}
