package icalendar

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// old is a series with much that has to go along, and three exceptions: one
// that the program moved, one that was declined, one that stays behind.
const old = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
X-WR-CALNAME:Work
BEGIN:VEVENT
UID:u
RECURRENCE-ID;TZID=Europe/Berlin:20261208T100000
SUMMARY:Ann and Bob (moved)
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Berlin:20261209T140000
DTEND;TZID=Europe/Berlin:20261209T143000
SEQUENCE:7
X-ONEONONE-MOVED:count=1 from=20261208T090000Z/20261208T093000Z to=20261209T130000Z/20261209T133000Z at=20261120T010000Z
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org
ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org
END:VEVENT
BEGIN:VTIMEZONE
TZID:Europe/Berlin
X-NOTE:as the client wrote it
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
DTSTAMP:20260101T000000Z
UID:u
SUMMARY:Ann and
  Bob
RRULE:FREQ=WEEKLY;COUNT=50
EXDATE;TZID=Europe/Berlin:20261222T100000
DTSTART;X-ODD=1;TZID="Europe/Berlin":20261103T100000
DURATION:PT30M
SEQUENCE:2
ORGANIZER;CN=Ann;SCHEDULE-STATUS="1.1":mailto:ann@example.org
ATTENDEE;CN=Ann;PARTSTAT=ACCEPTED:mailto:ann@example.org
ATTENDEE;CN="Bob, B.";PARTSTAT=DECLINED;X-NUM-GUESTS=0;SCHEDULE-STATUS="1.2";X-SEQUENCE=2:mailto:Bob@Example.org
X-MOZ-RECEIVED-SEQUENCE:2
X-UNKNOWN;A=b:c
CONFERENCE;VALUE=URI:https://meet.example.org/x
ATTACH;X-ONEONONE=agenda;FMTTYPE=text/html:https://agenda.example.org/p/1
DESCRIPTION:Ours\n\n--- oneonone ---\nAgenda\n--- end of oneonone ---
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT10M
DESCRIPTION:x
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:u
RECURRENCE-ID:20261215T090000Z
DTSTART;TZID=Europe/Berlin:20261215T100000
DURATION:PT30M
DTSTAMP:20260101T000000Z
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org
ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org
END:VEVENT
BEGIN:VEVENT
UID:u
RECURRENCE-ID;TZID=Europe/Berlin:20261117T100000
DTSTART;TZID=Europe/Berlin:20261117T110000
DURATION:PT30M
DTSTAMP:20260101T000000Z
END:VEVENT
END:VCALENDAR
`

// fortnightly is the draft of what goes on from old.
func fortnightly(t testing.TB) calendar.Draft {
	berlin := zoneOf(t, "Europe/Berlin")
	start := time.Date(2026, 12, 8, 10, 0, 0, 0, berlin)
	moved := time.Date(2026, 12, 9, 14, 0, 0, 0, berlin)
	declined := time.Date(2026, 12, 15, 10, 0, 0, 0, berlin)
	return calendar.Draft{
		ID: "m0123456", Like: []calendar.Resource{{Data: []byte(crlf(old))}}, After: "u",
		Start: start, End: start.Add(time.Hour), RRule: "FREQ=WEEKLY;INTERVAL=2", ExDates: []time.Time{start.AddDate(0, 0, 14)},
		Carry: []calendar.Carried{
			{From: start, To: start, Span: span.Of(moved, 30*time.Minute)},
			{From: declined, To: start.AddDate(0, 0, 28), Span: span.Of(declined, 30*time.Minute)},
		},
		Now: now, Self: []string{"ann@example.org"},
	}
}

func TestR29TheNewSeriesKeepsWhatTheOldOneHad(t *testing.T) {
	got, err := Create(fortnightly(t), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	const stamps = "CREATED:20261121T010000Z\nLAST-MODIFIED:20261121T010000Z\n"
	want := `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
