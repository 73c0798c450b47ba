package calendartest

import (
	"maps"
	"time"

	"oneonone/internal/calendar"
)

// render is e as calendar c gives it to a reader, with the clock of zone.
func (g *Google) render(c *googleCalendar, e *googleEvent, zone *time.Location, maxAttendees int) fields {
	f := fields{"kind": "calendar#event", "etag": e.etag(), "id": e.id, "status": "confirmed"}
	if e.cancelled {
		f["status"] = "cancelled"
		if e.master != "" && !e.bare {
			f["recurringEventId"], f["originalStartTime"] = e.master, e.original.json(zone)
		}
		return f
	}
	maps.Copy(f, copyJSON(e.rest))
	f["iCalUID"], f["sequence"] = e.uid, e.sequence
	f["created"], f["updated"] = googleStamp(e.created), googleStamp(e.updated)
	f["start"], f["end"] = e.start.json(zone), e.end.json(zone)
	f["htmlLink"] = "https://www.google.com/calendar/event?eid=" + base32hex.EncodeToString([]byte(e.id+" "+c.id))
	if f["eventType"] == nil {
		f["eventType"] = "default"
	}
	if e.master != "" {
		f["recurringEventId"], f["originalStartTime"] = e.master, e.original.json(zone)
	} else if len(e.recurrence) > 0 {
		f["recurrence"] = e.recurrence
	}
	g.renderPeople(c, e, f, maxAttendees)
	return f
}

// renderPeople marks who is the calendar's own, and hides who may not be seen.
func (g *Google) renderPeople(c *googleCalendar, e *googleEvent, f fields, maxAttendees int) {
	for _, who := range []string{"organizer", "creator"} {
		if o, ok := f[who].(fields); ok && g.isOwn(c, o["email"]) {
			o["self"] = true
		}
	}
	list, _ := f["attendees"].([]any)
	var own, shown []any
	for _, x := range list {
		a := x.(fields)
		if email, _ := a["email"].(string); calendar.SameAddress(email, e.organizer()) {
			a["organizer"] = true
		}
		if g.isOwn(c, a["email"]) {
			a["self"] = true
			own = append(own, a)
		}
		shown = append(shown, a)
	}
	hidden := e.rest["guestsCanSeeOtherGuests"] == false && !g.isOwn(c, e.organizer())
	if hidden || maxAttendees > 0 && len(shown) > maxAttendees {
		shown = own
		f["attendeesOmitted"] = true
	}
	if delete(f, "attendees"); len(shown) > 0 {
		f["attendees"] = shown
	}
}
