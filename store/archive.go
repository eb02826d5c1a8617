package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
)

// An archive is named by its edition and its number.
type archive struct {
	edition string
	number  int64
}

// A shelf holds the archives that a transaction changes.
type shelf map[archive]bool

// touch notes that the entry of a number has changed for readers; 0 is none.
func (s shelf) touch(edition string, seq int64) {
	if seq > 0 {
		s[archive{edition, (seq + aggregator.ArchiveSize - 1) / aggregator.ArchiveSize}] = true
	}
}

// editions lists whose archives are on the shelf.
func (s shelf) editions() (ids []string) {
	for a := range s {
		ids = append(ids, a.edition)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// read touches the entries that a query lists by edition and number.
func (s shelf) read(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var edition string
		var seq int64
		if err := rows.Scan(&edition, &seq); err != nil {
			return err
		}
		s.touch(edition, seq)
	}
	return rows.Err()
}

// number gives an entry the next number of its edition, unless it has one.
func number(ctx context.Context, tx *sql.Tx, id, edition string) (seq int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT seq FROM entries WHERE id = $1`, id).Scan(&seq)
	if err != nil || seq > 0 {
		return seq, err
	}
	err = tx.QueryRowContext(ctx, `
		INSERT INTO series (edition, last)
		VALUES ($1, 1)
		ON CONFLICT (edition) DO UPDATE
		SET last = series.last + 1
		RETURNING last`, edition).Scan(&seq)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE entries SET seq = $1 WHERE id = $2`, seq, id)
	return seq, err
}

// numberStaged numbers what is staged and was never shown, in the order of dates.
func numberStaged(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE entries
		SET seq = numbered.seq
		FROM (
			SELECT e.id, COALESCE(s.last, 0) + ROW_NUMBER() OVER (PARTITION BY e.edition ORDER BY e.published, e.id) AS seq
			FROM entries e
			LEFT JOIN series s ON s.edition = e.edition
			WHERE e.staged <> '' AND e.seq = 0) AS numbered
		WHERE numbered.id = entries.id`)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO series (edition, last)
		SELECT edition, MAX(seq)
		FROM entries
		WHERE staged <> ''
		GROUP BY edition
		ON CONFLICT (edition) DO UPDATE
		SET last = CASE WHEN excluded.last > series.last THEN excluded.last ELSE series.last END`)
	return err
}

// store brings the archives on the shelf up to their entries. It answers the
// editions in which an archive has appeared or is empty now: its neighbours, which
// name each other, change too.
func (s shelf) store(ctx context.Context, tx *sql.Tx, at time.Time) (editions []string, err error) {
	changed := shelf{}
	var turned []archive
	for _, a := range slices.SortedFunc(maps.Keys(s), byNumber) {
		full, appeared, err := count(ctx, tx, a)
		if err != nil {
			return nil, fmt.Errorf("archive %d of %s: %w", a.number, a.edition, err)
		}
		if full {
			changed[a] = true
		}
		if appeared {
			turned = append(turned, a)
		}
	}
	for _, a := range turned {
		editions = append(editions, a.edition)
		if err := changed.neighbours(ctx, tx, a); err != nil {
			return nil, err
		}
	}
	for _, a := range slices.SortedFunc(maps.Keys(changed), byNumber) {
		if err := move(ctx, tx, at, a); err != nil {
			return nil, err
		}
	}
	return slices.Compact(editions), nil
}

func byNumber(a, b archive) int {
	return cmp.Or(cmp.Compare(a.edition, b.edition), cmp.Compare(a.number, b.number))
}

