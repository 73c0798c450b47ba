package icalendar

import (
	"errors"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
)

// move gives ev another time.
func (e *editor) move(ev *edited, to span.Span) error {
	switch {
	case ev.Recurs():
		return errors.New("a series is not moved as a whole")
	case ev.ThisAndFuture:
		return errors.New("the occurrence is not moved because all later ones would move with it")
	}
	if err := ev.setTime(e.reader, ev.dtstart, to); err != nil {
		return err
	}
	ev.Start, ev.End = to.Start, to.End
	ev.rescheduled = true
	e.resetAnswers(ev)
	return nil
}

// setTime writes to into DTSTART and DTEND, each in the form it has, DTEND in
// that of DTSTART when it is not there yet; DURATION goes. start is DTSTART as
// it reads.
func (d *draft) setTime(r *reader, start moment, to span.Span) error {
	if to.End.Before(to.Start) || start.style == date && to.Empty() {
		return errors.New("the new time ends before it starts")
	}
	from, err := start.write(to.Start)
	if err != nil {
		return err
	}
	l, _ := d.find("DTSTART")
	d.replace(l, withValue(l.text, from))
	if to.Empty() {
		// RFC 5545 §3.8.2.2 wants DTEND to be later than DTSTART.
		d.drop("DTEND", "DURATION")
		return nil
	}
	return d.setEnd(r, start, to.End)
}

// setEnd writes DTEND.
func (d *draft) setEnd(r *reader, start moment, to time.Time) error {
	dtstart, _ := d.find("DTSTART")
	form, text := start, "DTEND"+timeParams(dtstart.text, start)+":"
	old, exists := d.find("DTEND")
	if exists {
		params, value, _ := splitLine(old.text)
		tzid, _ := paramValue(params, "TZID")
		m, err := r.moment(value, tzid)
		if err != nil {
			return err
		}
		if (m.style == date) == (start.style == date) {
			form, text = m, old.text
		}
		d.drop("DURATION")
		old, _ = d.find("DTEND")
	} else {
		old, exists = d.find("DURATION")
	}
	value, err := form.write(to)
	if err != nil {
		return err
	}
	text = withValue(text, value)
	if exists {
		d.replace(old, text)
		return nil
	}
	d.splice(dtstart.to, dtstart.to, folded(text, d.eol))
	return nil
}

// withValue returns a content line with another value.
func withValue(text, value string) string {
	_, old, _ := splitLine(text)
	return text[:len(text)-len(old)] + value
}

// timeParams returns the parameters of a DTSTART that say in which form its
// time is written, as they stand there.
func timeParams(text string, m moment) string {
	params, _, _ := splitLine(text)
	out := ""
	for _, p := range params {
		if p.name == "VALUE" || p.name == "TZID" && m.style == inZone {
			out += ";" + p.raw
		}
	}
	return out
}

// resetAnswers asks the guests anew after a move (RFC 6638 §3.2.8), rooms as
// well. Whoever made the move keeps the own answer: in an organizer's copy the
// account's person, in an attendee's copy the organizer. The answers in stay
// are kept as well.
func (e *editor) resetAnswers(ev *edited, stay ...calendar.Answer) {
	keep := []string{ev.Organizer}
	if e.change.Organizer {
		keep = append(keep, e.change.Self...)
	}
	ev.rewrite(func(l line) string {
		params, value, ok := splitLine(l.text)
		if l.name != "ATTENDEE" || !ok {
			return l.text
		}
		email, _ := paramValue(params, "EMAIL")
		who := address(value, email)
		partstat, _ := paramValue(params, "PARTSTAT")
		if isOneOf(who, keep) || slices.Contains(stay, answer(partstat)) {
			return l.text
		}
		text := l.text
		for _, want := range [][2]string{{"PARTSTAT", string(calendar.NeedsAction)}, {"RSVP", "TRUE"}} {
			if is, _ := paramValue(params, want[0]); !strings.EqualFold(is, want[1]) {
				text = setParam(text, want[0], want[1])
			}
		}
		return text
	})
}
