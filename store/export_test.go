package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"
)

// Limit makes the database as full as it is, or gives it room again.
func (s *DB) Limit(ctx context.Context, full bool) error {
	pages := 1 << 30
	if full {
		pages = 1 // SQLite raises it to what the file has
	}
	var now int
	return s.write.QueryRowContext(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)).Scan(&now)
}

// Rows counts the rows of the index.
func (s *DB) Rows(ctx context.Context) (n int) {
	if err := s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM search_docsize`).Scan(&n); err != nil {
		return -1
	}
	return n
}

// Forget makes the index what it is in a store that never had one.
func (s *DB) Forget(ctx context.Context) error {
	_, err := s.write.ExecContext(ctx, `
		DELETE FROM meta WHERE name LIKE 'search%';
		INSERT INTO search (search) VALUES ('delete-all')`)
	return err
}

// Indexing turns the writing of words off and on.
func (s *DB) Indexing(on bool) { s.unindexed = !on }

// Looking bounds the records read for one search.
func (s *DB) Looking(at int) { s.looks = at }

// Size is the bytes of the database.
func (s *DB) Size(ctx context.Context) (n int) {
	var size int
	s.write.QueryRowContext(ctx, `PRAGMA page_count`).Scan(&n)
	s.write.QueryRowContext(ctx, `PRAGMA page_size`).Scan(&size)
	return n * size
}

// Scans lists the reading statements, of those run last, that find rows of a table
// without an index.
func (s *DB) Scans(ctx context.Context, table string) (all []string, err error) {
	for _, db := range []*sql.DB{s.read, s.write} {
		var queries []string
		c, err := db.Conn(ctx)
		if err != nil {
			return nil, err
		}
		err = c.Raw(func(c any) error {
			queries = slices.Collect(maps.Keys(c.(*conn).kept))
			return nil
		})
		if err := errors.Join(err, c.Close()); err != nil {
			return nil, err
		}
		for _, query := range queries {
			if !strings.HasPrefix(strings.TrimSpace(query), "SELECT") {
				continue
			}
			steps, err := db.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query, make([]any, 100)...)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", query, err)
			}
			for steps.Next() {
				var id, parent, cost int
				var step string
				if err := steps.Scan(&id, &parent, &cost, &step); err != nil {
					return nil, errors.Join(err, steps.Close())
				}
				if step == "SCAN "+table || step == "SEARCH "+table {
					all = append(all, step+": "+query)
				}
			}
			if err := errors.Join(steps.Err(), steps.Close()); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// Mark makes an entry staged, or not (NULL), and withdrawn, or not (0).
func (s *DB) Mark(ctx context.Context, entry string, staged any, withdrawn int64) error {
	_, err := s.write.ExecContext(ctx, `UPDATE entries SET staged = $1, withdrawn = $2 WHERE id = $3`, staged, withdrawn, entry)
	return err
}

// At opens the database of a directory with the schema as it was at a version, as
// an older program has left it.
func At(ctx context.Context, dir string, version int64) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn(filepath.Join(dir, fileName), false))
	if err != nil {
		return nil, err
	}
	p, err := provider(db)
	if err == nil {
		_, err = p.UpTo(ctx, version)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func provider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(schema, "schema")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, files)
}

// Newest is the version of our schema.
func Newest() int64 {
	files, err := fs.Glob(schema, "schema/*.sql")
	if err != nil {
		panic(err) // the pattern is right
	}
	return int64(len(files)) // they are numbered from 1
}
