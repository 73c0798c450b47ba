package calendartest

import "slices"

// The program's shared properties that say what an event is of its making. They
// are written down here once more, since calendars in the field hold them.
const (
	madeKey    = "oneononeMade"    // its own id: what has it with another id is a copy that somebody made
	kindKey    = "oneononeKind"    // suggestion or status
	afterKey   = "oneononeAfter"   // UID of the series that this one goes on from
	carriedKey = "oneononeCarried" // original start in that series
)

// judgeInsertion notes a new event that a careful client would not make.
func (g *Google) judgeInsertion(call *googleCall, note func(string, ...any)) {
	id, _ := call.body["id"].(string)
	e := &googleEvent{rest: call.body}
	shared := e.properties("shared")
	if id == "" {
		note("an event is made without an id of the client's, so that a second try makes a second one")
	} else if shared[madeKey] != id {
		note("an event is made that does not say that it is the program's")
	}
	if shared[kindKey] != nil && call.query.Get("sendUpdates") != "none" {
		note("a mail about an event of the program's own")
	}
	data, _ := call.body["conferenceData"].(fields)
	if solution, _ := data["conferenceSolution"].(fields); data != nil {
		key, _ := solution["key"].(fields)
		if key["type"] == "hangoutsMeet" {
			note("the Meet of another event")
		}
		if call.number("conferenceDataVersion") != 1 {
			note("conferenceData without conferenceDataVersion=1")
		}
	}
}

// judgeDeletion notes what R8 forbids, and what could take more away than was seen.
func (g *Google) judgeDeletion(call *googleCall, note func(string, ...any)) {
	e, ok := g.find(call.cal, call.path["eventId"])
	if !ok || e.cancelled {
		return // It was gone already.
	}
	if !g.removable(call.cal, e) {
		note("a deletion")
	} else if call.r.Header.Get("If-Match") == "" {
		note("an event is deleted without If-Match")
	}
}

// removable reports whether the program may remove an event: one of its own
// kinds, in any copy; a series that it made to go on from another; and an
// exception beyond the end of a series that goes on in another.
func (g *Google) removable(c *googleCalendar, e *googleEvent) bool {
	shared := e.properties("shared")
	if e.master == "" {
		return shared[madeKey] == e.id && (shared[kindKey] != nil || shared[afterKey] != nil && e.organizer() == c.id)
	}
	m := c.events[e.master]
	if m == nil || m.cancelled || m.organizer() != c.id || !c.continues(m.uid) {
		return false
	}
	w := (&listing{call: &googleCall{}}).window()
	w.Start = e.original.instant(c.zone)
	return len(m.originals(c.zone, w)) == 0
}

// continues reports whether an event of c says that it goes on from the series uid.
func (c *googleCalendar) continues(uid string) bool {
	for _, e := range c.events {
		if !e.cancelled && e.properties("shared")[afterKey] == uid {
			return true
		}
	}
	return false
}

// judgeEnd notes the end of a series that goes on nowhere.
func (g *Google) judgeEnd(call *googleCall, old, now *googleEvent) {
	if !slices.Equal(old.recurrence, now.recurrence) && !call.cal.continues(old.uid) {
		g.violation(call.r, "a series was ended though none goes on from it")
	}
}
