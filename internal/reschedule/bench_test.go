package reschedule_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"oneonone/internal/hours"
	. "oneonone/internal/reschedule"
	"oneonone/internal/span"
)

// BenchmarkPass plans for a person with forty 1:1s in the horizon, every fourth
// of them in trouble, in calendars of five thousand events each.
func BenchmarkPass(b *testing.B) {
	f := office(b, 10, 4, 5000)
	p := usual()
	b.ReportAllocs()
	for b.Loop() {
		Decide(f, p)
	}
}

// BenchmarkFind looks for a catch-up of two people in a month, with the calendars
// of BenchmarkPass: free, and where the whole ladder has to be tried.
func BenchmarkFind(b *testing.B) {
	for _, free := range []bool{true, false} {
		b.Run(fmt.Sprintf("free=%t", free), func(b *testing.B) {
			f := office(b, 10, 4, 5000)
			w := Wish{
				Pair: "0", People: []string{"A", "B"}, Length: 30 * time.Minute, Shortest: 10 * time.Minute, Spacing: 24 * time.Hour,
				From: f.Now, Within: span.Of(f.Now, 28*24*time.Hour),
			}
			if !free {
				p := f.People["B"]
				p.Blocks = append(p.Blocks, Block{Span: w.Within, Kind: Away, UID: "away"})
				f.People["B"] = p
			}
			p := usual()
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := Find(f, p, w); ok != free {
					b.Fatalf("Find = %t, want %t", ok, free)
				}
			}
		})
	}
}

// BenchmarkBetterWeek looks for another weekly time over eight weeks, with the
// calendars of BenchmarkPass.
func BenchmarkBetterWeek(b *testing.B) {
	f := office(b, 10, 8, 5000)
	p := usual()
	w := Weekly{
		UID: "r0", Pair: "0", People: [2]string{"A", "B"}, Zone: f.Now.Location(), Start: f.Meetings[2].Span.Start,
		Length: 30 * time.Minute, From: f.Now, Weeks: 8,
	}
	a := f.People["A"]
	for n := range 8 {
		a.Blocks = append(a.Blocks, Block{Span: span.Of(w.Start.AddDate(0, 0, 7*n), time.Hour), UID: "stand-up"})
	}
	f.People["A"] = a
	b.ReportAllocs()
	for b.Loop() {
		if got, ok := BetterWeek(f, p, w); !ok || got.Before != 8 {
			b.Fatalf("BetterWeek = %v, %t", got, ok)
		}
	}
}

// office is a person with reports, a weekly 1:1 with each, for some weeks, and
// calendars full of events, most of them long past or far ahead.
func office(tb testing.TB, reports, weeks, events int) Facts {
	loc := zone(tb, "Europe/Vienna")
	now := time.Date(2026, 11, 23, 7, 30, 0, 0, loc)
	random := rand.New(rand.NewPCG(1, 2))
	f := Facts{Now: now, People: map[string]Person{}}
	for p := range reports + 1 {
		person := Person{Name: personKey(p), Hours: hours.MustParse("Mon-Fri 09:00-17:00"), Zone: loc, Known: true}
		for n := range events {
			day := random.IntN(900) - 400
			if n%40 == 0 {
				day = random.IntN(28)
			}
			at := time.Date(2026, 11, 23+day, 8+random.IntN(10), 15*random.IntN(4), 0, 0, loc)
			person.Blocks = append(person.Blocks, Block{
				Span: span.Of(at, time.Duration(15*(1+random.IntN(4)))*time.Minute),
				Kind: []BlockKind{Busy, Busy, Hold, Focus}[random.IntN(4)], UID: fmt.Sprint(p, "-", n), Title: "x",
			})
		}
		f.People[personKey(p)] = person
	}
	for r := range reports {
		for week := -2; week < weeks+2; week++ {
			at := time.Date(2026, 11, 23+7*week+r%5, 9+r/5*2, 0, 0, 0, loc)
			f.Meetings = append(f.Meetings, Meeting{
				UID: fmt.Sprint("r", r), Original: at, Pair: fmt.Sprint(r), People: [2]string{"A", personKey(r + 1)},
				Span: span.Of(at, 30*time.Minute), Zone: loc, Period: 7 * 24 * time.Hour,
			})
		}
	}
	return f
}

// BenchmarkCrowd plans a week in which somebody is away until Friday and the
// 1:1s of that week, all on Wednesday, compete for a few hours: the worst case
// of the exact search.
func BenchmarkCrowd(b *testing.B) {
	for _, n := range []int{4, 6, 8, 12} {
		for _, minutes := range []int{60, 90, 120, 180, 300} {
			b.Run(fmt.Sprintf("meetings=%d/minutes=%d", n, minutes), func(b *testing.B) {
				f := crowd(b, n, minutes)
				p := usual()
				for b.Loop() {
					Decide(f, p)
				}
			})
		}
	}
}

// crowd is n 1:1s of one person that have only some minutes of Friday to go to.
func crowd(tb testing.TB, n, minutes int) Facts {
	loc := zone(tb, "Europe/Vienna")
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, loc) }
	f := Facts{Now: at(23, 7, 30), People: map[string]Person{}}
	office := hours.MustParse("Mon-Fri 09:00-17:00")
	f.People["A"] = Person{Name: "A", Hours: office, Zone: loc, Known: true, Blocks: []Block{
		{Span: span.Span{Start: at(23, 0, 0), End: at(27, 9, 0)}, Kind: Away, UID: "away"},
		{Span: span.Span{Start: at(27, 9, 0).Add(time.Duration(minutes) * time.Minute), End: at(30, 0, 0)}, Kind: Busy, UID: "busy"},
		{Span: span.Span{Start: at(30, 0, 0), End: at(30, 24+24, 0)}, Kind: Busy, UID: "busy too"},
	}}
	for r := range n {
		key := personKey(r + 1)
		f.People[key] = Person{Name: key, Hours: office, Zone: loc, Known: true}
		for week := range 3 {
			start := at(25+7*week, 9, 0).Add(time.Duration(r) * 45 * time.Minute)
			f.Meetings = append(f.Meetings, Meeting{
				UID: "with " + key, Original: start, Pair: "A+" + key, People: [2]string{"A", key},
				Span: span.Of(start, 30*time.Minute), Zone: loc, Period: 7 * 24 * time.Hour,
			})
		}
	}
	return f
}
