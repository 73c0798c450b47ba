package agenda

import (
	"fmt"
	"strings"
	"time"

	"oneonone/internal/calendar"
)

// RoomNotBooked is the note of R17, a sentence of its own on the event.
const RoomNotBooked = "The room is not booked for the new time."

// pinAdvice stands in the line of a move. Tags must never take it for a wish.
const pinAdvice = "to stop moves, write #pin"

// Lines returns the lines of a block as SplitBlock gives them back: the agenda
// link first, then more, e.g. a line by Moved or Stuck. Empty ones and an empty
// link are left out.
func Lines(link string, more ...string) []string {
	var lines []string
	if link != "" {
		more = append([]string{"Agenda: " + link}, more...)
	}
	for _, l := range more {
		if l = Clean(l); l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// Moved is the one line that tells both people about a move (R16). It names no
// other event. m says from where to where, times are told in zone (nil: the
// zone they are in); reason is a sentence such as "Ann is not available then.",
// note another one such as RoomNotBooked, or "".
func Moved(m calendar.Mark, zone *time.Location, reason, note string) string {
	from, to := m.From.Start, m.To.Start
	if zone != nil {
		from, to = from.In(zone), to.In(zone)
	}
	layout := "Mon 2 Jan 15:04"
	if from.Year() != to.Year() {
		layout = "Mon 2 Jan 2006 15:04"
	}
	sentences := []string{"Moved from " + from.Format(layout) + ": " + sentence(reason)}
	was, is := m.From.End.Sub(m.From.Start), m.To.End.Sub(m.To.Start)
	if is < was {
		sentences = append(sentences, fmt.Sprintf("Shortened to %d minutes: there is no longer gap.", int(is.Minutes())))
	}
	if note != "" {
		sentences = append(sentences, sentence(note))
	}
	sentences = append(sentences, "To keep a time, drag it there; "+pinAdvice+".")
	return strings.Join(sentences, " ")
}

// Stuck is the one line on a meeting that found no slot (R11, rung 5). reason
// is a sentence as for Moved.
func Stuck(reason string) string {
	return strings.TrimSuffix(sentence(reason), ".") +
		", and there is no time free for both between the meetings before and after this one." +
		" The meeting stays as it is; oneonone tries again whenever a calendar changes." +
		" If another time suits you both, drag it there."
}

// sentence returns s with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
