package icalendar

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
)

// productID names the program as the maker of an object (RFC 5545 §3.7.3).
const productID = "-//oneonone//oneonone//EN"

// Create returns the text of the calendar object that d describes. Its UID is
// d.ID. zone is that of the calendar's person, as in Parse; d.Calendar and
// d.Notify do not matter to it.
//
// The object is written so that every server and client of DESIGN §9 takes it:
// with DTEND, with a VTIMEZONE for each TZID, folded, with CRLF, without
// characters that no calendar may hold. Create fails when d asks for what cannot
// be written: an event that does not last, a rule or address that makes no sense,
// a time that its zone does not have.
func Create(d calendar.Draft, zone *time.Location) ([]byte, error) {
	if !ValidID(d.ID) {
		return nil, fmt.Errorf("%q cannot name an event", shorten(d.ID))
	}
	if len(d.Like) > 0 {
		return createLike(d, zone)
	}
	if !d.End.After(d.Start) {
		return nil, errors.New("an event has to end after it starts")
	}
	w := writer{draft: d}
	if err := w.begin(); err != nil {
		return nil, err
	}
	if err := w.event(); err != nil {
		return nil, err
	}
	return w.object(), nil
}

// ValidID reports whether an event can have the ID on every provider.
func ValidID(id string) bool {
	return len(id) >= 5 && len(id) <= 64 && strings.Trim(id, "0123456789abcdefghijklmnopqrstuv") == ""
}

// writer writes one new event.
type writer struct {
	draft calendar.Draft
	form  moment // how its times are written
	lines []string
}

// line adds a content line; name may have parameters behind it.
func (w *writer) line(name, value string) { w.lines = append(w.lines, name+":"+value) }

// text adds a line with a TEXT value, unless that is empty.
func (w *writer) text(name, value string) {
	if value != "" {
		w.line(name, escape(value))
	}
}

// begin decides how times are written: as the zone of the start demands, in UTC
// where that is not a zone with a name that others know.
func (w *writer) begin() error {
	loc := w.draft.Start.Location()
	switch {
	case w.draft.AllDay:
		w.form = moment{style: date, loc: loc}
	case loc == time.UTC:
		w.form = moment{style: inUTC, loc: loc}
	case named(loc):
		w.form = moment{style: inZone, loc: loc}
	case w.draft.RRule != "":
		return fmt.Errorf("a series cannot be written in the time zone %q, which has no name that calendars know", loc)
	default:
		w.form = moment{style: inUTC, loc: time.UTC}
	}
	return nil
}

// params are the parameters of a property that holds times.
func (w *writer) params() string {
	switch w.form.style {
	case date:
		return ";VALUE=DATE"
	case inZone:
		return ";TZID=" + w.form.loc.String()
	}
	return ""
}

// time adds a property that holds times, with these parameters; none adds
// nothing.
func (w *writer) time(name, params string, times ...time.Time) error {
	if len(times) == 0 {
		return nil
	}
	values := make([]string, len(times))
	for i, t := range times {
		value, err := w.form.write(t)
		if err != nil {
			return err
		}
		values[i] = value
	}
	w.line(name+params, strings.Join(values, ","))
	return nil
}

// event writes all properties of the event.
func (w *writer) event() error {
	d := w.draft
	at := d.Now.UTC().Format(utcLayout)
	w.line("UID", d.ID)
	w.line("DTSTAMP", at)
	w.line("CREATED", at)
	w.line("LAST-MODIFIED", at)
	w.line("SEQUENCE", "0")
	params := w.params()
	if err := errors.Join(w.time("DTSTART", params, d.Start), w.time("DTEND", params, d.End), w.recurrence(params)); err != nil {
		return err
	}
	w.text("SUMMARY", oneLine(d.Title))
	w.text("DESCRIPTION", printable(d.Description))
	w.text("LOCATION", oneLine(d.Location))
	w.line("STATUS", "CONFIRMED")
	if d.Transparent {
		w.line("TRANSP", "TRANSPARENT")
	} else {
		w.line("TRANSP", "OPAQUE")
	}
	if d.Own != calendar.OwnNone {
		w.line("CLASS", "PRIVATE") // Whoever may look into the calendar is not the addressee.
		w.line(kindName, string(d.Own))
	}
	w.text(afterName, oneLine(d.After))
	return w.people()
}

// recurrence writes what makes the event a series; params are those of DTSTART.
func (w *writer) recurrence(params string) error {
	d := w.draft
	if d.RRule != "" {
		rule, err := recur.Parse(d.RRule)
		if err != nil {
			return err
		}
		w.line("RRULE", rule.String())
	}
	return errors.Join(w.time("RDATE", params, d.RDates...), w.time("EXDATE", params, d.ExDates...))
}

// object returns the whole text.
func (w *writer) object() []byte {
	var b strings.Builder
	put := func(lines ...string) {
		for _, l := range lines {
			b.WriteString(folded(l, "\r\n"))
		}
	}
	put("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:"+productID)
	if w.form.style == inZone {
		put(timezone(w.form.loc.String(), w.form.loc, w.draft.Start)...)
	}
	put("BEGIN:VEVENT")
	put(w.lines...)
	put("END:VEVENT", "END:VCALENDAR")
	return []byte(b.String())
}
