package reschedule_test

import (
	"fmt"
	"slices"
	"time"

	"oneonone/internal/hours"
	. "oneonone/internal/reschedule"
	"oneonone/internal/span"
)

// places lists every place that meeting i could have as far as working hours
// and everything outside the team are concerned.
func (w *tiny) places(i int, team []int) [][2]int {
	m := w.meetings[i]
	end := minutes(w.policy.Horizon)
	for _, o := range w.meetings {
		end = max(end, o.to)
	}
	var out [][2]int
	grid := minutes(w.policy.Grid)
	for long := m.to - m.from; long == m.to-m.from || long >= minutes(w.policy.Shortest); long -= 5 {
		for from := m.from % grid; from+long <= end; from += grid {
			if from >= minutes(w.policy.Notice) && w.open(i, from, from+long, team) {
				out = append(out, [2]int{from, from + long})
			}
		}
	}
	return out
}

func (w *tiny) open(i, from, to int, team []int) bool {
	for t := from; t < to; t++ {
		for _, p := range w.meetings[i].people {
			if !w.atWork(p, t) {
				return false
			}
			for _, b := range w.people[p].blocks {
				if (b.kind == Busy || b.kind == Away) && b.seen != i && b.from <= t && t < b.to {
					return false
				}
			}
		}
		for j, o := range w.meetings {
			if j != i && !o.hold && !slices.Contains(team, j) && w.share(i, j) && o.from <= t && t < o.to {
				return false
			}
		}
	}
	return true
}

// best returns the layout that comes out when the best moves are made, found
// by trying everything, and the rung each meeting was moved on. What is still in
// conflict then is looked at again, now that others have gone. It gives up,
// with ok false, when there are more than limit layouts to try.
func (w *tiny) best(limit int) (l layout, rungs []int, ok bool) {
	l, rungs = w.start(), make([]int, len(w.meetings))
	now := *w
	now.meetings = slices.Clone(w.meetings)
	for {
		best, ok := now.bestRound(limit)
		if !ok {
			return l, nil, false
		}
		if !slices.Contains(best.moved, true) {
			return l, rungs, true
		}
		for i, moved := range best.moved {
			if moved {
				rungs[i] = now.rung(best, i)
			}
		}
		for i, moved := range best.moved {
			if moved {
				m := &now.meetings[i]
				m.from, m.to, m.fixed, m.declined = best.from[i], best.to[i], true, nil
				l.from[i], l.to[i], l.moved[i] = m.from, m.to, true
			}
		}
	}
}

func (w *tiny) bestRound(limit int) (best layout, ok bool) {
	team := w.team()
	all := make([][][2]int, len(team))
	product := 1
	for n, i := range team {
		all[n] = w.places(i, team)
		if product *= len(all[n]) + 1; product > limit {
			return layout{}, false
		}
	}
	l := w.start()
	var value []int
	var try func(n int)
	try = func(n int) {
		if n == len(team) {
			v, ok := w.value(l, team)
			if ok && (value == nil || slices.Compare(v, value) < 0) {
				best, value = l.clone(), v
			}
			return
		}
		i := team[n]
		try(n + 1)
		for _, p := range all[n] {
			l.from[i], l.to[i], l.moved[i] = p[0], p[1], true
			try(n + 1)
		}
		l.from[i], l.to[i], l.moved[i] = w.meetings[i].from, w.meetings[i].to, false
	}
	try(0)
	return best, true
}

// facts writes the world down as the planner reads it.
func (w *tiny) facts() Facts {
	at := func(minute int) time.Time { return w.now.Add(time.Duration(minute) * time.Minute) }
	f := Facts{Now: w.now, People: map[string]Person{}}
	for p, who := range w.people {
		person := Person{
			Name: personKey(p), Zone: who.zone, Known: true,
			Hours: hours.MustParse(fmt.Sprintf("Mon-Fri %02d:%02d-%02d:%02d", who.from/60, who.from%60, who.to/60, who.to%60)),
		}
		for _, b := range who.blocks {
			block := Block{Span: span.Span{Start: at(b.from), End: at(b.to)}, Kind: b.kind, UID: "other", Title: "other"}
			switch {
			case b.seen >= 0 && b.mirror:
				block.Title = " " + title(b.seen)
			case b.seen >= 0:
				block.UID = uid(b.seen)
			}
			person.Blocks = append(person.Blocks, block)
		}
		f.People[personKey(p)] = person
	}
	for i, m := range w.meetings {
		mt := Meeting{
			UID: uid(i), Original: at(m.original), Pair: pairKey(m.pair), Title: title(i), Zone: w.people[m.people[0]].zone,
			People: [2]string{personKey(m.people[0]), personKey(m.people[1])},
			Span:   span.Span{Start: at(m.from), End: at(m.to)},
			Period: time.Duration(m.period) * time.Minute, Hold: m.hold,
		}
		if m.fixed {
			mt.Fixed = "it is pinned"
		}
		for _, p := range m.declined {
			mt.Declined = append(mt.Declined, personKey(p))
		}
		f.Meetings = append(f.Meetings, mt)
	}
	return f
}

func title(i int) string { return fmt.Sprintf("1:1 number %d", i) }

func personKey(p int) string { return string(rune('A' + p)) }

func pairKey(pair int) string { return fmt.Sprint(pair) }
