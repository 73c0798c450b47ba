package google

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/span"
)

// room is Ann's weekly meeting with Bob in a room of Google Meet.
type room struct {
	testing.TB
	g    *calendartest.Google
	m    *Meet
	sent *recorder
	code string
}

// halfTen is the first meeting, from 10:00 to 10:30.
func halfTen() span.Span { return span.Of(vienna(3, 10, 0), 30*time.Minute) }

// inRoom is the time from and to so many minutes after the meeting's start.
func inRoom(who string, from, to int) calendartest.MeetSession {
	start := halfTen().Start
	return calendartest.MeetSession{Who: who, From: start.Add(time.Duration(from) * time.Minute), To: start.Add(time.Duration(to) * time.Minute)}
}

func newRoom(t testing.TB, style calendartest.GoogleStyle) *room {
	t.Helper()
	if style.Clock == nil {
		style.Clock = func() time.Time { return vienna(3, 12, 0) }
	}
	g := calendartest.NewGoogle(style)
	g.AddUser(calendartest.GoogleUser{Email: ann, Name: "Ann", Zone: "Europe/Vienna"})
	g.AddUser(calendartest.GoogleUser{Email: bob, Name: "Bob", Zone: "Europe/Vienna"})
	g.Put(ann, strings.Replace(weekly, "{", `{"conferenceData":{"createRequest":{"requestId":"r1"}},`, 1))
	r := &room{TB: t, g: g, sent: &recorder{next: g.Transport()}}
	r.m = r.open(userFile(t, g.AccessToken(ann, "calendar", "meetings.space.readonly"), g.RefreshToken(ann, "calendar", "meetings.space.readonly")), "")
	data, _ := g.Event(ann, "weekly0001")
	events, err := r.m.client.Parse(calendar.Resource{Data: data}, zoneVienna)
	if err != nil || events[0].Conference == "" {
		t.Fatalf("Parse: %+v, %v", events, err)
	}
	r.code = events[0].Conference
	t.Cleanup(func() {
		for _, v := range g.Violations() {
			t.Errorf("the client did what it must not do: %s", v)
		}
	})
	return r
}

