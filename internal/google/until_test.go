package google

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	gcal "google.golang.org/api/calendar/v3"
	"pgregory.net/rapid"

	"oneonone/internal/calendar"
	"oneonone/internal/calendartest"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

func TestR29End(t *testing.T) {
	for _, c := range []struct {
		name, zone, start string
		before            string
		lines, want       []string
	}{
		{"the last second of the day before, as Google writes it", "America/Chicago", "2025-03-05T10:00:00", "2025-03-26T10:00:00",
			[]string{"RRULE:FREQ=WEEKLY;BYDAY=WE"}, []string{"RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20250326T045959Z"}},
		{"over a change of clocks", "Europe/Vienna", "2026-10-06T10:00:00", "2026-10-27T10:00:00",
			[]string{"RRULE:FREQ=WEEKLY"}, []string{"RRULE:FREQ=WEEKLY;UNTIL=20261026T225959Z"}},
		{"COUNT goes", "Europe/Vienna", "2026-11-03T10:00:00", "2026-11-17T10:00:00",
			[]string{"RRULE:FREQ=WEEKLY;COUNT=10;BYDAY=TU"}, []string{"RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20261116T225959Z"}},
		{"a later UNTIL is replaced", "Europe/Vienna", "2026-11-03T10:00:00", "2026-11-17T10:00:00",
			[]string{"RRULE:FREQ=WEEKLY;UNTIL=20270101T000000Z"}, []string{"RRULE:FREQ=WEEKLY;UNTIL=20261116T225959Z"}},
		{"an earlier UNTIL stays", "Europe/Vienna", "2026-11-03T10:00:00", "2026-12-15T10:00:00",
			[]string{"RRULE:FREQ=WEEKLY;UNTIL=20261110T100000Z"}, nil},
		{"a COUNT that ends earlier stays", "Europe/Vienna", "2026-11-03T10:00:00", "2026-12-15T10:00:00",
			[]string{"RRULE:FREQ=WEEKLY;COUNT=2"}, nil},
		{"dates behind the end go", "Europe/Vienna", "2026-11-03T10:00:00", "2026-11-17T10:00:00",
			[]string{"RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Vienna:20261110T100000,20261201T100000", "EXDATE:20261208T090000Z", "RDATE;TZID=Europe/Vienna:20261105T100000,20261119T100000"},
			[]string{"RRULE:FREQ=WEEKLY;UNTIL=20261116T225959Z", "EXDATE;TZID=Europe/Vienna:20261110T100000", "RDATE;TZID=Europe/Vienna:20261105T100000"}},
		{"twice a day", "Europe/Vienna", "2026-11-03T10:00:00", "2026-11-17T16:00:00",
			[]string{"RRULE:FREQ=DAILY;BYHOUR=10,16"}, []string{"RRULE:FREQ=DAILY;BYHOUR=10,16;UNTIL=20261117T145959Z"}},
		{"whole days", "", "2026-11-03", "2026-11-17", []string{"RRULE:FREQ=WEEKLY", "EXDATE;VALUE=DATE:20261124"}, []string{"RRULE:FREQ=WEEKLY;UNTIL=20261116"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := &gcal.Event{Recurrence: c.lines, Start: &gcal.EventDateTime{DateTime: c.start, TimeZone: c.zone}}
			layout, loc := "2006-01-02T15:04:05", zoneVienna
			if c.zone == "" {
				e.Start, layout = &gcal.EventDateTime{Date: c.start}, dateLayout
			} else {
				loc = zoneNamed(t, c.zone)
			}
			before, err := time.ParseInLocation(layout, c.before, loc)
			if err != nil {
				t.Fatal(err)
			}
			w := &wish{patch: &gcal.Event{}}
			changed, err := w.end(e, before)
			if diff := cmp.Diff(c.want, w.patch.Recurrence); err != nil || changed != (c.want != nil) || diff != "" {
				t.Errorf("%v, %v: %s", changed, err, diff)
			}
		})
	}
}

