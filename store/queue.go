package store

import (
	"context"
	"slices"
	"strconv"

	"github.com/wiredesk/wiredesk/aggregator"
)

// arrival is the order of the queue. It depends on the items alone: of those that
// came in one minute, no poll is first.
const arrival = `changed / 60000, published, source, item_key`

// waiting is the start of each part of the queue: nothing that its index lacks.
const waiting = `SELECT id, changed / 60000 AS minute, published, source, item_key FROM records`

// Queue lists records that wait for the desk, with their orders: not filed yet,
// revised since, ordered about since, filed by another plan, or to be filed again
// by now. Each of these is read in order through an index: an empty queue must
// cost nothing and a batch what it holds, however much is stored or waits.
// Records of other plans come plan by plan, those of a lesser print first.
func (s *DB) Queue(ctx context.Context, due aggregator.Due, limit int) ([]aggregator.Record, error) {
	before := int64(1) << 60
	if !due.Before.IsZero() {
		before = ms(due.Before)
	}
	ids, err := s.ids(ctx, `
		SELECT DISTINCT id, minute, published, source, item_key
		FROM (
			SELECT * FROM (
				`+waiting+`
				WHERE filed_rev < rev AND changed / 60000 < $1 / 60000
				ORDER BY `+arrival+` LIMIT $4) AS fresh
			UNION ALL
			SELECT * FROM (
				`+waiting+`
				WHERE filed_plan = (SELECT MIN(filed_plan) FROM records WHERE filed_plan > '' AND filed_plan < $2)
				ORDER BY `+arrival+` LIMIT $4) AS lesser
			UNION ALL
			SELECT * FROM (
				`+waiting+`
				WHERE filed_plan = (SELECT MIN(filed_plan) FROM records WHERE filed_plan > $2)
				ORDER BY `+arrival+` LIMIT $4) AS greater
			UNION ALL
			`+waiting+` WHERE filed_order < ordered
			UNION ALL
			SELECT * FROM (
				`+waiting+`
				WHERE refile_at > 0 AND refile_at <= $3
				ORDER BY refile_at, id LIMIT $4) AS back) AS queue
		ORDER BY minute, published, source, item_key
		LIMIT $4`, before, due.Plan, ms(due.Now), limit)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	records, err := s.records(ctx, `
		SELECT`+columns+`
		FROM records
		WHERE id IN (`+holes(1, len(ids))+`)
		ORDER BY `+arrival, ids...)
	if err != nil {
		return nil, err
	}
	return records, s.addOrders(ctx, records)
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

// Stories lists the entries of these stories, by edition and part, and the
// records that wait for one of them, with their orders.
func (s *DB) Stories(ctx context.Context, stories []int64) (es []aggregator.Entry, waiting []aggregator.Record, err error) {
	for part := range slices.Chunk(stories, chunk) {
		var args []any
		for _, id := range part {
			args = append(args, id)
		}
		more, err := entries(ctx, s.read, `
			SELECT doc
			FROM entries
			WHERE withdrawn = 0 AND story IN (`+holes(1, len(part))+`)
			ORDER BY edition, story, part, id`, args...)
		if err != nil {
			return nil, nil, err
		}
		es = append(es, more...)
		held, err := s.records(ctx, `
			SELECT`+columns+`
			FROM records
			WHERE refile_at > 0 AND story IN (`+holes(1, len(part))+`)
			ORDER BY `+arrival+`
			LIMIT `+strconv.Itoa(maxHeld), args...)
		if err != nil {
			return nil, nil, err
		}
		if err := s.addOrders(ctx, held); err != nil {
			return nil, nil, err
		}
		waiting = append(waiting, held...)
	}
	return es, waiting, nil
}

// maxHeld bounds what is read of the records that wait. Those beyond it come by
// themselves when their time is up.
const maxHeld = 1000
