// Package recur works out when a recurring event takes place (RFC 5545
// §3.3.10, §3.8.4.4 and §3.8.5): which starts its rules, RDATEs and EXDATEs
// give (Set), and which meetings come out of them and the series' exceptions
// (Expand).
//
// It jumps to the time asked for instead of walking there from DTSTART, so an
// old series costs what a new one costs. Every question is bounded by a Budget;
// when that is spent the answer is an error, never a part of the answer.
//
// Where the RFC is silent or people do otherwise:
//   - DTSTART is the first instance and counts toward COUNT even when the rule
//     does not give it (RFC 5545 §3.8.5.3 leaves it undefined, calendars show
//     it). Only when UNTIL of every rule is before DTSTART is there none: that
//     is a series that was cut off before it began.
//   - A local time that a change of clocks skips is no reason to lose a meeting:
//     §3.3.5 says when it is (see Instant).
//   - A BY part that the RFC forbids for a frequency limits it.
//   - What a rule leaves open comes from DTSTART, also the weekday of
//     FREQ=YEARLY;BYWEEKNO=20. FREQ=YEARLY;BYMONTHDAY=15 is the 15th of every
//     month, as the table of §3.3.10 has it.
//   - BYSETPOS counts through the whole period, also before DTSTART.
package recur

import (
	"slices"
	"sort"
	"time"

	"oneonone/internal/span"
)

// Set is the recurrence set of one series: DTSTART and the starts of all rules
// and RDATEs, without those an EXDATE names. It never changes; any number of
// goroutines may use it.
type Set struct {
	start  time.Time
	loc    *time.Location
	allDay bool
	first  int64 // wall clock of DTSTART
	begins bool  // DTSTART is an instance
	plans  []plan
	rdates []int64 // instants, sorted

	exact []int64 // EXDATEs as instants, sorted
	loose []loose // the EXDATEs that may mean a day

	one [1]plan // room for the one rule that most series have
}

// loose is a date-time that stands for a whole day when no instance begins
// exactly then.
type loose struct{ instant, day int64 }

// NewSet returns the set of a series that begins at start. The zone of the
// series is start's location; the starts that come out of the set are in it.
// With allDay start is a midnight, and so are they.
//
// An EXDATE excludes the instance that begins at the same instant. When there
// is none, an EXDATE that is a midnight in its own location, or any EXDATE of an
// all-day series, is read as a date and excludes the instances on that day.
func NewSet(start time.Time, allDay bool, rules []Rule, rdates []span.Span, exdates []time.Time) *Set {
	s := &Set{start: start, loc: start.Location(), allDay: allDay}
	s.first = s.wall(start)
	s.begins = len(rules) == 0
	s.plans = s.one[:]
	if len(rules) != 1 {
		s.plans = make([]plan, len(rules))
	}
	for i, r := range rules {
		s.plans[i].bind(r, s.first)
		s.begins = s.begins || s.before(r.Until, start.Unix(), s.first)
	}
	for _, d := range rdates {
		s.rdates = append(s.rdates, d.Start.Unix())
	}
	slices.Sort(s.rdates)
	for _, t := range exdates {
		s.exact = append(s.exact, t.Unix())
		if wall := wallOf(t); allDay || mod(wall, daySeconds) == 0 {
			s.loose = append(s.loose, loose{t.Unix(), dayOf(wall)})
		}
	}
	slices.Sort(s.exact)
	return s
}

// wall returns the clock of the series' zone at t. An all-day start is a
// midnight even where the clocks skip it.
func (s *Set) wall(t time.Time) int64 {
	w := wallOf(t.In(s.loc))
	if s.allDay {
		w = dayOf(w) * daySeconds
	}
	return w
}

// before reports whether an instance is not after the end of its rule.
//
// A date counts whole. For an all-day series an instant that is a midnight or
// the last second of a day of UTC was written from a date and is read as one.
func (s *Set) before(u Until, instant, wall int64) bool {
	end := u.Time.Unix()
	switch u.Form {
	case NoUntil:
		return true
	case UntilLocal:
		return wall <= end
	case UntilDate:
		return wall < end+daySeconds
	}
	if clock := mod(end, daySeconds); s.allDay && (clock == 0 || clock == daySeconds-1) {
		return wall <= end
	}
	return instant <= end
}

