package cli

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/cadence"
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

// TestPlanTellsSuggestions: what would be asked, what was agreed, and for each move that
// needs a yes whether somebody is asked about it.
func TestPlanTellsSuggestions(t *testing.T) {
	move := func(with string, at span.Span, asked *store.Suggestion) engine.Item {
		it := item(with, at, reschedule.Decision{Outcome: reschedule.Suggest, To: at.Shift(time.Hour), Rung: 1, Reason: with + " is not available then.", Because: "mode is ask"})
		it.Asked = asked
		return it
	}
	state := func(s cadence.State, words string) *store.Suggestion {
		x := openOnes()[0]
		x.State, x.Words = string(s), words
		if s != cadence.Open {
			x.AnsweredAt, x.EndedAt = monday, monday
		}
		return &x
	}
	l := engine.Look{Now: monday, Items: []engine.Item{
		move("Bob", on(1, 10, 0), nil), move("Bob", on(8, 10, 0), nil),
		move("Carl", on(1, 12, 0), state(cadence.Open, "")), move("Dora", on(2, 12, 0), state(cadence.Refused, "the answer was no")),
	}}
	first := openOnes()[0]
	first.UID, first.Original = l.Items[0].UID, l.Items[0].Original
	l.Suggest = []store.Suggestion{first, openOnes()[1]}
	agreed := openOnes()[0]
	l.Items = append(l.Items, move("Emil", on(3, 12, 0), state(cadence.Open, "")))
	agreed.With, agreed.UID, agreed.Original = "Emil", l.Items[4].UID, l.Items[4].Original
	l.Agreed = []store.Suggestion{openOnes()[2], agreed}
	golden(t, "plan-suggest.txt", planText(28*24*time.Hour, "ask", l))
}

func TestLogTextTellsEveryState(t *testing.T) {
	a := func(id int64, kind store.Kind, state store.State) store.Action {
		return store.Action{
			ID: id, Account: "ann", With: "Bob", Kind: kind, State: state, From: on(1, 10, 0), To: on(1, 11, 0),
			Zone: "Europe/Vienna", Reason: "Bob is not available then.", PlannedAt: monday, Attempts: 1,
		}
	}
	failed, taken := a(4, store.Move, store.Failed), a(5, store.Move, store.Dropped)
	failed.Error = "the server refused"
	taken.Error = "somebody else changed the event first"
	meeting, copied, begun, series, left := a(9, store.Make, store.Done), a(10, store.Make, store.Failed), a(11, store.Make, store.Done), a(12, store.End, store.Done), a(13, store.Retract, store.Done)
	for _, m := range []*store.Action{&meeting, &copied, &begun} {
		m.From, m.Because, m.Reason = span.Span{}, "agreed", "You have not met for 3 weeks."
	}
	copied.Error, begun.To = "the server refused", span.Span{}
	series.From, left.Original = span.Span{}, on(8, 10, 0).Start
	event, gone := a(14, store.Make, store.Done), a(15, store.Retract, store.Done)
	event.Because, gone.Because = "suggestion", "suggestion"
	got := logText(monday, []store.Action{
		a(1, store.Move, store.Done), a(2, store.Heal, store.Done), a(3, store.Undo, store.Doing), failed, taken,
		a(6, store.Link, store.Done), a(7, store.Note, store.Done), a(8, store.Link, store.Failed),
		meeting, copied, begun, series, left, event, gone,
	}, nil)
	golden(t, "log.txt", got)
}

func TestExplainText(t *testing.T) {
	got := explainText(monday, engine.Explanation{
		Name: "Bob", Key: "bob@example.org",
		Events: []engine.ExplainedEvent{
			{Account: "ann", Calendar: "Work", Title: "Budget\x1b[2J", Start: on(1, 9, 0).Start, Why: "3 people are on its guest list"},
			{Account: "ann", Calendar: "Work", Title: "Ann / Bob", Start: on(1, 10, 0).Start, OneOnOne: true, Items: troubled.Items[1:3], Problems: []string{"an exception has no start"}},
		},
		Outlook: []engine.Outlook{
			{Account: "ann", With: "Bob", Zone: vienna, Past: everySuggestion(), Rules: cadence.Outlook{
				Measured: []cadence.Length{
					{Start: on(-14, 10, 0).Start, Length: 12 * time.Minute, Source: cadence.FromDone},
					{Start: on(-7, 10, 0).Start, Length: 14 * time.Minute, Source: cadence.FromEnd},
				},
				Lines: []string{"Meeting every two weeks (R21) is suggested after 3 short meetings in a row: 2 so far."},
			}},
			{Account: "ann", With: "Gus", Zone: vienna},
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
		Touch: []engine.Touch{
			{Account: "ann", With: "Carl", Zone: vienna, Every: 42 * 24 * time.Hour, Next: on(9, 15, 0).Start},
			{Account: "ann", With: "Dora", Zone: vienna, Every: 14 * 24 * time.Hour, Last: on(-20, 15, 0).Start, Long: true},
		},
	}, waiting: openOnes(), notice: 2 * time.Hour}
	if err := writeJSON(&b, statusReport(s)); err != nil {
		t.Fatal(err)
	}
	golden(t, "status.json", b.String())
	golden(t, "status.txt", statusText(s))
}
