package icalendar

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

func TestMarkRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		instant := func(name string) time.Time {
			return time.Unix(rapid.Int64Range(-1e10, 2e11).Draw(t, name), 0)
		}
		stretch := func(name string) span.Span {
			return span.Of(instant(name), time.Duration(rapid.IntRange(0, 1e6).Draw(t, "length"))*time.Second)
		}
		m := calendar.Mark{
			Count: rapid.IntRange(0, 1e9).Draw(t, "count"),
			From:  stretch("from"), To: stretch("to"), At: instant("at"),
		}
		value := m.String()
		if escape(value) != value || strings.ContainsAny(value, "\";:,\r\n") {
			t.Fatalf("String() = %q needs escaping", value)
		}
		got, ok := calendar.ParseMark(value)
		if !ok {
			t.Fatalf("ParseMark(%q) found no mark", value)
		}
		if diff := cmp.Diff(m, got, instants); diff != "" {
			t.Fatalf("ParseMark(%q) (-want +got):\n%s", value, diff)
		}
	})
}

func TestReadMarkIgnores(t *testing.T) {
	const good = "count=1 from=20261124T090000Z/20261124T093000Z to=20261124T110000Z/20261124T113000Z at=20261121T010000Z"
	if _, ok := calendar.ParseMark(" " + good + " "); !ok {
		t.Fatalf("ParseMark(%q) found no mark", good)
	}
	for _, bad := range []string{
		"", "count=1", good + " x=y", strings.Replace(good, "count=1", "count=-1", 1),
		strings.Replace(good, "count=1", "count=+1", 1),
		strings.Replace(good, "count=1", "count=99999999999999999999", 1),
		strings.Replace(good, "from", "to", 1),
		strings.Replace(good, " to", "  to", 1),
		strings.Replace(good, "T110000Z", "T110000", 1),
		strings.Replace(good, "T110000Z", "T123000Z", 1), // ends before it starts
		strings.Replace(good, "20261121", "20261131", 1),
		strings.Replace(good, "/", "-", 1),
		strings.ToLower(good),
	} {
		if m, ok := calendar.ParseMark(bad); ok {
			t.Errorf("ParseMark(%q) = %v, want none", bad, m)
		}
	}
}

func TestRemoveMarkTakesTheSuccessorOff(t *testing.T) {
	text := textOf("DTSTART:20261124T090000Z\nDTEND:20261124T093000Z\nRRULE:FREQ=WEEKLY\nX-ONEONONE-AFTER:old@example.org")
	got, err := Edit(text, calendar.Change{Now: now, Parts: []calendar.Part{{RemoveMark: true}}}, time.UTC)
	if err != nil || strings.Contains(string(got), "ONEONONE") || !strings.Contains(string(got), "RRULE:FREQ=WEEKLY") {
		t.Errorf("Edit() = %v\n%s", err, got)
	}
}