// count stores how many entries a full archive has. turned says whether it has
// some now and had none, or the other way.
func count(ctx context.Context, tx *sql.Tx, a archive) (full, turned bool, err error) {
	var given, had, has int64
	err = tx.QueryRowContext(ctx, `SELECT last FROM series WHERE edition = $1`, a.edition).Scan(&given)
	if errors.Is(err, sql.ErrNoRows) || err == nil && given < a.number*aggregator.ArchiveSize {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	err = tx.QueryRowContext(ctx, `
		SELECT COALESCE(MAX(entries), 0)
		FROM archives
		WHERE edition = $1 AND number = $2`, a.edition, a.number).Scan(&had)
	if err != nil {
		return false, false, err
	}
	err = tx.QueryRowContext(ctx, `
		INSERT INTO archives (edition, number, entries, first, last, changed_at)
		SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), COUNT(*), COALESCE(MIN(published), 0), COALESCE(MAX(published), 0), 0
		FROM entries
		WHERE edition = $1 AND withdrawn = 0 AND seq > 0 AND seq > $3 AND seq <= $4
		ON CONFLICT (edition, number) DO UPDATE
		SET entries = excluded.entries, first = excluded.first, last = excluded.last
		RETURNING entries`,
		a.edition, a.number, (a.number-1)*aggregator.ArchiveSize, a.number*aggregator.ArchiveSize).Scan(&has)
	return true, (had > 0) != (has > 0), err
}

// neighbours puts the archives before and after one on the shelf.
func (s shelf) neighbours(ctx context.Context, tx *sql.Tx, a archive) error {
	prev, next, err := beside(ctx, tx, a)
	if err != nil {
		return err
	}
	for _, n := range []int64{prev, next} {
		if n > 0 {
			s[archive{a.edition, n}] = true
		}
	}
	return nil
}

// beside finds the archives with entries before and after one; 0 is none.
func beside(ctx context.Context, tx *sql.Tx, a archive) (prev, next int64, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT
			COALESCE((SELECT MAX(number) FROM archives WHERE edition = $1 AND entries > 0 AND number < $2), 0),
			COALESCE((SELECT MIN(number) FROM archives WHERE edition = $1 AND entries > 0 AND number > $2), 0)`,
		a.edition, a.number).Scan(&prev, &next)
	return prev, next, err
}

// move raises when an archive last changed, as raise does for its edition.
func move(ctx context.Context, tx *sql.Tx, at time.Time, a archive) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE archives
		SET changed_at = CASE WHEN $1 > changed_at THEN $1 ELSE changed_at + 1000 END
		WHERE edition = $2 AND number = $3`, ms(at.Truncate(time.Second)), a.edition, a.number)
	return err
}

// redress raises all archives of an edition that is to look different.
func redress(ctx context.Context, tx *sql.Tx, is aggregator.Issue, at time.Time) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE archives
		SET changed_at = CASE WHEN $1 > changed_at THEN $1 ELSE changed_at + 1000 END
		WHERE edition = $2 AND EXISTS (SELECT 1 FROM issues WHERE edition = $2 AND look <> $3)`,
		ms(at.Truncate(time.Second)), is.Edition, is.Print)
	return err
}

// Archives lists what an edition has in archives, the oldest first.
func (s *DB) Archives(ctx context.Context, edition string) (all []aggregator.Archive, err error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT number, entries, first, last, changed_at
		FROM archives
		WHERE edition = $1 AND entries > 0
		ORDER BY number`, edition)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		a, err := scanArchive(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	for i := range all {
		if i > 0 {
			all[i].Prev, all[i-1].Next = all[i-1].Number, all[i].Number
		}
	}
	return all, rows.Err()
}

func scanArchive(row interface{ Scan(...any) error }) (a aggregator.Archive, err error) {
	var first, last, at int64
	err = row.Scan(&a.Number, &a.Entries, &first, &last, &at)
	a.First, a.Last, a.ChangedAt = fromMS(first), fromMS(last), fromMS(at)
	return a, err
}

// Archive reads an archive and its entries, the last published first, in one
// snapshot.
func (s *DB) Archive(ctx context.Context, edition string, number int64) (a aggregator.Archive, es []aggregator.Entry, err error) {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return a, nil, err
	}
	defer tx.Rollback() // it only reads: there is nothing to commit
	a, err = scanArchive(tx.QueryRowContext(ctx, `
		SELECT number, entries, first, last, changed_at
		FROM archives
		WHERE edition = $1 AND number = $2 AND entries > 0`, edition, number))
	if errors.Is(err, sql.ErrNoRows) {
		return a, nil, fmt.Errorf("edition %s has %w %d", edition, aggregator.ErrNoArchive, number)
	}
	if err != nil {
		return a, nil, err
	}
	if a.Prev, a.Next, err = beside(ctx, tx, archive{edition, number}); err != nil {
		return a, nil, err
	}
	es, err = numbered(ctx, tx, `
		SELECT doc, seq
		FROM entries
		WHERE edition = $1 AND withdrawn = 0 AND seq > 0 AND seq > $2 AND seq <= $3
		ORDER BY seq DESC`, edition, (number-1)*aggregator.ArchiveSize, number*aggregator.ArchiveSize)
	if err == nil {
		es, err = s.veil(ctx, tx, es)
	}
	if es == nil {
		es = []aggregator.Entry{} // all are blocked
	}
	return a, es, err
}
