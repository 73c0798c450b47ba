package reschedule

import (
	"time"

	"oneonone/internal/span"
)

// Outcome is what the program does about one meeting.
type Outcome int

// The outcomes.
const (
	// Fine: no conflict, or only such as go away because the other 1:1 is the
	// one that moves, or is to move; then Because says so.
	Fine    Outcome = iota
	Move            // it goes to To now
	Suggest         // it would go to To, but a person has to say yes
	Stuck           // no slot: it stays, the event says so, tried again at every change (R11 rung 5)
	Wait            // a conflict, but not settled yet (R13); look again at Again
	Leave           // a conflict, but the program must not touch it (Fixed, started, past)
)

// Conflict is one reason why a meeting cannot take place as planned.
type Conflict struct {
	Person string // key of the one who cannot
	Kind   ConflictKind
	With   span.Span // the time of the other event; the meeting's own for a declined one
	Since  time.Time // last change to the other event
	// Other is the index in Facts.Meetings of the other 1:1 when that is what
	// it collides with, else -1.
	Other int
}

// ConflictKind tells the conflicts apart.
type ConflictKind int

// The kinds of conflict.
const (
	DoubleBooked ConflictKind = iota // R4
	IsAway                           // R5: out of office
	HasDeclined                      // R5: the person said no to this occurrence
)

// Decision is what a plan says about one meeting, with its reason.
type Decision struct {
	Meeting   int // index in Facts.Meetings
	Outcome   Outcome
	Conflicts []Conflict // all it has now, settled or not
	To        span.Span  // with Move and Suggest, in the meeting's zone
	Rung      int        // R11, 1 to 4 with Move and Suggest, 5 with Stuck
	// Reason is one line for people, without any title, place or name from
	// another event (R16), e.g. "Ann is not available then."
	Reason string
	// Cause is Reason without what was looked for: it differs with Stuck only,
	// and stays the same from day to day.
	Cause string
	// Note is what else the event has to say, e.g. that the room is not booked (R17).
	Note string
	// Because says why it is a suggestion and not a move, or why it is left.
	Because string
	// Again is when time alone can change the decision (Wait); zero otherwise.
	Again time.Time
	// After are the indexes in Plan.Decisions of moves that must have been made
	// before this one, because it goes where they are now. There are no circles:
	// the moves can be made one after the other without a double booking between.
	After []int
	// Tried tells, for each rung before the one taken, how many slots were looked
	// at and why none would do, for explain.
	Tried []string
}

// Plan is what the program does about all meetings.
type Plan struct {
	// Decisions has one entry for every meeting that starts inside the
	// horizon, ordered by start, then original start, then UID.
	Decisions []Decision
}
