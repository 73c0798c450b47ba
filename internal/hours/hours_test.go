package hours

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"oneonone/internal/span"
)

// pattern is the obvious form of a week: what was said, part by part.
type pattern []part

type part struct{ day, from, to int } // minutes; to < from is the next day

func patterns() *rapid.Generator[pattern] {
	parts := rapid.Custom(func(t *rapid.T) part {
		day := rapid.IntRange(0, 6).Draw(t, "day")
		// Quarters make parts touch and overlap, and hit changes of the clock.
		from := rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 1439), rapid.Map(rapid.IntRange(0, 95), quarter)).Draw(t, "from")
		to := rapid.OneOf(rapid.Just(1440), rapid.IntRange(0, 1440), rapid.Map(rapid.IntRange(0, 96), quarter)).
			Filter(func(to int) bool { return to != from }).Draw(t, "to")
		return part{day, from, to}
	})
	return rapid.Map(rapid.SliceOfN(parts, 1, 12), func(p []part) pattern { return p })
}

func quarter(n int) int { return 15 * n }

func (p pattern) week() Week {
	var parts []string
	for _, x := range p {
		parts = append(parts, fmt.Sprintf("%s %02d:%02d-%02d:%02d", dayNames[x.day][:3], x.from/60, x.from%60, x.to/60, x.to%60))
	}
	return MustParse(strings.Join(parts, ", "))
}

