package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/wiredesk/wiredesk/aggregator"
)

// keepRevisions bounds what is kept of an item that is rewritten all day, as live
// pages are. Corrections are kept whatever their number.
const keepRevisions = 50

// revise stores a known item as it is now. What changed decides whether that is
// a revision: a moved clock time or counter is none, and nothing follows from it.
func revise(ctx context.Context, tx *sql.Tx, r *aggregator.Record, doc []byte) error {
	var was []byte
	var rev, noteRev int
	var note string
	err := tx.QueryRowContext(ctx, `
		SELECT item, rev, note, note_rev
		FROM records
		WHERE id = $1`, r.ID).Scan(&was, &rev, &note, &noteRev)
	if err != nil {
		return err
	}
	old, err := unpack(was)
	if err != nil {
		return err
	}
	change := aggregator.Revise(&old, &r.Item)
	if !r.Withdrawn.IsZero() { // its page is gone, however little its text has changed
		change.Kind = aggregator.TakenBack
	}
	switch change.Kind {
	case aggregator.Cosmetic:
		_, err := tx.ExecContext(ctx, `
			UPDATE records
			SET item = $1, sum = $2, link_hash = $3
			WHERE id = $4`, doc, r.Sum, hashOf(r.Item.Link), r.ID)
		return err
	case aggregator.Corrected:
		note, noteRev = change.Note, rev+1
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE records
		SET item = $1, sum = $2, changed = $3, link_hash = $4, note = $5, note_rev = $6, withdrawn = $7, rev = rev + 1
		WHERE id = $8`, doc, r.Sum, ms(r.Changed), hashOf(r.Item.Link), note, noteRev, ms(r.Withdrawn), r.ID)
	if err != nil {
		return err
	}
	change.Rev, change.At = rev+1, r.Changed
	return keepRevision(ctx, tx, r.ID, change)
}

func keepRevision(ctx context.Context, tx *sql.Tx, record int64, change aggregator.Revision) error {
	doc, err := json.Marshal(change)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO revisions (record, rev, kind, doc)
		VALUES ($1, $2, $3, $4)`, record, change.Rev, change.Kind, string(doc))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		DELETE FROM revisions
		WHERE record = $1 AND rev <= $2 AND kind <> $3`, record, change.Rev-keepRevisions, aggregator.Corrected)
	return err
}

// takeBack marks the records that a document withdraws, once: they go back to
// the desk, which tells the readers.
func takeBack(ctx context.Context, tx *sql.Tx, b aggregator.Batch) error {
	for _, id := range b.Gone {
		var rev int
		err := tx.QueryRowContext(ctx, `
			UPDATE records
			SET withdrawn = $1, changed = $1, rev = rev + 1
			WHERE id = $2 AND withdrawn = 0
			RETURNING rev`, ms(b.At), id).Scan(&rev)
		if errors.Is(err, sql.ErrNoRows) {
			continue // known for long, or pruned
		}
		if err != nil {
			return fmt.Errorf("withdraw item %d: %w", id, err)
		}
		change := aggregator.Revision{Rev: rev, At: b.At, Kind: aggregator.TakenBack}
		if err := keepRevision(ctx, tx, id, change); err != nil {
			return err
		}
	}
	return nil
}

// Revisions lists what changed in a record, oldest first.
func (s *DB) Revisions(ctx context.Context, record int64) ([]aggregator.Revision, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT doc
		FROM revisions
		WHERE record = $1
		ORDER BY rev`, record)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []aggregator.Revision
	for rows.Next() {
		var doc []byte
		if err := rows.Scan(&doc); err != nil {
			return nil, err
		}
		var r aggregator.Revision
		if err := json.Unmarshal(doc, &r); err != nil {
			return nil, fmt.Errorf("revision of item %d: %w", record, err)
		}
		all = append(all, r)
	}
	return all, rows.Err()
}
