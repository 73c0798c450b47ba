package store

import (
	"context"
	"fmt"
	"time"
)

// Suggest records a as a suggestion, in state Suggested. first is true when it
// is news: the log did not have its key, or had it as a suggestion that no
// longer applied (DropSuggestions). A suggestion that is still open takes over
// a's plan, so that the log always tells the present one; whatever was begun
// or finished under this key stays as it is.
func (db *DB) Suggest(ctx context.Context, a Action) (first bool, err error) {
	a.State, a.Attempts, a.DoneAt, a.Error = Suggested, 0, time.Time{}, ""
	err = db.transact(ctx, func(tx *tx) error {
		var old Action
		old, first, err = tx.insert(a)
		if err != nil || first {
			return err
		}
		a.ID = old.ID
		switch {
		case old.State == Suggested:
			a.PlannedAt = old.PlannedAt
			if rowOf(a).cut() == rowOf(old) {
				return nil // a quiet pass writes nothing
			}
			return tx.replan(a, Suggested)
		case old.State == Dropped && old.Attempts == 0:
			first = true
			return tx.replan(a, Dropped)
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("recording a suggestion: %w", err)
	}
	return first, nil
}

// DropSuggestions drops the open suggestions of account whose keys are not
// among keep, and returns how many those were.
func (db *DB) DropSuggestions(ctx context.Context, account string, keep []string, at time.Time) (dropped int, err error) {
	kept := make(map[string]bool, len(keep))
	for _, k := range keep {
		kept[k] = true
	}
	err = db.transact(ctx, func(tx *tx) error {
		var open []struct {
			ID  int64
			Key string
		}
		if err := tx.selectAll(&open, `SELECT id, key FROM actions WHERE account = ? AND state = 'suggested'`, account); err != nil {
			return err
		}
		for _, s := range open {
			if kept[s.Key] {
				continue
			}
			n, err := tx.exec(`UPDATE actions SET state = 'dropped', error = ?, done_at = ? WHERE id = ? AND state = 'suggested'`,
				"no longer needed", instant(at), s.ID)
			if err != nil {
				return err
			}
			dropped += int(n)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("dropping suggestions of account %q: %w", account, err)
	}
	return dropped, nil
}
