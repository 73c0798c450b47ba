package icalendar

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"

	"oneonone/internal/calendar"
)

// smallObjects returns n objects of about 800 bytes, as a server gives them: 4 MB for 5,000.
func smallObjects(n int) [][]byte {
	objects := make([][]byte, n)
	for i := range objects {
		objects[i] = []byte(crlf(fmt.Sprintf(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example Corp.//CalDAV Client//EN
BEGIN:VEVENT
UID:event-%d@example.org
DTSTAMP:20260101T000000Z
CREATED:20250101T000000Z
LAST-MODIFIED:20260101T000000Z
DTSTART;TZID=Europe/Berlin:202611%02dT100000
DTEND;TZID=Europe/Berlin:202611%02dT103000
RRULE:FREQ=WEEKLY;BYDAY=TU
EXDATE;TZID=Europe/Berlin:20261201T100000
SUMMARY:1:1 Ann and Bob\, number %d
DESCRIPTION:%s
LOCATION:Room 4
ORGANIZER;CN=Ann:mailto:ann@example.org
ATTENDEE;CN=Ann;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:mailto:ann@example.org
ATTENDEE;CN=Bob;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob@example.org
SEQUENCE:1
STATUS:CONFIRMED
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
`, i, i%28+1, i%28+1, i, strings.Repeat("word ", 14))))
	}
	return objects
}

func BenchmarkParse5000(b *testing.B) {
	objects := smallObjects(5000)
	size := 0
	for _, o := range objects {
		size += len(o)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, o := range objects {
			if _, err := Parse(o, time.UTC); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkEdit(b *testing.B) {
	data := []byte(crlf(weekly))
	c := calendar.Change{Now: now, Parts: []calendar.Part{{
		Original: at(b, "2026-11-24T10:00:00+01:00"), Lines: []string{"One"}, Link: ptr("https://example.org/a")}}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Edit(data, c, time.UTC); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGoICal5000 is what go-ical alone takes to take the same text apart,
// without reading a single time.
func BenchmarkGoICal5000(b *testing.B) {
	objects := smallObjects(5000)
	b.ReportAllocs()
	for b.Loop() {
		for _, o := range objects {
			if _, err := ical.NewDecoder(bytes.NewReader(o)).Decode(); err != nil {
				b.Fatal(err)
			}
		}
	}
}
