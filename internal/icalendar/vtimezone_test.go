package icalendar

import (
	"strings"
	"testing"
	"time"
)

// zoneText returns the object's VTIMEZONE as a zone of its own, whatever its name.
func zoneText(t testing.TB, lines []string) *time.Location {
	t.Helper()
	o, err := scan("BEGIN:VCALENDAR\n" + strings.Join(lines, "\n") + "\nEND:VCALENDAR\n")
	if err != nil {
		t.Fatal(err)
	}
	custom, err := customZone(&o.zones[0])
	if err != nil {
		t.Fatal(err)
	}
	loc, err := custom.Location()
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// TestWrittenZonesTellTheRightTime compares what a VTIMEZONE says with the
// database, every three hours or so from the year before the event to the end
// of what is looked at.
func TestWrittenZonesTellTheRightTime(t *testing.T) {
	for _, name := range []string{
		"Europe/Vienna", "Europe/London", "Europe/Dublin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe",
		"Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Asia/Jerusalem", "Asia/Gaza", "Asia/Tehran", "Africa/Casablanca",
		"Africa/Cairo", "America/Santiago", "America/Nuuk", "America/Sao_Paulo", "America/Asuncion", "Pacific/Chatham",
		"Pacific/Apia", "Antarctica/Troll", "Etc/GMT+3", "Asia/Beirut", "Europe/Chisinau", "Africa/Monrovia", "Europe/Moscow",
	} {
		loc := zoneOf(t, name)
		for _, year := range []int{1971, 2010, 2026} {
			first := time.Date(year, 11, 3, 10, 0, 0, 0, loc)
			lines := timezone(name, loc, first)
			said := zoneText(t, lines)
			wrong := 0
			for at := first.AddDate(-1, 0, 0); at.Before(first.AddDate(horizon-1, 0, 0)) && wrong < 3; at = at.Add(179 * time.Minute) {
				_, want := at.Zone()
				if _, got := at.In(said).Zone(); got != want {
					t.Errorf("%s from %d: at %v the offset is %d, want %d", name, year, at, got, want)
					wrong++
				}
			}
			if wrong > 0 {
				t.Logf("%s", strings.Join(lines, "\n"))
			}
		}
	}
}

// TestWrittenZonesAreShort proves that the rules people know are found.
func TestWrittenZonesAreShort(t *testing.T) {
	first := func(name string) (*time.Location, time.Time) {
		loc := zoneOf(t, name)
		return loc, time.Date(2026, 11, 3, 10, 0, 0, 0, loc)
	}
	for name, want := range map[string]string{
		"Europe/Vienna": `BEGIN:VTIMEZONE
TZID:Europe/Vienna
BEGIN:STANDARD
DTSTART:20251026T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20260329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE`,
		"Asia/Kolkata": `BEGIN:VTIMEZONE
TZID:Asia/Kolkata
BEGIN:STANDARD
DTSTART:19451015T000000
TZOFFSETFROM:+0630
TZOFFSETTO:+0530
TZNAME:IST
END:STANDARD
END:VTIMEZONE`,
		"Asia/Jerusalem": "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29",
		"America/Nuuk":   "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SA;BYMONTHDAY=24,25,26,27,28,29,30",
	} {
		loc, at := first(name)
		if got := strings.Join(timezone(name, loc, at), "\n"); !strings.Contains(got, want) {
			t.Errorf("%s is written as\n%s\nwant\n%s", name, got, want)
		}
	}
}
