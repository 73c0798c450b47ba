package cadence

import "time"

// Seen is what the addressee's calendar shows of a suggestion's event.
type Seen string

// What can be seen.
const (
	Waiting Seen = "waiting" // it stands there without an answer
	Yes     Seen = "yes"
	No      Seen = "no"
	Perhaps Seen = "perhaps" // "maybe"
	Gone    Seen = "gone"    // it does not stand there
)

// Answer returns the state that s goes to (R28, DESIGN §3); it is s.State when
// nothing has happened.
//
// What a person answered counts whenever it is seen, also after the week in
// which an answer was waited for. An event that disappeared is a no, except
// that of a suggestion still Wanted, which has not been made yet. After a
// maybe, as long as the event stands there, the person may still say yes or no;
// that it is gone means nothing then, because the program itself may have taken it away.
// Accepted and the final states stay: an answer is carried out once.
func Answer(s Suggested, seen Seen, now time.Time) State {
	switch s.State {
	case Wanted, Open, Later:
	default:
		return s.State
	}
	switch seen {
	case Yes:
		return Accepted
	case No:
		return Refused
	case Perhaps:
		return Later
	case Gone:
		if s.State == Open {
			return Refused
		}
	case Waiting:
		if s.State == Later {
			return Later
		}
		if !s.AskedAt.IsZero() && now.Sub(s.AskedAt) >= patience {
			return Expired
		}
		return Open
	}
	return s.State
}
