package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

// Give stores orders for ever, fills in their IDs, and puts their items back into
// the desk's queue, in one transaction. An order about an item that is not stored
// waits for it.
func (s *DB) Give(ctx context.Context, orders ...*aggregator.Order) error {
	for _, o := range orders {
		if err := o.Check(); err != nil {
			return err
		}
		o.At, o.Until = o.At.UTC().Truncate(time.Millisecond), o.Until.UTC().Truncate(time.Millisecond)
	}
	return s.inTx(ctx, func(tx *sql.Tx) error {
		for _, o := range orders {
			if err := give(ctx, tx, o); err != nil {
				return fmt.Errorf("%s: %w", o.Kind, err)
			}
		}
		return nil
	})
}

func give(ctx context.Context, tx *sql.Tx, o *aggregator.Order) error {
	known, err := namesOf(ctx, tx) // the daemon may have renamed something since the order was worded
	if err != nil {
		return err
	}
	o.Rename(aggregator.Transfers(known))
	doc, err := json.Marshal(o)
	if err != nil {
		return err
	}
	err = tx.QueryRowContext(ctx, `
		INSERT INTO orders (at, by_whom, kind, source, item_key, doc)
		VALUES ($1, $2, $3, $4, $5, $6)
		RETURNING id`, ms(o.At), o.By, o.Kind, o.Source, o.Key, string(doc)).Scan(&o.ID)
	if err == nil && o.Kind == aggregator.Block {
		err = raiseAll(ctx, tx, o.At)
	}
	if err != nil || o.Key == "" {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE records
		SET ordered = $1
		WHERE source = $2 AND item_key = $3`, o.ID, o.Source, o.Key)
	return err
}

// Orders lists every order there ever was, oldest first, without the titles and
// links of items that are blocked.
func (s *DB) Orders(ctx context.Context) ([]aggregator.Order, error) {
	all, err := ordersOf(ctx, s.read, `
		SELECT 0, id, doc
		FROM orders
		ORDER BY id`)
	if err != nil {
		return nil, err
	}
	return all, s.hideTitles(ctx, all)
}

// addOrders gives records their orders. One finds its item by whichever key the
// item was ever known by: a pruned item may come back under another one first.
func (s *DB) addOrders(ctx context.Context, records []aggregator.Record) error {
	if len(records) == 0 {
		return nil
	}
	var given bool // on many a desk none ever was, and the look for them costs
	if err := s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM orders)`).Scan(&given); err != nil || !given {
		return err
	}
	at := map[int64]*aggregator.Record{}
	var ids []any
	for i := range records {
		at[records[i].ID] = &records[i]
		ids = append(ids, records[i].ID)
	}
	rows, err := s.read.QueryContext(ctx, `
		SELECT r.id, o.id AS given, o.doc
		FROM records r
		JOIN orders o ON o.source = r.source AND o.item_key = r.item_key
		WHERE r.id IN (`+holes(1, len(ids))+`)
		UNION
		SELECT k.record, o.id AS given, o.doc
		FROM seen k
		JOIN orders o ON o.source = k.source AND o.item_key = k.item_key
		WHERE k.record IN (`+holes(1, len(ids))+`)
		ORDER BY given`, ids...)
	if err != nil {
		return fmt.Errorf("orders: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		o, record, err := scanOrder(rows)
		if err != nil {
			return err
		}
		at[record].Orders = append(at[record].Orders, o)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return s.resolve(ctx, records)
}

// resolve finds which stories the orders of these records merge them into.
func (s *DB) resolve(ctx context.Context, records []aggregator.Record) (err error) {
	for i := range records {
		for j := range records[i].Orders {
			o := &records[i].Orders[j]
			if o.With == nil {
				continue
			}
			if o.With.Story, err = s.tells(ctx, o.With, maxChain); err != nil {
				return fmt.Errorf("order %d: %w", o.ID, err)
			}
		}
	}
	return nil
}

// maxChain bounds how many merges are followed from one item to the next.
const maxChain = 16

// tells is the story that an item tells, by the last order about that, else as it
// was filed; 0 when it is not stored or in no topic. The desk may not have obeyed
// the order yet, so that what it stored is not the answer.
func (s *DB) tells(ctx context.Context, ref *aggregator.Ref, left int) (story int64, err error) {
	err = s.read.QueryRowContext(ctx, `
		SELECT r.id, r.story
		FROM seen k
		JOIN records r ON r.id = k.record
		WHERE k.source = $1 AND k.item_key = $2`, ref.Source, ref.Key).Scan(&ref.Record, &story)
	if err != nil || story == 0 {
		return 0, noRows(err)
	}
	var doc []byte
	err = s.read.QueryRowContext(ctx, `
		SELECT doc
		FROM orders
		WHERE source = $1 AND item_key = $2 AND kind IN ($3, $4)
		ORDER BY id DESC
		LIMIT 1`, ref.Source, ref.Key, aggregator.Merge, aggregator.Split).Scan(&doc)
	if err != nil {
		return story, noRows(err)
	}
	var o aggregator.Order
	if err := json.Unmarshal(doc, &o); err != nil {
		return 0, err
	}
	switch {
	case o.Kind == aggregator.Split:
		return ref.Record, nil
	case o.With == nil || left == 0:
		return story, nil
	}
	if into, err := s.tells(ctx, o.With, left-1); err != nil || into != 0 {
		return into, err
	}
	return story, nil
}

// noRows makes of an empty answer no error.
func noRows(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// Told lists the records of a story, oldest first.
func (s *DB) Told(ctx context.Context, story int64) ([]aggregator.Record, error) {
	told, err := s.records(ctx, `
		SELECT`+columns+`
		FROM records
		WHERE story = $1
		ORDER BY id`, story)
	if err != nil {
		return nil, err
	}
	return told, s.addBlocks(ctx, s.read, told)
}

// scanOrder reads a record's number, the order's, and the order.
func scanOrder(rows *sql.Rows) (o aggregator.Order, record int64, err error) {
	var id int64
	var doc []byte
	if err := rows.Scan(&record, &id, &doc); err != nil {
		return o, 0, err
	}
	if err := json.Unmarshal(doc, &o); err != nil {
		return o, 0, fmt.Errorf("order %d: %w", id, err)
	}
	o.ID = id
	return o, record, nil
}
