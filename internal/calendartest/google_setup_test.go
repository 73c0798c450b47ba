package calendartest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	gcal "google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"oneonone/internal/span"
)

const (
	ann = "ann@example.org"
	bob = "bob@example.org"
)

// tuesdays is a 1:1 of ann and bob each Tuesday at 10:00 in Vienna, also after
// the clocks change on 29 March 2026.
const tuesdays = `{"id":"weekly0001","summary":"Ann / Bob","description":"Bring the plan.",
	"start":{"dateTime":"2026-03-03T10:00:00+01:00","timeZone":"Europe/Vienna"},
	"end":{"dateTime":"2026-03-03T10:30:00+01:00","timeZone":"Europe/Vienna"},
	"recurrence":["RRULE:FREQ=WEEKLY;BYDAY=TU"],
	"attendees":[{"email":"ann@example.org","responseStatus":"accepted"},{"email":"bob@example.org","responseStatus":"accepted"}],
	"attachments":[{"fileUrl":"https://drive.google.com/open?id=1","title":"Plan"}],
	"extendedProperties":{"shared":{"theirs":"stays"},"private":{"mine":"stays"}}}`

// board is a Google with ann and bob, and the generated client of each.
type board struct {
	*Google
	t        *testing.T
	ann, bob *gcal.Service
	clock    time.Time
}

func newBoard(t *testing.T, style GoogleStyle) *board {
	t.Helper()
	b := &board{t: t, clock: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	style.Clock = func() time.Time { return b.clock }
	b.Google = NewGoogle(style)
	b.AddUser(GoogleUser{Email: ann, Name: "Ann", Zone: "Europe/Vienna", Aliases: []string{"ann@old.example.org"}})
	b.AddUser(GoogleUser{Email: bob, Name: "Bob", Zone: "America/New_York"})
	b.ann, b.bob = b.service(ann), b.service(bob)
	return b
}

// service is the generated client of a user, whose every answer is held against
// the discovery document.
func (b *board) service(user string, scopes ...string) *gcal.Service {
	b.t.Helper()
	client := b.Client(user, scopes...)
	client.Transport = strict{b.t, client.Transport}
	s, err := gcal.NewService(context.Background(), option.WithHTTPClient(client), option.WithEndpoint("https://fake.example/calendar/v3/"))
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// strict checks that the server says nothing that Google could not say.
type strict struct {
	t    *testing.T
	next http.RoundTripper
}

func (s strict) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(data))
	method, _ := theDiscovery().route(r.Method, strings.TrimPrefix(r.URL.EscapedPath(), "/calendar/v3/"))
	var f fields
	if err := json.Unmarshal(data, &f); err != nil {
		s.t.Errorf("%s %s: the answer is no JSON: %v", r.Method, r.URL.Path, err)
	}
	for _, fault := range theDiscovery().checkBody(method.Response.Ref, f) {
		s.t.Errorf("%s %s: the answer is none of Google's: %s", r.Method, r.URL.Path, fault)
	}
	return resp, nil
}

// fails checks the code and the reason of a refusal.
func fails(t *testing.T, err error, code int, reason string) {
	t.Helper()
	var e *googleapi.Error
	if !errors.As(err, &e) || e.Code != code || reason != "" && (len(e.Errors) == 0 || e.Errors[0].Reason != reason) {
		t.Errorf("the error is %v, want %d %s", err, code, reason)
	}
}

func must[V any](t *testing.T, do func(...googleapi.CallOption) (V, error)) V {
	t.Helper()
	v, err := do()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// onTheClock is an instant of 2026 in Vienna.
func onTheClock(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 0, 0, zoneOf("Europe/Vienna"))
}

func halfHour(at time.Time) span.Span { return span.Of(at, 30*time.Minute) }

// at is a time as the client writes it.
func at(t time.Time) *gcal.EventDateTime {
	return &gcal.EventDateTime{DateTime: t.Format(time.RFC3339), TimeZone: "Europe/Vienna"}
}

func moveTo(t time.Time) *gcal.Event {
	return &gcal.Event{Start: at(t), End: at(t.Add(30 * time.Minute))}
}

func answerOf(e *gcal.Event, email string) string {
	for _, a := range e.Attendees {
		if a.Email == email {
			return a.ResponseStatus
		}
	}
	return ""
}
