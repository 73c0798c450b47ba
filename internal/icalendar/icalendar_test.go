package icalendar

import (
	"math"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// zoneOf returns the named zone.
func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// at reads an RFC 3339 time.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	u, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// textOf returns a calendar object with one VEVENT for each group of lines,
// which a blank line ends. Every event has the UID u unless it names one.
func textOf(lines ...string) []byte {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n")
	for _, event := range strings.Split(strings.Join(lines, "\n"), "\n\n") {
		b.WriteString("BEGIN:VEVENT\r\n")
		if !strings.Contains("\n"+event, "\nUID") {
			b.WriteString("UID:u\r\n")
		}
		b.WriteString(strings.ReplaceAll(strings.Trim(event, "\n"), "\n", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	b.WriteString("END:VCALENDAR\r\n")
	return []byte(b.String())
}

// instants compares times as instants.
var instants = cmp.Options{cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }), cmpopts.EquateEmpty()}

func TestParseTimes(t *testing.T) {
	vienna := zoneOf(t, "Europe/Vienna")
	type want struct {
		start, end string
		allDay     bool
		floating   bool
		zone       string
	}
	tests := []struct {
		name  string
		lines string
		want  want
	}{
		{"utc", "DTSTART:20261124T090000Z\nDTEND:20261124T093000Z",
			want{start: "2026-11-24T09:00:00Z", end: "2026-11-24T09:30:00Z", zone: "UTC"}},
		{"zone", "DTSTART;TZID=America/New_York:20261124T090000\nDTEND;TZID=America/New_York:20261124T093000",
			want{start: "2026-11-24T14:00:00Z", end: "2026-11-24T14:30:00Z", zone: "America/New_York"}},
		{"quoted zone", "DTSTART;TZID=\"America/New_York\":20261124T090000",
			want{start: "2026-11-24T14:00:00Z", end: "2026-11-24T14:00:00Z", zone: "America/New_York"}},
		{"windows zone", "DTSTART;TZID=W. Europe Standard Time:20261124T090000",
			want{start: "2026-11-24T08:00:00Z", end: "2026-11-24T08:00:00Z", zone: "Europe/Berlin"}},
		{"prefixed zone", "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20261124T090000",
			want{start: "2026-11-24T08:00:00Z", end: "2026-11-24T08:00:00Z", zone: "Europe/Berlin"}},
		{"floating", "DTSTART:20261124T090000\nDTEND:20261124T100000",
			want{start: "2026-11-24T08:00:00Z", end: "2026-11-24T09:00:00Z", floating: true, zone: "Europe/Vienna"}},
		{"utc beside a left-over zone", "DTSTART;TZID=America/New_York:20261124T090000Z",
			want{start: "2026-11-24T09:00:00Z", end: "2026-11-24T09:00:00Z", zone: "UTC"}},
		{"explicit value type", "DTSTART;VALUE=DATE-TIME;TZID=Europe/London:20261124T090000",
			want{start: "2026-11-24T09:00:00Z", end: "2026-11-24T09:00:00Z", zone: "Europe/London"}},
		{"all day", "DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261126",
			want{start: "2026-11-23T23:00:00Z", end: "2026-11-25T23:00:00Z", allDay: true, zone: "Europe/Vienna"}},
		{"all day, no end", "DTSTART;VALUE=DATE:20261124",
			want{start: "2026-11-23T23:00:00Z", end: "2026-11-24T23:00:00Z", allDay: true, zone: "Europe/Vienna"}},
		{"all day, end is start (Workday)", "DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261124",
			want{start: "2026-11-23T23:00:00Z", end: "2026-11-24T23:00:00Z", allDay: true, zone: "Europe/Vienna"}},
		{"all day, end before start", "DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261120",
			want{start: "2026-11-23T23:00:00Z", end: "2026-11-24T23:00:00Z", allDay: true, zone: "Europe/Vienna"}},
		{"all day without VALUE", "DTSTART:20261124\nDTEND:20261125",
			want{start: "2026-11-23T23:00:00Z", end: "2026-11-24T23:00:00Z", allDay: true, zone: "Europe/Vienna"}},
		{"all day in lower case", "dtstart;value=date:20261124\ndtend;value=date:20261125",
			want{start: "2026-11-23T23:00:00Z", end: "2026-11-24T23:00:00Z", allDay: true, zone: "Europe/Vienna"}},
		{"all day, end with a time", "DTSTART;VALUE=DATE:20261124\nDTEND:20261126T000000Z",
			want{start: "2026-11-23T23:00:00Z", end: "2026-11-25T23:00:00Z", allDay: true, zone: "Europe/Vienna"}},
		{"all day with DURATION", "DTSTART;VALUE=DATE:20261124\nDURATION:P2D",
			want{start: "2026-11-23T23:00:00Z", end: "2026-11-25T23:00:00Z", allDay: true, zone: "Europe/Vienna"}},
		{"duration", "DTSTART:20261124T090000Z\nDURATION:PT1H30M",
			want{start: "2026-11-24T09:00:00Z", end: "2026-11-24T10:30:00Z", zone: "UTC"}},
		{"a day over the change of clocks is nominal", "DTSTART;TZID=Europe/Berlin:20261024T120000\nDURATION:P1D",
			want{start: "2026-10-24T10:00:00Z", end: "2026-10-25T11:00:00Z", zone: "Europe/Berlin"}},
		{"24 hours over the change of clocks are exact", "DTSTART;TZID=Europe/Berlin:20261024T120000\nDURATION:PT24H",
			want{start: "2026-10-24T10:00:00Z", end: "2026-10-25T10:00:00Z", zone: "Europe/Berlin"}},
		{"P1DT", "DTSTART:20261124T090000Z\nDURATION:P1DT",
			want{start: "2026-11-24T09:00:00Z", end: "2026-11-25T09:00:00Z", zone: "UTC"}},
		{"gap, RFC 5545 §3.3.5", "DTSTART;TZID=America/New_York:20260308T023000",
			want{start: "2026-03-08T07:30:00Z", end: "2026-03-08T07:30:00Z", zone: "America/New_York"}},
		{"overlap, RFC 5545 §3.3.5", "DTSTART;TZID=Europe/Berlin:20261025T023000",
			want{start: "2026-10-25T00:30:00Z", end: "2026-10-25T00:30:00Z", zone: "Europe/Berlin"}},
		{"leap second", "DTSTART:20261231T235960Z",
			want{start: "2026-12-31T23:59:59Z", end: "2026-12-31T23:59:59Z", zone: "UTC"}},
		{"1601", "DTSTART:16010101T000000Z",
			want{start: "1601-01-01T00:00:00Z", end: "1601-01-01T00:00:00Z", zone: "UTC"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events, err := Parse(textOf(tt.lines), vienna)
			if err != nil || len(events) != 1 {
				t.Fatalf("Parse() = %d events, %v, want 1, nil", len(events), err)
			}
			e := events[0]
			got := want{
				start: e.Start.UTC().Format(time.RFC3339), end: e.End.UTC().Format(time.RFC3339),
				allDay: e.AllDay, floating: e.Floating, zone: e.Start.Location().String(),
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("Parse() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	const start = "DTSTART:20261124T090000Z\n"
	tests := []struct{ name, lines, want string }{
		{"no DTSTART", "SUMMARY:x", "no DTSTART"},
		{"empty UID", "UID:\n" + start, "no UID"},
		{"DTSTART without colon", "DTSTART;TZID=Europe/Berlin", `the line "DTSTART;TZID=Europe/Berlin" cannot be read`},
		{"DTSTART with an open quote", `DTSTART;TZID="Europe/Berlin:20261124T090000`, "cannot be read"},
		{"no such day", "DTSTART:20260230T090000Z", "DTSTART"},
		{"no such time", "DTSTART:20260220T250000Z", "DTSTART"},
		{"template", "DTSTART:$now.time$", "DTSTART"},
		{"year 1, which would be the zero time", "DTSTART:00010101T000000Z", "DTSTART"},
		{"unknown zone", "DTSTART;TZID=Middle-earth/Shire:20261124T090000", `"Middle-earth/Shire"`},
		{"the host's zone", "DTSTART;TZID=Local:20261124T090000", `"Local"`},
		{"a zone as long as a novel", "DTSTART;TZID=" + strings.Repeat("x", 100_000) + ":20261124T090000", "time zone"},
		{"unknown zone in DTEND", start + "DTEND;TZID=Nowhere:20261124T090000", `"Nowhere"`},
		{"ends before it starts", start + "DTEND:20261124T083000Z", "ends before it starts"},
		{"duration that overflows", start + "DURATION:P1000000000W", "century"},
		{"duration that overflows in hours", start + "DURATION:PT9999999999999999999H", "century"},
		{"duration that overflows bit by bit", start + "DURATION:PT" + strings.Repeat("800000H", 1000), "century"},
		{"negative duration", start + "DURATION:-PT1H", "negative"},
		{"no duration", start + "DURATION:soon", "no duration"},
		{"EXDATE", start + "EXDATE:never", "EXDATE"},
		{"RDATE", start + "RDATE:20261124T090000Z,never", "RDATE"},
		{"RDATE backwards", start + "RDATE:20261124T090000Z/20261123T090000Z", "RDATE"},
		{"RRULE without value", start + "RRULE", "RRULE"},
		{"EXRULE", start + "RRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY", "EXRULE"},
		{"RECURRENCE-ID", start + "RECURRENCE-ID:x", "RECURRENCE-ID"},
		{"an alarm without end", start + "BEGIN:VALARM\nACTION:DISPLAY", "END:VEVENT stands where END:VALARM should"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events, err := Parse(textOf(tt.lines), time.UTC)
			if len(events) != 0 || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("Parse() = %d events, %v, want a reason with %q", len(events), err, tt.want)
			}
			if len(err.Error()) > 300 {
				t.Errorf("the reason has %d bytes", len(err.Error()))
			}
		})
	}
}

func TestParseWholeObjects(t *testing.T) {
	event := "BEGIN:VEVENT\r\nUID:u\r\nDTSTART:20261124T090000Z\r\nSUMMARY:One\r\nEND:VEVENT\r\n"
	wrap := func(s string) string { return "BEGIN:VCALENDAR\r\n" + s + "END:VCALENDAR\r\n" }
	tests := []struct {
		name, data string
		events     int
		err        string
	}{
		{"plain", wrap(event), 1, ""},
		{"byte order mark", byteOrderMark + wrap(event), 1, ""},
		{"bare LF", strings.ReplaceAll(wrap(event), "\r\n", "\n"), 1, ""},
		{"CR CR LF", strings.ReplaceAll(wrap(event), "\r\n", "\r\r\n"), 1, ""},
		{"no last line end", strings.TrimSpace(wrap(event)), 1, ""},
		{"space behind BEGIN and END", strings.ReplaceAll(wrap(event), "VEVENT\r\n", "VEVENT \t\r\n"), 1, ""},
		{"lower case", strings.ToLower(wrap(event)), 1, ""},
		{"blank lines", strings.ReplaceAll(wrap(event), "\r\n", "\r\n\r\n"), 1, ""},
		{"folded after every octet", wrap(strings.ReplaceAll(event, "20261124", "2\r\n 0\r\n 2\r\n\t6\r\n 1\r\n 1\r\n 2\r\n 4")), 1, ""},
		{"only tasks", wrap("BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n"), 0, ""},
		{"an event inside a task is none", wrap("BEGIN:VTODO\r\n" + event + "END:VTODO\r\n"), 0, ""},
		{"irrelevant line without colon", wrap(strings.Replace(event, "SUMMARY", "X-A;B=c\r\nSUMMARY", 1)), 1, ""},
		{"irrelevant line with a mad quote", wrap(strings.Replace(event, "SUMMARY", "X-A;B=\"c\"d:e\r\nSUMMARY", 1)), 1, ""},
		{"line without any name", wrap(strings.Replace(event, "SUMMARY", ":x\r\n;y\r\n=\r\nSUMMARY", 1)), 1, ""},
		{"one bad event does not take its sibling along", wrap(event + strings.Replace(event, "DTSTART:", "DTSTART;", 1)), 1, "DTSTART"},
		{"an event without END does not take its sibling along", wrap(event + "BEGIN:VEVENT\r\nUID:v\r\n"), 1, "END:VCALENDAR stands where END:VEVENT should"},
		{"a stray END", wrap(event + "END:VALARM\r\n" + event), 2, ""},
		{"empty", "", 0, "not a calendar object"},
		{"garbage", "<html>\n<body>no</body>", 0, "not a calendar object"},
		{"an event alone", event, 0, "not a calendar object"},
		{"cut off", strings.TrimSuffix(wrap(event), "END:VCALENDAR\r\n"), 0, "cut off"},
		{"10 MB", wrap(event + strings.Repeat("X-FILL:0123456789ab\r\n", 500_000)), 0, "bytes"},
		{"many short lines", wrap(strings.Replace(event, "SUMMARY", strings.Repeat("A:\r\n", 500_000)+"SUMMARY", 1)), 0, "lines"},
		{"nested as far as the size goes", "BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:A\n", 500_000), 0, "nested"},
		{"six million nested", strings.Repeat("BEGIN:A\n", 6_000_000), 0, "bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events, err := Parse([]byte(tt.data), time.UTC)
			if len(events) != tt.events {
				t.Errorf("Parse() = %d events, want %d", len(events), tt.events)
			}
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("Parse() error = %v, want one with %q", err, tt.err)
			}
		})
	}
}

// A parameter of 100 kB or 3 MB (Thunderbird's ALTREP) costs neither the event
// nor, as go-ical's time grows with its square, minutes.
func TestParseHugeParameters(t *testing.T) {
	huge := strings.Repeat("x", 3<<20)
	for _, line := range []string{
		`DESCRIPTION;ALTREP="data:text/html,` + huge + `":plain`,
		"DESCRIPTION;ALTREP=" + huge + ":plain",
		"DESCRIPTION:plain\nATTENDEE;CN=\"" + huge + "\":mailto:a@example.org",
		"DESCRIPTION:plain\nX-A;B=" + huge,
	} {
		events, err := Parse(textOf("DTSTART:20261124T090000Z\n"+line), time.UTC)
		if err != nil || len(events) != 1 || events[0].Description != "plain" {
			t.Errorf("Parse(%.30s…) = %d events, %v", line, len(events), err)
		}
	}
}

func TestParseRecurrence(t *testing.T) {
	const start = "DTSTART;TZID=Europe/Berlin:20261124T100000\nDTEND;TZID=Europe/Berlin:20261124T103000\n"
	instant := func(s string) span.Span { return span.Span{Start: at(t, s), End: at(t, s)} }
	tests := []struct {
		name, lines string
		want        calendar.Event
	}{
		{"rules", start + "RRULE:FREQ=WEEKLY\nRRULE:FREQ=MONTHLY;BYDAY=1MO ",
			calendar.Event{RRules: []string{"FREQ=WEEKLY", "FREQ=MONTHLY;BYDAY=1MO"}}},
		{"hostile rules are left to recur", start + "RRULE:FREQ=SECONDLY\nRRULE:FREQ=WEEKLY;COUNT=0",
			calendar.Event{RRules: []string{"FREQ=SECONDLY", "FREQ=WEEKLY;COUNT=0"}}},
		{"EXDATE list", start + "RRULE:FREQ=WEEKLY\nEXDATE;TZID=Europe/Berlin:20261201T100000,20261208T100000\nEXDATE:20261215T090000Z",
			calendar.Event{RRules: []string{"FREQ=WEEKLY"}, ExDates: []time.Time{
				at(t, "2026-12-01T09:00:00Z"), at(t, "2026-12-08T09:00:00Z"), at(t, "2026-12-15T09:00:00Z")}}},
		{"EXDATE as a date is that day in the series' zone", start + "RRULE:FREQ=WEEKLY\nEXDATE;VALUE=DATE:20261201",
			calendar.Event{RRules: []string{"FREQ=WEEKLY"}, ExDates: []time.Time{at(t, "2026-11-30T23:00:00Z")}}},
		{"EXDATE without zone", start + "RRULE:FREQ=WEEKLY\nEXDATE:20261201T100000",
			calendar.Event{RRules: []string{"FREQ=WEEKLY"}, ExDates: []time.Time{at(t, "2026-12-01T09:00:00Z")}}},
		{"RDATE list with a trailing comma", start + "RDATE;TZID=Europe/Berlin:20261201T110000,20261202T110000,",
			calendar.Event{RDates: []span.Span{instant("2026-12-01T10:00:00Z"), instant("2026-12-02T10:00:00Z")}}},
		{"RDATE periods", start + "RDATE;VALUE=PERIOD:20261201T100000Z/20261201T110000Z,20261202T100000Z/PT15M",
			calendar.Event{RDates: []span.Span{
				{Start: at(t, "2026-12-01T10:00:00Z"), End: at(t, "2026-12-01T11:00:00Z")},
				{Start: at(t, "2026-12-02T10:00:00Z"), End: at(t, "2026-12-02T10:15:00Z")}}}},
		{"RDATE as a date", start + "RDATE;VALUE=DATE:20261201",
			calendar.Event{RDates: []span.Span{instant("2026-12-01T09:00:00Z")}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events, err := Parse(textOf(tt.lines), time.UTC)
			if err != nil || len(events) != 1 {
				t.Fatalf("Parse() = %d events, %v", len(events), err)
			}
			got := calendar.Event{RRules: events[0].RRules, RDates: events[0].RDates, ExDates: events[0].ExDates}
			if diff := cmp.Diff(tt.want, got, instants); diff != "" {
				t.Errorf("Parse() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseRecurrenceID(t *testing.T) {
	const master = "DTSTART;TZID=Europe/Berlin:20261124T100000\nRRULE:FREQ=WEEKLY\n\n"
	const allDay = "DTSTART;VALUE=DATE:20261124\nRRULE:FREQ=WEEKLY\n\n"
	const over = "DTSTART:20261201T150000Z\n"
	tests := []struct {
		name, lines, original string
		future                bool
	}{
		{"same form", master + over + "RECURRENCE-ID;TZID=Europe/Berlin:20261201T100000", "2026-12-01T09:00:00Z", false},
		{"another zone", master + over + "RECURRENCE-ID;TZID=America/New_York:20261201T040000", "2026-12-01T09:00:00Z", false},
		{"UTC", master + over + "RECURRENCE-ID:20261201T090000Z", "2026-12-01T09:00:00Z", false},
		{"no zone (khal)", master + over + "RECURRENCE-ID:20261201T100000", "2026-12-01T09:00:00Z", false},
		{"a date", master + over + "RECURRENCE-ID;VALUE=DATE:20261201", "2026-12-01T09:00:00Z", false},
		{"this and future", master + over + "RECURRENCE-ID;range=ThisAndFuture:20261201T090000Z", "2026-12-01T09:00:00Z", true},
		{"override first", over + "RECURRENCE-ID:20261201T100000\n\n" + strings.TrimSpace(master), "2026-12-01T09:00:00Z", false},
		{"all day", allDay + over + "RECURRENCE-ID;VALUE=DATE:20261201", "2026-12-01T00:00:00+01:00", false},
		{"all day with a time", allDay + over + "RECURRENCE-ID:20261201T000000Z", "2026-12-01T00:00:00+01:00", false},
		{"no master", over + "RECURRENCE-ID:20261201T100000", "2026-12-01T10:00:00+01:00", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events, err := Parse(textOf(tt.lines), zoneOf(t, "Europe/Vienna"))
			if err != nil {
				t.Fatal(err)
			}
			var got calendar.Event
			for _, e := range events {
				if e.IsException() {
					got = e
				}
			}
			if !got.Original.Equal(at(t, tt.original)) || got.ThisAndFuture != tt.future {
				t.Errorf("Original = %v, ThisAndFuture = %v, want %s, %v", got.Original, got.ThisAndFuture, tt.original, tt.future)
			}
		})
	}
}

func TestParseTheRest(t *testing.T) {
	mark := calendar.Mark{Count: 1,
		From: span.Of(at(t, "2026-11-24T09:00:00Z"), 30*time.Minute),
		To:   span.Of(at(t, "2026-11-24T11:00:00Z"), 30*time.Minute),
		At:   at(t, "2026-11-21T01:00:00Z")}
	tests := []struct {
		name, lines string
		want        calendar.Event
	}{
		{"texts", `SUMMARY:Alice, Bob; 1\:1 \\ \N` + "\n" + `DESCRIPTION;LANGUAGE=en:a\nb\, c\; d\q\`,
			calendar.Event{Title: "Alice, Bob; 1:1 \\ \n", Description: "a\nb, c; d\\q\\"}},
		{"not UTF-8", "SUMMARY:a\xffb\x00c", calendar.Event{Title: "a\ufffdbc"}},
		{"cancelled", "STATUS:cancelled", calendar.Event{Status: calendar.Cancelled}},
		{"misspelt", "STATUS:CANCELED", calendar.Event{Status: calendar.Cancelled}},
		{"tentative", "STATUS:TENTATIVE", calendar.Event{Status: calendar.Tentative}},
		{"unknown status", "STATUS:DRAFT", calendar.Event{}},
		{"transparent", "TRANSP:transparent", calendar.Event{Transparent: true}},
		{"out of office", busyStatus + ":OOF", calendar.Event{Type: calendar.TypeOutOfOffice}},
		{"free", busyStatus + ":FREE", calendar.Event{Transparent: true}},
		{"free and opaque", busyStatus + ":FREE\nTRANSP:OPAQUE", calendar.Event{}},
		{"working elsewhere", busyStatus + ":WORKINGELSEWHERE", calendar.Event{Transparent: true}},
		{"busy status tentative", busyStatus + ":TENTATIVE", calendar.Event{Status: calendar.Tentative}},
		{"busy status tentative of a cancelled event", busyStatus + ":TENTATIVE\nSTATUS:CANCELLED", calendar.Event{Status: calendar.Cancelled}},
		{"sequence", "SEQUENCE:7\nLAST-MODIFIED:20261101T120000Z", calendar.Event{Sequence: 7, Updated: at(t, "2026-11-01T12:00:00Z")}},
		{"a sequence beyond an INTEGER", "SEQUENCE:9223372036854775807", calendar.Event{Sequence: math.MaxInt32}},
		{"no sequence", "SEQUENCE:-1\nLAST-MODIFIED:yesterday", calendar.Event{}},
		{"guests", "ORGANIZER;CN=Ann:MAILTO:Ann@Example.org\n" +
			`ATTENDEE;CN="Miller, Bob";PARTSTAT=accepted;CUTYPE=INDIVIDUAL:mailto:bob@example.org` + "\n" +
			"ATTENDEE;CN=^'Room^' ^^1;CUTYPE=ROOM;PARTSTAT=DECLINED:mailto:room@example.org\n" +
			"ATTENDEE;EMAIL=Carl@Example.org;PARTSTAT=:/1234/principal/\n" +
			"ATTENDEE;CUTYPE=X-ROBOT;PARTSTAT=X-YES:urn:uuid:ABC\n" +
			"ATTENDEE;EMAIL=other@example.org;PARTSTAT=TENTATIVE:mailto:dave@example.org\n" +
			"ATTENDEE;CUTYPE=GROUP;PARTSTAT=DELEGATED:mailto:all@example.org",
			calendar.Event{Organizer: "ann@example.org", Attendees: []calendar.Attendee{
				{Address: "bob@example.org", Name: "Miller, Bob", Kind: calendar.Individual, Answer: calendar.Accepted},
				{Address: "room@example.org", Name: `"Room" ^1`, Kind: calendar.Room, Answer: calendar.Declined},
				{Address: "carl@example.org", Kind: calendar.Individual, Answer: calendar.NeedsAction},
				{Address: "urn:uuid:abc", Kind: calendar.Individual, Answer: calendar.NeedsAction},
				{Address: "dave@example.org", Kind: calendar.Individual, Answer: calendar.Maybe},
				{Address: "all@example.org", Kind: calendar.Group, Answer: calendar.Delegated}}}},
		{"a guest with a mad name", `ATTENDEE;CN="A"B:mailto:a@example.org`,
			calendar.Event{Attendees: []calendar.Attendee{{Address: "a@example.org", Name: "AB", Kind: calendar.Individual, Answer: calendar.NeedsAction}}}},
		{"a guest that cannot be read hides the list", "ATTENDEE;CN=\"A:mailto:a@example.org\nATTENDEE:mailto:b@example.org",
			calendar.Event{GuestsHidden: true, Attendees: []calendar.Attendee{{Address: "b@example.org", Kind: calendar.Individual, Answer: calendar.NeedsAction}}}},
		{"link", "ATTACH:https://example.org/a\nATTACH;X-ONEONONE=agenda;FMTTYPE=text/html:https://example.org/b",
			calendar.Event{AgendaLink: "https://example.org/b"}},
		{"mark", "X-ONEONONE-MOVED:count=1 from=20261124T090000Z/20261124T093000Z to=20261124T110000Z/20261124T113000Z at=20261121T010000Z",
			calendar.Event{Mark: &mark}},
		{"mangled mark", "X-ONEONONE-MOVED:count=1 from=20261124T090000Z", calendar.Event{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events, err := Parse(textOf("DTSTART:20261124T090000Z\n"+tt.lines), time.UTC)
			if err != nil || len(events) != 1 {
				t.Fatalf("Parse() = %d events, %v", len(events), err)
			}
			want := tt.want
			want.UID, want.Start, want.End = "u", at(t, "2026-11-24T09:00:00Z"), at(t, "2026-11-24T09:00:00Z")
			if want.Status == "" {
				want.Status = calendar.Confirmed
			}
			if diff := cmp.Diff(want, events[0], instants); diff != "" {
				t.Errorf("Parse() (-want +got):\n%s", diff)
			}
		})
	}
}
