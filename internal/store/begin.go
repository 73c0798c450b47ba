package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrState says that an action is no longer in the state it was to leave:
// somebody else was faster. Nothing was changed.
var ErrState = errors.New("the action has gone on to another state in the meantime")

// Begin records that a is about to be done, in state Doing, and returns it with
// its ID. When the log has its key already, nothing is written: first is false
// and the stored action tells how far it came. PlannedAt is the caller's.
func (db *DB) Begin(ctx context.Context, a Action) (begun Action, first bool, err error) {
	a.State, a.Attempts, a.DoneAt, a.Error = Doing, 1, time.Time{}, ""
	err = db.transact(ctx, func(tx *tx) error {
		begun, first, err = tx.insert(a)
		return err
	})
	if err != nil {
		return Action{}, false, fmt.Errorf("recording an action: %w", err)
	}
	return begun, first, nil
}

// Resume begins a once more, with a's plan (ETag, times, reasons, PlannedAt),
// if the log still has it in state from, which is Dropped or Failed.
// It returns ErrState when it has not.
func (db *DB) Resume(ctx context.Context, a Action, from State) (resumed Action, err error) {
	if !slices.Contains([]State{Dropped, Failed}, from) {
		return Action{}, fmt.Errorf("an action that is %s cannot be begun again", from)
	}
	err = db.transact(ctx, func(tx *tx) error {
		const query = `SELECT ` + actionColumns + ` FROM actions WHERE id = ?`
		var row actionRow
		if _, err := tx.get(&row, query, a.ID); err != nil {
			return err
		}
		a.State, a.Attempts, a.DoneAt, a.Error = Doing, row.Attempts+1, time.Time{}, ""
		if err := tx.replan(a, from); err != nil {
			return err
		}
		_, err := tx.get(&row, query, a.ID)
		resumed = row.action()
		return err
	})
	if err != nil {
		return Action{}, fmt.Errorf("recording that action %d is begun again: %w", a.ID, err)
	}
	return resumed, nil
}

// Finish ends an action that is Doing in state Done, Dropped or Failed. errText
// says why it was dropped or failed. It returns ErrState when the action is
// not Doing, and changes nothing then.
func (db *DB) Finish(ctx context.Context, id int64, state State, errText string, at time.Time) error {
	if !slices.Contains([]State{Done, Dropped, Failed}, state) {
		return fmt.Errorf("an action does not end as %s", state)
	}
	n, err := db.exec(ctx, `UPDATE actions SET state = ?, error = ?, done_at = ? WHERE id = ? AND state = 'doing'`,
		state, errText, instant(at), id)
	if err == nil && n != 1 {
		err = ErrState
	}
	if err != nil {
		return fmt.Errorf("recording the end of action %d: %w", id, err)
	}
	return nil
}

// insert adds a to the log unless its key is there already.
func (t *tx) insert(a Action) (stored Action, first bool, err error) {
	if a.Key == "" {
		return Action{}, false, errors.New("it has no key")
	}
	var old actionRow
	found, err := t.get(&old, `SELECT `+actionColumns+` FROM actions WHERE key = ?`, a.Key)
	if err != nil || found {
		return old.action(), false, err
	}
	if a.ID, err = t.number("actions"); err != nil {
		return Action{}, false, err
	}
	row := rowOf(a)
	if _, err := t.NamedExecContext(t.ctx, insertAction, row); err != nil {
		return Action{}, false, err
	}
	return row.cut().action(), true, nil
}

// replan gives a stored action, which has to be in state from, the state and plan of a.
func (t *tx) replan(a Action, from State) error {
	n, err := t.exec(`
		UPDATE actions SET state = ?, attempts = ?, planned_at = ?, done_at = ?, error = ?, calendar = ?, href = ?, etag = ?,
			from_start = ?, from_end = ?, to_start = ?, to_end = ?, zone = ?, rung = ?, reason = ?, because = ?, other_person = ?
		WHERE id = ? AND state = ?`,
		a.State, a.Attempts, instant(a.PlannedAt), instant(a.DoneAt), a.Error, a.Calendar, a.Href, a.ETag,
		instant(a.From.Start), instant(a.From.End), instant(a.To.Start), instant(a.To.End),
		a.Zone, a.Rung, a.Reason, a.Because, a.With, a.ID, from)
	if err == nil && n != 1 {
		err = ErrState
	}
	return err
}
