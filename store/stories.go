package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/wiredesk/wiredesk/aggregator"
	"github.com/wiredesk/wiredesk/aggregator/story"
)

// Window reads the filed items that came since, with their signatures. One whose
// signature is of another version is left out: another version is another plan,
// and the desk files it again.
func (s *DB) Window(ctx context.Context, since time.Time) (w aggregator.Window, err error) {
	if w.Frequencies, err = s.frequencies(ctx); err != nil {
		return w, fmt.Errorf("frequencies: %w", err)
	}
	rows, err := s.read.QueryContext(ctx, `
		SELECT r.id, r.source, r.published, r.first_seen, r.story, r.copy_of, g.doc
		FROM records r
		JOIN signatures g ON g.record = r.id
		WHERE r.story <> 0 AND r.first_seen >= $1
		ORDER BY r.id`, ms(since))
	if err != nil {
		return w, err
	}
	defer rows.Close()
	for rows.Next() {
		var p aggregator.Placed
		var published, came int64
		var doc []byte
		if err := rows.Scan(&p.Piece.Record, &p.Piece.Source, &published, &came, &p.Verdict.Story, &p.Verdict.CopyOf, &doc); err != nil {
			return w, err
		}
		p.Piece.At, p.Piece.Came = fromMS(published), fromMS(came)
		if err := p.Piece.Signature.UnmarshalBinary(doc); err == nil {
			w.Placed = append(w.Placed, p)
		}
	}
	return w, rows.Err()
}

// frequencies reads those in force. What another version wrote is left out, as
// its signatures are.
func (s *DB) frequencies(ctx context.Context) (all []story.Frequencies, err error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT doc
		FROM frequencies
		ORDER BY lang`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var doc []byte
		if err := rows.Scan(&doc); err != nil {
			return nil, err
		}
		var f story.Frequencies
		if err := f.UnmarshalBinary(doc); err == nil {
			all = append(all, f)
		}
	}
	return all, rows.Err()
}

// sign stores what a decision's item is compared by.
func sign(ctx context.Context, st *steps, d *aggregator.Decision) error {
	if d.Signature == nil {
		return nil
	}
	doc, err := d.Signature.AppendBinary(nil)
	if err != nil {
		return err
	}
	return st.exec(ctx, `
		INSERT INTO signatures (record, doc)
		VALUES ($1, $2)
		ON CONFLICT (record) DO UPDATE
		SET doc = excluded.doc`, d.Record, doc)
}

// freeze stores frequencies with the first decisions that were made by them.
func freeze(ctx context.Context, tx *sql.Tx, frozen []story.Frequencies) error {
	for i := range frozen {
		doc, err := frozen[i].AppendBinary(nil)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO frequencies (lang, doc)
			VALUES ($1, $2)
			ON CONFLICT (lang) DO UPDATE
			SET doc = excluded.doc`, frozen[i].Lang, doc)
		if err != nil {
			return fmt.Errorf("frequencies of %q: %w", frozen[i].Lang, err)
		}
	}
	return nil
}
