package icalendar

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// seeds are what made other parsers fail, panic or hang, and objects that are right.
func seeds() [][]byte {
	const start = "DTSTART:20261124T090000Z\n"
	all := [][]byte{
		[]byte(weekly), []byte(crlf(weekly)), []byte(byteOrderMark + weekly),
		[]byte("BEGIN:VCALENDAR\n" + customZoneText + "BEGIN:VEVENT\nUID:u\nDTSTART;TZID=\"Our Office, 2nd floor\":20261124T100000\nEND:VEVENT\nEND:VCALENDAR"),
		bytes.Repeat([]byte("BEGIN:A\n"), 1000),
		[]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT\nBEGIN:VCALENDAR\nEND:VCALENDAR"),
		textOf(start + "RRULE:FREQ=WEEKLY\n\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261201T090000Z\n" + start + "\nRECURRENCE-ID:20261208T090000Z\n" + start),
	}
	for _, lines := range []string{
		"X-A;B=c", `X-A;B="c"d:e`, `ATTENDEE;CN="A"B:mailto:a@b`, "DTSTART;TZID=Europe/Berlin", "DTSTART;TZID=Local:20261124T090000",
		"DTSTART;TZID=Nowhere:20261124T090000", "DTSTART;value=date:20260302", "DTSTART:20260302\nDTEND:20260302",
		start + "RRULE:FREQ=WEEKLY;COUNT=0", start + "RRULE:FREQ=SECONDLY", start + "RRULE:FREQ=DAILY;BYMONTHDAY=-1;BYSETPOS=400",
		start + "RRULE:freq=weekly;", start + "RRULE:FREQ=WEEKLY;UNTIL=20261231\nEXDATE:20261201T090000Z,20261208",
		start + "RDATE;VALUE=PERIOD:20261201T090000Z/PT1H,20261202T090000Z/20261202T100000Z",
		start + "DURATION:P1DT", start + "DURATION:P1000000000W", start + "DURATION:PT2D",
		start + `DESCRIPTION;ALTREP="data:text/html,` + strings.Repeat("x", 2000) + `":a\nb, c\`,
		start + "DESCRIPTION:Hi\\n\\n--- oneonone ---\\nOne\\n--- end of oneonone ---\nATTACH;X-ONEONONE=agenda:https://a",
		start + "DESCRIPTION;X-ONEONONE=added:--- oneonone ---\\nOne\\n--- end of oneonone ---",
		start + "X-ONEONONE-MOVED:count=1 from=20261124T090000Z/20261124T093000Z to=20261124T110000Z/20261124T113000Z at=20261121T010000Z",
		start + "SUMMARY:a\n\r\n b\r\n \r\n c", start + "SEQUENCE:9223372036854775807",
		"DTSTART;TZID=America/Sao_Paulo:20181104T000000\nRRULE:FREQ=DAILY", "DTSTART:99991231T235959Z\nRRULE:FREQ=DAILY",
	} {
		all = append(all, textOf(lines))
	}
	return all
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	zone := zoneOf(f, "Europe/Vienna")
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		events, _ := Parse(data, zone)
		if !bytes.Equal(data, before) {
			t.Fatal("Parse() changed its input")
		}
		for _, e := range events {
			if e.UID == "" || e.Start.IsZero() || e.End.Before(e.Start) {
				t.Fatalf("Parse() read an event that cannot be: %+v", e)
			}
		}
	})
}

func FuzzEdit(f *testing.F) {
	for i, s := range seeds() {
		f.Add(s, i, int64(i*5-20), "Moved; see, Größe", "https://example.org/")
	}
	zone := zoneOf(f, "Europe/Vienna")
	f.Fuzz(func(t *testing.T, data []byte, which int, minutes int64, line, url string) {
		events, err := Parse(data, zone)
		if err != nil || len(events) == 0 {
			return
		}
		p := calendar.Part{Lines: []string{line}, Link: &url}
		e := events[uint(which)%uint(len(events))]
		p.Original = e.Original
		if e.Recurs() && which%2 == 0 {
			p.Original = e.Start
		}
		if minutes%3 != 0 {
			s := span.Of(e.Start.Add(time.Duration(minutes)*time.Minute), time.Hour)
			p.To, p.Mark = &s, &calendar.Mark{Count: 1, From: e.Span(), To: s, At: now}
		}
		c := calendar.Change{Now: now, Organizer: which%3 == 0, Self: []string{"ann@example.org"}, Parts: []calendar.Part{p}}
		after, err := Edit(data, c, zone)
		if err != nil {
			return
		}
		again, err := Parse(after, zone)
		if err != nil || len(again) < len(events) {
			t.Fatalf("Parse() after Edit() = %d events, %v\n%q\n%q", len(again), err, data, after)
		}
		checkSiblings(t, string(data), string(after), len(again) == len(events))
		if stable, err := Edit(after, c, zone); err != nil || !bytes.Equal(stable, after) {
			t.Fatalf("Edit() is not idempotent: %v\n%q\n%q\n%q", err, data, after, stable)
		}
	})
}

// checkSiblings checks that what stands outside the events did not change, and
// of the events none when one was added.
func checkSiblings(t *testing.T, before, after string, sameCount bool) {
	restBefore, eventsBefore, err := outside(before)
	if err != nil {
		t.Fatal(err)
	}
	restAfter, eventsAfter, err := outside(after)
	if err != nil {
		t.Fatal(err)
	}
	if restBefore != restAfter {
		t.Fatalf("outside the events:\n%q\n%q", restBefore, restAfter)
	}
	for i := range eventsBefore {
		if eventsBefore[i] != eventsAfter[i] && !sameCount {
			t.Fatalf("an event changed although another was added:\n%q\n%q", eventsBefore[i], eventsAfter[i])
		}
		if kept(eventsBefore[i]) != kept(eventsAfter[i]) {
			t.Fatalf("other lines changed:\n%q\n%q", eventsBefore[i], eventsAfter[i])
		}
	}
}

// FuzzSuccessor ends whatever can be read and begins another series in its
// place.
func FuzzSuccessor(f *testing.F) {
	for i, s := range seeds() {
		f.Add(s, int64(i*7), uint8(i))
	}
	f.Add([]byte(old), int64(35), uint8(1))
	zone := zoneOf(f, "Europe/Vienna")
	f.Fuzz(func(t *testing.T, data []byte, days int64, which uint8) {
		events, err := Parse(data, zone)
		if err != nil || len(events) == 0 {
			return
		}
		e := events[0]
		cut := e.Start.AddDate(0, 0, int(days%1000))
		until := calendar.Change{Now: now, Parts: []calendar.Part{{Until: &cut}}}
		if after, err := Edit(data, until, zone); err == nil {
			left, err := Parse(after, zone)
			if err != nil || len(left) == 0 || len(left) > len(events) {
				t.Fatalf("Parse() after the end = %d events, %v\n%q\n%q", len(left), err, data, after)
			}
			// That a rule has ended may take too long to find out.
			if stable, err := Edit(after, until, zone); err == nil && !bytes.Equal(stable, after) {
				t.Fatalf("the end is not idempotent: %v\n%q\n%q\n%q", err, data, after, stable)
			}
		}
		d := calendar.Draft{
			ID: "successor", Like: []calendar.Resource{{Data: data}}, After: e.UID, RRule: []string{"FREQ=WEEKLY", "FREQ=DAILY;COUNT=3", ""}[which%3],
			Start: cut, End: e.End.AddDate(0, 0, int(days%1000)), AllDay: e.AllDay, Now: now, Copy: which%2 == 0,
		}
		if x := events[len(events)-1]; x.IsException() {
			d.Carry = []calendar.Carried{{From: x.Original, To: cut, Span: x.Span()}}
		}
		made, err := Create(d, zone)
		if err != nil {
			return
		}
		again, err := Parse(made, zone)
		if err != nil || len(again) != 1+len(d.Carry) {
			t.Fatalf("Parse() after Create() = %d events, %v\n%q\n%q", len(again), err, data, made)
		}
		for _, x := range again {
			if x.UID != d.ID || x.Sequence != 0 || !x.IsException() && (x.After != oneLine(e.UID) || !x.Start.Equal(d.Start) || x.Recurs() != (d.RRule != "")) {
				t.Fatalf("Create() made %+v of\n%q\n%q", x, data, made)
			}
		}
	})
}
