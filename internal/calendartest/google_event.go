package calendartest

import (
	"bytes"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// fields is a JSON object as encoding/json reads it.
type fields = map[string]any

// googleEvent is one event of one calendar. It is never changed in place.
type googleEvent struct {
	id, uid    string
	master     string // id of the series; "" for a master and a single event
	original   googleTime
	start, end googleTime
	recurrence []string
	cancelled  bool
	// bare marks a deleted exception that has lost its series, so that its id
	// is all there is to say.
	bare bool

	// rest are all other fields that are stored.
	rest     fields
	sequence int
	version  int64 // what the ETag is made of
	changed  int64 // place in the change log
	created  time.Time
	updated  time.Time
}

// The fields that each copy of an event has for itself. Everything else is the
// organizer's, and extendedProperties is half and half.
var ownFields = []string{"reminders", "colorId", "transparency", "visibility"}

// The fields that a client may not set, which Google passes over.
var readOnlyFields = []string{"kind", "etag", "id", "htmlLink", "created", "updated", "creator", "organizer",
	"recurringEventId", "originalStartTime", "hangoutLink", "locked", "privateCopy", "iCalUID", "sequence",
	"attendeesOmitted", "endTimeUnspecified"}

// googleTime is a day, or an instant with the zone that it was written in.
type googleTime struct {
	date string // 2006-01-02; "" for an instant
	at   time.Time
	zone string
}

func (t googleTime) isZero() bool { return t.date == "" && t.at.IsZero() }

func (t googleTime) equal(u googleTime) bool {
	return t.date == u.date && t.at.Equal(u.at) && t.zone == u.zone
}

// instant is t in its own zone; a day begins at midnight in zone.
func (t googleTime) instant(zone string) time.Time {
	if t.date != "" {
		day, _ := time.Parse(time.DateOnly, t.date) // Was checked when it was stored.
		return recur.Instant(day, zoneOf(zone))
	}
	if t.zone != "" {
		zone = t.zone
	}
	return t.at.In(zoneOf(zone))
}

// json spells t with the offset of zone, as Google does whatever the event's own
// zone is.
func (t googleTime) json(zone *time.Location) fields {
	if t.date != "" {
		return fields{"date": t.date}
	}
	f := fields{"dateTime": t.at.In(zone).Format(time.RFC3339)}
	if t.zone != "" {
		f["timeZone"] = t.zone
	}
	return f
}

// readTime reads the value of start or end over what there was before.
func readTime(before googleTime, value any, recurs bool, name string) (googleTime, error) {
	patch, ok := value.(fields)
	if !ok {
		return googleTime{}, fmt.Errorf("missing %s time", name)
	}
	now := fields{}
	if !before.isZero() {
		now = before.json(time.UTC)
	}
	for key, v := range patch {
		if now[key] = v; v == nil {
			delete(now, key)
		}
	}
	date, _ := now["date"].(string)
	clock, _ := now["dateTime"].(string)
	t := googleTime{date: date}
	t.zone, _ = now["timeZone"].(string)
	switch {
	case (date == "") == (clock == ""):
		return t, fmt.Errorf("the %s time needs one of date and dateTime", name)
	case date != "":
		t.zone = ""
		_, err := time.Parse(time.DateOnly, date)
		return t, err
	}
	if t.zone == "" && recurs {
		return t, fmt.Errorf("missing time zone definition for %s time", name)
	}
	loc := time.UTC
	if t.zone != "" {
		var err error
		if loc, err = time.LoadLocation(t.zone); err != nil {
			return t, fmt.Errorf("invalid time zone definition for %s time", name)
		}
	}
	var err error
	if t.at, err = time.Parse(time.RFC3339, clock); err != nil {
		var wall time.Time
		if wall, err = time.Parse("2006-01-02T15:04:05", clock); err == nil && t.zone == "" {
			return t, fmt.Errorf("the %s time has neither offset nor time zone", name)
		}
		t.at = recur.Instant(wall, loc)
	}
	t.at = t.at.Truncate(time.Second).UTC()
	return t, err
}

// span is when e takes place, in a calendar of that zone.
func (e *googleEvent) span(zone string) span.Span {
	return span.Span{Start: e.start.instant(zone), End: e.end.instant(zone)}
}

// etag is what stands in the field and in the headers.
func (e *googleEvent) etag() string {
	return strconv.Quote(strconv.FormatInt(3_500_000_000_000_000+2000*e.version, 10))
}

func (e *googleEvent) clone() *googleEvent {
	c := *e
	c.rest = copyJSON(e.rest)
	c.recurrence = slices.Clone(e.recurrence)
	return &c
}

// copyJSON copies an object deeply.
func copyJSON(f fields) fields {
	var c fields
	if err := json.Unmarshal(mustJSON(f), &c); err != nil {
		panic(err) // It came out of JSON.
	}
	if c == nil {
		c = fields{}
	}
	return c
}

func mustJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("calendartest: %v", err)) // Only what JSON can say is stored.
	}
	return data
}

func sameJSON(a, b any) bool { return bytes.Equal(mustJSON(a), mustJSON(b)) }

// attendees returns the guests as stored.
func (e *googleEvent) attendees() []fields {
	list, _ := e.rest["attendees"].([]any)
	var guests []fields
	for _, x := range list {
		if a, ok := x.(fields); ok {
			guests = append(guests, a)
		}
	}
	return guests
}

func (e *googleEvent) setAttendees(guests []fields) {
	delete(e.rest, "attendees")
	if len(guests) > 0 {
		list := make([]any, len(guests))
		for i, a := range guests {
			list[i] = a
		}
		e.rest["attendees"] = list
	}
}

func (e *googleEvent) organizer() string {
	o, _ := e.rest["organizer"].(fields)
	email, _ := o["email"].(string)
	return email
}

func (e *googleEvent) flag(name string) bool {
	v, _ := e.rest[name].(bool)
	return v
}

func (e *googleEvent) text(name string) string {
	v, _ := e.rest[name].(string)
	return v
}

// isOwn reports whether address is that of the calendar: of its person when it
// is a primary one, else its id.
func (g *Google) isOwn(c *googleCalendar, address any) bool {
	email, _ := address.(string)
	if !c.primary {
		return email == c.id
	}
	u := g.userOf(email)
	return u != nil && u.Email == c.id
}

// base32hex is the alphabet that ids of events are made of.
var base32hex = base32.HexEncoding.WithPadding(base32.NoPadding)

func googleStamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
