package icalendar

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// now is the instant of every change in these tests.
var now = time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC)

func ptr[T any](v T) *T { return &v }

// crlf returns s with CRLF as line ends.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

const weekly = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
X-WR-CALNAME:Work
BEGIN:VTIMEZONE
TZID:Europe/Berlin
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
RRULE:FREQ=WEEKLY
EXDATE;TZID=Europe/Berlin:20261222T100000
DTSTART;X-ODD=1;TZID="Europe/Berlin":20261103T100000
DURATION:PT30M
SEQUENCE:2
ORGANIZER;CN=Ann:mailto:ann@example.org
ATTENDEE;CN=Ann;PARTSTAT=ACCEPTED:mailto:ann@example.org
ATTENDEE;CN="Bob, B.";PARTSTAT=ACCEPTED;X-NUM-GUESTS=0;SCHEDULE-STATUS="1.2
 ":mailto:Bob@Example.org
ATTENDEE;CUTYPE=ROOM;RSVP=TRUE;PARTSTAT=ACCEPTED:mailto:room@example.org
X-UNKNOWN;A=b:c
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT10M
DESCRIPTION:x
END:VALARM
BEGIN:VALARM
ACTION:AUDIO
TRIGGER:-PT5M
END:VALARM
END:VEVENT
END:VCALENDAR
`

func TestEditMovesAnOccurrence(t *testing.T) {
	original := at(t, "2026-11-24T10:00:00+01:00")
	mark := calendar.Mark{Count: 1, From: span.Of(original, 30*time.Minute),
		To: span.Of(original.Add(2*time.Hour), 30*time.Minute), At: now}
	got, err := Edit([]byte(crlf(weekly)), calendar.Change{
		Now: now, Self: []string{"ann@example.org"}, Organizer: true,
		Parts: []calendar.Part{{Original: original, To: &mark.To, Mark: &mark, Lines: []string{"Moved; see, why."}}},
	}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	exception := `BEGIN:VEVENT
DTSTAMP:20261121T010000Z
UID:u
SUMMARY:Ann and
  Bob
RECURRENCE-ID;TZID="Europe/Berlin":20261124T100000
DTSTART;X-ODD=1;TZID="Europe/Berlin":20261124T120000
DTEND;TZID="Europe/Berlin":20261124T123000
SEQUENCE:3
ORGANIZER;CN=Ann:mailto:ann@example.org
ATTENDEE;CN=Ann;PARTSTAT=ACCEPTED:mailto:ann@example.org
ATTENDEE;CN="Bob, B.";PARTSTAT=NEEDS-ACTION;X-NUM-GUESTS=0;SCHEDULE-STATUS=
 "1.2";RSVP=TRUE:mailto:Bob@Example.org
ATTENDEE;CUTYPE=ROOM;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:room@example.or
 g
X-UNKNOWN;A=b:c
X-ONEONONE-MOVED:count=1 from=20261124T090000Z/20261124T093000Z to=20261124
 T110000Z/20261124T113000Z at=20261121T010000Z
DESCRIPTION;X-ONEONONE=added:--- oneonone ---\nMoved\; see\, why.\n--- end 
 of oneonone ---
