package calendar

import (
	"context"
	"time"

	"oneonone/internal/span"
)

// Measurer is a service that knows how long people talked to each other
// (Google Meet). Its methods are safe for concurrent use.
type Measurer interface {
	// Measured returns how long the two people of the meeting that took place
	// around at were both in the room with the code conference (Event.Conference).
	// found is false when nothing is known of them there, or not yet: they met
	// elsewhere, one of them was alone, they still talk, or it is too long ago.
	// ErrRefused: nothing is told about this one meeting. ErrAuth: nothing is told
	// before an operator has done something.
	Measured(ctx context.Context, conference string, at span.Span) (length time.Duration, found bool, err error)
}
