package icalendar

import (
	"strings"

	"oneonone/internal/calendar"
)

// The properties that tell what an event of the program's making is
// (calendar.Own), and which series it goes on from (calendar.Event.After). Their
// values are TEXT. They never change: calendars in the field hold them.
const (
	kindName  = "X-ONEONONE-KIND"
	afterName = "X-ONEONONE-AFTER"
)

// own reads the value of kindName. A kind that the program does not know is
// none: what the program may delete has to be beyond doubt.
func own(value string) calendar.Own {
	switch o := calendar.Own(strings.ToLower(strings.TrimSpace(value))); o {
	case calendar.OwnSuggestion, calendar.OwnStatus:
		return o
	}
	return calendar.OwnNone
}
