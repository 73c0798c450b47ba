package recur

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestInstantFollowsRFC5545(t *testing.T) {
	tests := []struct{ zone, wall, want string }{
		{"Europe/Berlin", "20260601T100000", "2026-06-01T08:00:00Z"},
		{"Europe/Berlin", "20260329T013000", "2026-03-29T00:30:00Z"},
		{"Europe/Berlin", "20260329T020000", "2026-03-29T01:00:00Z"}, // gap: 02:00 with +01:00 is 03:00
		{"Europe/Berlin", "20260329T023000", "2026-03-29T01:30:00Z"},
		{"Europe/Berlin", "20260329T030000", "2026-03-29T01:00:00Z"},
		{"Europe/Berlin", "20261025T020000", "2026-10-25T00:00:00Z"}, // twice: the first
		{"Europe/Berlin", "20261025T023000", "2026-10-25T00:30:00Z"},
		{"Europe/Berlin", "20261025T030000", "2026-10-25T02:00:00Z"},
		{"America/New_York", "20260308T023000", "2026-03-08T07:30:00Z"},
		{"America/New_York", "20261101T013000", "2026-11-01T05:30:00Z"},
		{"America/Los_Angeles", "20260308T023000", "2026-03-08T10:30:00Z"},
		{"Europe/London", "20261025T013000", "2026-10-25T00:30:00Z"},
		{"Australia/Sydney", "20261004T023000", "2026-10-03T16:30:00Z"},
		{"Australia/Sydney", "20260405T023000", "2026-04-04T15:30:00Z"},
		{"Australia/Lord_Howe", "20261004T021500", "2026-10-03T15:45:00Z"},
		{"America/Sao_Paulo", "20181104T000000", "2018-11-04T03:00:00Z"}, // a day without midnight
		{"Pacific/Apia", "20111230T120000", "2011-12-30T22:00:00Z"},      // a day that was not
		{"America/New_York", "20500313T023000", "2050-03-13T07:30:00Z"},
		{"Europe/Berlin", "20401231T120000", "2040-12-31T11:00:00Z"}, // ZoneBounds is wrong on such a day
		{"Australia/Sydney", "20401231T120000", "2040-12-31T01:00:00Z"},
		{"Asia/Kolkata", "20260601T100000", "2026-06-01T04:30:00Z"},
		{"UTC", "20260601T100000", "2026-06-01T10:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.zone+" "+tt.wall, func(t *testing.T) {
			wall, err := time.Parse("20060102T150405", tt.wall)
			if err != nil {
				t.Fatal(err)
			}
			if got := Instant(wall, in(t, tt.zone)).UTC().Format(time.RFC3339); got != tt.want {
				t.Errorf("Instant = %s, want %s", got, tt.want)
			}
		})
	}
}

// slowInstant looks at every clock near wall, minute by minute.
func slowInstant(wall int64, loc *time.Location) int64 {
	shown := func(t int64) int64 { return wallOf(time.Unix(t, 0).In(loc)) }
	a, b := wall-maxOffset, wall+maxOffset
	if offset := shown(a) - a; offset == shown(b)-b {
		return wall - offset
	}
	second := mod(wall, 60) // offsets here are whole minutes
	for t := a - mod(a, 60) + second; t <= b; t += 60 {
		if shown(t) == wall {
			return t
		}
	}
	for t := a - mod(a, 60) + second; ; t += 60 {
		if shown(t+60) > wall {
			return wall - (shown(t) - t)
		}
	}
}

func TestInstantAgreesWithLookingAtEveryMinute(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca", "Asia/Gaza", "America/Havana", "Antarctica/Troll", "Africa/Cairo"}
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		c := clock{loc: loc}
		wall := rapid.Int64Range(dayNumber(1975, 1, 1)*daySeconds, dayNumber(2060, 1, 1)*daySeconds).Draw(t, "wall")
		if rapid.Bool().Draw(t, "near a change") {
			if _, end := time.Unix(wall, 0).In(loc).ZoneBounds(); !end.IsZero() {
				wall = end.Unix() + rapid.Int64Range(-2*daySeconds, 2*daySeconds).Draw(t, "distance")
			}
		}
		for range 5 { // the clock remembers; walk on with it
			if got, want := c.instant(wall), slowInstant(wall, loc); got != want {
				t.Fatalf("%v in %v: instant %v, want %v", time.Unix(wall, 0).UTC(), loc, time.Unix(got, 0).UTC(), time.Unix(want, 0).UTC())
			}
			wall += rapid.Int64Range(0, 100*daySeconds).Draw(t, "step")
		}
	})
}

func TestCivilDatesAgreeWithThePackageTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.Int64Range(-800_000, maxDay-1).Draw(t, "day")
		want := time.Unix(day*daySeconds, 0).UTC()
		y, m, d := dateOf(day)
		if y != int64(want.Year()) || m != int(want.Month()) || d != want.Day() || weekdayOf(day) != want.Weekday() || dayNumber(y, m, d) != day {
			t.Fatalf("day %d is %d-%d-%d, %v; want %v", day, y, m, d, weekdayOf(day), want)
		}
		isoYear, isoWeek := want.ISOWeek()
		n, weeks := weekNumber(day, time.Monday)
		_, last := time.Date(isoYear, 12, 28, 0, 0, 0, 0, time.UTC).ISOWeek()
		if n != isoWeek || weeks != last {
			t.Fatalf("%v is in week %d of %d, want %d of %d", want, n, weeks, isoWeek, last)
		}
		if yearLength(y) != time.Date(int(y), 12, 31, 0, 0, 0, 0, time.UTC).YearDay() {
			t.Fatalf("%d has %d days", y, yearLength(y))
		}
	})
}
