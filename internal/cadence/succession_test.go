package cadence_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// event is a series of half an hour from 2026-09-01T10:00 in Vienna on, a Tuesday.
func event(t testing.TB, rule string) calendar.Event {
	first := time.Date(2026, 9, 1, 10, 0, 0, 0, zone(t, "Europe/Vienna"))
	return calendar.Event{UID: "old", Start: first, End: first.Add(30 * time.Minute), RRules: []string{rule}, Status: calendar.Confirmed}
}

// on reads "12 Oct 10:00" of 2026 in the zone of the event.
func on(t testing.TB, e calendar.Event, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2 Jan 15:04 2006", text+" 2026", e.Start.Location())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// told writes a plan in one line each.
func told(s Succession) string {
	at := func(ts []time.Time) (out []string) {
		for _, t := range ts {
			out = append(out, t.Format("2 Jan 15:04"))
		}
		return out
	}
	text := fmt.Sprintf("cut %s, new %s-%s %s", s.Cut.Format("Mon 2 Jan 15:04"), s.Start.Format("Mon 2 Jan 15:04"), s.End.Format("15:04"), s.RRule)
	if len(s.RDates) > 0 {
		text += " also " + strings.Join(at(s.RDates), ", ")
	}
	if len(s.ExDates) > 0 {
		text += " not " + strings.Join(at(s.ExDates), ", ")
	}
	for _, c := range s.Carry {
		text += fmt.Sprintf(" carry %s as %s at %s-%s", c.From.Format("2 Jan 15:04"), c.To.Format("2 Jan 15:04"), c.Span.Start.Format("2 Jan 15:04"), c.Span.End.Format("15:04"))
	}
	return text
}

func TestR29Succeed(t *testing.T) {
	const weekly, biweekly = "FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
	type moved struct{ original, to string }
	for _, c := range []struct {
		name, rule string
		change     Change
		retime     string
		now        string
		moved      []moved
		deleted    []string
		added      []string
		want       string
	}{
		{name: "to every two weeks", rule: weekly, change: Change{Rhythm: Biweekly, Length: time.Hour}, now: "14 Oct 09:00",
			want: "cut Tue 20 Oct 10:00, new Tue 20 Oct 10:00-11:00 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"},
		{name: "today's meeting is too near", rule: weekly, change: Change{Rhythm: Biweekly}, now: "20 Oct 11:00",
			want: "cut Tue 27 Oct 10:00, new Tue 27 Oct 10:00-10:30 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"},
		{name: "the next one is cancelled, so it begins a week later", rule: weekly, change: Change{Rhythm: Biweekly}, now: "14 Oct 09:00", deleted: []string{"20 Oct 10:00"},
			want: "cut Tue 27 Oct 10:00, new Tue 27 Oct 10:00-10:30 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"},
		{name: "a cancelled one that the new rhythm would have stays cancelled", rule: weekly, change: Change{Rhythm: Biweekly}, now: "14 Oct 09:00", deleted: []string{"3 Nov 10:00", "27 Oct 10:00"},
			want: "cut Tue 20 Oct 10:00, new Tue 20 Oct 10:00-10:30 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU not 3 Nov 10:00"},
		{name: "a moved one of the new rhythm stays moved", rule: weekly, change: Change{Rhythm: Biweekly, Length: time.Hour}, now: "14 Oct 09:00", moved: []moved{{"3 Nov 10:00", "4 Nov 15:00"}},
			want: "cut Tue 20 Oct 10:00, new Tue 20 Oct 10:00-11:00 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU carry 3 Nov 10:00 as 3 Nov 10:00 at 4 Nov 15:00-15:30"},
		{name: "a moved one of a week without a meeting goes along", rule: weekly, change: Change{Rhythm: Biweekly}, now: "14 Oct 09:00", moved: []moved{{"27 Oct 10:00", "28 Oct 15:00"}},
			want: "cut Tue 20 Oct 10:00, new Tue 20 Oct 10:00-10:30 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU also 27 Oct 10:00 carry 27 Oct 10:00 as 27 Oct 10:00 at 28 Oct 15:00-15:30"},
		{name: "but not into a week that has one", rule: weekly, change: Change{Rhythm: Biweekly}, now: "14 Oct 09:00", moved: []moved{{"27 Oct 10:00", "2 Nov 15:00"}},
			want: "cut Tue 20 Oct 10:00, new Tue 20 Oct 10:00-10:30 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"},
		{name: "one that was brought forward and is over stays", rule: weekly, change: Change{Rhythm: Biweekly}, now: "14 Oct 09:00", moved: []moved{{"20 Oct 10:00", "14 Oct 08:00"}},
			want: "cut Tue 27 Oct 10:00, new Tue 27 Oct 10:00-10:30 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"},
		{name: "to every week begins in the week between", rule: biweekly, change: Change{Rhythm: Weekly, Length: 45 * time.Minute}, now: "14 Oct 09:00",
			want: "cut Tue 27 Oct 10:00, new Tue 20 Oct 10:00-10:45 FREQ=WEEKLY;BYDAY=TU"},
		{name: "to every week, one moved into the week between", rule: biweekly, change: Change{Rhythm: Weekly}, now: "14 Oct 09:00", moved: []moved{{"10 Nov 10:00", "3 Nov 15:00"}},
			want: "cut Tue 27 Oct 10:00, new Tue 20 Oct 10:00-10:30 FREQ=WEEKLY;BYDAY=TU not 3 Nov 10:00 carry 10 Nov 10:00 as 10 Nov 10:00 at 3 Nov 15:00-15:30"},
		{name: "an additional one of a week without a meeting goes along", rule: weekly, change: Change{Rhythm: Biweekly}, now: "14 Oct 09:00", deleted: []string{"27 Oct 10:00"}, added: []string{"28 Oct 12:00", "5 Nov 12:00"},
			want: "cut Tue 20 Oct 10:00, new Tue 20 Oct 10:00-10:30 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU also 28 Oct 12:00"},
		{name: "what was carried along once meets the rule again", rule: biweekly, change: Change{Rhythm: Weekly}, now: "14 Oct 09:00", added: []string{"3 Nov 10:00"}, moved: []moved{{"3 Nov 10:00", "4 Nov 15:00"}},
			want: "cut Tue 27 Oct 10:00, new Tue 20 Oct 10:00-10:30 FREQ=WEEKLY;BYDAY=TU carry 3 Nov 10:00 as 3 Nov 10:00 at 4 Nov 15:00-15:30"},
		{name: "the last meeting stays the last", rule: weekly + ";COUNT=12", change: Change{Rhythm: Biweekly}, now: "14 Oct 09:00",
			want: "cut Tue 20 Oct 10:00, new Tue 20 Oct 10:00-10:30 FREQ=WEEKLY;INTERVAL=2;UNTIL=20261117T090000Z;BYDAY=TU"},
		{name: "so does the end by date", rule: weekly + ";UNTIL=20261111T090000Z", change: Change{Rhythm: Biweekly}, now: "14 Oct 09:00",
			want: "cut Tue 20 Oct 10:00, new Tue 20 Oct 10:00-10:30 FREQ=WEEKLY;INTERVAL=2;UNTIL=20261110T090000Z;BYDAY=TU"},
		{name: "another time", rule: weekly, retime: "22 Oct 14:00", now: "14 Oct 09:00", deleted: []string{"3 Nov 10:00"}, moved: []moved{{"10 Nov 10:00", "13 Nov 09:00"}},
			want: "cut Tue 20 Oct 10:00, new Thu 22 Oct 14:00-14:30 FREQ=WEEKLY;BYDAY=TH not 5 Nov 14:00 carry 10 Nov 10:00 as 12 Nov 14:00 at 13 Nov 09:00-09:30"},
		{name: "another time, but this week's meeting is over", rule: weekly, retime: "22 Oct 14:00", now: "20 Oct 12:00",
			want: "cut Tue 27 Oct 10:00, new Thu 29 Oct 14:00-14:30 FREQ=WEEKLY;BYDAY=TH"},
		{name: "another time and an end", rule: weekly + ";COUNT=10", retime: "22 Oct 14:00", now: "14 Oct 09:00",
			want: "cut Tue 20 Oct 10:00, new Thu 22 Oct 14:00-14:30 FREQ=WEEKLY;UNTIL=20261105T130000Z;BYDAY=TH"},
		{name: "another time every two weeks keeps the weeks", rule: biweekly, retime: "22 Oct 14:00", now: "14 Oct 09:00",
			want: "cut Tue 27 Oct 10:00, new Thu 29 Oct 14:00-14:30 FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"},
		{name: "daily to twice a week begins with a week", rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", change: Change{Rhythm: TwiceAWeek}, now: "14 Oct 11:00",
			want: "cut Mon 19 Oct 10:00, new Tue 20 Oct 10:00-10:30 FREQ=WEEKLY;BYDAY=TU,TH"},
		{name: "the two days that lie best apart", rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,FR", change: Change{Rhythm: TwiceAWeek}, now: "14 Oct 11:00",
			want: "cut Mon 19 Oct 10:00, new Mon 19 Oct 10:00-10:30 FREQ=WEEKLY;BYDAY=MO,FR"},
		{name: "four days to weekly", rule: "FREQ=DAILY;BYDAY=MO,WE,TH,FR", change: Change{Rhythm: Weekly, Length: 45 * time.Minute}, now: "14 Oct 11:00",
			want: "cut Mon 19 Oct 10:00, new Mon 19 Oct 10:00-10:45 FREQ=WEEKLY;BYDAY=MO"},
		{name: "one that was only made longer goes with the new time", rule: weekly, retime: "22 Oct 14:00", now: "14 Oct 09:00", moved: []moved{{"10 Nov 10:00", "10 Nov 10:00"}},
			want: "cut Tue 20 Oct 10:00, new Thu 22 Oct 14:00-14:30 FREQ=WEEKLY;BYDAY=TH carry 10 Nov 10:00 as 12 Nov 14:00 at 12 Nov 14:00-14:50"},
		{name: "twice a week to weekly", rule: "FREQ=WEEKLY;BYDAY=MO,WE", change: Change{Rhythm: Weekly}, now: "13 Oct 11:00",
			want: "cut Mon 19 Oct 10:00, new Mon 19 Oct 10:00-10:30 FREQ=WEEKLY;BYDAY=MO"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := event(t, c.rule)
			var exceptions []calendar.Event
			for _, m := range c.moved {
				x := e
				x.RRules, x.Original, x.Start = nil, on(t, e, m.original), on(t, e, m.to)
				x.End = x.Start.Add(30 * time.Minute)
				if m.original == m.to {
					x.End = x.Start.Add(50 * time.Minute)
				}
				exceptions = append(exceptions, x)
			}
			for _, d := range c.deleted {
				e.ExDates = append(e.ExDates, on(t, e, d))
			}
			for _, a := range c.added {
				e.RDates = append(e.RDates, span.Span{Start: on(t, e, a), End: on(t, e, a)})
			}
			if c.retime != "" {
				c.change.Start = on(t, e, c.retime)
			}
			got, err := Succeed(e, exceptions, c.change, on(t, e, c.now), on(t, e, "1 Dec 00:00"))
			if err != nil {
				t.Fatal(err)
			}
			if told(got) != c.want {
				t.Errorf("Succeed:\n got %s\nwant %s", told(got), c.want)
			}
		})
	}
}

