package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

// newToken draws what aggregator.IsToken knows.
func newToken() string {
	b := make([]byte, 20)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// Renew gives an edition another token: its old address leads nowhere from then on.
func (s *DB) Renew(ctx context.Context, edition string, now time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE issues SET token = $1 WHERE edition = $2`, newToken(), edition)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("edition %s has no address yet: start wiredesk run first", edition)
		}
		is := aggregator.Issue{Edition: edition}
		err = tx.QueryRowContext(ctx, `
			SELECT look, private
			FROM issues
			WHERE edition = $1`, edition).Scan(&is.Print, &is.Private)
		if err != nil {
			return err
		}
		return raise(ctx, tx, is, now) // its documents name their own address
	})
}
