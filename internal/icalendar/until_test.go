package icalendar

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// cutAt returns the object with its series ended before the instant.
func cutAt(t testing.TB, ics string, before time.Time, zone *time.Location) (string, error) {
	t.Helper()
	got, err := Edit([]byte(ics), calendar.Change{Now: now, Organizer: true, Parts: []calendar.Part{{Until: &before}}}, zone)
	return string(got), err
}

func TestR29AnEndInTheFormThatTheSeriesHas(t *testing.T) {
	vienna := zoneOf(t, "Europe/Vienna")
	tests := map[string]struct {
		lines  string
		before string
		want   string // the lines that change, "" for none
	}{
		"zoned": {
			"DTSTART;TZID=Europe/Vienna:20261006T100000\nRRULE:FREQ=WEEKLY;BYDAY=TU;WKST=MO", "2026-12-01T10:00:00+01:00",
			"RRULE:FREQ=WEEKLY;BYDAY=TU;WKST=MO;UNTIL=20261130T225959Z",
		},
		"west of Greenwich": {
			"DTSTART;TZID=America/New_York:20261006T100000\nRRULE:FREQ=WEEKLY", "2026-12-01T10:00:00-05:00",
			"RRULE:FREQ=WEEKLY;UNTIL=20261201T045959Z",
		},
		"east of everything": {
			"DTSTART;TZID=Australia/Sydney:20261006T080000\nRRULE:FREQ=WEEKLY", "2026-12-01T08:00:00+11:00",
			"RRULE:FREQ=WEEKLY;UNTIL=20261130T125959Z",
		},
		"an earlier meeting on that day": {
			"DTSTART;TZID=Europe/Vienna:20261006T100000\nRRULE:FREQ=DAILY;BYHOUR=10,16", "2026-12-01T16:00:00+01:00",
			"RRULE:FREQ=DAILY;BYHOUR=10,16;UNTIL=20261201T145959Z",
		},
		"a count":       {"DTSTART:20261006T080000Z\nRRULE:freq=weekly;Count=50;interval=2;", "2026-12-01T08:00:00Z", "RRULE:freq=weekly;interval=2;UNTIL=20261130T235959Z"},
		"floating":      {"DTSTART:20261006T100000\nRRULE:FREQ=WEEKLY;UNTIL=20270101T000000", "2026-12-01T10:00:00+01:00", "RRULE:FREQ=WEEKLY;UNTIL=20261130T235959"},
		"whole days":    {"DTSTART;VALUE=DATE:20261006\nRRULE:FREQ=WEEKLY", "2026-12-01T00:00:00+01:00", "RRULE:FREQ=WEEKLY;UNTIL=20261130"},
		"ended already": {"DTSTART:20261006T080000Z\nRRULE:FREQ=WEEKLY;COUNT=3", "2026-12-01T08:00:00Z", ""},
		"ended exactly": {"DTSTART:20261006T080000Z\nRRULE:FREQ=WEEKLY;UNTIL=20261124T080000Z", "2026-12-01T08:00:00Z", ""},
		"dates": {
			"DTSTART;TZID=Europe/Vienna:20261006T100000\nRRULE:FREQ=WEEKLY;COUNT=2\nEXDATE;TZID=Europe/Vienna:20261013T100000,20261202T120000\nRDATE:20261201T090000Z,20261101T120000Z,\nRDATE:20261203T090000Z",
			"2026-12-01T10:00:00+01:00",
			"EXDATE;TZID=Europe/Vienna:20261013T100000\nRDATE:20261101T120000Z,",
		},
		"two rules": {
			"DTSTART:20261006T080000Z\nRRULE:FREQ=WEEKLY\nRRULE:FREQ=MONTHLY;COUNT=1", "2026-12-01T08:00:00Z",
			"RRULE:FREQ=WEEKLY;UNTIL=20261130T235959Z",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before := string(textOf(test.lines + "\nSUMMARY:Ann / Bob\nSEQUENCE:4\nDTSTAMP:20260101T000000Z\nLAST-MODIFIED:20260101T000000Z\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org"))
			after, err := cutAt(t, before, at(t, test.before), vienna)
			if err != nil {
				t.Fatal(err)
			}
			var changed []string
			for l := range strings.SplitSeq(after, "\n") {
				if !strings.Contains(before, l) {
					changed = append(changed, strings.TrimSuffix(l, "\r"))
				}
			}
			var want []string
			if test.want != "" {
				want = append(strings.Split(test.want, "\n"), "SEQUENCE:5", "DTSTAMP:20261121T010000Z", "LAST-MODIFIED:20261121T010000Z")
			}
			slices.Sort(changed)
			slices.Sort(want)
			if diff := cmp.Diff(want, changed); diff != "" {
				t.Error(diff)
			}
			if again, err := cutAt(t, after, at(t, test.before), vienna); err != nil || again != after {
				t.Errorf("cutting again: %v\n%s", err, again)
			}
		})
	}
}

