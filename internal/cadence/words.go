package cadence

import (
	"fmt"
	"strings"
	"time"

	"oneonone/internal/span"
)

// Telling is what the words of a suggestion need beside the proposal.
type Telling struct {
	Name string // what the other person is called
	Zone *time.Location
	// From is where the occurrence stands (Move), or the next one at the time it has now
	// (Retime). To is where it would go (Move, Retime) or where the slot for the new meeting is
	// (MakeUp, Return, CatchUp, Separate, Reconnect). Empty where there is none.
	From, To span.Span
	// Room is a sentence about the room, such as "Room Blue is not free then."; "" for none.
	Room string
	// Rhythm and Length are those the pair's series has now.
	Rhythm Rhythm
	Length time.Duration
	// SameTown says that both are in the same town or office on the day of To (R31);
	// it is told of meetings that a yes makes.
	SameTown bool
	// Agenda says that the two have an agenda.
	Agenda bool
}

// Words is a suggestion as its addressee reads it, in plain text.
type Words struct {
	Title string   // one line
	Lines []string // one sentence or two each: why; what yes does; what no does; maybe and silence
}

// Word puts a proposal into words. They name no other event: not its title,
// nor its place, nor who else is in it. Everything that comes from outside is
// made one line.
func Word(p Proposal, t Telling) Words {
	if t.Zone == nil {
		t.Zone = time.UTC
	}
	t.Name = called(t.Name)
	w := Words{Title: "Suggestion: " + t.title(p)}
	why := []string{line(p.Reason)}
	if a := t.advice(p.Kind); a != "" {
		why = append(why, a)
	}
	if t.SameTown && !t.To.Empty() && p.Kind.makes() {
		why = append(why, "You are both in the same town that day.")
	}
	if p.Kind == Move && t.Room != "" {
		why = append(why, line(t.Room))
	}
	w.Lines = append(w.Lines, strings.TrimSpace(strings.Join(why, " ")))
	w.Lines = append(w.Lines, "Yes: "+t.yes(p), "No: "+no(p.Kind))
	maybe := "Maybe: you are asked again in a week. No answer for a week counts as a no for now."
	if p.Kind == Move {
		maybe = "Maybe: you are asked again in a week, if there is still time then. Without an answer it stays where it is."
	}
	w.Lines = append(w.Lines, maybe)
	return w
}

// title says in a few words what would happen.
func (t Telling) title(p Proposal) string {
	at := ""
	if !t.To.Empty() {
		at = ", " + t.at(t.To.Start)
	}
	switch p.Kind {
	case Move:
		return "move the 1:1 with " + t.Name + t.to()
	case MakeUp:
		return lasting(p.Length) + " with " + t.Name + at
	case Return:
		return "catch up with " + t.Name + " after the break" + at
	case CatchUp:
		return "catch up with " + t.Name + at
	case Retime:
		return "1:1 with " + t.Name + " " + t.weekly(p.Start)
	case Taper, ToWeekly, ToBiweekly:
		return "1:1 with " + t.Name + " " + p.Rhythm.often()
	case Separate:
		return "a meeting of its own with " + t.Name + " for the biggest topic" + at
	case Reconnect:
		return "meet " + t.Name + " again" + at
	}
	return "1:1 with " + t.Name
}

func (t Telling) to() string {
	if t.To.Empty() {
		return ""
	}
	return " to " + t.at(t.To.Start)
}

// often tells a rhythm inside a sentence.
func (r Rhythm) often() string {
	switch r {
	case Daily:
		return "every working day"
	case Weekly:
		return "every week"
	case Other, "":
		return "in another rhythm"
	}
	return string(r)
}

// at tells an instant.
func (t Telling) at(x time.Time) string { return x.In(t.Zone).Format("Mon 2 Jan 15:04") }

// weekly tells a weekday with its time, and with every two weeks that as well.
func (t Telling) weekly(x time.Time) string {
	x = x.In(t.Zone)
	if t.Rhythm == Biweekly {
		return x.Format("every other Monday at 15:04")
	}
	return "on " + x.Weekday().String() + "s at " + x.Format("15:04")
}

// insteadOf tells the time of the week that a series has now, where it is known.
func (t Telling) insteadOf() string {
	if t.From.Empty() {
		return ""
	}
	return " instead of " + t.weekly(t.From.Start)
}

