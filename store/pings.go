package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/wiredesk/wiredesk/aggregator"
)

// Pings lists what hubs were told, by edition.
func (s *DB) Pings(ctx context.Context) ([]aggregator.Ping, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT edition, doc
		FROM pings
		ORDER BY edition`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []aggregator.Ping
	for rows.Next() {
		var edition, doc string
		if err := rows.Scan(&edition, &doc); err != nil {
			return nil, err
		}
		var p aggregator.Ping
		if err := json.Unmarshal([]byte(doc), &p); err != nil {
			return nil, fmt.Errorf("ping of %s: %w", edition, err)
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// SavePing replaces what is known of an edition's hub.
func (s *DB) SavePing(ctx context.Context, p aggregator.Ping) error {
	doc, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO pings (edition, doc)
			VALUES ($1, $2)
			ON CONFLICT (edition) DO UPDATE
			SET doc = excluded.doc`, p.Edition, string(doc))
		return err
	})
}

// DropPing forgets an edition that names no hub any more.
func (s *DB) DropPing(ctx context.Context, edition string) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM pings
			WHERE edition = $1`, edition)
		return err
	})
}
