// Package hours is a person's working hours: a weekly pattern in wall-clock
// time, its text form ("Mon-Thu 09:00-17:30, Fri 09:00-15:00"), and the spans it
// means in a zone.
package hours

import (
	"time"

	"oneonone/internal/span"
)

// Week is a weekly pattern of working hours.
type Week struct{}

// In returns the working spans of w in zone that lie in s, cut to s.
func (w Week) In(s span.Span, zone *time.Location) span.Set { panic("to be written") }
