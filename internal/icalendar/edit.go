package icalendar

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"oneonone/internal/calendar"
)

// Edit returns the text of a calendar object with the parts of c applied; Base
// and Notify do not matter to it. zone is that of the calendar's person, as in
// Parse. Whatever the parts do not name stays as it was, byte for byte, but
// each event that is changed gets new DTSTAMP and LAST-MODIFIED, and one that
// moves or ends sooner another SEQUENCE. A change that alters nothing gives back data itself.
//
// The parts are applied in their order. The exception for an occurrence is made
// where there is none yet and the part makes it differ; it is a copy of the
// series as the parts before left it. Edit fails, and changes nothing, when an event in the object
// cannot be read, when a part names an occurrence that there is not, or when a
// time cannot be written in the form that the event uses.
func Edit(data []byte, c calendar.Change, zone *time.Location) ([]byte, error) {
	e, err := newEditor(data, c, zone)
	if err != nil {
		return nil, err
	}
	for _, p := range c.Parts {
		if err := e.apply(p); err != nil {
			return nil, err
		}
	}
	return e.assemble(data)
}

// editor holds the events of one object as drafts, in their order.
type editor struct {
	*reader
	change calendar.Change
	events []edited
}

// edited is one event of the object, or a new exception.
type edited struct {
	reading
	*draft
	before  string // its text before the change
	added   bool   // it is a new exception
	removed bool
}

func newEditor(data []byte, c calendar.Change, zone *time.Location) (*editor, error) {
	r, err := newReader(data, zone)
	if err != nil {
		return nil, err
	}
	if len(r.readings) == 0 {
		return nil, errors.New("the calendar object holds no event")
	}
	e := &editor{reader: r, change: c}
	masters := 0
	for i, reading := range r.readings {
		if reading.problem != "" {
			return nil, fmt.Errorf("the calendar object is not changed because a part of it cannot be read: %s", reading.problem)
		}
		if reading.UID != r.readings[0].UID {
			return nil, errors.New("the calendar object is not changed because it holds events with different UIDs")
		}
		if !reading.IsException() {
			masters++
		}
		text := r.text[r.object.events[i].from:r.object.events[i].to]
		e.events = append(e.events, edited{reading: reading, draft: newDraft(text, r.eol), before: text})
	}
	if masters > 1 {
		return nil, errors.New("the calendar object is not changed because it holds the same event twice")
	}
	e.nameOccurrences()
	return e, nil
}

// apply applies p to the event it names. Against RFC 5545 there may be several
// exceptions for one occurrence; then p is for all of them, but only those for
// this occurrence alone move.
func (e *editor) apply(p calendar.Part) error {
	alone, found := false, false
	for i := range e.events {
		same := e.events[i].Original.Equal(p.Original) && !e.events[i].removed
		found = found || same
		alone = alone || same && !e.events[i].ThisAndFuture
	}
	for i := range e.events {
		ev, q := &e.events[i], p
		if !ev.Original.Equal(p.Original) || ev.removed {
			continue
		}
		if ev.ThisAndFuture && alone {
			q.To, q.Mark = nil, nil
		}
		if err := e.applyTo(ev, q); err != nil {
			return err
		}
	}
	if found {
		return nil
	}
	if p.Original.IsZero() {
		return errors.New("the calendar object holds only changed occurrences, not the event itself")
	}
	ev, err := e.exception(p.Original)
	if err != nil {
		return err
	}
	if err := e.applyTo(&ev, p); err != nil {
		return err
	}
	if ev.text != ev.before {
		e.events = append(e.events, ev)
	}
	return nil
}

// applyTo applies p to ev.
func (e *editor) applyTo(ev *edited, p calendar.Part) error {
	if p.To != nil && !p.To.Equal(ev.Span()) {
		if err := e.move(ev, *p.To); err != nil {
			return err
		}
	}
	if p.Until != nil {
		if err := e.cut(ev, *p.Until); err != nil {
			return err
		}
	}
	switch {
	case p.RemoveMark:
		ev.drop(markName)
		ev.drop(afterName)
		ev.Mark, ev.After = nil, ""
	case p.Mark != nil:
		if err := ev.setMark(*p.Mark); err != nil {
			return err
		}
	}
	if p.Lines != nil {
		ev.setLines(p.Lines)
	}
	if p.Link != nil {
		return ev.setLink(*p.Link)
	}
	return nil
}

// setMark replaces the mark of a move, unless it says so already in whatever
// spelling a server gave it.
func (ev *edited) setMark(m calendar.Mark) error {
	value := m.String()
	if _, ok := calendar.ParseMark(value); !ok {
		return fmt.Errorf("the mark %q of a move makes no sense", value)
	}
	if ev.Mark == nil || ev.Mark.String() != value {
		ev.put(markName, markName+":"+value)
		ev.Mark = &m
	}
	return nil
}

// assemble returns the object with the drafts in place of the events and the
// new exceptions behind the last of them.
func (e *editor) assemble(data []byte) ([]byte, error) {
	var b strings.Builder
	at, changed := 0, false
	for i := range e.events {
		ev := &e.events[i]
		if !ev.added {
			old := e.object.events[i]
			b.WriteString(e.text[at:old.from])
			at = old.to
		}
		if ev.removed {
			changed = changed || !ev.added
			continue
		}
		if ev.text != ev.before {
			changed = true
			ev.stamp(e.change.Now)
		}
		b.WriteString(ev.text)
	}
	if !changed {
		return data, nil
	}
	b.WriteString(e.text[at:])
	if b.Len() > maxSize {
		return nil, fmt.Errorf("the calendar object would have more than %d bytes", maxSize)
	}
	return []byte(b.String()), nil
}

// stamp notes when the event was changed.
func (ev *edited) stamp(now time.Time) {
	if ev.rescheduled {
		ev.put("SEQUENCE", "SEQUENCE:"+strconv.Itoa(min(ev.Sequence+1, math.MaxInt32)))
	}
	at := now.UTC().Format(utcLayout)
	ev.put("DTSTAMP", "DTSTAMP:"+at)
	ev.put("LAST-MODIFIED", "LAST-MODIFIED:"+at)
}
