package calendartest

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// FuzzGoogle: no request breaks the server, and whatever it has taken can be
// listed afterwards in every way.
func FuzzGoogle(f *testing.F) {
	for _, s := range []struct{ method, target, body string }{
		{"GET", "calendars/primary/events?singleEvents=true&timeMin=2026-03-01T00:00:00Z", ""},
		{"GET", "calendars/primary/events?syncToken=eyJTaW5jZSI6MX0", ""},
		{"GET", "calendars/primary/events/weekly0001_20260310T090000Z", ""},
		{"GET", "calendars/primary/events/weekly0001/instances?originalStart=2026-03-10T09:00:00Z", ""},
		{"POST", "calendars/primary/events", tuesdays},
		{"POST", "calendars/primary/events", `{"start":{"date":"0001-01-01"},"end":{"date":"9999-12-31"},"recurrence":["RRULE:FREQ=SECONDLY"]}`},
		{"PATCH", "calendars/primary/events/weekly0001", `{"attendees":[null],"start":{"dateTime":"2026-03-03T10:00:00"}}`},
		{"PATCH", "calendars/primary/events/weekly0001_20260310T090000Z", `{"status":"cancelled"}`},
		{"PUT", "calendars/primary/events/weekly0001", `{"extendedProperties":null}`},
		{"DELETE", "calendars/primary/events/weekly0001", ""},
		{"POST", "freeBusy", `{"timeMin":"2026-03-01T00:00:00Z","timeMax":"2027-03-01T00:00:00Z","items":[{"id":"bob@example.org"}]}`},
	} {
		f.Add(s.method, s.target, s.body)
	}
	f.Fuzz(func(t *testing.T, method, target, body string) {
		g := NewGoogle(GoogleStyle{Clock: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }})
		g.AddUser(GoogleUser{Email: ann, Zone: "Europe/Vienna"})
		g.AddUser(GoogleUser{Email: bob, Zone: "Asia/Kolkata"})
		g.Share(bob, ann, RoleFreeBusy)
		g.Put(ann, tuesdays)
		client := g.Client(ann)
		send := func(method, target, body string) int {
			r, err := http.NewRequest(method, "https://fake.example/calendar/v3/"+target, strings.NewReader(body))
			if err != nil {
				return http.StatusOK
			}
			resp, err := client.Do(r)
			if err != nil {
				return http.StatusOK
			}
			resp.Body.Close()
			return resp.StatusCode
		}
		if code := send(method, target, body); code >= 500 {
			t.Fatalf("%s %s gives %d", method, target, code)
		}
		for _, look := range []string{
			"calendars/primary/events?singleEvents=false&showDeleted=true",
			"calendars/primary/events?singleEvents=true&orderBy=startTime&timeMin=2026-03-01T00:00:00Z&timeMax=2026-05-01T00:00:00Z",
			"calendars/bob@example.org/events",
		} {
			if code := send("GET", look, ""); code != http.StatusOK {
				t.Fatalf("after %s %s %s: %s gives %d", method, target, body, look, code)
			}
		}
		g.Snapshot()
	})
}
