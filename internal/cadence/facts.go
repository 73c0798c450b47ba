// Package cadence decides what to suggest about the rhythm of 1:1s (R18,
// R20–R31): weekly or every two weeks, a meeting of its own for a big topic, a
// catch-up when two people have not met for long, another weekly time. It also
// knows what becomes of a suggestion when its addressee answers (R28) and in
// which words everything is said.
//
// It is a function of (Facts, Policy): no clock, no I/O, and the result does not
// depend on the order of the input. It changes nothing by itself: whatever it
// proposes waits for a person's yes.
package cadence

import (
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// Policy is the part of the configuration that the rules on rhythm speak of.
type Policy struct {
	Short  time.Duration // R21: a measured meeting below it is a short one
	Streak int           // R21: so many short ones in a row
	Window int           // R22, R23: over so many measured meetings the average is taken
	Long   time.Duration // R22, R23
	MaxGap time.Duration // R26
}

// Facts is all that a proposal may depend on.
type Facts struct {
	Now   time.Time
	Pairs []Pair
}

// Source is where the length of a meeting is known from (R20). A planned length
// that nobody touched has no source and is no evidence.
type Source string

// The sources, best first.
const (
	FromMeet Source = "meet" // Meet's conference record: both were present
	FromDone Source = "done" // "we are done" on the agenda page
	FromEnd  Source = "end"  // a person changed the end of the past event
)

// Length is the measured length of one meeting. Of several sources for one
// meeting the best counts; Best picks them.
type Length struct {
	UID      string
	Original time.Time // zero for an event that does not recur
	Start    time.Time // when it took place
	Length   time.Duration
	Source   Source
}

// Meeting is one occurrence of the pair's meetings, or a single event of just the two.
type Meeting struct {
	UID      string
	Original time.Time // zero for an event that does not recur
	Span     span.Span
}

// Pair is one relationship as its addressee, the person with an account here
// who decides about it, sees it.
type Pair struct {
	Key      string // R3
	Person   string // key of the addressee of suggestions
	Other    string // key of the other
	Name     string // what Other is called
	Relation calendar.Relation
	// Zone is the addressee's, in which times are told.
	Zone *time.Location

	Onboarding time.Time     // R24: until when the relationship is new; zero when not marked
	Every      time.Duration // R30: how often they want to meet without a series; 0 when not asked for

	// Series are the recurring 1:1s of the pair that the program may change,
	// alive now: at least one meeting is still to come. Usually one.
	Series []Series
	// Fixed says, in words, why no series of the pair may be changed although
	// there is one (R2: organized elsewhere; pinned; read-only); "" else.
	Fixed string

	Held    []Meeting // took place (not cancelled, declined by nobody), by start, as far back as is known
	Planned []Meeting // to come or going on, cancelled and declined ones excepted, by start
	Lengths []Length  // measured, in any order
	// Deleted are occurrences that a person deleted or cancelled, still to come or just
	// past (R27); Span is where they stood.
	Deleted []Meeting
	// Absent are occurrences that stay inside an absence because no slot was
	// found (rung 5), with the absence: those to come and, until a week after
	// the absence, those that are past. They count as not held wherever else they are named.
	Absent []Absence
	// Unfinished is how many agendas in a row, up to the last meeting, were
	// left with open topics; 0 when nobody can tell.
	Unfinished int

	Past []Suggested // every suggestion made to the pair so far, open ones too
}

// Absence is an occurrence that falls into the time somebody is away.
type Absence struct {
	Meeting
	Away span.Span // from the first to the end of the last day away
}

// Rhythm is how often a series meets.
type Rhythm string

// The rhythms that the rules tell apart; every other rule of recurrence is Other.
const (
	Daily      Rhythm = "daily"        // every working day, or every day
	TwiceAWeek Rhythm = "twice a week" // two days of each week
	Weekly     Rhythm = "weekly"
	Biweekly   Rhythm = "every two weeks"
	Other      Rhythm = "another rhythm"
)

// Series is one recurring 1:1.
type Series struct {
	UID    string
	Rhythm Rhythm
	Period time.Duration // shortest distance between neighbours; 0 when it is not known
	Length time.Duration // planned
	Since  time.Time     // when this rhythm began: the series' first start
	Next   time.Time     // original start of the next occurrence, in the series' zone
	// Troubled says of the last occurrences that had come up, oldest first,
	// whether they had a conflict at any time (R18).
	Troubled []bool
	// Better is another weekly time with fewer conflicts (R18); nil when there
	// is none or nobody asked because R18 does not apply.
	Better *Better
}

// Better is another weekly time for a series.
type Better struct {
	Start             time.Time // the first meeting at the new time, in the series' zone
	Conflicts, Before int       // in the weeks looked at: at the new, at the present time
	Weeks             int
}

// Kind is what a suggestion would change.
type Kind string

// The kinds of suggestions, the most urgent first: when several would apply to a
// pair, the first one is made (R28: one at a time).
const (
	Move       Kind = "move"         // an occurrence to another slot (mode ask, R7, R12, R14); decided by reschedule
	MakeUp     Kind = "make-up"      // R27: a quarter of an hour for an occurrence a person deleted
	Return     Kind = "return"       // a catch-up after an absence
	CatchUp    Kind = "catch-up"     // R26
	Retime     Kind = "retime"       // R18: another weekly time
	Taper      Kind = "taper"        // R24: the next slower rhythm
	ToWeekly   Kind = "to weekly"    // R22
	Separate   Kind = "separate"     // R23: a meeting of its own for the biggest topic
	ToBiweekly Kind = "to two weeks" // R21
	Reconnect  Kind = "reconnect"    // R30
)

// State is what has become of a suggestion.
type State string

// The states of a suggestion. The last five are final.
const (
	Wanted    State = "wanted"    // decided, its event is not known to stand in the calendar yet
	Open      State = "open"      // stands in the calendar and waits for an answer
	Accepted  State = "accepted"  // yes; not carried out completely yet
	Later     State = "later"     // maybe: asked again a week after
	Applied   State = "applied"   // yes, and done
	Refused   State = "refused"   // no, or its event deleted
	Expired   State = "expired"   // nobody answered in time
	Withdrawn State = "withdrawn" // no longer true, or something more urgent came up; with a reason
	Failed    State = "failed"    // yes, but it could not be done; with a reason
)

// Suggested is one suggestion of the past or present.
type Suggested struct {
	Kind     Kind
	UID      string    // the series or event it is about; "" when about none
	Original time.Time // the occurrence it is about; zero else
	State    State
	AskedAt  time.Time // when its event was put into the calendar
	EndedAt  time.Time // when State became what it is; zero while Wanted or Open
}

// Proposal is a suggestion that should be made now.
type Proposal struct {
	Rule     string // e.g. "R21"
	Kind     Kind
	Pair     string
	UID      string        // the series it is about; "" when about none
	Original time.Time     // the occurrence it is about (MakeUp, Return); zero else
	Rhythm   Rhythm        // the new one (Taper, ToWeekly, ToBiweekly)
	Length   time.Duration // of the meetings it leads to; 0 keeps the series' own
	Start    time.Time     // Retime: the first meeting at the new time
	// Near and Within say where a meeting that is to be made should stand: at the
	// slot nearest to Near inside Within (MakeUp, Return, CatchUp, Separate, Reconnect).
	Near   time.Time
	Within span.Span
	// Evidence are the measured meetings it rests on, oldest first (R20).
	Evidence []Length
	// Reason says why in one sentence for people, with the evidence named.
	Reason string
}

// Outlook says for one pair how the rules stand, for explain: each entry is one
// sentence, the rule that would fire next first.
type Outlook struct {
	Pair     string
	Measured []Length // best source each, oldest first
	Lines    []string
}
