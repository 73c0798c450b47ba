package icalendar

import (
	"errors"
	"fmt"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// exception returns a new exception for the occurrence with the original
// start, which says the same as the series does for it. It is a copy of the
// master, or of the latest RANGE=THISANDFUTURE exception that covers the
// occurrence, as the parts before left it, without what makes a series and
// without the mark of a move.
func (e *editor) exception(original time.Time) (edited, error) {
	master, base, err := e.base(original)
	if err != nil {
		return edited{}, err
	}
	place, err := e.occurrence(master, base, original)
	if err != nil {
		return edited{}, err
	}
	id, err := master.dtstart.write(original)
	if err != nil {
		return edited{}, err
	}
	d := newDraft(base.text, e.eol)
	d.drop("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", markName)
	if err := d.setTime(e.reader, base.dtstart, place); err != nil {
		return edited{}, err
	}
	form, _ := master.find("DTSTART")
	dtstart, _ := d.find("DTSTART")
	line := "RECURRENCE-ID" + timeParams(form.text, master.dtstart) + ":" + id
	d.splice(dtstart.from, dtstart.from, folded(line, e.eol))

	read, err := e.read(d)
	if err != nil {
		return edited{}, err
	}
	return edited{reading: read, draft: d, before: d.text, added: true}, nil
}

// read reads d as it is now.
func (r *reader) read(d *draft) (reading, error) {
	o, err := scan("BEGIN:VCALENDAR\n" + d.text + "END:VCALENDAR\n")
	if err != nil {
		return reading{}, err
	}
	copies, err := o.decode()
	if err != nil {
		return reading{}, err
	}
	read := r.event(copies[0], nil)
	if read.problem != "" {
		return reading{}, errors.New(read.problem)
	}
	return read, nil
}

// base returns the master of the series and the component that describes the
// occurrence with the original start.
func (e *editor) base(original time.Time) (master, base *edited, err error) {
	master = e.master()
	if master == nil || !master.Recurs() {
		return nil, nil, fmt.Errorf("the event has no occurrence that was planned for %s", original.Format(time.RFC3339))
	}
	base = master
	for i := range e.events {
		ev := &e.events[i]
		if ev.ThisAndFuture && !ev.removed && !ev.Original.After(original) && ev.Original.After(base.Original) {
			base = ev
		}
	}
	return master, base, nil
}

// occurrence returns when the occurrence takes place that base describes. It
// fails when the series has no such occurrence.
func (e *editor) occurrence(master, base *edited, original time.Time) (span.Span, error) {
	var ranges []calendar.Event
	for _, ev := range e.events {
		if ev.ThisAndFuture && !ev.removed {
			ranges = append(ranges, ev.Event)
		}
	}
	about := original
	if base.IsException() {
		about = original.Add(base.Start.Sub(base.Original))
	}
	// What clocks and an all-day event's day make of it is less than two days.
	window := span.Span{Start: about, End: about}.Pad(48*time.Hour, 48*time.Hour)
	found, _, err := recur.Expand(master.Event, ranges, window)
	if err != nil {
		return span.Span{}, err
	}
	for _, o := range found {
		if o.Original.Equal(original) {
			return o.Span(), nil
		}
	}
	return span.Span{}, fmt.Errorf("the series has no occurrence that was planned for %s", original.Format(time.RFC3339))
}

// nameOccurrences gives every exception the original start that recur gives it,
// which is also the one that parts name: a RECURRENCE-ID may be a date where the
// series has times.
func (e *editor) nameOccurrences() {
	master := e.master()
	if master == nil || len(e.events) == 1 || !master.Recurs() {
		return
	}
	set, err := recur.ParseSet(master.Start, master.AllDay, master.RRules, master.RDates, master.ExDates)
	if err != nil {
		return // then no occurrence of it is known to anybody
	}
	for i := range e.events {
		ev := &e.events[i]
		if !ev.IsException() {
			continue
		}
		if original, found, err := set.Original(ev.Original, recur.DefaultBudget); found && err == nil {
			ev.Original = original
		}
	}
}

// master returns the event itself, nil when the object holds only exceptions.
func (e *editor) master() *edited {
	for i := range e.events {
		if !e.events[i].IsException() {
			return &e.events[i]
		}
	}
	return nil
}