func zoneNamed(t interface{ Fatal(...any) }, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// A series that would have no meeting left, and what is no series, is not ended.
func TestR29EndRefuses(t *testing.T) {
	d := newDesk(t, calendartest.GoogleStyle{})
	d.g.Put(ann, weekly)
	d.g.Put(ann, lunch)
	id := d.dragTo(t, "weekly0001", second(), eleven())
	for name, c := range map[string]struct {
		id     string
		at     time.Time
		before time.Time
	}{
		"at its beginning": {"weekly0001", time.Time{}, vienna(3, 10, 0)},
		"before it":        {"weekly0001", time.Time{}, vienna(2, 10, 0)},
		"no series":        {"lunch00001", time.Time{}, vienna(30, 10, 0)},
		"an exception":     {id, second(), vienna(30, 10, 0)},
	} {
		_, err := d.Apply(context.Background(), calendar.Change{
			Base: d.base(t, c.id), Now: now, Organizer: true, Parts: []calendar.Part{{Original: c.at, Until: &c.before}},
		})
		if !errors.Is(err, calendar.ErrRefused) || d.g.Writes() > 0 {
			t.Errorf("%s: %v, want ErrRefused", name, err)
		}
	}
}

// Whatever the rule and wherever the end: what was before it stays, nothing is
// left from it on, and Google's own reading of the lines agrees.
func TestR29EndKeepsThePast(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		loc := zoneNamed(rt, rapid.SampledFrom([]string{"Europe/Vienna", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "Pacific/Chatham", "UTC"}).Draw(rt, "zone"))
		day := rapid.IntRange(0, 400).Draw(rt, "day")
		start := time.Date(2026, 1, 5+day, rapid.IntRange(0, 23).Draw(rt, "hour"), 30*rapid.IntRange(0, 1).Draw(rt, "half"), 0, 0, loc)
		rule := rapid.SampledFrom([]string{
			"FREQ=DAILY", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "FREQ=MONTHLY", "FREQ=WEEKLY;COUNT=9", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=70",
			"FREQ=MONTHLY;BYDAY=-1FR", "FREQ=DAILY;BYHOUR=1,9,23", "FREQ=WEEKLY;UNTIL=20260701T000000Z",
		}).Draw(rt, "rule")
		out := start.AddDate(0, 0, 7)
		extra := start.AddDate(0, 0, rapid.IntRange(1, 60).Draw(rt, "extra")).Add(time.Hour)
		e := &gcal.Event{
			Id: "x", Start: &gcal.EventDateTime{DateTime: start.Format(time.RFC3339), TimeZone: loc.String()},
			Recurrence: []string{"RRULE:" + rule, writeTimes("EXDATE", []time.Time{out}, start, false), writeTimes("RDATE", []time.Time{extra}, start, false)},
		}
		all := startsOf(rt, e)
		before := start.Add(time.Duration(rapid.IntRange(1, 120*24*60).Draw(rt, "minutes")) * time.Minute)
		if len(all) > 1 && rapid.Bool().Draw(rt, "at an occurrence") {
			before = all[rapid.IntRange(1, len(all)-1).Draw(rt, "which")]
		}
		w := &wish{patch: &gcal.Event{}}
		changed, err := w.end(e, before)
		if err != nil {
			rt.Fatal(err)
		}
		if !changed {
			w.patch.Recurrence = e.Recurrence
		}
		got := startsOf(rt, &gcal.Event{Id: "x", Start: e.Start, Recurrence: w.patch.Recurrence})
		want := slices.DeleteFunc(slices.Clone(all), func(t time.Time) bool { return !t.Before(before) })
		if !slices.EqualFunc(got, want, time.Time.Equal) {
			rt.Fatalf("before %v\n%q became\n%q\nwith %v, want %v", before, e.Recurrence, w.patch.Recurrence, got, want)
		}
	})
}

// startsOf returns the starts of a series in its first half year.
func startsOf(t interface{ Fatal(...any) }, g *gcal.Event) []time.Time {
	e := calendar.Event{}
	if err := times(&e, g, time.UTC); err != nil {
		t.Fatal(err)
	}
	set, err := recur.ParseSet(e.Start, e.AllDay, e.RRules, e.RDates, e.ExDates)
	if err != nil {
		t.Fatal(err)
	}
	starts, err := set.Between(span.Span{Start: e.Start, End: e.Start.AddDate(0, 6, 0)}, recur.DefaultBudget)
	if err != nil {
		t.Fatal(fmt.Errorf("%q: %w", g.Recurrence, err))
	}
	return starts
}
