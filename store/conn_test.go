package store

import (
	"path/filepath"
	"strings"
	"testing"
)

// A kept statement may run within itself, outlives an error and a change of the
// schema, and there are never more than so many.
func TestKeptStatementsAnswerAsNewOnesDo(t *testing.T) {
	ctx := t.Context()
	db, err := openDB(dsn(filepath.Join(t.TempDir(), "kept.db"), false))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	run := func(query string, args ...any) {
		t.Helper()
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			t.Fatal(err)
		}
	}
	run(`CREATE TABLE numbers (n BIGINT PRIMARY KEY)`)
	for n := range 5 {
		run(`INSERT INTO numbers (n) VALUES ($1)`, n)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO numbers (n) VALUES ($1)`, 4); err == nil {
		t.Error("a number stands twice")
	}
	run(`INSERT INTO numbers (n) VALUES ($1)`, 5)
	run(`ALTER TABLE numbers ADD COLUMN more BIGINT NOT NULL DEFAULT 7`)

	const above = `SELECT * FROM numbers WHERE n > $1 ORDER BY n`
	count := 0
	outer, err := tx.QueryContext(ctx, above, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer outer.Close()
	for outer.Next() {
		var n, more, least int
		if err := outer.Scan(&n, &more); err != nil {
			t.Fatal(err)
		}
		if err := tx.QueryRowContext(ctx, above, 3).Scan(&least, &more); err != nil || least != 4 || more != 7 {
			t.Errorf("the least number above 3 is %d with %d: %v", least, more, err)
		}
		count += n
	}
	if err := outer.Err(); err != nil || count != 3+4+5 {
		t.Errorf("the numbers above 2 make %d: %v", count, err)
	}
	for i := range 3 * maxKept {
		run(`DELETE FROM numbers WHERE n = $1 `+strings.Repeat(" ", i), i)
	}
	left := -1
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM numbers WHERE n > $1`, -1).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d numbers are left: %v", left, err)
	}
}

func TestOnlySoManyStatementsAreKept(t *testing.T) {
	opened, err := openDB(dsn(filepath.Join(t.TempDir(), "kept.db"), false))
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	one, err := opened.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	for i := range 2 * maxKept {
		rows, err := one.QueryContext(t.Context(), `SELECT $1 `+strings.Repeat(" ", i), i)
		if err != nil {
			t.Fatal(err)
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	err = one.Raw(func(c any) error {
		if n := len(c.(*conn).kept); n != maxKept {
			t.Errorf("%d statements are kept", n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
