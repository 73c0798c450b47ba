package icalendar

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const customZoneText = `BEGIN:VTIMEZONE
TZID:Our Office\, 2nd floor
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
`

func TestParseCustomZone(t *testing.T) {
	event := "BEGIN:VEVENT\nUID:u\nDTSTART;TZID=\"Our Office, 2nd floor\":%s\nEND:VEVENT\n"
	for _, tt := range []struct{ name, zone, local, want, err string }{
		{"winter", customZoneText, "20261124T100000", "2026-11-24T09:00:00Z", ""},
		{"summer", customZoneText, "20260724T100000", "2026-07-24T08:00:00Z", ""},
		{"without definition", "", "20260724T100000", "", "Our Office"},
		{"with a bad definition", strings.Replace(customZoneText, "+0200", "tea", 1), "20260724T100000", "", "tea"},
		{"with a broken definition", strings.Replace(customZoneText, "END:STANDARD\n", "", 1), "20260724T100000", "", "END:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := "BEGIN:VCALENDAR\n" + tt.zone + fmt.Sprintf(event, tt.local) + "END:VCALENDAR\n"
			events, err := Parse([]byte(data), time.UTC)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("Parse() error = %v, want one with %q", err, tt.err)
				}
				return
			}
			if err != nil || len(events) != 1 || !events[0].Start.Equal(at(t, tt.want)) {
				t.Errorf("Parse() = %v, %v, want a start at %s", events, err, tt.want)
			}
		})
	}
}

// Working out zones that an object defines is bounded, however many it defines.
func TestParseManyZones(t *testing.T) {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\n")
	for i := range 1000 {
		b.WriteString(strings.Replace(customZoneText, "Our", fmt.Sprintf("Our %d", i), 1))
		fmt.Fprintf(&b, "BEGIN:VEVENT\nUID:u\nDTSTART;TZID=\"Our %d Office, 2nd floor\":20261124T100000\nEND:VEVENT\n", i)
	}
	b.WriteString("END:VCALENDAR\n")
	events, err := Parse([]byte(b.String()), time.UTC)
	if len(events) != maxZones || err == nil {
		t.Errorf("Parse() = %d events, %v, want %d and a reason", len(events), err, maxZones)
	}
}
