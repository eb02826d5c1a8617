package aggregator

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wiredesk/wiredesk/config"
	"github.com/wiredesk/wiredesk/feeds"
)

// Limits of a document (DESIGN 11). The oldest entries go first.
const (
	maxEntries  = 500
	maxDocument = 1 << 20
	maxCache    = 64 << 20 // bytes of printed documents held in memory
)

// ErrNoEdition is answered for an edition or a format the plan does not have.
var ErrNoEdition = errors.New("no such edition")

// ErrNotFiled is the store's answer for an edition that the desk has not filed
// yet: an empty document would make readers drop what they hold.
var ErrNotFiled = errors.New("not filed yet")

// A PressStore is what the press asks of the store.
type PressStore interface {
	Edition(ctx context.Context, id string, least, most int, span time.Duration) (Issue, []Entry, error)
	Issues(ctx context.Context) ([]Issue, error)
	Digests(ctx context.Context, edition string) ([]Digest, Issue, error)
	Archives(ctx context.Context, edition string) ([]Archive, error)
	Archive(ctx context.Context, edition string, number int64) (Archive, []Entry, error)
}

// A Document is an edition rendered: the same bytes wherever it is printed.
type Document struct {
	Body     []byte
	Gzip     []byte // Body compressed once
	Type     string // media type with charset
	ETag     string // of Body, quoted; strong
	Modified time.Time
}

// NewDocument seals bytes with their validators (RFC 9110, 8.8).
func NewDocument(body []byte, mediaType string, modified time.Time) (*Document, error) {
	sum := sha256.Sum256(body)
	var gz bytes.Buffer
	w, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &Document{
		Body: body, Gzip: gz.Bytes(), Type: mediaType,
		ETag: `"` + hex.EncodeToString(sum[:12]) + `"`, Modified: modified.UTC().Truncate(time.Second),
	}, nil
}

// mediaTypes by format. Feeds are sent as what they are, with nosniff.
var mediaTypes = map[feeds.Format]string{
	feeds.RSS:  "application/rss+xml; charset=utf-8",
	feeds.Atom: "application/atom+xml; charset=utf-8",
	feeds.JSON: "application/feed+json; charset=utf-8",
}

// A Press prints editions on demand and keeps what it printed until the edition
// changes. It may be used from several goroutines.
type Press struct {
	Store PressStore
	Plan  func() *Plan

	mu    sync.Mutex // guards the fields below
	cache map[string]printed
	size  int
}

type printed struct {
	version int64
	look    string
	doc     *Document
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
	key, look := ed.ID+"."+format, plan.look(ed)
	now, err := p.issue(ctx, ed.ID)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	held, ok := p.cache[key]
	p.mu.Unlock()
	if ok && held.look == look && held.version == now.Version {
		return held.doc, nil
	}
	issue, entries, err := p.Store.Edition(ctx, ed.ID, ed.Items, maxEntries, ed.Span)
	if err != nil {
		return nil, err
	}
	pairUp(entries)
	doc, err := render(plan, ed, issue, entries)
	if err != nil {
		return nil, err
	}
	p.hold(key, printed{issue.Version, look, doc})
	return doc, nil
}

// issue is where an edition stands; its Version is 0 before it was ever filed.
func (p *Press) issue(ctx context.Context, edition string) (Issue, error) {
	issues, err := p.Store.Issues(ctx)
	if err != nil {
		return Issue{}, err
	}
	for _, is := range issues {
		if is.Edition == edition {
			return is, nil
		}
	}
	return Issue{Edition: edition}, nil
}

// hold keeps a document. Past its bound the cache starts anew: editions are few
// and printing is cheap.
func (p *Press) hold(key string, d printed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cache == nil || p.size > maxCache {
		p.cache, p.size = map[string]printed{}, 0
	}
	if old, ok := p.cache[key]; ok {
		p.size -= len(old.doc.Body) + len(old.doc.Gzip)
	}
	p.cache[key] = d
	p.size += len(d.doc.Body) + len(d.doc.Gzip)
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
			return NewDocument(body, mediaTypes[format], issue.ChangedAt)
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
