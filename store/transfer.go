package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/wiredesk/wiredesk/aggregator"
)

// transfer brings what is stored under ids that were renamed under the new ones.
// What the desk makes of topics it makes anew, as after any change of them.
func transfer(ctx context.Context, tx *sql.Tx, moves []aggregator.Transfer) error {
	if len(moves) == 0 {
		return nil
	}
	for _, m := range moves {
		var err error
		switch m.Kind {
		case aggregator.SourceID:
			err = transferSource(ctx, tx, m)
		case aggregator.EditionID:
			err = transferEdition(ctx, tx, m)
		}
		if err != nil {
			return fmt.Errorf("%s %s to %s: %w", m.Kind, m.From, m.To, err)
		}
	}
	if err := transferEntries(ctx, tx, moves); err != nil {
		return err
	}
	return transferOrders(ctx, tx, moves)
}

// transferSource moves a source. The new id has no items (HoldsMuch), but may
// have been asked.
func transferSource(ctx context.Context, tx *sql.Tx, m aggregator.Transfer) error {
	for _, table := range []string{"states", "habits", "subscriptions", "notices"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE source = $1`, m.To); err != nil {
			return err
		}
	}
	for _, table := range []string{"states", "habits", "subscriptions", "records", "seen", "notices"} {
		if _, err := tx.ExecContext(ctx, `UPDATE `+table+` SET source = $1 WHERE source = $2`, m.To, m.From); err != nil {
			return err
		}
	}
	return reindex(ctx, tx, m.To)
}

// reindex writes the words of a source's records anew: its id is among them.
func reindex(ctx context.Context, tx *sql.Tx, source string) error {
	for last := int64(0); ; {
		records, err := recordsOf(ctx, tx, `
			SELECT`+columns+`
			FROM records
			WHERE source = $1 AND id > $2
			ORDER BY id
			LIMIT $3`, source, last, indexBatch)
		if err != nil || len(records) == 0 {
			return err
		}
		rows := make([]row, len(records))
		for i := range records {
			rows[i] = rowOf(records[i].Source, &records[i].Item)
			rows[i].id = records[i].ID
		}
		if err := index(ctx, tx, rows); err != nil {
			return err
		}
		last = records[len(records)-1].ID
	}
}

// transferEdition moves an edition and its digests. The new id has no entries, but
// may have been printed.
func transferEdition(ctx context.Context, tx *sql.Tx, m aggregator.Transfer) error {
	if err := transferIssue(ctx, tx, m.From, m.To); err != nil {
		return err
	}
	if err := transferIssue(ctx, tx, aggregator.DigestsOf(m.From), aggregator.DigestsOf(m.To)); err != nil {
		return err
	}
	for _, table := range []string{"series", "archives", "digests"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE edition = $1`, m.To); err != nil {
			return err
		}
	}
	for _, table := range []string{"entries", "series", "archives", "digests"} {
		if _, err := tx.ExecContext(ctx, `UPDATE `+table+` SET edition = $1 WHERE edition = $2`, m.To, m.From); err != nil {
			return err
		}
	}
	return nil
}

// transferIssue moves where an edition stands. Versions never go back, so the
// higher one stays.
func transferIssue(ctx context.Context, tx *sql.Tx, from, to string) error {
	var version, changed int64
	err := tx.QueryRowContext(ctx, `
		SELECT COALESCE(MAX(version), 0), COALESCE(MAX(changed_at), 0)
		FROM issues
		WHERE edition = $1`, to).Scan(&version, &changed)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE issues
		SET version = CASE WHEN version < $1 THEN $1 ELSE version END,
			changed_at = CASE WHEN changed_at < $2 THEN $2 ELSE changed_at END
		WHERE edition = $3`, version, changed, from)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM issues WHERE edition = $1`, to); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE issues SET edition = $1 WHERE edition = $2`, to, from)
	return err
}

// quotes are the old ids as JSON writes them: what holds none need not be read.
func quotes(moves []aggregator.Transfer) (all []string) {
	for _, m := range moves {
		all = append(all, `"`+m.From+`"`)
	}
	return all
}

func holdsAny(s string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s, part) })
}

// transferEntries writes the new ids into entries, as published and as staged.
func transferEntries(ctx context.Context, tx *sql.Tx, moves []aggregator.Transfer) error {
	marks := quotes(moves)
	for last := ""; ; {
		docs, err := texts(ctx, tx, `
			SELECT id, doc, COALESCE(staged, '')
			FROM entries
			WHERE id > $1
			ORDER BY id
			LIMIT 500`, last)
		if err != nil || len(docs) == 0 {
			return err
		}
		last = docs[len(docs)-1][0]
		for _, d := range docs {
			if !holdsAny(d[1]+d[2], marks) {
				continue
			}
			doc, staged, err := renameEntry(d[1], d[2], moves)
			if err != nil {
				return fmt.Errorf("entry %s: %w", d[0], err)
			}
			_, err = tx.ExecContext(ctx, `
				UPDATE entries
				SET doc = $1, staged = CASE WHEN staged IS NULL THEN NULL ELSE $2 END
				WHERE id = $3`, doc, staged, d[0])
			if err != nil {
				return err
			}
		}
	}
}

// texts reads rows of three texts.
func texts(ctx context.Context, tx *sql.Tx, query string, args ...any) (all [][3]string, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t [3]string
		if err := rows.Scan(&t[0], &t[1], &t[2]); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, rows.Err()
}

// renameEntry rewrites both forms of an entry; "" stays "".
func renameEntry(doc, staged string, moves []aggregator.Transfer) (newDoc, newStaged string, err error) {
	for _, form := range []*string{&doc, &staged} {
		if *form == "" {
			continue
		}
		var e aggregator.Entry
		if err := json.Unmarshal([]byte(*form), &e); err != nil {
			return "", "", err
		}
		e.Rename(moves)
		out, err := json.Marshal(&e)
		if err != nil {
			return "", "", err
		}
		*form = string(out)
	}
	return doc, staged, nil
}

// transferOrders writes the new ids into orders. meta says meanwhile that this is
// what goes on, or else the database would refuse.
func transferOrders(ctx context.Context, tx *sql.Tx, moves []aggregator.Transfer) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ('renaming', '')`); err != nil {
		return err
	}
	docs, err := texts(ctx, tx, `
		SELECT id, source, doc
		FROM orders
		ORDER BY id`)
	if err != nil {
		return err
	}
	for _, d := range docs {
		if !holdsAny(d[2], quotes(moves)) {
			continue
		}
		var o aggregator.Order
		if err := json.Unmarshal([]byte(d[2]), &o); err != nil {
			return fmt.Errorf("order %s: %w", d[0], err)
		}
		o.Rename(moves)
		doc, err := json.Marshal(o)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE orders SET source = $1, doc = $2 WHERE id = $3`, o.Source, string(doc), d[0]); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM meta WHERE name = 'renaming'`); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO meta (name, value)
		VALUES ('renamings', '1')
		ON CONFLICT (name) DO UPDATE
		SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)`) // what was compiled of orders holds no more
	return err
}
