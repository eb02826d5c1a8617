package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/wiredesk/wiredesk/aggregator"
)

// A saving is a batch on its way into a transaction.
type saving struct {
	ctx   context.Context
	batch aggregator.Batch
	rows  []row // of search, one a record
	done  chan error
}

// group is how many batches share a transaction at most: a commit costs an fsync.
const group = 64

// Save applies b whole or not at all. Batches that come while another is being
// committed share the next transaction: the first to find nobody at work leads,
// the others follow. A batch that fails fails alone.
func (s *DB) Save(ctx context.Context, b aggregator.Batch) error {
	me := &saving{ctx, b, s.rows(b.Records), make(chan error, 1)}
	s.mu.Lock()
	s.waiting = append(s.waiting, me)
	if s.leading {
		s.mu.Unlock()
		return <-me.done // the leader answers every follower, also at the end
	}
	s.leading = true
	s.mu.Unlock()
	for s.lead() {
	}
	return <-me.done
}

// lead commits what waits, and says whether more may have come.
func (s *DB) lead() bool {
	s.gather()
	s.mu.Lock()
	batch := s.waiting[:min(len(s.waiting), group)]
	s.waiting = slices.Clone(s.waiting[len(batch):])
	if len(batch) == 0 {
		s.leading = false
		s.mu.Unlock()
		return false
	}
	s.mu.Unlock()
	batch = slices.DeleteFunc(batch, (*saving).left)
	for len(batch) > 0 {
		batch = s.saveAll(batch)
	}
	return true
}

// gather lets pollers come along that have their answer already and only wait for
// a processor, for as long as that brings any: on a fast disk nearly every batch
// would have a transaction of its own otherwise. Nobody waits for a network or a
// clock.
func (s *DB) gather() {
	for had := -1; ; {
		s.mu.Lock()
		n := len(s.waiting)
		s.mu.Unlock()
		if n == had || n >= group {
			return
		}
		had = n
		runtime.Gosched()
	}
}

// left says whether the caller has gone, which it answers: it will poll again.
func (sv *saving) left() bool {
	err := sv.ctx.Err()
	if err != nil {
		sv.answer(err)
	}
	return err != nil
}

func (sv *saving) answer(err error) {
	if err != nil {
		err = fmt.Errorf("save %s: %w", sv.batch.State.Source, err)
	}
	sv.done <- err
}

// saveAll applies batches in one transaction and answers their callers. When one
// of them fails it answers that one only and returns the others, of which nothing
// is saved yet: doing them again is rare, while a savepoint for each would cost
// every one of them copies of the pages it changes.
func (s *DB) saveAll(batch []*saving) (again []*saving) {
	failed := -1
	// The context is nobody's: one caller that leaves must not undo the others.
	ctx := context.WithoutCancel(batch[0].ctx)
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if at := batch[len(batch)-1].batch.At; !at.IsZero() {
			if err := saveClock(ctx, tx, at); err != nil {
				return err
			}
		}
		for i, sv := range batch {
			if err := s.guarded(ctx, tx, sv); err != nil {
				failed = i
				return err
			}
		}
		return s.indexSaved(ctx, tx, batch)
	})
	if failed >= 0 && itsOwn(err) {
		batch[failed].answer(err)
		return slices.Delete(batch, failed, failed+1)
	}
	for _, sv := range batch {
		sv.answer(err)
	}
	return nil
}

// guarded applies a batch, whose panic is an error of the batch (I4): it would end in
// the goroutine that leads, and nobody else would be answered, nor save any more.
func (s *DB) guarded(ctx context.Context, tx *sql.Tx, sv *saving) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a defect of wiredesk, please report it: panic: %v\n%s", p, debug.Stack())
		}
	}()
	s.renamed(sv)
	return saveBatch(ctx, tx, sv)
}

// itsOwn says whether an error is of the batch that met it. What else the engine
// reports (a full disk, a damaged file) would meet the others as well.
func itsOwn(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return true
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG:
		return true
	default:
		return false
	}
}

// indexSaved writes the words of all batches, by rising ids: FTS5 writes out what
// it holds in memory whenever an id is less than the last. Of one record the last
// is what stays.
func (s *DB) indexSaved(ctx context.Context, tx *sql.Tx, batch []*saving) error {
	if s.unindexed {
		return nil
	}
	var all []row
	for _, sv := range batch {
		all = append(all, sv.rows...)
	}
	slices.SortStableFunc(all, func(a, b row) int { return cmp.Compare(a.id, b.id) })
	return index(ctx, tx, all)
}
