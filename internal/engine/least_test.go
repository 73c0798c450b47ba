package engine_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"oneonone/internal/calendartest"
)

// This file is the second opinion on where 1:1s may stand (R4 to R6, R9 to
// R11): minute by minute, from the generator's model and the text of the
// calendars, without a line of the planner or the engine.

// meeting is one occurrence, with where it stands in the organizer's calendar.
type meeting struct {
	p        *pairing
	n        int // index in p.starts
	from, to time.Time
}

func (m *meeting) original() (from, to time.Time) {
	return m.p.starts[m.n], m.p.starts[m.n].Add(time.Duration(m.p.minutes) * time.Minute)
}

func (m *meeting) moved() bool {
	from, to := m.original()
	return !m.from.Equal(from) || !m.to.Equal(to)
}

func (m *meeting) has(person int) bool { return m.p.organizer == person || m.p.guest == person }

func (m *meeting) String() string {
	from, to := m.original()
	return fmt.Sprintf("%s of %s (%s), which stands at %s to %s,", m.p.name, told(from), to.Sub(from), told(m.from), told(m.to))
}

// read reads all meetings from the organizers' calendars, and fails where the
// other copy differs.
func (w *week) read(d *desk) []*meeting {
	d.Helper()
	var out []*meeting
	for i := range w.series {
		p := &w.series[i]
		for n := range p.starts {
			m := &meeting{p: p, n: n}
			m.from, m.to = d.bench(p.e.organizer).spot(p.e.organizer, p.name, p.starts[n])
			from, to := d.bench(p.e.guest).spot(p.e.guest, p.name, p.starts[n])
			if !from.Equal(m.from) || !to.Equal(m.to) {
				d.Errorf("%v stands at %s to %s in the guest's copy", m, told(from), told(to))
			}
			out = append(out, m)
		}
	}
	return out
}

// ruler measures one meeting against everything else as it stands.
type ruler struct {
	w   *week
	all []*meeting
	m   *meeting
}

func overlap(a, b, c, d time.Time) bool { return a.Before(d) && c.Before(b) }

// taken reports whether either of the two has something else in the time; soft
// counts holds too.
func (r ruler) taken(from, to time.Time, soft bool) bool {
	for _, i := range []int{r.m.p.organizer, r.m.p.guest} {
		for _, b := range r.w.people[i].blocks {
			if (soft || !b.soft) && overlap(from, to, b.from, b.to) {
				return true
			}
		}
		for _, o := range r.all {
			if o != r.m && o.has(i) && overlap(from, to, o.from, o.to) {
				return true
			}
		}
	}
	return false
}

const (
	// reach is how many steps of 15 minutes from its place a meeting is looked
	// for at most: neighbours that move too leave it more than a week.
	reach  = 22 * 24 * 4
	before = 10 * time.Minute
	after  = 15 * time.Minute
)

// rung returns the first rung of R11 on which a slot of full length can be
// taken, 0 for none. Rung 4 is a matter of length and not looked at here.
func (r ruler) rung(from, to time.Time) int {
	switch {
	case !r.w.both(r.m.p.organizer, r.m.p.guest, from, to) || !r.between(from, to) || r.crowds(from, to):
		return 0
	case !r.taken(from.Add(-before), to.Add(after), true):
		return 1
	case !r.taken(from, to, true):
		return 2
	case !r.taken(from, to, false):
		return 3
	}
	return 0
}

// between applies R10; the neighbours are those of the same series.
func (r ruler) between(from, to time.Time) bool {
	if from.Before(r.w.now.Add(2 * time.Hour)) {
		return false
	}
	for _, o := range r.all {
		if o.p != r.m.p || o.n != r.m.n-1 && o.n != r.m.n+1 {
			continue
		}
		if o.n < r.m.n && from.Sub(o.to) < 24*time.Hour || o.n > r.m.n && o.from.Sub(to) < 24*time.Hour {
			return false
		}
	}
	return true
}

// crowds reports whether the slot takes the breathing room that a moved meeting
// of the same people has got.
func (r ruler) crowds(from, to time.Time) bool {
	for _, o := range r.all {
		if o == r.m || !o.moved() || !o.has(r.m.p.organizer) && !o.has(r.m.p.guest) {
			continue
		}
		other := ruler{r.w, r.all, o}
		if !other.taken(o.from.Add(-before), o.to.Add(after), true) && overlap(from, to, o.from.Add(-before), o.to.Add(after)) {
			return true
		}
	}
	return false
}

