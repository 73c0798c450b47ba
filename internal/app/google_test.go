package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendartest"
)

// mixed is Ann and Bob, each on a Google or on a CalDAV server that delivers
// nothing, with a 1:1 of theirs each Tuesday at 10:00 in Vienna that Ann
// organizes, and Bob at the dentist on 1 December 2026 at that time.
type mixed struct {
	*App
	testing.TB
	g   *calendartest.Google
	dav *calendartest.DAV
	now time.Time
}

var (
	monday  = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	tuesday = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
)

// RoundTrip implements http.RoundTripper: each name leads to one of the servers.
func (m *mixed) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Hostname() == "127.0.0.1" {
		return m.dav.Transport().RoundTrip(r)
	}
	return m.g.Transport().RoundTrip(r)
}

// newMixed makes one of which the named people are on Google.
func newMixed(t *testing.T, onGoogle ...string) *mixed {
	t.Helper()
	return newMixedWith(t, "{url: https://agenda.example.org}", onGoogle...)
}

// newMixedWith makes one with other agendas.
func newMixedWith(t *testing.T, agenda string, onGoogle ...string) *mixed {
	t.Helper()
	m := &mixed{TB: t, now: monday, dav: calendartest.NewDAV(calendartest.Style{})}
	m.g = calendartest.NewGoogle(calendartest.GoogleStyle{Clock: func() time.Time { return m.now }})
	dir := t.TempDir()
	text := "listen: 127.0.0.1:0\nagenda: " + agenda + "\naccounts:\n"
	for _, name := range []string{"ann", "bob"} {
		secret := "secret-" + name
		if slices.Contains(onGoogle, name) {
			secret = m.signUp(name)
			text += fmt.Sprintf("  - {name: %s, provider: google, credential: %[1]s, addresses: [%[1]s@example.org], time_zone: Europe/Vienna}\n", name)
		} else {
			m.dav.AddUser(calendartest.User{Name: name, Password: secret, Mail: []string{name + "@example.org"}})
			m.dav.AddCalendar(name, calendartest.Calendar{Name: "work", Title: "Work"})
			text += fmt.Sprintf("  - {name: %s, provider: caldav, url: 'http://127.0.0.1/dav/', username: %[1]s, credential: %[1]s, addresses: [%[1]s@example.org], time_zone: Europe/Vienna}\n", name)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m.invite("ann", onGoogle)
	m.invite("bob", onGoogle)
	if slices.Contains(onGoogle, "bob") {
		m.g.Put("bob@example.org", `{"id":"dentist001","summary":"Dentist",`+when("2026-12-01", "11:00")+`}`)
	} else {
		m.dav.Put("bob", "work", "dentist.ics", ics("UID:dentist", "2026-12-01", "11:00", "SUMMARY:Dentist"))
	}
	m.App = open(t, Options{
		Config: parse(t, text), Credentials: dir, State: t.TempDir(),
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Transport: m,
	})
	return m
}

// signUp makes a Google account and returns the credential file.
func (m *mixed) signUp(name string) string {
	m.Helper()
	m.g.AddUser(calendartest.GoogleUser{Email: name + "@example.org", Zone: "Europe/Vienna"})
	data, err := json.Marshal(map[string]any{
		"type": "authorized_user", "client_id": "x", "refresh_token": "x",
		"access_token": m.g.AccessToken(name+"@example.org", "calendar", "drive.file"), "expiry": time.Now().AddDate(1, 0, 0),
	})
	if err != nil {
		m.Fatal(err)
	}
	return string(data)
}

// invite puts the 1:1 into a calendar, unless Google has done so.
func (m *mixed) invite(name string, onGoogle []string) {
	switch {
	case !slices.Contains(onGoogle, name):
		m.dav.Put(name, "work", "1.ics", ics("UID:ann-bob@example.org", "2026-11-03", "10:30", `RRULE:FREQ=WEEKLY
SUMMARY:Ann / Bob
ORGANIZER:mailto:ann@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org`))
	case name == "ann" || !slices.Contains(onGoogle, "ann"):
		m.g.Put(name+"@example.org", `{"id":"weekly0001","iCalUID":"ann-bob@example.org","summary":"Ann / Bob",`+when("2026-11-03", "10:30")+`,
			"recurrence":["RRULE:FREQ=WEEKLY"],"organizer":{"email":"ann@example.org"},
			"attendees":[{"email":"ann@example.org","responseStatus":"accepted"},{"email":"bob@example.org","responseStatus":"accepted"}]}`)
	}
}

// when is an event of Google's that begins at 10:00 in Vienna.
func when(day, end string) string {
	return fmt.Sprintf(`"start":{"dateTime":"%sT10:00:00+01:00","timeZone":"Europe/Vienna"},"end":{"dateTime":"%[1]sT%s:00+01:00","timeZone":"Europe/Vienna"}`, day, end)
}

// ics is an event of a CalDAV server's that begins at 10:00 in Vienna.
func ics(uid, day, end, more string) []byte {
	day, end = strings.ReplaceAll(day, "-", ""), strings.ReplaceAll(end, ":", "")
	lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", "BEGIN:VEVENT", uid, "DTSTAMP:20260101T000000Z",
		"DTSTART;TZID=Europe/Vienna:" + day + "T100000", "DTEND;TZID=Europe/Vienna:" + day + "T" + end + "00"}
	lines = append(append(lines, strings.Split(more, "\n")...), "END:VEVENT", "END:VCALENDAR", "")
	return []byte(strings.Join(lines, "\r\n"))
}

// pass runs a pass an hour after the last one.
func (m *mixed) pass() (writes int) {
	m.Helper()
	m.now = m.now.Add(time.Hour)
	r, err := m.Pass(m.TB.Context(), m.now, true)
	if err != nil || len(r.Failed) > 0 {
		m.Fatalf("Pass: %v, %v", err, r.Failed)
	}
	return r.Writes
}

// start returns when the 1:1 of 1 December begins in a calendar on Google, in UTC.
func (m *mixed) start(name string) string {
	m.Helper()
	id, _ := m.g.Instance(name+"@example.org", "weekly0001", tuesday)
	data, _ := m.g.Event(name+"@example.org", id)
	var e struct{ Start struct{ DateTime time.Time } }
	if err := json.Unmarshal(data, &e); err != nil {
		m.Fatal(err)
	}
	return e.Start.DateTime.UTC().Format("15:04")
}

// updates are the addresses that Google has written to about a change.
func (m *mixed) updates() []string {
	var to []string
	for _, mail := range m.g.Mails() {
		if mail.What == "update" {
			to = append(to, mail.To)
		}
	}
	return to
}

func (m *mixed) wellBehaved() {
	m.Helper()
	for _, v := range slices.Concat(m.g.Violations(), m.dav.Violations()) {
		m.Error(v)
	}
}

func TestTwoPeopleOnGoogle(t *testing.T) {
	m := newMixed(t, "ann", "bob")
	if n := m.pass(); n == 0 {
		t.Error("the first pass wrote nothing")
	}
	if a, b := m.start("ann"), m.start("bob"); a != "08:15" || b != "08:15" {
		t.Errorf("the 1:1 begins at %s for Ann and %s for Bob, want 08:15 UTC", a, b)
	}
	if n := m.pass(); n != 0 {
		t.Errorf("with nothing to do %d changes were written", n)
	}
	if diff := cmp.Diff([]string{"bob@example.org"}, m.updates()); diff != "" {
		t.Errorf("mails about the move (-want +got):\n%s", diff)
	}
	for _, c := range m.Check(t.Context()) {
		if c.Err != nil || len(c.Holds) != 1 {
			t.Errorf("Check = %+v", c)
		}
	}
	if s := m.stats(); s.requests == 0 || s.down == 0 || s.up == 0 {
		t.Errorf("the watchdog sees %+v", s)
	}
	m.wellBehaved()
}

// A move on Google reaches a guest elsewhere by Google's mail: nothing is
// written to the guest's calendar, whether the guest's programs have taken the
// mail in or not.
func TestOrganizerOnGoogleGuestOnCalDAV(t *testing.T) {
	m := newMixed(t, "ann")
	before := m.dav.Objects()
	m.pass()
	if got := m.start("ann"); got != "08:15" {
		t.Errorf("the 1:1 begins at %s, want 08:15 UTC", got)
	}
	if n := m.pass(); n != 0 {
		t.Errorf("before the mail was taken in, %d changes were written", n)
	}
	if diff := cmp.Diff(before, m.dav.Objects()); diff != "" {
		t.Errorf("the guest's calendar was written to:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"bob@example.org"}, m.updates()); diff != "" {
		t.Errorf("mails about the move (-want +got):\n%s", diff)
	}
	m.dav.Change("bob", "work", "1.ics", func(old []byte) []byte {
		return []byte(strings.Replace(string(old), "END:VCALENDAR", strings.ReplaceAll(`BEGIN:VEVENT
UID:ann-bob@example.org
RECURRENCE-ID;TZID=Europe/Vienna:20261201T100000
DTSTAMP:20261123T000000Z
DTSTART;TZID=Europe/Vienna:20261201T091500
DTEND;TZID=Europe/Vienna:20261201T094500
SUMMARY:Ann / Bob
ORGANIZER:mailto:ann@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org
END:VEVENT
END:VCALENDAR`, "\n", "\r\n"), 1))
	})
	if n := m.pass(); n != 0 {
		t.Errorf("after the mail was taken in, %d changes were written", n)
	}
	m.wellBehaved()
}

// A CalDAV server that delivers nothing leaves the guest's copy to the program,
// and Google would not let a guest move it: so nothing is written to either.
func TestOrganizerOnCalDAVGuestOnGoogle(t *testing.T) {
	m := newMixed(t, "bob")
	google, dav := m.g.Snapshot(), m.dav.Objects()
	if n := m.pass() + m.pass(); n != 0 {
		t.Errorf("%d changes were written", n)
	}
	if diff := cmp.Diff(google, m.g.Snapshot()) + cmp.Diff(dav, m.dav.Objects()); diff != "" {
		t.Errorf("a calendar was written to:\n%s", diff)
	}
	x, err := m.Engine().Explain(t.Context(), m.now, "bob@example.org")
	if err != nil {
		t.Fatal(err)
	}
	why := map[string]bool{}
	for _, ev := range x.Events {
		why[ev.Why] = true
	}
	const want = "the server of Bob takes changes from the organizer's server only, and that one sends none"
	if !why[want] {
		t.Errorf("explain says %q, want %q", slices.Collect(maps.Keys(why)), want)
	}
	m.wellBehaved()
}

// Only a notice brings a move on Google into a calendar elsewhere.
func TestMixedAccountsNeedTheNotice(t *testing.T) {
	const quiet = "moves: {notify_guests: false}\naccounts:\n  - {name: ann, provider: google, credential: a, addresses: [ann@example.org]}\n"
	const dav = "  - {name: bob, provider: caldav, url: 'https://dav.example.org/', username: b, credential: b, addresses: [bob@example.org]}\n"
	if err := Supported(parse(t, quiet)); err != nil {
		t.Errorf("Google alone: %v", err)
	}
	var refused *ConfigError
	if err := Supported(parse(t, quiet+dav)); !errors.As(err, &refused) || !strings.Contains(refused.Problem, "notify_guests") {
		t.Errorf("both = %v, want a ConfigError", err)
	}
}

// TestGoogleCredentials: what is wrong with them is told without starting.
func TestGoogleCredentials(t *testing.T) {
	const account = "accounts: [{name: ann, provider: google, credential: ann, addresses: [ann@example.org]}]\n"
	client := string(calendartest.NewGoogle(calendartest.GoogleStyle{}).ClientJSON())
	for name, test := range map[string]struct{ file, text, want string }{
		"no file":           {"other", client, "there is no file"},
		"nobody signed in":  {"ann", client, `run "oneonone auth ann"`},
		"as systemd has it": {"oneonone_ann", client, `run "oneonone auth ann"`},
		"a password":        {"ann", "secret", "not a JSON file"},
	} {
		t.Run(name, func(t *testing.T) {
			o := Options{Config: parse(t, account), Credentials: t.TempDir(), State: t.TempDir(), Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
			if err := os.WriteFile(filepath.Join(o.Credentials, test.file), []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			var refused *ConfigError
			if _, err := New(t.Context(), o); !errors.As(err, &refused) || !strings.Contains(refused.Problem, test.want) {
				t.Errorf("New = %v, want a ConfigError with %q", err, test.want)
			}
			o.Stored = true
			if _, err := open(t, o).Engine().LookStored(t.Context(), monday); err != nil {
				t.Errorf("the records alone: %v", err)
			}
		})
	}
}
