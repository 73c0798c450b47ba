package icalendar

import (
	"errors"
	"fmt"
	"time"

	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// exception returns a new exception for the occurrence with the original
// start, which says the same as the series does for it. It is a copy of the
// master, or of the latest RANGE=THISANDFUTURE exception that covers the
// occurrence, without what makes a series and without the mark of a move.
func (e *editor) exception(original time.Time) (edited, error) {
	master, base, err := e.base(original)
	if err != nil {
		return edited{}, err
	}
	id, err := master.dtstart.write(original)
	if err != nil {
		return edited{}, err
	}
	d := newDraft(base.before, e.eol)
	d.drop("RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", markName)
	if err := d.setTime(e.reader, base.dtstart, occurrence(master, base, original)); err != nil {
		return edited{}, err
	}
	form, _ := master.find("DTSTART")
	dtstart, _ := d.find("DTSTART")
	line := "RECURRENCE-ID" + timeParams(form.text, master.dtstart) + ":" + id
	d.splice(dtstart.from, dtstart.from, folded(line, e.eol))

	o, err := scan("BEGIN:VCALENDAR\n" + d.text + "END:VCALENDAR\n")
	if err != nil {
		return edited{}, err
	}
	copies, err := o.decode()
	if err != nil {
		return edited{}, err
	}
	read := e.event(copies[0], nil)
	if read.problem != "" {
		return edited{}, errors.New(read.problem)
	}
	return edited{reading: read, draft: d, before: d.text, added: true}, nil
}

// base returns the master of the series and the component that describes the
// occurrence with the original start. It fails when there is no such occurrence.
func (e *editor) base(original time.Time) (master, base *edited, err error) {
	for i := range e.events {
		if !e.events[i].IsException() {
			master = &e.events[i]
		}
	}
	if master == nil || !master.Recurs() {
		return nil, nil, fmt.Errorf("the event has no occurrence that was planned for %s", original.Format(time.RFC3339))
	}
	set, err := recur.ParseSet(master.Start, master.AllDay, master.RRules, master.RDates, master.ExDates)
	if err != nil {
		return nil, nil, err
	}
	is, err := set.Contains(original, recur.DefaultBudget)
	if err != nil {
		return nil, nil, err
	}
	if !is {
		return nil, nil, fmt.Errorf("the series has no occurrence that was planned for %s", original.Format(time.RFC3339))
	}
	base = master
	for i := range e.events {
		ev := &e.events[i]
		if ev.ThisAndFuture && !ev.Original.After(original) && ev.Original.After(base.Original) {
			base = ev
		}
	}
	return master, base, nil
}

// occurrence returns when the occurrence takes place: base's own distance from
// its original start, by the clock, and base's length.
func occurrence(master, base *edited, original time.Time) span.Span {
	loc := base.dtstart.loc
	length := base.End.Sub(base.Start)
	start := original
	if base.IsException() {
		shift := wall(base.Start, loc).Sub(wall(base.Original, loc))
		start = recur.Instant(wall(original, loc).Add(shift), loc)
	} else {
		for _, r := range master.RDates {
			if r.Start.Equal(original) && !r.Empty() {
				length = r.Duration()
			}
		}
	}
	if base.AllDay {
		days := wall(base.End, loc).Sub(wall(base.Start, loc))
		return span.Span{Start: start, End: recur.Instant(wall(start, loc).Add(days), loc)}
	}
	return span.Of(start, length)
}

// wall returns what the clocks of loc show at t, as if it were UTC.
func wall(t time.Time, loc *time.Location) time.Time {
	t = t.In(loc)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}
