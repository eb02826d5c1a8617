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

// File applies what one desk round changes, whole or not at all.
func (s *DB) File(ctx context.Context, f aggregator.Filing) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if f.Renamed != s.names.Load().Count() {
			return aggregator.ErrRenamed
		}
		merged, err := followers(ctx, tx, f.Decisions)
		if err != nil {
			return err
		}
		revealed, err := s.revealed(ctx, tx, f.Decisions)
		if err != nil {
			return err
		}
		if err := decide(ctx, tx, f); err != nil {
			return err
		}
		if err := again(ctx, tx, merged, f.At); err != nil {
			return err
		}
		if err := freeze(ctx, tx, f.Frequencies); err != nil {
			return err
		}
		if err := publish(ctx, tx, f); err != nil {
			return err
		}
		if err := raiseOf(ctx, tx, revealed, &f); err != nil {
			return err
		}
		for i := range f.Digests {
			if err := saveDigest(ctx, tx, &f.Digests[i]); err != nil {
				return fmt.Errorf("digest of %s: %w", f.Digests[i].Edition, err)
			}
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

// Filed is how often this DB has written: unless it has risen, nothing that we
// ourselves did has changed an edition.
func (s *DB) Filed() int64 { return s.filed.Load() }

// decide stores the decisions, each under the next number of the sequence.
func decide(ctx context.Context, tx *sql.Tx, f aggregator.Filing) error {
	var seq int64
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(filed_seq), 0) FROM records WHERE filed_seq > 0`).Scan(&seq); err != nil {
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
		_, err = tx.ExecContext(ctx, `
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
		if err := sign(ctx, tx, &d); err != nil {
			return fmt.Errorf("signature of item %d: %w", d.Record, err)
		}
	}
	return nil
}

// saveEntry publishes an entry, and touches its archive when that changes what
// readers see.
func saveEntry(ctx context.Context, tx *sql.Tx, e *aggregator.Entry, at time.Time, changed shelf) error {
	doc, err := json.Marshal(e)
	if err != nil {
		return err
	}
	var same bool
	err = tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM entries WHERE id = $1 AND withdrawn = 0 AND doc = $2)`, e.ID, string(doc)).Scan(&same)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO entries (id, edition, story, part, published, doc, shown_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE
		SET story = excluded.story, part = excluded.part, published = excluded.published, doc = excluded.doc,
			shown_at = CASE WHEN entries.doc = '' THEN excluded.shown_at ELSE entries.shown_at END,
			withdrawn = 0, staged = NULL`,
		e.ID, e.Edition, e.Story, e.Part, ms(e.Published), string(doc), ms(at))
	if err != nil {
		return err
	}
	seq, err := number(ctx, tx, e.ID, e.Edition)
	if err != nil {
		return fmt.Errorf("number: %w", err)
	}
	if !same {
		changed.touch(e.Edition, seq)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM members WHERE entry = $1`, e.ID); err != nil {
		return err
	}
	return addMembers(ctx, tx, e)
}

func addMembers(ctx context.Context, tx *sql.Tx, e *aggregator.Entry) error {
	for _, record := range append([]int64{e.Lead.Record}, also(e)...) {
		_, err := tx.ExecContext(ctx, `
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
	if err := redress(ctx, tx, is, at); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO issues (edition, version, changed_at, look, private, token)
		VALUES ($1, 1, $2, $3, $4, $5)
		ON CONFLICT (edition) DO UPDATE
		SET version = issues.version + 1,
			changed_at = CASE
				WHEN excluded.changed_at > issues.changed_at THEN excluded.changed_at
				ELSE issues.changed_at + 1000
			END,
			look = excluded.look, private = excluded.private`,
		is.Edition, ms(at.Truncate(time.Second)), is.Print, is.Private, newToken())
	if err != nil {
		return fmt.Errorf("edition %s: %w", is.Edition, err)
	}
	return nil
}

// step moves the version of an edition on that is told otherwise than it was, and
// looks as it did.
func step(ctx context.Context, tx *sql.Tx, edition string, at time.Time) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE issues
		SET version = version + 1,
			changed_at = CASE WHEN $1 > changed_at THEN $1 ELSE changed_at + 1000 END
		WHERE edition = $2`, ms(at.Truncate(time.Second)), edition)
	return err
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
		SELECT edition, version, changed_at, look, private, token, EXISTS (
			SELECT 1
			FROM entries
			WHERE entries.edition = issues.edition AND entries.staged IS NOT NULL),
			(SELECT COALESCE(MAX(id), 0) FROM orders WHERE kind = 'block')
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
		if err := rows.Scan(&is.Edition, &is.Version, &at, &is.Print, &is.Private, &is.Token, &is.Staged, &is.Blocks); err != nil {
			return nil, err
		}
		is.ChangedAt = fromMS(at)
		all = append(all, is)
	}
	return all, rows.Err()
}

// EntriesOf lists the entries that show a record, by edition, as readers get them.
func (s *DB) EntriesOf(ctx context.Context, record int64) ([]aggregator.Entry, error) {
	all, err := entries(ctx, s.read, `
		SELECT entries.doc
		FROM members
		JOIN entries ON entries.id = members.entry
		WHERE members.record = $1 AND entries.withdrawn = 0
		ORDER BY entries.edition, entries.id`, record)
	if err == nil {
		all, err = s.veil(ctx, s.read, all)
	}
	return slices.DeleteFunc(all, func(e aggregator.Entry) bool {
		return e.Lead.Record != record && !slices.Contains(also(&e), record) // not yet: staged; or blocked
	}), err
}

// A querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// entries reads them as they are laid out. What is for readers goes through veil.
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
