package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/span"
)

// move is the plan of a move of the occurrence that starts at original.
func move(key string, original time.Time) Action {
	return Action{
		Key: key, Account: ann, Kind: Move, Calendar: work, Href: "/ann/work/1.ics", UID: "1@example.org",
		Original: original, Pair: "ann|bob", ETag: `"e1"`,
		From: span.Of(original, 30*time.Minute), To: span.Of(original.Add(time.Hour), 30*time.Minute),
		Zone: "Europe/Vienna", Rung: 1, Reason: "Ann is not available then", Because: "busy", With: "Bob",
		PlannedAt: t0,
	}
}

func begin(tb testing.TB, db *DB, a Action) Action {
	tb.Helper()
	got, first, err := db.Begin(tb.Context(), a)
	if err != nil || !first {
		tb.Fatalf("Begin(%q) = first %v, %v", a.Key, first, err)
	}
	return got
}

func stored(tb testing.TB, db *DB, id int64) Action {
	tb.Helper()
	a, found, err := db.Action(tb.Context(), id)
	if err != nil || !found {
		tb.Fatalf("Action(%d) = found %v, %v", id, found, err)
	}
	return a
}

func TestBeginOnce(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		plan := move("k", t0.Add(1500*time.Microsecond).In(time.FixedZone("", 3600)))
		begun := begin(t, db, plan)
		want := move("k", t0.Add(time.Millisecond))
		want.ID, want.State, want.Attempts = 1, Doing, 1
		want.From = span.Of(want.Original, 30*time.Minute)
		want.To = span.Of(want.Original.Add(time.Hour), 30*time.Minute)
		if diff := cmp.Diff(want, begun); diff != "" {
			t.Errorf("Begin (-want +got):\n%s", diff)
		}
		plan.Reason = "another reason"
		again, first, err := db.Begin(t.Context(), plan)
		if err != nil || first {
			t.Fatalf("second Begin = first %v, %v", first, err)
		}
		if diff := cmp.Diff(begun, again); diff != "" {
			t.Errorf("the second Begin returned another action than the stored one (-first +second):\n%s", diff)
		}
		if diff := cmp.Diff(begun, stored(t, db, begun.ID)); diff != "" {
			t.Errorf("Action (-begun +stored):\n%s", diff)
		}
		if _, found, err := db.Action(t.Context(), 99); err != nil || found {
			t.Errorf("Action(99) = found %v, %v", found, err)
		}
		if _, _, err := db.Begin(t.Context(), Action{}); err == nil {
			t.Error("an action without a key was begun")
		}
		if b := begin(t, db, move("other", t0)); b.ID != 2 {
			t.Errorf("the second action has the number %d, want 2", b.ID)
		}
	})
}

// step is one thing that may be tried with an action, and where it leads from
// the states that allow it.
type step struct {
	name string
	do   func(context.Context, *DB, Action) error
	to   map[State]State
}

func finish(to State, allowed map[State]State) step {
	return step{"finish as " + string(to), func(ctx context.Context, db *DB, a Action) error {
		return db.Finish(ctx, a.ID, to, "why", t0.Add(time.Hour))
	}, allowed}
}

func resume(from State, allowed map[State]State) step {
	return step{"resume from " + string(from), func(ctx context.Context, db *DB, a Action) error {
		a.ETag, a.PlannedAt, a.Reason = "e2", t0.Add(time.Hour), "again"
		got, err := db.Resume(ctx, a, from)
		if err == nil && (got.ETag != "e2" || !got.PlannedAt.Equal(a.PlannedAt) || got.Reason != "again") {
			return fmt.Errorf("Resume kept the old plan: %+v", got)
		}
		return err
	}, allowed}
}

// TestStates tries every step from every state.
func TestStates(t *testing.T) {
	type to = map[State]State
	steps := []step{
		finish(Done, to{Doing: Done}), finish(Dropped, to{Doing: Dropped}), finish(Failed, to{Doing: Failed}),
		finish(Doing, nil),
		resume(Dropped, to{Dropped: Doing}), resume(Failed, to{Failed: Doing}),
		resume(Doing, nil), resume(Done, nil),
	}
	each(t, func(t *testing.T, db *DB) {
		for _, from := range []State{Doing, Done, Dropped, Failed} {
			for _, s := range steps {
				a := inState(t, db, fmt.Sprint(from, " ", s.name), from)
				state, allowed := s.to[from]
				if err := s.do(t.Context(), db, a); (err == nil) != allowed {
					t.Errorf("%s, from %s: %v", s.name, from, err)
				}
				want := a // refused: nothing changes
				switch {
				case allowed && state == Doing:
					want.State, want.Attempts, want.DoneAt, want.Error = Doing, a.Attempts+1, time.Time{}, ""
					want.ETag, want.PlannedAt, want.Reason = "e2", t0.Add(time.Hour), "again"
				case allowed:
					want.State, want.DoneAt, want.Error = state, t0.Add(time.Hour), "why"
				}
				if diff := cmp.Diff(want, stored(t, db, a.ID)); diff != "" {
					t.Errorf("%s, from %s (-want +got):\n%s", s.name, from, diff)
				}
			}
		}
		if err := db.Finish(t.Context(), 1000, Done, "", t0); !errors.Is(err, ErrState) {
			t.Errorf("Finish of no action = %v, want ErrState", err)
		}
		if _, err := db.Resume(t.Context(), Action{ID: 1000}, Failed); !errors.Is(err, ErrState) {
			t.Errorf("Resume of no action = %v, want ErrState", err)
		}
	})
}

