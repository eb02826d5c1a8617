package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

// compiledBlocks are the blocks of a moment. They are compiled once for all who
// read.
type compiledBlocks struct {
	moment
	*aggregator.Blocks
}

// A moment in the life of the blocks: another one was given, or a renaming has
// written other ids into them.
type moment struct {
	last    int64  // number of the last block or lift; 0 for none
	renamed string // how often ids were renamed; "" for never
}

// blocks reads the blocks that stand for q, nil when none was ever given.
func (s *DB) blocks(ctx context.Context, q querier) (*aggregator.Blocks, error) {
	at, err := momentOf(ctx, q)
	if err != nil || at.last == 0 {
		return nil, err
	}
	if have := s.compiled.Load(); have != nil && have.moment == at {
		return have.Blocks, nil
	}
	all, err := ordersOf(ctx, q, `
		SELECT 0, id, doc
		FROM orders
		WHERE kind = 'block' AND id <= $1
		ORDER BY id`, at.last)
	if err != nil {
		return nil, fmt.Errorf("blocks: %w", err)
	}
	b, err := aggregator.NewBlocks(all)
	if err != nil {
		return nil, err
	}
	s.compiled.Store(&compiledBlocks{at, b})
	return b, nil
}

// momentOf is the moment that q sees.
func momentOf(ctx context.Context, q querier) (at moment, err error) {
	rows, err := q.QueryContext(ctx, `
		SELECT
			(SELECT COALESCE(MAX(id), 0) FROM orders WHERE kind = 'block'),
			COALESCE((SELECT value FROM meta WHERE name = 'renamings'), '')`)
	if err != nil {
		return at, fmt.Errorf("blocks: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&at.last, &at.renamed); err != nil {
			return at, err
		}
	}
	return at, rows.Err()
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

// hideTitles takes out of orders what they say of items that are blocked now.
func (s *DB) hideTitles(ctx context.Context, orders []aggregator.Order) error {
	b, err := s.blocks(ctx, s.read)
	if err != nil || b == nil {
		return err
	}
	hidden := map[[2]string]bool{}
	hides := func(said aggregator.Telling) (bool, error) {
		of := [2]string{said.Source, said.Key}
		if _, asked := hidden[of]; !asked {
			var err error
			if hidden[of], err = s.hidden(ctx, b, said); err != nil {
				return false, err
			}
		}
		return hidden[of], nil
	}
	for i := range orders {
		o := &orders[i]
		if o.Key == "" {
			continue
		}
		hide, err := hides(aggregator.Telling{Source: o.Source, Key: o.Key, Title: o.Title, Link: o.Link})
		if err != nil {
			return err
		}
		if hide {
			o.Title, o.Link = "", ""
		}
		if w := o.With; w != nil {
			if hide, err = hides(aggregator.Telling{Source: w.Source, Key: w.Key, Title: w.Title, Link: w.Link}); err != nil {
				return err
			}
			if hide {
				w.Title, w.Link = "", ""
			}
		}
	}
	return nil
}

// hidden says whether an item is blocked, by what its record says or by what an
// order has said of it.
func (s *DB) hidden(ctx context.Context, b *aggregator.Blocks, said aggregator.Telling) (bool, error) {
	rs, err := s.records(ctx, `
		SELECT`+columns+`
		FROM records
		WHERE id IN (SELECT record FROM seen WHERE source = $1 AND item_key = $2)`, said.Source, said.Key)
	if err == nil {
		err = judgeAll(ctx, s.read, b, rs)
	}
	if err != nil {
		return false, err
	}
	r := said.Said()
	r.Blocks = b.Hits(&r)
	for i := range rs {
		r.Blocks = append(r.Blocks, rs[i].Blocks...)
	}
	r.Blocks = aggregator.InOrder(r.Blocks)
	_, is := r.Blocked()
	return is, nil
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

// revealed lists the decided records that were revised since they were last filed,
// and are blocked: words may have come with the revision. It reads what stood before
// the decisions.
func (s *DB) revealed(ctx context.Context, tx *sql.Tx, decisions []aggregator.Decision) (ids []int64, err error) {
	b, err := s.blocks(ctx, tx)
	if err != nil || b == nil {
		return nil, err
	}
	for i := range decisions {
		if decisions[i].Rev == 1 {
			continue
		}
		rs, err := recordsOf(ctx, tx, `
			SELECT`+columns+`
			FROM records
			WHERE id = $1 AND filed_rev > 0 AND filed_rev < $2`, decisions[i].Record, decisions[i].Rev)
		if err == nil {
			err = judgeAll(ctx, tx, b, rs)
		}
		if err != nil {
			return nil, err
		}
		for j := range rs {
			if _, blocked := rs[j].Blocked(); blocked {
				ids = append(ids, rs[j].ID)
			}
		}
	}
	return ids, nil
}

// raiseOf moves the editions and archives on in which readers find these records,
// but for editions that the filing moves anyway.
func raiseOf(ctx context.Context, tx *sql.Tx, records []int64, f *aggregator.Filing) error {
	changed := shelf{}
	for _, id := range records {
		err := changed.read(ctx, tx, `
			SELECT entries.edition, entries.seq
			FROM members
			JOIN entries ON entries.id = members.entry
			WHERE members.record = $1 AND entries.withdrawn = 0`, id)
		if err != nil {
			return err
		}
	}
	if _, err := changed.store(ctx, tx, f.At); err != nil {
		return err
	}
	for _, edition := range changed.editions() {
		if slices.ContainsFunc(f.Changed, func(is aggregator.Issue) bool { return is.Edition == edition }) {
			continue
		}
		if err := step(ctx, tx, edition, f.At); err != nil {
			return err
		}
	}
	return nil
}