func TestR29TooOdd(t *testing.T) {
	e := event(t, "FREQ=WEEKLY;BYDAY=TU")
	now := on(t, e, "14 Oct 09:00")
	for name, change := range map[string]func(*calendar.Event, *Change){
		"cancelled":       func(e *calendar.Event, _ *Change) { e.Status = calendar.Cancelled },
		"two rules":       func(e *calendar.Event, _ *Change) { e.RRules = append(e.RRules, "FREQ=DAILY") },
		"dates only":      func(e *calendar.Event, _ *Change) { e.RRules = nil },
		"all day":         func(e *calendar.Event, _ *Change) { e.AllDay = true },
		"floating":        func(e *calendar.Event, _ *Change) { e.Floating = true },
		"no length":       func(e *calendar.Event, _ *Change) { e.End = e.Start },
		"monthly":         func(e *calendar.Event, _ *Change) { e.RRules = []string{"FREQ=MONTHLY"} },
		"by position":     func(e *calendar.Event, _ *Change) { e.RRules = []string{"FREQ=WEEKLY;BYDAY=TU,TH;BYSETPOS=1"} },
		"hourly":          func(e *calendar.Event, _ *Change) { e.RRules = []string{"FREQ=HOURLY"} },
		"unreadable":      func(e *calendar.Event, _ *Change) { e.RRules = []string{"every tuesday"} },
		"ended":           func(e *calendar.Event, _ *Change) { e.RRules = []string{"FREQ=WEEKLY;COUNT=3"} },
		"ends too soon":   func(e *calendar.Event, _ *Change) { e.RRules = []string{"FREQ=WEEKLY;UNTIL=20261014T080000Z"} },
		"nothing to do":   func(_ *calendar.Event, c *Change) { *c = Change{} },
		"both at once":    func(_ *calendar.Event, c *Change) { c.Start = now },
		"the same rhythm": func(_ *calendar.Event, c *Change) { c.Rhythm = Weekly },
		"faster":          func(_ *calendar.Event, c *Change) { c.Rhythm = Daily },
	} {
		e, c := e, Change{Rhythm: Biweekly}
		change(&e, &c)
		got, err := Succeed(e, nil, c, now, now.Add(8*week))
		if err == nil {
			t.Errorf("%s: planned %s", name, told(got))
		} else if s := err.Error(); strings.HasSuffix(s, ".") || strings.Contains(s, "recur.") {
			t.Errorf("%s: says %q", name, s)
		}
	}
}

