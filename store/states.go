package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

// Adopt makes the states those of exactly these sources. New ones are due at
// once; one that is dropped is retired and keeps all it has, in case it returns.
func (s *DB) Adopt(ctx context.Context, sources []string, now time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE states
			SET retired = $1
			WHERE retired = 0`, ms(now))
		if err != nil {
			return err
		}
		for _, id := range sources {
			_, err := tx.ExecContext(ctx, `
				INSERT INTO states (source, doc)
				VALUES ($1, '{}')
				ON CONFLICT (source) DO UPDATE
				SET retired = 0`, id)
			if err != nil {
				return fmt.Errorf("adopt %s: %w", id, err)
			}
		}
		return nil
	})
}

// Due lists the states to be polled by now, the longest due first.
func (s *DB) Due(ctx context.Context, now time.Time, limit int) ([]aggregator.State, error) {
	return s.states(ctx, `
		SELECT source, next_poll, gone, doc
		FROM states
		WHERE retired = 0 AND gone = 0 AND next_poll <= $1
		ORDER BY next_poll, source
		LIMIT $2`, ms(now), limit)
}

// States lists the states of sources in use, by id.
func (s *DB) States(ctx context.Context) ([]aggregator.State, error) {
	return s.states(ctx, `
		SELECT source, next_poll, gone, doc
		FROM states
		WHERE retired = 0
		ORDER BY source`)
}

func (s *DB) states(ctx context.Context, query string, args ...any) ([]aggregator.State, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []aggregator.State
	for rows.Next() {
		var st aggregator.State
		var source, doc string
		var next, gone int64
		if err := rows.Scan(&source, &next, &gone, &doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(doc), &st); err != nil {
			return nil, fmt.Errorf("state of %s: %w", source, err)
		}
		st.Source, st.NextPoll, st.Gone = source, fromMS(next), gone == 1
		all = append(all, st)
	}
	return all, rows.Err()
}

// saveState replaces a source's state. read says that a whole document was.
func saveState(ctx context.Context, tx *sql.Tx, st aggregator.State, read bool, at time.Time) error {
	doc, err := json.Marshal(st)
	if err != nil {
		return err
	}
	gone := 0
	if st.Gone {
		gone = 1
	}
	lastRead := int64(0)
	if read {
		lastRead = ms(at)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO states (source, next_poll, last_read, gone, doc)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (source) DO UPDATE
		SET next_poll = excluded.next_poll,
			last_read = CASE WHEN excluded.last_read > 0 THEN excluded.last_read ELSE states.last_read END,
			gone = excluded.gone,
			doc = excluded.doc`,
		st.Source, ms(st.NextPoll), lastRead, gone, string(doc))
	return err
}
