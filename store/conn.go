package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"modernc.org/sqlite"
)

// openDB opens a database. Its connections keep the statements they have run: the
// engine would read their SQL anew each time, which costs more than most of them do.
func openDB(dsn string) (*sql.DB, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector{c}), nil
}

type connector struct{ driver.Connector }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	e, ok := opened.(engine)
	if !ok {
		return opened, nil // works as well, and costs more
	}
	return &conn{e, map[string]statement{}}, nil
}

// An engine is what the driver's connections can do and database/sql asks for.
type engine interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// A conn is a connection. database/sql gives it to one goroutine at a time.
type conn struct {
	engine
	kept map[string]statement // by their SQL, none of them at work
}

// maxKept bounds them: those that take a list have another text for each length.
// Which one goes is left to chance: what is run often is soon back.
const maxKept = 100

// take makes a statement the caller's, who gives it back or closes it. It is nil
// for one that the driver cannot run as we want it to.
func (c *conn) take(ctx context.Context, query string) (statement, error) {
	if st := c.kept[query]; st != nil {
		delete(c.kept, query)
		return st, nil
	}
	made, err := c.engine.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	st, ok := made.(statement)
	if !ok {
		return nil, made.Close()
	}
	return st, nil
}

// give keeps a statement whose work is done.
func (c *conn) give(query string, st statement) error {
	if c.kept[query] != nil { // it ran within itself
		return st.Close()
	}
	var err error
	for other, old := range c.kept {
		if len(c.kept) < maxKept {
			break
		}
		delete(c.kept, other)
		err = old.Close()
	}
	c.kept[query] = st
	return err
}

// ExecContext is for database/sql.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	st, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	if st == nil {
		return c.engine.ExecContext(ctx, query, args)
	}
	result, err := st.ExecContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return result, c.give(query, st)
}

// QueryContext is for database/sql. The statement is at work until its rows are
// closed.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	st, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	if st == nil {
		return c.engine.QueryContext(ctx, query, args)
	}
	found, err := st.QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return &rows{found, c, query, st}, nil
}

type rows struct {
	driver.Rows
	conn  *conn
	query string
	st    statement
}

// Close is called once, by database/sql.
func (r *rows) Close() error {
	if err := r.Rows.Close(); err != nil {
		return errors.Join(err, r.st.Close())
	}
	return r.conn.give(r.query, r.st)
}

// Close is for database/sql.
func (c *conn) Close() error {
	var errs []error
	for _, st := range c.kept {
		errs = append(errs, st.Close())
	}
	return errors.Join(append(errs, c.engine.Close())...)
}
