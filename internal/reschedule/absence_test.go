package reschedule_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "oneonone/internal/reschedule"
	"oneonone/internal/span"
)

// TestR5R10Absence: an occurrence inside an absence goes to the nearest slot
// before or after it, between its neighbours; if there is none it stays and says
// that somebody is not available.
func TestR5R10Absence(t *testing.T) {
	weekly := "1:1 Ann & Bob Thu 26 Nov 14:00-14:30, weekly\n1:1 Ann & Bob Thu 19 Nov 14:00-14:30, weekly\n1:1 Ann & Bob Thu 3 Dec 14:00-14:30, weekly\n"
	check(t, []rule{
		{"before it, which is nearer", weekly + "Bob is away Thu 26 Nov 00:00 - Tue 1 Dec 00:00", "moves to Wed 25 Nov 16:30-17:00, rung 1\nBob is not available then."},
		{"after it, which is nearer", weekly + "Bob is away Tue 24 Nov 00:00 - Fri 27 Nov 00:00", "moves to Fri 27 Nov 09:00-09:30, rung 1\nBob is not available then."},
		{"after it, because the time before it has gone", weekly + "Bob is away Mon 23 Nov 00:00 - Tue 1 Dec 00:00", "moves to Tue 1 Dec 09:00-09:30, rung 1"},
		{"before it, because the next one is too near", weekly + "Bob is away Tue 24 Nov 00:00 - Thu 3 Dec 00:00", "moves to Mon 23 Nov 16:30-17:00, rung 1"},
		{"after it, though the day before the next one leaves a quarter of an hour", weekly + "Bob is away Mon 23 Nov 00:00 - Wed 2 Dec 13:45", "moves to Wed 2 Dec 13:45-14:00, rung 4"},
		{"an absence within the day", weekly + "Bob is away Thu 26 Nov 13:00-15:00", "moves to Thu 26 Nov 15:15-15:45, rung 1"},
		{"no slot on either side", weekly + "Bob is away Mon 23 Nov 00:00 - Thu 3 Dec 00:00", "Thu 26 Nov 14:00-14:30 is stuck\nBob is not available then, and there is no time free for both before Wed 2 Dec 14:00."},
		{"both away, one after the other", weekly + "Bob is away Mon 23 Nov 00:00 - Fri 27 Nov 00:00\nAnn is away Thu 26 Nov 00:00 - Thu 3 Dec 00:00", "is stuck\nAnn and Bob are not available then"},
		{"two of the series after it, in their order and a day apart", weekly + "1:1 Ann & Bob Thu 10 Dec 14:00-14:30, weekly\nBob is away Mon 23 Nov 00:00 - Mon 7 Dec 00:00",
			"Thu 26 Nov 14:00-14:30 moves to Mon 7 Dec 09:00-09:30, rung 1\nafter Ann & Bob has moved\nThu 3 Dec 14:00-14:30 moves to Tue 8 Dec 09:30-10:00, rung 1"},
		{"the second would have to pass the third", weekly + "1:1 Ann & Bob Thu 10 Dec 14:00-14:30, weekly\nBob is away Mon 23 Nov 00:00 - Wed 9 Dec 00:00",
			"Thu 26 Nov 14:00-14:30 is stuck\nBob is not available then, and there is no time free for both before Tue 8 Dec 09:00.\nThu 3 Dec 14:00-14:30 moves to Wed 9 Dec 09:00-09:30, rung 1"},
		{"one that may only be asked for", "policy: mode ask\n" + weekly + "Bob is away Thu 26 Nov 00:00 - Tue 1 Dec 00:00", "could go to Wed 25 Nov 16:30-17:00, rung 1\nmode is ask"},
	})
}

// TestR5R10StuckNamesTheAbsence: with the decision goes the kind of the conflict,
// and a cause that is the same from day to day.
func TestR5R10StuckNamesTheAbsence(t *testing.T) {
	s := readStory(t, officeHours+thursday+"\nBob is away Mon 23 Nov 00:00 - Sat 12 Dec 00:00")
	d := Decide(s.facts, s.policy).Decisions[0]
	if d.Outcome != Stuck || d.Cause != "Bob is not available then." || len(d.Conflicts) != 1 ||
		d.Conflicts[0].Kind != IsAway || d.Conflicts[0].Person != "Bob" {
		t.Errorf("Decide = %+v, want it stuck because Bob is away", d)
	}
}

