package recur

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// shown returns an occurrence as "start-end title (original)", with "!" for an
// exception.
func shown(o calendar.Occurrence) string {
	s := o.Start.Format("Jan 2 15:04") + "-" + o.End.Format("15:04")
	if o.AllDay {
		s = o.Start.Format("Jan 2") + "-" + o.End.Format("Jan 2")
	}
	if o.Title != "" {
		s += " " + o.Title
	}
	if !o.Original.IsZero() && !o.Original.Equal(o.Start) {
		s += " (" + o.Original.Format("Jan 2 15:04") + ")"
	}
	if o.Exception {
		s += "!"
	}
	return s
}

func allShown(all []calendar.Occurrence) []string {
	var out []string
	for _, o := range all {
		out = append(out, shown(o))
	}
	return out
}

func TestExpand(t *testing.T) {
	berlin := in(t, "Europe/Berlin")
	b := func(clock string) time.Time { return at(t, clock, berlin) }
	ny := func(clock string) time.Time { return at(t, clock, in(t, "America/New_York")) }
	weekly := func(change ...func(*calendar.Event)) calendar.Event {
		e := calendar.Event{UID: "w", Start: b("20260105T100000"), End: b("20260105T103000"), RRules: []string{"FREQ=WEEKLY;COUNT=200"}}
		for _, c := range change {
			c(&e)
		}
		return e
	}
	exception := func(original, start time.Time, title string, change ...func(*calendar.Event)) calendar.Event {
		e := calendar.Event{UID: "w", Original: original, Start: start, End: start.Add(30 * time.Minute), Title: title}
		for _, c := range change {
			c(&e)
		}
		return e
	}
	cancelled := func(e *calendar.Event) { e.Status = calendar.Cancelled }
	future := func(e *calendar.Event) { e.ThisAndFuture = true }
	long := func(e *calendar.Event) { e.End = e.Start.Add(time.Hour) }
	sequence := func(n int) func(*calendar.Event) { return func(e *calendar.Event) { e.Sequence = n } }
	january := span.Span{Start: b("20260101T000000"), End: b("20260201T000000")}
	const jan = "Jan 5 10:00-10:30, Jan 12 10:00-10:30, Jan 19 10:00-10:30, Jan 26 10:00-10:30"
	tests := []struct {
		name       string
		master     calendar.Event
		exceptions []calendar.Event
		window     span.Span
		want       string
		skipped    string // part of the only reason
	}{
		{"a series", weekly(), nil, january, jan, ""},
		{"the window is half open, and an overlap is enough", weekly(), nil, span.Span{Start: b("20260105T102959"), End: b("20260119T100001")}, "Jan 5 10:00-10:30, Jan 12 10:00-10:30, Jan 19 10:00-10:30", ""},
		{"touching is no overlap", weekly(), nil, span.Span{Start: b("20260105T103000"), End: b("20260119T100000")}, "Jan 12 10:00-10:30", ""},
		{"moved inside the window", weekly(), []calendar.Event{exception(b("20260112T100000"), b("20260113T150000"), "moved")}, january, "Jan 5 10:00-10:30, Jan 13 15:00-15:30 moved (Jan 12 10:00)!, Jan 19 10:00-10:30, Jan 26 10:00-10:30", ""},
		{"moved out of the window", weekly(), []calendar.Event{exception(b("20260126T100000"), b("20260202T150000"), "moved")}, january, "Jan 5 10:00-10:30, Jan 12 10:00-10:30, Jan 19 10:00-10:30", ""},
		{"moved into the window", weekly(), []calendar.Event{exception(b("20260202T100000"), b("20260130T150000"), "moved")}, january, jan + ", Jan 30 15:00-15:30 moved (Feb 2 10:00)!", ""},
		{"moved to where another one is", weekly(), []calendar.Event{exception(b("20260112T100000"), b("20260105T100000"), "moved")}, span.Span{Start: b("20260105T000000"), End: b("20260113T000000")}, "Jan 5 10:00-10:30, Jan 5 10:00-10:30 moved (Jan 12 10:00)!", ""},
		{"RECURRENCE-ID in another zone", weekly(), []calendar.Event{exception(ny("20260112T040000"), b("20260113T150000"), "moved")}, january, "Jan 5 10:00-10:30, Jan 13 15:00-15:30 moved (Jan 12 10:00)!, Jan 19 10:00-10:30, Jan 26 10:00-10:30", ""},
		{"RECURRENCE-ID as a date", weekly(), []calendar.Event{exception(b("20260112T000000"), b("20260113T150000"), "moved")}, january, "Jan 5 10:00-10:30, Jan 13 15:00-15:30 moved (Jan 12 10:00)!, Jan 19 10:00-10:30, Jan 26 10:00-10:30", ""},
		{"cancelled", weekly(), []calendar.Event{exception(b("20260112T100000"), b("20260112T100000"), "", cancelled)}, january, "Jan 5 10:00-10:30, Jan 19 10:00-10:30, Jan 26 10:00-10:30", ""},
		{"an orphan", weekly(), []calendar.Event{exception(b("20260113T100000"), b("20260113T150000"), "orphan")}, january, jan, "not a date of the series"},
		{"a cancelled orphan", weekly(), []calendar.Event{exception(b("20260113T100000"), b("20260113T100000"), "", cancelled)}, january, jan, ""},
		{"an orphan of an excluded date", weekly(func(e *calendar.Event) { e.ExDates = []time.Time{b("20260112T100000")} }), []calendar.Event{exception(b("20260112T100000"), b("20260113T150000"), "orphan")}, january, "Jan 5 10:00-10:30, Jan 19 10:00-10:30, Jan 26 10:00-10:30", "not a date of the series"},
		{"two for one occurrence, the higher sequence", weekly(), []calendar.Event{exception(b("20260112T100000"), b("20260113T150000"), "new", sequence(3)), exception(b("20260112T100000"), b("20260114T150000"), "old", sequence(2))}, january, "Jan 5 10:00-10:30, Jan 13 15:00-15:30 new (Jan 12 10:00)!, Jan 19 10:00-10:30, Jan 26 10:00-10:30", "newer exception"},
		{"two for one occurrence, then the last", weekly(), []calendar.Event{exception(b("20260112T100000"), b("20260113T150000"), "old"), exception(b("20260112T100000"), b("20260114T150000"), "new")}, january, "Jan 5 10:00-10:30, Jan 14 15:00-15:30 new (Jan 12 10:00)!, Jan 19 10:00-10:30, Jan 26 10:00-10:30", "newer exception"},
		{"this and future: later and longer", weekly(), []calendar.Event{exception(b("20260112T100000"), b("20260113T110000"), "shifted", future, long)}, january, "Jan 5 10:00-10:30, Jan 13 11:00-12:00 shifted (Jan 12 10:00)!, Jan 20 11:00-12:00 shifted (Jan 19 10:00), Jan 27 11:00-12:00 shifted (Jan 26 10:00)", ""},
		{"this and future keeps the clock over the change", weekly(), []calendar.Event{exception(b("20260112T100000"), b("20260112T110000"), "", future)}, span.Span{Start: b("20260701T000000"), End: b("20260710T000000")}, "Jul 6 11:00-11:30 (Jul 6 10:00)", ""},
		{"this and future, until the next, and one of its own", weekly(), []calendar.Event{
			exception(b("20260112T100000"), b("20260112T110000"), "a", future),
			exception(b("20260126T100000"), b("20260126T120000"), "b", future),
			exception(b("20260119T100000"), b("20260119T090000"), "own"),
		}, span.Span{Start: b("20260101T000000"), End: b("20260205T000000")}, "Jan 5 10:00-10:30, Jan 12 11:00-11:30 a (Jan 12 10:00)!, Jan 19 09:00-09:30 own (Jan 19 10:00)!, Jan 26 12:00-12:30 b (Jan 26 10:00)!, Feb 2 12:00-12:30 b (Feb 2 10:00)", ""},
		{"this and future moved into the window from after it", weekly(), []calendar.Event{exception(b("20260202T100000"), b("20260130T100000"), "early", future)}, january, jan + ", Jan 30 10:00-10:30 early (Feb 2 10:00)!", ""},
		{"this and future cancelled", weekly(), []calendar.Event{exception(b("20260119T100000"), b("20260119T100000"), "", future, cancelled)}, january, "Jan 5 10:00-10:30, Jan 12 10:00-10:30", ""},
		{"this and future, in another zone", weekly(), []calendar.Event{exception(b("20260112T100000"), ny("20260112T040000"), "same", future)}, span.Span{Start: b("20260312T000000"), End: b("20260320T000000")}, "Mar 16 05:00-05:30 same", ""},
		{"an override and this and future for one occurrence", weekly(), []calendar.Event{exception(b("20260112T100000"), b("20260112T110000"), "range", future), exception(b("20260112T100000"), b("20260112T140000"), "own")}, january, "Jan 5 10:00-10:30, Jan 12 14:00-14:30 own (Jan 12 10:00)!, Jan 19 11:00-11:30 range (Jan 19 10:00), Jan 26 11:00-11:30 range (Jan 26 10:00)", ""},
		{"RDATE with an end of its own", weekly(func(e *calendar.Event) {
			e.RDates = []span.Span{{Start: b("20260107T100000"), End: b("20260107T130000")}, {Start: b("20260108T100000"), End: b("20260108T100000")}}
		}), nil, january, "Jan 5 10:00-10:30, Jan 7 10:00-13:00, Jan 8 10:00-10:30, Jan 12 10:00-10:30, Jan 19 10:00-10:30, Jan 26 10:00-10:30", ""},
		{"RDATE whose length reaches into the window", weekly(func(e *calendar.Event) {
			e.RDates = []span.Span{{Start: b("20260107T100000"), End: b("20260109T130000")}}
		}), nil, span.Span{Start: b("20260109T000000"), End: b("20260110T000000")}, "Jan 7 10:00-13:00", ""},
		{"a cancelled series", weekly(cancelled), []calendar.Event{exception(b("20260112T100000"), b("20260113T150000"), "lives")}, january, "Jan 13 15:00-15:30 lives (Jan 12 10:00)!", ""},
		{"a single event", calendar.Event{Start: b("20260105T100000"), End: b("20260105T103000")}, nil, january, "Jan 5 10:00-10:30", ""},
		{"a single event outside", calendar.Event{Start: b("20250105T100000"), End: b("20250105T103000")}, nil, january, "", ""},
		{"a single cancelled event", calendar.Event{Start: b("20260105T100000"), End: b("20260105T103000"), Status: calendar.Cancelled}, nil, january, "", ""},
		{"no length", calendar.Event{Start: b("20260105T100000"), End: b("20260105T100000")}, nil, january, "Jan 5 10:00-10:00", ""},
		{"a series that became a single event", weekly(func(e *calendar.Event) { e.RRules = nil }), []calendar.Event{exception(b("20260112T100000"), b("20260113T150000"), "orphan")}, january, "Jan 5 10:00-10:30", "not a date of the series"},
		{"invited to two occurrences only", calendar.Event{}, []calendar.Event{exception(b("20260112T100000"), b("20260113T150000"), "a"), exception(b("20260119T100000"), b("20260119T100000"), "b"), exception(b("20260126T100000"), b("20260126T100000"), "", cancelled)}, january, "Jan 13 15:00-15:30 a (Jan 12 10:00)!, Jan 19 10:00-10:30 b!", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, skipped, err := Expand(tt.master, tt.exceptions, tt.window)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(tt.want, ", "), strings.Split(strings.Join(allShown(got), ", "), ", ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if tt.skipped == "" && len(skipped) > 0 || tt.skipped != "" && (len(skipped) != 1 || !strings.Contains(skipped[0].Reason, tt.skipped)) {
				t.Errorf("skipped %+v, want %q", skipped, tt.skipped)
			}
			for _, o := range got {
				if recurs := tt.master.Recurs() || tt.master.Start.IsZero(); o.Original.IsZero() == recurs {
					t.Errorf("%s has the original start %v", shown(o), o.Original)
				}
			}
		})
	}
}

