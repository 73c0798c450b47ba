package calendartest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/icalendar"
)

// GoogleAccount is Raw for a Google: it stores what iCalendar text says as
// events, the exceptions of a series beside it.
type GoogleAccount struct {
	server   *Google
	calendar string
	ids      map[string]string // of what was put, by name
	names    map[string]string
}

// Account returns Raw for one calendar.
func (g *Google) Account(calendarID string) *GoogleAccount {
	return &GoogleAccount{server: g, calendar: calendarID, ids: map[string]string{}, names: map[string]string{}}
}

// ID implements Raw.
func (a *GoogleAccount) ID() string { return a.calendar }

// Another implements Raw.
func (a *GoogleAccount) Another(_ TB, name string) string {
	a.server.mu.Lock()
	owner := a.server.mustCalendar(a.calendar).owner
	a.server.mu.Unlock()
	return a.server.AddCalendar(owner, name, "")
}

// Name implements Raw. An exception is named by its id.
func (a *GoogleAccount) Name(href string) (string, bool) {
	if name, ok := a.names[href]; ok {
		return name, true
	}
	return href, false
}

// Whole implements Raw: an exception is an event of its own.
func (a *GoogleAccount) Whole() bool { return false }

// Get implements Raw.
func (a *GoogleAccount) Get(_ TB, name string) ([]byte, bool) {
	id, ok := a.ids[name]
	if !ok {
		id = name
	}
	return a.server.Event(a.calendar, id)
}

// Delete implements Raw. What is put under the name later is another event: the
// ids of deleted ones stay taken.
func (a *GoogleAccount) Delete(t TB, name string) {
	t.Helper()
	if !a.server.Delete(a.calendar, a.ids[name]) {
		t.Fatalf("there is no %s to delete", name)
	}
	delete(a.names, a.ids[name])
	delete(a.ids, name)
}

// Put implements Raw. It takes whatever icalendar.Parse can read, in zones that
// have a name.
func (a *GoogleAccount) Put(t TB, name string, ics []byte) bool {
	t.Helper()
	zone := a.server.zoneOfCalendar(a.calendar)
	events, err := icalendar.Parse(ics, zone)
	if err != nil {
		return false
	}
	i := slices.IndexFunc(events, func(e calendar.Event) bool { return !e.IsException() })
	if i < 0 {
		return false
	}
	body, ok := googleBody(events[i], place(ics))
	if !ok {
		return false
	}
	id, there := a.ids[name]
	if there {
		a.server.Edit(a.calendar, id, body)
	} else {
		maps.DeleteFunc(body, func(_ string, v any) bool { return v == nil })
		body["iCalUID"], body["sequence"] = events[i].UID, events[i].Sequence
		id = a.server.Put(a.calendar, body)
		a.ids[name], a.names[id] = id, name
	}
	for _, e := range events {
		if e.IsException() && !a.except(id, e) {
			t.Logf("%s has an exception for %v, which Google does not have", name, e.Original)
		}
	}
	return true
}

// except stores one exception. The answers come after the time, which resets them.
func (a *GoogleAccount) except(master string, e calendar.Event) bool {
	id, ok := a.server.Instance(a.calendar, master, e.Original)
	if !ok {
		return false
	}
	if e.Status == calendar.Cancelled {
		a.server.Delete(a.calendar, id)
		return true
	}
	body, ok := googleBody(e, "")
	if !ok {
		return false
	}
	delete(body, "recurrence")
	return a.server.Edit(a.calendar, id, body) && a.server.Edit(a.calendar, id, fields{"attendees": body["attendees"]})
}

// zoneOfCalendar is the zone of all-day and floating times.
func (g *Google) zoneOfCalendar(id string) *time.Location {
	g.mu.Lock()
	defer g.mu.Unlock()
	return zoneOf(g.mustCalendar(id).zone)
}

// place reads the LOCATION of the first event, which calendar.Event does not have.
func place(ics []byte) string {
	all, err := readComponents(ics)
	if err != nil {
		return ""
	}
	for _, c := range all.subs {
		if c.name == "VEVENT" {
			return strings.NewReplacer(`\,`, ",", `\;`, ";", `\\`, `\`).Replace(c.value("LOCATION"))
		}
	}
	return ""
}

// googleBody is e as the interface writes it. Null stands where e has nothing.
func googleBody(e calendar.Event, location string) (fields, bool) {
	zone := e.Start.Location().String()
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		return nil, false
	}
	at := func(t time.Time) fields {
		if e.AllDay {
			return fields{"date": t.Format(time.DateOnly), "dateTime": nil, "timeZone": nil}
		}
		return fields{"dateTime": t.Format(time.RFC3339), "timeZone": zone, "date": nil}
	}
	body := fields{"start": at(e.Start), "end": at(e.End), "summary": e.Title, "status": strings.ToLower(string(e.Status))}
	for name, v := range map[string]string{"description": e.Description, "location": location} {
		if body[name] = nil; v != "" {
			body[name] = v
		}
	}
	if e.Status == "" {
		body["status"] = "confirmed"
	}
	if body["transparency"] = nil; e.Transparent {
		body["transparency"] = "transparent"
	}
	if body["recurrence"] = nil; e.Recurs() {
		body["recurrence"] = googleRecurrence(e, zone)
	}
	var guests []any
	for _, a := range e.Attendees {
		guests = append(guests, fields{"email": a.Address, "displayName": a.Name, "responseStatus": googleAnswer(a.Answer),
			"resource": a.Kind == calendar.Room || a.Kind == calendar.Equipment})
	}
	body["attendees"] = guests
	if e.Organizer != "" {
		body["organizer"] = fields{"email": e.Organizer}
	}
	return body, true
}

func googleRecurrence(e calendar.Event, zone string) []string {
	stamp := func(t time.Time) string {
		if e.AllDay {
			return ";VALUE=DATE:" + t.Format("20060102")
		}
		return ";TZID=" + zone + ":" + t.In(e.Start.Location()).Format("20060102T150405")
	}
	var lines []string
	for _, rule := range e.RRules {
		lines = append(lines, "RRULE:"+rule)
	}
	for _, t := range e.ExDates {
		lines = append(lines, "EXDATE"+stamp(t))
	}
	for _, s := range e.RDates {
		lines = append(lines, "RDATE"+stamp(s.Start))
	}
	return lines
}

func googleAnswer(a calendar.Answer) string {
	switch a {
	case calendar.Accepted:
		return "accepted"
	case calendar.Declined:
		return "declined"
	case calendar.Maybe:
		return "tentative"
	}
	return "needsAction"
}

// Answer implements Answerer: the guest answers in the own calendar.
func (a *GoogleAccount) Answer(t TB, name, address string, answer calendar.Answer) {
	t.Helper()
	id, ok := a.ids[name]
	if !ok {
		id = name
	}
	u := a.server.user(address)
	if u == nil || !a.server.Answer(u.Email, id, googleAnswer(answer)) {
		t.Fatalf("%s is no guest of %s", address, name)
	}
}

// Damage implements Raw for two states of one event.
func (a *GoogleAccount) Damage(before, after []byte) []string {
	var old, now fields
	if json.Unmarshal(before, &old) != nil || json.Unmarshal(after, &now) != nil {
		return []string{"the event is no JSON"}
	}
	return googleDamage(old, now)
}
