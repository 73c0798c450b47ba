package engine

import (
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// meetsAfter reports whether the series has an occurrence planned for the instant or later.
func (c *care) meetsAfter(t time.Time) bool {
	for _, o := range c.own.s.occurrences {
		if !o.Original.Before(t) {
			return true
		}
	}
	return false
}

// ended reports whether a series generates nothing at or after the instant.
func ended(master calendar.Event, exceptions []calendar.Event, at time.Time) bool {
	occ, _, err := recur.Expand(master, exceptions, span.Span{Start: at, End: at.AddDate(1, 0, 0)})
	if err != nil {
		return false
	}
	for _, o := range occ {
		if !o.Original.Before(at) && !o.Exception {
			return false
		}
	}
	return true
}

// markSuccessions keeps the planner away from a series that is being changed and
// from the one that takes its place: for a moment both stand in a calendar.
func markSuccessions(w *world) {
	for _, next := range w.cares {
		old := next.own.s.master.After
		if old == "" || !w.standsBeside(next, old) {
			continue
		}
		for _, c := range w.cares {
			if (c == next || c.own.s.uid == old) && c.blocked == "" {
				c.blocked = "it is just being changed to another rhythm"
			}
		}
	}
}

// standsBeside reports whether one of the two people still has occurrences of the
// series with the UID old after next has begun.
func (w *world) standsBeside(next *care, old string) bool {
	for _, key := range next.pair {
		m := w.byKey[key]
		if m == nil || m.byUID[old] == nil {
			continue
		}
		for _, o := range m.byUID[old].occurrences {
			if !o.Original.Before(next.own.s.master.Start) {
				return true
			}
		}
	}
	return false
}