func TestAllDayOccurrencesLastDaysNotHours(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Asia/Tokyo"} {
		loc := in(t, name)
		master := calendar.Event{
			Start: at(t, "20260101T000000", loc), End: at(t, "20260103T000000", loc), AllDay: true, RRules: []string{"FREQ=DAILY;INTERVAL=3"},
		}
		day := func(d int) time.Time { return Instant(time.Date(2026, 1, d, 0, 0, 0, 0, time.UTC), loc) }
		exceptions := []calendar.Event{
			{Original: at(t, "20260407T000000", time.UTC), Start: day(100), End: day(101), AllDay: true, ThisAndFuture: true}, // 7 April is day 97
		}
		got, skipped, err := Expand(master, exceptions, span.Span{Start: day(0), End: day(400)})
		if err != nil || len(skipped) > 0 {
			t.Fatal(err, skipped)
		}
		if want := 132; len(got) != want {
			t.Errorf("%s: %d occurrences, want %d", name, len(got), want)
		}
		for _, o := range got {
			length := dayOf(wallOf(o.End)) - dayOf(wallOf(o.Start))
			shift := dayOf(wallOf(o.Start)) - dayOf(wallOf(o.Original))
			ranged := !o.Original.Before(day(97))
			if o.Start.Format("15:04") != "00:00" || o.End.Format("15:04") != "00:00" || length != int64(2-btoi(ranged)) || shift != int64(3*btoi(ranged)) {
				t.Errorf("%s: %s", name, shown(o))
			}
		}
	}
}