func (r *room) open(file, subject string) *Meet {
	r.Helper()
	c, err := New(Options{Account: "ann", Credential: file, Subject: subject, Meet: true, Transport: r.sent, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		r.Fatalf("New: %v", err)
	}
	return c.Meet()
}

func TestR20MeasuredByMeet(t *testing.T) {
	type sessions = []calendartest.MeetSession
	for _, c := range []struct {
		name  string
		talks []sessions // conferences, by when they took place
		want  int        // minutes; 0: nothing is known
	}{
		{"nobody came", nil, 0},
		{"one came alone", []sessions{{inRoom(ann, 0, 20)}}, 0},
		{"one waits for the other", []sessions{{inRoom(ann, -5, 14), inRoom(bob, 3, 12)}}, 9},
		{"one on two devices, alone", []sessions{{inRoom(ann, 0, 20), inRoom(ann, 5, 20)}}, 0},
		{"one on two devices, one after the other, is there all the time", []sessions{{inRoom(ann, 0, 30), inRoom(bob, 0, 11), inRoom(bob, 10, 25)}}, 25},
		{"both lines break for a moment", []sessions{{inRoom(ann, 0, 30), inRoom(bob, 0, 10), inRoom(bob, 12, 20)}}, 18},
		{"the conference breaks and begins anew", []sessions{{inRoom(ann, 0, 10), inRoom(bob, 0, 9)}, {inRoom(ann, 12, 20), inRoom(bob, 12, 21)}}, 17},
		{"they never were there at once", []sessions{{inRoom(ann, 0, 10), inRoom(bob, 10, 20)}}, 0},
		{"it took longer", []sessions{{inRoom(ann, 0, 95), inRoom(bob, 0, 90)}}, 90},
		{"it broke at the end and went on", []sessions{{inRoom(ann, 0, 29), inRoom(bob, 0, 29)}, {inRoom(ann, 33, 40), inRoom(bob, 33, 40)}}, 36},
		{"it began late", []sessions{{inRoom(ann, 32, 45), inRoom(bob, 35, 47)}}, 10},
		{"it began early", []sessions{{inRoom(ann, -25, -5), inRoom(bob, -25, -10)}}, 15},
		{"another talk in the same room afterwards", []sessions{{inRoom(ann, 0, 12), inRoom(bob, 0, 12)}, {inRoom(ann, 55, 85), inRoom(bob, 55, 85)}}, 12},
		{"another talk in the same room before", []sessions{{inRoom(ann, -29, -20), inRoom(bob, -29, -20)}, {inRoom(ann, 1, 15), inRoom(bob, 1, 15)}}, 14},
		{"a talk in the morning only", []sessions{{inRoom(ann, -120, -60), inRoom(bob, -120, -60)}}, 0},
		{"a talk in the afternoon only", []sessions{{inRoom(ann, 65, 80), inRoom(bob, 65, 80)}}, 0},
		{"her room is open all morning and he looks in twice", []sessions{{inRoom(ann, -100, 100), inRoom(bob, -90, -80), inRoom(bob, 2, 13)}}, 11},
		{"he is not signed in", []sessions{{inRoom(ann, 0, 20), inRoom("Bob", 1, 16)}}, 15},
		{"he calls by telephone", []sessions{{inRoom(ann, 0, 20), inRoom("+43123", 2, 16)}}, 14},
		{"a meeting of the team in her room", []sessions{{inRoom(ann, 0, 20), inRoom(bob, 0, 20), inRoom("Carl", 0, 20), inRoom("Dora", 0, 20), inRoom("Eva", 0, 20)}}, 0},
	} {
		for style, how := range map[string]calendartest.GoogleStyle{"": {}, ", devices apart and small pages": {DeviceParticipants: true, Page: 1}} {
			t.Run(c.name+style, func(t *testing.T) {
				r := newRoom(t, how)
				for _, s := range c.talks {
					r.g.Talked(r.code, s...)
				}
				got, found, err := r.m.Measured(context.Background(), r.code, halfTen())
				if err != nil || got != time.Duration(c.want)*time.Minute || found != (c.want > 0) {
					t.Errorf("Measured = %s, %t, %v, want %d minutes", got, found, err, c.want)
				}
				if n := len(r.sent.list); how.Page == 0 && n > 2+3*len(c.talks) {
					t.Errorf("it took %d requests", n)
				}
			})
		}
	}
}

// TestMeasuredLater: what goes on is not measured yet, and what is a month old no more.
func TestMeasuredLater(t *testing.T) {
	now := vienna(3, 10, 40)
	r := newRoom(t, calendartest.GoogleStyle{Clock: func() time.Time { return now }})
	r.g.Talked(r.code, inRoom(ann, 0, 30), calendartest.MeetSession{Who: bob, From: halfTen().Start})
	measured := func() (time.Duration, bool) {
		t.Helper()
		d, found, err := r.m.Measured(context.Background(), r.code, halfTen())
		if err != nil {
			t.Errorf("Measured: %v", err)
		}
		return d, found
	}
	if d, found := measured(); found {
		t.Errorf("a meeting that goes on took %s", d)
	}
	r = newRoom(t, calendartest.GoogleStyle{Clock: func() time.Time { return now }})
	r.g.Talked(r.code, inRoom(ann, 0, 30), inRoom(bob, 0, 28))
	now = now.AddDate(0, 0, 29)
	if d, found := measured(); !found || d != 28*time.Minute {
		t.Errorf("after 29 days: %s, %t", d, found)
	}
	now = now.AddDate(0, 0, 2)
	if d, found := measured(); found {
		t.Errorf("after 31 days: %s", d)
	}
	for _, code := range []string{"", `abc-defg-hij" OR "`, "https://meet.google.com/abc-defg-hij"} {
		sent := len(r.sent.list)
		if _, found, err := r.m.Measured(context.Background(), code, halfTen()); found || err != nil || len(r.sent.list) > sent {
			t.Errorf("a room %q was asked after: %t, %v", code, found, err)
		}
	}
}

// TestConferenceOfAnEvent: the rooms of Google Meet are known, and no others.
func TestConferenceOfAnEvent(t *testing.T) {
	c := newDesk(t, calendartest.GoogleStyle{}).Client
	for data, want := range map[string]string{
		``: "",
		`,"conferenceData":{"conferenceId":"abc-mnop-xyz","conferenceSolution":{"key":{"type":"hangoutsMeet"}}}`: "abc-mnop-xyz",
		`,"conferenceData":{"conferenceId":"ABC-mnop-xyz","conferenceSolution":{"key":{"type":"hangoutsMeet"}}}`: "abc-mnop-xyz",
		`,"conferenceData":{"conferenceId":"abc-mnop-xyz","conferenceSolution":{"key":{"type":"addOn"}}}`:        "",
		`,"conferenceData":{"conferenceId":"x\" OR \"","conferenceSolution":{"key":{"type":"hangoutsMeet"}}}`:    "",
		`,"conferenceData":{"conferenceId":"abc-mnop-xyz","conferenceSolution":{}}`:                              "",
		`,"conferenceData":{"createRequest":{"status":{"statusCode":"pending"}}}`:                                "",
	} {
		events, err := c.Parse(calendar.Resource{Data: []byte(`{"id":"e","start":{"date":"2026-11-03"},"end":{"date":"2026-11-04"}` + data + `}`)}, zoneVienna)
		if err != nil || events[0].Conference != want {
			t.Errorf("%s: %+v, %v", data, events, err)
		}
	}
}

// TestMeasuredOverATroubledGoogle: what is told is right, whatever breaks on the way.
func TestMeasuredOverATroubledGoogle(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRoom(t, calendartest.GoogleStyle{})
				r.g.Talked(r.code, inRoom(ann, 0, 20), inRoom(bob, 0, 9), inRoom(bob, 10, 20))
				r.g.Chaos(seed, 0.4,
					calendartest.Fault{Do: calendartest.CutBefore}, calendartest.Fault{Do: calendartest.CutAfter},
					calendartest.Fault{Do: calendartest.Answer, Status: http.StatusServiceUnavailable},
					calendartest.Fault{Do: calendartest.Answer, Status: http.StatusTooManyRequests, RetryAfter: "2"},
				)
				told := 0
				for range 10 {
					d, found, err := r.m.Measured(context.Background(), r.code, halfTen())
					if err == nil {
						told++
					}
					if err == nil && (!found || d != 19*time.Minute) || err != nil && found {
						t.Errorf("Measured = %s, %t, %v", d, found, err)
					}
				}
				if told == 0 {
					t.Error("nothing was ever told")
				}
			})
		})
	}
}

