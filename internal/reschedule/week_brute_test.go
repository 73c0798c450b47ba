package reschedule_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "oneonone/internal/reschedule"
	"oneonone/internal/span"
)

const (
	tinyDay  = 24 * 60
	tinyWeek = 7 * tinyDay
)

// tinyWeekly is a question for another weekly time in a tiny world. All of its
// times are multiples of a quarter of an hour.
type tinyWeekly struct {
	zone     *time.Location
	start    time.Time
	long     int
	interval int
	weeks    int
	pair     int
	people   [2]int
}

// clocks tells when the clock of a zone first shows a time of a week: weeks are
// counted from the Monday of the week of start, times are minutes of the week.
func (q tinyWeekly) clocks(w *tiny, weeks int) map[[2]int]int {
	monday := civil(q.start.In(q.zone)).AddDate(0, 0, -(int(q.start.In(q.zone).Weekday())+6)%7).Truncate(24 * time.Hour)
	out := map[[2]int]int{}
	for t := -4 * tinyWeek; t < weeks*tinyWeek; t += 15 {
		wall := civil(w.now.Add(time.Duration(t) * time.Minute).In(q.zone))
		since := minutes(wall.Sub(monday))
		if since < 0 {
			continue
		}
		at := [2]int{since / tinyWeek, since % tinyWeek}
		if _, shown := out[at]; !shown {
			out[at] = t
		}
	}
	return out
}

// civil is what the clock shows, as a time in UTC.
func civil(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
}

// betterWeek tries every time of the week: what it returns are the parts of the
// worth of the best, its first start, the meetings looked at and the conflicts now.
func (w *tiny) betterWeek(q tinyWeekly) (best []int, first, asked, before int) {
	clocks := q.clocks(w, 60)
	here := minutes(civil(q.start.In(q.zone)).Sub(civil(q.start.In(q.zone)).Truncate(24*time.Hour))) +
		(int(q.start.In(q.zone).Weekday())+6)%7*tinyDay
	until := minutes(w.now.In(q.zone).AddDate(0, 0, 7*q.weeks).Sub(w.now))
	var planned []int // weeks
	for n := 0; clocks[[2]int{n, here}] < until; n += q.interval {
		if clocks[[2]int{n, here}] >= 0 {
			planned = append(planned, n)
			if w.weeklyRung(q, clocks[[2]int{n, here}]) == 5 {
				before++
			}
		}
	}
	for c := here % minutes(w.policy.Grid); c < tinyWeek; c += minutes(w.policy.Grid) {
		v, at, ok := w.weeklyWorth(q, clocks, planned, here, c)
		if c != here && ok && v[0] < before && (best == nil || slices.Compare(v, best) < 0) {
			best, first = v, at
		}
	}
	return best, first, len(planned), before
}

func (w *tiny) weeklyWorth(q tinyWeekly, clocks map[[2]int]int, planned []int, here, c int) (v []int, first int, ok bool) {
	v, first = make([]int, 5), -1
	for _, n := range planned {
		t, shown := clocks[[2]int{n, c}]
		if shown && t < 0 {
			t = clocks[[2]int{n, here}]
		} else {
			if !shown || !w.weeklyHours(q, t) || w.weeklyNear(q, t) {
				return nil, 0, false
			}
			if first < 0 {
				first = t
			}
		}
		switch w.weeklyRung(q, t) {
		case 5:
			v[0]++
		case 2, 3:
			v[2]++
		}
	}
	if first < 0 {
		return nil, 0, false
	}
	for n := planned[len(planned)-1]; clocks[[2]int{n, c}] < 53*tinyWeek; n += q.interval {
		if !w.weeklyHours(q, clocks[[2]int{n, c}]) {
			v[1]++
		}
	}
	v[3], v[4] = max(c-here, here-c), here-c
	return v, first, true
}

func (w *tiny) weeklyHours(q tinyWeekly, from int) bool {
	for t := from; t < from+q.long; t += 5 {
		if !w.atWork(q.people[0], t) || !w.atWork(q.people[1], t) {
			return false
		}
	}
	return true
}

// weeklyNear reports whether a meeting would come too near to another one of the pair.
func (w *tiny) weeklyNear(q tinyWeekly, from int) bool {
	return slices.ContainsFunc(w.meetings, func(m tinyMeeting) bool {
		gap := min(minutes(w.policy.Spacing), q.interval*tinyWeek/3)
		if m.period > 0 {
			gap = min(gap, m.period/3)
		}
		return m.pair == q.pair && from < m.to+gap && m.from-gap < from+q.long
	})
}

func (w *tiny) weeklyRung(q tinyWeekly, from int) int {
	l, p, to := w.start(), w.policy, from+q.long
	const nobody = -2
	switch {
	case w.free(l, nobody, q.people[:], from-minutes(p.Before), to+minutes(p.After), false):
		return 1
	case w.free(l, nobody, q.people[:], from, to, false):
		return 2
	case w.free(l, nobody, q.people[:], from, to, true):
		return 3
	}
	return 5
}

