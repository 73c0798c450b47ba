package reschedule_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	. "oneonone/internal/reschedule"
	"oneonone/internal/span"
)

// weeks are mornings before interesting weeks: an ordinary one, and those in
// which the clocks change in Vienna, New York and Sydney. Several are Fridays,
// so that the change itself lies between the days of a plan.
var weeks = []struct{ zone, now string }{
	{"Europe/Vienna", "2026-11-23 07:30"},
	{"Europe/Vienna", "2026-03-27 07:30"},
	{"Europe/Vienna", "2026-10-23 07:30"},
	{"America/New_York", "2026-03-06 07:30"},
	{"America/New_York", "2026-10-30 07:30"},
	{"Australia/Sydney", "2026-10-02 07:30"},
	{"Australia/Sydney", "2026-04-03 07:30"},
}

// drawTiny draws a world in which a handful of 1:1s are in trouble.
func drawTiny(t *rapid.T, most int) *tiny {
	week := rapid.SampledFrom(weeks).Draw(t, "week")
	loc, _ := time.LoadLocation(week.zone)
	now, _ := time.ParseInLocation("2006-01-02 15:04", week.now, loc)
	w := &tiny{now: now, policy: usual()}
	w.policy.AskWithin = time.Nanosecond
	w.policy.PerSeries = 1000
	w.policy.Horizon = time.Duration(rapid.SampledFrom([]int{2, 4}).Draw(t, "horizon")) * 24 * time.Hour
	w.policy.Grid = rapid.SampledFrom([]time.Duration{30 * time.Minute, 45 * time.Minute, 15 * time.Minute}).Draw(t, "grid")
	w.policy.Shortest = rapid.SampledFrom([]time.Duration{10 * time.Minute, 20 * time.Minute}).Draw(t, "shortest")
	w.policy.Spacing = rapid.SampledFrom([]time.Duration{time.Hour, 24 * time.Hour}).Draw(t, "spacing")
	for p := range rapid.IntRange(2, 4).Draw(t, "people") {
		who := tinyPerson{zone: loc, from: 9 * 60, to: 60 * rapid.SampledFrom([]int{11, 12, 13}).Draw(t, "until")}
		if p > 0 && rapid.IntRange(0, 5).Draw(t, "abroad") == 0 {
			who.zone, _ = time.LoadLocation(rapid.SampledFrom([]string{"Europe/London", "Europe/Vienna"}).Draw(t, "where"))
		}
		w.people = append(w.people, who)
	}
	days := minutes(w.policy.Horizon) / (24 * 60)
	at := func(label string) int { // quarters from nine to twelve
		return rapid.IntRange(0, days-1).Draw(t, label+" day")*24*60 + 90 + 15*rapid.IntRange(0, 11).Draw(t, label)
	}
	for range rapid.IntRange(1, most).Draw(t, "meetings") {
		a := rapid.IntRange(0, len(w.people)-1).Draw(t, "a")
		b := (a + rapid.IntRange(1, len(w.people)-1).Draw(t, "b")) % len(w.people)
		m := tinyMeeting{people: [2]int{a, b}, pair: min(a, b)*10 + max(a, b), from: at("meeting")}
		m.original = m.from
		if rapid.IntRange(0, 4).Draw(t, "moved before") == 0 {
			m.original = at("original")
		}
		m.to = m.from + rapid.SampledFrom([]int{30, 30, 25, 60, 20}).Draw(t, "length")
		m.period = 60 * rapid.SampledFrom([]int{0, 24, 48}).Draw(t, "period")
		m.fixed = rapid.IntRange(0, 7).Draw(t, "fixed") == 0
		m.hold = rapid.IntRange(0, 9).Draw(t, "hold") == 0
		if rapid.IntRange(0, 3).Draw(t, "declined") == 0 {
			m.declined = []int{m.people[rapid.IntRange(0, 1).Draw(t, "who")]}
		}
		w.meetings = append(w.meetings, m)
	}
	for p := range w.people {
		for range rapid.IntRange(0, 5).Draw(t, "blocks") {
			b := tinyBlock{from: at("block"), kind: rapid.SampledFrom([]BlockKind{Busy, Busy, Hold, Focus, Away}).Draw(t, "kind"), seen: -1}
			b.to = b.from + 15*rapid.IntRange(1, 8).Draw(t, "quarters")
			if rapid.IntRange(0, 9).Draw(t, "sight") == 0 {
				b.seen = rapid.IntRange(0, len(w.meetings)-1).Draw(t, "of")
				if b.mirror = rapid.Bool().Draw(t, "mirror"); b.mirror {
					b.from, b.to = w.meetings[b.seen].from, w.meetings[b.seen].to
				}
			}
			w.people[p].blocks = append(w.people[p].blocks, b)
		}
	}
	return w
}

