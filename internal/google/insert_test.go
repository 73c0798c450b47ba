package google

import (
	"testing"

	gcal "google.golang.org/api/calendar/v3"
)

// What Google has stored is compared with what was asked for: an event at
// another time, or without its guests or rule, is not the one that was meant.
func TestMadeEventsAreCompared(t *testing.T) {
	at := func(clock string) *gcal.EventDateTime {
		return &gcal.EventDateTime{DateTime: "2026-11-03T" + clock + ":00+01:00", TimeZone: "Europe/Vienna"}
	}
	want := &gcal.Event{
		Start: at("10:00"), End: at("10:30"), Recurrence: []string{"RRULE:FREQ=WEEKLY", "EXDATE:20261104T090000Z"},
		Attendees: []*gcal.EventAttendee{{Email: ann}, {Email: bob}},
	}
	const times = `"start":{"dateTime":"2026-11-03T09:00:00Z"},"end":{"dateTime":"2026-11-03T09:30:00Z"}`
	const ours, rule, guests = `,"extendedProperties":{"shared":{"oneononeMade":"id"}}`, `,"recurrence":["RRULE:FREQ=WEEKLY"]`, `,"attendees":[{"email":"bob@example.org"}]`
	for name, c := range map[string]struct {
		data string
		fine bool
	}{
		"what has no effect may go": {`{"id":"id",` + times + ours + rule + guests + `}`, true},
		"another time":              {`{"id":"id","start":{"dateTime":"2026-11-03T09:15:00Z"},"end":{"dateTime":"2026-11-03T09:45:00Z"}` + ours + rule + guests + `}`, false},
		"no rule":                   {`{"id":"id",` + times + ours + guests + `}`, false},
		"no guests":                 {`{"id":"id",` + times + ours + rule + `}`, false},
		"not ours":                  {`{"id":"id",` + times + rule + guests + `}`, false},
	} {
		if err := confirmMade(want, item{data: []byte(c.data)}); (err == nil) != c.fine {
			t.Errorf("%s: %v", name, err)
		}
	}
}