// makes reports whether a yes to this kind makes a single meeting.
func (k Kind) makes() bool {
	switch k {
	case MakeUp, Return, CatchUp, Separate, Reconnect:
		return true
	}
	return false
}

// slot tells a span: "Tue 24 Nov 10:00-10:30".
func (t Telling) slot(s span.Span) string {
	end := s.End.In(t.Zone).Format("15:04")
	if s.Start.In(t.Zone).YearDay() != s.End.In(t.Zone).YearDay() {
		end = " " + t.at(s.End)
	}
	return t.at(s.Start) + "-" + end
}

// advice is what the guides say about it.
func (t Telling) advice(k Kind) string {
	switch k {
	case MakeUp:
		return "That is respected. Even ten minutes keep the two of you in touch, however little there seems to be to say."
	case Return, CatchUp:
		return "A 1:1 is about knowing each other, and that is hard to do without speaking."
	case Retime:
		return "Keeping to a fixed time shows " + t.Name + " that the meeting counts."
	case ToWeekly:
		return "Meeting more often leaves time for everything."
	case ToBiweekly:
		return "More time, less often, lets topics gather, and you can always go back."
	case Separate:
		return "The biggest topic may need a meeting of its own, so that the 1:1 has room for the rest."
	case Reconnect:
		if t.Agenda {
			return "The topics collected since then are on your agenda."
		}
	}
	return ""
}

// yes says what a yes does.
func (t Telling) yes(p Proposal) string {
	switch p.Kind {
	case Move:
		if t.To.Empty() {
			return "the meeting moves, and " + t.Name + " is told by the calendar."
		}
		return "the meeting moves from " + t.slot(t.From) + " to " + t.slot(t.To) + ", and " + t.Name + " is told by the calendar."
	case MakeUp, Return, CatchUp, Separate, Reconnect:
		if t.To.Empty() {
			return "you and " + t.Name + " get a meeting of " + lasting(p.Length) + " at the nearest time that is free for both."
		}
		return "you and " + t.Name + " get a meeting on " + t.slot(t.To) + ", and " + t.Name + " is invited."
	case Retime:
		return "from " + p.Start.In(t.Zone).Format("Mon 2 Jan") + " on, or from the first week after your answer, you meet " + t.weekly(p.Start) + t.insteadOf() + ". The meetings before that and the agenda stay as they are."
	case Taper, ToWeekly, ToBiweekly:
		return "from one of the next meetings on you meet " + p.Rhythm.often() + t.length(p) + ". The guests, the agenda and all that is past stay as they are."
	}
	return "it is done."
}

// length tells the length that comes with a rhythm.
func (t Telling) length(p Proposal) string {
	switch {
	case p.Length <= 0:
		return ""
	case p.Length == t.Length:
		return ", for " + lasting(p.Length) + " as before"
	case t.Length > 0:
		return ", for " + lasting(p.Length) + " instead of " + lasting(t.Length)
	}
	return ", for " + lasting(p.Length)
}

// no says what a no does (R28).
func no(k Kind) string {
	switch k {
	case Move:
		return "it stays where it is, and you are not asked about it again."
	case MakeUp, Return:
		return "nothing is added, and you are not asked about this one again."
	}
	return "nothing changes, and you are not asked this again for 8 weeks."
}

// Created returns the text of the meeting that a yes to p creates. Both people read it, so
// that it tells nothing that only one of them may know. by is what the person who said
// yes is called.
func Created(p Proposal, by string) []string {
	what := "A 1:1 is not a status update: it is time for the two of you, and each asks for the other's topics first."
	if p.Kind == Reconnect {
		what = "Time for the two of you, and no status update: begin with how the other one is, and with the other's topics."
	}
	why := map[Kind]string{
		MakeUp:    "in place of the meeting that was taken out",
		Return:    "because a regular meeting could not take place",
		CatchUp:   "because you had not met for a while",
		Separate:  "to give the biggest topic a meeting of its own",
		Reconnect: "because it is time to see each other again",
	}[p.Kind]
	if why == "" {
		return []string{what}
	}
	return []string{what, fmt.Sprintf("Suggested %s; %s said yes.", why, called(by))}
}
