package store

import (
	"context"
	"errors"
	"fmt"
)

// ailments are what no database of ours may hold, with what to do about it.
var ailments = []struct{ name, query, cure string }{
	{"entries that show an item which is not stored", `
		SELECT COUNT(*)
		FROM members
		WHERE record NOT IN (SELECT id FROM records) AND entry IN (SELECT id FROM entries WHERE withdrawn = 0)`,
		"wiredesk prune clears them"},
	{"entries without an item", `
		SELECT COUNT(*)
		FROM entries
		WHERE withdrawn = 0 AND id NOT IN (SELECT entry FROM members)`,
		"wiredesk prune clears them"},
	{"items that no key leads to", `
		SELECT COUNT(*)
		FROM records
		WHERE id NOT IN (SELECT record FROM seen)`,
		"their feeds will bring them a second time: restore a backup, or report this"},
	{"editions with entries and no version", `
		SELECT COUNT(*)
		FROM (SELECT DISTINCT edition FROM entries WHERE withdrawn = 0) AS shown
		WHERE edition NOT IN (SELECT edition FROM issues)`,
		"the next wiredesk run prints them anew"},
	{"items that search does not know", `
		SELECT COUNT(*)
		FROM records
		WHERE id >= (SELECT CAST(COALESCE(MAX(value), '0') AS BIGINT) FROM meta WHERE name = 'search_from')
			AND id NOT IN (SELECT rowid FROM search)`,
		"report this; to index all anew, remove search_version from the table meta and run wiredesk run"},
}

// An Ailment is something wrong in the database, in words, and what to do.
type Ailment struct {
	What string
	Cure string
}

// Examine reads the whole database and lists what is wrong in it: pages that are
// damaged, and rows that contradict each other. It changes nothing.
func (s *DB) Examine(ctx context.Context) (found []Ailment, err error) {
	rows, err := s.read.QueryContext(ctx, `PRAGMA integrity_check(20)`)
	if err != nil {
		return nil, s.advise(err)
	}
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		if line != "ok" {
			found = append(found, Ailment{line, "the file is damaged: stop wiredesk and restore a backup"})
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, s.advise(err)
	}
	for _, a := range ailments {
		var n int
		if err := s.read.QueryRowContext(ctx, a.query).Scan(&n); err != nil {
			return found, fmt.Errorf("look for %s: %w", a.name, s.advise(err))
		}
		if n > 0 {
			found = append(found, Ailment{fmt.Sprintf("%d %s", n, a.name), a.cure})
		}
	}
	return found, nil
}
