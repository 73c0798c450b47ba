package calendar

import (
	"context"
	"errors"
	"time"

	"oneonone/internal/span"
)

// Since says what the caller already has of a calendar.
type Since struct {
	// Cursor is the cursor of the last Changes; "" asks for everything, or,
	// with Known, for a full comparison.
	Cursor string
	// Known are the hrefs and ETags the caller holds. Providers use it where the server
	// has no cursors, for the full comparison, and to pass over resources
	// whose ETag has not changed.
	Known map[string]ETag
}

// Changes is what happened in one calendar.
type Changes struct {
	Cursor  string     // to be stored in the same transaction as the resources
	Full    bool       // the answer is complete: what the caller knows and Hrefs does not name is gone
	Hrefs   []string   // with Full: every href there is
	Changed []Resource // new or changed, with data
	Removed []string   // hrefs that are gone; may name unknown ones
	// Skipped are resources the server named but would not give, with the
	// reason. They keep their place in the caller's copy.
	Skipped []Skipped
}

// Skipped is a resource that was passed over, with a reason for the operator.
type Skipped struct {
	Href   string
	Reason string
}

// Change is one conditional write to one resource, decided on the state Base.
// Whatever it does not name stays exactly as it was.
type Change struct {
	Base  Resource
	Parts []Part
	// Notify says whether the guests are told by the server (R15). Servers that
	// decide that themselves ignore it.
	Notify bool
	// Now is the instant of the change (DTSTAMP, LAST-MODIFIED).
	Now time.Time
	// Self are the addresses of the account's person.
	Self []string
	// Organizer says that the account's person is the organizer: a move then
	// keeps that person's own answer and resets the others'. In an attendee's
	// copy it resets all answers but the organizer's.
	Organizer bool
}

// Part is what a Change does to one component of its resource. Fields that are
// zero leave things as they are.
type Part struct {
	// Original names the occurrence; the exception for it is made if there is
	// none yet. Zero names the master, or the event that does not recur.
	Original time.Time
	// To is the new time, nil to leave it; not for a master that recurs. It
	// resets answers to NEEDS-ACTION (RFC 6638 §3.2.8) and bumps SEQUENCE.
	To *span.Span
	// Mark replaces the program's mark; RemoveMark takes it off, and what says which
	// series this one goes on from.
	Mark       *Mark
	RemoveMark bool
	// Lines replaces the content of the program's block at the end of the
	// description; nil leaves it, an empty non-nil slice removes the block.
	Lines []string
	// Link replaces the program's agenda attachment; a pointer to "" removes it.
	Link *string
	// Until ends a series that recurs before this instant (R29): its rules
	// generate nothing at or after it, dates and, where they are in the same
	// resource, exceptions with an original start from then on go. Only for a
	// master, whose first occurrence lies before it; nil leaves the rules.
	Until *time.Time
}

// Provider is a calendar server seen by one account. Its methods are safe for
// use by one goroutine at a time. Errors wrap one of the sentinels below where
// one fits; every other error means "try again later".
type Provider interface {
	// Calendars lists the calendars of the account.
	Calendars(ctx context.Context) ([]Calendar, error)
	// Pull returns what changed in the calendar since the caller's state.
	// ErrGone means that the cursor is dead: call again without it.
	Pull(ctx context.Context, calendarID string, since Since) (Changes, error)
	// Parse reads a resource. It is pure: no I/O. zone is that of the
	// calendar's person, for all-day and floating times. An error says, for the
	// operator, why the resource is passed over; with events beside it, why a part
	// of it is: those take up time, but must not be changed.
	Parse(r Resource, zone *time.Location) ([]Event, error)
	// Get reads one resource afresh. ErrNotFound when it is gone.
	Get(ctx context.Context, calendarID, href string) (Resource, error)
	// Apply makes the change if the resource still is in the state
	// Change.Base, re-reads it and returns what is stored now. ErrConflict:
	// somebody else changed it, nothing was written. ErrUnknown: the answer
	// was lost, the change may or may not have been made; read before doing
	// anything. A change that alters nothing is not sent. What is returned may have
	// another Href than Base where an exception is a resource of its own.
	Apply(ctx context.Context, c Change) (Resource, error)
	Author
}

// The vocabulary of failures. Providers translate; nobody else sees a status code.
var (
	ErrConflict = errors.New("the event was changed by somebody else in the meantime")
	ErrGone     = errors.New("the server no longer knows this state of the calendar")
	ErrNotFound = errors.New("the event or calendar is gone")
	ErrAuth     = errors.New("the server refused the user name or password")
	ErrReadOnly = errors.New("the server does not allow this account to change the event")
	ErrUnknown  = errors.New("the connection broke before the server answered; the change may have been made")
	ErrRefused  = errors.New("the server does not accept the change")
	// ErrSpent comes in a RetryError that says for how long.
	ErrSpent = errors.New("the server takes no changes from this account for some time, and can be read")
)

// RetryError carries the time a server asked to be left alone for
// (Retry-After, RFC 9110 §10.2.3).
type RetryError struct {
	After time.Duration
	Err   error
}

func (e *RetryError) Error() string { return e.Err.Error() }

// Unwrap returns the failure itself.
func (e *RetryError) Unwrap() error { return e.Err }
