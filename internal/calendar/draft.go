package calendar

import (
	"context"
	"time"

	"oneonone/internal/span"
)

// Own says what an event of the program's own making is. It is stored on the
// event (CalDAV: X-ONEONONE-KIND; Google: a shared extended property), so that it is
// known again after the program's records were lost. Events of Own kinds are no
// meetings: R8 does not protect them, and no rule counts them.
type Own string

// The kinds of events that the program makes for itself.
const (
	OwnNone       Own = ""           // a person's event, or a meeting the program made at a person's wish
	OwnSuggestion Own = "suggestion" // DESIGN §3
	OwnStatus     Own = "status"     // "Your 1:1s this week"
)

// Draft is an event that is to be made. The account's person owns it: that
// person's address is the organizer of a meeting; a suggestion or status event
// has Organizer as its organizer and nobody is told of it by mail.
type Draft struct {
	Calendar string // Calendar.ID
	// ID names the event: 5 to 64 characters of [0-9a-v]. The same ID means the
	// same event, so that making it twice makes it once. On Google it is the
	// event's id, on CalDAV the UID and the name of the resource come from it.
	ID string

	// Like is the series that the new one goes on from (R29): the resource of the
	// master and, where exceptions are resources of their own, those named in
	// Carry. All that the fields below do not name is copied from it: title,
	// text, place, guests, room, reminders, attachments, unknown properties. A
	// conference is made anew where the provider forbids to share one. Answers
	// of the others are reset. Empty for an event that is not like another.
	Like []Resource
	// After is the UID of that series. It is stored on the event.
	After string
	// Carry are the exceptions of Like that go along.
	Carry []Carried

	Start, End time.Time // in the event's zone; with AllDay midnights
	AllDay     bool
	RRule      string      // value of the one RRULE; "" for an event that does not recur
	RDates     []time.Time // original starts beside the rule
	ExDates    []time.Time

	// The rest describes an event that is not Like another.
	Title       string
	Description string // plain text; the provider writes it as it has to
	Location    string
	Attendees   []Attendee // the account's person among them where that person is to answer
	// Organizer of an Own event on servers where the program may choose it
	// (CalDAV: with SCHEDULE-AGENT=NONE); the account's person organizes all else.
	Organizer   Attendee
	Transparent bool
	Own         Own

	// Copy says that this is the guest's own copy of a meeting that another
	// account organizes, on servers that deliver nothing: the organizer stays
	// that of Like or Organizer, and nobody is told.
	Copy bool
	// Notify says whether the guests are told by the server.
	Notify bool
	Now    time.Time
	Self   []string // addresses of the account's person
}

// Carried is an exception that goes along into the new series.
type Carried struct {
	From time.Time // its original start in the old series
	To   time.Time // the original start in the new one that it stands for
	Span span.Span // when it takes place: as before
}

// Author is the part of a Provider that makes and removes whole events.
type Author interface {
	// Create makes the event d describes, or completes what an earlier call with
	// the same ID left unfinished, re-reads it and returns the resource of
	// the master. An event that stands there already, with all that d carries
	// along, is returned as it is. ErrUnknown as for Apply: call again.
	Create(ctx context.Context, d Draft) (Resource, error)
	// Delete removes the event if it still is in the state r. It refuses
	// (ErrRefused), whatever the caller says, everything but: an Own event; a
	// series with After set, which the caller has found to be half of a change
	// that came to nothing; an exception of a series that ends before its
	// original start (R8, R29). Gone already is success. ErrConflict
	// and ErrUnknown as for Apply. Guests of a series or exception are told
	// when notify is set.
	Delete(ctx context.Context, r Resource, notify bool) error
}

// Aside is implemented by Providers whose servers take invitations from a
// calendar of the program's own, beside the person's (Google): its Own events are
// made there, and the person has a copy.
type Aside interface {
	// OwnCalendar returns that calendar, and makes it when there is none yet.
	OwnCalendar(ctx context.Context) (Calendar, error)
}
