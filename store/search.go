package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/topic"
)

// A Search is what to look for in the items stored.
type Search struct {
	Query     string    // in the language of topics, see DESIGN 6
	Since     time.Time // published at or after; zero: ever
	Relevance bool      // the best first, else the newest
	Limit     int       // at most so many
}

// Check says what is wrong with the query, as Search would, without a store.
func (q Search) Check() error {
	_, err := parseQuery(q.Query)
	return err
}

// Findings are what a search has found.
type Findings struct {
	Found   []Found
	Waiting int  // items that are not in the index yet, and so were not looked at
	Empty   bool // the store holds no item at all
	Looked  int  // > 0: only so many of the items that the query may mean were looked at
}

// A Found is one item that a search has found.
type Found struct {
	aggregator.Record
	Score   float64 // higher is better; 0 unless by relevance
	Snippet []Piece // of the text, around the words looked for
}

// Search finds items by their words. A *QueryError says what is wrong with the
// query.
func (s *DB) Search(ctx context.Context, q Search) (f Findings, err error) {
	query, err := parseQuery(q.Query)
	if err != nil {
		return f, err
	}
	version, from, err := indexState(ctx, s.read)
	switch {
	case err != nil:
		return f, err
	case version == "":
		return f, errors.New("the database has no index yet: start this version of wiredesk run first")
	case version != searchVersion: // what it folds otherwise is not found
		from = 1<<63 - 1
	}
	if f.Found, f.Looked, err = s.found(ctx, query, q); err != nil {
		return f, fmt.Errorf("search: %w", err)
	}
	part := query.Part()
	terms := wanted(&part, nil)
	for i := range f.Found {
		if _, blocked := f.Found[i].Blocked(); blocked {
			continue
		}
		f.Found[i].Snippet = snippet(f.Found[i].Item.Text, terms)
	}
	err = s.read.QueryRowContext(ctx, `
		SELECT
			(SELECT COUNT(*) FROM records WHERE id < $1),
			NOT EXISTS (SELECT 1 FROM records)`, from).Scan(&f.Waiting, &f.Empty)
	return f, err
}

// maxLooked bounds the records read for one search: some queries say so little to
// the index that it leaves nearly all of them.
const maxLooked = 5000

// found asks the index for candidates, the first in order before the others, and
// reads them until enough are what the query asks for. looked is how many were
// read, if more remained unread and were wanted.
func (s *DB) found(ctx context.Context, query *topic.Query, q Search) (all []Found, looked int, err error) {
	ids, scores, err := s.ranked(ctx, query.Part(), q)
	if err != nil {
		return nil, 0, err
	}
	more := len(ids) > s.looks
	ids = ids[:min(len(ids), s.looks)]
	for part := range slices.Chunk(ids, min(chunk, max(q.Limit, 50))) {
		rs, err := s.records(ctx, `
			SELECT`+columns+`
			FROM records
			WHERE id IN (`+holes(1, len(part))+`)`, part...)
		if err != nil {
			return nil, 0, err
		}
		if err := s.addBlocks(ctx, s.read, rs); err != nil {
			return nil, 0, err
		}
		slices.SortFunc(rs, func(a, b aggregator.Record) int { return slices.Index(part, any(a.ID)) - slices.Index(part, any(b.ID)) })
		for _, r := range rs {
			if !query.Holds(topic.Doc{Item: &r.Item, Source: r.Source}) {
				continue
			}
			if all = append(all, Found{Record: r, Score: scores[r.ID]}); len(all) == q.Limit {
				return all, 0, nil
			}
		}
	}
	if more {
		looked = len(ids)
	}
	return all, looked, nil
}

// The weights of bm25: a word of the title says as much as five of the text.
const (
	byNewest = `
		SELECT r.id, 0.0
		FROM search
		JOIN records r ON r.id = search.rowid
		WHERE search MATCH $1 AND r.published >= $2
		ORDER BY r.published DESC, r.id DESC
		LIMIT $3`
	byRelevance = `
		SELECT r.id, -bm25(search, 5.0, 1.0, 2.0, 2.0, 0.0) AS score
		FROM search
		JOIN records r ON r.id = search.rowid
		WHERE search MATCH $1 AND r.published >= $2
		ORDER BY score DESC, r.published DESC, r.id DESC
		LIMIT $3`
)

func (s *DB) ranked(ctx context.Context, part topic.Part, q Search) (ids []any, scores map[int64]float64, err error) {
	query := byNewest
	if q.Relevance {
		query = byRelevance
	}
	var broken error
	match := narrow(&part, func(forms []string, stem bool) []string {
		found, err := s.known(ctx, forms, stem)
		broken = errors.Join(broken, err)
		return found
	})
	if broken != nil {
		return nil, nil, broken
	}
	if match == "" {
		match = everything
	}
	rows, err := s.read.QueryContext(ctx, query, match, ms(q.Since), s.looks+1)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	scores = map[int64]float64{}
	for rows.Next() {
		var id int64
		var score float64
		if err := rows.Scan(&id, &score); err != nil {
			return nil, nil, err
		}
		ids, scores[id] = append(ids, id), score
	}
	return ids, scores, rows.Err()
}

// known picks of some forms those that stand in the index.
func (s *DB) known(ctx context.Context, forms []string, stem bool) (found []string, err error) {
	end := ""
	if stem {
		end = "\U0010ffff"
	}
	list, err := json.Marshal(forms)
	if err != nil {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, `
		SELECT form.value
		FROM json_each($1) AS form
		WHERE EXISTS (
			SELECT 1
			FROM search_words
			WHERE term >= form.value AND term <= form.value || $2)
		ORDER BY form.key`, string(list), end)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var form string
		if err := rows.Scan(&form); err != nil {
			return nil, err
		}
		found = append(found, form)
	}
	return found, rows.Err()
}
