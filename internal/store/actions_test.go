package store

import (
	"errors"
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

func TestBeginOnce(t *testing.T) {
	db := fresh(t)
	begun, first, err := db.Begin(t.Context(), move("k", t0))
	if err != nil || !first || begun.ID == 0 || begun.State != Doing {
		t.Fatalf("first Begin = %+v, %v, %v, want a new action that is doing", begun, first, err)
	}
	other := move("k", t0)
	other.Reason = "another reason"
	again, first, err := db.Begin(t.Context(), other)
	if err != nil || first {
		t.Fatalf("second Begin = %v, %v, want not first", first, err)
	}
	if diff := cmp.Diff(begun, again); diff != "" {
		t.Errorf("the second Begin returned another action than the stored one (-first +second):\n%s", diff)
	}
	if err := db.Finish(t.Context(), begun.ID, Done, "", t0.Add(time.Second)); err != nil {
		t.Fatalf("Finish: %v", err)
	}
	if err := db.Finish(t.Context(), begun.ID, Failed, "late", t0); !errors.Is(err, ErrState) {
		t.Errorf("second Finish = %v, want ErrState", err)
	}
}