func TestMeasuredRefusals(t *testing.T) {
	for _, c := range []struct {
		status int
		reason string
		is     error
		says   string
	}{
		{403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", calendar.ErrAuth, `run "oneonone auth ann"`},
		{403, "insufficientPermissions", calendar.ErrAuth, "how long people talked in Google Meet"},
		{403, "SERVICE_DISABLED", calendar.ErrAuth, "Google Meet REST API is switched off"},
		{403, "", calendar.ErrRefused, "does not show this account"},
		{400, "", calendar.ErrRefused, "fault of this program"},
		{404, "", nil, ""},
	} {
		t.Run(fmt.Sprint(c.status, " ", c.reason), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRoom(t, calendartest.GoogleStyle{})
				r.g.Talked(r.code, inRoom(ann, 0, 20), inRoom(bob, 0, 20))
				for _, part := range []string{"conferenceRecords", "participants", "participantSessions"} {
					r.g.Script(calendartest.Fault{
						Match: func(q *http.Request) bool { return strings.HasSuffix(q.URL.Path, part) },
						Do:    calendartest.Answer, Status: c.status, Reason: c.reason,
					})
					_, found, err := r.m.Measured(context.Background(), r.code, halfTen())
					if found || !errors.Is(err, c.is) || c.says != "" && !strings.Contains(err.Error(), c.says) || strings.Contains(fmt.Sprint(err), r.code) {
						t.Errorf("%s: %t, %v", part, found, err)
					}
					r.g.Heal()
				}
			})
		})
	}
}

