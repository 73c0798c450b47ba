package calendartest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const meetURL = "https://meet.googleapis.com/v2/conferenceRecords"

// meetNoon is when the conferences of the tests begin.
var meetNoon = time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)

// there is a session from and to so many minutes after noon.
func there(who string, from, to int) MeetSession {
	return MeetSession{who, meetNoon.Add(time.Duration(from) * time.Minute), meetNoon.Add(time.Duration(to) * time.Minute)}
}

// newMeetDesk is a Google on which ann has an event with a room, whose code is
// returned, as a program sees it that may read about her conferences.
func newMeetDesk(t *testing.T, style GoogleStyle, now *time.Time) (*docDesk, string) {
	*now = meetNoon.Add(2 * time.Hour)
	style.Clock = func() time.Time { return *now }
	d := newDocDesk(t, style)
	d.g.AddUser(GoogleUser{Email: "carl@example.org"})
	d.g.Put("ann@example.org", strings.Replace(tuesdays, "{", `{"conferenceData":{"createRequest":{"requestId":"r1"}},`, 1))
	data, _ := d.g.Event("ann@example.org", "weekly0001")
	_, rest, _ := strings.Cut(string(data), `"conferenceId":"`)
	code, _, _ := strings.Cut(rest, `"`)
	if code == "" {
		t.Fatalf("no room in %s", data)
	}
	d.c = d.g.Client("ann@example.org", "meetings.space.readonly")
	t.Cleanup(func() {
		for _, v := range d.g.Violations() {
			t.Error(v)
		}
	})
	return d, code
}

// names lists what an answer has under a name, by one of its fields.
func names(f map[string]any, list, field string) string {
	var out []string
	items, _ := f[list].([]any)
	for _, x := range items {
		out = append(out, fmt.Sprint(x.(map[string]any)[field]))
	}
	return strings.Join(out, " ")
}

func TestGoogleMeetRecords(t *testing.T) {
	var now time.Time
	d, code := newMeetDesk(t, GoogleStyle{}, &now)
	d.g.Talked(code, there("ann@example.org", 0, 10), there("bob@example.org", 2, 12))
	d.g.Talked(code, there("bob@example.org", 20, 30))
	d.g.Talked("other-room-xyz", there("ann@example.org", 40, 50))
	d.g.Talked("not-hers-xyz", there("bob@example.org", 40, 50))
	const one, two, three = "conferenceRecords/fake-record-1", "conferenceRecords/fake-record-2", "conferenceRecords/fake-record-3"
	for filter, want := range map[string]string{
		"":                                       three + " " + two + " " + one,
		`space.meeting_code = "` + code + `"`:    two + " " + one,
		`start_time>="2026-03-03T12:20:00Z"`:     three + " " + two,
		`start_time<"2026-03-03T13:20:00+01:00"`: one,
		`space.meeting_code="` + code + `" AND start_time<="2026-03-03T12:00:00.000Z"`: one,
		`end_time IS NULL`: "",
	} {
		code, f := d.ask("GET", meetURL+"?filter="+url.QueryEscape(filter), "")
		if got := names(f, "conferenceRecords", "name"); code != http.StatusOK || got != want {
			t.Errorf("filter %s: %d, %s, want %s", filter, code, got, want)
		}
	}
	for _, filter := range []string{"meeting_code=x", `space.meeting_code<"x"`, "start_time>now", `start_time>"now"`, "x"} {
		if code, f := d.ask("GET", meetURL+"?filter="+url.QueryEscape(filter), ""); code != http.StatusBadRequest {
			t.Errorf("filter %s: %d, %v", filter, code, f)
		}
	}
	if _, f := d.ask("GET", meetURL+"?pageSize=2", ""); names(f, "conferenceRecords", "name") != three+" "+two || f["nextPageToken"] != "2" {
		t.Errorf("a page is %v", f)
	}
	now = meetNoon.Add(12*time.Minute + meetLife)
	if _, f := d.ask("GET", meetURL+"?pageSize=2&pageToken=2", ""); len(f) > 0 {
		t.Errorf("after thirty days: %v", f)
	}
}

func TestGoogleMeetPeople(t *testing.T) {
	for name, c := range map[string]struct {
		style GoogleStyle
		want  string
	}{
		"people":  {GoogleStyle{}, "102 101 100"},
		"devices": {GoogleStyle{DeviceParticipants: true}, "102 103 101 100"},
	} {
		t.Run(name, func(t *testing.T) {
			var now time.Time
			d, code := newMeetDesk(t, c.style, &now)
			d.g.Talked(code, there("ann@example.org", 0, 10), MeetSession{Who: "Bob at home", From: meetNoon.Add(time.Minute)},
				there("+431234", 5, 6), there("ann@example.org", 4, 6))
			const record = "/fake-record-1/participants"
			_, f := d.ask("GET", meetURL+record, "")
			list := names(f, "participants", "name")
			if got := strings.ReplaceAll(list, "conferenceRecords"+record+"/", ""); got != c.want {
				t.Errorf("the participants are %s, want %s", got, c.want)
			}
			if text := fmt.Sprint(f); !strings.Contains(text, "users/") || !strings.Contains(text, "phoneUser") || !strings.Contains(text, "anonymousUser") || strings.Contains(text, "ann@") {
				t.Errorf("they are %s", text)
			}
			if _, f := d.ask("GET", meetURL, ""); strings.Contains(fmt.Sprint(f), "endTime") {
				t.Errorf("it goes on, and is %v", f)
			}
			_, f = d.ask("GET", meetURL+record+"/100/participantSessions", "")
			want := "2026-03-03T12:04:00.000Z 2026-03-03T12:00:00.000Z"
			if c.style.DeviceParticipants {
				want = "2026-03-03T12:00:00.000Z"
			}
			if got := names(f, "participantSessions", "startTime"); got != want {
				t.Errorf("ann was there from %s, want %s", got, want)
			}
			if code, _ := d.ask("GET", meetURL+record+"/7/participantSessions", ""); code != http.StatusNotFound {
				t.Errorf("nobody's sessions: %d", code)
			}
		})
	}
}

// TestGoogleMeetAccess: a record is for the owner of the room and for those who
// were there, and only with the right to read about conferences.
func TestGoogleMeetAccess(t *testing.T) {
	var now time.Time
	d, code := newMeetDesk(t, GoogleStyle{}, &now)
	d.g.Talked(code, there("bob@example.org", 0, 10))
	for _, c := range []struct {
		who, scope      string
		records, people int
		sees            bool
	}{
		{"ann@example.org", "meetings.space.readonly", 200, 200, true},
		{"bob@example.org", "meetings.space.readonly", 200, 200, true},
		{"carl@example.org", "meetings.space.readonly", 200, 403, false},
		{"ann@example.org", "meetings.space.created", 200, 403, false},
		{"ann@example.org", "calendar", 403, 403, false},
	} {
		d.c = d.g.Client(c.who, c.scope)
		records, f := d.ask("GET", meetURL, "")
		people, _ := d.ask("GET", meetURL+"/fake-record-1/participants", "")
		sessions, _ := d.ask("GET", meetURL+"/fake-record-1/participants/100/participantSessions", "")
		if sees := len(names(f, "conferenceRecords", "name")) > 0; records != c.records || people != c.people || sessions != c.people || sees != c.sees {
			t.Errorf("%s with %s: %d (%t), %d, %d", c.who, c.scope, records, sees, people, sessions)
		}
	}
}
