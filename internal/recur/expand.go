package recur

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// Skipped is an exception that stands for no meeting, with the reason for a
// person.
type Skipped struct {
	Event  calendar.Event
	Reason string
}

// expandBudget bounds one call of Expand, all its exceptions together.
var expandBudget = Budget{Instances: DefaultBudget.Instances, Steps: 1_000_000}

// Expand returns the meetings of one series, or of one single event, that
// overlap w or, having no length, begin in it: sorted by start, then by original
// start.
//
// An exception replaces the occurrence that its Original names (see
// Set.Original) wherever it was moved to, into the window or out of it. One with
// ThisAndFuture shifts that occurrence and all later ones by the same time
// on the clock and gives them its length and its other properties (RFC 5545
// §3.2.13), until the next such exception; occurrences with an exception of
// their own keep that. Of several exceptions for one occurrence the one with
// the highest SEQUENCE counts, then the last. An exception whose Original is no
// instance of the series is Skipped: showing it would make an extra meeting.
//
// Cancelled occurrences, a cancelled single event and the ordinary occurrences
// of a cancelled series are left out. A master with a zero Start stands for one
// that is not known (a guest invited to single occurrences only); its
// exceptions then stand for themselves.
//
// An occurrence of a series, and an exception, has the Original start of
// the set, so two spellings of a RECURRENCE-ID give the same name. Exception
// is true only for the occurrence that a component of its own describes; one
// that an earlier ThisAndFuture describes has the properties of that component
// and neither flag. A timed meeting lasts exactly as long as its component
// says, an all-day one as many days.
//
// An error says, for a person, why the series cannot be expanded; there is no
// partial answer.
func Expand(master calendar.Event, exceptions []calendar.Event, w span.Span) ([]calendar.Occurrence, []Skipped, error) {
	x := expansion{window: w, master: master, meter: expandBudget.meter()}
	if master.Start.IsZero() {
		x.alone(exceptions)
		return x.sorted(), x.skipped, nil
	}
	if !master.Recurs() && len(exceptions) == 0 {
		if master.Status != calendar.Cancelled {
			x.add(master, master.Start, master.End)
		}
		return x.out, nil, nil
	}
	set, err := ParseSet(master.Start, master.AllDay, master.RRules, master.RDates, master.ExDates)
	if err != nil {
		return nil, nil, err
	}
	x.set = set
	if err := x.sort(exceptions); err != nil {
		return nil, nil, err
	}
	if err := x.ordinary(); err != nil {
		return nil, nil, err
	}
	for _, e := range x.own {
		if e.event.Status != calendar.Cancelled {
			x.add(e.event, e.event.Start, e.event.End)
			x.mark(e.original, true)
		}
	}
	return x.sorted(), x.skipped, nil
}

// expansion is one call of Expand.
type expansion struct {
	window  span.Span
	master  calendar.Event
	set     *Set
	meter   *meter
	own     []exception // for one occurrence each, by original
	ranges  []exception // for it and all later ones, by original
	out     []calendar.Occurrence
	added   bool // the last add was in the window
	skipped []Skipped
}

// exception is a component with the instance that it stands for.
type exception struct {
	event    calendar.Event
	original time.Time
}

// alone deals with exceptions whose master is not known.
func (x *expansion) alone(exceptions []calendar.Event) {
	var all []exception
	for _, e := range exceptions {
		all = append(all, exception{e, e.Original})
	}
	for _, e := range x.winners(all) {
		if e.event.Status != calendar.Cancelled {
			x.add(e.event, e.event.Start, e.event.End)
			x.mark(e.original, true)
		}
	}
}

