package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Filter selects actions; its zero fields select all.
type Filter struct {
	Account string
	Pair    string
	State   State
	Kind    Kind
	Since   time.Time // planned or finished then or later
	Limit   int       // the newest so many
}

// Actions returns the actions that f selects, the oldest first.
func (db *DB) Actions(ctx context.Context, f Filter) ([]Action, error) {
	var where []string
	var args []any
	add := func(set bool, condition string, values ...any) {
		if set {
			where, args = append(where, condition), append(args, values...)
		}
	}
	add(f.Account != "", "account = ?", f.Account)
	add(f.Pair != "", "pair = ?", f.Pair)
	add(f.State != "", "state = ?", f.State)
	add(f.Kind != "", "kind = ?", f.Kind)
	add(!f.Since.IsZero(), "(planned_at >= ? OR done_at >= ?)", instant(f.Since), instant(f.Since))
	query := `SELECT ` + actionColumns + ` FROM actions`
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, " AND ")
	}
	query += ` ORDER BY id DESC`
	if f.Limit > 0 {
		query += ` LIMIT ?`
		args = append(args, f.Limit)
	}
	var rows []actionRow
	if err := db.selectAll(ctx, &rows, `SELECT * FROM (`+query+`) AS newest ORDER BY id`, args...); err != nil {
		return nil, fmt.Errorf("reading the action log: %w", err)
	}
	return actionsOf(rows), nil
}

// Doing returns the actions of account that were begun and not finished, the
// oldest first: after a crash, those whose outcome has to be read from the event.
func (db *DB) Doing(ctx context.Context, account string) ([]Action, error) {
	return db.Actions(ctx, Filter{Account: account, State: Doing})
}

// Action returns the action with this id and whether there is one.
func (db *DB) Action(ctx context.Context, id int64) (Action, bool, error) {
	var row actionRow
	found, err := db.get(ctx, &row, `SELECT `+actionColumns+` FROM actions WHERE id = ?`, id)
	if err != nil || !found {
		return Action{}, false, err
	}
	return row.action(), true, nil
}
