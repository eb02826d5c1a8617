package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/wiredesk/wiredesk/aggregator"
)

const columns = `
	id, source, item_key, sum, rev, published, first_seen, changed, item,
	note, note_rev, withdrawn, filed_rev, filed_plan, filed_seq, filed_order, matches, story, copy_of, rule, near, links, aside`

// Record finds records by number, or by link or guid exactly as the source has
// it, newest first, with their orders.
func (s *DB) Record(ctx context.Context, ref string) ([]aggregator.Record, error) {
	found, err := s.named(ctx, ref)
	if err != nil {
		return nil, err
	}
	if err := s.addBlocks(ctx, s.read, found); err != nil {
		return nil, err
	}
	if err := s.addOrders(ctx, found); err != nil {
		return nil, err
	}
	for i := range found {
		if err := s.hideTitles(ctx, found[i].Orders); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (s *DB) named(ctx context.Context, ref string) ([]aggregator.Record, error) {
	if id, err := strconv.ParseInt(ref, 10, 64); err == nil {
		found, err := s.records(ctx, `SELECT`+columns+` FROM records WHERE id = $1`, id)
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return s.records(ctx, `
		SELECT`+columns+`
		FROM records
		WHERE link_hash = $1 OR guid_hash = $2
		ORDER BY id DESC
		LIMIT 100`, hashOf(ref), hashOf(ref))
}

func (s *DB) records(ctx context.Context, query string, args ...any) ([]aggregator.Record, error) {
	return recordsOf(ctx, s.read, query, args...)
}

func recordsOf(ctx context.Context, q querier, query string, args ...any) ([]aggregator.Record, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []aggregator.Record
	for rows.Next() {
		var r aggregator.Record
		var published, firstSeen, changed, withdrawn int64
		var item, matches, links []byte
		err := rows.Scan(&r.ID, &r.Source, &r.Key, &r.Sum, &r.Rev, &published, &firstSeen, &changed, &item,
			&r.Note, &r.NoteRev, &withdrawn, &r.FiledRev, &r.FiledPlan, &r.FiledSeq, &r.FiledOrder, &matches,
			&r.Story, &r.CopyOf, &r.Rule, &r.Near, &links, &r.Aside)
		if err != nil {
			return nil, err
		}
		if r.Item, err = readItem(item); err != nil {
			return nil, fmt.Errorf("item %d: %w", r.ID, err)
		}
		if err := json.Unmarshal(matches, &r.Matches); err != nil {
			return nil, fmt.Errorf("matches of item %d: %w", r.ID, err)
		}
		if err := json.Unmarshal(links, &r.Links); err != nil {
			return nil, fmt.Errorf("links of item %d: %w", r.ID, err)
		}
		r.Published, r.FirstSeen, r.Changed, r.Withdrawn = fromMS(published), fromMS(firstSeen), fromMS(changed), fromMS(withdrawn)
		all = append(all, r)
	}
	return all, rows.Err()
}

// Totals count what the store holds.
type Totals struct {
	Records int
	Waiting int // not filed by the plan asked about
	Entries int // published, in all editions
	Rounds  aggregator.Round
}

// Totals counts records, entries and the desk's ledger over the rounds kept.
func (s *DB) Totals(ctx context.Context, plan string) (t Totals, err error) {
	err = s.read.QueryRowContext(ctx, `
		SELECT
			(SELECT COUNT(*) FROM records),
			(SELECT COUNT(*) FROM records WHERE filed_plan <> $1 OR filed_rev < rev OR filed_order < ordered),
			(SELECT COUNT(*) FROM entries WHERE withdrawn = 0),
			COALESCE(SUM(filed), 0),
			COALESCE(SUM(unmatched), 0),
			COALESCE(SUM(lead), 0),
			COALESCE(SUM(also), 0),
			COALESCE(SUM(copies), 0)
		FROM rounds`, plan).Scan(&t.Records, &t.Waiting, &t.Entries,
		&t.Rounds.Filed, &t.Rounds.Unmatched, &t.Rounds.Lead, &t.Rounds.Also, &t.Rounds.Copy)
	return t, err
}