// oldSeries is any series that can be changed, with moved and cancelled
// occurrences.
func oldSeries(t *rapid.T) (calendar.Event, []calendar.Event, time.Time) {
	loc := zone(t, rapid.SampledFrom([]string{"UTC", "Europe/Vienna", "America/New_York", "Australia/Sydney", "Asia/Kathmandu"}).Draw(t, "zone"))
	first := time.Date(2026, 9, 1+rapid.IntRange(0, 13).Draw(t, "day"), rapid.IntRange(8, 17).Draw(t, "hour"), 30, 0, 0, loc)
	e := calendar.Event{UID: "old", Start: first, End: first.Add(30 * time.Minute), Status: calendar.Confirmed}
	rule := rapid.SampledFrom([]string{
		"FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=DAILY;INTERVAL=7", "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=MO,TH",
	}).Draw(t, "rule")
	switch rapid.IntRange(0, 3).Draw(t, "end") {
	case 0:
		rule += fmt.Sprintf(";COUNT=%d", rapid.IntRange(10, 80).Draw(t, "count"))
	case 1:
		rule += ";UNTIL=" + first.AddDate(0, 0, rapid.IntRange(60, 300).Draw(t, "until")).UTC().Format("20060102T150405Z")
	}
	e.RRules = []string{rule}
	now := first.Add(time.Duration(rapid.IntRange(0, 10*7*24).Draw(t, "now")) * time.Hour)
	set, err := recur.ParseSet(e.Start, false, e.RRules, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	starts, err := set.Between(span.Span{Start: now.Add(-2 * week), End: now.Add(10 * week)}, recur.DefaultBudget)
	if err != nil {
		t.Fatal(err)
	}
	quiet := rapid.IntRange(0, 3).Draw(t, "quiet") == 0
	if !quiet && rapid.IntRange(0, 2).Draw(t, "added") == 0 {
		at := now.Add(time.Duration(rapid.IntRange(0, 8*7*24).Draw(t, "at")) * time.Hour)
		e.RDates = []span.Span{{Start: at, End: at}}
		starts = append(starts, at)
		slices.SortFunc(starts, time.Time.Compare)
		starts = slices.CompactFunc(starts, time.Time.Equal)
	}
	var exceptions []calendar.Event
	for _, at := range starts {
		if quiet {
			break
		}
		switch rapid.IntRange(0, 11).Draw(t, "what") {
		case 0:
			e.ExDates = append(e.ExDates, at)
		case 1:
			x := calendar.Event{UID: "old", Original: at, Status: calendar.Cancelled, Start: at, End: at.Add(time.Hour)}
			exceptions = append(exceptions, x)
		case 2, 3:
			start := at.Add(time.Duration(rapid.IntRange(-9*24, 9*24).Draw(t, "by")) * time.Hour)
			exceptions = append(exceptions, calendar.Event{UID: "old", Original: at, Status: calendar.Confirmed, Start: start, End: start.Add(30 * time.Minute)})
		}
	}
	return e, exceptions, now
}

// monday names the week of t.
func monday(t time.Time) string {
	y, w := t.ISOWeek()
	return fmt.Sprintf("%d-%02d", y, w)
}

// TestPropertyR29 compares the meetings before and after any change.
func TestPropertyR29(t *testing.T) {
	planned := 0
	rapid.Check(t, func(t *rapid.T) {
		e, exceptions, now := oldSeries(t)
		change := Change{Rhythm: rapid.SampledFrom([]Rhythm{TwiceAWeek, Weekly, Biweekly, ""}).Draw(t, "rhythm")}
		if change.Rhythm == "" {
			change.Start = now.Add(time.Duration(rapid.IntRange(0, 14*24).Draw(t, "retime")) * time.Hour).In(e.Start.Location())
		}
		s, err := Succeed(e, exceptions, change, now, now.Add(12*week))
		if err != nil {
			return
		}
		planned++
		window := span.Span{Start: e.Start.Add(-week), End: now.Add(30 * week)}
		old := expand(t, e, exceptions, window)
		made := calendar.Event{UID: "new", Start: s.Start, End: s.End, RRules: []string{s.RRule}, ExDates: s.ExDates, Status: calendar.Confirmed}
		for _, r := range s.RDates {
			made.RDates = append(made.RDates, span.Span{Start: r, End: r})
		}
		var carried []calendar.Event
		for _, c := range s.Carry {
			carried = append(carried, calendar.Event{UID: "new", Original: c.To, Status: calendar.Confirmed, Start: c.Span.Start, End: c.Span.End})
		}
		after := expand(t, made, carried, window)
		check(t, s, change, e, now, old, after)
		if len(exceptions)+len(e.ExDates)+len(e.RDates) == 0 {
			checkGaps(t, s, change, old, after)
		}
	})
	if planned == 0 {
		t.Error("no change was ever possible")
	}
}

func expand(t *rapid.T, e calendar.Event, exceptions []calendar.Event, w span.Span) []calendar.Occurrence {
	out, skipped, err := recur.Expand(e, exceptions, w)
	if err != nil || len(skipped) > 0 {
		t.Fatalf("%v, skipped %v", err, skipped)
	}
	return out
}

func check(t *rapid.T, s Succession, change Change, e calendar.Event, now time.Time, old, after []calendar.Occurrence) {
	weeks, had, kept := map[string]int{}, map[string]int{}, 0
	for _, o := range old {
		had[monday(o.Start)]++
		if o.Original.Before(s.Cut) {
			kept++
			weeks[monday(o.Start)]++
		} else if o.Start.Before(now) {
			t.Fatalf("%s, which is past, is given up: %s", o.Start, told(s))
		}
	}
	if kept == 0 && e.Start.Equal(s.Cut) || s.Start.Before(now) {
		t.Fatalf("begins at %s, now is %s", s.Start, now)
	}
	for _, o := range after {
		if o.Start.Before(now) {
			t.Fatalf("%s of the new series is past", o.Start)
		}
		weeks[monday(o.Start)]++
	}
	if len(after) == 0 || !slices.ContainsFunc(after, func(o calendar.Occurrence) bool { return o.Original.Equal(s.Start) }) {
		t.Fatalf("the first meeting of the new series does not stand: %s", told(s))
	}
	often := 1
	if change.Rhythm == TwiceAWeek {
		often = 2
	}
	for w, n := range weeks {
		if n > max(often, had[w]) {
			t.Fatalf("%d meetings in week %s, %d before: %s", n, w, had[w], told(s))
		}
	}
	// A week in which the old series met and the new one should has a meeting.
	rhythm := span.Span{Start: s.Start, End: now.Add(20 * week)}
	set, err := recur.ParseSet(s.Start, false, []string{s.RRule}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	grid, err := set.Between(rhythm, recur.DefaultBudget)
	if err != nil {
		t.Fatal(err)
	}
	moved := map[string]bool{}
	for _, o := range old {
		if monday(o.Start) != monday(o.Original) {
			moved[monday(o.Original)] = true
		}
	}
	for _, g := range grid {
		if w := monday(g); weeks[w] == 0 && had[w] > 0 && !moved[w] && len(s.RRule) > 0 && !slices.ContainsFunc(s.ExDates, g.Equal) {
			t.Fatalf("no meeting in week %s: %s", w, told(s))
		}
	}
	// Whatever a person moved stands where it stood, or its week has another meeting.
	for _, o := range old {
		if o.Original.Before(s.Cut) || o.Start.Equal(o.Original) || !o.Exception {
			continue
		}
		stands := slices.ContainsFunc(after, func(n calendar.Occurrence) bool { return n.Span().Equal(o.Span()) })
		if !stands && weeks[monday(o.Start)] == 0 {
			t.Fatalf("%s, moved to %s, is lost: %s", o.Original, o.Start, told(s))
		}
	}
}

// checkGaps is for a series of which nothing was moved, cancelled or added: no gap is longer than that of the old or the new rhythm, and, where the time of
// the week changes, a week more; and the last one is where the old last one was.
func checkGaps(t *rapid.T, s Succession, change Change, old, after []calendar.Occurrence) {
	longest := map[Rhythm]time.Duration{TwiceAWeek: 6 * day, Weekly: 2 * week, Biweekly: 2 * week, "": 3 * week}[change.Rhythm] + time.Hour
	var all []time.Time
	for _, o := range old {
		if o.Original.Before(s.Cut) {
			all = append(all, o.Start)
		}
	}
	for _, o := range after {
		all = append(all, o.Start)
	}
	for i := 1; i < len(all); i++ {
		if gap := all[i].Sub(all[i-1]); gap > longest || gap <= 0 {
			t.Fatalf("%v from %s to %s: %s", gap, all[i-1], all[i], told(s))
		}
	}
	if end, was := all[len(all)-1], old[len(old)-1].Start; was.Before(s.Start.Add(20*week)) && change.Start.IsZero() && (end.After(was) || was.Sub(end) > longest) {
		t.Fatalf("ends %s instead of %s: %s", end, was, told(s))
	}
}
