package store

import (
	"context"
	"database/sql"
)

// steps are a transaction whose statements are compiled once: a desk round runs
// the same few for each of its items, and compiling one costs as much as running
// it. The statements end with the transaction.
type steps struct {
	tx   *sql.Tx
	made map[string]*sql.Stmt // by text
}

func newSteps(tx *sql.Tx) *steps { return &steps{tx: tx, made: map[string]*sql.Stmt{}} }

func (s *steps) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if st := s.made[query]; st != nil {
		return st, nil
	}
	st, err := s.tx.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.made[query] = st
	return st, nil
}

// exec runs a statement and leaves its result.
func (s *steps) exec(ctx context.Context, query string, args ...any) error {
	st, err := s.stmt(ctx, query)
	if err != nil {
		return err
	}
	_, err = st.ExecContext(ctx, args...)
	return err
}

// is asks a query of one row and one column for yes or no.
func (s *steps) is(ctx context.Context, query string, args ...any) (yes bool, err error) {
	st, err := s.stmt(ctx, query)
	if err != nil {
		return false, err
	}
	err = st.QueryRowContext(ctx, args...).Scan(&yes)
	return yes, err
}
