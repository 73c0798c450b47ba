package calendar

import (
	"context"

	"oneonone/internal/span"
)

// BusyReader is what a Provider also is whose server tells when people are busy
// whose calendars the account cannot read.
type BusyReader interface {
	// Busy returns when the people, rooms too, with the given addresses are busy
	// within the span, by address as it was given. The spans tell nothing but
	// that, and may be merged, so that one of them can stand for several events
	// side by side or over each other. An address of which the server tells
	// nothing, or not all, is missing: that is unknown and not free (R7).
	Busy(ctx context.Context, addresses []string, within span.Span) (map[string][]span.Span, error)
}