LAST-MODIFIED:20261121T010000Z
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT10M
DESCRIPTION:x
END:VALARM
BEGIN:VALARM
ACTION:AUDIO
TRIGGER:-PT5M
END:VALARM
END:VEVENT
END:VCALENDAR
`
	want := crlf(strings.Replace(weekly, "END:VCALENDAR\n", exception, 1))
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("Edit() (-want +got):\n%s", diff)
	}
}

func TestEditMovesForms(t *testing.T) {
	// Each event moves to 15:00 UTC for 45 minutes, or by a day.
	to := span.Of(at(t, "2026-11-24T15:00:00Z"), 45*time.Minute)
	day := span.Span{Start: at(t, "2026-11-25T00:00:00+01:00"), End: at(t, "2026-11-26T00:00:00+01:00")}
	none := span.Span{Start: to.Start, End: to.Start}
	tests := []struct {
		name, before, after string
		to                  span.Span
	}{
		{"utc", "DTSTART:20261124T090000Z\nDTEND:20261124T093000Z", "DTSTART:20261124T150000Z\nDTEND:20261124T154500Z", to},
		{"floating", "DTSTART:20261124T090000\nDTEND:20261124T093000", "DTSTART:20261124T160000\nDTEND:20261124T164500", to},
		{"two zones", "DTSTART;TZID=America/New_York:20261124T090000\nDTEND;TZID=Europe/London:20261124T153000",
			"DTSTART;TZID=America/New_York:20261124T100000\nDTEND;TZID=Europe/London:20261124T154500", to},
		{"windows zone", "DTSTART;TZID=Eastern Standard Time:20261124T090000\nDURATION:PT1H",
			"DTSTART;TZID=Eastern Standard Time:20261124T100000\nDTEND;TZID=Eastern Standard Time:20261124T104500", to},
		{"explicit type", "DTSTART;VALUE=DATE-TIME;TZID=Europe/London:20261124T090000\nDURATION:PT1H",
			"DTSTART;VALUE=DATE-TIME;TZID=Europe/London:20261124T150000\nDTEND;VALUE=DATE-TIME;TZID=Europe/London:20261124T154500", to},
		{"DURATION before DTSTART", "DURATION:PT30M\nDTSTART:20261124T090000Z", "DTEND:20261124T154500Z\nDTSTART:20261124T150000Z", to},
		{"without end", "DTSTART:20261124T090000Z\nSUMMARY:x", "DTSTART:20261124T150000Z\nDTEND:20261124T154500Z\nSUMMARY:x", to},
		{"to no length", "DTSTART:20261124T090000Z\nDTEND:20261124T093000Z", "DTSTART:20261124T150000Z", none},
		{"all day", "DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261125", "DTSTART;VALUE=DATE:20261125\nDTEND;VALUE=DATE:20261126", day},
		{"all day without VALUE", "DTSTART:20261124", "DTSTART:20261125\nDTEND:20261126", day},
		{"DTEND and DURATION", "DTSTART:20261124T090000Z\nDTEND:20261124T093000Z\nDURATION:PT30M", "DTSTART:20261124T150000Z\nDTEND:20261124T154500Z", to},
		{"later end only, the start keeps its folds", "DTSTART;TZID=Europe/Lon\n don:20261124T150000\nDTEND:20261124T153000Z",
			"DTSTART;TZID=Europe/Lon\n don:20261124T150000\nDTEND:20261124T154500Z", to},
		{"shorter only", "DTSTART:20261124T150000Z\nDTEND:20261124T160000Z", "DTSTART:20261124T150000Z\nDTEND:20261124T154500Z", to},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			const stamps = "\nSEQUENCE:1\nDTSTAMP:20261121T010000Z\nLAST-MODIFIED:20261121T010000Z"
			got, err := Edit(textOf(tt.before), calendar.Change{Now: now, Parts: []calendar.Part{{To: &tt.to}}}, zoneOf(t, "Europe/Vienna"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(textOf(tt.after+stamps)), string(got)); diff != "" {
				t.Errorf("Edit() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEditExceptionForms(t *testing.T) {
	tests := []struct{ name, before, original, want string }{
		{"utc", "DTSTART:20261124T090000Z\nDTEND:20261124T093000Z\nRRULE:FREQ=WEEKLY", "2026-12-01T09:00:00Z",
			"RECURRENCE-ID:20261201T090000Z\nDTSTART:20261201T090000Z\nDTEND:20261201T093000Z"},
		{"floating", "DTSTART:20261124T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY", "2026-12-01T08:00:00Z",
			"RECURRENCE-ID:20261201T090000\nDTSTART:20261201T090000\nDTEND:20261201T100000"},
		{"all day", "DTSTART;VALUE=DATE:20261124\nRRULE:FREQ=WEEKLY", "2026-12-01T00:00:00+01:00",
			"RECURRENCE-ID;VALUE=DATE:20261201\nDTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261202"},
		{"over the change of clocks", "DTSTART;TZID=Europe/Berlin:20261020T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY", "2026-10-27T09:00:00Z",
			"RECURRENCE-ID;TZID=Europe/Berlin:20261027T100000\nDTSTART;TZID=Europe/Berlin:20261027T100000\nDTEND;TZID=Europe/Berlin:20261027T110000"},
		{"from an RDATE", "DTSTART;TZID=Europe/Berlin:20261124T100000\nDURATION:PT1H\nRDATE:20261202T140000Z", "2026-12-02T14:00:00Z",
			"RECURRENCE-ID;TZID=Europe/Berlin:20261202T150000\nDTSTART;TZID=Europe/Berlin:20261202T150000\nDTEND;TZID=Europe/Berlin:20261202T160000"},
		{"from a period of an RDATE", "DTSTART;TZID=Europe/Berlin:20261124T100000\nDURATION:PT1H\nRDATE;VALUE=PERIOD:20261202T140000Z/PT15M", "2026-12-02T14:00:00Z",
			"RECURRENCE-ID;TZID=Europe/Berlin:20261202T150000\nDTSTART;TZID=Europe/Berlin:20261202T150000\nDTEND;TZID=Europe/Berlin:20261202T151500"},
		{"with a mark that is another's", "DTSTART:20261124T090000Z\nRRULE:FREQ=WEEKLY\nX-ONEONONE-MOVED:x", "2026-12-01T09:00:00Z",
			"RECURRENCE-ID:20261201T090000Z\nDTSTART:20261201T090000Z"},
		{"under an earlier this and future", "DTSTART:20261124T090000Z\nDTEND:20261124T093000Z\nRRULE:FREQ=WEEKLY\n\n" +
			"RECURRENCE-ID;RANGE=THISANDFUTURE:20261201T090000Z\nDTSTART:20261201T100000Z\nDTEND:20261201T110000Z\nSUMMARY:later", "2026-12-15T09:00:00Z",
			"RECURRENCE-ID:20261215T090000Z\nDTSTART:20261215T100000Z\nDTEND:20261215T110000Z\nSUMMARY:later"},
		{"under the later of two", "DTSTART:20261124T090000Z\nRRULE:FREQ=WEEKLY\n\n" +
			"RECURRENCE-ID;RANGE=THISANDFUTURE:20261208T090000Z\nDTSTART:20261208T120000Z\nDTEND:20261208T130000Z\nSUMMARY:later\n\n" +
			"RECURRENCE-ID;RANGE=THISANDFUTURE:20261201T090000Z\nDTSTART:20261201T100000Z\nDTEND:20261201T110000Z", "2026-12-15T09:00:00Z",
			"RECURRENCE-ID:20261215T090000Z\nDTSTART:20261215T120000Z\nDTEND:20261215T130000Z\nSUMMARY:later"},
		{"before a this and future", "DTSTART:20261124T090000Z\nDTEND:20261124T093000Z\nRRULE:FREQ=WEEKLY\n\n" +
			"RECURRENCE-ID;RANGE=THISANDFUTURE:20261208T090000Z\nDTSTART:20261208T100000Z\nDTEND:20261208T110000Z", "2026-12-01T09:00:00Z",
			"RECURRENCE-ID:20261201T090000Z\nDTSTART:20261201T090000Z\nDTEND:20261201T093000Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			const stamps = "\nATTACH;X-ONEONONE=agenda;FMTTYPE=text/html;FILENAME=Agenda:https://a\nDTSTAMP:20261121T010000Z\nLAST-MODIFIED:20261121T010000Z"
			c := calendar.Change{Now: now, Parts: []calendar.Part{{Original: at(t, tt.original), Link: ptr("https://a")}}}
			got, err := Edit(textOf(tt.before), c, zoneOf(t, "Europe/Vienna"))
			if err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(string(got), "\r\n ", "")
			want := strings.ReplaceAll(string(textOf(tt.before+"\n\n"+tt.want+stamps)), "\r\n ", "")
			if diff := cmp.Diff(want, text); diff != "" {
				t.Errorf("Edit() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEditRefuses(t *testing.T) {
	const single = "DTSTART:20261124T090000Z\nDTEND:20261124T093000Z"
	const series = single + "\nRRULE:FREQ=WEEKLY"
	const berlin = "DTSTART;TZID=Europe/Berlin:20261024T010000\nDTEND;TZID=Europe/Berlin:20261024T013000"
	second := at(t, "2026-12-01T09:00:00Z")
	to := func(s string) *span.Span { return ptr(span.Of(at(t, s), time.Hour)) }
	tests := []struct {
		name, before string
		part         calendar.Part
		want         string
	}{
		{"a series as a whole", series, calendar.Part{To: to("2026-12-01T09:00:00Z")}, "series"},
		{"no such occurrence", series, calendar.Part{Original: second.Add(time.Hour), To: to("2026-12-01T09:00:00Z")}, "no occurrence"},
		{"an excluded occurrence", series + "\nEXDATE:20261201T090000Z", calendar.Part{Original: second, Link: ptr("https://a")}, "no occurrence"},
		{"an occurrence of a single event", single, calendar.Part{Original: second, Link: ptr("https://a")}, "no occurrence"},
		{"a series that cannot be worked out", series + ";BYSETPOS=x", calendar.Part{Original: second, Link: ptr("https://a")}, ""},
		{"the master of exceptions alone", single + "\nRECURRENCE-ID:20261124T090000Z", calendar.Part{Link: ptr("https://a")}, "only changed occurrences"},
		{"the start of a this and future", series + "\n\n" + single + "\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261201T090000Z",
			calendar.Part{Original: second, To: to("2026-12-01T12:00:00Z")}, "later ones"},
		{"the hour that comes twice", berlin, calendar.Part{To: to("2026-10-25T02:30:00+01:00")}, "cannot be written"},
		{"backwards", single, calendar.Part{To: &span.Span{Start: second, End: second.Add(-time.Hour)}}, "ends before"},
		{"a fraction of a second", single, calendar.Part{To: ptr(span.Of(second.Add(time.Millisecond), time.Hour))}, "cannot be written"},
		{"all day to noon", "DTSTART;VALUE=DATE:20261124", calendar.Part{To: to("2026-12-01T12:00:00Z")}, "cannot be written"},
		{"two UIDs", single + "\n\nUID:v\n" + single, calendar.Part{Link: ptr("https://a")}, "different UIDs"},
		{"twice the same", single + "\n\n" + single, calendar.Part{Link: ptr("https://a")}, "twice"},
		{"an unreadable sibling", series + "\n\nRECURRENCE-ID:20261201T090000Z", calendar.Part{Link: ptr("https://a")}, "no DTSTART"},
		{"a link with a line end", single, calendar.Part{Link: ptr("https://a\r\nATTENDEE:mailto:x@y")}, "character"},
		{"a link with a space", single, calendar.Part{Link: ptr("https://a b")}, "character"},
		{"a mad mark", single, calendar.Part{Mark: &calendar.Mark{Count: -1, From: *to("2026-12-01T12:00:00Z"), To: *to("2026-12-01T12:00:00Z"), At: now}}, "mark"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Edit(textOf(tt.before), calendar.Change{Now: now, Parts: []calendar.Part{tt.part}}, time.UTC)
			if err == nil || got != nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Edit() = %q, %v, want a reason with %q", got, err, tt.want)
			}
		})
	}
	if _, err := Edit([]byte("BEGIN:VCALENDAR\nEND:VCALENDAR\n"), calendar.Change{}, time.UTC); err == nil {
		t.Error("Edit() of an object without events succeeded")
	}
}

// A new exception has what the same change puts on the series before it, and
// stands behind the last event in the order of the parts.
func TestEditSeveralParts(t *testing.T) {
	first, second := at(t, "2026-12-01T09:00:00Z"), at(t, "2026-12-08T09:00:00Z")
	c := calendar.Change{Now: now, Parts: []calendar.Part{
		{Link: ptr("https://a")},
		{Original: second, To: ptr(span.Of(second.Add(time.Hour), time.Hour))},
		{Original: first, To: ptr(span.Of(first.Add(time.Hour), time.Hour))},
		{Original: second, Link: ptr("https://b")},
	}}
	const series = "DTSTART:20261124T090000Z\nRRULE:FREQ=WEEKLY"
	const stamps = "\nDTSTAMP:20261121T010000Z\nLAST-MODIFIED:20261121T010000Z"
	const link = "\nATTACH;X-ONEONONE=agenda;FMTTYPE=text/html;FILENAME=Agenda:https://"
	got, err := Edit(textOf(series), c, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	want := string(textOf(series + link + "a" + stamps +
		"\n\nRECURRENCE-ID:20261208T090000Z\nDTSTART:20261208T100000Z\nDTEND:20261208T110000Z" + link + "b\nSEQUENCE:1" + stamps +
		"\n\nRECURRENCE-ID:20261201T090000Z\nDTSTART:20261201T100000Z\nDTEND:20261201T110000Z" + link + "a\nSEQUENCE:1" + stamps))
	if diff := cmp.Diff(want, strings.ReplaceAll(string(got), "\r\n ", "")); diff != "" {
		t.Errorf("Edit() (-want +got):\n%s", diff)
	}
}

// An edit that changes nothing is no edit: not even the time stamps change.
func TestEditChangesNothing(t *testing.T) {
	const over = "\n\nRECURRENCE-ID:20261201T090000Z\nDTSTART:20261201T110000Z\nDTEND:20261201T113000Z\n" +
		"DESCRIPTION:Hi\\n\\n--- oneonone ---\\nOne, two\\n--- end of oneonone ---\n" +
		"ATTACH;FILENAME=x;X-ONEONONE=agenda:https://a\n" +
		"X-ONEONONE-MOVED;VALUE=TEXT:count=1 from=20261201T090000Z/20261201T093000Z to=20261201T110000Z/20261201T113000Z at=20261121T010000Z"
	data := textOf("DTSTART:20261124T090000Z\nDTEND:20261124T093000Z\nRRULE:FREQ=WEEKLY" + over)
	events, err := Parse(data, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	original := events[1].Original
	for _, p := range []calendar.Part{
		{},
		{Original: original},
		{Original: original, To: ptr(events[1].Span()), Mark: events[1].Mark, Lines: []string{"One,  two", ""}, Link: ptr("https://a")},
		{Original: original.AddDate(0, 0, 7), RemoveMark: true, Lines: []string{}, Link: ptr("")},
		{Original: original.AddDate(0, 0, 7), To: ptr(span.Of(original.AddDate(0, 0, 7), 30*time.Minute))},
		{RemoveMark: true, Lines: []string{}, Link: ptr("")},
		{To: ptr(events[0].Span())},
	} {
		got, err := Edit(data, calendar.Change{Now: now, Parts: []calendar.Part{p}}, time.UTC)
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("Edit(%+v) changed the object: %v\n%s", p, err, cmp.Diff(string(data), string(got)))
		}
	}
}

func TestEditAnswers(t *testing.T) {
	const guests = "ORGANIZER:mailto:ann@example.org\n" +
		"ATTENDEE;PARTSTAT=ACCEPTED:mailto:Ann@example.org\n" +
		"ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@old.example.org\n" +
		"ATTENDEE;PARTSTAT=DECLINED;EMAIL=bob@example.org:/principals/bob/\n" +
		"ATTENDEE;RSVP=FALSE;CUTYPE=ROOM:mailto:room@example.org"
	const asked = "ATTENDEE;PARTSTAT=NEEDS-ACTION;EMAIL=bob@example.org;RSVP=TRUE:/principals/bob/\n" +
		"ATTENDEE;RSVP=TRUE;CUTYPE=ROOM;PARTSTAT=NEEDS-ACTION:mailto:room@example.org\n"
	tests := []struct {
		name      string
		organizer bool
		self      []string
		want      string
	}{
		{"the organizer's copy", true, []string{"ann@example.org", "ANN@old.example.org"},
			"ATTENDEE;PARTSTAT=ACCEPTED:mailto:Ann@example.org\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@old.example.org\n" + asked},
		{"the guest's copy", false, []string{"bob@example.org"},
			"ATTENDEE;PARTSTAT=ACCEPTED:mailto:Ann@example.org\nATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:ann@old.example.org\n" + asked},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			to := span.Of(at(t, "2026-11-24T12:00:00Z"), time.Hour)
			c := calendar.Change{Now: now, Organizer: tt.organizer, Self: tt.self, Parts: []calendar.Part{{To: &to}}}
			got, err := Edit(textOf("DTSTART:20261124T090000Z\n"+guests), c, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			var lines string
			for line := range strings.SplitSeq(strings.ReplaceAll(string(got), "\r\n ", ""), "\r\n") {
				if strings.HasPrefix(line, "ATTENDEE") {
					lines += line + "\n"
				}
			}
			if diff := cmp.Diff(tt.want, lines); diff != "" {
				t.Errorf("guests after Edit() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEditDescription(t *testing.T) {
	const block = `--- oneonone ---\nOne\n--- end of oneonone ---`
	tests := []struct {
		name, before, after string
		lines               []string
	}{
		{"none yet", "", "DESCRIPTION;X-ONEONONE=added:" + block, []string{"One"}},
		{"one that cannot be read", "DESCRIPTION;ALTREP=\"x:y", "DESCRIPTION;X-ONEONONE=added:" + block, []string{"One"}},
		{"empty", "DESCRIPTION:", "DESCRIPTION:" + block, []string{"One"}},
		{"text with odd escapes keeps them", `DESCRIPTION;LANGUAGE=de;ALTREP="cid:1":a, b\:\Nc\`, `DESCRIPTION;LANGUAGE=de;ALTREP="cid:1":a, b\:\Nc\\n\n` + block, []string{"One"}},
		{"replace", `DESCRIPTION:a\n\n--- oneonone ---\nTwo\n--- end of oneonone ---`, `DESCRIPTION:a\n\n` + block, []string{"One"}},
		{"remove", `DESCRIPTION:a\n\n` + block, `DESCRIPTION:a`, []string{}},
		{"remove all there is", `DESCRIPTION:` + block, `DESCRIPTION:`, []string{}},
		{"remove all that was added", `DESCRIPTION;X-ONEONONE=added:` + block, ``, []string{}},
		{"remove when people wrote into ours", `DESCRIPTION;LANGUAGE=en;X-ONEONONE=added:Hi\, \n\n` + block, `DESCRIPTION;LANGUAGE=en:Hi\, `, []string{}},
		{"text behind the block", `DESCRIPTION:a\n\n` + block + `\nbehind, it`, `DESCRIPTION:a\nbehind, it`, []string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := calendar.Change{Now: now, Parts: []calendar.Part{{Lines: tt.lines}}}
			got, err := Edit(textOf("DTSTART:20261124T090000Z\nSUMMARY:x\n"+tt.before), c, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			var line string
			for l := range strings.SplitSeq(strings.ReplaceAll(string(got), "\r\n ", ""), "\r\n") {
				if strings.HasPrefix(l, "DESCRIPTION") {
					line = l
				}
			}
			if diff := cmp.Diff(tt.after, line); diff != "" {
				t.Errorf("description after Edit() (-want +got):\n%s", diff)
			}
		})
	}
}

// A part is for every exception that stands for its occurrence, however the
// RECURRENCE-ID is written; the one that reaches further does not move.
func TestEditFindsExceptions(t *testing.T) {
	const series = "DTSTART;TZID=Europe/Berlin:20261124T100000\nRRULE:FREQ=WEEKLY\n\n"
	const link = "\nATTACH;X-ONEONONE=agenda;FMTTYPE=text/html;FILENAME=Agenda:https://a"
	const stamps = "\nDTSTAMP:20261121T010000Z\nLAST-MODIFIED:20261121T010000Z"
	to := span.Of(at(t, "2026-12-01T15:00:00Z"), time.Hour)
	tests := []struct {
		name          string
		before, after []string
		part          calendar.Part
	}{
		{"by a midnight in UTC", []string{series, "RECURRENCE-ID:20261201T000000Z\nDTSTART:20261201T110000Z"},
			[]string{series, "RECURRENCE-ID:20261201T000000Z\nDTSTART:20261201T110000Z", link, stamps}, calendar.Part{Link: ptr("https://a")}},
		{"two for the same", []string{series, "RECURRENCE-ID:20261201T090000Z\nDTSTART:20261201T110000Z\n\nRECURRENCE-ID;VALUE=DATE:20261201\nDTSTART:20261201T120000Z"},
			[]string{series, "RECURRENCE-ID:20261201T090000Z\nDTSTART:20261201T110000Z", link, stamps,
				"\n\nRECURRENCE-ID;VALUE=DATE:20261201\nDTSTART:20261201T120000Z", link, stamps}, calendar.Part{Link: ptr("https://a")}},
		{"one that reaches further and one that does not",
			[]string{series, "RECURRENCE-ID;RANGE=THISANDFUTURE:20261201T090000Z\nDTSTART:20261201T110000Z\n\nRECURRENCE-ID:20261201T090000Z\nDTSTART:20261201T120000Z"},
			[]string{series, "RECURRENCE-ID;RANGE=THISANDFUTURE:20261201T090000Z\nDTSTART:20261201T110000Z", link, stamps,
				"\n\nRECURRENCE-ID:20261201T090000Z\nDTSTART:20261201T150000Z\nDTEND:20261201T160000Z", link, "\nSEQUENCE:1", stamps},
			calendar.Part{To: &to, Link: ptr("https://a")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.part.Original = at(t, "2026-12-01T09:00:00Z")
			got, err := Edit(textOf(strings.Join(tt.before, "")), calendar.Change{Now: now, Parts: []calendar.Part{tt.part}}, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.ReplaceAll(string(textOf(strings.Join(tt.after, ""))), "\r\n ", "")
			if diff := cmp.Diff(want, strings.ReplaceAll(string(got), "\r\n ", "")); diff != "" {
				t.Errorf("Edit() (-want +got):\n%s", diff)
			}
		})
	}
}

// A change of the block never parts the octets of a character, wherever the
// fold falls.
func TestEditKeepsCharactersWhole(t *testing.T) {
	edit := func(data []byte, line string) []byte {
		got, err := Edit(data, calendar.Change{Now: now, Parts: []calendar.Part{{Lines: []string{line}}}}, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for n := range 80 {
		data := textOf("DTSTART:20261124T090000Z\nDESCRIPTION:" + strings.Repeat("x", n))
		// ä and ö share their first octet, ä and Ĥ their last.
		for _, line := range []string{"ä", "ö", "ä", "Ĥ"} {
			data = edit(data, line)
			for physical := range strings.SplitSeq(string(data), "\r\n") {
				if !utf8.ValidString(physical) {
					t.Fatalf("with %d octets before it the line %q is not UTF-8", n, physical)
				}
			}
		}
	}
}