// holds asks the clock on the wall, and nothing else.
func (p pattern) holds(t time.Time, zone *time.Location) bool {
	wall := t.In(zone)
	day := (int(wall.Weekday()) + 6) % 7
	minute := 60*wall.Hour() + wall.Minute()
	for _, x := range p {
		switch {
		case x.from < x.to && day == x.day && x.from <= minute && minute < x.to,
			x.to < x.from && day == x.day && x.from <= minute,
			x.to < x.from && day == (x.day+1)%7 && minute < x.to:
			return true
		}
	}
	return false
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func at(t testing.TB, loc *time.Location, text string) time.Time {
	t.Helper()
	x, err := time.ParseInLocation("2006-01-02 15:04:05", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestInHoldsExactlyThePattern(t *testing.T) {
	// Each begins in a week in which clocks are changed, where the zone does.
	starts := map[string][]string{
		"Europe/Vienna":       {"2026-03-25 00:00:00", "2026-10-22 00:00:00"},
		"America/New_York":    {"2026-03-05 00:00:00", "2026-10-29 00:00:00"},
		"Australia/Sydney":    {"2026-04-02 00:00:00", "2026-10-01 00:00:00"},
		"Asia/Kolkata":        {"2026-06-01 00:00:00"},
		"Australia/Lord_Howe": {"2026-04-02 00:00:00", "2026-10-01 00:00:00"}, // half an hour
		"Pacific/Apia":        {"2011-12-27 00:00:00"},                        // a whole day left out
		"Africa/Monrovia":     {"1972-01-05 00:00:00"},                        // by 44 min 30 s
	}
	for name, begins := range starts {
		loc := zone(t, name)
		for _, begin := range begins {
			from := at(t, loc, begin)
			t.Run(name+" "+begin[:7], rapid.MakeCheck(func(t *rapid.T) {
				p := patterns().Draw(t, "pattern")
				s := span.Of(
					from.Add(time.Duration(rapid.Int64Range(0, int64(4*24*time.Hour)).Draw(t, "offset"))),
					time.Duration(rapid.Int64Range(1, int64(9*24*time.Hour)).Draw(t, "length")))
				checkIn(t, p, s, loc)
			}))
		}
	}
}

// checkIn walks s and all bounds of the answer, and compares with the wall.
func checkIn(t *rapid.T, p pattern, s span.Span, loc *time.Location) {
	got := p.week().In(s, loc)
	if diff := cmp.Diff(span.NewSet(got...), got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("In(%v) is not in normal form (-normal +got):\n%s", s, diff)
	}
	var samples []time.Time
	for x := s.Start; x.Before(s.End); x = x.Add(13*time.Minute + 7*time.Second) {
		samples = append(samples, x)
	}
	for _, x := range got {
		if !s.Covers(x) {
			t.Fatalf("%v is not in %v", x, s)
		}
		samples = append(samples, x.Start, x.Start.Add(-1), x.End.Add(-1), x.End)
	}
	for _, x := range samples {
		if !s.Contains(x) {
			continue
		}
		in := got.Overlaps(span.Of(x, 1))
		if want := p.holds(x, loc); in != want {
			t.Fatalf("%v: In holds it: %v, the pattern %q: %v", x.In(loc), in, p.week(), want)
		}
	}
}

func TestInIsTheSameHoweverItIsCut(t *testing.T) {
	vienna := zone(t, "Europe/Vienna")
	from := at(t, vienna, "2026-03-20 00:00:00")
	rapid.Check(t, func(t *rapid.T) {
		w := patterns().Draw(t, "pattern").week()
		whole := span.Of(from, 21*24*time.Hour)
		cut := from.Add(time.Duration(rapid.Int64Range(0, int64(whole.Duration())).Draw(t, "cut")))
		left := w.In(span.Span{Start: whole.Start, End: cut}, vienna)
		right := w.In(span.Span{Start: cut, End: whole.End}, vienna)
		if diff := cmp.Diff(w.In(whole, vienna), left.Union(right), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("cut at %v (-whole +parts):\n%s", cut, diff)
		}
	})
}

func TestIn(t *testing.T) {
	for _, tc := range []struct {
		name, week, zone, from, to string
		want                       []string
	}{
		{
			name: "a working week before the change to summer time", zone: "Europe/Vienna",
			week: "Mon,Fri 09:00-17:00", from: "2026-03-27 00:00:00", to: "2026-03-31 00:00:00",
			want: []string{"2026-03-27T09:00:00+01:00 8h0m0s", "2026-03-30T09:00:00+02:00 8h0m0s"},
		},
		{
			name: "the hour that is left out", zone: "Europe/Vienna",
			week: "Sun 02:00-03:00", from: "2026-03-29 00:00:00", to: "2026-03-30 00:00:00",
		},
		{
			name: "begins in the hour that is left out", zone: "Europe/Vienna",
			week: "Sun 02:30-05:00", from: "2026-03-29 00:00:00", to: "2026-03-30 00:00:00",
			want: []string{"2026-03-29T03:00:00+02:00 2h0m0s"},
		},
		{
			name: "ends in the hour that is left out", zone: "Europe/Vienna",
			week: "Sun 01:00-02:30", from: "2026-03-29 00:00:00", to: "2026-03-30 00:00:00",
			want: []string{"2026-03-29T01:00:00+01:00 1h0m0s"},
		},
		{
			name: "the hour that comes twice", zone: "Europe/Vienna",
			week: "Sun 02:00-03:00", from: "2026-10-25 00:00:00", to: "2026-10-26 00:00:00",
			want: []string{"2026-10-25T02:00:00+02:00 2h0m0s"},
		},
		{
			name: "begins in the hour that comes twice", zone: "Europe/Vienna",
			week: "Sun 02:30-05:00", from: "2026-10-25 00:00:00", to: "2026-10-26 00:00:00",
			want: []string{"2026-10-25T02:30:00+02:00 30m0s", "2026-10-25T02:30:00+01:00 2h30m0s"},
		},
		{
			name: "a night in which it is one hour longer", zone: "Europe/Vienna",
			week: "Sat 22:00-06:00", from: "2026-10-24 12:00:00", to: "2026-10-25 12:00:00",
			want: []string{"2026-10-24T22:00:00+02:00 9h0m0s"},
		},
		{
			name: "cut on both sides", zone: "Asia/Kolkata",
			week: "Mon-Fri 09:00-17:00", from: "2026-11-23 10:00:30", to: "2026-11-24 09:00:01",
			want: []string{"2026-11-23T10:00:30+05:30 6h59m30s", "2026-11-24T09:00:00+05:30 1s"},
		},
		{
			name: "over the end of the week", zone: "America/New_York",
			week: "Sun 22:00-06:00", from: "2026-11-22 23:00:00", to: "2026-11-23 09:00:00",
			want: []string{"2026-11-22T23:00:00-05:00 7h0m0s"},
		},
		{
			name: "begun in the week before", zone: "America/New_York",
			week: "Sun 22:00-06:00", from: "2026-11-23 01:00:00", to: "2026-11-23 09:00:00",
			want: []string{"2026-11-23T01:00:00-05:00 5h0m0s"},
		},
		{
			name: "always", zone: "Australia/Sydney",
			week: "Mon-Sun 00:00-24:00", from: "2026-10-01 00:00:00", to: "2026-10-31 00:00:00",
			want: []string{"2026-10-01T00:00:00+10:00 719h0m0s"},
		},
		{
			name: "before 1970", zone: "UTC",
			week: "Thu 10:00-11:00", from: "1969-12-25 00:00:00", to: "1970-01-02 00:00:00",
			want: []string{"1969-12-25T10:00:00Z 1h0m0s", "1970-01-01T10:00:00Z 1h0m0s"},
		},
		{
			name: "begun in the week before, before 1970", zone: "UTC",
			week: "Sun 22:00-06:00", from: "1969-12-29 01:00:00", to: "1969-12-29 09:00:00",
			want: []string{"1969-12-29T01:00:00Z 5h0m0s"},
		},
		{
			name: "no hours", zone: "UTC",
			week: "none", from: "2026-11-23 00:00:00", to: "2026-11-24 00:00:00",
		},
		{
			name: "an empty span", zone: "UTC",
			week: "Mon-Sun 00:00-24:00", from: "2026-11-23 00:00:00", to: "2026-11-23 00:00:00",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			loc := zone(t, tc.zone)
			s := span.Span{Start: at(t, loc, tc.from), End: at(t, loc, tc.to)}
			var got []string
			for _, x := range MustParse(tc.week).In(s, loc) {
				got = append(got, x.Start.Format(time.RFC3339)+" "+x.Duration().String())
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%q.In(%s, %s) (-want +got):\n%s", tc.week, tc.from, tc.to, diff)
			}
		})
	}
}

// BenchmarkIn is what a pass asks: one person's working time in eight weeks,
// two changes of the clock apart from them.
func BenchmarkIn(b *testing.B) {
	vienna := zone(b, "Europe/Vienna")
	w := MustParse("Mon-Thu 09:00-12:00, 13:00-17:30, Fri 09:00-15:00")
	s := span.Of(at(b, vienna, "2026-10-01 00:00:00"), 56*24*time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		w.In(s, vienna)
	}
}
