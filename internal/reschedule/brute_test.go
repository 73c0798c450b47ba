package reschedule_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	. "oneonone/internal/reschedule"
)

// This file is the second opinion: the same rules, written minute by minute and
// by trying everything, without a line of the planner. Times are minutes from
// now. All conflicts in a tiny world have settled.

// tiny is a world small enough to try everything in it.
type tiny struct {
	now      time.Time
	people   []tinyPerson
	meetings []tinyMeeting
	policy   Policy
}

type tinyPerson struct {
	zone     *time.Location
	from, to int // working hours, Monday to Friday, minutes of the day
	works    map[int]bool
	blocks   []tinyBlock
}

type tinyBlock struct {
	from, to int
	kind     BlockKind
	// seen is the meeting of which the block is another sight, by UID or as a
	// mirrored copy; -1 for none.
	seen   int
	mirror bool
}

type tinyMeeting struct {
	original int
	people   [2]int
	pair     int
	from, to int
	period   int
	fixed    bool
	hold     bool
	declined []int // people
}

// layout is where every meeting of a world stands; moved tells which ones have
// been moved to get there.
type layout struct {
	from, to []int
	moved    []bool
}

func (w *tiny) start() layout {
	l := layout{moved: make([]bool, len(w.meetings))}
	for _, m := range w.meetings {
		l.from, l.to = append(l.from, m.from), append(l.to, m.to)
	}
	return l
}

func (l layout) clone() layout {
	return layout{slices.Clone(l.from), slices.Clone(l.to), slices.Clone(l.moved)}
}

func (l layout) overlap(i, j int) bool { return l.from[i] < l.to[j] && l.from[j] < l.to[i] }

func (w *tiny) share(i, j int) bool {
	a, b := w.meetings[i].people, w.meetings[j].people
	return a[0] == b[0] || a[0] == b[1] || a[1] == b[0] || a[1] == b[1]
}

func minutes(d time.Duration) int { return int(d / time.Minute) }

// atWork reports whether the person works in that minute.
func (w *tiny) atWork(p, minute int) bool {
	who := &w.people[p]
	if works, known := who.works[minute]; known {
		return works
	}
	t := w.now.Add(time.Duration(minute) * time.Minute).In(who.zone)
	day := t.Hour()*60 + t.Minute()
	works := t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && who.from <= day && day < who.to
	if who.works == nil {
		who.works = map[int]bool{}
	}
	who.works[minute] = works
	return works
}

// conflicts reports whether meeting i has a conflict, and whether it has one
// with something other than the meetings for which mates is true.
func (w *tiny) conflicts(l layout, i int, mates func(int) bool) (any, driven bool) {
	m := w.meetings[i]
	for _, p := range m.people {
		for _, b := range w.people[p].blocks {
			if (b.kind == Busy || b.kind == Away) && b.seen != i && b.from < l.to[i] && l.from[i] < b.to {
				return true, true
			}
		}
	}
	if len(m.declined) > 0 && !l.moved[i] {
		return true, true
	}
	for j, o := range w.meetings {
		if j != i && !o.hold && w.share(i, j) && l.overlap(i, j) {
			any = true
			driven = driven || !mates(j)
		}
	}
	return any, driven
}

// cannotAttend reports whether a person of meeting i cannot attend at all.
func (w *tiny) cannotAttend(i int) bool {
	m := w.meetings[i]
	for _, p := range m.people {
		for _, b := range w.people[p].blocks {
			if b.kind == Away && b.seen != i && b.from < m.to && m.from < b.to {
				return true
			}
		}
	}
	return len(m.declined) > 0
}

// free reports whether nothing takes a minute of the people but meeting i, and
// with soft what rung 3 gives up.
func (w *tiny) free(l layout, i int, people []int, from, to int, soft bool) bool {
	for t := from; t < to; t++ {
		for _, p := range people {
			for _, b := range w.people[p].blocks {
				hard := b.kind == Busy || b.kind == Away
				if b.seen != i && b.from <= t && t < b.to && (hard || !soft) {
					return false
				}
			}
			for j, o := range w.meetings {
				if j != i && slices.Contains(o.people[:], p) && l.from[j] <= t && t < l.to[j] && (!o.hold || !soft) {
					return false
				}
			}
		}
	}
	return true
}

// rung tells on which rung meeting i, moved to where l has it, stands; 5 when
// it must not stand there at all.
func (w *tiny) rung(l layout, i int) int {
	m := w.meetings[i]
	free := func(from, to int, soft bool) bool { return w.free(l, i, m.people[:], from, to, soft) }
	for t := l.from[i]; t < l.to[i]; t++ {
		if !w.atWork(m.people[0], t) || !w.atWork(m.people[1], t) {
			return 5
		}
	}
	p := w.policy
	short := l.to[i]-l.from[i] < m.to-m.from
	switch {
	case l.from[i] == m.from && (!short || w.cannotAttend(i)), !w.inBounds(l, i):
		return 5
	case short && free(l.from[i], l.to[i], true):
		return 4
	case short:
		return 5
	case free(l.from[i]-minutes(p.Before), l.to[i]+minutes(p.After), false):
		return 1
	case free(l.from[i], l.to[i], false):
		return 2
	case free(l.from[i], l.to[i], true):
		return 3
	}
	return 5
}

