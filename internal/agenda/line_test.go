package agenda

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

func at(t *testing.T, zone, wall string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	v, err := time.ParseInLocation("2006-01-02 15:04", wall, loc)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func half(start time.Time, minutes int) span.Span {
	return span.Span{Start: start, End: start.Add(time.Duration(minutes) * time.Minute)}
}

func TestR16MovedLine(t *testing.T) {
	const vienna = "Europe/Vienna"
	from := at(t, vienna, "2026-11-24 10:00")
	for _, tc := range []struct {
		name   string
		mark   calendar.Mark
		zone   *time.Location
		reason string
		note   string
		want   string
	}{
		{
			"the rule's own words",
			calendar.Mark{From: half(from.UTC(), 30), To: half(at(t, vienna, "2026-11-24 14:00"), 30)}, from.Location(),
			"Ann is not available then.", "",
			"Moved from Tue 24 Nov 10:00: Ann is not available then. To keep a time, drag it there; to stop moves, write #pin.",
		},
		{
			"shorter, without the room",
			calendar.Mark{From: half(from, 30), To: half(at(t, vienna, "2026-11-24 14:00"), 25)}, nil,
			"Ann is not available then", RoomNotBooked,
			"Moved from Tue 24 Nov 10:00: Ann is not available then. Shortened to 25 minutes: there is no longer gap." +
				" The room is not booked for the new time. To keep a time, drag it there; to stop moves, write #pin.",
		},
		{
			"into the next year",
			calendar.Mark{From: half(at(t, vienna, "2026-12-31 10:00"), 30), To: half(at(t, vienna, "2027-01-04 10:00"), 30)}, nil,
			"Bob said no to this time.", "",
			"Moved from Thu 31 Dec 2026 10:00: Bob said no to this time. To keep a time, drag it there; to stop moves, write #pin.",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, Moved(tc.mark, tc.zone, tc.reason, tc.note)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestStuckLine(t *testing.T) {
	want := "Ann is not available then, and there is no time free for both between the meetings before and after this one." +
		" The meeting stays as it is; oneonone tries again whenever a calendar changes. If another time suits you both, drag it there."
	if d := cmp.Diff(want, Stuck("Ann is not available then.")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestLines(t *testing.T) {
	got := Lines(testLink, "", "a\nb", blockEnd)
	if d := cmp.Diff([]string{"Agenda: " + testLink, "a b"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got := Lines(""); got != nil {
		t.Errorf("Lines without anything = %q", got)
	}
}