func TestExpandSaysWhyItCannot(t *testing.T) {
	start := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	w := span.Of(time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC), 56*24*time.Hour)
	for rule, want := range map[string]string{
		"FREQ=SECONDLY":                           "too often",
		"FREQ=DAILY;COUNT=0":                      "at least 1",
		"FREQ=SOMETIMES":                          "unknown frequency",
		"FREQ=SECONDLY;BYSECOND=7;COUNT=99999999": "too long",
	} {
		got, _, err := Expand(calendar.Event{Start: start, End: start.Add(time.Hour), RRules: []string{rule}}, nil, w)
		if err == nil || !strings.Contains(err.Error(), want) || got != nil {
			t.Errorf("%s: %d occurrences, %v; want an error with %q", rule, len(got), err, want)
		}
	}
}

// TestExpandStaysBounded has thousands of exceptions of a rule that is dear to
// look at: an answer or an error, but soon.
func TestExpandStaysBounded(t *testing.T) {
	start := time.Date(1800, 1, 1, 9, 0, 0, 0, time.UTC)
	master := calendar.Event{Start: start, End: start.Add(time.Hour), RRules: []string{"FREQ=DAILY;BYMONTH=1,2,3;COUNT=2000000000"}}
	var exceptions []calendar.Event
	for i := range 5000 {
		at := start.AddDate(200, 0, i)
		exceptions = append(exceptions, calendar.Event{Original: at, Start: at, End: at.Add(time.Hour)})
	}
	_, _, err := Expand(master, exceptions, span.Of(start.AddDate(226, 0, 0), 56*24*time.Hour))
	if err != ErrTooLong {
		t.Errorf("error %v, want %v", err, ErrTooLong)
	}
}

