package engine

import (
	"cmp"
	"slices"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// series is a master with its exceptions, or an event that does not recur, as
// one account has it.
type series struct {
	calendar, id, uid string
	master            *calendar.Event // nil when the server gave only exceptions
	exceptions        []calendar.Event
	seenAt            time.Time // when its resource last changed after the first load, zero when it never did
	home              bool      // it stands in a calendar that holds 1:1s
	broken            string    // what of it cannot be read, so that it takes up time but nothing of it is changed

	occurrences []calendar.Occurrence // in the window of the pass, by start
	problems    []string              // what of it was passed over
}

type seriesKey struct{ calendar, id, uid string }

type grouping map[seriesKey]*series

// add adds an event whose resource was last seen to change at seenAt. broken
// says what of the resource cannot be read.
func (g grouping) add(ev calendar.Event, seenAt time.Time, broken string) {
	key := seriesKey{ev.Calendar, ev.SeriesID, ev.UID}
	s := g[key]
	if s == nil {
		s = &series{calendar: ev.Calendar, id: ev.SeriesID, uid: ev.UID}
		g[key] = s
	}
	if seenAt.After(s.seenAt) {
		s.seenAt = seenAt
	}
	if broken != "" {
		s.broken = broken
	}
	if ev.IsException() {
		s.exceptions = append(s.exceptions, ev)
	} else if s.master == nil || ev.Sequence > s.master.Sequence {
		s.master = &ev
	}
}

func (g grouping) sorted() []*series {
	out := make([]*series, 0, len(g))
	for _, s := range g {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *series) int {
		return cmp.Or(cmp.Compare(a.calendar, b.calendar), cmp.Compare(a.id, b.id), cmp.Compare(a.uid, b.uid))
	})
	return out
}

// expand fills in the occurrences that lie in w. What cannot be expanded is
// passed over with a reason and keeps nobody else from being.
func (s *series) expand(w span.Span) {
	if s.master == nil {
		for _, x := range s.exceptions {
			if x.Status != calendar.Cancelled && x.Span().Overlaps(w) {
				s.occurrences = append(s.occurrences, calendar.Occurrence{Event: x, Exception: true})
			}
		}
		return
	}
	occ, passedOver, err := recur.Expand(*s.master, s.exceptions, w)
	if err != nil {
		s.problems = append(s.problems, err.Error())
		return
	}
	for _, p := range passedOver {
		s.problems = append(s.problems, p.Reason)
	}
	s.occurrences = occ
}

// any returns a component to read what all of the series have in common.
func (s *series) any() calendar.Event {
	if s.master != nil {
		return *s.master
	}
	return s.exceptions[0]
}

// at returns the occurrence with the original start, nil when there is none.
// The zero time names the event that does not recur.
func (s *series) at(original time.Time) *calendar.Occurrence {
	for i := range s.occurrences {
		if s.occurrences[i].Original.Equal(original) {
			return &s.occurrences[i]
		}
	}
	return nil
}

// length is how long the series makes its meetings.
func (s *series) length() time.Duration {
	if s.master == nil {
		return 0
	}
	return s.master.End.Sub(s.master.Start)
}

// period is the shortest distance between the original starts of neighbouring
// occurrences, zero when there are not two.
func (s *series) period() time.Duration {
	var starts []time.Time
	for _, o := range s.occurrences {
		if !o.Original.IsZero() {
			starts = append(starts, o.Original)
		}
	}
	slices.SortFunc(starts, time.Time.Compare)
	var shortest time.Duration
	for i := 1; i < len(starts); i++ {
		if d := starts[i].Sub(starts[i-1]); d > 0 && (shortest == 0 || d < shortest) {
			shortest = d
		}
	}
	return shortest
}