// sort finds for each exception the instance it stands for.
func (x *expansion) sort(exceptions []calendar.Event) error {
	var own, ranges []exception
	for _, e := range exceptions {
		original, found, err := x.set.original(e.Original, x.meter)
		if err != nil {
			return err
		}
		if !found && e.Status == calendar.Cancelled {
			continue // It takes nothing away; Google keeps such ones behind the end of a series.
		}
		if !found {
			layout := "Mon 2 Jan 2006 15:04"
			if x.master.AllDay {
				layout = "Mon 2 Jan 2006"
			}
			x.skipped = append(x.skipped, Skipped{e, fmt.Sprintf("it is an exception for %s, which is not a date of the series", e.Original.Format(layout))})
			continue
		}
		if e.ThisAndFuture {
			ranges = append(ranges, exception{e, original})
		} else {
			own = append(own, exception{e, original})
		}
	}
	x.own, x.ranges = x.winners(own), x.winners(ranges)
	return nil
}

// winners sorts by original and keeps of each the one that counts.
func (x *expansion) winners(all []exception) []exception {
	slices.SortStableFunc(all, func(a, b exception) int {
		return cmp.Or(a.original.Compare(b.original), cmp.Compare(a.event.Sequence, b.event.Sequence))
	})
	var out []exception
	for i, e := range all {
		if i+1 < len(all) && all[i+1].original.Equal(e.original) {
			x.skipped = append(x.skipped, Skipped{e.event, "a newer exception for the same occurrence replaces it"})
			continue
		}
		out = append(out, e)
	}
	return out
}

// ordinary adds the occurrences without an exception of their own: those of
// the master up to the first range, then those of each range.
func (x *expansion) ordinary() error {
	for i := range len(x.ranges) + 1 {
		by := exception{x.master, x.master.Start}
		from, to := time.Unix(minInstant, 0), time.Unix(maxInstant, 0)
		if i > 0 {
			by = x.ranges[i-1]
			from = by.original
		}
		if i < len(x.ranges) {
			to = x.ranges[i].original
		}
		if by.event.Status == calendar.Cancelled {
			continue
		}
		if err := x.stretch(by, from, to, i > 0); err != nil {
			return err
		}
	}
	return nil
}

// stretch adds the ordinary occurrences with original starts in [from, to),
// which by describes; ranged says that by is no master.
func (x *expansion) stretch(by exception, from, to time.Time, ranged bool) error {
	l := x.layoutOf(by)
	// What a change of clocks does to shift and length is less than a day.
	const slack = daySeconds
	low := max(from.Unix(), unixUp(x.window.Start)-l.longest-l.shift-slack)
	high := min(to.Unix(), unixUp(x.window.End)-l.shift+slack)
	var room [64]int64
	starts, err := x.set.starts(low, high, x.meter, room[:0])
	if err != nil {
		return err
	}
	x.out = slices.Grow(x.out, len(starts))
	own := 0
	for _, t := range starts {
		for own < len(x.own) && x.own[own].original.Unix() < t {
			own++
		}
		if own < len(x.own) && x.own[own].original.Unix() == t {
			continue
		}
		start, end := l.place(t)
		x.add(by.event, start, end)
		if x.master.Recurs() {
			x.mark(time.Unix(t, 0).In(x.set.loc), ranged && t == by.original.Unix())
		}
	}
	return nil
}

// add appends the meeting when the window has a part of it.
func (x *expansion) add(e calendar.Event, start, end time.Time) {
	s := span.Span{Start: start, End: end}
	x.added = x.window.Overlaps(s) || s.Empty() && x.window.Contains(start)
	if x.added {
		e.Start, e.End = start, end
		x.out = append(x.out, calendar.Occurrence{Event: e})
	}
}

// mark names the meeting that was just added, if it was.
func (x *expansion) mark(original time.Time, exception bool) {
	if !x.added {
		return
	}
	o := &x.out[len(x.out)-1]
	o.Original, o.Exception = original, exception
	o.ThisAndFuture = o.ThisAndFuture && exception
}

func (x *expansion) sorted() []calendar.Occurrence {
	inOrder := func(a, b calendar.Occurrence) int {
		return cmp.Or(a.Start.Compare(b.Start), a.Original.Compare(b.Original))
	}
	if !slices.IsSortedFunc(x.out, inOrder) {
		slices.SortStableFunc(x.out, inOrder)
	}
	return x.out
}
