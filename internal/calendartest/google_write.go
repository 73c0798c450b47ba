package calendartest

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
)

// Limits of one event.
const (
	maxDescription = 8192
	maxAttachments = 25
	maxKey         = 44
	maxValue       = 1024
)

// writing is how a change is made.
type writing struct {
	attachments bool // supportsAttachments
	conference  bool // conferenceDataVersion=1
	replace     bool // PUT: what is not named is taken away
	notify      string
	person      bool // in Google's own pages, not over the interface
}

func (call *googleCall) writing() writing {
	return writing{attachments: call.is("supportsAttachments"), conference: call.number("conferenceDataVersion") == 1,
		replace: call.r.Method == http.MethodPut, notify: call.query.Get("sendUpdates")}
}

// eventID is what a client may call an event; 5 to 1024 of them.
var eventID = regexp.MustCompile(`^[0-9a-v]{5,}$`)

// errGuest says that a guest wrote what is the organizer's.
var errGuest = errors.New("Shared properties can only be changed by the organizer of the event.")

// insertEvent is events.insert.
func (g *Google) insertEvent(call *googleCall) answer {
	if !call.may(RoleOwner, RoleWriter) {
		return refuse(http.StatusForbidden, "requiredAccessLevel", "You need to have writer access to this calendar.")
	}
	if id, ok := call.body["id"].(string); ok {
		if !eventID.MatchString(id) || len(id) > 1024 {
			return refuse(http.StatusBadRequest, "invalid", "Invalid resource id value.")
		}
		if call.cal.events[id] != nil {
			return refuse(http.StatusConflict, "duplicate", "The requested identifier already exists.")
		}
	}
	w := call.writing()
	e, err := g.newEvent(call.cal, call.body, w)
	if err != nil {
		return badValue(err)
	}
	zone, _ := call.zone()
	return jsonAnswer(g.reveal(call, e, zone)).with("ETag", e.etag())
}

// newEvent stores an event and brings it to its guests.
func (g *Google) newEvent(c *googleCalendar, body fields, w writing) (*googleEvent, error) {
	if _, both := body["iCalUID"]; both && body["id"] != nil && !w.person {
		return nil, errors.New("id and iCalUID cannot both be given")
	}
	g.made++
	id, _ := body["id"].(string)
	if id == "" {
		id = fmt.Sprintf("%026x", uint64(g.made)*0x9e3779b97f4a7c15)
	}
	owner := fields{"email": c.id}
	if u := g.users[c.id]; u != nil && u.Name != "" {
		owner["displayName"] = u.Name
	} else if !c.primary {
		owner["displayName"] = c.title
	}
	if given, ok := body["organizer"].(fields); ok && w.person {
		owner = given
	}
	e := &googleEvent{id: id, uid: id + "@google.com", created: g.now(), rest: fields{
		"organizer": owner, "creator": fields{"email": c.owner}, "reminders": fields{"useDefault": true}, "status": "confirmed"}}
	if uid, ok := body["iCalUID"].(string); ok && w.person {
		e.uid = uid
	}
	if n, ok := body["sequence"].(float64); ok && w.person {
		e.sequence = int(n)
	}
	e, err := g.merged(c, e, body, w)
	if err != nil {
		return nil, err
	}
	if e.text("status") == "cancelled" {
		return nil, errors.New("a new event cannot be cancelled")
	}
	g.bookRooms(c, e)
	g.put(c, e)
	if e.organizer() == c.id {
		g.deliver(c, nil, e, w, "invitation")
	}
	return e, nil
}

