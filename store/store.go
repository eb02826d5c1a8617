// Package store keeps records, states and entries in SQLite, in one data
// directory. Its SQL is one text that PostgreSQL reads too ($1…$N, ON CONFLICT,
// RETURNING, BIGINT milliseconds); what differs will be a dialect, not a second
// store.
//
//	db, err := store.Open(ctx, "data")     // the daemon: one process a directory
//	db, err := store.OpenRead(ctx, "data") // a verb beside it: reads only
//	db, err := store.OpenBeside(ctx, "data") // and one that gives an order
//
// What one poll changes is committed together or not at all (Save), and so is
// what one desk round changes (File). Saves of several sources share a
// transaction; one that fails fails alone. No read transaction is open while a
// caller works with what it read.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // registers the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/wiredesk/wiredesk/aggregator"
)

//go:embed schema/*.sql
var schema embed.FS

// Files of a data directory.
const (
	fileName = "wiredesk.db"
	markName = "wiredesk.id" // says that this directory has held a database
	lockName = "wiredesk.lock"
)

// A DB is an open store. It is safe for concurrent use.
type DB struct {
	dir   string
	write *sql.DB // one connection; nil when opened for reading
	read  *sql.DB
	lock  *os.File

	names     atomic.Pointer[aggregator.Names] // see Rename; nil for nothing renamed
	unindexed bool                             // saves write no words: tests measure what those cost
	looks     int                              // records read for one search at most

	compiled atomic.Pointer[compiledBlocks] // nil until somebody has asked

	filed atomic.Int64 // transactions of this DB; see Filed

	mu      sync.Mutex // guards waiting and leading
	waiting []*saving  // batches that the next leader takes along
	leading bool
}

// Open opens a data directory, makes it when it is missing, and locks it.
func Open(ctx context.Context, dir string) (*DB, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	lock, err := takeLock(filepath.Join(dir, lockName))
	if err != nil {
		return nil, err
	}
	s := &DB{dir: dir, lock: lock, looks: maxLooked}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *DB) open(ctx context.Context) error {
	path := filepath.Join(s.dir, fileName)
	if err := judge(s.dir, path); err != nil {
		return err
	}
	var err error
	if s.write, err = openDB(dsn(path, false)); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := migrate(ctx, s.write); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	if err := s.mark(ctx); err != nil {
		return err
	}
	if err := s.stale(ctx); err != nil {
		return err
	}
	s.read, err = openDB(dsn(path, true))
	return err
}

// OpenRead opens the database for reading, beside a daemon that writes.
func OpenRead(ctx context.Context, dir string) (*DB, error) {
	path := filepath.Join(dir, fileName)
	if err := judge(dir, path); err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("no database in %s yet: start wiredesk run first", dir)
	}
	read, err := openDB(dsn(path, true))
	if err != nil {
		return nil, err
	}
	var have int64
	if err := read.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version`).Scan(&have); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), read.Close())
	}
	return &DB{dir: dir, read: read, looks: maxLooked}, nil
}

// OpenBeside opens the database for a verb that gives an order (Give), beside a
// daemon or without one: it takes no lock, and waits its turn to write. The
// schema must be ours: bringing it up is the daemon's.
func OpenBeside(ctx context.Context, dir string) (*DB, error) {
	s, err := OpenRead(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := s.sameSchema(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.write, err = openDB(dsn(filepath.Join(dir, fileName), false)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.write.SetMaxOpenConns(1)
	return s, nil
}

// sameSchema refuses a database of another version of the program.
func (s *DB) sameSchema(ctx context.Context) error {
	files, err := fs.Glob(schema, "schema/*.sql")
	if err != nil {
		return err
	}
	var have int
	if err := s.read.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version`).Scan(&have); err != nil {
		return err
	}
	switch ours := len(files); { // they are numbered from 1
	case have < ours:
		return fmt.Errorf("the database in %s is of an older wiredesk (schema %d, ours is %d): start this one's wiredesk run once", s.dir, have, ours)
	case have > ours:
		return fmt.Errorf("the database in %s is of a newer wiredesk (schema %d, ours is %d): use that one", s.dir, have, ours)
	}
	return nil
}

// Close ends the connections and gives the directory free.
func (s *DB) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// dsn names a database for the driver. FULL: what is committed survives a power
// cut, since it may have been published. The one connection that writes keeps 8 MB
// of pages: with SQLite's 2 MB it reads those of the indexes again and writes those
// of a large transaction early, and saving costs 7 % more.
func dsn(path string, reading bool) string {
	q := url.Values{"_pragma": {"busy_timeout(10000)", "foreign_keys(1)"}}
	if reading {
		q.Set("mode", "ro")
		q.Add("_pragma", "query_only(1)")
	} else {
		q.Set("_txlock", "immediate")
		q.Add("_pragma", "journal_mode(WAL)")
		q.Add("_pragma", "cache_size(-8000)")
		q.Add("_pragma", "synchronous(FULL)")
		q.Add("_pragma", "journal_size_limit(67108864)")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// migrate brings the schema up to ours, and refuses a newer one.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(schema, "schema")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return err
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	if ours := sources[len(sources)-1].Version; have > ours {
		return fmt.Errorf("the schema is version %d, this program knows %d: use a newer wiredesk", have, ours)
	}
	_, err = p.Up(ctx)
	return err
}

// mark writes the database's id into the directory, once.
func (s *DB) mark(ctx context.Context) error {
	id := make([]byte, 8)
	rand.Read(id)
	_, err := s.write.ExecContext(ctx, `
		INSERT INTO meta (name, value)
		VALUES ('id', $1)
		ON CONFLICT (name) DO NOTHING`, hex.EncodeToString(id))
	if err != nil {
		return err
	}
	var kept string
	if err := s.write.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'id'`).Scan(&kept); err != nil {
		return err
	}
	path := filepath.Join(s.dir, markName)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	return os.WriteFile(path, []byte(kept+"\n"), 0o600)
}

// inTx runs work in one write transaction.
func (s *DB) inTx(ctx context.Context, work func(tx *sql.Tx) error) error {
	if s.write == nil {
		return errors.New("the store is open for reading only")
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return s.advise(err)
	}
	if err := work(tx); err != nil {
		tx.Rollback() // its own error says no more than the first
		return s.advise(err)
	}
	err = tx.Commit()
	s.filed.Add(1) // even of one that failed: it may have got through
	return s.advise(err)
}

// An advised error says already what to do about it.
type advised struct{ error }

func (a advised) Unwrap() error { return a.error }

// advise adds to the engine's error what to do about it, once.
func (s *DB) advise(err error) error {
	var e *sqlite.Error
	var already advised
	if !errors.As(err, &e) || errors.As(err, &already) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return advised{fmt.Errorf("the disk under %s is full, make room and it goes on by itself: %w", s.dir, err)}
	case sqlite3.SQLITE_READONLY:
		return advised{fmt.Errorf("%s cannot be written to: %w", s.dir, err)}
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return advised{fmt.Errorf("the database in %s is damaged, restore a backup: %w", s.dir, err)}
	default:
		return err
	}
}
