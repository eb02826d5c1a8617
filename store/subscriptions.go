package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/wiredesk/wiredesk/aggregator"
)

// Subscriptions lists what was agreed with hubs, by source.
func (s *DB) Subscriptions(ctx context.Context) ([]aggregator.Subscription, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT source, doc
		FROM subscriptions
		ORDER BY source`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []aggregator.Subscription
	for rows.Next() {
		var source, doc string
		if err := rows.Scan(&source, &doc); err != nil {
			return nil, err
		}
		var sub aggregator.Subscription
		if err := json.Unmarshal([]byte(doc), &sub); err != nil {
			return nil, fmt.Errorf("subscription of %s: %w", source, err)
		}
		sub.Source = source // the column follows a renaming
		all = append(all, sub)
	}
	return all, rows.Err()
}

// SaveSubscription replaces the subscription of a source.
func (s *DB) SaveSubscription(ctx context.Context, sub aggregator.Subscription) error {
	doc, err := json.Marshal(sub)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(tx *sql.Tx) error {
		sub.Source = s.now(aggregator.SourceID, sub.Source)
		_, err := tx.ExecContext(ctx, `
			INSERT INTO subscriptions (source, doc)
			VALUES ($1, $2)
			ON CONFLICT (source) DO UPDATE
			SET doc = excluded.doc`, sub.Source, string(doc))
		return err
	})
}

// DropSubscription forgets the subscription of a source.
func (s *DB) DropSubscription(ctx context.Context, source string) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM subscriptions
			WHERE source = $1`, source)
		return err
	})
}
