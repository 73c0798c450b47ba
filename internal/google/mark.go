package google

import (
	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
)

// The program's shared extended properties. They are on every guest's copy, and
// their names never change: calendars in the field hold them.
const (
	markKey = "oneononeMoved"
	// linkKey holds the address of the agenda. It, and not the attachment, says
	// that the link is there: a guest who takes the attachment off is not fought
	// with, and Google may leave out an attachment that it does not like.
	linkKey = "oneononeAgenda"
)

func shared(g *gcal.Event) map[string]string {
	if g.ExtendedProperties == nil {
		return nil
	}
	return g.ExtendedProperties.Shared
}

func markOf(g *gcal.Event) *calendar.Mark {
	if m, ok := calendar.ParseMark(shared(g)[markKey]); ok {
		return &m
	}
	return nil
}
