package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

// Queue lists records that wait for the desk, with their orders, as they came.
// What is new, revised, ordered about or to be filed again by now goes first, by
// itself; only when there is none of it come the records that another plan has
// filed: nothing waits behind a changed topic's work on the past. Each question
// has an index: an empty queue must cost nothing, however much is stored.
func (s *DB) Queue(ctx context.Context, plan string, now time.Time, limit int) ([]aggregator.Record, error) {
	found, err := s.ids(ctx, `
		SELECT DISTINCT id
		FROM (
			SELECT id FROM records WHERE filed_rev < rev
			UNION ALL
			SELECT id FROM records WHERE filed_order < ordered
			UNION ALL
			SELECT id FROM records WHERE refile_at > 0 AND refile_at <= $1) AS waiting
		ORDER BY id
		LIMIT $2`, ms(now), limit)
	if err == nil && len(found) == 0 {
		found, err = s.past(ctx, plan, limit)
	}
	if err != nil || len(found) == 0 {
		return nil, err
	}
	var args []any
	for _, id := range found {
		args = append(args, id)
	}
	records, err := s.records(ctx, `
		SELECT`+columns+`
		FROM records
		WHERE id IN (`+holes(1, len(args))+`)
		ORDER BY id`, args...)
	if err != nil {
		return nil, err
	}
	return records, s.addOrders(ctx, records)
}

// past lists the first records that other plans have filed. It looks at one such
// plan after the other: they are few, and in one statement each batch would go
// through all that is left.
func (s *DB) past(ctx context.Context, plan string, limit int) (all []int64, err error) {
	for other := ""; ; {
		err := s.read.QueryRowContext(ctx, `
			SELECT COALESCE(MIN(filed_plan), '')
			FROM records
			WHERE filed_plan > $1`, other).Scan(&other)
		if err != nil {
			return nil, err
		}
		if other == "" {
			slices.Sort(all)
			return all[:min(len(all), limit)], nil
		}
		if other == plan {
			continue
		}
		ids, err := s.ids(ctx, `
			SELECT id
			FROM records
			WHERE filed_plan = $1
			ORDER BY id
			LIMIT $2`, other, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
	}
}

// Past counts the records that another plan has filed.
func (s *DB) Past(ctx context.Context, plan string) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `
		SELECT
			(SELECT COUNT(*) FROM records WHERE filed_plan > '' AND filed_plan < $1)
			+ (SELECT COUNT(*) FROM records WHERE filed_plan > $1)`, plan).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what another plan has filed: %w", err)
	}
	return n, nil
}

func (s *DB) ids(ctx context.Context, query string, args ...any) (ids []int64, err error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
