package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

// File applies what one desk round changes, whole or not at all.
func (s *DB) File(ctx context.Context, f aggregator.Filing) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		st := newSteps(tx)
		if err := decide(ctx, st, f); err != nil {
			return err
		}
		if err := freeze(ctx, tx, f.Frequencies); err != nil {
			return err
		}
		if err := publish(ctx, st, f); err != nil {
			return err
		}
		for _, is := range f.Changed {
			if err := raise(ctx, tx, is, f.At); err != nil {
				return err
			}
		}
		return keepRound(ctx, tx, f)
	})
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	return nil
}

// decide stores the decisions, each under the next number of the sequence.
func decide(ctx context.Context, st *steps, f aggregator.Filing) error {
	var seq int64
	if err := st.tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(filed_seq), 0) FROM records`).Scan(&seq); err != nil {
		return err
	}
	for _, d := range f.Decisions {
		seq++
		matches, err := json.Marshal(d.Matches)
		if err != nil {
			return err
		}
		links, err := json.Marshal(d.Links)
		if err != nil {
			return err
		}
		err = st.exec(ctx, `
			UPDATE records
			SET filed_rev = $1, filed_plan = $2, filed_seq = $3, matches = $4, story = $5, copy_of = $6, rule = $7,
				filed_order = $8, refile_at = $9, aside = $10, near = $11, links = $12,
				out_since = CASE WHEN $5 <> 0 THEN 0 WHEN story <> 0 THEN $13 ELSE out_since END
			WHERE id = $14`,
			d.Rev, f.Plan, seq, string(matches), d.Story, d.CopyOf, d.Rule, d.Order, ms(d.Again), d.Aside, d.Near, string(links),
			ms(f.At), d.Record)
		if err != nil {
			return fmt.Errorf("item %d: %w", d.Record, err)
		}
		if err := sign(ctx, st, &d); err != nil {
			return fmt.Errorf("signature of item %d: %w", d.Record, err)
		}
	}
	return nil
}

func saveEntry(ctx context.Context, st *steps, e *aggregator.Entry) error {
	doc, err := json.Marshal(e)
	if err != nil {
		return err
	}
	err = st.exec(ctx, `
		INSERT INTO entries (id, edition, story, part, published, doc)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE
		SET story = excluded.story, part = excluded.part, published = excluded.published, doc = excluded.doc,
			withdrawn = 0, staged = NULL`,
		e.ID, e.Edition, e.Story, e.Part, ms(e.Published), string(doc))
	if err != nil {
		return err
	}
	if err := st.exec(ctx, `DELETE FROM members WHERE entry = $1`, e.ID); err != nil {
		return err
	}
	return addMembers(ctx, st, e)
}

func addMembers(ctx context.Context, st *steps, e *aggregator.Entry) error {
	for _, record := range append([]int64{e.Lead.Record}, also(e)...) {
		err := st.exec(ctx, `
			INSERT INTO members (entry, record)
			VALUES ($1, $2)
			ON CONFLICT (entry, record) DO NOTHING`, e.ID, record)
		if err != nil {
			return err
		}
	}
	return nil
}

func also(e *aggregator.Entry) (ids []int64) {
	for i := range e.Also {
		ids = append(ids, e.Also[i].Record)
	}
	return ids
}

// raise moves an edition's version on. changed_at is in whole seconds, which is
// all that Last-Modified can say, and rises with every version.
func raise(ctx context.Context, tx *sql.Tx, is aggregator.Issue, at time.Time) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO issues (edition, version, changed_at, look)
		VALUES ($1, 1, $2, $3)
		ON CONFLICT (edition) DO UPDATE
		SET version = issues.version + 1,
			changed_at = CASE
				WHEN excluded.changed_at > issues.changed_at THEN excluded.changed_at
				ELSE issues.changed_at + 1000
			END,
			look = excluded.look`,
		is.Edition, ms(at.Truncate(time.Second)), is.Print)
	if err != nil {
		return fmt.Errorf("edition %s: %w", is.Edition, err)
	}
	return nil
}

func keepRound(ctx context.Context, tx *sql.Tx, f aggregator.Filing) error {
	if f.Round.Filed == 0 {
		return nil
	}
	r := f.Round
	_, err := tx.ExecContext(ctx, `
		INSERT INTO rounds (at, filed, unmatched, lead, also, copies)
		VALUES ($1, $2, $3, $4, $5, $6)`, ms(f.At), r.Filed, r.Unmatched, r.Lead, r.Also, r.Copy)
	return err
}

// Issues lists where each edition stands, by id.
func (s *DB) Issues(ctx context.Context) ([]aggregator.Issue, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT edition, version, changed_at, look, EXISTS (
			SELECT 1
			FROM entries
			WHERE entries.edition = issues.edition AND entries.staged IS NOT NULL)
		FROM issues
		ORDER BY edition`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []aggregator.Issue
	for rows.Next() {
		var is aggregator.Issue
		var at int64
		if err := rows.Scan(&is.Edition, &is.Version, &at, &is.Print, &is.Staged); err != nil {
			return nil, err
		}
		is.ChangedAt = fromMS(at)
		all = append(all, is)
	}
	return all, rows.Err()
}

// EntriesOf lists the entries that show a record, by edition.
func (s *DB) EntriesOf(ctx context.Context, record int64) ([]aggregator.Entry, error) {
	all, err := entries(ctx, s.read, `
		SELECT entries.doc
		FROM members
		JOIN entries ON entries.id = members.entry
		WHERE members.record = $1 AND entries.withdrawn = 0
		ORDER BY entries.edition, entries.id`, record)
	return slices.DeleteFunc(all, func(e aggregator.Entry) bool {
		return e.Lead.Record != record && !slices.Contains(also(&e), record) // not yet: staged
	}), err
}

// A querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func entries(ctx context.Context, q querier, query string, args ...any) ([]aggregator.Entry, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []aggregator.Entry
	for rows.Next() {
		var doc []byte
		if err := rows.Scan(&doc); err != nil {
			return nil, err
		}
		var e aggregator.Entry
		if err := json.Unmarshal(doc, &e); err != nil {
			return nil, fmt.Errorf("entry: %w", err)
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

// Edition reads an edition in one snapshot: where it stands, and its entries,
// newest first: at least `least` of them and all within span of the newest, at
// most `most`. An edition that has never been filed has version 0.
func (s *DB) Edition(ctx context.Context, id string, least, most int, span time.Duration) (is aggregator.Issue, es []aggregator.Entry, err error) {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return is, nil, err
	}
	defer tx.Rollback() // it only reads: there is nothing to commit
	var at int64
	is.Edition = id
	err = tx.QueryRowContext(ctx, `
		SELECT version, changed_at, look
		FROM issues
		WHERE edition = $1`, id).Scan(&is.Version, &at, &is.Print)
	if errors.Is(err, sql.ErrNoRows) {
		return is, nil, fmt.Errorf("edition %s is %w: %w", id, aggregator.ErrNotFiled, err)
	}
	if err != nil {
		return is, nil, fmt.Errorf("edition %s: %w", id, err)
	}
	is.ChangedAt = fromMS(at)
	es, err = entries(ctx, tx, `
		SELECT doc
		FROM entries
		WHERE edition = $1 AND withdrawn = 0
		ORDER BY published DESC, id
		LIMIT $2`, id, most)
	if err != nil || len(es) <= least {
		return is, es, err
	}
	end := least
	for end < len(es) && es[0].Published.Sub(es[end].Published) <= span {
		end++
	}
	return is, es[:end], nil
}