// after returns the layout that a plan leads to.
func (w *tiny) after(p Plan) layout {
	l := w.start()
	for _, d := range p.Decisions {
		if d.Outcome == Move {
			l.moved[d.Meeting] = true
			l.from[d.Meeting] = minutes(d.To.Start.Sub(w.now))
			l.to[d.Meeting] = minutes(d.To.End.Sub(w.now))
		}
	}
	return l
}

// TestR6R9R11BestPlan compares plans with the best of all possible ones.
func TestR6R9R11BestPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTiny(t, 5)
		want, rungs, ok := w.best(60_000)
		if !ok {
			t.Skip("too many layouts to try them all")
		}
		plan := Decide(w.facts(), w.policy)
		if diff := cmp.Diff(want, w.after(plan), cmp.AllowUnexported(layout{})); diff != "" {
			t.Fatalf("planned\n%s\nwant\n%s", w.tell(w.after(plan)), w.tell(want))
		}
		for _, d := range plan.Decisions {
			if d.Outcome == Move && d.Rung != rungs[d.Meeting] {
				t.Fatalf("meeting %d: rung %d, want %d", d.Meeting, d.Rung, rungs[d.Meeting])
			}
		}
	})
}

// TestR4R8R10R13Safe checks in larger worlds what no plan may ever do.
func TestR4R8R10R13Safe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTiny(t, 9)
		for i := range w.meetings { // so that all of a pair keep the same distance
			w.meetings[i].period = 24 * 60
		}
		plan := Decide(w.facts(), w.policy)
		team := w.team()
		l := w.after(plan)
		if !w.possible(l) {
			t.Fatalf("the moves cannot be made one after the other:\n%s", w.tell(l))
		}
		for _, d := range plan.Decisions {
			i := d.Meeting
			now, _ := w.conflicts(w.start(), i, func(int) bool { return true })
			still, _ := w.conflicts(l, i, func(int) bool { return true })
			if d.Outcome == Move && (!slices.Contains(team, i) || still || w.rung(l, i) == 5) {
				t.Fatalf("meeting %d must not move, or not there:\n%s", i, w.tell(l))
			}
			if (d.Outcome == Fine) != (!now || !w.meetings[i].fixed && !w.meetings[i].hold && !still && !l.moved[i]) {
				t.Fatalf("meeting %d: outcome %v, conflict before %t, after %t", i, d.Outcome, now, still)
			}
			if (d.Outcome == Stuck) != (slices.Contains(team, i) && still) {
				t.Fatalf("meeting %d: outcome %v, conflict after %t", i, d.Outcome, still)
			}
		}
	})
}

// TestSecondPassMovesNothing: carrying out a plan and planning again moves nothing.
func TestSecondPassMovesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTiny(t, 10)
		w.policy.PerOccurrence = rapid.IntRange(1, 2).Draw(t, "per occurrence")
		w.policy.PerSeries = rapid.SampledFrom([]int{1, 2, 100}).Draw(t, "per series")
		for p := range w.people { // a copy that lags behind is a new conflict
			w.people[p].blocks = slices.DeleteFunc(w.people[p].blocks, func(b tinyBlock) bool { return b.mirror })
		}
		f := w.facts()
		for _, d := range Decide(f, w.policy).Decisions {
			if d.Outcome == Move {
				m := &f.Meetings[d.Meeting]
				m.Span, m.Declined = d.To, nil
				m.Moves++
				for j := range f.Meetings {
					if f.Meetings[j].Pair == m.Pair {
						f.Meetings[j].RecentMoves++
					}
				}
			}
		}
		for _, d := range Decide(f, w.policy).Decisions {
			if d.Outcome == Move {
				t.Fatalf("meeting %d moves again, to %v", d.Meeting, d.To)
			}
		}
	})
}