// TestR10TwoWeeksAway draws absences over a weekly series and checks that the
// occurrences they cover never leave their order or come nearer to each other
// than the spacing, never end up inside an absence, and stay only when no slot of
// any length is left between where their neighbours are.
func TestR10TwoWeeksAway(t *testing.T) {
	loc := zone(t, "Europe/Vienna")
	rapid.Check(t, func(t *rapid.T) {
		f := drawAbsences(t, loc)
		p := usual()
		p.PerSeries = 10
		plan := Decide(f, p)
		at := make([]span.Span, len(f.Meetings))
		for i, m := range f.Meetings {
			at[i] = m.Span
		}
		for _, d := range plan.Decisions {
			if d.Outcome == Move {
				at[d.Meeting] = d.To
			}
		}
		for i := 1; i < len(at); i++ {
			if gap := at[i].Start.Sub(at[i-1].End); gap < p.Spacing {
				t.Fatalf("meeting %d at %v comes %v after the one before", i, at[i], gap)
			}
		}
		for _, d := range plan.Decisions {
			i := d.Meeting
			inside := func(x span.Span) bool {
				return slices.ContainsFunc(f.People["Ann"].Blocks, func(b Block) bool { return b.Span.Overlaps(x) })
			}
			switch {
			case !inside(f.Meetings[i].Span):
				if d.Outcome != Fine {
					t.Fatalf("meeting %d has no conflict and outcome %v", i, d.Outcome)
				}
			case d.Outcome == Move:
				if inside(d.To) {
					t.Fatalf("meeting %d moves into an absence: %v", i, d.To)
				}
			case d.Outcome != Stuck:
				t.Fatalf("meeting %d: outcome %v", i, d.Outcome)
			default:
				checkNoRoom(t, f, p, at, i, inside)
			}
		}
	})
}

// drawAbsences draws a weekly series of seven meetings, the first of them past,
// and one or two absences of Ann that last for days.
func drawAbsences(t *rapid.T, loc *time.Location) Facts {
	day := func(d, hour, minute int) time.Time { return time.Date(2026, 10, 12+d, hour, minute, 0, 0, loc) }
	f := Facts{Now: day(rapid.IntRange(1, 6).Draw(t, "now"), 7, 0), People: map[string]Person{
		"Ann": worker("Ann", "Mon-Fri 09:00-17:00", loc),
		"Bob": worker("Bob", "Mon-Thu 09:00-17:00, Fri 09:00-12:00", loc),
	}}
	weekday, hour := rapid.IntRange(0, 4).Draw(t, "weekday"), rapid.IntRange(9, 16).Draw(t, "hour")
	for n := -1; n < 6; n++ {
		start := day(7*n+weekday, hour, 0)
		f.Meetings = append(f.Meetings, Meeting{
			UID: "weekly", Original: start, Pair: "p", People: [2]string{"Ann", "Bob"}, Zone: loc,
			Span: span.Of(start, 30*time.Minute), Period: 7 * 24 * time.Hour,
		})
	}
	ann := f.People["Ann"]
	for range rapid.IntRange(1, 2).Draw(t, "absences") {
		from := rapid.IntRange(0, 20).Draw(t, "from")
		until := from + rapid.IntRange(1, 20).Draw(t, "days")
		ann.Blocks = append(ann.Blocks, Block{Span: span.Span{Start: day(from, 0, 0), End: day(until, 0, 0)}, Kind: Away, UID: "away"})
	}
	f.People["Ann"] = ann
	return f
}

// checkNoRoom tries every quarter of an hour for a stuck meeting, with the
// others where the plan has them.
func checkNoRoom(t *rapid.T, f Facts, p Policy, at []span.Span, i int, away func(span.Span) bool) {
	until := f.Now.Add(p.Horizon)
	if i+1 < len(at) {
		until = at[i+1].Start.Add(-p.Spacing)
	}
	from := f.Now.Add(p.Notice)
	if i > 0 && at[i-1].End.Add(p.Spacing).After(from) {
		from = at[i-1].End.Add(p.Spacing)
	}
	first := f.Meetings[i].Span.Start
	for x := span.Of(first.Add(-21*24*time.Hour), p.Shortest); !x.End.After(until); x = x.Shift(p.Grid) {
		if x.Start.Before(from) || away(x) || x.Start.Equal(first) {
			continue
		}
		if f.People["Ann"].Hours.In(x, f.People["Ann"].Zone).Covers(x) && f.People["Bob"].Hours.In(x, f.People["Bob"].Zone).Covers(x) {
			t.Fatalf("meeting %d is stuck, but %v would do", i, x)
		}
	}
}