// TestMeetIsARightOfItsOwn: without it the calendar works on, and it is told
// what is missing.
func TestMeetIsARightOfItsOwn(t *testing.T) {
	r := newRoom(t, calendartest.GoogleStyle{Clock: time.Now}) // keys are signed by the real clock
	signedIn := &credential{Type: kindUser, ID: "x", Access: r.g.AccessToken(ann), Refresh: r.g.RefreshToken(ann), Expiry: time.Now().AddDate(1, 0, 0), Scopes: scopeNames()}
	file := t.TempDir() + "/ann"
	if err := signedIn.write(file); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, subject, says string }{
		"a sign-in":                {file, "", "oneonone auth ann"},
		"a sign-in of an old time": {userFile(t, r.g.AccessToken(ann), r.g.RefreshToken(ann)), "", "oneonone auth ann"},
		"a service account":        {writeFile(t, r.g.ServiceAccount("robot@example.org", scopeNames()...)), ann, "meetings.space.readonly"},
	} {
		t.Run(name, func(t *testing.T) {
			m := r.open(c.file, c.subject)
			if _, err := m.client.Calendars(context.Background()); err != nil {
				t.Errorf("Calendars: %v", err)
			}
			_, found, err := m.Measured(context.Background(), r.code, halfTen())
			for _, err := range []error{err, m.Check(context.Background())} {
				if !errors.Is(err, calendar.ErrAuth) || !strings.Contains(err.Error(), c.says) || found {
					t.Errorf("without the right: %v", err)
				}
			}
		})
	}
	allowed := r.open(writeFile(t, r.g.ServiceAccount("robot@example.org", append(scopeNames(), meetScope)...)), ann)
	if err := errors.Join(allowed.Check(context.Background()), r.m.Check(context.Background())); err != nil {
		t.Errorf("with the right: %v", err)
	}
}

// TestAuthorizeAsksForMeet: the right is asked for only where it is used, and a
// sign-in without it is not kept then.
func TestAuthorizeAsksForMeet(t *testing.T) {
	for name, c := range map[string]struct {
		meet, unticked bool
		says           string
	}{
		"not used":  {false, false, ""},
		"used":      {true, false, ""},
		"not given": {true, true, "see how long people talked in Google Meet"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, calendartest.GoogleStyle{})
			r.g.Consent(ann)
			if c.unticked {
				r.g.Consent(ann, scopeNames()...)
			}
			asked := ""
			err := Authorize(context.Background(), Authorization{
				Credential: writeFile(t, r.g.ClientJSON()), Meet: c.meet, Transport: r.g.Transport(),
				Show: func(address string) { asked = address; browse(t, consent(t, r.g, address)) },
			})
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("Authorize: %v", err)
			}
			if strings.Contains(asked, "meetings.space.readonly") != c.meet {
				t.Errorf("asked for %s", asked)
			}
		})
	}
}

func TestTraceOfMeet(t *testing.T) {
	r := newRoom(t, calendartest.GoogleStyle{})
	r.g.Talked(r.code, inRoom(ann, 0, 20), inRoom(bob, 2, 18))
	if _, found, err := r.m.Measured(context.Background(), r.code, halfTen()); !found || err != nil {
		t.Fatalf("Measured: %t, %v", found, err)
	}
	compareTrace(t, "meet", r.sent.list)
}

// TestMeasuredIsWhenTwoWereThere compares with a count of the minutes in which at
// least two people were there, in one conference that lies in the meeting.
func TestMeasuredIsWhenTwoWereThere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRoom(t, calendartest.GoogleStyle{DeviceParticipants: rapid.Bool().Draw(rt, "devices"), Page: rapid.IntRange(0, 2).Draw(rt, "page")})
		present := map[string][30]bool{}
		var sessions []calendartest.MeetSession
		for range rapid.IntRange(1, 6).Draw(rt, "sessions") {
			who := rapid.SampledFrom([]string{ann, bob}).Draw(rt, "who")
			from := rapid.IntRange(0, 28).Draw(rt, "from")
			to := rapid.IntRange(from+1, 29).Draw(rt, "to")
			there := present[who]
			for m := from; m < to; m++ {
				there[m] = true
			}
			present[who] = there
			sessions = append(sessions, inRoom(who, from, to))
		}
		r.g.Talked(r.code, sessions...)
		want := 0
		for m := range 30 {
			if present[ann][m] && present[bob][m] {
				want++
			}
		}
		got, found, err := r.m.Measured(context.Background(), r.code, halfTen())
		if err != nil || got != time.Duration(want)*time.Minute || found != (want > 0) {
			rt.Errorf("Measured = %s, %t, %v, want %d minutes of %v", got, found, err, want, sessions)
		}
	})
}
