package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

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