// changeEvent is events.patch and events.update.
func (g *Google) changeEvent(call *googleCall) answer {
	old, ok := g.find(call.cal, call.path["eventId"])
	if !ok || old.bare {
		return notFound()
	}
	if !call.may(RoleOwner, RoleWriter) {
		return refuse(http.StatusForbidden, "requiredAccessLevel", "You need to have writer access to this calendar.")
	}
	if tag := call.r.Header.Get("If-Match"); tag != "" && tag != "*" && tag != old.etag() {
		return refuse(http.StatusPreconditionFailed, "conditionNotMet", "Precondition Failed")
	}
	if status, _ := call.body["status"].(string); old.cancelled && (status == "" || status == "cancelled") {
		return refuse(http.StatusGone, "deleted", "Resource has been deleted")
	}
	if call.body["attachments"] != nil && g.style.RefuseAttachments && !call.is("supportsAttachments") {
		return refuse(http.StatusBadRequest, "invalid", "supportsAttachments is needed to change attachments.")
	}
	zone, _ := call.zone()
	before := copyJSON(g.render(call.cal, old, zone, 0))
	e, err := g.change(call.cal, old, call.body, call.writing())
	switch {
	case errors.Is(err, errGuest):
		return refuse(http.StatusForbidden, "forbiddenForNonOrganizer", err.Error())
	case err != nil:
		return badValue(err)
	}
	if !e.cancelled && !old.cancelled {
		for _, reason := range googleDamage(before, copyJSON(g.render(call.cal, e, zone, 0))) {
			g.violation(call.r, "%s", reason)
		}
		g.judgeEnd(call, old, e)
	}
	return jsonAnswer(g.reveal(call, e, zone)).with("ETag", e.etag())
}

// change makes a change to an event, or to an instance, which thereby becomes an
// exception, and brings it to everybody it concerns. It returns what c has then.
func (g *Google) change(c *googleCalendar, old *googleEvent, body fields, w writing) (*googleEvent, error) {
	e, err := g.merged(c, old, body, w)
	if err != nil {
		return nil, err
	}
	if e.text("status") == "cancelled" && !old.cancelled {
		g.cancel(c, old, w)
		return c.events[old.id], nil
	}
	home := g.home(c, old)
	if home == nil && w.person { // The organizer's server has sent something new.
		g.put(c, e)
		return e, nil
	}
	if home == c {
		if g.same(old, e) && !g.style.TouchAlways {
			return old, nil
		}
		g.resetAnswers(old, e)
		g.bookRooms(c, e)
		g.bequeath(c, old, e)
		g.put(c, e)
		g.deliver(c, old, e, w, "update")
		return e, nil
	}
	return g.changeAsGuest(c, home, old, e, w)
}

// changeAsGuest makes a change in a copy whose organizer is somebody else.
func (g *Google) changeAsGuest(c, home *googleCalendar, old, e *googleEvent, w writing) (*googleEvent, error) {
	answered := g.takeAnswer(c, old, e)
	shared := !g.same(sharedOf(old), sharedOf(e))
	switch {
	case !shared:
	case old.flag("guestsCanModify") && home != nil:
		if at, ok := g.find(home, old.id); ok {
			next := at.clone()
			next.start, next.end, next.recurrence = e.start, e.end, e.recurrence
			copyShared(next.rest, e.rest)
			g.resetAnswers(at, next)
			g.bookRooms(home, next)
			g.put(home, next)
			g.deliver(home, at, next, w, "update")
			return c.events[old.id], nil
		}
	case g.style.Guest == GuestRefused:
		return nil, errGuest
	case g.style.Guest == GuestIgnored:
		was := old.clone()
		for _, name := range ownFields {
			copyField(was.rest, e.rest, name)
		}
		was.setProperties("private", e.properties("private"))
		e = was
	}
	if answered != nil {
		g.answer(c, home, old, answered, w)
		return c.events[old.id], nil
	}
	if g.same(old, e) && !g.style.TouchAlways {
		return old, nil
	}
	g.put(c, e)
	return e, nil
}

// deleteEvent is events.delete.
func (g *Google) deleteEvent(call *googleCall) answer {
	old, ok := g.find(call.cal, call.path["eventId"])
	if !ok {
		return notFound()
	}
	if old.cancelled {
		return refuse(http.StatusGone, "deleted", "Resource has been deleted")
	}
	if !call.may(RoleOwner, RoleWriter) {
		return refuse(http.StatusForbidden, "requiredAccessLevel", "You need to have writer access to this calendar.")
	}
	if tag := call.r.Header.Get("If-Match"); tag != "" && tag != "*" && tag != old.etag() {
		return refuse(http.StatusPreconditionFailed, "conditionNotMet", "Precondition Failed")
	}
	g.cancel(call.cal, old, call.writing())
	return status(http.StatusNoContent)
}
