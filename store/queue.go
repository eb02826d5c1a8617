package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wiredesk/wiredesk/aggregator"
)

// arrival is the order of the queue. It depends on the items alone: of those that
// came in one minute, no poll is first.
const arrival = `changed / 60000, published, source, item_key`

// waiting is the start of each part of the queue: nothing that its index lacks.
const waiting = `SELECT id, changed / 60000 AS minute, published, source, item_key FROM records`

// Queue lists records that wait for the desk, with their orders. What is new,
// revised, ordered about or to be filed again by now goes first, by itself; only
// when there is none of it come the records that another plan has filed: nothing
// waits behind a changed topic's work on the past. Each part is read in order
// through an index: an empty queue must cost nothing and a batch what it holds,
// however much is stored or waits.
func (s *DB) Queue(ctx context.Context, due aggregator.Due, limit int) ([]aggregator.Record, error) {
	before := int64(1) << 60
	if !due.Before.IsZero() {
		before = ms(due.Before)
	}
	found, err := s.ids(ctx, `
		SELECT DISTINCT id, minute, published, source, item_key
		FROM (
			SELECT * FROM (
				`+waiting+`
				WHERE filed_rev < rev AND changed / 60000 < $1 / 60000
				ORDER BY `+arrival+` LIMIT $3) AS fresh
			UNION ALL
			`+waiting+` WHERE filed_order < ordered
			UNION ALL
			SELECT * FROM (
				`+waiting+`
				WHERE refile_at > 0 AND refile_at <= $2
				ORDER BY refile_at, id LIMIT $3) AS back) AS queue
		ORDER BY minute, published, source, item_key
		LIMIT $3`, before, ms(due.Now), limit)
	if err == nil && len(found) == 0 {
		found, err = s.past(ctx, due.Plan, limit)
	}
	if err != nil {
		return nil, err
	}
	return s.numbered(ctx, found)
}

// numbered reads records by their numbers, with their orders, and puts them into the
// order of the queue: the engine would carry all that they say through its sorting.
func (s *DB) numbered(ctx context.Context, ids []any) (all []aggregator.Record, err error) {
	for part := range slices.Chunk(ids, chunk) {
		more, err := s.records(ctx, `
			SELECT`+columns+`
			FROM records
			WHERE id IN (`+holes(1, len(part))+`)`, part...)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	slices.SortFunc(all, byArrival)
	return all, s.addOrders(ctx, all)
}

// byArrival is the order that arrival is in SQL.
func byArrival(a, b aggregator.Record) int {
	minute := func(r *aggregator.Record) int64 { return ms(r.Changed) / 60000 }
	return cmp.Or(cmp.Compare(minute(&a), minute(&b)), cmp.Compare(ms(a.Published), ms(b.Published)),
		cmp.Compare(a.Source, b.Source), cmp.Compare(a.Key, b.Key))
}

// past lists the first records that other plans have filed, of all those plans
// together: they are few, and each is read through its index.
func (s *DB) past(ctx context.Context, plan string, limit int) ([]any, error) {
	var parts []string
	var args []any
	for other := ""; ; {
		err := s.read.QueryRowContext(ctx, `
			SELECT COALESCE(MIN(filed_plan), '')
			FROM records
			WHERE filed_plan > '' AND filed_plan > $1`, other).Scan(&other)
		if err != nil {
			return nil, err
		}
		if other == "" {
			break
		}
		if other != plan {
			args = append(args, other)
			parts = append(parts, `SELECT * FROM (`+waiting+` WHERE filed_plan > '' AND filed_plan = $`+strconv.Itoa(len(args))+`
				ORDER BY `+arrival+` LIMIT `+strconv.Itoa(limit)+`) AS p`+strconv.Itoa(len(args)))
		}
	}
	if len(parts) == 0 {
		return nil, nil
	}
	return s.ids(ctx, strings.Join(parts, ` UNION ALL `)+`
		ORDER BY minute, published, source, item_key
		LIMIT `+strconv.Itoa(limit), args...)
}

// Past counts the records that another plan has filed.
func (s *DB) Past(ctx context.Context, plan string) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `
		SELECT
			(SELECT COUNT(*) FROM records WHERE filed_plan > '' AND filed_plan < $1)
			+ (SELECT COUNT(*) FROM records WHERE filed_plan > '' AND filed_plan > $1)`, plan).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what another plan has filed: %w", err)
	}
	return n, nil
}

// ids are the first column of a query over records, as arguments of another.
func (s *DB) ids(ctx context.Context, query string, args ...any) (ids []any, err error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, minute, published int64
		var source, key string
		if err := rows.Scan(&id, &minute, &published, &source, &key); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
