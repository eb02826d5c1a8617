package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/wiredesk/wiredesk/aggregator"
)

// Rename brings what is stored under the ids of a plan, whole or not at all, and
// answers what is to be remembered (Plan.Under) and what came too late for it.
// It goes before the plan is put in force. Polls that began before it are saved
// under the new ids; filings that did are refused (aggregator.ErrRenamed).
func (s *DB) Rename(ctx context.Context, ids []aggregator.Calling) (*aggregator.Names, aggregator.Renaming, error) {
	before := s.names.Load()
	names, r := before, aggregator.Renaming{}
	err := s.inTx(ctx, func(tx *sql.Tx) (err error) {
		known, err := namesOf(ctx, tx)
		if err != nil {
			return err
		}
		r = aggregator.Rename(ids, known, func(kind, id string) aggregator.Holding {
			h, failed := holding(ctx, tx, kind, id)
			if failed != nil && err == nil {
				err = failed
			}
			return h
		})
		if err != nil {
			return err
		}
		if err := transfer(ctx, tx, r.Moves); err != nil {
			return err
		}
		names = aggregator.NewNames(r.Names, before.Count()+len(r.Moves))
		s.names.Store(names) // before anybody else may write
		return saveNames(ctx, tx, r.Names)
	})
	if err != nil {
		s.names.Store(before)
		return before, r, fmt.Errorf("rename: %w", err)
	}
	return names, r, nil
}

func namesOf(ctx context.Context, tx *sql.Tx) (all []aggregator.Name, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT kind, id, now, root
		FROM names
		ORDER BY kind, id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n aggregator.Name
		if err := rows.Scan(&n.Kind, &n.ID, &n.Now, &n.Root); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, rows.Err()
}

// saveNames replaces all names: they are few.
func saveNames(ctx context.Context, tx *sql.Tx, all []aggregator.Name) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM names`); err != nil {
		return err
	}
	for _, n := range all {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO names (kind, id, now, root)
			VALUES ($1, $2, $3, $4)`, n.Kind, n.ID, n.Now, n.Root)
		if err != nil {
			return err
		}
	}
	return nil
}

// holding says what is stored under an id. A topic has nothing of its own.
func holding(ctx context.Context, tx *sql.Tx, kind, id string) (aggregator.Holding, error) {
	var some, much bool
	query := `
		SELECT
			EXISTS (SELECT 1 FROM states WHERE source = $1),
			EXISTS (SELECT 1 FROM seen WHERE source = $1)`
	switch kind {
	case aggregator.TopicID:
		return aggregator.HoldsSome, nil
	case aggregator.EditionID:
		query = `
		SELECT
			EXISTS (SELECT 1 FROM issues WHERE edition = $1),
			EXISTS (SELECT 1 FROM entries WHERE edition = $1)`
	}
	err := tx.QueryRowContext(ctx, query, id).Scan(&some, &much)
	switch {
	case err != nil:
		return aggregator.HoldsNothing, fmt.Errorf("%s %s: %w", kind, id, err)
	case much:
		return aggregator.HoldsMuch, nil
	case some:
		return aggregator.HoldsSome, nil
	}
	return aggregator.HoldsNothing, nil
}

// now is the id in place of one that was in use when somebody began.
func (s *DB) now(kind, id string) string { return s.names.Load().Now(kind, id) }

// renamed gives a batch of a poll that began before a renaming the source it is of.
func (s *DB) renamed(sv *saving) {
	b := &sv.batch
	now := s.now(aggregator.SourceID, b.State.Source)
	if now == b.State.Source {
		return
	}
	b.State.Source = now
	b.Records = slices.Clone(b.Records)
	for i := range b.Records {
		b.Records[i].Source = now
	}
	sv.rows = s.rows(b.Records)
}
