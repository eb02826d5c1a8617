package store

import (
	"context"
	"database/sql"

	"github.com/wiredesk/wiredesk/aggregator"
)

// saveHabits stores what a source's items repeat, when a poll has learned of it.
func saveHabits(ctx context.Context, tx *sql.Tx, b aggregator.Batch) error {
	if b.Habits == nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO habits (source, doc)
		VALUES ($1, $2)
		ON CONFLICT (source) DO UPDATE
		SET doc = excluded.doc`, b.State.Source, b.Habits)
	return err
}