// drawWeekly draws people on up to three continents and a series that collides.
func drawWeekly(t *rapid.T) (*tiny, tinyWeekly) {
	week := rapid.SampledFrom(weeks).Draw(t, "week")
	load := func(name string) *time.Location { loc, _ := time.LoadLocation(name); return loc }
	now, _ := time.ParseInLocation("2006-01-02 15:04", week.now, load(week.zone))
	w := &tiny{now: now, policy: usual()}
	w.policy.Grid = rapid.SampledFrom([]time.Duration{30 * time.Minute, 45 * time.Minute, 15 * time.Minute}).Draw(t, "grid")
	office := []tinyPerson{
		{zone: load("Europe/Vienna"), from: 13 * 60, to: 18 * 60},
		{zone: load("America/New_York"), from: 8 * 60, to: 10 * 60},
		{zone: load("Europe/Vienna"), from: 9 * 60, to: 11 * 60},
		{zone: load("Australia/Sydney"), from: 18 * 60, to: 20*60 + 30},
	}
	w.people = append(w.people, rapid.SampledFrom([][]tinyPerson{office[:2], office[2:], {office[0], office[0]}, {office[2], office[2]}}).Draw(t, "office")...)
	w.people = append(w.people, office[0])
	q := tinyWeekly{zone: w.people[rapid.IntRange(0, 1).Draw(t, "zone")].zone, pair: 1, people: [2]int{0, 1}}
	q.long = rapid.SampledFrom([]int{30, 45, 60}).Draw(t, "length")
	q.interval = rapid.IntRange(1, 3).Draw(t, "interval")
	q.weeks = rapid.IntRange(1, 4).Draw(t, "weeks")
	hour := w.people[0].from/60 + rapid.IntRange(0, 2).Draw(t, "hour")
	from := now.In(w.people[0].zone)
	q.start = time.Date(from.Year(), from.Month(), from.Day()-rapid.IntRange(-7, 16).Draw(t, "days ago"), hour, 15*rapid.IntRange(0, 3).Draw(t, "quarter"), 0, 0, from.Location())
	at := func(label string) int { // mostly in the hours both have
		day := rapid.IntRange(0, 7*(q.weeks+1)).Draw(t, label+" day")
		return minutes(time.Date(from.Year(), from.Month(), from.Day()+day, w.people[0].from/60, 15*rapid.IntRange(0, 16).Draw(t, label), 0, 0, from.Location()).Sub(now))
	}
	for p := range w.people {
		for range rapid.IntRange(0, 12).Draw(t, "blocks") {
			b := tinyBlock{from: at("block"), kind: rapid.SampledFrom([]BlockKind{Busy, Busy, Hold, Focus, Away}).Draw(t, "kind"), seen: -1}
			b.to = b.from + 15*rapid.SampledFrom([]int{1, 2, 4, 8, 400}).Draw(t, "quarters")
			for range rapid.IntRange(1, 4).Draw(t, "times") {
				w.people[p].blocks = append(w.people[p].blocks, b)
				b.from, b.to = b.from+tinyWeek, b.to+tinyWeek
			}
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "meetings") {
		m := tinyMeeting{people: [2]int{rapid.IntRange(0, 1).Draw(t, "a"), 2}, pair: 2, from: at("meeting"), hold: rapid.IntRange(0, 4).Draw(t, "hold") == 0}
		if rapid.Bool().Draw(t, "theirs") {
			m.people, m.pair = [2]int{1, 0}, 1
		}
		m.to, m.original = m.from+30, m.from
		m.period = rapid.SampledFrom([]int{0, tinyDay, tinyWeek}).Draw(t, "period")
		w.meetings = append(w.meetings, m)
	}
	return w, q
}

// ask writes the question down, with the series' own meetings and other sights
// of them in the facts, which must not matter.
func (w *tiny) ask(t *rapid.T, q tinyWeekly) (Facts, Weekly) {
	f := w.facts()
	long := time.Duration(q.long) * time.Minute
	ask := Weekly{
		UID: "own", Pair: pairKey(q.pair), People: [2]string{personKey(q.people[0]), personKey(q.people[1])},
		Zone: q.zone, Start: q.start, Length: long, Interval: q.interval, From: w.now, Weeks: q.weeks,
	}
	for n := range rapid.IntRange(0, 4).Draw(t, "own") {
		x := span.Of(q.start.AddDate(0, 0, 7*n+rapid.IntRange(0, 1).Draw(t, "moved")), long)
		f.Meetings = append(f.Meetings, Meeting{
			UID: "own", Original: q.start.AddDate(0, 0, 7*n), Pair: ask.Pair, People: ask.People, Title: "Own", Span: x, Zone: q.zone,
		})
		a, b := f.People["A"], f.People["B"]
		a.Blocks = append(a.Blocks, Block{Span: x, UID: fmt.Sprint("copy", n), Title: "own "})
		b.Blocks = append(b.Blocks, Block{Span: x.Pad(0, time.Hour), UID: "own", Title: "something"})
		f.People["A"], f.People["B"] = a, b
	}
	return shuffled(t, f), ask
}

// TestR18BestOfAllWeeks compares the weekly time with the best of all times of
// the week, tried minute by minute through the weeks, in weeks in which the clocks of
// Vienna, New York and Sydney change and with a year of working hours behind it.
func TestR18BestOfAllWeeks(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		w, q := drawWeekly(t)
		want, first, asked, before := w.betterWeek(q)
		f, ask := w.ask(t, q)
		got, ok := BetterWeek(f, w.policy, ask)
		if ok != (want != nil) {
			t.Fatalf("BetterWeek = %v, %t, want %v; start %v every %d weeks, %d min\n%s", got, ok, want, q.start, q.interval, q.long, w.tell(w.start()))
		}
		if !ok {
			return
		}
		found++
		type answer struct{ start, conflicts, before, asked int }
		is := answer{minutes(got.Start.Sub(w.now)), got.Conflicts, got.Before, got.Asked}
		if diff := cmp.Diff(answer{first, want[0], before, asked}, is, cmp.AllowUnexported(answer{})); diff != "" {
			t.Fatalf("BetterWeek = %v; start %v every %d weeks, %d min, over %d weeks (-want +got):\n%s%s", got, q.start, q.interval, q.long, q.weeks, diff, w.tell(w.start()))
		}
	})
	if found == 0 {
		t.Error("no world had a better week")
	}
}
