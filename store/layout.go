package store

import (
	"context"
	"slices"
	"strconv"

	"github.com/wiredesk/wiredesk/aggregator"
)

// maxHeld bounds what is read of the records that wait. Those beyond it come by
// themselves when their time is up.
const maxHeld = 1000

// Stories lists the entries of these stories, by edition and part: as staged,
// where they are, since the desk goes on from there; and the records that wait
// for one of them, with their orders, but for those that the desk has.
//
// In the editions named by single each item has an entry of its own, and a large
// story thousands. Of one that shows none of these records, and is a first part, so
// that it tells of no earlier one, only its ID, Edition, Story and Part come: nothing
// will happen to it.
func (s *DB) Stories(ctx context.Context, stories, has []int64, single []string) (es []aggregator.Entry, waiting []aggregator.Record, err error) {
	for part := range slices.Chunk(stories, chunk) {
		held, err := s.held(ctx, part, has)
		if err != nil {
			return nil, nil, err
		}
		waiting = append(waiting, held...)
	}
	shown := map[string]bool{}
	if len(single) > 0 {
		has = slices.Clip(has)
		for i := range waiting {
			has = append(has, waiting[i].ID)
		}
		for part := range slices.Chunk(has, chunk) {
			if err := s.shown(ctx, part, shown); err != nil {
				return nil, nil, err
			}
		}
	}
	for part := range slices.Chunk(stories, chunk) {
		more, err := s.drafts(ctx, part, func(e *aggregator.Entry) bool {
			return e.Part > 1 || shown[e.ID] || !slices.Contains(single, e.Edition)
		})
		if err != nil {
			return nil, nil, err
		}
		es = append(es, more...)
	}
	return es, waiting, nil
}

// held reads the records that wait for an entry of these stories, but for those in has.
func (s *DB) held(ctx context.Context, stories, has []int64) ([]aggregator.Record, error) {
	found, err := s.ids(ctx, waiting+`
		WHERE refile_at > 0 AND story IN (`+holes(1, len(stories))+`)
		ORDER BY `+arrival+`
		LIMIT `+strconv.Itoa(maxHeld), anys(stories)...)
	if err != nil {
		return nil, err
	}
	here := map[any]bool{}
	for _, id := range has {
		here[id] = true
	}
	found = slices.DeleteFunc(found, func(id any) bool { return here[id] })
	return s.numbered(ctx, found)
}

// shown adds the entries, staged or not, that show these records or have shown them.
func (s *DB) shown(ctx context.Context, records []int64, entries map[string]bool) error {
	rows, err := s.read.QueryContext(ctx, `
		SELECT entry
		FROM members
		WHERE record IN (`+holes(1, len(records))+`)`, anys(records)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		entries[id] = true
	}
	return rows.Err()
}

// drafts lists the entries of stories as the desk goes on from them: whole, where
// that is asked of ID, Edition, Story and Part.
func (s *DB) drafts(ctx context.Context, stories []int64, whole func(*aggregator.Entry) bool) ([]aggregator.Entry, error) {
	all, err := s.outlines(ctx, stories)
	if err != nil {
		return nil, err
	}
	var ids []any
	for i := range all {
		if whole(&all[i]) {
			ids = append(ids, all[i].ID)
		}
	}
	full := map[string]aggregator.Entry{}
	for part := range slices.Chunk(ids, chunk) {
		read, err := entries(ctx, s.read, `
			SELECT COALESCE(staged, doc)
			FROM entries
			WHERE id IN (`+holes(1, len(part))+`)`, part...)
		if err != nil {
			return nil, err
		}
		for _, e := range read {
			full[e.ID] = e
		}
	}
	left := all[:0]
	for _, e := range all {
		if whole(&e) {
			var ok bool
			if e, ok = full[e.ID]; !ok {
				continue // pruned since
			}
		}
		left = append(left, e)
	}
	return left, nil
}

// outlines lists the entries of stories, of each only ID, Edition, Story and Part.
func (s *DB) outlines(ctx context.Context, stories []int64) (all []aggregator.Entry, err error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT id, edition, story, part
		FROM entries
		WHERE story IN (`+holes(1, len(stories))+`) AND staged IS NULL AND withdrawn = 0
		UNION ALL
		SELECT id, edition, story, part
		FROM entries
		WHERE story IN (`+holes(1, len(stories))+`) AND staged <> ''
		ORDER BY edition, story, part, id`, anys(stories)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e aggregator.Entry
		if err := rows.Scan(&e.ID, &e.Edition, &e.Story, &e.Part); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

// anys are numbers as arguments of a statement.
func anys(ids []int64) (args []any) {
	for _, id := range ids {
		args = append(args, id)
	}
	return args
}
