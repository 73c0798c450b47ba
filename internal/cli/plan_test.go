package cli

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendar"
	"oneonone/internal/engine"
	"oneonone/internal/reschedule"
	"oneonone/internal/span"
	"oneonone/internal/store"
)

var (
	vienna = zoneNamed("Europe/Vienna")
	// monday is when the tests take place: Monday, 23 November 2026, 08:00.
	monday = time.Date(2026, 11, 23, 8, 0, 0, 0, vienna)
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares what is shown with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// on is a stretch of half an hour that begins so many days and hours after
// Monday's midnight.
func on(days, hour, minute int) span.Span {
	return span.Of(time.Date(2026, 11, 23+days, hour, minute, 0, 0, vienna), 30*time.Minute)
}

func item(with string, at span.Span, d reschedule.Decision) engine.Item {
	return engine.Item{Account: "ann", With: with, UID: "u@example.org", Original: at.Start, Span: at, Zone: vienna, Decision: d}
}

// troubled is a plan with every outcome there is.
var troubled = engine.Look{
	Now: monday,
	Items: []engine.Item{
		item("Bob", on(1, 10, 0), reschedule.Decision{Outcome: reschedule.Move, To: on(1, 11, 0), Rung: 1, Reason: "Bob is not available then.",
			Conflicts: []reschedule.Conflict{{Person: "bob@example.org", Kind: reschedule.DoubleBooked}}}),
		item("Emil", on(2, 9, 0), reschedule.Decision{Outcome: reschedule.Move, To: span.Of(on(2, 12, 0).Start, 15*time.Minute), Rung: 4, Reason: "Ann is not available then.",
			Note: "The room is not booked for the new time.", Tried: []string{"with breathing room: 12 slots in working hours, 12 not free for Ann"}}),
		item("Dora", on(0, 15, 0), reschedule.Decision{Outcome: reschedule.Suggest, To: on(0, 16, 0), Rung: 2, Reason: "Dora is not available then.", Because: "it starts within 24h"}),
		item("Carl", on(3, 10, 0), reschedule.Decision{Outcome: reschedule.Stuck, Rung: 5, Reason: "Carl is not available then, and there is no time free for both before Fri 27 Nov 10:00."}),
		item("Fay", on(3, 14, 0), reschedule.Decision{Outcome: reschedule.Wait, Again: monday.Add(10 * time.Minute), Reason: "Fay is not available then.", Because: "the calendars have just changed"}),
		item("Gus", on(4, 14, 0), reschedule.Decision{Outcome: reschedule.Leave, Reason: "Gus said no to this time.", Because: "émile organizes it"}),
		item("Bob", on(8, 10, 0), reschedule.Decision{}),
	},
	Skipped: []engine.Skipped{{Account: "ann", Calendar: "c", Href: "/dav/x.ics", Reason: "no END:VCALENDAR\x1b[2J"}},
	Behind:  []string{"bob"},
}

func TestPlanText(t *testing.T) {
	got := planText(28*24*time.Hour, "act", troubled)
	golden(t, "plan.txt", got)
}

func TestLogTextTellsEveryState(t *testing.T) {
	a := func(id int64, kind store.Kind, state store.State) store.Action {
		return store.Action{
			ID: id, Account: "ann", With: "Bob", Kind: kind, State: state, From: on(1, 10, 0), To: on(1, 11, 0),
			Zone: "Europe/Vienna", Reason: "Bob is not available then.", PlannedAt: monday, Attempts: 1,
		}
	}
	suggested, dropped, failed, taken := a(4, store.Move, store.Suggested), a(5, store.Move, store.Dropped), a(6, store.Move, store.Failed), a(7, store.Move, store.Dropped)
	suggested.Because, suggested.Attempts = "it starts within 24h", 0
	dropped.Error, dropped.Attempts = "no longer needed", 0
	failed.Error = "the server refused"
	taken.Error = "somebody else changed the event first"
	got := logText(monday, []store.Action{
		a(1, store.Move, store.Done), a(2, store.Heal, store.Done), a(3, store.Undo, store.Doing),
		suggested, dropped, failed, taken, a(8, store.Link, store.Done), a(9, store.Note, store.Done), a(10, store.Link, store.Failed),
	})
	golden(t, "log.txt", got)
}

func TestExplainText(t *testing.T) {
	got := explainText(monday, engine.Explanation{
		Name: "Bob", Key: "bob@example.org",
		Events: []engine.ExplainedEvent{
			{Account: "ann", Calendar: "Work", Title: "Budget\x1b[2J", Start: on(1, 9, 0).Start, Why: "3 people are on its guest list"},
			{Account: "ann", Calendar: "Work", Title: "Ann / Bob", Start: on(1, 10, 0).Start, OneOnOne: true, Items: troubled.Items[1:3], Problems: []string{"an exception has no start"}},
		},
	})
	golden(t, "explain.txt", got)
	got = explainText(monday, engine.Explanation{Name: "x@example.org", Key: calendar.Address("X@example.org")})
	want := "No event names x@example.org. If that is wrong: is it spelt as on the event, and are all addresses of the person in the configuration?\n"
	if got != want {
		t.Errorf("for nobody: %q", got)
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := writeJSON(&b, planReport("act", troubled)); err != nil {
		t.Fatal(err)
	}
	golden(t, "plan.json", b.String())
	b.Reset()
	a := store.AccountStatus{Account: "ann", LastPull: monday, Failing: "the server is down", FailingSince: monday, Failures: 2, NextTry: monday.Add(time.Minute)}
	s := standing{now: monday, accounts: []store.AccountStatus{a, {Account: "bob"}}, look: engine.Look{
		Items: troubled.Items, Series: []engine.Series{{Account: "ann", With: "Bob", Next: on(1, 10, 0).Start, Zone: vienna, Period: 7 * 24 * time.Hour}},
	}}
	if err := writeJSON(&b, statusReport(s)); err != nil {
		t.Fatal(err)
	}
	golden(t, "status.json", b.String())
	golden(t, "status.txt", statusText(s))
}