// TestR6OrderOfInput: the plan does not depend on the order of meetings and blocks.
func TestR6OrderOfInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTiny(t, 10)
		w.policy.PerSeries = rapid.SampledFrom([]int{1, 2, 100}).Draw(t, "per series")
		w.policy.AskWithin = rapid.SampledFrom([]time.Duration{1, 24 * time.Hour}).Draw(t, "ask within")
		f := w.facts()
		order := rapid.Permutation(indexes(len(f.Meetings))).Draw(t, "order")
		g := Facts{Now: f.Now, People: map[string]Person{}}
		for _, i := range order {
			g.Meetings = append(g.Meetings, f.Meetings[i])
		}
		for key, p := range f.People {
			p.Blocks = rapid.Permutation(p.Blocks).Draw(t, "blocks")
			g.People[key] = p
		}
		want, got := Decide(f, w.policy), Decide(g, w.policy)
		for n := range got.Decisions {
			d := &got.Decisions[n]
			d.Meeting = order[d.Meeting]
			for c := range d.Conflicts {
				if d.Conflicts[c].Other >= 0 {
					d.Conflicts[c].Other = order[d.Conflicts[c].Other]
				}
			}
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("plan (-one order +another):\n%s", diff)
		}
	})
}

// TestR12R14SuggestionsStandAlone: each suggestion can be taken up by itself,
// and together with all the others.
func TestR12R14SuggestionsStandAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawTiny(t, 9)
		w.policy.PerSeries = rapid.IntRange(1, 2).Draw(t, "per series")
		w.policy.AskWithin = 48 * time.Hour
		plan := Decide(w.facts(), w.policy)
		moves, all := w.after(plan), w.after(plan)
		for _, d := range plan.Decisions {
			if d.Outcome == Suggest {
				one := moves.clone()
				for _, l := range []layout{one, all} {
					l.from[d.Meeting] = minutes(d.To.Start.Sub(w.now))
					l.to[d.Meeting] = minutes(d.To.End.Sub(w.now))
					l.moved[d.Meeting] = true
				}
				if r := w.rung(one, d.Meeting); r > d.Rung {
					t.Fatalf("meeting %d: rung %d by itself, want at most %d", d.Meeting, r, d.Rung)
				}
			}
		}
		for _, d := range plan.Decisions {
			if d.Outcome == Suggest && w.rung(all, d.Meeting) > d.Rung {
				t.Fatalf("meeting %d: rung %d with all others, want at most %d", d.Meeting, w.rung(all, d.Meeting), d.Rung)
			}
		}
	})
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// tell writes a layout for a failure.
func (w *tiny) tell(l layout) string {
	team := w.team()
	var s string
	at := func(minute int) time.Time { return w.now.Add(time.Duration(minute) * time.Minute) }
	for i, m := range w.meetings {
		s += fmt.Sprintf("%d %c%c pair %d period %d fixed %t hold %t declined %v team %t: %s", i, 'A'+m.people[0], 'A'+m.people[1], m.pair, m.period,
			m.fixed, m.hold, m.declined, slices.Contains(team, i), sayAt(span.Span{Start: at(m.from), End: at(m.to)}, w.now.Location()))
		if l.moved[i] {
			s += fmt.Sprintf(" -> %s rung %d", sayAt(span.Span{Start: at(l.from[i]), End: at(l.to[i])}, w.now.Location()), w.rung(l, i))
		}
		s += "\n"
	}
	for p, who := range w.people {
		s += fmt.Sprintf("%c works %d-%d in %s", 'A'+p, who.from/60, who.to/60, who.zone)
		for _, b := range who.blocks {
			s += fmt.Sprintf("; kind %d %s seen %d", b.kind, sayAt(span.Span{Start: at(b.from), End: at(b.to)}, w.now.Location()), b.seen)
		}
		s += "\n"
	}
	return s
}
