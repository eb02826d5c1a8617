package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

// Adopt makes the states those of exactly the sources of r. New ones, and those
// that were given another address, are due at once; one that is dropped is retired
// and keeps all it has, in case it returns.
func (s *DB) Adopt(ctx context.Context, r aggregator.Roster) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := setClock(ctx, tx, r.Now, r.Step); err != nil {
			return fmt.Errorf("follow the clock: %w", err)
		}
		moved, used, err := compared(ctx, tx, r.URLs)
		if err != nil {
			return err
		}
		for id, in := range used { // nearly always all stays as it is
			if _, wanted := r.URLs[id]; wanted || !in {
				continue
			}
			_, err := tx.ExecContext(ctx, `
				UPDATE states
				SET retired = $1
				WHERE source = $2`, ms(r.Now), id)
			if err != nil {
				return fmt.Errorf("retire %s: %w", id, err)
			}
		}
		for id := range r.URLs {
			if used[id] {
				continue
			}
			_, err := tx.ExecContext(ctx, `
				INSERT INTO states (source, doc)
				VALUES ($1, '{}')
				ON CONFLICT (source) DO UPDATE
				SET retired = 0`, id)
			if err != nil {
				return fmt.Errorf("adopt %s: %w", id, err)
			}
		}
		for _, id := range moved {
			_, err := tx.ExecContext(ctx, `
				UPDATE states
				SET next_poll = 0,
					gone = 0
				WHERE source = $1`, id)
			if err != nil {
				return fmt.Errorf("adopt %s: %w", id, err)
			}
		}
		return nil
	})
}

// compared lists the sources whose address is not the one that their state
// belongs to, and says which are in use. Under the same host an origin's
// Retry-After still holds.
func compared(ctx context.Context, tx *sql.Tx, urls map[string]string) (moved []string, used map[string]bool, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT source, retired, doc
		FROM states`)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	used = map[string]bool{}
	for rows.Next() {
		var source string
		var retired int64
		var doc sql.RawBytes // until the next row
		if err := rows.Scan(&source, &retired, &doc); err != nil {
			return nil, nil, err
		}
		used[source] = retired == 0
		var said struct { // of a State, what Readdressed looks at
			URL    string
			Status int
		}
		if err := json.Unmarshal(doc, &said); err != nil {
			return nil, nil, fmt.Errorf("state of %s: %w", source, err)
		}
		st := aggregator.State{URL: said.URL, Status: said.Status}
		if now := urls[source]; now != "" && st.Readdressed(now) {
			moved = append(moved, source)
		}
	}
	return moved, used, rows.Err()
}

// Clock is the time of the latest poll; zero when there was none.
func (s *DB) Clock(ctx context.Context) (time.Time, error) {
	last, err := clock(ctx, s.read)
	if err != nil {
		return time.Time{}, fmt.Errorf("time of the latest poll: %w", err)
	}
	return fromMS(last), nil
}

// setClock moves every next poll along when the clock has been set: by step, or
// by what the latest poll is ahead of now.
func setClock(ctx context.Context, tx *sql.Tx, now time.Time, step time.Duration) error {
	last, err := clock(ctx, tx)
	if err != nil {
		return err
	}
	const drift = time.Minute
	if back := ms(now) - last; step == 0 && back < -drift.Milliseconds() {
		step = time.Duration(back) * time.Millisecond
	}
	if step != 0 {
		_, err := tx.ExecContext(ctx, `
			UPDATE states
			SET next_poll = next_poll + $1
			WHERE next_poll > 0`, step.Milliseconds())
		if err != nil {
			return err
		}
	}
	return saveClock(ctx, tx, now)
}

// clock is what saveClock noted; 0 for nothing yet.
func clock(ctx context.Context, q querier) (last int64, err error) {
	err = q.QueryRowContext(ctx, `
		SELECT CAST(COALESCE(MAX(value), '0') AS BIGINT)
		FROM meta
		WHERE name = 'clock'`).Scan(&last)
	return last, err
}

// saveClock notes the time of the latest poll.
func saveClock(ctx context.Context, tx *sql.Tx, now time.Time) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO meta (name, value)
		VALUES ('clock', $1)
		ON CONFLICT (name) DO UPDATE
		SET value = excluded.value`, fmt.Sprint(ms(now)))
	return err
}

// Due lists the states to be polled by now, the longest due first: limit at most,
// and none of but, which the caller has: to read a state costs more than to find it.
func (s *DB) Due(ctx context.Context, now time.Time, limit int, but map[string]bool) ([]*aggregator.State, error) {
	wanted := func(source string) bool {
		if but[source] || limit == 0 {
			return false
		}
		limit--
		return true
	}
	return s.states(ctx, wanted, `
		SELECT source, next_poll, gone, doc
		FROM states
		WHERE retired = 0 AND gone = 0 AND next_poll <= $1
		ORDER BY next_poll, source
		LIMIT $2`, ms(now), limit+len(but))
}

// States lists the states of sources in use, by id.
func (s *DB) States(ctx context.Context) ([]aggregator.State, error) {
	found, err := s.states(ctx, func(string) bool { return true }, `
		SELECT source, next_poll, gone, doc
		FROM states
		WHERE retired = 0
		ORDER BY source`)
	all := make([]aggregator.State, len(found))
	for i, st := range found {
		all[i] = *st
	}
	return all, err
}

// Unwanted counts the items of sources of which none, of those that have come
// since, belongs to a topic.
func (s *DB) Unwanted(ctx context.Context, since time.Time) (map[string]int, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT source, COUNT(*)
		FROM records
		WHERE first_seen >= $1
		GROUP BY source
		HAVING MAX(story) = 0
			AND MIN(filed_rev) > 0`, ms(since))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]int{}
	for rows.Next() {
		var source string
		var n int
		if err := rows.Scan(&source, &n); err != nil {
			return nil, err
		}
		all[source] = n
	}
	return all, rows.Err()
}

// states reads the states that a query finds, of the sources that are wanted.
func (s *DB) states(ctx context.Context, wanted func(source string) bool, query string, args ...any) ([]*aggregator.State, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []*aggregator.State
	for rows.Next() {
		var source string
		var doc sql.RawBytes // until the next row
		var next, gone int64
		if err := rows.Scan(&source, &next, &gone, &doc); err != nil {
			return nil, err
		}
		if !wanted(source) {
			continue
		}
		st := new(aggregator.State)
		if err := json.Unmarshal(doc, st); err != nil {
			return nil, fmt.Errorf("state of %s: %w", source, err)
		}
		st.Source, st.NextPoll, st.Gone = source, fromMS(next), gone == 1
		all = append(all, st)
	}
	return all, rows.Err()
}

// saveState replaces a source's state. read says that a whole document was.
func saveState(ctx context.Context, tx *sql.Tx, st *aggregator.State, read bool, at time.Time) error {
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
