package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// atOnce is how many new sources are due at once: somebody who starts wants to
// see something, and so few are no burden.
const atOnce = 64

// Spread makes states for sources that have none, before Adopt does: due one after
// the other within a time, so that a thousand imported ones neither go out at once
// nor stay bunched ever after. The first few are due at once.
func (s *DB) Spread(ctx context.Context, sources []string, now time.Time, within time.Duration) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		fresh, err := unknown(ctx, tx, sources)
		if err != nil || len(fresh) <= atOnce {
			return err
		}
		step := within / time.Duration(len(fresh)-atOnce)
		for i, id := range fresh[atOnce:] {
			_, err := tx.ExecContext(ctx, `
				INSERT INTO states (source, next_poll, doc)
				VALUES ($1, $2, '{}')`, id, ms(now.Add(time.Duration(i+1)*step)))
			if err != nil {
				return fmt.Errorf("spread %s: %w", id, err)
			}
		}
		return nil
	})
}

// unknown are the sources without a state, in order.
func unknown(ctx context.Context, tx *sql.Tx, sources []string) (fresh []string, err error) {
	for _, id := range sources {
		var have int
		err := tx.QueryRowContext(ctx, `
			SELECT COUNT(*)
			FROM states
			WHERE source = $1`, id).Scan(&have)
		if err != nil {
			return nil, err
		}
		if have == 0 {
			fresh = append(fresh, id)
		}
	}
	return fresh, nil
}
