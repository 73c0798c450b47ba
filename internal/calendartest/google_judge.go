package calendartest

import "net/http"

// judge notes what a careful client would not send. The request has been held
// against the discovery document already.
func (g *Google) judge(call *googleCall) {
	note := func(format string, args ...any) { g.violation(call.r, format, args...) }
	switch call.method.ID {
	case "calendar.events.delete":
		g.judgeDeletion(call, note)
	case "calendar.events.insert":
		g.judgeInsertion(call, note)
	case "calendar.events.update":
		note("a PUT takes away what it does not name")
	case "calendar.events.patch":
	default:
		g.judgeDocument(call)
		return
	}
	if !call.query.Has("sendUpdates") {
		note("sendUpdates is missing")
	}
	if call.body["attachments"] != nil && !call.is("supportsAttachments") {
		note("attachments without supportsAttachments=true")
	}
	if call.r.Method == http.MethodPatch || call.r.Method == http.MethodPut {
		g.judgeChange(call, note)
	}
}

func (g *Google) judgeChange(call *googleCall, note func(string, ...any)) {
	for _, name := range []string{"attendees", "conferenceData"} {
		if _, sent := call.body[name]; sent {
			note("%s in a change", name)
		}
	}
	if call.body["status"] == "cancelled" {
		note("an event is cancelled")
	}
	if call.body["recurrence"] != nil && call.r.Header.Get("If-Match") == "" {
		note("a change of a series without If-Match")
	}
	moves := false
	for _, name := range []string{"start", "end"} {
		if at, ok := call.body[name].(fields); ok {
			if moves = true; at["dateTime"] != nil && at["timeZone"] == nil {
				note("the %s has no timeZone", name)
			}
		}
	}
	if moves && call.r.Header.Get("If-Match") == "" {
		note("a move without If-Match")
	}
}
