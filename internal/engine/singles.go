package engine

import (
	"time"

	"oneonone/internal/cadence"
	"oneonone/internal/calendar"
	"oneonone/internal/oneonone"
	"oneonone/internal/span"
)

// collectSingles finds the events of just two people that do not recur, however
// long ago: they are no 1:1s, but the two have met (R30).
func (e *Engine) collectSingles(w *world) {
	w.singles = map[oneonone.Pair][]cadence.Meeting{}
	seen := map[string]bool{}
	for _, m := range w.mirrors {
		for _, s := range m.series {
			ev := s.master
			if ev == nil || ev.Recurs() || len(ev.Attendees) == 0 || ev.Own != calendar.OwnNone || seen[s.uid] {
				continue
			}
			v := e.judge.Of(*ev, m.account.Person, true)
			if !v.OneOnOne || e.declined(*ev, v) {
				continue
			}
			seen[s.uid] = true
			pair := oneonone.NewPair(v.Self, v.Other)
			w.singles[pair] = append(w.singles[pair], cadence.Meeting{UID: s.uid, Span: ev.Span()})
		}
	}
}

// declined reports whether one of the two said no to the event.
func (e *Engine) declined(ev calendar.Event, v oneonone.Verdict) bool {
	for _, a := range ev.Attendees {
		if key := e.people.Key(a.Address); a.Answer == calendar.Declined && (key == v.Self || key == v.Other) {
			return true
		}
	}
	return false
}

// inOneTown returns the days on which both people say by working-location
// events that they are at the same place (R31). The place itself is compared
// and told to nobody.
func (e *Engine) inOneTown(w *world, a, b string) []span.Span {
	places := e.places(w, a)
	var days []span.Span
	for _, y := range e.places(w, b) {
		for _, x := range places {
			if x.name == y.name && x.at.Overlaps(y.at) {
				days = append(days, span.Span{Start: latest(x.at.Start, y.at.Start), End: earliest(x.at.End, y.at.End)})
			}
		}
	}
	return days
}

// place is where somebody works for a while.
type place struct {
	name string
	at   span.Span
}

// places lists where the person with key works, as far as events tell.
func (e *Engine) places(w *world, key string) []place {
	m := w.byKey[key]
	if m == nil || !m.fresh {
		return nil
	}
	var out []place
	for _, s := range m.series {
		for _, o := range s.occurrences {
			name := oneonone.PlaceName(o.Event)
			if o.Type == calendar.TypeWorkingLocation && o.Status != calendar.Cancelled && name != "" && o.End.After(w.now) {
				out = append(out, place{name, o.Span()})
			}
		}
	}
	return out
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