// FuzzExpand: any rule, any window, any two exceptions give meetings that are in
// the window, in order, named once each, or an error.
func FuzzExpand(f *testing.F) {
	f.Add("FREQ=WEEKLY;BYDAY=MO", int64(1767603600), int64(1800), int64(1768208400), int64(3600), uint8(0))
	f.Add("FREQ=DAILY;COUNT=9;BYSETPOS=-1", int64(-5000000000), int64(0), int64(5), int64(-86400), uint8(3))
	f.Add("FREQ=SECONDLY", int64(0), int64(1), int64(1), int64(1), uint8(5))
	f.Add("FREQ=YEARLY;BYWEEKNO=1,-1;BYDAY=SU;INTERVAL=3", int64(1e9), int64(1e6), int64(2e9), int64(1e7), uint8(7))
	f.Fuzz(func(t *testing.T, rule string, start, length, original, shift int64, flags uint8) {
		const far = 1 << 37 // some four thousand years
		zone := in(t, []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"}[flags>>6])
		begin := time.Unix(start%far, 0).In(zone)
		master := calendar.Event{Start: begin, End: begin.Add(time.Duration(length%(1<<22)) * time.Second), RRules: []string{rule}, AllDay: flags&1 != 0}
		id := time.Unix(original%far, 0).In(zone)
		moved := id.Add(time.Duration(shift%(1<<22)) * time.Second)
		exceptions := []calendar.Event{{Original: id, Start: moved, End: moved.Add(time.Hour), ThisAndFuture: flags&2 != 0, AllDay: flags&1 != 0}, master}
		exceptions[1].RRules, exceptions[1].Original, exceptions[1].Sequence = nil, begin, int(flags&4)
		w := span.Of(begin.Add(time.Duration(shift%(1<<30))*time.Second), 56*24*time.Hour)
		got, _, err := Expand(master, exceptions, w)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for i, o := range got {
			if s := o.Span(); !w.Overlaps(s) && !(s.Empty() && w.Contains(s.Start)) {
				t.Fatalf("%s is not in %v", shown(o), w)
			}
			if i > 0 && o.Start.Before(got[i-1].Start) {
				t.Fatalf("%s comes after %s", shown(o), shown(got[i-1]))
			}
			name := fmt.Sprint(o.Original.Unix())
			if seen[name] || o.Original.IsZero() {
				t.Fatalf("%s: its name is not its own", shown(o))
			}
			seen[name] = true
		}
	})
}
