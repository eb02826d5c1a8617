package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/feeds"
)

// saveBatch applies a batch. The ids that its records are given are in its rows.
func saveBatch(ctx context.Context, tx *sql.Tx, sv *saving) error {
	b := sv.batch
	if !b.Pushed {
		if err := saveState(ctx, tx, &sv.batch.State, !b.Dropped, b.At); err != nil {
			return fmt.Errorf("state: %w", err)
		}
	}
	for i := range b.Records {
		id, err := saveRecord(ctx, tx, &b.Records[i], b)
		if err != nil {
			return fmt.Errorf("item %s: %w", b.Records[i].Key, err)
		}
		sv.rows[i].id = id
	}
	if err := takeBack(ctx, tx, b); err != nil {
		return err
	}
	for _, k := range b.Keys {
		if err := saveKey(ctx, tx, b.State.Source, k); err != nil {
			return err
		}
	}
	if err := leave(ctx, tx, b); err != nil {
		return err
	}
	if err := saveNotice(ctx, tx, b); err != nil {
		return err
	}
	return saveHabits(ctx, tx, b)
}

// saveKey makes a key lead to a record, and puts it into the document.
func saveKey(ctx context.Context, tx *sql.Tx, source string, k aggregator.Seen) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO seen (source, item_key, record, raw)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (source, item_key) DO UPDATE
		SET record = excluded.record, raw = excluded.raw, left_at = 0`,
		source, k.Key, k.Record, rawBytes(k.Raw))
	return err
}

// rawBytes is how a sum is stored: NULL for none.
func rawBytes(s feeds.Sum) []byte {
	if s == (feeds.Sum{}) {
		return nil
	}
	return s[:]
}

func saveRecord(ctx context.Context, tx *sql.Tx, r *aggregator.Record, b aggregator.Batch) (id int64, err error) {
	doc, err := pack(&r.Item)
	if err != nil {
		return 0, err
	}
	id = r.ID
	if id == 0 {
		id, err = insert(ctx, tx, r, doc)
	} else {
		err = revise(ctx, tx, r, doc)
	}
	if err != nil {
		return 0, err
	}
	for _, key := range r.Keys {
		if err := saveKey(ctx, tx, b.State.Source, aggregator.Seen{Key: key, Record: id, Raw: r.Item.Raw}); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// insert stores a new item. One whose commit seemed to fail and did not is
// there already: it is the same item, not a second one. Its id is not asked for
// with RETURNING: that makes SQLite copy every page that it changes.
func insert(ctx context.Context, tx *sql.Tx, r *aggregator.Record, doc []byte) (id int64, err error) {
	res, err := tx.ExecContext(ctx, `
		INSERT INTO records (source, item_key, sum, rev, published, first_seen, changed, link_hash, guid_hash, item, note, note_rev, withdrawn)
		VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (source, item_key) DO NOTHING`,
		r.Source, r.Key, r.Sum, ms(r.Published), ms(r.FirstSeen), ms(r.Changed), hashOf(r.Item.Link), hashOf(r.Item.ID), doc,
		r.Note, r.NoteRev, ms(r.Withdrawn))
	if err != nil {
		return 0, err
	}
	switch n, err := res.RowsAffected(); {
	case err != nil:
		return 0, err
	case n > 0:
		return res.LastInsertId()
	}
	err = tx.QueryRowContext(ctx, `
		SELECT id
		FROM records
		WHERE source = $1 AND item_key = $2`, r.Source, r.Key).Scan(&id)
	return id, err
}

func hashOf(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:12]
}

// leave notes which keys the document no longer carries.
func leave(ctx context.Context, tx *sql.Tx, b aggregator.Batch) error {
	for part := range slices.Chunk(b.Left, chunk) {
		args := []any{ms(b.At), b.State.Source}
		for _, key := range part {
			args = append(args, key)
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE seen
			SET left_at = $1
			WHERE source = $2 AND left_at = 0 AND item_key IN (`+holes(3, len(part))+`)`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// Memory is what a source's last document carried and its items repeat.
func (s *DB) Memory(ctx context.Context, source string) (m aggregator.Memory, err error) {
	source = s.now(aggregator.SourceID, source)
	err = s.read.QueryRowContext(ctx, `
		SELECT doc
		FROM habits
		WHERE source = $1`, source).Scan(&m.Habits)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return m, fmt.Errorf("habits of %s: %w", source, err)
	}
	rows, err := s.read.QueryContext(ctx, `
		SELECT item_key, record, NULL, raw, left_at
		FROM seen
		WHERE source = $1 AND left_at = 0`, source)
	if err != nil {
		return m, err
	}
	m.Keys, err = seenRows(rows, nil)
	return m, err
}

// seenRows reads rows of key, record, sum, raw and left_at behind those it has.
func seenRows(rows *sql.Rows, all []aggregator.Seen) ([]aggregator.Seen, error) {
	for rows.Next() {
		var k aggregator.Seen
		var raw []byte
		var leftAt int64
		if err := rows.Scan(&k.Key, &k.Record, &k.Sum, &raw, &leftAt); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		copy(k.Raw[:], raw)
		k.Left = leftAt != 0
		all = append(all, k)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}

// Seen answers which of these keys a source's documents have carried before.
func (s *DB) Seen(ctx context.Context, source string, keys []string) ([]aggregator.Seen, error) {
	source = s.now(aggregator.SourceID, source)
	var all []aggregator.Seen
	for part := range slices.Chunk(keys, chunk) {
		args := []any{source}
		for _, key := range part {
			args = append(args, key)
		}
		rows, err := s.read.QueryContext(ctx, `
			SELECT seen.item_key, COALESCE(records.id, 0), records.sum, seen.raw, seen.left_at
			FROM seen
			LEFT JOIN records ON records.id = seen.record
			WHERE seen.source = $1 AND seen.item_key IN (`+holes(2, len(part))+`)`, args...)
		if err != nil {
			return nil, err
		}
		if all, err = seenRows(rows, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}
