package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/span"
)

func asked(pair, id, state string) Suggestion {
	return Suggestion{
		Account: ann, Pair: pair, Kind: "to two weeks", Rule: "R21", UID: "u", Rhythm: "every two weeks",
		Length: time.Hour, To: span.Of(t0, time.Hour), Zone: "Europe/Vienna", Reason: "short", With: "Bob",
		Calendar: "/ann/work/", EventID: id, State: state, AskedAt: t0,
	}
}

func TestR28OneOpenSuggestionForAPair(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		first, err := db.AddSuggestion(t.Context(), asked("a b", "id1", "wanted"))
		if err != nil || first.ID != 1 {
			t.Fatalf("AddSuggestion = %+v, %v", first, err)
		}
		if _, err := db.AddSuggestion(t.Context(), asked("a b", "id2", "wanted")); err == nil {
			t.Error("a second open suggestion for the pair was recorded")
		}
		if _, err := db.AddSuggestion(t.Context(), asked("a c", "id3", "wanted")); err != nil {
			t.Errorf("another pair: %v", err)
		}
		first.State, first.Href, first.EventUID, first.Words, first.EndedAt = "refused", "/h", "e", "no", t0.Add(time.Hour)
		if err := db.UpdateSuggestion(t.Context(), first, "open"); !errors.Is(err, ErrState) {
			t.Errorf("an update from another state: %v", err)
		}
		if err := db.UpdateSuggestion(t.Context(), first, "wanted"); err != nil {
			t.Fatal(err)
		}
		got, err := db.Suggestions(t.Context(), time.Time{}, "refused", "expired")
		if diff := cmp.Diff([]Suggestion{first}, got); err != nil || diff != "" {
			t.Errorf("Suggestions: %v %s", err, diff)
		}
		if _, err := db.AddSuggestion(t.Context(), asked("a b", "id2", "wanted")); err != nil {
			t.Errorf("after the first one has ended: %v", err)
		}
		if all, err := db.Suggestions(t.Context(), t0); err != nil || len(all) != 3 {
			t.Errorf("all suggestions = %v, %v", all, err)
		}
	})
}

func TestR20LengthsOfMeetings(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		put := func(source string, minutes int, want bool) {
			t.Helper()
			l := Length{Pair: "a b", UID: "u", Original: t0, Start: t0, Length: time.Duration(minutes) * time.Minute, Source: source, NotedAt: t0}
			if first, err := db.PutLength(t.Context(), l); err != nil || first != want {
				t.Errorf("PutLength(%s, %d) = %v, %v", source, minutes, first, err)
			}
		}
		put("done", 12, true)
		put("done", 40, false) // the second press changes nothing
		put("end", 15, true)
		put("end", 15, false)
		put("end", 20, true) // the calendar is followed
		got, err := db.Lengths(t.Context(), "a b", t0)
		if err != nil || len(got) != 2 || got[0].Length != 12*time.Minute || got[1].Length != 20*time.Minute {
			t.Errorf("Lengths = %+v, %v", got, err)
		}
		if err := db.DropLength(t.Context(), "a b", "u", t0, "done"); err != nil {
			t.Fatal(err)
		}
		if got, err := db.Lengths(t.Context(), "", time.Time{}); err != nil || len(got) != 1 || got[0].Source != "end" {
			t.Errorf("after DropLength: %+v, %v", got, err)
		}
	})
}

func TestR18TroubledOccurrences(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		os := []Occurrence{{"u", t0}, {"u", t0.Add(time.Hour)}}
		for range 2 {
			if err := db.PutTroubled(t.Context(), os, t0); err != nil {
				t.Fatal(err)
			}
		}
		got, err := db.Troubled(t.Context(), t0.Add(time.Minute))
		if diff := cmp.Diff(os[1:], got); err != nil || diff != "" {
			t.Errorf("Troubled: %v %s", err, diff)
		}
	})
}
