package store

import (
	"context"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

// Came lists records in the order they came, with their orders: those that came
// at from and later, at most limit. Of those that came at from itself it leaves out the numbers up
// to after: to walk on, give the FirstSeen and the ID of the last one. Nothing
// is held open between two calls, so a walk beside a daemon hinders nobody.
func (s *DB) Came(ctx context.Context, from time.Time, after int64, limit int) ([]aggregator.Record, error) {
	found, err := s.records(ctx, `
		SELECT`+columns+`
		FROM records
		WHERE (first_seen, id) > ($1, $2)
		ORDER BY first_seen, id
		LIMIT $3`, ms(from), after, limit)
	if err != nil {
		return nil, err
	}
	if err := s.addBlocks(ctx, s.read, found); err != nil {
		return nil, err
	}
	return found, s.addOrders(ctx, found)
}
