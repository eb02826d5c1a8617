package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/wiredesk/wiredesk/aggregator"
)

// publish stores a filing's entries and withdrawals: for readers, or staged for
// the filing that shows everything staged at once.
func publish(ctx context.Context, tx *sql.Tx, f aggregator.Filing) error {
	changed := shelf{}
	for i := range f.Entries {
		e := &f.Entries[i]
		staged := f.Staged
		if !staged { // what it builds on may be staged: then it waits with it
			var err error
			if staged, err = isStaged(ctx, tx, e.ID); err != nil {
				return err
			}
		}
		var err error
		if staged {
			err = stage(ctx, tx, e)
		} else {
			err = saveEntry(ctx, tx, e, f.At, changed)
		}
		if err != nil {
			return fmt.Errorf("entry %s: %w", e.ID, err)
		}
	}
	for _, id := range f.Withdrawn {
		if err := withdraw(ctx, tx, id, f, changed); err != nil {
			return fmt.Errorf("entry %s: %w", id, err)
		}
	}
	if f.Show {
		if err := show(ctx, tx, f, changed); err != nil {
			return err
		}
	}
	_, err := changed.store(ctx, tx, f.At) // editions whose archives change are in f.Changed
	return err
}

func isStaged(ctx context.Context, tx *sql.Tx, entry string) (staged bool, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM entries WHERE id = $1 AND staged IS NOT NULL)`, entry).Scan(&staged)
	return staged, err
}

// stage keeps an entry back. One that is again what readers have is not staged.
// Its members are added at once, so that nothing it needs is pruned meanwhile.
func stage(ctx context.Context, tx *sql.Tx, e *aggregator.Entry) error {
	doc, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO entries (id, edition, story, part, published, withdrawn, doc, staged)
		VALUES ($1, $2, $3, $4, $5, 1, '', $6)
		ON CONFLICT (id) DO UPDATE
		SET story = excluded.story, part = excluded.part, published = excluded.published,
			staged = CASE WHEN entries.withdrawn = 0 AND entries.doc = excluded.staged THEN NULL ELSE excluded.staged END`,
		e.ID, e.Edition, e.Story, e.Part, ms(e.Published), string(doc))
	if err != nil {
		return err
	}
	return addMembers(ctx, tx, e)
}

// withdraw takes an entry out of its edition, or stages that. One that nobody
// has ever read leaves no trace.
func withdraw(ctx context.Context, tx *sql.Tx, id string, f aggregator.Filing, changed shelf) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM entries WHERE id = $1 AND doc = ''`, id)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM members WHERE entry = $1 AND entry NOT IN (SELECT id FROM entries)`, id)
	if err != nil {
		return err
	}
	if f.Staged {
		_, err = tx.ExecContext(ctx, `UPDATE entries SET staged = '' WHERE id = $1`, id)
		return err
	}
	if err := changed.read(ctx, tx, `SELECT edition, seq FROM entries WHERE id = $1 AND withdrawn = 0`, id); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE entries
		SET withdrawn = $1, staged = NULL
		WHERE id = $2`, ms(f.At), id)
	return err
}

// show gives readers all that is staged, in few statements: there may be very much
// of it, and savers wait. Members it no longer has go when an entry is next saved.
func show(ctx context.Context, tx *sql.Tx, f aggregator.Filing, changed shelf) error {
	if err := numberStaged(ctx, tx); err != nil {
		return fmt.Errorf("number what was staged: %w", err)
	}
	if err := changed.read(ctx, tx, `SELECT edition, seq FROM entries WHERE staged IS NOT NULL`); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE entries
		SET withdrawn = $1, staged = NULL
		WHERE staged = ''`, ms(f.At))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE entries
		SET doc = staged, withdrawn = 0, staged = NULL,
			shown_at = CASE WHEN doc = '' THEN $1 ELSE shown_at END
		WHERE staged IS NOT NULL`, ms(f.At))
	return err
}
