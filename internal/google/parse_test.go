package google

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/span"
)

func resource(data string) calendar.Resource {
	return calendar.Resource{Calendar: ann, Href: "id", ETag: `"1"`, Data: []byte(data)}
}

func parseOne(t *testing.T, data string) calendar.Event {
	t.Helper()
	events, err := (*Client)(nil).Parse(resource(data), zoneVienna)
	if err != nil || len(events) != 1 {
		t.Fatalf("Parse(%s) = %d events, %v", data, len(events), err)
	}
	return events[0]
}

// cmpTime compares instants and the names of their zones.
var cmpTime = cmp.Comparer(func(a, b time.Time) bool {
	return a.Equal(b) && a.Location().String() == b.Location().String()
})

func TestParse(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	base := func(change func(*calendar.Event)) calendar.Event {
		e := calendar.Event{Calendar: ann, Href: "id", ETag: `"1"`, SeriesID: "id", UID: "u",
			Start: vienna(3, 10, 0), End: vienna(3, 10, 30), Status: calendar.Confirmed}
		change(&e)
		return e
	}
	const when = `"start":{"dateTime":"2026-11-03T10:00:00+01:00","timeZone":"Europe/Vienna"},"end":{"dateTime":"2026-11-03T10:30:00+01:00","timeZone":"Europe/Vienna"}`
	tests := map[string]struct {
		data string
		want calendar.Event
	}{
		"single": {`{"id":"id","iCalUID":"u",` + when + `,"status":"confirmed","summary":"Lunch","eventType":"default","updated":"2026-10-01T12:00:00.5Z","sequence":3}`,
			base(func(e *calendar.Event) {
				e.Title, e.Sequence, e.Updated = "Lunch", 3, time.Date(2026, 10, 1, 12, 0, 0, 5e8, time.UTC)
			})},
		"another offset than the zone's": {`{"id":"id","iCalUID":"u","start":{"dateTime":"2026-11-03T04:00:00-05:00","timeZone":"America/New_York"},"end":{"dateTime":"2026-11-03T10:30:00+01:00"}}`,
			base(func(e *calendar.Event) { e.Start, e.End = e.Start.In(newYork), e.End.In(newYork) })},
		"no offset": {`{"id":"id","iCalUID":"u","start":{"dateTime":"2026-11-03T10:00:00","timeZone":"Europe/Vienna"},"end":{"dateTime":"2026-11-03T10:30:00","timeZone":"Europe/Vienna"}}`,
			base(func(*calendar.Event) {})},
		"a place": {`{"id":"id","iCalUID":"u",` + when + `,"location":"Room 5, upstairs"}`,
			base(func(e *calendar.Event) { e.Location = "Room 5, upstairs" })},
		"in an office": {`{"id":"id","iCalUID":"u",` + when + `,"eventType":"workingLocation","workingLocationProperties":{"type":"officeLocation","officeLocation":{"label":"Graz"}}}`,
			base(func(e *calendar.Event) { e.Type, e.Location = calendar.TypeWorkingLocation, "Graz" })},
		"at a customer's": {`{"id":"id","iCalUID":"u",` + when + `,"eventType":"workingLocation","workingLocationProperties":{"type":"customLocation","customLocation":{"label":"Linz"}}}`,
			base(func(e *calendar.Event) { e.Type, e.Location = calendar.TypeWorkingLocation, "Linz" })},
		"at home, which is nobody else's place": {`{"id":"id","iCalUID":"u",` + when + `,"eventType":"workingLocation","summary":"Zuhause","workingLocationProperties":{"type":"homeOffice","homeOffice":{}}}`,
			base(func(e *calendar.Event) {
				e.Type, e.Title, e.Location = calendar.TypeWorkingLocation, "Zuhause", "home"
			})},
		"a suggestion": {`{"id":"id","iCalUID":"id@google.com",` + when + `,"extendedProperties":{"shared":{"oneononeMade":"id","oneononeKind":"suggestion"}}}`,
			base(func(e *calendar.Event) { e.UID, e.Own = "id@google.com", calendar.OwnSuggestion })},
		"a guest's copy of one, under another id": {`{"id":"id","iCalUID":"other@google.com",` + when + `,"extendedProperties":{"shared":{"oneononeMade":"other","oneononeKind":"suggestion"}}}`,
			base(func(e *calendar.Event) { e.UID, e.Own = "other@google.com", calendar.OwnSuggestion })},
		"what a person made out of one": {`{"id":"id","iCalUID":"id@google.com",` + when + `,"extendedProperties":{"shared":{"oneononeMade":"other","oneononeKind":"suggestion","oneononeAfter":"old"}}}`,
			base(func(e *calendar.Event) { e.UID = "id@google.com" })},
		"of a kind that nobody knows": {`{"id":"id","iCalUID":"u",` + when + `,"extendedProperties":{"shared":{"oneononeMade":"id","oneononeKind":"meeting"}}}`,
			base(func(*calendar.Event) {})},
		"a meeting that goes on from another": {`{"id":"id","iCalUID":"u",` + when + `,"extendedProperties":{"shared":{"oneononeMade":"id","oneononeAfter":"old@example.org"}}}`,
			base(func(e *calendar.Event) { e.After = "old@example.org" })},
		"all day": {`{"id":"id","iCalUID":"u","start":{"date":"2026-11-03"},"end":{"date":"2026-11-04"},"transparency":"transparent","eventType":"outOfOffice"}`,
			base(func(e *calendar.Event) {
				e.Start, e.End, e.AllDay, e.Transparent, e.Type = vienna(3, 0, 0), vienna(4, 0, 0), true, true, calendar.TypeOutOfOffice
			})},
		"series": {`{"id":"id","iCalUID":"u",` + when + `,"recurrence":["RRULE:FREQ=WEEKLY;UNTIL=20261231T235959Z","EXDATE;TZID=Europe/Vienna:20261110T100000,20261117T100000","EXDATE:20261124T090000Z","RDATE;VALUE=DATE:20261225","RDATE;VALUE=PERIOD:20261226T090000Z/20261226T100000Z"]}`,
			base(func(e *calendar.Event) {
				e.RRules = []string{"FREQ=WEEKLY;UNTIL=20261231T235959Z"}
				e.ExDates = []time.Time{vienna(10, 10, 0), vienna(17, 10, 0), vienna(24, 10, 0)}
				xmas := time.Date(2026, 12, 25, 10, 0, 0, 0, zoneVienna)
				e.RDates = []span.Span{{Start: xmas, End: xmas}, span.Of(xmas.AddDate(0, 0, 1), time.Hour)}
			})},
		"all-day series": {`{"id":"id","iCalUID":"u","start":{"date":"2026-11-03"},"end":{"date":"2026-11-04"},"recurrence":["RRULE:FREQ=DAILY","EXDATE;VALUE=DATE:20261105"]}`,
			base(func(e *calendar.Event) {
				e.Start, e.End, e.AllDay = vienna(3, 0, 0), vienna(4, 0, 0), true
				e.RRules, e.ExDates = []string{"FREQ=DAILY"}, []time.Time{vienna(5, 0, 0)}
			})},
		"exception": {`{"id":"x","iCalUID":"u","recurringEventId":"id","originalStartTime":{"dateTime":"2026-11-02T10:00:00+01:00","timeZone":"Europe/Vienna"},` + when + `}`,
			base(func(e *calendar.Event) { e.Original = vienna(2, 10, 0) })},
		"cancelled exception": {`{"id":"x","iCalUID":"u","recurringEventId":"id","status":"cancelled","originalStartTime":{"dateTime":"2026-11-03T10:00:00+01:00","timeZone":"Europe/Vienna"}}`,
			base(func(e *calendar.Event) {
				e.Original, e.End, e.Status = vienna(3, 10, 0), vienna(3, 10, 0), calendar.Cancelled
			})},
		"guests": {`{"id":"id","iCalUID":"u",` + when + `,"organizer":{"email":"Ann@Example.org","self":true},"attendees":[
			{"email":"Ann@Example.org","self":true,"responseStatus":"accepted"},{"email":"bob@example.org","displayName":"Bob","responseStatus":"tentative"},
			{"email":"c_1@resource.calendar.google.com","resource":true,"responseStatus":"declined"},{"email":"d@example.org","responseStatus":"new","optional":true}]}`,
			base(func(e *calendar.Event) {
				e.Organizer = ann
				e.Attendees = []calendar.Attendee{
					{Address: ann, Kind: calendar.Individual, Answer: calendar.Accepted, Self: true},
					{Address: bob, Name: "Bob", Kind: calendar.Individual, Answer: calendar.Maybe},
					{Address: "c_1@resource.calendar.google.com", Kind: calendar.Room, Answer: calendar.Declined},
					{Address: "d@example.org", Kind: calendar.Individual, Answer: calendar.NeedsAction},
				}
			})},
		"hidden guests":  {`{"id":"id","iCalUID":"u",` + when + `,"guestsCanSeeOtherGuests":false}`, base(func(e *calendar.Event) { e.GuestsHidden = true })},
		"shown guests":   {`{"id":"id","iCalUID":"u",` + when + `,"guestsCanSeeOtherGuests":true}`, base(func(*calendar.Event) {})},
		"omitted guests": {`{"id":"id","iCalUID":"u",` + when + `,"attendeesOmitted":true}`, base(func(e *calendar.Event) { e.GuestsHidden = true })},
		"guests of guests": {`{"id":"id","iCalUID":"u",` + when + `,"attendees":[{"email":"bob@example.org","additionalGuests":2}]}`,
			base(func(e *calendar.Event) {
				e.GuestsHidden = true
				e.Attendees = []calendar.Attendee{{Address: bob, Kind: calendar.Individual, Answer: calendar.NeedsAction}}
			})},
		"ours": {`{"id":"id","iCalUID":"u",` + when + `,"description":"a<br>b","extendedProperties":{"shared":{"oneononeAgenda":"https://a.example.org/","oneononeMoved":"count=1 from=20261103T090000Z/20261103T093000Z to=20261104T090000Z/20261104T093000Z at=20261102T080000Z"}}}`,
			base(func(e *calendar.Event) {
				e.Description, e.HTML, e.AgendaLink = "a<br>b", true, "https://a.example.org/"
				from := utc(span.Of(vienna(3, 10, 0), 30*time.Minute))
				e.Mark = &calendar.Mark{Count: 1, From: from, To: from.Shift(24 * time.Hour), At: now}
			})},
		"a mark that is none": {`{"id":"id","iCalUID":"u",` + when + `,"description":"a < b","extendedProperties":{"shared":{"oneononeMoved":"count=01 from=x"}}}`,
			base(func(e *calendar.Event) { e.Description = "a < b" })},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, parseOne(t, test.data), cmpTime); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A secondary calendar is the organizer of what is made in it; a person is meant.
func TestOrganizerOfASecondaryCalendar(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	id := d.g.AddCalendar(ann, "Side", "")
	d.g.Put(id, weekly)
	r, err := d.Get(context.Background(), id, "weekly0001")
	if err != nil {
		t.Fatal(err)
	}
	e := d.parse(t, r)
	if e.Organizer != ann {
		t.Errorf("the organizer is %s, want %s", e.Organizer, ann)
	}
	if _, err := d.Apply(context.Background(), moveTo(r, second(), eleven())); err != nil {
		t.Errorf("a move there: %v", err)
	}
	r.Calendar = bob // The same words in a primary calendar mean what they say.
	if e := d.parse(t, r); e.Organizer != id {
		t.Errorf("the organizer is %s, want %s", e.Organizer, id)
	}
}

func TestParseRefuses(t *testing.T) {
	const when = `"start":{"dateTime":"2026-11-03T10:00:00+01:00","timeZone":"Europe/Vienna"},"end":{"dateTime":"2026-11-03T10:30:00+01:00","timeZone":"Europe/Vienna"}`
	for name, test := range map[string]struct{ data, want string }{
		"no JSON":               {`BEGIN:VCALENDAR`, "not in the form"},
		"a list":                {`[]`, "not in the form"},
		"nothing":               {`{}`, "no id"},
		"no start":              {`{"id":"x","status":"confirmed"}`, "no start"},
		"backwards":             {`{"id":"x","start":{"dateTime":"2026-11-03T10:00:00Z"},"end":{"dateTime":"2026-11-03T09:00:00Z"}}`, "ends before it starts"},
		"no date":               {`{"id":"x","start":{"date":"tomorrow"}}`, "is no date"},
		"a floating time":       {`{"id":"x","start":{"dateTime":"2026-11-03T10:00:00"}}`, "is no time"},
		"a series nowhere":      {`{"id":"x","recurrence":["RRULE:FREQ=DAILY"],"start":{"dateTime":"2026-11-03T10:00:00Z","timeZone":"Nowhere/Land"}}`, "not known here"},
		"exceptions by rule":    {`{"id":"x",` + when + `,"recurrence":["EXRULE:FREQ=DAILY"]}`, "EXRULE"},
		"an unknown EXDATE":     {`{"id":"x",` + when + `,"recurrence":["EXDATE;TZID=Nowhere/Land:20261103T100000"]}`, "not known here"},
		"no line":               {`{"id":"x",` + when + `,"recurrence":["FREQ"]}`, "no line"},
		"an EXDATE of nonsense": {`{"id":"x",` + when + `,"recurrence":["EXDATE:2026-11-03"]}`, "no date or time"},
		"too large":             {`{"id":"` + strings.Repeat("x", largestEvent) + `"}`, "larger"},
	} {
		if _, err := (*Client)(nil).Parse(resource(test.data), zoneVienna); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func TestMarkup(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "a < b > c": false, "<soon>": false, "mail <ann@example.org>": false, "x & y": false, "<3": false,
		"a<br>b": true, "<p>a</p>": true, `<a href="https://example.org">x</a>`: true, "<html-blob><u>a</u></html-blob>": true, "a<BR/>b": true,
	} {
		if got := isHTML(text); got != want {
			t.Errorf("isHTML(%q) = %t", text, got)
		}
	}
}

// FuzzParse: whatever comes, Parse returns at once and without a panic, and what
// it returns can be worked with.
func FuzzParse(f *testing.F) {
	f.Add([]byte(weekly))
	f.Add([]byte(lunch))
	f.Add([]byte(`{"id":"x","status":"cancelled","originalStartTime":{"date":"2026-11-03"},"recurringEventId":"y","recurrence":["RDATE:20261103/20261104"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		events, err := (*Client)(nil).Parse(resource(string(data)), zoneVienna)
		if err != nil {
			return
		}
		e := events[0]
		if e.Start.IsZero() && e.Original.IsZero() && !strings.Contains(string(data), "0001-01-01") || e.End.Before(e.Start) {
			t.Errorf("Parse(%q) = %+v", data, e)
		}
		line := []string{"A line"}
		g, err := decode(data)
		if err != nil {
			t.Fatalf("what was parsed cannot be decoded: %v", err)
		}
		if _, err := edit(g, calendar.Part{Lines: line, Link: new(string), RemoveMark: true}); err != nil {
			t.Errorf("edit: %v", err)
		}
	})
}