X-WR-CALNAME:Work
BEGIN:VEVENT
DTSTAMP:20261121T010000Z
UID:m0123456
SUMMARY:Ann and
  Bob
DTSTART;X-ODD=1;TZID="Europe/Berlin":20261208T100000
DTEND;TZID="Europe/Berlin":20261208T110000
RRULE:FREQ=WEEKLY;INTERVAL=2
EXDATE;TZID="Europe/Berlin":20261222T100000
SEQUENCE:0
ORGANIZER;CN=Ann:mailto:ann@example.org
ATTENDEE;CN=Ann;PARTSTAT=ACCEPTED:mailto:ann@example.org
ATTENDEE;CN="Bob, B.";PARTSTAT=NEEDS-ACTION;X-NUM-GUESTS=0;RSVP=TRUE:mailto
 :Bob@Example.org
X-UNKNOWN;A=b:c
CONFERENCE;VALUE=URI:https://meet.example.org/x
ATTACH;X-ONEONONE=agenda;FMTTYPE=text/html:https://agenda.example.org/p/1
DESCRIPTION:Ours\n\n--- oneonone ---\nAgenda\n--- end of oneonone ---
` + stamps + `X-ONEONONE-AFTER:u
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT10M
DESCRIPTION:x
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:m0123456
RECURRENCE-ID;TZID="Europe/Berlin":20261208T100000
SUMMARY:Ann and Bob (moved)
DTSTAMP:20261121T010000Z
DTSTART;TZID=Europe/Berlin:20261209T140000
DTEND;TZID=Europe/Berlin:20261209T143000
SEQUENCE:0
X-ONEONONE-MOVED:count=1 from=20261208T090000Z/20261208T093000Z to=20261209T130000Z/20261209T133000Z at=20261120T010000Z
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org
ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob@example.org
` + stamps + `END:VEVENT
BEGIN:VEVENT
UID:m0123456
RECURRENCE-ID;TZID="Europe/Berlin":20270105T100000
DTSTART;TZID=Europe/Berlin:20261215T100000
DURATION:PT30M
DTSTAMP:20261121T010000Z
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.org
ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org
SEQUENCE:0
` + stamps + `END:VEVENT
BEGIN:VTIMEZONE
TZID:Europe/Berlin
X-NOTE:as the client wrote it
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
END:VCALENDAR
`
	if diff := cmp.Diff(want, strings.ReplaceAll(string(got), "\r\n", "\n")); diff != "" {
		t.Error(diff)
	}
}

// TestR29AGuestsCopy keeps the organizer's answer alone.
func TestR29AGuestsCopy(t *testing.T) {
	d := fortnightly(t)
	d.Copy, d.Self = true, []string{"bob@example.org"}
	d.Carry = nil
	got, err := Create(d, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	events, err := Parse(got, time.UTC)
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	for address, want := range map[string]calendar.Answer{"ann@example.org": calendar.Accepted, "bob@example.org": calendar.NeedsAction} {
		if a, _ := events[0].AnswerOf([]string{address}); a != want {
			t.Errorf("the answer of %s is %s, want %s", address, a, want)
		}
	}
	if e := events[0]; e.Organizer != "ann@example.org" || e.UID != d.ID || e.After != "u" {
		t.Errorf("the copy is %+v", e)
	}
}

func TestR29WhatCannotGoOn(t *testing.T) {
	berlin := zoneOf(t, "Europe/Berlin")
	for name, change := range map[string]func(*calendar.Draft){
		"an exception for what is no occurrence": func(d *calendar.Draft) { d.Carry[0].To = d.Carry[0].To.AddDate(0, 0, 7) },
		"an exception that there is not":         func(d *calendar.Draft) { d.Carry[0].From = time.Date(2026, 12, 29, 10, 0, 0, 0, berlin) },
		"times in place of days":                 func(d *calendar.Draft) { d.AllDay = true },
		"a rule that is none":                    func(d *calendar.Draft) { d.RRule = "weekly" },
		"an end before the start":                func(d *calendar.Draft) { d.End = d.Start.Add(-time.Hour) },
		"no master": func(d *calendar.Draft) {
			d.Like[0].Data = textOf("DTSTART:20261208T090000Z\nRECURRENCE-ID:20261208T090000Z")
		},
		"garbage": func(d *calendar.Draft) { d.Like[0].Data = []byte("BEGIN:VCALENDAR") },
	} {
		d := fortnightly(t)
		change(&d)
		if got, err := Create(d, time.UTC); err == nil {
			t.Errorf("%s became\n%s", name, got)
		}
	}
}

// TestR29AZoneIsBrought where the old object had none.
func TestR29AZoneIsBrought(t *testing.T) {
	d := fortnightly(t)
	d.Carry = nil
	d.Like[0].Data = textOf("DTSTART;TZID=/example.com/Europe/Berlin:20261103T100000\nDURATION:PT30M\nRRULE:FREQ=WEEKLY")
	got, err := Create(d, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(got); strings.Count(s, "BEGIN:VTIMEZONE") != 1 || !strings.Contains(s, "\r\nTZID:/example.com/Europe/Berlin\r\n") {
		t.Errorf("the zone is missing in\n%s", s)
	}
}

// TestR29NoMeetingIsLostOrDoubled ends a random series and begins the new one: both
// together have exactly the meetings that are wanted.
func TestR29NoMeetingIsLostOrDoubled(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := drawSeries(rt)
		events, err := Parse([]byte(s.ics), s.zone)
		if err != nil {
			rt.Fatal(err)
		}
		master := events[0]
		cut := rapid.SampledFrom(s.starts).Draw(rt, "cut")
		if !cut.After(master.Start) {
			return
		}
		d := calendar.Draft{
			ID: "successor", Like: []calendar.Resource{{Data: []byte(s.ics)}}, After: "u", Start: cut, AllDay: master.AllDay,
			RRule: rapid.SampledFrom([]string{"FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=DAILY"}).Draw(rt, "rhythm"), Now: now,
		}
		d.End = cut.Add(master.End.Sub(master.Start))
		if d.AllDay {
			d.End = cut.AddDate(0, 0, 1)
		}
		set, err := recur.ParseSet(cut, d.AllDay, []string{d.RRule}, nil, nil)
		if err != nil {
			rt.Fatal(err)
		}
		fresh, err := set.Between(span.Span{Start: cut, End: time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)}, recur.DefaultBudget)
		if err != nil {
			rt.Fatal(err)
		}
		want := map[int64]time.Time{}
		for _, f := range fresh {
			want[f.Unix()] = f
		}
		held := meetings(rt, s.ics, s.zone)
		for _, e := range events[1:] {
			if _, is := held[e.Original.Unix()]; is && !e.Original.Before(cut) && len(d.Carry) < len(fresh) {
				to := fresh[len(d.Carry)]
				d.Carry = append(d.Carry, calendar.Carried{From: e.Original, To: to, Span: e.Span()})
				want[to.Unix()] = e.Start
			}
		}
		for original, start := range held {
			if original < cut.Unix() {
				want[original] = start
			}
		}
		successor, err := Create(d, s.zone)
		if err != nil {
			rt.Fatalf("Create: %v\n%s", err, s.ics)
		}
		ended, err := cutAt(t, s.ics, cut, s.zone)
		if err != nil {
			rt.Fatalf("Edit: %v\n%s", err, s.ics)
		}
		got := meetings(rt, ended, s.zone)
		for original, start := range meetings(rt, string(successor), s.zone) {
			if _, twice := got[original]; twice {
				rt.Fatalf("%v is in both", time.Unix(original, 0).In(s.loc))
			}
			got[original] = start
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("%s\n%s\n%s", diff, ended, successor)
		}
	})
}
