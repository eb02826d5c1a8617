package aggregator

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wiredesk/wiredesk/config"
)

const (
	maxCache    = 64 << 20        // bytes of documents held in memory
	maxPrinting = 4               // documents printed at once
	maxTurn     = 2 * time.Second // until a document's turn to be printed
	trust       = time.Second     // in what we know of where editions stand
)

// ErrBusy is answered when a document's turn to be printed does not come in time.
var ErrBusy = errors.New("more to print than can be printed at once")

// A PressStore is what the press asks of the store.
type PressStore interface {
	Edition(ctx context.Context, id string, least, most int, span time.Duration) (Issue, []Entry, error)
	Issues(ctx context.Context) ([]Issue, error)
	Shelf
	// Filed is how often this process has written: a comparison in memory, where
	// Issues asks the database.
	Filed() int64
}

// A Shelf is where editions keep what is over.
type Shelf interface {
	Archives(ctx context.Context, edition string) ([]Archive, error)
	Archive(ctx context.Context, edition string, number int64) (Archive, []Entry, error)
	Digests(ctx context.Context, edition string) ([]Digest, Issue, error)
}

// A Press prints editions on demand and keeps what it printed until the edition
// changes. What this process files shows at once. What another one files into the
// same database would within a second; orders by hand are filed by the desk, ours.
// It may be used from several goroutines.
type Press struct {
	Store PressStore
	Plan  func() *Plan

	stand   atomic.Pointer[standing]
	reading sync.Mutex // held while stand is read anew

	mu       sync.Mutex // guards the fields below
	cache    map[sheet]*printed
	printing map[sheet]chan struct{} // closed when it is done
	slots    chan struct{}           // one for each document being printed
}

// A sheet is what one document is of. Without an edition it is of all.
type sheet struct {
	edition string
	root    string // what its ids are minted from: an id may be given away, a root not
	format  string
	digest  bool // it changes with the edition's digests, too
}

func (p *Plan) sheet(ed *config.Edition, format string) sheet {
	return sheet{edition: ed.ID, root: p.names.root(EditionID, ed.ID), format: format}
}

type printed struct {
	version int64
	plan    *Plan
	look    string // of the edition under the plan
	doc     *Document
}

// A standing is where all editions stood at one time. It is never changed.
type standing struct {
	filed    int64 // the store's count, before it was read
	read     time.Time
	issues   []Issue
	versions map[string]int64
	changed  time.Time // the last change of any edition
}

// version is where an edition stands, 0 for one that is not filed. "" is all of
// them: one more for each step of each, and never less.
func (st *standing) version(edition string) (v int64) {
	if edition != "" {
		return st.versions[edition]
	}
	for _, one := range st.versions {
		v += one
	}
	return v
}

// of is the version of a sheet: of its edition's digests, with theirs.
func (st *standing) of(key sheet) int64 {
	if key.digest {
		return st.version(key.edition) + st.version(DigestsOf(key.edition))
	}
	return st.version(key.edition)
}

// issue is where an edition stands; its Version is 0 before it was ever filed.
func (st *standing) issue(edition string) Issue {
	for _, is := range st.issues {
		if is.Edition == edition {
			return is
		}
	}
	return Issue{Edition: edition}
}

// Forget has the press ask the store anew where editions stand: for who was told
// that another process has changed them.
func (p *Press) Forget() {
	p.reading.Lock() // who reads now began before, and would say what was
	defer p.reading.Unlock()
	p.stand.Store(nil)
}

// Issues lists where the editions stand, by id, as the press knows it.
func (p *Press) Issues(ctx context.Context) ([]Issue, error) {
	st, err := p.now(ctx)
	if err != nil {
		return nil, err
	}
	return st.issues, nil
}

// now is where the editions stand. Only one reader asks the store, so that what
// comes later is never older.
func (p *Press) now(ctx context.Context) (*standing, error) {
	if st := p.stand.Load(); p.trusts(st) {
		return st, nil
	}
	p.reading.Lock()
	defer p.reading.Unlock()
	if st := p.stand.Load(); p.trusts(st) {
		return st, nil
	}
	st := &standing{filed: p.Store.Filed(), read: time.Now(), versions: map[string]int64{}}
	var err error
	if st.issues, err = p.Store.Issues(ctx); err != nil {
		return nil, err
	}
	for _, is := range st.issues {
		st.versions[is.Edition] = is.Version
		if is.ChangedAt.After(st.changed) {
			st.changed = is.ChangedAt
		}
	}
	p.stand.Store(st)
	return st, nil
}

func (p *Press) trusts(st *standing) bool {
	return st != nil && st.filed == p.Store.Filed() && time.Since(st.read) < trust
}

// take takes a document from the cache, or prints it. Of one sheet there is one
// printing at a time, for all who wait; of all sheets a few. Who asks while too
// much is waiting had better come again.
func (p *Press) take(ctx context.Context, key sheet, plan *Plan, print func(*standing) (printed, error)) (*Document, error) {
	doc, _, err := p.held(ctx, key, plan)
	if doc != nil || err != nil {
		return doc, err
	}
	turn, cancel := context.WithTimeoutCause(ctx, maxTurn, ErrBusy)
	defer cancel()
	mine := make(chan struct{})
	for other := p.claim(key, mine); other != nil; other = p.claim(key, mine) {
		select {
		case <-other:
		case <-turn.Done():
			return nil, context.Cause(turn)
		}
		if doc, _, err := p.held(ctx, key, plan); doc != nil || err != nil {
			return doc, err
		}
	}
	defer p.release(key, mine)
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-turn.Done():
		return nil, context.Cause(turn)
	}
	doc, st, err := p.held(ctx, key, plan) // it may have been printed since we looked
	if doc != nil || err != nil {
		return doc, err
	}
	d, err := print(st)
	if err != nil {
		return nil, err
	}
	p.hold(key, &d)
	return d.doc, nil
}

// held is the document in the cache if it is what would be printed now, and where
// the editions stand. It may be ahead of that: the two are not read at one time.
func (p *Press) held(ctx context.Context, key sheet, plan *Plan) (*Document, *standing, error) {
	st, err := p.now(ctx)
	if err != nil {
		return nil, nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.cache[key]
	if d == nil || d.version < st.of(key) {
		return nil, st, nil
	}
	if d.plan != plan {
		if key.edition == "" || d.look != plan.look(plan.Edition(key.edition)) {
			return nil, st, nil
		}
		d.plan = plan
	}
	return d.doc, st, nil
}

// hold keeps a document. When there is too much, in whatever coding, the cache
// starts anew: editions are few and printing is cheap.
func (p *Press) hold(key sheet, d *printed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	size := d.doc.size()
	for _, held := range p.cache {
		size += held.doc.size()
	}
	if p.cache == nil || size > maxCache {
		p.cache = map[sheet]*printed{}
	}
	p.cache[key] = d
}

// claim makes a sheet the caller's to print, or returns what is closed when the
// one who prints it has done.
func (p *Press) claim(key sheet, mine chan struct{}) (other chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.slots == nil {
		p.slots, p.printing = make(chan struct{}, maxPrinting), map[sheet]chan struct{}{}
	}
	if other := p.printing[key]; other != nil {
		return other
	}
	p.printing[key] = mine
	return nil
}

func (p *Press) release(key sheet, mine chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.printing, key)
	close(mine)
}