// troubled reports whether the meeting could not take place at its original
// time as everything else stands now.
func (r ruler) troubled() bool {
	from, to := r.m.original()
	return r.m.p.declined[r.m.n] || r.taken(from, to, false)
}

// best returns the rung and the distance of the best slot of full length, or of
// the longest shorter one.
func (r ruler) best() (rung int, distance, length time.Duration, found bool) {
	at, end := r.m.original()
	full := end.Sub(at)
	for want := 1; want <= 3; want++ {
		for k := range reach {
			for _, sign := range []int{1, -1} {
				from := at.Add(time.Duration(sign*(k+1)) * 15 * time.Minute)
				if r.rung(from, from.Add(full)) == want {
					return want, from.Sub(at).Abs(), full, true
				}
			}
		}
	}
	for length := full - 5*time.Minute; length >= 10*time.Minute; length -= 5 * time.Minute {
		for k := range reach {
			for _, sign := range []int{1, -1} {
				from := at.Add(time.Duration(sign*k) * 15 * time.Minute)
				if k == 0 && r.m.p.declined[r.m.n] {
					continue
				}
				if r.rung(from, from.Add(length)) > 0 {
					return 4, from.Sub(at).Abs(), length, true
				}
			}
		}
	}
	return 0, 0, 0, false
}

// judge looks at every meeting.
func (w *week) judge(d *desk) {
	d.Helper()
	all := w.read(d)
	for _, m := range all {
		from, _ := m.original()
		if !from.After(w.now) || from.After(w.now.Add(28*24*time.Hour)) {
			if m.moved() {
				d.Errorf("%v was moved outside the horizon", m)
			}
			continue
		}
		if m.p.stays {
			if m.moved() {
				d.Errorf("%v was moved, which the program cannot do for both", m)
			}
			continue
		}
		r := ruler{w, all, m}
		rung, distance, length, found := r.best()
		switch {
		case m.moved() && !r.troubled():
			d.Errorf("%v was moved without need", m)
		case !m.moved() && r.troubled() && found:
			d.Errorf("%v was left in conflict, though there is a place on rung %d, %s away", m, rung, distance)
		case m.moved() && !found:
			d.Errorf("%v was moved where nothing fits", m)
		case m.moved():
			is := r.rung(m.from, m.to)
			if m.to.Sub(m.from) < length || is > 0 && m.to.Sub(m.from) < time.Duration(m.p.minutes)*time.Minute {
				is = 4
			}
			if is != rung || m.to.Sub(m.from) != length || m.from.Sub(from).Abs() != distance {
				d.Errorf("%v on rung %d: the best is on rung %d, %s away, for %s", m, is, rung, distance, length)
			}
		}
	}
}

// untouched checks that nothing but 1:1s has changed.
func (w *week) untouched(d *desk, before map[string][]byte) {
	d.Helper()
	now := d.everything()
	for key := range w.plain {
		if before[key] == nil || !bytes.Equal(before[key], now[key]) {
			d.Errorf("%s was changed", key)
		}
	}
	for key, now := range d.snapshot() {
		for _, reason := range calendartest.Damage(before[key], now) {
			d.Errorf("%s: %s", key, reason)
		}
	}
}

// run makes one pass over the week, or, where the answer to a write may change
// other events, as many as that takes, and judges what came of it.
func (w *week) run(d *desk) {
	d.Helper()
	d.now = w.now
	before := d.everything()
	for r := d.pass(); d.google != nil && r.Writes+r.Conflicts > 0; r = d.pass() {
		d.takeIn(w.series...)
		d.now = d.now.Add(time.Minute)
	}
	w.judge(d)
	w.untouched(d, before)
}

// TestRandomWeeks: after a pass over a random week no 1:1 that could be placed is
// in conflict, each moved one stands at the least distance, nothing else has
// changed, and a second pass writes nothing.
func TestRandomWeeks(t *testing.T) {
	names := []string{"ann", "bob", "carl", "dora"}
	for _, p := range places {
		for seed := range p.weeks {
			apart(t, fmt.Sprintf("%s seed %d", p.name, seed), func(t *testing.T) {
				w, d := p.desk(t, seed, names[:2+seed%3]...)
				w.run(d)
				d.quiet()
				d.settle()
				d.quiet()
				d.check()
			})
		}
	}
}
