package recur

import (
	"time"

	"oneonone/internal/span"
)

// Contains reports whether an instance of the set begins at the instant t.
func (s *Set) Contains(t time.Time, b Budget) (bool, error) {
	return s.contains(t, b.meter())
}

func (s *Set) contains(t time.Time, m *meter) (bool, error) {
	if t.Nanosecond() != 0 {
		return false, nil
	}
	var room [4]int64
	at, err := s.starts(t.Unix(), t.Unix()+1, m, room[:0])
	return len(at) > 0, err
}

// Original returns the start of the instance that a RECURRENCE-ID names, and
// whether there is one. The id is compared as an instant, whatever its zone.
// When no instance begins then, an id that is a midnight in its own location,
// or any id for an all-day series, is read as a date and names the first
// instance of that day.
func (s *Set) Original(id time.Time, b Budget) (time.Time, bool, error) {
	return s.original(id, b.meter())
}

func (s *Set) original(id time.Time, m *meter) (time.Time, bool, error) {
	exact, err := s.contains(id, m)
	if exact || err != nil {
		return id.In(s.loc), exact, err
	}
	wall := wallOf(id)
	if !s.allDay && mod(wall, daySeconds) != 0 {
		return time.Time{}, false, nil
	}
	day := dayOf(wall) * daySeconds
	c := clock{loc: s.loc}
	found, err := s.starts(c.instant(day), c.instant(day+daySeconds), m, nil)
	if err != nil || len(found) == 0 {
		return time.Time{}, false, err
	}
	return time.Unix(found[0], 0).In(s.loc), true, nil
}

// century bounds the search for a neighbour: what comes after a gap of a
// hundred years is no neighbour.
const century = 100 * 366 * daySeconds

// Neighbours returns the last instance before t and the first one after t, an
// instance at t itself being neither. A zero time means that there is none
// within a hundred years.
func (s *Set) Neighbours(t time.Time, b Budget) (before, after time.Time, err error) {
	m := b.meter()
	step := s.stride()
	for near, far := unixUp(t), step; far <= century && before.IsZero() && near > s.earliest(); far *= 2 {
		found, err := s.starts(t.Unix()-far, near, m, nil)
		if err != nil {
			return before, after, err
		}
		if n := len(found); n > 0 {
			before = time.Unix(found[n-1], 0).In(s.loc)
		}
		near = t.Unix() - far
	}
	for near, far := t.Unix()+1, step; far <= century && after.IsZero(); far *= 2 {
		found, err := s.starts(near, t.Unix()+far, m, nil)
		if err != nil {
			return before, after, err
		}
		if len(found) > 0 {
			after = time.Unix(found[0], 0).In(s.loc)
		}
		near = t.Unix() + far
	}
	return before, after, nil
}

// earliest returns an instant that no instance is before.
func (s *Set) earliest() int64 {
	first := s.start.Unix()
	if len(s.rdates) > 0 {
		first = min(first, s.rdates[0])
	}
	return first
}

// stride returns about the distance between two instances in seconds, for the
// first look at the neighbourhood.
func (s *Set) stride() int64 {
	step := int64(400 * daySeconds)
	for i := range s.plans {
		p := &s.plans[i]
		unit := [...]int64{
			Yearly: 366 * daySeconds, Monthly: 31 * daySeconds, Weekly: 7 * daySeconds, Daily: daySeconds,
			Hourly: 3600, Minutely: 60, Secondly: 1,
		}[p.rule.Freq]
		step = min(step, unit*int64(p.rule.Interval))
	}
	return step
}

// Period returns the shorter of the distances from the last instance at or
// before t to the one before it and to the one after it: how often the
// series takes place around t. It is 0 when there are no two such instances.
func (s *Set) Period(t time.Time, b Budget) (time.Duration, error) {
	at := t
	here, err := s.Contains(t, b)
	if err != nil {
		return 0, err
	}
	if !here {
		before, after, err := s.Neighbours(t, b)
		if err != nil {
			return 0, err
		}
		switch {
		case !before.IsZero():
			at = before
		case !after.IsZero():
			at = after
		default:
			return 0, nil
		}
	}
	before, after, err := s.Neighbours(at, b)
	if err != nil {
		return 0, err
	}
	var period time.Duration
	if !before.IsZero() {
		period = at.Sub(before)
	}
	if !after.IsZero() && (period == 0 || after.Sub(at) < period) {
		period = after.Sub(at)
	}
	return period, nil
}

// ParseSet returns the set of a series as its properties say it: rules are the
// values of RRULE. The error says, for a person, which rule cannot be read.
func ParseSet(start time.Time, allDay bool, rules []string, rdates []span.Span, exdates []time.Time) (*Set, error) {
	if len(rules) == 1 {
		r, err := Parse(rules[0])
		if err != nil {
			return nil, err
		}
		return NewSet(start, allDay, []Rule{r}, rdates, exdates), nil
	}
	parsed := make([]Rule, len(rules))
	for i, text := range rules {
		r, err := Parse(text)
		if err != nil {
			return nil, err
		}
		parsed[i] = r
	}
	return NewSet(start, allDay, parsed, rdates, exdates), nil
}
