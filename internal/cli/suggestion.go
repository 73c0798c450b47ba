package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/store"
)

// waiting are the states of suggestions that are not over yet.
var waiting = []string{string(cadence.Wanted), string(cadence.Open), string(cadence.Accepted), string(cadence.Later)}

// notOver leaves out what was answered with maybe and may have been asked again since.
func notOver(all []store.Suggestion, now time.Time) []store.Suggestion {
	return slices.DeleteFunc(slices.Clone(all), func(x store.Suggestion) bool {
		s := asked(x)
		return s.State == cadence.Later && !s.AgainAt().After(now)
	})
}

// numbered is the number of a suggestion, which is none that undo takes.
func numbered(x store.Suggestion) string { return fmt.Sprintf("S%d", x.ID) }

// proposes tells what a yes to the suggestion does, as in "asked: …".
func proposes(k clock, x store.Suggestion) string {
	z := zoneNamed(x.Zone)
	text := ""
	switch cadence.Kind(x.Kind) {
	case cadence.Move:
		text = fmt.Sprintf("move from %s to %s", k.tell(x.From.Start, z), k.tell(x.To.Start, z))
		if d := x.To.Duration(); d != x.From.Duration() {
			text += fmt.Sprintf(", %s long", lasting(d))
		}
		return text
	case cadence.Retime:
		return "meet at another time of the week, from " + k.tell(x.To.Start, z) + " on"
	case cadence.Taper, cadence.ToWeekly, cadence.ToBiweekly:
		text = "meet " + inRhythm(cadence.Rhythm(x.Rhythm))
		if x.Length > 0 {
			text += ", for " + lasting(x.Length)
		}
		return text
	case cadence.MakeUp:
		text = "meet in place of a deleted meeting"
	case cadence.Return:
		text = "catch up after an absence"
	case cadence.Separate:
		text = "a meeting for the biggest topic"
	case cadence.Reconnect:
		text = "meet again"
	default:
		text = "catch up"
	}
	if !x.To.Empty() {
		text += fmt.Sprintf(", %s, %s long", k.tell(x.To.Start, z), lasting(x.To.Duration()))
	}
	return text
}

// lasting is length for a table, which does not break it.
func lasting(d time.Duration) string { return strings.ReplaceAll(length(d), " ", hard) }

func inRhythm(r cadence.Rhythm) string {
	switch r {
	case cadence.Daily:
		return "every working day"
	case cadence.Weekly:
		return "every week"
	}
	return string(r)
}

// stands tells what a suggestion that is not over waits for. notice is how long
// before its start a meeting is no longer moved.
func stands(k clock, x store.Suggestion, notice time.Duration) string {
	z := zoneNamed(x.Zone)
	switch s := asked(x); s.State {
	case cadence.Open:
		return "an answer counts until " + k.tell(answerBy(x, notice), z)
	case cadence.Accepted:
		return "the answer was yes; it is done next"
	case cadence.Later:
		return "the answer was maybe; asked again from " + k.tell(s.AgainAt(), z) + " on"
	}
	return "to be put into the calendar"
}

func asked(x store.Suggestion) cadence.Suggested {
	return cadence.Suggested{
		Kind: cadence.Kind(x.Kind), UID: x.UID, Original: x.Original,
		State: cadence.State(x.State), AskedAt: x.AskedAt, EndedAt: x.EndedAt,
	}
}

// answerBy is until when a yes is done: for a week, but not when the time that it
// names has come too close.
func answerBy(x store.Suggestion, notice time.Duration) time.Time {
	by := asked(x).AnswerBy()
	if by.IsZero() || x.To.Empty() {
		return by
	}
	if cadence.Kind(x.Kind) != cadence.Move {
		notice = 0
	}
	if last := x.To.Start.Add(-notice); last.Before(by) {
		return last
	}
	return by
}

// answers are what became of suggestions, as the beginning of what it was about.
var answers = map[cadence.State]string{
	cadence.Accepted: "yes", cadence.Applied: "yes", cadence.Refused: "no", cadence.Later: "maybe",
	cadence.Expired: "no answer", cadence.Withdrawn: "withdrawn", cadence.Failed: "could not be done",
}

// happened is one thing that happened to a suggestion.
type happened struct {
	at        time.Time
	what, why string
}

// story tells what happened to a suggestion, in order: it was asked, it was
// answered, it ended in another way.
func story(x store.Suggestion) []happened {
	state := cadence.State(x.State)
	if state == cadence.Wanted {
		return []happened{{x.AskedAt, "to be asked", x.Reason}}
	}
	out := []happened{{x.AskedAt, "asked", x.Reason}}
	late := state == cadence.Withdrawn || state == cadence.Failed
	if late && !x.AnsweredAt.IsZero() {
		out = append(out, happened{x.AnsweredAt, answers[cadence.Accepted], ""})
	}
	at, why := x.AnsweredAt, ""
	if late || at.IsZero() {
		at = x.EndedAt
	}
	if (late || state == cadence.Later) && x.Words != "" {
		why = sentence(x.Words)
	}
	if answers[state] != "" {
		out = append(out, happened{at, answers[state], why})
	}
	return out
}

// became tells what became of a suggestion, in one line of explain.
func became(k clock, x store.Suggestion) string {
	switch cadence.State(x.State) {
	case cadence.Wanted:
		return "to be put into the calendar"
	case cadence.Open:
		return "waits for an answer"
	}
	all := story(x)
	last := all[len(all)-1]
	text := last.what
	if cadence.State(x.State) == cadence.Applied {
		text = "yes, and done"
	}
	text += ", " + k.tell(last.at, zoneNamed(x.Zone))
	if last.why != "" {
		text += ". " + last.why
	}
	return strings.TrimSuffix(text, ".")
}