// Start returns DTSTART.
func (s *Set) Start() time.Time { return s.start }

// Between returns the starts t with w.Start ≤ t < w.End, in order, each once,
// in the zone of DTSTART. To find the meetings that overlap a window, begin it
// earlier by the length of a meeting. The errors are ErrTooMany and ErrTooLong.
func (s *Set) Between(w span.Span, b Budget) ([]time.Time, error) {
	var room [64]int64
	instants, err := s.starts(unixUp(w.Start), unixUp(w.End), b.meter(), room[:0])
	if err != nil || len(instants) == 0 {
		return nil, err
	}
	out := make([]time.Time, len(instants))
	for i, t := range instants {
		out[i] = time.Unix(t, 0).In(s.loc)
	}
	return out, nil
}

// unixUp returns t in whole seconds, rounded up: instances are whole seconds.
func unixUp(t time.Time) int64 {
	u := t.Unix()
	if t.Nanosecond() > 0 {
		u++
	}
	return u
}

// starts appends the instances in [from, to) to out, which is empty, as Unix
// seconds.
func (s *Set) starts(from, to int64, m *meter, out []int64) ([]int64, error) {
	all, err := s.raw(from, to, m, out)
	if err != nil || len(all) == 0 || len(s.exact) == 0 {
		return all, err
	}
	days, err := s.excludedDays(from, to, m)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(t int64) bool {
		if _, found := slices.BinarySearch(s.exact, t); found {
			return true
		}
		return len(days) > 0 && slices.Contains(days, s.dayAt(t))
	}), nil
}

// raw is starts without regard to EXDATE.
func (s *Set) raw(from, to int64, m *meter, out []int64) ([]int64, error) {
	to = min(to, maxDay*daySeconds+maxOffset)
	if from >= to {
		return nil, nil
	}
	add := func(t int64) bool {
		if t < from || t >= to {
			return true
		}
		out = append(out, t)
		return m.meet()
	}
	if s.begins && !add(s.start.Unix()) {
		return nil, ErrTooMany
	}
	for i := sort.Search(len(s.rdates), func(i int) bool { return s.rdates[i] >= from }); i < len(s.rdates) && s.rdates[i] < to; i++ {
		if !add(s.rdates[i]) {
			return nil, ErrTooMany
		}
	}
	c := clock{loc: s.loc}
	for i := range s.plans {
		p := &s.plans[i]
		spent := false
		low, high := from-maxOffset, to+maxOffset
		if p.freq > Daily {
			low, high = c.walls(from, to) // A day of seconds is too much to look at for nothing.
		}
		err := p.walk(low, high, m, func(wall int64) bool {
			t := c.instant(wall)
			if !s.before(p.rule.Until, t, wall) {
				// A change of clocks may have swapped this one with the next.
				return t < p.rule.Until.Time.Unix()+2*daySeconds
			}
			spent = !add(t)
			return !spent
		})
		if spent {
			err = ErrTooMany
		}
		if err != nil {
			return nil, err
		}
	}
	// Changes of clocks may swap two instances, several sources may give one.
	if !slices.IsSorted(out) {
		slices.Sort(out)
	}
	return slices.Compact(out), nil
}

// excludedDays returns the days in and around [from, to) that an EXDATE
// excludes as a date because it names no instance as an instant.
func (s *Set) excludedDays(from, to int64, m *meter) ([]int64, error) {
	var days []int64
	for _, x := range s.loose {
		if x.day < dayOf(from-maxOffset) || x.day > dayOf(to+maxOffset) {
			continue
		}
		exact, err := s.raw(x.instant, x.instant+1, m, nil)
		if err != nil {
			return nil, err
		}
		if len(exact) == 0 {
			days = append(days, x.day)
		}
	}
	return days, nil
}

func (s *Set) dayAt(instant int64) int64 {
	return dayOf(wallOf(time.Unix(instant, 0).In(s.loc)))
}
