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

// Edition reads an edition in one snapshot: where it stands, and its entries,
// newest first: at least `least` of them and all within span of the newest, at
// most `most`. With them come those that no archive before them holds, so that an
// edition and its archives are all that was ever published, each entry once. When
// that would be more than `most`, as after a changed topic has worked on the past,
// only what no archive holds at all comes too, and archives repeat some of it. An
// edition that has never been filed has version 0.
func (s *DB) Edition(ctx context.Context, id string, least, most int, span time.Duration) (is aggregator.Issue, es []aggregator.Entry, err error) {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return is, nil, err
	}
	defer tx.Rollback() // it only reads: there is nothing to commit
	var at int64
	is.Edition = id
	err = tx.QueryRowContext(ctx, `
		SELECT version, changed_at, look, private, token
		FROM issues
		WHERE edition = $1`, id).Scan(&is.Version, &at, &is.Print, &is.Private, &is.Token)
	if errors.Is(err, sql.ErrNoRows) {
		return is, nil, fmt.Errorf("edition %s is %w: %w", id, aggregator.ErrNotFiled, err)
	}
	if err != nil {
		return is, nil, fmt.Errorf("edition %s: %w", id, err)
	}
	is.ChangedAt = fromMS(at)
	w, es, err := s.reading(ctx, tx, id, least, most, span)
	if err != nil {
		return is, nil, err
	}
	if is.Archive, _, err = beside(ctx, tx, archive{id, w.full + 1}); err != nil {
		return is, nil, err
	}
	is.Before, _, err = beside(ctx, tx, archive{id, w.before + 1})
	return is, es, err
}

// reading reads the entries within an edition's reach as readers get them. Many may
// be blocked from the start: then it reaches further, until least are not.
func (s *DB) reading(ctx context.Context, tx *sql.Tx, id string, least, most int, span time.Duration) (w reach, es []aggregator.Entry, err error) {
	for want := least; ; want *= 2 {
		if w, err = frame(ctx, tx, id, want, max(most, want), span); err != nil {
			return w, nil, err
		}
		all, err := w.read(ctx, tx, id)
		if err != nil {
			return w, nil, err
		}
		if es, err = s.veil(ctx, tx, all); err != nil {
			return w, nil, err
		}
		if len(es) >= least || len(all) < want {
			return w.cut(es, most)
		}
	}
}

// cut leaves out what is too much of a reach that went far: the oldest, but for those
// that no archive holds. The newest archive comes before the rest then.
func (w reach) cut(es []aggregator.Entry, most int) (reach, []aggregator.Entry, error) {
	if len(es) <= most {
		return w, es, nil
	}
	w.before = w.full
	room := most
	for i := range es {
		if es[i].Number > w.full*aggregator.ArchiveSize {
			room--
		}
	}
	return w, slices.DeleteFunc(es, func(e aggregator.Entry) bool {
		if e.Number > w.full*aggregator.ArchiveSize {
			return false
		}
		room--
		return room < 0
	}), nil
}

// A reach says which entries a document of an edition holds: the newest, and
// those after the archive before them.
type reach struct {
	newest int   // by date
	before int64 // the archive that ends where it begins
	full   int64 // the newest archive there is, or has been
}

// frame measures an edition's reach.
func frame(ctx context.Context, tx *sql.Tx, id string, least, most int, span time.Duration) (w reach, err error) {
	var given int64
	err = tx.QueryRowContext(ctx, `
		SELECT COALESCE(MAX(last), 0)
		FROM series
		WHERE edition = $1`, id).Scan(&given)
	if err != nil {
		return w, err
	}
	w.full = given / aggregator.ArchiveSize
	seqs, err := newest(ctx, tx, id, least, most, span)
	if err != nil {
		return w, err
	}
	w.newest, w.before = len(seqs), w.full
	for _, seq := range seqs {
		w.before = min(w.before, (seq-1)/aggregator.ArchiveSize)
	}
	n, err := after(ctx, tx, id, w.before)
	if err != nil || n <= most {
		return w, err
	}
	w.before = w.full // then by date, with what is in no archive
	if n, err = after(ctx, tx, id, w.full); err != nil {
		return w, err
	}
	room := most - n
	for i, seq := range seqs {
		if seq > w.full*aggregator.ArchiveSize {
			continue
		}
		if room--; room < 0 {
			w.newest = i
			break
		}
	}
	return w, nil
}

// newest lists the numbers of the entries that stand in an edition by their dates.
func newest(ctx context.Context, tx *sql.Tx, id string, least, most int, span time.Duration) (seqs []int64, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT published, seq
		FROM entries
		WHERE edition = $1 AND withdrawn = 0
		ORDER BY published DESC, id
		LIMIT $2`, id, most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var until int64
	for rows.Next() {
		var at, seq int64
		if err := rows.Scan(&at, &seq); err != nil {
			return nil, err
		}
		if len(seqs) == 0 {
			until = at - span.Milliseconds()
		}
		if len(seqs) >= least && at < until {
			break
		}
		seqs = append(seqs, seq)
	}
	return seqs, rows.Err()
}

// after counts the entries that come after an archive.
func after(ctx context.Context, tx *sql.Tx, id string, number int64) (n int, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT COUNT(*)
		FROM entries
		WHERE edition = $1 AND withdrawn = 0 AND seq > 0 AND seq > $2`, id, number*aggregator.ArchiveSize).Scan(&n)
	return n, err
}

// read reads the entries within a reach.
func (w reach) read(ctx context.Context, tx *sql.Tx, id string) ([]aggregator.Entry, error) {
	return numbered(ctx, tx, `
		SELECT doc, seq
		FROM entries
		WHERE edition = $1 AND withdrawn = 0 AND (seq > 0 AND seq > $2 OR id IN (
			SELECT id
			FROM entries
			WHERE edition = $1 AND withdrawn = 0
			ORDER BY published DESC, id
			LIMIT $3))
		ORDER BY published DESC, id`, id, w.before*aggregator.ArchiveSize, w.newest)
}

// numbered reads entries with their numbers.
func numbered(ctx context.Context, tx *sql.Tx, query string, args ...any) (all []aggregator.Entry, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var doc []byte
		var e aggregator.Entry
		if err := rows.Scan(&doc, &e.Number); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(doc, &e); err != nil {
			return nil, fmt.Errorf("entry: %w", err)
		}
		all = append(all, e)
	}
	return all, rows.Err()
}
