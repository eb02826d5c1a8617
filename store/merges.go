package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

// followers lists the records that orders merge with one that is in no story yet
// and gets one by these decisions, over other merges too. Until then there was
// nothing to merge them with. It reads what stood before the decisions.
func followers(ctx context.Context, tx *sql.Tx, decisions []aggregator.Decision) (all []int64, err error) {
	into, err := merges(ctx, tx)
	if err != nil || len(into) == 0 {
		return nil, err
	}
	var found []int64
	for i := range decisions {
		d := &decisions[i]
		if d.Story == 0 || into[d.Record] == nil {
			continue
		}
		var story int64
		if err := tx.QueryRowContext(ctx, `SELECT story FROM records WHERE id = $1`, d.Record).Scan(&story); err != nil {
			return nil, fmt.Errorf("item %d: %w", d.Record, noRows(err))
		}
		if story == 0 {
			found = append(found, d.Record)
		}
	}
	for len(found) > 0 {
		record := found[0]
		found = found[1:]
		for _, merged := range into[record] {
			if !slices.Contains(all, merged) {
				all, found = append(all, merged), append(found, merged)
			}
		}
	}
	return all, nil
}

// merges are the records that orders merge, by the one they are merged with.
func merges(ctx context.Context, tx *sql.Tx) (into map[int64][]int64, err error) {
	docs, err := texts(ctx, tx, `
		SELECT source, item_key, doc
		FROM orders
		WHERE kind = $1`, aggregator.Merge)
	if err != nil {
		return nil, fmt.Errorf("merges: %w", err)
	}
	into = map[int64][]int64{}
	for _, d := range docs {
		var o aggregator.Order
		if err := json.Unmarshal([]byte(d[2]), &o); err != nil {
			return nil, fmt.Errorf("merges: %w", err)
		}
		if o.With == nil {
			continue
		}
		merged, err := recordOf(ctx, tx, d[0], d[1])
		if err != nil {
			return nil, err
		}
		with, err := recordOf(ctx, tx, o.With.Source, o.With.Key)
		if err != nil {
			return nil, err
		}
		if merged != 0 && with != 0 {
			into[with] = append(into[with], merged)
		}
	}
	return into, nil
}

// recordOf is the record that was ever known by a key; 0 when none is.
func recordOf(ctx context.Context, tx *sql.Tx, source, key string) (id int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT record FROM seen WHERE source = $1 AND item_key = $2`, source, key).Scan(&id)
	return id, noRows(err)
}

// again has records filed once more, at once.
func again(ctx context.Context, tx *sql.Tx, records []int64, at time.Time) error {
	for _, id := range records {
		if _, err := tx.ExecContext(ctx, `UPDATE records SET refile_at = $1 WHERE id = $2`, ms(at), id); err != nil {
			return fmt.Errorf("item %d: %w", id, err)
		}
	}
	return nil
}
