package calendartest

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"oneonone/internal/span"
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
	w := call.writing()
	e, err := g.change(call.cal, old, call.body, w)
	switch {
	case errors.Is(err, errGuest):
		return refuse(http.StatusForbidden, "forbiddenForNonOrganizer", err.Error())
	case err != nil:
		return badValue(err)
	}
	zone, _ := call.zone()
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

// merged is old with body merged into it (RFC 7396), as far as a client may.
func (g *Google) merged(c *googleCalendar, old *googleEvent, body fields, w writing) (*googleEvent, error) {
	e := old.clone()
	if w.replace {
		for name := range e.rest {
			if !slices.Contains(readOnlyFields, name) && (name != "attachments" || w.attachments) && (name != "conferenceData" || w.conference) {
				delete(e.rest, name)
			}
		}
		if e.master == "" {
			e.recurrence = nil
		}
	}
	for name, v := range body {
		switch {
		case name == "start", name == "end", name == "recurrence", slices.Contains(readOnlyFields, name):
		case name == "attachments" && !w.attachments && !w.person, name == "conferenceData" && !w.conference && !w.person:
		case name == "extendedProperties":
			e.mergeProperties(v)
		case name == "attendees":
			g.mergeAttendees(e, v)
		case name == "conferenceData":
			e.mergeConference(v)
		case v == nil:
			delete(e.rest, name)
		default:
			e.rest[name] = v
		}
	}
	if lines, ok := body["recurrence"]; ok && e.master == "" {
		e.recurrence = stringsOf(lines)
	}
	if e.rest["status"] == nil {
		e.rest["status"] = "confirmed"
	}
	e.cancelled = false
	if e.text("status") == "cancelled" {
		return e, nil
	}
	if err := e.mergeTimes(body, w); err != nil {
		return nil, err
	}
	return e, e.check(c)
}

func (e *googleEvent) mergeTimes(body fields, w writing) (err error) {
	recurs := len(e.recurrence) > 0 || e.master != ""
	for name, at := range map[string]*googleTime{"start": &e.start, "end": &e.end} {
		v, given := body[name]
		if !given && !at.isZero() && !w.replace {
			continue
		}
		before := *at
		if w.replace {
			before = googleTime{}
		}
		if *at, err = readTime(before, v, recurs, name); err != nil {
			return err
		}
	}
	return nil
}

// check refuses an event that cannot be.
func (e *googleEvent) check(c *googleCalendar) error {
	if (e.start.date == "") != (e.end.date == "") {
		return errors.New("start and end must either both be a day or both be an instant")
	}
	start, end := e.start.instant(c.zone), e.end.instant(c.zone)
	if end.Before(start) || e.start.date != "" && !start.Before(end) {
		return errors.New("the specified time range is empty")
	}
	if len(e.recurrence) > 0 {
		set, err := e.series(c.zone)
		if err != nil {
			return fmt.Errorf("invalid recurrence rule: %w", err)
		}
		if _, err := set.Between(span.Of(start, 1), budgetOfGoogle); err != nil {
			return fmt.Errorf("invalid recurrence rule: %w", err)
		}
	}
	list, _ := e.rest["attachments"].([]any)
	if len(list) > maxAttachments || slices.ContainsFunc(list, func(a any) bool { return a.(fields)["fileUrl"] == nil }) {
		return errors.New("an event has at most 25 attachments, each with a fileUrl")
	}
	if len(e.text("description")) > maxDescription {
		return errors.New("the description is too long")
	}
	for _, side := range []string{"private", "shared"} {
		for key, v := range e.properties(side) {
			if value, _ := v.(string); len(key) > maxKey || len(value) > maxValue {
				return fmt.Errorf("the extended property %q is too long", key)
			}
		}
	}
	return nil
}

// properties returns one side of the extended properties, never nil.
func (e *googleEvent) properties(side string) fields {
	all, _ := e.rest["extendedProperties"].(fields)
	if p, ok := all[side].(fields); ok {
		return p
	}
	return fields{}
}

func (e *googleEvent) setProperties(side string, p fields) {
	all, _ := e.rest["extendedProperties"].(fields)
	if all == nil {
		all = fields{}
	}
	if all[side] = p; len(p) == 0 {
		delete(all, side)
	}
	if e.rest["extendedProperties"] = all; len(all) == 0 {
		delete(e.rest, "extendedProperties")
	}
}

func (e *googleEvent) mergeProperties(v any) {
	patch, _ := v.(fields)
	for _, side := range []string{"private", "shared"} {
		p := copyJSON(e.properties(side))
		given, named := patch[side]
		if v == nil || named && given == nil {
			p = fields{}
		}
		values, _ := given.(fields)
		for key, value := range values {
			if p[key] = value; value == nil {
				delete(p, key)
			}
		}
		e.setProperties(side, p)
	}
}

// mergeAttendees replaces the guests. An entry without an answer has none.
func (g *Google) mergeAttendees(e *googleEvent, v any) {
	list, _ := v.([]any)
	var guests []fields
	for _, x := range list {
		a := copyJSON(x.(fields))
		for _, name := range []string{"self", "organizer", "id"} {
			delete(a, name)
		}
		email, _ := a["email"].(string)
		a["email"] = strings.ToLower(email)
		if a["responseStatus"] == nil {
			a["responseStatus"] = "needsAction"
		}
		if u := g.userOf(email); u != nil && u.Room {
			a["resource"] = true
			a["responseStatus"] = "accepted"
		}
		guests = append(guests, a)
	}
	e.setAttendees(guests)
}

// mergeConference makes the conference that a createRequest asks for. The same
// request again is the same conference.
func (e *googleEvent) mergeConference(v any) {
	data, _ := v.(fields)
	request, _ := data["createRequest"].(fields)
	id, _ := request["requestId"].(string)
	if v == nil {
		delete(e.rest, "conferenceData")
		delete(e.rest, "hangoutLink")
	}
	if id == "" {
		return
	}
	code := fmt.Sprintf("%.3s-%.4s-%.3s", letters(id, 1), letters(id, 2), letters(id, 3))
	e.rest["hangoutLink"] = "https://meet.google.com/" + code
	e.rest["conferenceData"] = fields{"conferenceId": code,
		"createRequest":      fields{"requestId": id, "status": fields{"statusCode": "success"}},
		"conferenceSolution": fields{"key": fields{"type": "hangoutsMeet"}, "name": "Google Meet"},
		"entryPoints":        []any{fields{"entryPointType": "video", "uri": e.rest["hangoutLink"]}}}
}

// letters makes lower-case letters out of text.
func letters(text string, salt uint32) string {
	h := salt * 2654435761
	for _, c := range []byte(text) {
		h = (h ^ uint32(c)) * 16777619
	}
	b := make([]byte, 4)
	for i := range b {
		b[i] = 'a' + byte(h%26)
		h /= 26
	}
	return string(b)
}

func stringsOf(v any) []string {
	list, _ := v.([]any)
	var all []string
	for _, x := range list {
		if s, ok := x.(string); ok {
			all = append(all, s)
		}
	}
	return all
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
