// Package store keeps what the program must not forget: the copy of every
// calendar with its cursor, the log of actions, the agendas' tokens and how
// each account is doing. It decides nothing and knows no calendar server.
//
// Three invariants hold whenever a method returns, and after a crash:
//   - a cursor and the resources it stands for are written in one transaction;
//   - an action's key is in the log at most once, so nothing is begun twice;
//   - every change of an action's state names the state it comes from.
//
// Instants are arguments, never read from a clock; they are kept in UTC with
// millisecond precision, come back in UTC, and the zero time stays zero. Zones
// are kept by name. Errors are in words for the operator.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// How long the database may take before a call gives up. A transaction may
// carry a whole calendar; a single statement is a matter of microseconds and
// only ever waits for another process.
const (
	statementLimit   = 15 * time.Second
	transactionLimit = 2 * time.Minute
)

// errSlow is the cause of a context that one of the limits ended.
var errSlow = errors.New("the database took too long to answer")

// DB is an open database. It is safe for use by many goroutines and, on one
// file, by many processes.
type DB struct {
	// SQLite has one writer at a time. One connection for writing makes
	// goroutines queue here instead of in the busy handler, which is unfair;
	// readers have connections of their own and never wait.
	write, read *sqlx.DB
}

// Close closes the database. Calls under way fail.
func (db *DB) Close() error {
	err := db.read.Close()
	if db.write != db.read {
		err = errors.Join(err, db.write.Close())
	}
	return err
}

// selectAll reads all rows of a query into dest, a pointer to a slice.
func (db *DB) selectAll(ctx context.Context, dest any, query string, args ...any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, statementLimit, errSlow)
	defer cancel()
	return explain(ctx, db.read.SelectContext(ctx, dest, db.read.Rebind(query), args...))
}

// get reads the one row of a query into dest and reports whether there is one.
func (db *DB) get(ctx context.Context, dest any, query string, args ...any) (bool, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, statementLimit, errSlow)
	defer cancel()
	err := db.read.GetContext(ctx, dest, db.read.Rebind(query), args...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, explain(ctx, err)
}

// exec makes one change, in a transaction of its own, and returns how many rows it touched.
func (db *DB) exec(ctx context.Context, query string, args ...any) (int64, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, statementLimit, errSlow)
	defer cancel()
	res, err := db.write.ExecContext(ctx, db.write.Rebind(query), args...)
	if err != nil {
		return 0, explain(ctx, err)
	}
	n, err := res.RowsAffected()
	return n, explain(ctx, err)
}

// transact runs do in one transaction: either all of its changes are made or none.
func (db *DB) transact(ctx context.Context, do func(tx *tx) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, transactionLimit, errSlow)
	defer cancel()
	x, err := db.write.BeginTxx(ctx, nil)
	if err != nil {
		return explain(ctx, err)
	}
	// After a Commit this does nothing; before it, the first error counts.
	defer x.Rollback()
	if err := do(&tx{ctx: ctx, Tx: x}); err != nil {
		return explain(ctx, err)
	}
	return explain(ctx, x.Commit())
}

// tx is a transaction together with the context that bounds it.
type tx struct {
	ctx context.Context
	*sqlx.Tx
}

func (t *tx) selectAll(dest any, query string, args ...any) error {
	return t.SelectContext(t.ctx, dest, t.Rebind(query), args...)
}

func (t *tx) get(dest any, query string, args ...any) (bool, error) {
	err := t.GetContext(t.ctx, dest, t.Rebind(query), args...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func (t *tx) exec(query string, args ...any) (int64, error) {
	res, err := t.ExecContext(t.ctx, t.Rebind(query), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// prepare readies a statement that runs for many rows and ends with t.
func (t *tx) prepare(query string) (func(args ...any) (int64, error), error) {
	stmt, err := t.PreparexContext(t.ctx, t.Rebind(query))
	if err != nil {
		return nil, err
	}
	return func(args ...any) (int64, error) {
		res, err := stmt.ExecContext(t.ctx, args...)
		if err != nil {
			return 0, err
		}
		return res.RowsAffected()
	}, nil
}

// number returns the next number of a counter, from 1 upwards.
func (t *tx) number(counter string) (n int64, err error) {
	found, err := t.get(&n, `UPDATE counters SET value = value + 1 WHERE name = ? RETURNING value`, counter)
	if err == nil && !found {
		err = fmt.Errorf("the counter %q is missing", counter)
	}
	return n, err
}
