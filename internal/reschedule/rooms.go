package reschedule

import (
	"slices"

	"oneonone/internal/span"
)

// notBooked is what an event says that moves to where its room may be taken (R17).
const notBooked = "The room is not booked for the new time."

// withRooms changes, member by member, those spots of a plan at which the
// rooms of a meeting are not free: to the nearest slot at which they are, on the
// same day, on the same rung and of the same length, if there is one (R17). The
// plan is otherwise as it was, and the more important parts of its cost too.
func (t *team) withRooms(spots []spot) {
	all := make([]int, len(spots))
	for a := range all {
		all[a] = a
	}
	for a, m := range t.members {
		if spots[a].state != goes || t.roomsFree(a, spots[a].span, spots) {
			continue
		}
		old := spots[a]
		for _, o := range m.leeway.options(old.rung) {
			u := spot{state: goes, option: o}
			if o.shorter != old.shorter || !t.w.sameDay(m.meeting, o.span, old.span) ||
				!t.roomsFree(a, o.span, spots) || !t.fitsAll(a, u, spots) {
				continue
			}
			if spots[a] = u; len(t.circle(all, spots)) == 0 {
				break
			}
			spots[a] = old
		}
	}
}

func (t *team) fitsAll(a int, u spot, spots []spot) bool {
	for b := range spots {
		if b != a && !t.fits(a, u, b, spots[b]) {
			return false
		}
	}
	return true
}

// roomsFree reports whether all rooms of member a are known to be free at s,
// and no other meeting takes one of them by its move.
func (t *team) roomsFree(a int, s span.Span, spots []spot) bool {
	w, i := t.w, t.members[a].meeting
	m := &w.Meetings[i]
	if !m.roomsFree(s) {
		return false
	}
	for j := range w.Meetings {
		if w.moved[j] && w.place[j].Overlaps(s) && m.sharesRoom(&w.Meetings[j]) {
			return false
		}
	}
	for b, u := range spots {
		if b != a && u.state == goes && u.span.Overlaps(s) && m.sharesRoom(&w.Meetings[t.members[b].meeting]) {
			return false
		}
	}
	return true
}

func (m *Meeting) sharesRoom(o *Meeting) bool {
	return slices.ContainsFunc(m.Rooms, func(r Room) bool {
		return slices.ContainsFunc(o.Rooms, func(q Room) bool { return q.Name == r.Name })
	})
}

// roomsFree reports whether all rooms of m are known to be free at s. The time
// that m itself has booked is free for it.
func (m *Meeting) roomsFree(s span.Span) bool {
	if m.Span.Covers(s) {
		return true
	}
	for _, r := range m.Rooms {
		if !r.Known || r.Busy.Subtract(span.NewSet(m.Span)).Overlaps(s) {
			return false
		}
	}
	return true
}

// sameDay reports whether two slots of meeting i begin on the same date in its zone.
func (w *world) sameDay(i int, a, b span.Span) bool {
	y, m, d := w.local(i, a.Start).Date()
	yy, mm, dd := w.local(i, b.Start).Date()
	return y == yy && m == mm && d == dd
}
