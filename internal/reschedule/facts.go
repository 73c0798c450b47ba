// Package reschedule decides what happens to 1:1s that cannot take place as
// planned: which conflicts there are (R4, R5), where a meeting could go
// (R9–R11, R17), which plan is the best for all of them together (R6), and
// whether it may be carried out or has to be suggested (R7, R12–R14). It also finds
// places for what does not exist yet: for a catch-up (R26, R27, R30, R31), and
// another weekly time for a series that keeps colliding (R18).
//
// It is a function of (Facts, Policy): no clock, no I/O, no logger, and the
// result does not depend on the order of the input. It never cancels anything
// (R8): the worst it decides is to leave a meeting where it is.
package reschedule

import (
	"time"

	"oneonone/internal/hours"
	"oneonone/internal/span"
)

// Mode is how far the program may go (DESIGN §4).
type Mode string

// The modes: Act moves, Ask turns every move into a suggestion, Observe only logs.
const (
	Act     Mode = "act"
	Ask     Mode = "ask"
	Observe Mode = "observe"
)

// Policy is the part of the configuration that the rules speak of. All
// durations are positive; Grid and Shortest are at least a minute.
type Policy struct {
	Mode          Mode
	Notice        time.Duration // R10
	Settle        time.Duration // R13
	Horizon       time.Duration // how far ahead meetings are looked after
	Grid          time.Duration // R9
	Before, After time.Duration // R9: breathing room and overrun
	Shortest      time.Duration // R11 rung 4
	Spacing       time.Duration // R10
	PerOccurrence int           // R12
	PerSeries     int           // R12, in 28 days
	AskWithin     time.Duration // R14
}

// Facts is all that a plan may depend on.
type Facts struct {
	Now    time.Time
	People map[string]Person // by key; every key a Meeting names is here
	// Meetings are all 1:1s of all people, movable or not, from before Now to
	// beyond the horizon, so that each has its neighbours. Cancelled
	// occurrences are not among them. No two have both UID and Original in common.
	Meetings []Meeting
}

// Person is one of the people a plan has to fit.
type Person struct {
	Name  string // as the reasons call the person
	Hours hours.Week
	Zone  *time.Location // never nil
	// Known reports whether the person's busy times could be read just now (R7).
	// Blocks of an unknown person still count; their absence proves nothing.
	Known bool
	// Blocks are all other events of the person that matter, 1:1s excepted, from
	// Now to the last of Facts.Meetings: a meeting may go up to its next neighbour,
	// be that beyond the horizon.
	Blocks []Block
}

// BlockKind says how strongly a Block keeps a meeting away.
type BlockKind int

// The kinds of blocks, from R4 and R5.
const (
	Busy  BlockKind = iota // confirmed, opaque, not declined: a conflict
	Hold                   // unanswered or tentative: no conflict, taken on rung 3
	Focus                  // focus time: no conflict, taken on rung 3
	Away                   // out of office: the person cannot attend
)

// Block is a stretch of one person's time that another event takes.
type Block struct {
	Span    span.Span
	Kind    BlockKind
	UID     string    // never equal to that of a 1:1 it could collide with
	Title   string    // only to recognise mirrored copies; never told to anybody
	Updated time.Time // last change to the event, zero when long ago (R13)
}

// Meeting is one occurrence of a 1:1.
type Meeting struct {
	UID      string
	Original time.Time // zero for an event that does not recur
	Pair     string    // key of the relationship (R3)
	// People are the keys of the two; People[0] is the organizer.
	People [2]string
	Title  string         // only to recognise mirrored copies
	Span   span.Span      // where it stands now
	Zone   *time.Location // the event's own zone, in which times are told
	Period time.Duration  // shortest distance between neighbours of the series; 0 when it does not recur

	// Declined are the keys of those of the two who declined this occurrence (R5).
	Declined []string
	Updated  time.Time // last change to the event, zero when long ago (R13)

	// Fixed says, for people, why the program must not move this occurrence
	// whatever happens: the organizer is not served here (R2), a person pinned
	// it (R13), the calendar is read-only. "" when it may.
	Fixed string
	// Asked says, for people, that somebody was asked about moving this occurrence
	// and has not said yes, so that it moves no more without asking (R28); "" when
	// nobody was.
	Asked string
	// Hold says that the meeting is no conflict for other meetings: it is not
	// in our care and the served person has not accepted it (R4).
	Hold bool

	Moves       int // automatic moves of this occurrence so far (R12)
	RecentMoves int // automatic moves of the pair within the last 28 days, this occurrence's included (R12)

	// Rooms are the rooms on the event; empty when there are none (R17).
	Rooms []Room
}

// Room is a room or a piece of equipment on a meeting.
type Room struct {
	Name  string
	Known bool // its busy times are known
	Busy  span.Set
}