func TestR29WhatCannotBeEnded(t *testing.T) {
	for name, test := range map[string]struct {
		lines string
		part  calendar.Part
	}{
		"a single event":         {"DTSTART:20261006T080000Z", calendar.Part{Until: ptr(at(t, "2026-12-01T08:00:00Z"))}},
		"before it begins":       {"DTSTART:20261006T080000Z\nRRULE:FREQ=WEEKLY", calendar.Part{Until: ptr(at(t, "2026-10-06T08:00:00Z"))}},
		"an exception":           {"DTSTART:20261006T080000Z\nRRULE:FREQ=WEEKLY", calendar.Part{Original: at(t, "2026-10-13T08:00:00Z"), Until: ptr(at(t, "2026-12-01T08:00:00Z"))}},
		"a rule that is garbage": {"DTSTART:20261006T080000Z\nRRULE:FREQ=NEVER", calendar.Part{Until: ptr(at(t, "2026-12-01T08:00:00Z"))}},
	} {
		if got, err := Edit(textOf(test.lines), calendar.Change{Now: now, Parts: []calendar.Part{test.part}}, time.UTC); err == nil {
			t.Errorf("%s became\n%s", name, got)
		}
	}
}

// randomSeries is a series with dates and exceptions in one of the zones and
// forms.
type randomSeries struct {
	ics  string
	loc  *time.Location
	zone *time.Location // of the calendar's person
	// starts are some of what the rules give, wherever they end.
	starts []time.Time
}

