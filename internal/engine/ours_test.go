package engine

import (
	"testing"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// TestR13OursIsNobodyAtWork: what the program and a server that delivers leave
// on an event is no change by a person; everything that a person does is.
func TestR13OursIsNobodyAtWork(t *testing.T) {
	at := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	old := calendar.Event{
		UID: "u", ETag: "1", Original: at, Start: at, End: at.Add(time.Hour), Title: "Ann / Bob", Description: "Bring the plan.",
		Attendees: []calendar.Attendee{{Address: "bob@example.org", Answer: calendar.Accepted}},
	}
	later := span.Of(at.Add(2*time.Hour), time.Hour)
	move := calendar.Mark{Count: 1, From: old.Span(), To: later, At: at}
	const block = "\n\n--- oneonone ---\nAgenda: https://agenda.example.org/a/x\n--- end of oneonone ---"
	for _, test := range []struct {
		name   string
		change func(*calendar.Event)
		fresh  bool // there was nothing before
		want   bool
	}{
		{name: "another ETag", change: func(e *calendar.Event) { e.ETag, e.Updated, e.Sequence = "2", at, 3 }, want: true},
		{name: "our upkeep", change: func(e *calendar.Event) {
			e.AgendaLink, e.Description = "https://agenda.example.org/a/x", e.Description+block
		}, want: true},
		{name: "our move, delivered", change: func(e *calendar.Event) { e.Start, e.End, e.Mark = later.Start, later.End, &move }, fresh: true, want: true},
		{name: "our move, seen on the exception", want: true, change: func(e *calendar.Event) {
			e.Start, e.End, e.Mark, e.Attendees = later.Start, later.End, &move, []calendar.Attendee{{Address: "bob@example.org"}}
		}},
		{name: "a drag", change: func(e *calendar.Event) { e.Start, e.End = later.Start, later.End }},
		{name: "a drag after our move", change: func(e *calendar.Event) { e.Mark, e.End = &move, e.End.Add(time.Hour) }},
		{name: "an answer", change: func(e *calendar.Event) {
			e.Attendees = []calendar.Attendee{{Address: "bob@example.org", Answer: calendar.Declined}}
		}},
		{name: "a title", change: func(e *calendar.Event) { e.Title += " #pin" }},
		{name: "a line in the description", change: func(e *calendar.Event) { e.Description += " And cake." }},
		{name: "a new exception", change: func(*calendar.Event) {}, fresh: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			now, before := old, &old
			if test.change(&now); test.fresh {
				before = nil
			}
			if got := isOurs(before, now); got != test.want {
				t.Errorf("isOurs = %t, want %t", got, test.want)
			}
		})
	}
}
