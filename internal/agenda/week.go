package agenda

import (
	"strings"
	"time"

	"oneonone/internal/span"
)

// WeekTitle is the title of the event that tells a person about the week.
const WeekTitle = "Your 1:1s this week"

// Week is what a person is told about the week once a week, by a transparent
// all-day event in the own calendar.
type Week struct {
	Zone     *time.Location
	Meetings []WeekMeeting // by start
	// Waiting are the names of those about whom a suggestion waits for an answer.
	Waiting []string
	// Missed are the people not met for long.
	Missed []Missed
}

// WeekMeeting is one 1:1 of the week.
type WeekMeeting struct {
	With  string
	At    span.Span
	From  time.Time // where it stood before it was moved; zero when it was not
	Stuck bool      // it collides, and no other time was found
}

// Missed is somebody not met for long.
type Missed struct {
	Name string
	Last time.Time // zero when never, as far as is known
}

// Lines tells the week in short lines of plain text. They name people and times
// and nothing else. There is always at least one.
func (w Week) Lines() []string {
	var out []string
	for _, m := range w.Meetings {
		line := w.at(m.At.Start) + "-" + m.At.End.In(w.Zone).Format("15:04") + " " + m.With
		switch {
		case m.Stuck:
			line += " (something else is at this time, and no other time was found)"
		case !m.From.IsZero():
			line += " (moved from " + w.at(m.From) + ")"
		}
		out = append(out, line)
	}
	if len(out) == 0 {
		out = append(out, "No 1:1 is planned this week.")
	}
	if len(w.Waiting) > 0 {
		out = append(out, "Suggestions in your calendar that wait for your answer: "+strings.Join(w.Waiting, ", ")+".")
	}
	for _, m := range w.Missed {
		if m.Last.IsZero() {
			out = append(out, "Not met yet: "+m.Name+".")
		} else {
			out = append(out, "Not met for long: "+m.Name+", last on "+m.Last.In(w.Zone).Format("Mon 2 Jan")+".")
		}
	}
	for i := range out {
		out[i] = Clean(out[i])
	}
	return out
}

func (w Week) at(t time.Time) string { return t.In(w.Zone).Format("Mon 2 Jan 15:04") }
