package agenda

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/span"
)

func TestTheWeekInLines(t *testing.T) {
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, vienna) }
	w := Week{
		Zone: vienna,
		Meetings: []WeekMeeting{
			{With: "Bob", At: span.Of(at(24, 10), 30*time.Minute)},
			{With: "Carl", At: span.Of(at(25, 14).UTC(), time.Hour), From: at(25, 9)},
			{With: "Eve\nMallory", At: span.Of(at(26, 9), time.Hour), Stuck: true},
		},
		Waiting: []string{"Bob", "Dora"},
		Missed:  []Missed{{Name: "Frank", Last: at(2, 9)}, {Name: "Grace"}},
	}
	want := []string{
		"Tue 24 Nov 10:00-10:30 Bob",
		"Wed 25 Nov 14:00-15:00 Carl (moved from Wed 25 Nov 09:00)",
		"Thu 26 Nov 09:00-10:00 Eve Mallory (something else is at this time, and no other time was found)",
		"Suggestions in your calendar that wait for your answer: Bob, Dora.",
		"Not met for long: Frank, last on Mon 2 Nov.",
		"Not met yet: Grace.",
	}
	if diff := cmp.Diff(want, w.Lines()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"No 1:1 is planned this week."}, Week{Zone: vienna}.Lines()); diff != "" {
		t.Error(diff)
	}
}
