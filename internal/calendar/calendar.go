// Package calendar holds the words that every other package speaks: what a
// calendar, an event, an occurrence and a person are, what a change to an
// event is, and what a calendar server must be able to do for the program
// (Provider). It decides nothing and does no I/O.
//
// Instants are time.Time values in the zone in which the event was written, so
// that "Tuesdays at 10:00 in Vienna" survives a change of clocks. All-day and
// floating times (RFC 5545 §3.3.5 form 1) are read in the zone of the person
// whose calendar holds them.
package calendar

import (
	"slices"
	"strings"
	"time"

	"oneonone/internal/span"
)

// ETag is a server's validator of one stored state, verbatim, with its quotes
// and its weakness mark, exactly as it has to be sent back.
type ETag string

// Calendar is one calendar of an account.
type Calendar struct {
	// ID is the provider's name of the calendar: on CalDAV the absolute URL of
	// the collection, on Google the calendarId.
	ID string
	// Name is what the person calls it.
	Name string
	// Zone is the calendar's own time zone, nil when the server states none.
	Zone *time.Location
	// Default marks the calendar that new events go to when that is known.
	Default bool
	// Writable reports whether the account may change events in it.
	Writable bool
	// Delivers reports whether the server itself brings an organizer's change
	// into the calendars of the other guests (RFC 6638 §1, Google).
	Delivers bool
}

// Resource is one thing that a server stores under one name and one ETag, as
// the server gave it: on CalDAV a calendar object resource with all
// components of one UID, on Google one event.
type Resource struct {
	Calendar string // Calendar.ID
	Href     string // CalDAV: the path as the server spells it; Google: the event id
	ETag     ETag
	Data     []byte // verbatim; never changed in place
}

// Type is what an event is for (Google's eventType; on CalDAV derived from
// X-MICROSOFT-CDO-BUSYSTATUS where a client wrote it).
type Type string

// The event types the rules tell apart.
const (
	TypeDefault         Type = ""
	TypeOutOfOffice     Type = "outOfOffice"
	TypeFocusTime       Type = "focusTime"
	TypeWorkingLocation Type = "workingLocation"
	TypeBirthday        Type = "birthday"
	TypeFromGmail       Type = "fromGmail"
)

// Status is the STATUS property of an event (RFC 5545 §3.8.1.11).
type Status string

// The states of an event. An event without STATUS is confirmed.
const (
	Confirmed Status = "CONFIRMED"
	Tentative Status = "TENTATIVE"
	Cancelled Status = "CANCELLED"
)

// Answer is a guest's participation status (RFC 5545 §3.2.12).
type Answer string

// The answers the rules tell apart; anything else is read as NeedsAction.
const (
	NeedsAction Answer = "NEEDS-ACTION"
	Accepted    Answer = "ACCEPTED"
	Declined    Answer = "DECLINED"
	Maybe       Answer = "TENTATIVE"
	Delegated   Answer = "DELEGATED"
)

// Kind is the calendar user type of a guest (RFC 5545 §3.2.3).
type Kind string

// The kinds of guests. Unknown kinds are individuals.
const (
	Individual Kind = "INDIVIDUAL"
	Room       Kind = "ROOM"
	Equipment  Kind = "RESOURCE"
	Group      Kind = "GROUP"
)

// Attendee is one guest of an event.
type Attendee struct {
	Address string // lower case, without "mailto:"
	Name    string
	Kind    Kind
	Answer  Answer
	// Self marks the account's own entry where the provider says so.
	Self bool
}

// Event is one component of a series or a single event: the master, an
// exception (one occurrence that differs), or an event that does not recur.
// Events with the same Calendar and SeriesID belong together.
type Event struct {
	Calendar string // Calendar.ID
	Href     string // Resource.Href
	ETag     ETag
	SeriesID string // CalDAV: the href; Google: the master's id
	UID      string // iCalendar UID, the same in every guest's copy

	// Original is the original start that names an exception (RECURRENCE-ID,
	// originalStartTime); zero for a master and for a single event.
	Original time.Time
	// ThisAndFuture says that the exception stands for all later occurrences
	// too (RANGE=THISANDFUTURE, RFC 5545 §3.2.13).
	ThisAndFuture bool

	Start, End time.Time // in the event's own zone; End after Start unless the event has no length
	AllDay     bool      // Start and End are midnights in the zone of the calendar's person
	Floating   bool      // written without a zone, read in that of the calendar's person

	RRules  []string    // values of RRULE, verbatim
	RDates  []span.Span // RDATE; End equals Start when only a start was given
	ExDates []time.Time // EXDATE

	Title       string
	Description string
	HTML        bool // Description is HTML (Google)

	Status      Status
	Transparent bool // does not block time
	Type        Type

	Organizer string // address, lower case; "" when the event has none
	Attendees []Attendee
	// GuestsHidden says that the guest list is hidden or cut, so that its
	// length proves nothing (Google: guestsCanSeeOtherGuests, attendeesOmitted).
	GuestsHidden bool

	Sequence int
	// Updated is the last change as the event itself tells it (LAST-MODIFIED,
	// updated); zero when it does not.
	Updated time.Time

	// Mark is what the program wrote on the event when it moved it; nil when
	// it never did. It survives the loss of the program's own records.
	Mark *Mark
	// AgendaLink is the agenda attachment that the program put on the event.
	AgendaLink string
	// Own says what an event is that the program made for itself.
	Own Own
	// After is the UID of the series that this one goes on from (R29), "" when
	// the program did not make it.
	After string
	// Location is where the event takes place, as people wrote it; for
	// working-location events the town or office (R31).
	Location string
	// Conference is the code of the Google Meet room of the event, such as
	// abc-mnop-xyz; "" when it has none. All occurrences of a series share it.
	Conference string
}

// Span returns the time from the event's start to its end.
func (e Event) Span() span.Span { return span.Span{Start: e.Start, End: e.End} }

// IsException reports whether e is one changed occurrence of a series.
func (e Event) IsException() bool { return !e.Original.IsZero() }

// Recurs reports whether e is the master of a series.
func (e Event) Recurs() bool {
	return !e.IsException() && (len(e.RRules) > 0 || len(e.RDates) > 0)
}

// AnswerOf returns the answer of the person who has any of addresses, and
// whether that person is a guest at all.
func (e Event) AnswerOf(addresses []string) (Answer, bool) {
	for _, a := range e.Attendees {
		if slices.ContainsFunc(addresses, func(x string) bool { return SameAddress(x, a.Address) }) {
			return a.Answer, true
		}
	}
	return "", false
}

// Occurrence is one meeting in time: the component that describes it, with
// Start and End of this meeting. Original names it for ever within its series;
// it is zero for an event that does not recur, which its UID alone names.
type Occurrence struct {
	Event
	Exception bool // an exception of its own describes it, not the master
}

// IsException reports whether an exception of its own describes o.
func (o Occurrence) IsException() bool { return o.Exception }

// Address returns the calendar address a without "mailto:", in lower case.
func Address(a string) string {
	a = strings.TrimSpace(a)
	if len(a) >= 7 && strings.EqualFold(a[:7], "mailto:") {
		a = a[7:]
	}
	return strings.ToLower(strings.TrimSpace(a))
}

// SameAddress compares two calendar addresses as R1 demands: whole and without
// regard to case.
func SameAddress(a, b string) bool { return Address(a) == Address(b) }
