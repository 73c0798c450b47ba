package reschedule_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "oneonone/internal/reschedule"
)

// drawCrowd draws a world in which the 1:1s of one person, or a chain of
// people, compete for very few hours.
func drawCrowd(t *rapid.T, least, most int) *tiny {
	loc, _ := time.LoadLocation("Europe/Vienna")
	w := &tiny{now: time.Date(2026, 11, 23, 7, 30, 0, 0, loc), policy: usual()}
	w.policy.AskWithin = time.Nanosecond
	w.policy.Notice = time.Minute
	w.policy.PerSeries = 1000
	w.policy.Horizon = 36 * time.Hour
	w.policy.Grid = rapid.SampledFrom([]time.Duration{30 * time.Minute, 15 * time.Minute}).Draw(t, "grid")
	w.policy.Shortest = rapid.SampledFrom([]time.Duration{15 * time.Minute, 20 * time.Minute}).Draw(t, "shortest")
	w.policy.Before = rapid.SampledFrom([]time.Duration{10 * time.Minute, 5 * time.Minute}).Draw(t, "before")
	n := rapid.IntRange(least, most).Draw(t, "meetings")
	chain := rapid.Bool().Draw(t, "chain")
	until := 60*10 + 30*rapid.IntRange(0, 4).Draw(t, "until")
	for range n + 1 {
		w.people = append(w.people, tinyPerson{zone: loc, from: 9 * 60, to: until})
	}
	for i := range n {
		m := tinyMeeting{people: [2]int{0, i + 1}, pair: i, from: 90 + 30*rapid.IntRange(0, 5).Draw(t, "start")}
		if chain && i > 0 {
			m.people[0] = rapid.IntRange(max(0, i-1), i).Draw(t, "with")
		}
		m.original, m.to = m.from, m.from+30
		if rapid.IntRange(0, 2).Draw(t, "declined") > 0 {
			m.declined = m.people[:1]
		}
		w.meetings = append(w.meetings, m)
	}
	// The second day is taken, so that there is but one morning.
	for p := range w.people {
		w.people[p].blocks = []tinyBlock{{from: 24 * 60, to: 48 * 60, kind: Busy, seen: -1}}
	}
	for range rapid.IntRange(0, 2).Draw(t, "blocks") {
		p := rapid.IntRange(0, n).Draw(t, "of")
		from := 90 + 15*rapid.IntRange(0, 8).Draw(t, "from")
		kind := rapid.SampledFrom([]BlockKind{Busy, Hold}).Draw(t, "kind")
		w.people[p].blocks = append(w.people[p].blocks, tinyBlock{from: from, to: from + 15, kind: kind, seen: -1})
	}
	return w
}

// TestR6CrowdBestPlan compares plans for a crowd with the best of all.
func TestR6CrowdBestPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawCrowd(t, 2, 6)
		want, _, ok := w.best(120_000)
		if !ok {
			t.Skip("too many layouts to try them all")
		}
		got := w.after(Decide(w.facts(), w.policy))
		if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(layout{})); diff != "" {
			t.Fatalf("planned\n%s\nwant\n%s", w.tell(got), w.tell(want))
		}
	})
}

// TestR6NeverWorseThanOneByOne: more meetings than can be planned exactly are
// at worst planned as well as one by one.
func TestR6NeverWorseThanOneByOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawCrowd(t, 9, 12)
		plan := Decide(w.facts(), w.policy)
		l := w.after(plan)
		rungs := make([]int, len(w.meetings))
		for _, d := range plan.Decisions {
			rungs[d.Meeting] = d.Rung
			if d.Outcome == Move && w.rung(l, d.Meeting) == 5 {
				t.Fatalf("meeting %d must not stand where it was put:\n%s", d.Meeting, w.tell(l))
			}
		}
		if !w.possible(l) {
			t.Fatalf("the moves cannot be made one after the other:\n%s", w.tell(l))
		}
		other, otherRungs := w.oneByOne()
		got, want := w.price(l, rungs), w.price(other, otherRungs)
		if slices.Compare(got, want) > 0 {
			t.Fatalf("worth %v, one by one %v; planned\n%s\none by one\n%s", got, want, w.tell(l), w.tell(other))
		}
	})
}

// oneByOne moves one meeting after the other to the best place that is left,
// those first that cannot stay whatever the others do.
func (w *tiny) oneByOne() (layout, []int) {
	team := w.team()
	l, rungs := w.start(), make([]int, len(w.meetings))
	mates := func(j int) bool { return slices.Contains(team, j) }
	for _, first := range []bool{true, false} {
		for _, i := range team {
			_, driven := w.conflicts(w.start(), i, mates)
			if any, _ := w.conflicts(l, i, mates); driven == first && any && !l.moved[i] {
				l, rungs[i] = w.moveOne(l, rungs, i)
			}
		}
	}
	return l, rungs
}

// moveOne moves meeting i to its best place that leaves the others their rungs.
func (w *tiny) moveOne(l layout, rungs []int, i int) (layout, int) {
	best, rung := l, 0
	var value []int
	for _, p := range w.places(i, []int{i}) {
		next := l.clone()
		next.from[i], next.to[i], next.moved[i] = p[0], p[1], true
		r := w.rung(next, i)
		spoilt := slices.ContainsFunc(w.team(), func(j int) bool {
			return j != i && l.moved[j] && w.rung(next, j) > rungs[j]
		})
		if r == 5 || spoilt {
			continue
		}
		m := w.meetings[i]
		v := []int{r, m.to - m.from - (p[1] - p[0]), max(p[0]-m.from, m.from-p[0]), -p[0]}
		if value == nil || slices.Compare(v, value) < 0 {
			best, rung, value = next, r, v
		}
	}
	return best, rung
}

// price is the objective of R6 without the tie-break.
func (w *tiny) price(l layout, rungs []int) []int {
	v := make([]int, 6)
	var far []int
	for _, i := range w.team() {
		if !l.moved[i] {
			if any, _ := w.conflicts(l, i, func(int) bool { return true }); any {
				v[0]++
			}
			far = append(far, 0)
			continue
		}
		if rungs[i] > 1 {
			v[5-rungs[i]]++
		}
		m := w.meetings[i]
		distance := max(l.from[i]-m.from, m.from-l.from[i])
		v[4] += m.to - m.from - (l.to[i] - l.from[i])
		v[5] += distance
		far = append(far, distance)
	}
	slices.SortFunc(far, func(a, b int) int { return cmp.Compare(b, a) })
	return slices.Concat(v, far)
}
