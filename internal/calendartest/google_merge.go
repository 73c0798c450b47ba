package calendartest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"oneonone/internal/span"
)

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
	if e.cancelled = e.text("status") == "cancelled"; e.cancelled {
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