// inState returns a new action that has come as far as state.
func inState(t *testing.T, db *DB, key string, state State) Action {
	t.Helper()
	a := begin(t, db, move(key, t0))
	if state != Doing {
		if err := db.Finish(t.Context(), a.ID, state, "", t0); err != nil {
			t.Fatal(err)
		}
	}
	return stored(t, db, a.ID)
}

// TestBeginRace begins the same action from two handles at once.
func TestBeginRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "oneonone.db")
	handles := []*DB{openAt(t, path), openAt(t, path)}
	for n := range 20 {
		var wg sync.WaitGroup
		firsts := make(chan int64, 8)
		for i := range 8 {
			wg.Go(func() {
				a, first, err := handles[i%2].Begin(context.Background(), move(fmt.Sprint(n), t0))
				if err != nil {
					t.Errorf("Begin: %v", err)
				}
				if first {
					firsts <- a.ID
				}
			})
		}
		wg.Wait()
		if len(firsts) != 1 {
			t.Fatalf("%d callers were the first to begin action %d, want 1", len(firsts), n)
		}
		// Of all that try to end it, one may.
		id, ended := <-firsts, make(chan bool, 8)
		for i := range 8 {
			wg.Go(func() {
				err := handles[i%2].Finish(context.Background(), id, Done, "", t0)
				if err != nil && !errors.Is(err, ErrState) {
					t.Errorf("Finish: %v", err)
				}
				ended <- err == nil
			})
		}
		wg.Wait()
		close(ended)
		wins := 0
		for won := range ended {
			if won {
				wins++
			}
		}
		if wins != 1 {
			t.Fatalf("%d callers ended action %d, want 1", wins, id)
		}
	}
}

func TestActionsFilter(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		plan := func(key, account, pair string, kind Kind, at time.Time) Action {
			a := move(key, t0)
			a.Account, a.Pair, a.Kind, a.PlannedAt = account, pair, kind, at
			return a
		}
		begin(t, db, plan("1", ann, "ann|bob", Move, t0))
		begin(t, db, plan("2", ann, "ann|carl", Link, t0.Add(time.Hour)))
		begin(t, db, plan("3", "bob", "bob|carl", Heal, t0.Add(2*time.Hour)))
		last := begin(t, db, plan("4", ann, "ann|bob", Undo, t0))
		if err := db.Finish(t.Context(), last.ID, Failed, "no", t0.Add(3*time.Hour)); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name   string
			filter Filter
			want   []int64
		}{
			{"all", Filter{}, []int64{1, 2, 3, 4}},
			{"account", Filter{Account: ann}, []int64{1, 2, 4}},
			{"pair", Filter{Pair: "ann|bob"}, []int64{1, 4}},
			{"state", Filter{State: Failed}, []int64{4}},
			{"kind", Filter{Kind: Heal}, []int64{3}},
			{"since, by plan or end", Filter{Since: t0.Add(2 * time.Hour)}, []int64{3, 4}},
			{"the newest two, oldest first", Filter{Limit: 2}, []int64{3, 4}},
			{"everything at once", Filter{Account: ann, Pair: "ann|bob", State: Doing, Kind: Move, Since: t0, Limit: 5}, []int64{1}},
			{"nothing", Filter{Account: "eve"}, nil},
		} {
			got, err := db.Actions(t.Context(), c.filter)
			if ids := idsOf(got); err != nil || !slices.Equal(ids, c.want) {
				t.Errorf("%s: Actions = %v, %v, want %v", c.name, ids, err, c.want)
			}
		}
		doing, err := db.Doing(t.Context(), ann)
		if ids := idsOf(doing); err != nil || !slices.Equal(ids, []int64{1, 2}) {
			t.Errorf("Doing = %v, %v, want 1 and 2", ids, err)
		}
	})
}

func idsOf(actions []Action) (ids []int64) {
	for _, a := range actions {
		ids = append(ids, a.ID)
	}
	return ids
}
