package calendartest

import (
	"fmt"
	"strings"
)

// icsObject makes an iCalendar object of the text of its components, with CRLF.
func icsObject(components string) []byte {
	s := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//oneonone//calendartest//EN\n" + components + "END:VCALENDAR\n"
	return []byte(strings.ReplaceAll(s, "\n", "\r\n"))
}

const viennaZone = `BEGIN:VTIMEZONE
TZID:Europe/Vienna
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
`

// single is an event of half an hour on 4 November 2026 at 09:00 UTC.
func single(uid, title string) []byte {
	return icsObject(fmt.Sprintf(`BEGIN:VEVENT
UID:%s
DTSTAMP:20261001T120000Z
DTSTART:20261104T090000Z
DTEND:20261104T093000Z
SUMMARY:%s
END:VEVENT
`, uid, title))
}

// series is a 1:1 of alice and bob each Tuesday at 10:00 in Vienna from 3
// November 2026 on, without the one on the 24th; somebody has moved the one of
// the 17th to the 18th. It holds much that the program must keep.
func series(uid string) []byte {
	return icsObject(viennaZone + strings.ReplaceAll(`BEGIN:VEVENT
UID:$UID
DTSTAMP:20261001T120000Z
CREATED:20260901T120000Z
LAST-MODIFIED:20261001T120000Z
SEQUENCE:3
DTSTART;TZID=Europe/Vienna:20261103T100000
DTEND;TZID=Europe/Vienna:20261103T103000
RRULE:FREQ=WEEKLY;BYDAY=TU
EXDATE;TZID=Europe/Vienna:20261124T100000
SUMMARY:Alice / Bob
LOCATION:Room 5\, upstairs
DESCRIPTION:Bring the plan.\nSecond line\; with a semicolon.
CATEGORIES:1:1
COLOR:turquoise
URL:https://example.org/plan
ATTACH;FMTTYPE=application/pdf:https://example.org/plan.pdf
CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.example.org/alice
X-KEEP;X-PARAM="a;b:c":kept as it is
ORGANIZER;CN=Alice:mailto:alice@example.org
ATTENDEE;CN=Alice;PARTSTAT=ACCEPTED:mailto:alice@example.org
ATTENDEE;CN="Bob, B.";PARTSTAT=ACCEPTED;RSVP=TRUE;X-NUM=7:mailto:bob@example.org
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT10M
DESCRIPTION:Soon
X-ALARM:kept
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:$UID
RECURRENCE-ID;TZID=Europe/Vienna:20261117T100000
DTSTAMP:20261001T120000Z
SEQUENCE:4
DTSTART;TZID=Europe/Vienna:20261118T140000
DTEND;TZID=Europe/Vienna:20261118T150000
SUMMARY:Alice / Bob (long)
X-KEEP:also here
ORGANIZER;CN=Alice:mailto:alice@example.org
ATTENDEE;CN=Alice;PARTSTAT=ACCEPTED:mailto:alice@example.org
ATTENDEE;CN=Bob;PARTSTAT=TENTATIVE:mailto:bob@example.org
END:VEVENT
`, "$UID", uid))
}
