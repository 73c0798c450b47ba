package store

import (
	"slices"
	"testing"
	"time"
)

func suggest(t *testing.T, db *DB, a Action) bool {
	t.Helper()
	first, err := db.Suggest(t.Context(), a)
	if err != nil {
		t.Fatalf("Suggest(%q): %v", a.Key, err)
	}
	return first
}

func TestSuggestOnce(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		plan := move("k", t0)
		if !suggest(t, db, plan) {
			t.Error("the first Suggest was not the first")
		}
		plan.To = plan.To.Shift(time.Hour)
		plan.PlannedAt = t0.Add(time.Minute)
		if suggest(t, db, plan) {
			t.Error("the second Suggest was news")
		}
		got := stored(t, db, 1)
		if !got.To.Equal(plan.To) || !got.PlannedAt.Equal(t0) || got.State != Suggested || got.Attempts != 0 {
			t.Errorf("an open suggestion = %+v, want the new plan and the first instant", got)
		}

		if n, err := db.DropSuggestions(t.Context(), ann, nil, t0.Add(time.Hour)); err != nil || n != 1 {
			t.Fatalf("DropSuggestions = %d, %v, want 1", n, err)
		}
		if got := stored(t, db, 1); got.State != Dropped || !got.DoneAt.Equal(t0.Add(time.Hour)) || got.Error == "" {
			t.Errorf("a dropped suggestion = %+v", got)
		}
		if !suggest(t, db, plan) {
			t.Error("a suggestion that applies again was no news")
		}
		if got := stored(t, db, 1); got.State != Suggested || !got.DoneAt.IsZero() || got.Error != "" || !got.PlannedAt.Equal(plan.PlannedAt) {
			t.Errorf("a suggestion that applies again = %+v", got)
		}
	})
}

// TestSuggestLeavesActsAlone: what was begun or ended under the key is no suggestion any more.
func TestSuggestLeavesActsAlone(t *testing.T) {
	db := fresh(t)
	for _, state := range []State{Doing, Done, Dropped, Failed} {
		a := inState(t, db, string(state), state)
		plan := move(string(state), t0)
		plan.Reason = "another"
		if suggest(t, db, plan) {
			t.Errorf("Suggest of an action that is %s was news", state)
		}
		if got := stored(t, db, a.ID); got != a {
			t.Errorf("Suggest changed an action that is %s to %+v", state, got)
		}
	}
}

func TestDropSuggestionsKeeps(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		for _, key := range []string{"a", "b", "c"} {
			suggest(t, db, move(key, t0))
		}
		bobs := move("d", t0)
		bobs.Account = "bob"
		suggest(t, db, bobs)
		begin(t, db, move("e", t0))
		if n, err := db.DropSuggestions(t.Context(), ann, []string{"b", "unknown"}, t0); err != nil || n != 2 {
			t.Errorf("DropSuggestions = %d, %v, want 2", n, err)
		}
		open, err := db.Actions(t.Context(), Filter{State: Suggested})
		if ids := idsOf(open); err != nil || !slices.Equal(ids, []int64{2, 4}) {
			t.Errorf("open suggestions = %v, %v, want b and bob's", ids, err)
		}
		if doing, err := db.Doing(t.Context(), ann); err != nil || len(doing) != 1 {
			t.Errorf("Doing = %v, %v, want the one that was begun", doing, err)
		}
	})
}
