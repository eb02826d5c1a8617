package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

// compiledBlocks are the blocks up to an order, 0 for none. They are compiled
// once for all who read.
type compiledBlocks struct {
	last int64
	*aggregator.Blocks
}

// blocks reads the blocks that stand for q, nil when none was ever given.
func (s *DB) blocks(ctx context.Context, q querier) (*aggregator.Blocks, error) {
	last, err := lastBlock(ctx, q)
	if err != nil || last == 0 {
		return nil, err
	}
	if have := s.compiled.Load(); have != nil && have.last == last {
		return have.Blocks, nil
	}
	all, err := ordersOf(ctx, q, `
		SELECT 0, id, doc
		FROM orders
		WHERE kind = 'block' AND id <= $1
		ORDER BY id`, last)
	if err != nil {
		return nil, fmt.Errorf("blocks: %w", err)
	}
	b, err := aggregator.NewBlocks(all)
	if err != nil {
		return nil, err
	}
	s.compiled.Store(&compiledBlocks{last, b})
	return b, nil
}

// lastBlock is the number of the last block or lift; 0 when there is none.
func lastBlock(ctx context.Context, q querier) (last int64, err error) {
	rows, err := q.QueryContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM orders WHERE kind = 'block'`)
	if err != nil {
		return 0, fmt.Errorf("blocks: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&last); err != nil {
			return 0, err
		}
	}
	return last, rows.Err()
}

// ordersOf reads orders, whatever record stands beside them.
func ordersOf(ctx context.Context, q querier, query string, args ...any) (all []aggregator.Order, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		o, _, err := scanOrder(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, rows.Err()
}

// addBlocks gives records the blocks about them.
func (s *DB) addBlocks(ctx context.Context, q querier, records []aggregator.Record) error {
	b, err := s.blocks(ctx, q)
	if err != nil || b == nil {
		return err
	}
	return judgeAll(ctx, q, b, records)
}

// judgeAll asks b about records, under every key they were ever known by.
func judgeAll(ctx context.Context, q querier, b *aggregator.Blocks, records []aggregator.Record) error {
	at := map[int64]*aggregator.Record{}
	var ids []any
	for i := range records {
		at[records[i].ID] = &records[i]
		ids = append(ids, records[i].ID)
	}
	for part := range slices.Chunk(ids, chunk) {
		rows, err := q.QueryContext(ctx, `
			SELECT record, item_key
			FROM seen
			WHERE record IN (`+holes(1, len(part))+`)`, part...)
		if err != nil {
			return fmt.Errorf("blocks: %w", err)
		}
		if err := addKeys(rows, at); err != nil {
			return err
		}
	}
	for i := range records {
		records[i].Blocks = b.Hits(&records[i])
	}
	return nil
}

func addKeys(rows *sql.Rows, at map[int64]*aggregator.Record) error {
	defer rows.Close()
	for rows.Next() {
		var id int64
		var key string
		if err := rows.Scan(&id, &key); err != nil {
			return err
		}
		at[id].Keys = append(at[id].Keys, key)
	}
	return rows.Err()
}

// veil makes of entries what readers get, see aggregator.Entry.Veil. A telling is
// judged by what it says and by what its record says, as long as there is one.
func (s *DB) veil(ctx context.Context, q querier, es []aggregator.Entry) ([]aggregator.Entry, error) {
	b, err := s.blocks(ctx, q)
	if err != nil || b == nil {
		return es, err
	}
	v := &veiling{ctx: ctx, q: q, blocks: b, hits: map[int64][]aggregator.Order{}}
	if err := v.look(es); err != nil {
		return nil, err
	}
	before, err := v.before(es)
	if err != nil {
		return nil, err
	}
	var left []aggregator.Entry
	for _, e := range es {
		if veiled, ok := v.one(e); ok {
			veiled.Earlier = v.earlier(veiled.Earlier, before)
			left = append(left, veiled)
		}
	}
	return left, nil
}

// A veiling is the blocks on their way over some entries.
type veiling struct {
	ctx    context.Context
	q      querier
	blocks *aggregator.Blocks
	hits   map[int64][]aggregator.Order // by record
	shown  map[string]time.Time         // by entry
}

// look reads what the entries' records and dates are needed for.
func (v *veiling) look(es []aggregator.Entry) error {
	var records, ids []any
	for i := range es {
		ids = append(ids, es[i].ID)
		for _, id := range append([]int64{es[i].Lead.Record}, also(&es[i])...) {
			if _, ok := v.hits[id]; !ok {
				v.hits[id] = nil
				records = append(records, id)
			}
		}
	}
	for part := range slices.Chunk(records, chunk) {
		rs, err := recordsOf(v.ctx, v.q, `
			SELECT`+columns+`
			FROM records
			WHERE id IN (`+holes(1, len(part))+`)`, part...)
		if err == nil {
			err = judgeAll(v.ctx, v.q, v.blocks, rs)
		}
		if err != nil {
			return err
		}
		for i := range rs {
			v.hits[rs[i].ID] = rs[i].Blocks
		}
	}
	if v.shown == nil {
		v.shown = map[string]time.Time{}
	}
	for part := range slices.Chunk(ids, chunk) {
		rows, err := v.q.QueryContext(v.ctx, `
			SELECT id, shown_at
			FROM entries
			WHERE id IN (`+holes(1, len(part))+`)`, part...)
		if err == nil {
			err = v.scanShown(rows)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *veiling) scanShown(rows *sql.Rows) error {
	defer rows.Close()
	for rows.Next() {
		var id string
		var at int64
		if err := rows.Scan(&id, &at); err != nil {
			return err
		}
		v.shown[id] = fromMS(at)
	}
	return rows.Err()
}

// before reads the entries that these name as told earlier.
func (v *veiling) before(es []aggregator.Entry) (map[string]aggregator.Entry, error) {
	var ids []any
	for i := range es {
		if e := es[i].Earlier; e != nil {
			ids = append(ids, e.ID)
		}
	}
	found := map[string]aggregator.Entry{}
	for part := range slices.Chunk(ids, chunk) {
		raw, err := entries(v.ctx, v.q, `
			SELECT doc
			FROM entries
			WHERE doc <> '' AND id IN (`+holes(1, len(part))+`)`, part...)
		if err != nil {
			return nil, err
		}
		if err := v.look(raw); err != nil {
			return nil, err
		}
		for _, e := range raw {
			found[e.ID] = e
		}
	}
	return found, nil
}

func (v *veiling) one(e aggregator.Entry) (aggregator.Entry, bool) {
	return e.Veil(func(t *aggregator.Telling) []aggregator.Order {
		said := t.Said()
		return aggregator.InOrder(append(v.blocks.Hits(&said), v.hits[t.Record]...))
	}, v.shown[e.ID])
}

// earlier is what an entry may say of the part before: as that is told now, or
// nothing.
func (v *veiling) earlier(p *aggregator.Earlier, before map[string]aggregator.Entry) *aggregator.Earlier {
	if p == nil {
		return nil
	}
	if raw, ok := before[p.ID]; ok {
		told, ok := v.one(raw)
		switch {
		case !ok || told.Withheld():
			return nil
		case told.Lead.Record != raw.Lead.Record:
			p = &aggregator.Earlier{ID: p.ID, Title: told.Lead.Head(), Link: told.Lead.Link}
		}
	}
	said := aggregator.Telling{Title: p.Title, Link: p.Link}
	r := said.Said()
	r.Blocks = v.blocks.Hits(&r)
	if _, blocked := r.Blocked(); blocked {
		return nil
	}
	return p
}

// hideTitles takes out of orders what they say of items that are blocked now.
func (s *DB) hideTitles(ctx context.Context, orders []aggregator.Order) error {
	b, err := s.blocks(ctx, s.read)
	if err != nil || b == nil {
		return err
	}
	hidden := func(source, key, title, link string) bool {
		said := aggregator.Telling{Source: source, Key: key, Title: title, Link: link}
		r := said.Said()
		r.Blocks = b.Hits(&r)
		_, blocked := r.Blocked()
		return blocked
	}
	for i := range orders {
		o := &orders[i]
		if o.Key != "" && hidden(o.Source, o.Key, o.Title, o.Link) {
			o.Title, o.Link = "", ""
		}
		if w := o.With; w != nil && hidden(w.Source, w.Key, w.Title, w.Link) {
			w.Title, w.Link = "", ""
		}
	}
	return nil
}

// raiseAll moves every edition on, and its archives, in the transaction of a
// block: whatever was printed before is not what readers are to get now.
func raiseAll(ctx context.Context, tx *sql.Tx, at time.Time) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE issues
		SET version = version + 1,
			changed_at = CASE WHEN $1 > changed_at THEN $1 ELSE changed_at + 1000 END`, ms(at.Truncate(time.Second)))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE archives
		SET changed_at = CASE WHEN $1 > changed_at THEN $1 ELSE changed_at + 1000 END`, ms(at.Truncate(time.Second)))
	return err
}
