package recur

import (
	"time"

	"oneonone/internal/span"
)

// layout places the occurrences that one component describes.
type layout struct {
	zone    *time.Location // in which the results are written
	clock   clock          // of the series' zone
	allDay  bool
	shift   int64 // on the clock, from the original start to the start; seconds
	length  int64 // timed: seconds; all-day: days
	longest int64 // no occurrence is longer, in seconds; a day of slack apart
	periods []span.Span
}

// layoutOf returns the layout of by. Its shift is taken on the clock, so that
// "an hour later" stays an hour later when the clocks change.
func (x *expansion) layoutOf(by exception) layout {
	e := by.event
	l := layout{
		zone:   e.Start.Location(),
		clock:  clock{loc: x.set.loc},
		allDay: e.AllDay,
		shift:  wallOf(e.Start.In(x.set.loc)) - wallOf(by.original.In(x.set.loc)),
		length: e.End.Unix() - e.Start.Unix(),
	}
	l.longest = l.length
	if e.AllDay {
		l.length = dayOf(wallOf(e.End)) - dayOf(wallOf(e.Start))
		l.longest = l.length * daySeconds
		l.shift = (dayOf(wallOf(e.Start)) - dayOf(x.set.wall(by.original))) * daySeconds
		l.clock.loc = l.zone
	}
	if !e.IsException() {
		for _, r := range x.master.RDates {
			if !r.Empty() {
				l.periods = append(l.periods, r)
				l.longest = max(l.longest, r.End.Unix()-r.Start.Unix())
			}
		}
	}
	l.longest = max(0, l.longest)
	return l
}

// place returns start and end of the occurrence with the original start t.
func (l *layout) place(t int64) (start, end time.Time) {
	original := time.Unix(t, 0).In(l.zone)
	if l.allDay {
		day := (dayOf(wallOf(original)) * daySeconds) + l.shift
		return l.at(day), l.at(day + l.length*daySeconds)
	}
	start = original
	if l.shift != 0 {
		start = l.at(wallOf(time.Unix(t, 0).In(l.clock.loc)) + l.shift)
	}
	for _, p := range l.periods {
		if p.Start.Unix() == t {
			return start, p.End.In(l.zone)
		}
	}
	return start, start.Add(time.Duration(l.length) * time.Second)
}

func (l *layout) at(wall int64) time.Time {
	return time.Unix(l.clock.instant(wall), 0).In(l.zone)
}
