package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/wiredesk/wiredesk/aggregator"
)

// passedOver is what entries.digest holds of an entry that no digest tells of.
const passedOver = 1

// Undigested lists the entries of an edition that readers have and no digest tells
// of yet, newest first: id and date. What is withdrawn or blocked is none of them; a
// block may be lifted, and then it is. first says that the edition never had one.
func (s *DB) Undigested(ctx context.Context, edition string) (all []aggregator.Published, first bool, err error) {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return nil, false, err
	}
	defer tx.Rollback() // it only reads: there is nothing to commit
	err = tx.QueryRowContext(ctx, `
		SELECT NOT EXISTS (SELECT 1 FROM digests WHERE edition = $1)`, edition).Scan(&first)
	if err != nil {
		return nil, false, err
	}
	told, err := s.tellable(ctx, tx, edition)
	if err != nil {
		return nil, false, err
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT id, published
		FROM entries
		WHERE edition = $1 AND digest = 0 AND withdrawn = 0
		ORDER BY published DESC, id`, edition)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	for n := 0; rows.Next(); n++ {
		var e aggregator.Published
		var at int64
		if err := rows.Scan(&e.ID, &at); err != nil {
			return nil, false, err
		}
		e.At = fromMS(at)
		if n >= undigestedRead || told[e.ID] {
			all = append(all, e)
		}
	}
	return all, first, rows.Err()
}

// undigestedRead is how many of the newest entries are read whole for a digest, so
// that it takes no more memory however many wait for an edition's first. It is twice
// what a digest tells.
const undigestedRead = 1000

// tellable are those of the newest undigested entries that say something, by id.
func (s *DB) tellable(ctx context.Context, tx *sql.Tx, edition string) (map[string]bool, error) {
	es, err := numbered(ctx, tx, `
		SELECT doc, seq
		FROM entries
		WHERE edition = $1 AND digest = 0 AND withdrawn = 0
		ORDER BY published DESC, id
		LIMIT $2`, edition, undigestedRead)
	if err == nil {
		es, err = s.veil(ctx, tx, es)
	}
	told := map[string]bool{}
	for i := range es {
		told[es[i].ID] = es[i].Lead.Withdrawn.IsZero()
	}
	return told, err
}

// saveDigest stores a digest, and of each entry which one tells of it. Digests
// that are published no more go; their entries keep the mark.
func saveDigest(ctx context.Context, tx *sql.Tx, d *aggregator.Digest) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO digests (edition, at, id, title, stories)
		VALUES ($1, $2, $3, $4, $5)`, d.Edition, ms(d.At), d.ID, d.Title, d.Stories)
	if err != nil {
		return err
	}
	if err := markDigested(ctx, tx, ms(d.At), d.Tells); err != nil {
		return err
	}
	if err := markDigested(ctx, tx, passedOver, d.Passed); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		DELETE FROM digests
		WHERE edition = $1 AND at NOT IN (
			SELECT at
			FROM digests
			WHERE edition = $1
			ORDER BY at DESC
			LIMIT $2)`, d.Edition, aggregator.KeptDigests)
	return err
}

func markDigested(ctx context.Context, tx *sql.Tx, mark int64, ids []string) error {
	for part := range slices.Chunk(ids, chunk) {
		args := []any{mark}
		for _, id := range part {
			args = append(args, id)
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE entries
			SET digest = $1
			WHERE digest = 0 AND id IN (`+holes(2, len(part))+`)`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// Digests lists an edition's digests, newest first, with their entries as they
// now stand; changed is when anything of the edition last did. It is one snapshot.
func (s *DB) Digests(ctx context.Context, edition string) (all []aggregator.Digest, changed aggregator.Issue, err error) {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return nil, changed, err
	}
	defer tx.Rollback() // it only reads: there is nothing to commit
	var at int64
	changed.Edition = edition
	err = tx.QueryRowContext(ctx, `
		SELECT SUM(version), MAX(changed_at), MAX(CASE WHEN edition = $1 THEN token ELSE '' END)
		FROM issues
		WHERE edition IN ($1, $2)
		HAVING COUNT(*) > 0`, edition, aggregator.DigestsOf(edition)).Scan(&changed.Version, &at, &changed.Token)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, changed, fmt.Errorf("edition %s is %w: %w", edition, aggregator.ErrNotFiled, err)
	}
	if err != nil {
		return nil, changed, err
	}
	changed.ChangedAt = fromMS(at)
	if all, err = digests(ctx, tx, edition); err != nil {
		return nil, changed, fmt.Errorf("digests of %s: %w", edition, err)
	}
	for i := range all {
		if err := tell(ctx, tx, &all[i]); err != nil {
			return nil, changed, fmt.Errorf("digest %s: %w", all[i].ID, err)
		}
		if all[i].Entries, err = s.veil(ctx, tx, all[i].Entries); err != nil {
			return nil, changed, err
		}
	}
	return all, changed, nil
}

func digests(ctx context.Context, tx *sql.Tx, edition string) (all []aggregator.Digest, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT at, id, title, stories
		FROM digests
		WHERE edition = $1
		ORDER BY at DESC
		LIMIT $2`, edition, aggregator.KeptDigests)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		d := aggregator.Digest{Edition: edition}
		var at int64
		if err := rows.Scan(&at, &d.ID, &d.Title, &d.Stories); err != nil {
			return nil, err
		}
		d.At = fromMS(at)
		all = append(all, d)
	}
	return all, rows.Err()
}

// tell reads the entries of a digest. Those withdrawn leave the time at which
// they were, and nothing else.
func tell(ctx context.Context, tx *sql.Tx, d *aggregator.Digest) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT CASE WHEN withdrawn = 0 THEN doc ELSE '' END, withdrawn
		FROM entries
		WHERE edition = $1 AND digest = $2 AND digest > 1
		ORDER BY published DESC, id`, d.Edition, ms(d.At))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var doc []byte
		var withdrawn int64
		if err := rows.Scan(&doc, &withdrawn); err != nil {
			return err
		}
		if withdrawn != 0 {
			if at := fromMS(withdrawn); at.After(d.Withdrawn) {
				d.Withdrawn = at
			}
			continue
		}
		var e aggregator.Entry
		if err := json.Unmarshal(doc, &e); err != nil {
			return fmt.Errorf("entry: %w", err)
		}
		d.Entries = append(d.Entries, e)
	}
	return rows.Err()
}
