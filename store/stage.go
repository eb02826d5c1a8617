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
func publish(ctx context.Context, st *steps, f aggregator.Filing) error {
	for i := range f.Entries {
		e := &f.Entries[i]
		staged := f.Staged
		if !staged { // what it builds on may be staged: then it waits with it
			var err error
			if staged, err = isStaged(ctx, st, e.ID); err != nil {
				return err
			}
		}
		save := saveEntry
		if staged {
			save = stage
		}
		if err := save(ctx, st, e); err != nil {
			return fmt.Errorf("entry %s: %w", e.ID, err)
		}
	}
	for _, id := range f.Withdrawn {
		if err := withdraw(ctx, st.tx, id, f); err != nil {
			return fmt.Errorf("entry %s: %w", id, err)
		}
	}
	if f.Show {
		return show(ctx, st.tx, f)
	}
	return nil
}

func isStaged(ctx context.Context, st *steps, entry string) (staged bool, err error) {
	return st.is(ctx, `
		SELECT EXISTS (SELECT 1 FROM entries WHERE id = $1 AND staged IS NOT NULL)`, entry)
}

// stage keeps an entry back. One that is again what readers have is not staged.
// Its members are added at once, so that nothing it needs is pruned meanwhile.
func stage(ctx context.Context, st *steps, e *aggregator.Entry) error {
	doc, err := json.Marshal(e)
	if err != nil {
		return err
	}
	err = st.exec(ctx, `
		INSERT INTO entries (id, edition, story, part, published, withdrawn, doc, staged)
		VALUES ($1, $2, $3, $4, $5, 1, '', $6)
		ON CONFLICT (id) DO UPDATE
		SET story = excluded.story, part = excluded.part, published = excluded.published,
			staged = CASE WHEN entries.withdrawn = 0 AND entries.doc = excluded.staged THEN NULL ELSE excluded.staged END`,
		e.ID, e.Edition, e.Story, e.Part, ms(e.Published), string(doc))
	if err != nil {
		return err
	}
	return addMembers(ctx, st, e)
}

// withdraw takes an entry out of its edition, or stages that. One that nobody
// has ever read leaves no trace.
func withdraw(ctx context.Context, tx *sql.Tx, id string, f aggregator.Filing) error {
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
	_, err = tx.ExecContext(ctx, `
		UPDATE entries
		SET withdrawn = $1, staged = NULL
		WHERE id = $2`, ms(f.At), id)
	return err
}

// show gives readers all that is staged, in two statements: there may be very much
// of it, and savers wait. Members it no longer has go when an entry is next saved.
func show(ctx context.Context, tx *sql.Tx, f aggregator.Filing) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE entries
		SET withdrawn = $1, staged = NULL
		WHERE staged = ''`, ms(f.At))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE entries
		SET doc = staged, withdrawn = 0, staged = NULL
		WHERE staged IS NOT NULL`)
	return err
}
