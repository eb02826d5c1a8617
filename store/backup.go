package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Backup writes a whole copy of the database to path, beside a daemon that goes
// on writing: the copy is of one moment. It is checked before it gets its name,
// and never replaces a file. It answers how many bytes it has.
func (s *DB) Backup(ctx context.Context, path string) (size int64, err error) {
	if _, err := os.Lstat(path); err == nil {
		return 0, fmt.Errorf("backup: %s exists already: name another file", path)
	}
	part := path + ".part"
	defer os.Remove(part) // once renamed there is nothing to remove
	if err := hollow(part); err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	if err := s.copyTo(ctx, part); err != nil {
		return 0, fmt.Errorf("backup to %s: %w", path, s.advise(err))
	}
	if _, err := sound(ctx, part); err != nil {
		return 0, fmt.Errorf("backup to %s: %w", path, err)
	}
	if err := settle(part, path); err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// copyTo writes what is committed into an empty file. It takes a connection that
// could write, as the engine asks, and reads with it.
func (s *DB) copyTo(ctx context.Context, file string) (err error) {
	db, err := sql.Open("sqlite", dsn(filepath.Join(s.dir, fileName), false))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, `VACUUM INTO $1`, file)
	return err
}

// hollow makes an empty file that only its owner reads: what is in a database is
// not everybody's, and SQLite would use the umask.
func hollow(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// sound opens a database file by itself and says whether it is whole and ours:
// its id, or what is wrong with it.
func sound(ctx context.Context, path string) (id string, err error) {
	if err := judgeHeader(path); err != nil {
		return "", err
	}
	db, err := sql.Open("sqlite", dsn(path, true)+"&immutable=1")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var verdict string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&verdict); err != nil {
		return "", fmt.Errorf("%s cannot be read: %w", path, err)
	}
	if verdict != "ok" {
		return "", fmt.Errorf("%s is damaged: %s", path, verdict)
	}
	if err := db.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'id'`).Scan(&id); err != nil {
		return "", fmt.Errorf("%s is no database of wiredesk: %w", path, err)
	}
	return id, nil
}

// settle gives a finished file its name, so that neither is lost in a power cut.
func settle(part, path string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Restore puts a backup in the place of the database in dir, which no process may
// have open, and answers where the old one was put: "" when there was none.
// Entries keep their ids and dates; editions count as changed now, since what they
// last served may have been newer than the backup (I7). A backup of another
// database is refused unless other is set.
func Restore(ctx context.Context, dir, backup string, other bool, now time.Time) (aside string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("restore: data directory: %w", err)
	}
	lock, err := takeLock(filepath.Join(dir, lockName))
	if err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	id, err := sound(ctx, backup)
	if err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	if err := sameDesk(dir, id, other); err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	path := filepath.Join(dir, fileName)
	part := path + ".part"
	defer os.Remove(part)
	if err := copyFile(backup, part); err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	if aside, err = putAside(path, now); err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	if err := settle(part, path); err != nil {
		return aside, fmt.Errorf("restore: %w", err)
	}
	return aside, adopt(ctx, dir, id, now)
}

// sameDesk compares a backup with the directory's own database.
func sameDesk(dir, id string, other bool) error {
	mark, err := os.ReadFile(filepath.Join(dir, markName))
	switch {
	case errors.Is(err, fs.ErrNotExist) || other:
		return nil
	case err != nil:
		return err
	case strings.TrimSpace(string(mark)) != id:
		return fmt.Errorf("the backup is of another database (%s) than %s has held (%s): say --other to take it all the same", id, dir, strings.TrimSpace(string(mark)))
	}
	return nil
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// putAside renames a database with its journal, which may hold the newest of it,
// and a journal that has lost its database: it would be played into the next one.
func putAside(path string, now time.Time) (aside string, err error) {
	to := path + ".before-" + now.UTC().Format("20060102T150405Z")
	for _, suffix := range []string{"-wal", "-shm", ""} { // the database last: without it nothing starts
		switch err := os.Rename(path+suffix, to+suffix); {
		case err == nil:
			aside = to
		case !errors.Is(err, fs.ErrNotExist):
			return "", err
		}
	}
	return aside, nil
}

// adopt makes a restored database the directory's own.
func adopt(ctx context.Context, dir, id string, now time.Time) (err error) {
	if err := os.WriteFile(filepath.Join(dir, markName), []byte(id+"\n"), 0o600); err != nil {
		return err
	}
	s := &DB{dir: dir}
	if err := s.open(ctx); err != nil {
		return errors.Join(err, s.Close())
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE issues
			SET version = version + 1,
				changed_at = CASE WHEN changed_at + 1000 > $1 THEN changed_at + 1000 ELSE $1 END`, ms(now.Truncate(time.Second)))
		return err
	})
}