func drawSeries(t *rapid.T) randomSeries {
	name := rapid.SampledFrom([]string{"Europe/Vienna", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe"}).Draw(t, "zone")
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	s := randomSeries{loc: loc, zone: loc}
	form := rapid.SampledFrom([]form{
		{";TZID=" + name, loc, "20060102T150405"}, {"", loc, "20060102T150405"}, {"", time.UTC, "20060102T150405Z"}, {";VALUE=DATE", loc, "20060102"},
	}).Draw(t, "form")
	s.loc = form.loc
	allDay := form.params == ";VALUE=DATE"
	// Near the changes of clocks, in their hours.
	start := time.Date(2026, time.Month(rapid.SampledFrom([]int{3, 4, 9, 10}).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"),
		rapid.SampledFrom([]int{0, 1, 2, 3, 10, 23}).Draw(t, "hour"), rapid.SampledFrom([]int{0, 15, 45}).Draw(t, "minute"), 0, 0, time.UTC)
	if allDay {
		start = start.Truncate(24 * time.Hour)
	}
	start = recur.Instant(start, s.loc)
	rule := rapid.SampledFrom([]string{
		"FREQ=WEEKLY", "FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO,TH", "FREQ=MONTHLY;BYDAY=-1SU", "FREQ=MONTHLY;BYMONTHDAY=15,-1",
		"FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,30", "FREQ=YEARLY", "FREQ=MONTHLY;BYDAY=MO,TU,WE;BYSETPOS=2",
	}).Draw(t, "rule")
	if allDay {
		rule = strings.Replace(rule, ";BYHOUR=1,2,3;BYMINUTE=0,30", "", 1)
	}
	endless, err := recur.ParseSet(start, allDay, []string{rule}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.starts, err = endless.Between(span.Span{Start: start, End: start.AddDate(1, 0, 0)}, recur.DefaultBudget)
	if err != nil {
		t.Fatal(err)
	}
	pick := func(label string) time.Time { return rapid.SampledFrom(s.starts).Draw(t, label) }
	switch rapid.IntRange(0, 2).Draw(t, "end") {
	case 0:
		rule += ";COUNT=" + rapid.SampledFrom([]string{"1", "2", "5", "30", "400"}).Draw(t, "count")
	case 1:
		layout := form.layout
		last := pick("until").In(form.loc)
		if strings.HasPrefix(form.params, ";TZID") {
			last, layout = last.UTC(), utcLayout
		}
		rule += ";UNTIL=" + last.Format(layout)
	}
	lines := []string{form.line("DTSTART", start), "RRULE:" + rule}
	for _, x := range []string{"EXDATE", "RDATE"} {
		for range rapid.IntRange(0, 3).Draw(t, x+"s") {
			d := pick(x)
			if x == "RDATE" {
				d = d.AddDate(0, 0, 3)
			}
			lines = append(lines, form.line(x, d))
		}
	}
	components := []string{strings.Join(lines, "\n")}
	for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(s.starts)-1), 0, 3, rapid.ID[int]).Draw(t, "exceptions") {
		components = append(components, form.line("RECURRENCE-ID", s.starts[i])+"\n"+form.line("DTSTART", s.starts[i].AddDate(0, 0, rapid.IntRange(-40, 40).Draw(t, "moved"))))
	}
	s.ics = string(textOf(strings.Join(components, "\n\n")))
	return s
}

// meetings returns all meetings of the object by their original start.
func meetings(t *rapid.T, ics string, zone *time.Location) map[int64]time.Time {
	events, err := Parse([]byte(ics), zone)
	if err != nil {
		t.Fatalf("Parse: %v\n%s", err, ics)
	}
	found, _, err := recur.Expand(events[0], events[1:], span.Span{Start: time.Unix(0, 0), End: time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatalf("Expand: %v\n%s", err, ics)
	}
	all := map[int64]time.Time{}
	for _, o := range found {
		all[o.Original.Unix()] = o.Start
	}
	return all
}

// TestR29TheEndTakesWhatIsAfterIt compares the meetings before and after: those
// planned before the instant stay where they are, all others are gone.
func TestR29TheEndTakesWhatIsAfterIt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := drawSeries(rt)
		before := rapid.SampledFrom(s.starts).Draw(rt, "cut").Add(rapid.SampledFrom([]time.Duration{0, 0, 0, time.Second, -time.Second, 30 * time.Minute, 5 * time.Hour}).Draw(rt, "off"))
		if !before.After(s.starts[0]) {
			before = s.starts[0].Add(time.Second)
		}
		after, err := cutAt(t, s.ics, before, s.zone)
		if err != nil {
			rt.Fatalf("Edit: %v\n%s", err, s.ics)
		}
		want := meetings(rt, s.ics, s.zone)
		for original := range want {
			if original >= before.Unix()+min(1, int64(before.Nanosecond())) {
				delete(want, original)
			}
		}
		if diff := cmp.Diff(want, meetings(rt, after, s.zone)); diff != "" {
			rt.Fatalf("cut before %v: %s\n%s\nbecame\n%s", before.In(s.loc), diff, s.ics, after)
		}
		if again, err := cutAt(t, after, before, s.zone); err != nil || again != after {
			rt.Fatalf("cutting again: %v\n%s\nbecame\n%s", err, after, again)
		}
	})
}

// TestR29AnEndAmongOtherParts applies the parts in their order.
func TestR29AnEndAmongOtherParts(t *testing.T) {
	first, second := at(t, "2026-10-13T08:00:00Z"), at(t, "2026-12-08T08:00:00Z")
	cut := at(t, "2026-12-01T08:00:00Z")
	ics := textOf("DTSTART:20261006T080000Z\nDTEND:20261006T083000Z\nRRULE:FREQ=WEEKLY")
	move := func(original time.Time) calendar.Part {
		to := span.Of(original.Add(time.Hour), 30*time.Minute)
		return calendar.Part{Original: original, To: &to}
	}
	edit := func(parts ...calendar.Part) (string, error) {
		got, err := Edit(ics, calendar.Change{Now: now, Organizer: true, Parts: parts}, time.UTC)
		return string(got), err
	}
	after, err := edit(move(second), calendar.Part{Until: &cut, Lines: []string{"Goes on every two weeks"}}, move(first))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(after, "BEGIN:VEVENT") != 2 || strings.Count(after, "UNTIL=20261130T235959Z") != 1 || !strings.Contains(after, "Goes on") ||
		!strings.Contains(after, "RECURRENCE-ID:20261013T080000Z") {
		t.Errorf("the object is\n%s", after)
	}
	if after, err := edit(calendar.Part{Until: &cut}, move(second)); err == nil {
		t.Errorf("an occurrence after the end was moved:\n%s", after)
	}
}
