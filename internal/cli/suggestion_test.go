package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/span"
	"oneonone/internal/store"
)

// suggestion is one of ann about Bob that was asked on Monday at 08:00.
func suggestion(id int64, kind cadence.Kind, state cadence.State) store.Suggestion {
	return store.Suggestion{
		ID: id, Account: "ann", With: "Bob", Kind: string(kind), UID: "u@example.org", Zone: "Europe/Vienna",
		Reason: "Bob is not available then.", State: string(state), AskedAt: monday,
	}
}

// openOnes are suggestions that are not over, one of each state.
func openOnes() []store.Suggestion {
	move, rarer, meet, later := suggestion(1, cadence.Move, cadence.Open), suggestion(2, cadence.ToBiweekly, cadence.Wanted),
		suggestion(3, cadence.CatchUp, cadence.Accepted), suggestion(4, cadence.Retime, cadence.Later)
	move.Original, move.From, move.To = on(1, 10, 0).Start, on(1, 10, 0), span.Of(on(1, 12, 0).Start, 20*time.Minute)
	rarer.Rhythm, rarer.Length, rarer.Rule, rarer.Reason = string(cadence.Biweekly), time.Hour, "R21", "You meet every week, and the last 3 measured meetings took 12, 14 and 11 minutes."
	meet.To, meet.AnsweredAt, meet.Reason = on(3, 9, 0), monday.Add(30*time.Minute), "You have not met for 3 weeks."
	later.To, later.AnsweredAt, later.EndedAt, later.Words = on(4, 9, 0), monday.Add(time.Hour), monday.Add(time.Hour), "the answer was maybe; it is asked again a week later"
	return []store.Suggestion{move, rarer, meet, later}
}

// everySuggestion is one of each state that a suggestion can be in, and of each kind.
func everySuggestion() []store.Suggestion {
	over := func(id int64, kind cadence.Kind, state cadence.State, answered bool, words string) store.Suggestion {
		x := suggestion(id, kind, state)
		x.EndedAt, x.Words = monday.Add(2*time.Hour), words
		if answered {
			x.AnsweredAt = monday.Add(time.Hour)
		}
		return x
	}
	all := append(openOnes(),
		over(5, cadence.MakeUp, cadence.Applied, true, "done as agreed"),
		over(6, cadence.Return, cadence.Refused, true, "the answer was no"),
		over(7, cadence.Separate, cadence.Expired, false, "nobody answered"),
		over(8, cadence.Reconnect, cadence.Withdrawn, true, "the suggested time is not free any more"),
		over(9, cadence.Taper, cadence.Failed, true, "the calendar did not take the meeting"),
		over(10, cadence.ToWeekly, cadence.Withdrawn, false, "removed on request"),
	)
	for i := range all[4:8] {
		all[4+i].To = on(2, 9+i, 0)
	}
	all[8].Rhythm, all[9].Rhythm = string(cadence.TwiceAWeek), string(cadence.Weekly)
	return all
}

func TestLogTellsSuggestions(t *testing.T) {
	move := store.Action{
		ID: 1, Account: "ann", With: "Bob", Kind: store.Make, State: store.Done, To: on(2, 9, 0), Because: "agreed",
		Zone: "Europe/Vienna", Reason: "Bob is not available then.", PlannedAt: monday.Add(time.Hour), DoneAt: monday.Add(time.Hour), Attempts: 1,
	}
	golden(t, "log-suggestions.txt", logText(monday, []store.Action{move}, everySuggestion()))
	var b bytes.Buffer
	if err := writeJSON(&b, logReport([]store.Action{move}, openOnes(), 2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	golden(t, "log.json", b.String())
}

// TestNoSuggestionIsToldTwice: each state has its words, and what was asked is one line.
func TestNoSuggestionIsToldTwice(t *testing.T) {
	for _, x := range everySuggestion() {
		told := logText(monday, nil, []store.Suggestion{x})
		if n := strings.Count(told, "asked: "); n != 1 {
			t.Errorf("%s %s is asked %d times:\n%s", x.Kind, x.State, n, told)
		}
		if strings.Contains(told, ": .") || strings.Contains(told, "  :") {
			t.Errorf("%s %s has no words:\n%s", x.Kind, x.State, told)
		}
	}
}

// TestMaybeIsOverWhenItIsAskedAgain: its state stays, and what is asked then is another one.
func TestMaybeIsOverWhenItIsAskedAgain(t *testing.T) {
	all := openOnes()
	if got := notOver(all, monday.AddDate(0, 0, 7)); len(got) != 4 {
		t.Errorf("just before, %d of 4 are open", len(got))
	}
	if got := notOver(all, monday.AddDate(0, 0, 7).Add(time.Hour)); len(got) != 3 || len(all) != 4 || all[3].ID != 4 {
		t.Errorf("a week after the answer %d of 4 are open", len(got))
	}
}

func TestAnswerBy(t *testing.T) {
	soon, far := openOnes()[0], openOnes()[0]
	far.To = on(20, 10, 0)
	meet := suggestion(3, cadence.CatchUp, cadence.Open)
	meet.To = on(3, 9, 0)
	for name, tc := range map[string]struct {
		x    store.Suggestion
		want time.Time
	}{
		"a move that has to be made soon":     {soon, on(1, 10, 0).Start},
		"a move with time enough":             {far, monday.AddDate(0, 0, 7)},
		"a meeting, as long as it is to come": {meet, on(3, 9, 0).Start},
		"a rhythm":                            {suggestion(4, cadence.ToWeekly, cadence.Open), monday.AddDate(0, 0, 7)},
		"one that was ended":                  {suggestion(5, cadence.ToWeekly, cadence.Refused), time.Time{}},
	} {
		if got := answerBy(tc.x, 2*time.Hour); !got.Equal(tc.want) {
			t.Errorf("%s: until %v, want %v", name, got, tc.want)
		}
	}
}
