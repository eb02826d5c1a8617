package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

const keepNotices = 90 * 24 * time.Hour

// Notices lists news of the sources themselves, the newest first.
func (s *DB) Notices(ctx context.Context, limit int) ([]aggregator.Notice, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT source, doc
		FROM notices
		ORDER BY at DESC, source
		LIMIT $1`, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []aggregator.Notice
	for rows.Next() {
		var source, doc string
		if err := rows.Scan(&source, &doc); err != nil {
			return nil, err
		}
		var n aggregator.Notice
		if err := json.Unmarshal([]byte(doc), &n); err != nil {
			return nil, fmt.Errorf("notice of %s: %w", source, err)
		}
		n.Source = source // follows a renaming
		all = append(all, n)
	}
	return all, rows.Err()
}

func saveNotice(ctx context.Context, tx *sql.Tx, b aggregator.Batch) error {
	if b.Notice == nil {
		return nil
	}
	doc, err := json.Marshal(b.Notice)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO notices (source, at, doc)
		VALUES ($1, $2, $3)
		ON CONFLICT (source, at) DO UPDATE
		SET doc = excluded.doc`, b.State.Source, ms(b.Notice.At), string(doc))
	return err
}
