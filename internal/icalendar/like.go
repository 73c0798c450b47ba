package icalendar

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// createLike returns the object of a series that goes on from another one
// (R29): the text of the old one with what the draft says put in place. All that
// neither the draft nor the new beginning concerns stays as it stands there, so
// that unknown properties, reminders, the agenda link and the block in the
// description go along. The exceptions that are not carried stay behind.
//
// The others' answers are asked for anew, since the invitation is a new one;
// but who has declined a carried exception has said that this time, which
// stays, is impossible (R5), and so that answer stays as well. In a guest's own
// copy only the organizer's answer stays.
func createLike(d calendar.Draft, zone *time.Location) ([]byte, error) {
	change := calendar.Change{Now: d.Now, Self: d.Self, Organizer: !d.Copy}
	var e *editor
	for _, r := range d.Like {
		var err error
		if e, err = newEditor(r.Data, change, zone); err != nil {
			return nil, err
		}
		if e.master() != nil {
			break
		}
	}
	master := e.master()
	if master == nil {
		return nil, errors.New("the series to go on from is not among what was given")
	}
	if err := e.succeed(master, d); err != nil {
		return nil, err
	}
	events := []string{master.text}
	for _, c := range d.Carry {
		text, err := e.carry(master, c, d)
		if err != nil {
			return nil, err
		}
		events = append(events, text)
	}
	text := e.around(master, strings.Join(events, ""))
	if len(text) > maxSize {
		return nil, fmt.Errorf("the calendar object would have more than %d bytes", maxSize)
	}
	return []byte(text), checkCarried(text, d, zone)
}

// succeed makes the old series the new one.
func (e *editor) succeed(ev *edited, d calendar.Draft) error {
	if d.AllDay != ev.AllDay {
		return errors.New("a series of whole days cannot go on with times, nor the other way round")
	}
	ev.drop("RRULE", "RDATE", "EXDATE", markName)
	if err := ev.setTime(e.reader, ev.dtstart, span.Span{Start: d.Start, End: d.End}); err != nil {
		return err
	}
	if err := ev.setRecurrence(d); err != nil {
		return err
	}
	e.renew(ev, d)
	if d.After != "" {
		ev.put(afterName, afterName+":"+escape(oneLine(d.After)))
	}
	if d.Own != calendar.OwnNone {
		ev.put(kindName, kindName+":"+string(d.Own))
	}
	e.resetAnswers(ev)
	return nil
}

// setRecurrence writes what makes ev a series, in the form of its DTSTART.
func (ev *edited) setRecurrence(d calendar.Draft) error {
	dtstart, _ := ev.find("DTSTART")
	w := writer{draft: d, form: ev.dtstart}
	if err := w.recurrence(timeParams(dtstart.text, ev.dtstart)); err != nil {
		return err
	}
	at := dtstart.to
	if l, ok := ev.find("DTEND"); ok {
		at = l.to
	}
	var b strings.Builder
	for _, l := range w.lines {
		b.WriteString(folded(l, ev.eol))
	}
	ev.splice(at, at, b.String())
	return nil
}

// deliveryNotes are what programs note about the invitations that were sent and
// answered: parameters of ATTENDEE and ORGANIZER (RFC 6638, Cyrus), and
// properties (Thunderbird). With the SEQUENCE of another event they would make
// new answers look old.
var deliveryNotes = []string{
	"SCHEDULE-STATUS", "SCHEDULE-FORCE-SEND", "X-SEQUENCE", "X-DTSTAMP",
	"REQUEST-STATUS", "X-MOZ-RECEIVED-SEQUENCE", "X-MOZ-RECEIVED-DTSTAMP",
}

// renew gives ev the identity of a new event, and takes off what was noted
// about the delivery of the old one.
func (e *editor) renew(ev *edited, d calendar.Draft) {
	at := d.Now.UTC().Format(utcLayout)
	ev.drop(append([]string{kindName, afterName}, deliveryNotes...)...)
	for _, l := range [][2]string{{"UID", d.ID}, {"SEQUENCE", "0"}, {"CREATED", at}, {"DTSTAMP", at}, {"LAST-MODIFIED", at}} {
		ev.put(l[0], l[0]+":"+l[1])
	}
	ev.rewrite(func(l line) string {
		if l.name != "ATTENDEE" && l.name != "ORGANIZER" {
			return l.text
		}
		text := l.text
		params, _, _ := splitLine(text)
		for _, p := range params {
			if slices.Contains(deliveryNotes, p.name) {
				text = dropParam(text, p.name)
			}
		}
		return text
	})
}

// carry returns the exception c of the old series as one of the new.
func (e *editor) carry(master *edited, c calendar.Carried, d calendar.Draft) (string, error) {
	for i := range e.events {
		ev := &e.events[i]
		if !ev.IsException() || !ev.Original.Equal(c.From) {
			continue
		}
		id, err := master.dtstart.write(c.To)
		if err != nil {
			return "", err
		}
		old, _ := ev.find("RECURRENCE-ID")
		form, _ := master.find("DTSTART")
		ev.replace(old, "RECURRENCE-ID"+timeParams(form.text, master.dtstart)+":"+id)
		stay := []calendar.Answer{calendar.Declined}
		if !c.Span.Equal(ev.Span()) {
			if err := ev.setTime(e.reader, ev.dtstart, c.Span); err != nil {
				return "", err
			}
			stay = nil
		}
		e.renew(ev, d)
		e.resetAnswers(ev, stay...)
		return ev.text, nil
	}
	return "", fmt.Errorf("the series has no exception for %s that could go along", c.From.Format(time.RFC3339))
}

// around returns the object with events in place of its own, and with a
// VTIMEZONE for the zone of the series where it has none.
func (e *editor) around(master *edited, events string) string {
	var b strings.Builder
	at := 0
	for i, c := range e.object.events {
		b.WriteString(e.text[at:c.from])
		if i == 0 {
			b.WriteString(e.missingZone(master))
			b.WriteString(events)
		}
		at = c.to
	}
	b.WriteString(e.text[at:])
	return b.String()
}

// missingZone returns the VTIMEZONE for DTSTART, "" when the object has it.
func (e *editor) missingZone(master *edited) string {
	if master.dtstart.style != inZone {
		return ""
	}
	dtstart, _ := master.find("DTSTART")
	params, _, _ := splitLine(dtstart.text)
	tzid, _ := paramValue(params, "TZID")
	for i := range e.object.zones {
		if unescape(e.object.zones[i].value("TZID")) == tzid {
			return ""
		}
	}
	var b strings.Builder
	for _, l := range timezone(tzid, master.dtstart.loc, master.Start) {
		b.WriteString(folded(l, e.eol))
	}
	return b.String()
}

// checkCarried makes sure that each carried exception stands for an occurrence
// of the new series: one that does not would be a meeting too much beside it.
func checkCarried(text string, d calendar.Draft, zone *time.Location) error {
	events, err := Parse([]byte(text), zone)
	if err != nil {
		return err
	}
	master := events[0]
	set, err := recur.ParseSet(master.Start, master.AllDay, master.RRules, master.RDates, master.ExDates)
	if err != nil {
		return err
	}
	for _, c := range d.Carry {
		if found, err := set.Contains(c.To, recur.DefaultBudget); err != nil || !found {
			return errors.Join(fmt.Errorf("the new series has no occurrence at %s that an exception could stand for", c.To.Format(time.RFC3339)), err)
		}
	}
	return nil
}
