package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

const (
	pruneBatch = 500                 // records a transaction: savers wait no longer
	keepSeen   = 30 * 24 * time.Hour // after a key has left its document
	keepOut    = 30 * 24 * time.Hour // after a record has left its last topic
	keepRounds = 90 * 24 * time.Hour
	keepSigned = 15 * 24 * time.Hour // the desk's window, and a day
	keepShown  = 500                 // newest entries of an edition: what a document may hold
)

// Prune deletes what retention no longer asks for and answers how many records
// went. A record stays while its document carries it, while it is young (keep;
// keepMatched when it is in a story), for 30 days after a change took it out of
// its topics, and while an entry that may still be
// printed shows it. Its keys stay known until 30 days after they have left.
func (s *DB) Prune(ctx context.Context, now time.Time, keep, keepMatched time.Duration) (int, error) {
	before := cuts{ms(now.Add(-keep)), ms(now.Add(-keepMatched)), ms(now.Add(-keepOut))}
	total := 0
	for {
		n := 0
		err := s.inTx(ctx, func(tx *sql.Tx) (err error) {
			n, err = pruneRecords(ctx, tx, before)
			return err
		})
		if err != nil {
			return total, fmt.Errorf("prune: %w", err)
		}
		if total += n; n < pruneBatch {
			break
		}
	}
	err := s.inTx(ctx, func(tx *sql.Tx) error { return pruneRest(ctx, tx, now) })
	if err != nil {
		return total, fmt.Errorf("prune: %w", err)
	}
	return total, nil
}

// cuts are the times, in ms, before which records of a kind may go.
type cuts struct {
	unmatched, matched int64 // by when they came and left their document
	out                int64 // by when they left their last topic
}

func pruneRecords(ctx context.Context, tx *sql.Tx, before cuts) (int, error) {
	res, err := tx.ExecContext(ctx, `
		DELETE FROM records
		WHERE id IN (
			SELECT r.id
			FROM records r
			WHERE r.first_seen < CASE WHEN r.story = 0 THEN $1 ELSE $2 END
				AND r.filed_rev = r.rev
				AND r.filed_order >= r.ordered
				AND r.out_since < $7
				AND NOT EXISTS (
					SELECT 1
					FROM seen s
					WHERE s.record = r.id
						AND (s.left_at = 0 OR s.left_at >= CASE WHEN r.story = 0 THEN $3 ELSE $4 END))
				AND NOT EXISTS (
					SELECT 1
					FROM members m
					JOIN entries e ON e.id = m.entry
					WHERE m.record = r.id
						AND e.withdrawn = 0
						AND (SELECT COUNT(*) FROM entries n
							WHERE n.edition = e.edition AND n.withdrawn = 0 AND n.published > e.published) < $5)
			LIMIT $6)`,
		before.unmatched, before.matched, before.unmatched, before.matched, keepShown, pruneBatch, before.out)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// pruneRest clears what hung on pruned records.
func pruneRest(ctx context.Context, tx *sql.Tx, now time.Time) error {
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`UPDATE seen SET record = 0 WHERE record <> 0 AND record NOT IN (SELECT id FROM records)`, nil},
		{`DELETE FROM seen WHERE record = 0 AND left_at > 0 AND left_at < $1`, []any{ms(now.Add(-keepSeen))}},
		{`DELETE FROM signatures WHERE record NOT IN (SELECT id FROM records WHERE story <> 0 AND first_seen >= $1)`, []any{ms(now.Add(-keepSigned))}},
		{`DELETE FROM revisions WHERE record NOT IN (SELECT id FROM records)`, nil},
		{`DELETE FROM members WHERE record NOT IN (SELECT id FROM records)`, nil},
		{`DELETE FROM notices WHERE at < $1`, []any{ms(now.Add(-keepNotices))}},
		{`DELETE FROM rounds WHERE at < $1`, []any{ms(now.Add(-keepRounds))}},
	} {
		if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
			return err
		}
	}
	return pruneEntries(ctx, tx, now)
}

// pruneEntries drops entries that show nothing any more, out of their archives
// too. An edition that named an archive which is empty now says so to its readers.
// Archives and digests are kept in memory as their edition stands: they are printed
// anew.
func pruneEntries(ctx context.Context, tx *sql.Tx, now time.Time) error {
	changed := shelf{}
	err := changed.read(ctx, tx, `
		SELECT edition, seq
		FROM entries
		WHERE withdrawn = 0 AND id NOT IN (SELECT entry FROM members)`)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM entries WHERE id NOT IN (SELECT entry FROM members)`); err != nil {
		return err
	}
	editions, err := changed.store(ctx, tx, now)
	if err != nil {
		return err
	}
	for _, ed := range editions {
		if err := step(ctx, tx, ed, now); err != nil {
			return err
		}
	}
	for _, ed := range changed.editions() { // the feed stays as it is: what went was too old for it
		if err := step(ctx, tx, aggregator.DigestsOf(ed), now); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE issues SET version = version + 1 WHERE edition = $1`, ed); err != nil {
			return err
		}
	}
	return nil
}
