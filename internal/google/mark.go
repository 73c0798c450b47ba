package google

import (
	"strings"

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
	// madeKey is on every event that the program made, and holds its id. An
	// event that somebody made out of such a one, by duplicating it or by "this
	// and following", has the properties too and another id.
	madeKey  = "oneononeMade"
	kindKey  = "oneononeKind"  // calendar.Own
	afterKey = "oneononeAfter" // UID of the series that this one goes on from
	// carriedKey is on the exceptions that went along, and says which they were.
	carriedKey = "oneononeCarried"
)

func shared(g *gcal.Event) map[string]string {
	if g.ExtendedProperties == nil {
		return nil
	}
	return g.ExtendedProperties.Shared
}

// making reports whether the program made g, or the series that g is a part of.
// A guest's copy has the same UID, and may have another id.
func making(g *gcal.Event) bool {
	id := shared(g)[madeKey]
	return id != "" && (g.Id == id || g.RecurringEventId == id || strings.HasPrefix(g.ICalUID, id+"@"))
}

// ownOf says what an event of the program's own kinds is.
func ownOf(g *gcal.Event) calendar.Own {
	own := calendar.Own(shared(g)[kindKey])
	if known := own == calendar.OwnSuggestion || own == calendar.OwnStatus; !known || g.RecurringEventId != "" || !making(g) {
		return calendar.OwnNone
	}
	return own
}

// afterOf returns the UID of the series that g goes on from, "" when the program
// did not make g.
func afterOf(g *gcal.Event) string {
	if g.RecurringEventId != "" || !making(g) {
		return ""
	}
	return shared(g)[afterKey]
}

func markOf(g *gcal.Event) *calendar.Mark {
	if m, ok := calendar.ParseMark(shared(g)[markKey]); ok {
		return &m
	}
	return nil
}
