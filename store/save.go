package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/wiredesk/wiredesk/aggregator"
)

// A saving is a batch on its way into a transaction.
type saving struct {
	ctx   context.Context
	batch aggregator.Batch
	done  chan error
}

// group is how many batches share a transaction at most: a commit costs an
// fsync, and nobody should wait long for one.
const group = 64

// Save applies b whole or not at all. Batches that come while another is being
// committed share the next transaction: the first to find nobody at work leads,
// the others follow. A batch that fails fails alone.
func (s *DB) Save(ctx context.Context, b aggregator.Batch) error {
	me := &saving{ctx, b, make(chan error, 1)}
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
	s.mu.Lock()
	batch := s.waiting[:min(len(s.waiting), group)]
	s.waiting = slices.Clone(s.waiting[len(batch):])
	if len(batch) == 0 {
		s.leading = false
		s.mu.Unlock()
		return false
	}
	s.mu.Unlock()
	errs := make([]error, len(batch))
	// The context is nobody's: one caller that leaves must not undo the others.
	err := s.inTx(context.WithoutCancel(batch[0].ctx), func(tx *sql.Tx) error {
		for i, sv := range batch {
			if errs[i] = saveOne(tx, sv); errors.Is(errs[i], errBroken) {
				return errs[i]
			}
		}
		return nil
	})
	for i, sv := range batch {
		if err != nil {
			errs[i] = err
		}
		if errs[i] != nil {
			errs[i] = fmt.Errorf("save %s: %w", sv.batch.State.Source, s.advise(errs[i]))
		}
		sv.done <- errs[i]
	}
	return true
}

// errBroken is a transaction that cannot go on for anybody.
var errBroken = errors.New("the transaction is broken")

// saveOne applies one batch within a savepoint.
func saveOne(tx *sql.Tx, sv *saving) error {
	ctx := context.WithoutCancel(sv.ctx)
	if _, err := tx.ExecContext(ctx, `SAVEPOINT one`); err != nil {
		return errors.Join(errBroken, err)
	}
	err := saveBatch(ctx, tx, sv.batch)
	if err == nil {
		err = sv.ctx.Err() // left meanwhile: it will poll again
	}
	if err != nil {
		if _, undo := tx.ExecContext(ctx, `ROLLBACK TO one`); undo != nil {
			return errors.Join(errBroken, err, undo)
		}
	}
	if _, release := tx.ExecContext(ctx, `RELEASE one`); release != nil {
		return errors.Join(errBroken, release)
	}
	return err
}

func saveBatch(ctx context.Context, tx *sql.Tx, b aggregator.Batch) error {
	if err := saveState(ctx, tx, b.State, !b.Dropped, b.At); err != nil {
		return fmt.Errorf("state: %w", err)
	}
	for i := range b.Records {
		if err := saveRecord(ctx, tx, &b.Records[i], b); err != nil {
			return fmt.Errorf("item %s: %w", b.Records[i].Key, err)
		}
	}
	for _, a := range b.Aliases {
		if err := saveKey(ctx, tx, b, a.Key, a.Record); err != nil {
			return err
		}
	}
	if b.Dropped {
		return nil
	}
	return touch(ctx, tx, b)
}

// saveKey makes a key lead to a record.
func saveKey(ctx context.Context, tx *sql.Tx, b aggregator.Batch, key string, record int64) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO seen (source, item_key, record, last_in)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (source, item_key) DO UPDATE
		SET record = excluded.record, last_in = excluded.last_in, left_at = 0`,
		b.State.Source, key, record, ms(b.At))
	return err
}

func saveRecord(ctx context.Context, tx *sql.Tx, r *aggregator.Record, b aggregator.Batch) error {
	doc, err := json.Marshal(r.Item)
	if err != nil {
		return err
	}
	id := r.ID
	if id == 0 {
		id, err = insert(ctx, tx, r, doc)
	} else {
		_, err = tx.ExecContext(ctx, `
			UPDATE records
			SET item = $1, sum = $2, changed = $3, link_hash = $4, rev = rev + 1
			WHERE id = $5`, string(doc), r.Sum, ms(r.Changed), hashOf(r.Item.Link), id)
	}
	if err != nil {
		return err
	}
	for _, key := range r.Keys {
		if err := saveKey(ctx, tx, b, key, id); err != nil {
			return err
		}
	}
	return nil
}

// insert stores a new item. One whose commit seemed to fail and did not is
// there already: it is the same item, not a second one.
func insert(ctx context.Context, tx *sql.Tx, r *aggregator.Record, doc []byte) (id int64, err error) {
	err = tx.QueryRowContext(ctx, `
		INSERT INTO records (source, item_key, sum, rev, published, first_seen, changed, link_hash, guid_hash, item)
		VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (source, item_key) DO UPDATE
		SET source = excluded.source
		RETURNING id`,
		r.Source, r.Key, r.Sum, ms(r.Published), ms(r.FirstSeen), ms(r.Changed), hashOf(r.Item.Link), hashOf(r.Item.ID), string(doc)).Scan(&id)
	return id, err
}

func hashOf(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:12]
}

// touch notes which keys the document carries, and which it no longer does.
func touch(ctx context.Context, tx *sql.Tx, b aggregator.Batch) error {
	for part := range slices.Chunk(b.Seen, chunk) {
		args := []any{ms(b.At), b.State.Source}
		for _, key := range part {
			args = append(args, key)
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE seen
			SET last_in = $1, left_at = 0
			WHERE source = $2 AND item_key IN (`+holes(3, len(part))+`)`, args...)
		if err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE seen
		SET left_at = $1
		WHERE source = $2 AND left_at = 0 AND last_in < $3`, ms(b.At), b.State.Source, ms(b.At))
	return err
}

// Seen answers which of these keys a source's documents have carried before.
func (s *DB) Seen(ctx context.Context, source string, keys []string) ([]aggregator.Seen, error) {
	var all []aggregator.Seen
	for part := range slices.Chunk(keys, chunk) {
		args := []any{source}
		for _, key := range part {
			args = append(args, key)
		}
		rows, err := s.read.QueryContext(ctx, `
			SELECT seen.item_key, COALESCE(records.id, 0), records.sum
			FROM seen
			LEFT JOIN records ON records.id = seen.record
			WHERE seen.source = $1 AND seen.item_key IN (`+holes(2, len(part))+`)`, args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var k aggregator.Seen
			if err := rows.Scan(&k.Key, &k.Record, &k.Sum); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			all = append(all, k)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, err
		}
	}
	return all, nil
}
