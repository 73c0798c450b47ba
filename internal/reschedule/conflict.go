package reschedule

import (
	"cmp"
	"slices"
	"time"

	"oneonone/internal/span"
)

// least is how long an overlap has to be to count as a conflict (R4).
const least = time.Minute

// collide reports whether two stretches overlap by a minute or more.
func collide(a, b span.Span) bool { return a.Intersect(b).Duration() >= least }

// conflicts returns why meeting i cannot take place where it stands (R4, R5),
// ordered by person as the meeting lists them, then kind, then time.
func (w *world) conflicts(i int) []Conflict {
	out, known := w.known[i]
	if !known {
		out = w.lookForConflicts(i)
		w.known[i] = out
	}
	return out
}

func (w *world) lookForConflicts(i int) []Conflict {
	m := &w.Meetings[i]
	var out []Conflict
	for _, key := range m.people() {
		d := w.diaries[key]
		for b := range d.overlapping(w.place[i]) {
			if (b.Kind == Busy || b.Kind == Away) && collide(b.Span, w.place[i]) && !m.isItself(b) {
				kind := DoubleBooked
				if b.Kind == Away {
					kind = IsAway
				}
				out = append(out, Conflict{Person: key, Kind: kind, With: b.Span, Since: b.Updated, Other: -1})
			}
		}
		for _, j := range d.days.near(w.place[i]) {
			if j != i && !w.Meetings[j].Hold && collide(w.place[j], w.place[i]) {
				out = append(out, Conflict{Person: key, Kind: DoubleBooked, With: w.place[j], Since: w.Meetings[j].Updated, Other: j})
			}
		}
		if slices.Contains(m.Declined, key) {
			out = append(out, Conflict{Person: key, Kind: HasDeclined, With: w.place[i], Since: m.Updated, Other: -1})
		}
	}
	slices.SortStableFunc(out, func(a, b Conflict) int { return w.compareConflicts(m, a, b) })
	return out
}

func (w *world) compareConflicts(m *Meeting, a, b Conflict) int {
	c := cmp.Or(
		cmp.Compare(slices.Index(m.People[:], a.Person), slices.Index(m.People[:], b.Person)),
		cmp.Compare(a.Kind, b.Kind),
		a.With.Start.Compare(b.With.Start),
		a.With.End.Compare(b.With.End),
		a.Since.Compare(b.Since),
	)
	if c != 0 || a.Other < 0 || b.Other < 0 {
		return cmp.Or(c, cmp.Compare(min(a.Other, 0), min(b.Other, 0)))
	}
	return w.compare(a.Other, b.Other)
}

// settles returns when the conflict of meeting i will have lasted for the
// settle time since the last change to either event (R13). A change that claims
// to lie in the future counts as made just now: clocks differ, and nothing
// waits for longer than the settle time.
func (w *world) settles(i int, c Conflict) time.Time {
	last := w.Meetings[i].Updated
	if c.Since.After(last) {
		last = c.Since
	}
	if last.After(w.Now) {
		last = w.Now
	}
	return last.Add(w.policy.Settle)
}

// settled returns those conflicts of meeting i that are old enough to act on,
// and when the next of the others will be; zero when there are no others.
func (w *world) settled(i int, all []Conflict) (old []Conflict, next time.Time) {
	for _, c := range all {
		at := w.settles(i, c)
		switch {
		case !w.Now.Before(at):
			old = append(old, c)
		case next.IsZero() || at.Before(next):
			next = at
		}
	}
	return old, next
}