// inBounds checks R10 for a moved meeting against where its neighbours are.
func (w *tiny) inBounds(l layout, i int) bool {
	m, p := w.meetings[i], w.policy
	gap, reach := minutes(p.Spacing), m.period
	if m.period > 0 {
		gap = min(gap, m.period/3)
	} else {
		reach = 14 * 24 * 60
	}
	prev, next := -1<<30, 1<<30
	for j, o := range w.meetings {
		if o.pair != m.pair || j == i {
			continue
		}
		if o.from < m.from {
			prev = max(prev, o.from)
		}
		if o.from > m.from {
			next = min(next, o.from)
		}
	}
	if l.from[i] < minutes(p.Notice) ||
		prev == -1<<30 && l.from[i] < m.from-reach ||
		next == 1<<30 && (l.to[i] > minutes(p.Horizon) || l.to[i] > m.to+reach) {
		return false
	}
	for j, o := range w.meetings {
		if o.pair == m.pair && j != i &&
			(o.from == prev && l.from[i] < l.to[j]+gap || o.from == next && l.to[i] > l.from[j]-gap) {
			return false
		}
	}
	return true
}

// possible reports whether the moves that lead to l can be made one after the
// other, without a double booking between them and without passing a neighbour.
func (w *tiny) possible(l layout) bool {
	at := w.start()
	left := 0
	for i := range l.moved {
		if l.moved[i] {
			left++
		}
	}
	for left > 0 {
		made := false
		for i := range l.moved {
			if l.moved[i] && !at.moved[i] && w.canGo(at, l, i) {
				at.from[i], at.to[i], at.moved[i] = l.from[i], l.to[i], true
				left--
				made = true
			}
		}
		if !made {
			return false
		}
	}
	return true
}

func (w *tiny) canGo(at, l layout, i int) bool {
	for j, o := range w.meetings {
		if j == i || at.moved[j] || !l.moved[j] || !w.share(i, j) {
			continue
		}
		if l.from[i] < at.to[j] && at.from[j] < l.to[i] {
			return false
		}
		m := w.meetings[i]
		if o.pair == m.pair && (m.from < o.from && l.from[i] > o.from || m.from > o.from && l.from[i] < o.from) {
			return false
		}
	}
	return true
}

// value is what a layout is worth: the parts of R6's objective, then the
// preferences of the members one by one for the tie-break.
func (w *tiny) value(l layout, team []int) (v []int, ok bool) {
	mates := func(j int) bool { return slices.Contains(team, j) }
	v = make([]int, 6)
	var far []int
	var tie []int
	for _, i := range team {
		any, _ := w.conflicts(l, i, mates)
		_, driven := w.conflicts(w.start(), i, mates)
		if !l.moved[i] {
			if any {
				v[0]++
			}
			if driven {
				tie = append(tie, 9, 0, 0, 0)
			} else {
				tie = append(tie, 0, 0, 0, 0)
			}
			far = append(far, 0)
			continue
		}
		if !driven && w.needless(l, i) {
			return nil, false
		}
		r := w.rung(l, i)
		if r == 5 {
			return nil, false
		}
		if r > 1 {
			v[5-r]++
		}
		short := w.meetings[i].to - w.meetings[i].from - (l.to[i] - l.from[i])
		distance := max(l.from[i]-w.meetings[i].from, w.meetings[i].from-l.from[i])
		v[4] += short
		v[5] += distance
		far = append(far, distance)
		tie = append(tie, r, short, distance, -l.from[i])
	}
	slices.SortFunc(far, func(a, b int) int { return b - a })
	return slices.Concat(v, far, tie), w.possible(l)
}

// needless reports whether all that meeting i collided with have gone.
func (w *tiny) needless(l layout, i int) bool {
	now := w.start()
	for j, o := range w.meetings {
		if j != i && !o.hold && w.share(i, j) && now.overlap(i, j) && !l.moved[j] {
			return false
		}
	}
	return true
}

// team lists the meetings that the program may move and that need it, in the
// order of their names.
func (w *tiny) team() []int {
	var team []int
	l := w.start()
	for i, m := range w.meetings {
		if any, _ := w.conflicts(l, i, func(int) bool { return false }); any && !m.fixed && !m.hold &&
			m.from > 0 && m.from < minutes(w.policy.Horizon) {
			team = append(team, i)
		}
	}
	slices.SortFunc(team, func(a, b int) int {
		return cmp.Or(cmp.Compare(w.meetings[a].original, w.meetings[b].original), cmp.Compare(uid(a), uid(b)))
	})
	return team
}

func uid(i int) string { return fmt.Sprintf("meeting %d", i) }
