package recur

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneonone/internal/span"
)

// century21 is a window that holds whatever the tests look for.
var century21 = span.Span{Start: time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}

// days returns "Jan 2" for each start.
func days(times []time.Time) []string {
	var out []string
	for _, t := range times {
		out = append(out, t.Format("Jan 2 15:04"))
	}
	return out
}

func TestUntilInEveryForm(t *testing.T) {
	tests := []struct {
		name, zone, start, rule string
		allDay                  bool
		want                    []string
	}{
		{"UTC, exactly the last start", "Europe/Berlin", "20260105T100000", "FREQ=DAILY;UNTIL=20260107T090000Z", false, []string{"Jan 5 10:00", "Jan 6 10:00", "Jan 7 10:00"}},
		{"UTC, a second before", "Europe/Berlin", "20260105T100000", "FREQ=DAILY;UNTIL=20260107T085959Z", false, []string{"Jan 5 10:00", "Jan 6 10:00"}},
		{"local, exactly", "America/New_York", "20260105T200000", "FREQ=DAILY;UNTIL=20260107T200000", false, []string{"Jan 5 20:00", "Jan 6 20:00", "Jan 7 20:00"}},
		{"local, a second before", "America/New_York", "20260105T200000", "FREQ=DAILY;UNTIL=20260107T195959", false, []string{"Jan 5 20:00", "Jan 6 20:00"}},
		{"a date counts whole", "America/New_York", "20260105T200000", "FREQ=DAILY;UNTIL=20260107", false, []string{"Jan 5 20:00", "Jan 6 20:00", "Jan 7 20:00"}},
		{"a date, east", "Australia/Sydney", "20260105T080000", "FREQ=DAILY;UNTIL=20260107", false, []string{"Jan 5 08:00", "Jan 6 08:00", "Jan 7 08:00"}},
		{"all-day and a date", "America/New_York", "20260105T000000", "FREQ=DAILY;UNTIL=20260107", true, []string{"Jan 5 00:00", "Jan 6 00:00", "Jan 7 00:00"}},
		{"all-day and the date at midnight UTC, west", "America/New_York", "20260105T000000", "FREQ=DAILY;UNTIL=20260107T000000Z", true, []string{"Jan 5 00:00", "Jan 6 00:00", "Jan 7 00:00"}},
		{"all-day and the date at midnight UTC, east", "Australia/Sydney", "20260105T000000", "FREQ=DAILY;UNTIL=20260107T000000Z", true, []string{"Jan 5 00:00", "Jan 6 00:00", "Jan 7 00:00"}},
		{"all-day and the end of the date in UTC", "America/New_York", "20260105T000000", "FREQ=DAILY;UNTIL=20260107T235959Z", true, []string{"Jan 5 00:00", "Jan 6 00:00", "Jan 7 00:00"}},
		{"all-day and local midnight as an instant", "Europe/Berlin", "20260105T000000", "FREQ=DAILY;UNTIL=20260106T230000Z", true, []string{"Jan 5 00:00", "Jan 6 00:00", "Jan 7 00:00"}},
		{"all-day and the local end of day as an instant", "America/New_York", "20260105T000000", "FREQ=DAILY;UNTIL=20260108T045959Z", true, []string{"Jan 5 00:00", "Jan 6 00:00", "Jan 7 00:00"}},
		{"over before it began", "Europe/Berlin", "20260105T100000", "FREQ=DAILY;UNTIL=20260104T090000Z", false, nil},
		{"across the change of clocks", "Europe/Berlin", "20260328T100000", "FREQ=DAILY;UNTIL=20260330T080000Z", false, []string{"Mar 28 10:00", "Mar 29 10:00", "Mar 30 10:00"}},
		{"with COUNT, whichever is first", "Europe/Berlin", "20260105T100000", "FREQ=DAILY;COUNT=2;UNTIL=20260110", false, []string{"Jan 5 10:00", "Jan 6 10:00"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, err := ParseSet(at(t, tt.start, in(t, tt.zone)), tt.allDay, []string{tt.rule}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := set.Between(century21, Budget{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, days(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSet(t *testing.T) {
	berlin := in(t, "Europe/Berlin")
	b := func(clock string) time.Time { return at(t, clock, berlin) }
	u := func(clock string) time.Time { return at(t, clock, time.UTC) }
	ny := func(clock string) time.Time { return at(t, clock, in(t, "America/New_York")) }
	one := func(t time.Time) span.Span { return span.Span{Start: t, End: t} }
	monday := "20260105T100000"
	tests := []struct {
		name    string
		start   string
		allDay  bool
		rules   []string
		rdates  []span.Span
		exdates []time.Time
		want    []string
	}{
		{"DTSTART off the rule is first and counts", "20260107T100000", false, []string{"FREQ=WEEKLY;BYDAY=MO;COUNT=3"}, nil, nil, []string{"Jan 7 10:00", "Jan 12 10:00", "Jan 19 10:00"}},
		{"COUNT=1 is DTSTART", monday, false, []string{"FREQ=WEEKLY;COUNT=1"}, nil, nil, []string{"Jan 5 10:00"}},
		{"no rule", monday, false, nil, nil, nil, []string{"Jan 5 10:00"}},
		{"two rules, what both give once", monday, false, []string{"FREQ=WEEKLY;COUNT=3", "FREQ=DAILY;INTERVAL=7;COUNT=4"}, nil, nil, []string{"Jan 5 10:00", "Jan 12 10:00", "Jan 19 10:00", "Jan 26 10:00"}},
		{"RDATE before, between and twice", monday, false, []string{"FREQ=WEEKLY;COUNT=2"}, []span.Span{one(b("20260107T120000")), one(b("20260102T090000")), one(b("20260112T100000"))}, nil, []string{"Jan 2 09:00", "Jan 5 10:00", "Jan 7 12:00", "Jan 12 10:00"}},
		{"RDATE without a rule", monday, false, nil, []span.Span{one(b("20260107T120000"))}, nil, []string{"Jan 5 10:00", "Jan 7 12:00"}},
		{"RDATE keeps a series alive that was cut", monday, false, []string{"FREQ=WEEKLY;UNTIL=20250101"}, []span.Span{one(b("20260107T120000"))}, nil, []string{"Jan 7 12:00"}},
		{"EXDATE in its own zone, in UTC and in another", monday, false, []string{"FREQ=WEEKLY;COUNT=5"}, nil, []time.Time{b("20260105T100000"), u("20260112T090000"), ny("20260119T040000")}, []string{"Jan 26 10:00", "Feb 2 10:00"}},
		{"EXDATE of an RDATE", monday, false, nil, []span.Span{one(b("20260107T120000"))}, []time.Time{b("20260107T120000")}, []string{"Jan 5 10:00"}},
		{"EXDATE as a date takes that day", monday, false, []string{"FREQ=WEEKLY;COUNT=3"}, nil, []time.Time{b("20260112T000000")}, []string{"Jan 5 10:00", "Jan 19 10:00"}},
		{"EXDATE as a date, read in another zone", monday, false, []string{"FREQ=WEEKLY;COUNT=3"}, nil, []time.Time{ny("20260112T000000")}, []string{"Jan 5 10:00", "Jan 19 10:00"}},
		{"EXDATE as a date takes all of that day", monday, false, []string{"FREQ=DAILY;BYHOUR=10,14;COUNT=6"}, nil, []time.Time{b("20260106T000000")}, []string{"Jan 5 10:00", "Jan 5 14:00", "Jan 7 10:00", "Jan 7 14:00"}},
		{"EXDATE at midnight names the instance there", "20260105T000000", false, []string{"FREQ=DAILY;BYHOUR=0,14;COUNT=6"}, nil, []time.Time{b("20260106T000000")}, []string{"Jan 5 00:00", "Jan 5 14:00", "Jan 6 14:00", "Jan 7 00:00", "Jan 7 14:00"}},
		{"EXDATE that hits nothing", monday, false, []string{"FREQ=WEEKLY;COUNT=2"}, nil, []time.Time{b("20260112T100001")}, []string{"Jan 5 10:00", "Jan 12 10:00"}},
		{"all-day, EXDATE as midnight elsewhere", "20260105T000000", true, []string{"FREQ=DAILY;COUNT=4"}, nil, []time.Time{u("20260106T000000"), ny("20260107T000000")}, []string{"Jan 5 00:00", "Jan 8 00:00"}},
		{"all-day, EXDATE as the instant", "20260105T000000", true, []string{"FREQ=DAILY;COUNT=4"}, nil, []time.Time{u("20260106T230000")}, []string{"Jan 5 00:00", "Jan 6 00:00", "Jan 8 00:00"}},
		{"a gap moves, an overlap is the first", "20260328T023000", false, []string{"FREQ=DAILY;COUNT=3"}, nil, nil, []string{"Mar 28 02:30", "Mar 29 03:30", "Mar 30 02:30"}},
		{"two times that a gap makes one, and swaps", "20260328T023000", false, []string{"FREQ=DAILY;BYHOUR=2,3;BYMINUTE=15,30;COUNT=8"}, nil, nil, []string{"Mar 28 02:30", "Mar 28 03:15", "Mar 28 03:30", "Mar 29 03:15", "Mar 29 03:30", "Mar 30 02:15"}},
		{"the end of February only in leap years", "20240229T100000", false, []string{"FREQ=YEARLY;COUNT=3"}, nil, nil, []string{"Feb 29 10:00", "Feb 29 10:00", "Feb 29 10:00"}},
		{"the 31st", "20260131T100000", false, []string{"FREQ=MONTHLY;COUNT=3"}, nil, nil, []string{"Jan 31 10:00", "Mar 31 10:00", "May 31 10:00"}},
		{"BYWEEKNO alone keeps the weekday", "20260512T100000", false, []string{"FREQ=YEARLY;BYWEEKNO=20;COUNT=2"}, nil, nil, []string{"May 12 10:00", "May 18 10:00"}},
		{"weekly BYSETPOS counts from the start of the week", "20260107T100000", false, []string{"FREQ=WEEKLY;BYDAY=MO,WE,SA;BYSETPOS=3;COUNT=3"}, nil, nil, []string{"Jan 7 10:00", "Jan 10 10:00", "Jan 17 10:00"}},
		{"last working day", "20260130T100000", false, []string{"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3"}, nil, nil, []string{"Jan 30 10:00", "Feb 27 10:00", "Mar 31 10:00"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, err := ParseSet(b(tt.start), tt.allDay, tt.rules, tt.rdates, tt.exdates)
			if err != nil {
				t.Fatal(err)
			}
			got, err := set.Between(century21, Budget{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, days(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestADayWithoutMidnight(t *testing.T) {
	// Clocks in São Paulo went from 23:59:59 to 01:00 on 4 November 2018.
	zone := in(t, "America/Sao_Paulo")
	set, err := ParseSet(at(t, "20181103T000000", zone), true, []string{"FREQ=DAILY;COUNT=4"}, nil, []time.Time{at(t, "20181105T000000", zone)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := set.Between(century21, Budget{})
	if diff := cmp.Diff([]string{"Nov 3 00:00", "Nov 4 01:00", "Nov 6 00:00"}, days(got)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	begins, err := ParseSet(at(t, "20181104T000000", zone), true, []string{"FREQ=DAILY;COUNT=2"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err = begins.Between(century21, Budget{})
	if diff := cmp.Diff([]string{"Nov 4 01:00", "Nov 5 00:00"}, days(got)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestBudgetsEndEveryRule has the rules that hang or flood others.
func TestBudgetsEndEveryRule(t *testing.T) {
	all := func(n int) string {
		out := "0"
		for i := 1; i < n; i++ {
			out += "," + time.Unix(int64(i), 0).UTC().Format("5")
		}
		return out
	}
	hours := "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23"
	flood := ";BYHOUR=" + hours + ";BYMINUTE=" + all(60) + ";BYSECOND=" + all(60)
	w := span.Span{Start: time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)}
	tests := []struct {
		rule string
		want error
		n    int
	}{
		{"FREQ=SECONDLY", ErrTooMany, 0},
		{"FREQ=MINUTELY", ErrTooMany, 0},
		{"FREQ=HOURLY", nil, 56 * 24},
		{"FREQ=SECONDLY;COUNT=2000000000", ErrTooMany, 0},
		{"FREQ=SECONDLY;COUNT=2000", nil, 0},
		{"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", nil, 0},
		{"FREQ=SECONDLY;BYMONTH=2;COUNT=1000000", ErrTooLong, 0},
		{"FREQ=SECONDLY;BYSECOND=7", ErrTooLong, 0},
		{"FREQ=HOURLY;BYHOUR=9", nil, 56},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", nil, 0},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", nil, 0},
		{"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", nil, 0},
		{"FREQ=DAILY" + flood, ErrTooMany, 0},
		{"FREQ=YEARLY" + flood + ";BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=2000000000", ErrTooLong, 0},
		{"FREQ=YEARLY" + flood + ";BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=1,-1", nil, 0},
		{"FREQ=DAILY;COUNT=2147483647;INTERVAL=2147483647", nil, 0},
		{"FREQ=YEARLY;INTERVAL=2147483647", nil, 0},
		{"FREQ=SECONDLY;INTERVAL=2147483647", nil, 0},
	}
	for _, tt := range tests {
		t.Run(shorten(tt.rule), func(t *testing.T) {
			set, err := ParseSet(time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), false, []string{tt.rule}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := set.Between(w, Budget{})
			if !errors.Is(err, tt.want) || len(got) != tt.n {
				t.Errorf("%d starts, %v; want %d, %v", len(got), err, tt.n, tt.want)
			}
			if _, _, err := set.Neighbours(w.Start, Budget{}); err != nil && !errors.Is(err, ErrTooLong) && !errors.Is(err, ErrTooMany) {
				t.Error(err)
			}
		})
	}
}

func TestStartsFarFromTheWindow(t *testing.T) {
	w := span.Span{Start: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	set, err := ParseSet(time.Date(1601, 1, 1, 2, 0, 0, 0, time.UTC), false, []string{"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := set.Between(w, Budget{})
	if diff := cmp.Diff([]string{"Oct 25 02:00"}, days(got)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	last := span.Span{Start: time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC), End: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}
	daily, err := ParseSet(time.Date(2026, 1, 1, 2, 0, 0, 0, time.UTC), false, []string{"FREQ=DAILY"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := daily.Between(last, Budget{}); err != nil || len(got) != 2 {
		t.Errorf("%v, %v, want the last two days of the year 9999", got, err)
	}
}

func TestAWindowOfAllTime(t *testing.T) {
	w := span.Span{Start: time.Unix(minInstant, 0), End: time.Unix(maxInstant, 0)}
	for rule, want := range map[string]int{"FREQ=HOURLY;COUNT=9": 9, "FREQ=YEARLY": 9999 - 2025, "FREQ=DAILY;COUNT=9": 9} {
		set, err := ParseSet(at(t, "20260105T100000", in(t, "Europe/Berlin")), false, []string{rule}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := set.Between(w, Budget{Steps: 1_000_000}); err != nil || len(got) != want {
			t.Errorf("%s: %d starts, %v, want %d", rule, len(got), err, want)
		}
	}
}

func TestContainsAndOriginal(t *testing.T) {
	berlin := in(t, "Europe/Berlin")
	b := func(clock string) time.Time { return at(t, clock, berlin) }
	set, err := ParseSet(b("20260105T100000"), false, []string{"FREQ=WEEKLY;COUNT=300"}, nil, []time.Time{b("20260119T100000")})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		id       time.Time
		contains bool
		original string
	}{
		{"an instance", b("20260112T100000"), true, "Jan 12 10:00"},
		{"an instance in another zone", b("20260112T100000").In(in(t, "Asia/Tokyo")), true, "Jan 12 10:00"},
		{"after the change of clocks", b("20260713T100000").UTC(), true, "Jul 13 10:00"},
		{"an hour off", b("20260112T110000"), false, ""},
		{"excluded", b("20260119T100000"), false, ""},
		{"before the series", b("20251229T100000"), false, ""},
		{"after its end", b("20360107T100000"), false, ""},
		{"a date", b("20260112T000000"), false, "Jan 12 10:00"},
		{"a date, read in another zone", at(t, "20260112T000000", in(t, "America/New_York")), false, "Jan 12 10:00"},
		{"a date without an instance", b("20260113T000000"), false, ""},
		{"a date that is excluded", b("20260119T000000"), false, ""},
		{"half a second late", b("20260112T100000").Add(time.Second / 2), false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := set.Contains(tt.id, Budget{}); err != nil || got != tt.contains {
				t.Errorf("Contains = %v, %v", got, err)
			}
			got, found, err := set.Original(tt.id, Budget{})
			if err != nil || found != (tt.original != "") || found && got.Format("Jan 2 15:04") != tt.original {
				t.Errorf("Original = %v, %v, %v, want %q", got, found, err, tt.original)
			}
		})
	}
}

func TestNeighboursAndPeriod(t *testing.T) {
	berlin := in(t, "Europe/Berlin")
	b := func(clock string) time.Time { return at(t, clock, berlin) }
	tests := []struct {
		name, start, rule, at string
		before, after         string
		period                time.Duration
	}{
		{"weekly", "20200106T100000", "FREQ=WEEKLY", "20260105T100000", "Dec 29 10:00", "Jan 12 10:00", 7 * 24 * time.Hour},
		{"weekly, between two", "20200106T100000", "FREQ=WEEKLY", "20260107T100000", "Jan 5 10:00", "Jan 12 10:00", 7 * 24 * time.Hour},
		{"over the change of clocks", "20200106T100000", "FREQ=WEEKLY", "20260330T100000", "Mar 23 10:00", "Apr 6 10:00", 7*24*time.Hour - time.Hour},
		{"twice a week", "20200106T100000", "FREQ=WEEKLY;BYDAY=MO,WE", "20260105T100000", "Dec 31 10:00", "Jan 7 10:00", 2 * 24 * time.Hour},
		{"every two weeks", "20260105T100000", "FREQ=WEEKLY;INTERVAL=2", "20260105T100000", "", "Jan 19 10:00", 14 * 24 * time.Hour},
		{"the last", "20260105T100000", "FREQ=WEEKLY;COUNT=2", "20260112T100000", "Jan 5 10:00", "", 7 * 24 * time.Hour},
		{"long over", "20160104T100000", "FREQ=WEEKLY;COUNT=2", "20260112T100000", "Jan 11 10:00", "", 7 * 24 * time.Hour},
		{"not begun", "20280103T100000", "FREQ=WEEKLY", "20260112T100000", "", "Jan 3 10:00", 7 * 24 * time.Hour},
		{"one only", "20260105T100000", "FREQ=WEEKLY;COUNT=1", "20260105T100000", "", "", 0},
		{"leap days", "20240229T100000", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "20960229T100000", "Feb 29 10:00", "Feb 29 10:00", 4*365*24*time.Hour + 24*time.Hour},
		{"never again", "20260105T100000", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "20260105T100000", "", "", 0},
		{"a rare rule and a dense one", "20260105T100000", "FREQ=HOURLY", "20260105T100000", "", "Jan 5 11:00", time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, err := ParseSet(b(tt.start), false, []string{tt.rule}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			before, after, err := set.Neighbours(b(tt.at), Budget{})
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range []struct {
				got  time.Time
				want string
			}{{before, tt.before}, {after, tt.after}} {
				if n.got.IsZero() != (n.want == "") || n.want != "" && n.got.Format("Jan 2 15:04") != n.want {
					t.Errorf("neighbour %v, want %q", n.got, n.want)
				}
			}
			if got, err := set.Period(b(tt.at), Budget{}); err != nil || got != tt.period {
				t.Errorf("Period = %v, %v, want %v", got, err, tt.period)
			}
		})
	}
}

// TestAWindowIsAPartOfALargerOne: what a window gives is what the same stretch of
// a larger window gives.
func TestAWindowIsAPartOfALargerOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		s := randomSpec(rand.New(rand.NewPCG(11, seed)), "YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")
		loc, err := time.LoadLocation(rapid.SampledFrom([]string{"Europe/Berlin", "America/New_York", "Asia/Kolkata"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Date(2020, 1, rapid.IntRange(1, 700).Draw(t, "day"), rapid.IntRange(0, 23).Draw(t, "hour"), 30, 0, 0, loc)
		extra := []time.Time{start.AddDate(0, 0, 7), start.AddDate(0, 1, 0)}
		set, err := ParseSet(start, false, []string{s.String(), "FREQ=WEEKLY;COUNT=9"}, []span.Span{span.Of(start.Add(99*time.Hour), 0)}, extra)
		if err != nil {
			t.Fatal(err)
		}
		large := span.Of(start.AddDate(0, rapid.IntRange(-3, 60).Draw(t, "months"), 0), 200*24*time.Hour)
		a := rapid.Int64Range(0, 200*86400).Draw(t, "from")
		small := span.Of(large.Start.Add(time.Duration(a)*time.Second), time.Duration(rapid.Int64Range(0, 200*86400-a).Draw(t, "length"))*time.Second)
		b := Budget{Instances: 1_000_000, Steps: 1_000_000}
		all, err := set.Between(large, b)
		if err != nil {
			t.Fatal(err)
		}
		part, err := set.Between(small, b)
		if err != nil {
			t.Fatal(err)
		}
		want := slices.DeleteFunc(slices.Clone(all), func(t time.Time) bool { return !small.Contains(t) })
		if diff := cmp.Diff(texts(want), texts(part)); diff != "" {
			t.Fatalf("%s from %v in %v (-larger +got):\n%s", s, start, small, diff)
		}
		if !slices.IsSortedFunc(all, time.Time.Compare) || len(slices.CompactFunc(slices.Clone(all), time.Time.Equal)) != len(all) {
			t.Fatalf("%s: not in order, or twice: %v", s, all)
		}
		for _, one := range part {
			if found, err := set.Contains(one, b); err != nil || !found {
				t.Fatalf("%s: Contains(%v) = %v, %v", s, one, found, err)
			}
		}
	})
}
