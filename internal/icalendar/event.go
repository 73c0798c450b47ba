package icalendar

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-ical"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
)

// event reads one component. masters holds DTSTART of each UID's master.
func (r *reader) event(c copied, masters map[string]moment) reading {
	var e reading
	fail := func(err error) reading { return reading{problem: err.Error()} }
	if c.problem != "" {
		return fail(errors.New(c.problem))
	}
	e.UID = uid(c)
	if e.UID == "" {
		return fail(errors.New("the event has no UID"))
	}
	var err error
	if e.dtstart, err = r.start(c); err != nil {
		return fail(err)
	}
	e.Start = e.dtstart.at
	e.AllDay = e.dtstart.style == date
	e.Floating = e.dtstart.style == floating
	if e.End, err = r.end(c, e.dtstart); err != nil {
		return fail(err)
	}
	if id := c.Props.Get("RECURRENCE-ID"); id != nil {
		m, err := r.moment(id.Value, id.Params.Get("TZID"))
		if err != nil {
			return fail(fmt.Errorf("RECURRENCE-ID: %w", err))
		}
		if master, ok := masters[e.UID]; ok {
			m = r.asIn(m, master)
		}
		e.Original = m.at
		e.ThisAndFuture = strings.EqualFold(id.Params.Get("RANGE"), "THISANDFUTURE")
	} else if err := r.recurrence(&e, c); err != nil {
		return fail(err)
	}
	e.GuestsHidden = c.guestsHidden
	describe(&e.Event, c)
	return e
}

func uid(c copied) string {
	return clean(strings.TrimSpace(first(c, "UID")))
}

// first returns the value of the first property with the name, "" for none.
func first(c copied, name string) string {
	if p := c.Props.Get(name); p != nil {
		return p.Value
	}
	return ""
}

// start reads DTSTART.
func (r *reader) start(c copied) (moment, error) {
	p := c.Props.Get("DTSTART")
	if p == nil {
		return moment{}, errors.New("the event has no DTSTART")
	}
	m, err := r.moment(p.Value, p.Params.Get("TZID"))
	if err != nil {
		return moment{}, fmt.Errorf("DTSTART: %w", err)
	}
	return m, nil
}

// end reads DTEND, else DURATION. With neither, an all-day event lasts a day
// and another one ends when it starts (RFC 5545 §3.6.1). An all-day event that
// does not end after its start lasts a day too: Workday writes an absence of
// one day so.
func (r *reader) end(c copied, start moment) (time.Time, error) {
	end := start.at
	if p := c.Props.Get("DTEND"); p != nil {
		m, err := r.moment(p.Value, p.Params.Get("TZID"))
		if err != nil {
			return time.Time{}, fmt.Errorf("DTEND: %w", err)
		}
		if start.style == date {
			m = r.asIn(m, start)
		}
		end = m.at
	} else if p := c.Props.Get("DURATION"); p != nil {
		l, err := readLength(p.Value)
		if err != nil {
			return time.Time{}, err
		}
		end = l.after(start)
	}
	switch {
	case start.style == date && !end.After(start.at):
		return length{days: 1}.after(start), nil
	case end.Before(start.at):
		return time.Time{}, errors.New("the event ends before it starts")
	}
	return end, nil
}

// after returns the instant that lies l behind m: days by the calendar of m's
// zone, the rest exact.
func (l length) after(m moment) time.Time {
	wall := m.wall.AddDate(0, 0, l.days)
	if m.style == date {
		return recur.Instant(wall.AddDate(0, 0, int(l.seconds/secondsPerDay)), m.loc)
	}
	return recur.Instant(wall, m.loc).Add(time.Duration(l.seconds) * time.Second)
}

// recurrence reads what makes the event a series.
func (r *reader) recurrence(e *reading, c copied) error {
	if c.Props.Get("EXRULE") != nil {
		// Passing it over would make meetings that nobody planned.
		return errors.New("the event has an EXRULE, which RFC 5545 has withdrawn")
	}
	for _, p := range c.Props["RRULE"] {
		e.RRules = append(e.RRules, strings.TrimSpace(p.Value))
	}
	for _, p := range c.Props["EXDATE"] {
		for value := range values(p) {
			m, err := r.moment(value, p.Params.Get("TZID"))
			if err != nil {
				return fmt.Errorf("EXDATE: %w", err)
			}
			if m.style == date && e.dtstart.style != date {
				// Midnight in the series' zone: recur reads it as the whole day.
				m = moment{at: recur.Instant(m.wall, e.dtstart.loc)}
			} else {
				m = r.asIn(m, e.dtstart)
			}
			e.ExDates = append(e.ExDates, m.at)
		}
	}
	for _, p := range c.Props["RDATE"] {
		for value := range values(p) {
			s, err := r.extra(value, p.Params.Get("TZID"), e.dtstart)
			if err != nil {
				return fmt.Errorf("RDATE: %w", err)
			}
			e.RDates = append(e.RDates, s)
		}
	}
	return nil
}

// values yields the members of a property that is a list; blank ones, which a
// trailing comma leaves, are none.
func values(p ical.Prop) iter.Seq[string] {
	return func(yield func(string) bool) {
		for v := range strings.SplitSeq(p.Value, ",") {
			if v = strings.TrimSpace(v); v != "" && !yield(v) {
				return
			}
		}
	}
}

// extra reads one member of an RDATE, which may be a period (RFC 5545 §3.3.9).
func (r *reader) extra(value, tzid string, start moment) (span.Span, error) {
	from, to, isPeriod := strings.Cut(value, "/")
	m, err := r.moment(from, tzid)
	if err != nil {
		return span.Span{}, err
	}
	m = r.asIn(m, start)
	s := span.Span{Start: m.at, End: m.at}
	if !isPeriod {
		return s, nil
	}
	if strings.ContainsAny(to, "Pp") {
		l, err := readLength(to)
		if err != nil {
			return span.Span{}, err
		}
		s.End = l.after(m)
	} else {
		end, err := r.moment(to, tzid)
		if err != nil {
			return span.Span{}, err
		}
		s.End = r.asIn(end, start).at
	}
	if s.End.Before(s.Start) {
		return span.Span{}, fmt.Errorf("%q ends before it starts", shorten(value))
	}
	return s, nil
}

// describe fills what is not about time.
func describe(e *calendar.Event, c copied) {
	e.Title = clean(unescape(first(c, "SUMMARY")))
	e.Description = clean(unescape(first(c, "DESCRIPTION")))
	e.Location = clean(unescape(first(c, "LOCATION")))
	e.Own = own(unescape(first(c, kindName)))
	e.After = clean(strings.TrimSpace(unescape(first(c, afterName))))
	e.Status = status(first(c, "STATUS"))
	transp := strings.ToUpper(strings.TrimSpace(first(c, "TRANSP")))
	e.Transparent = transp == "TRANSPARENT"
	// The standard's property wins over Microsoft's where both are given: most
	// programs change the first and keep the second as they found it.
	switch strings.ToUpper(strings.TrimSpace(first(c, busyStatus))) {
	case "FREE", "WORKINGELSEWHERE":
		e.Transparent = e.Transparent || transp == ""
	case "OOF":
		e.Type = calendar.TypeOutOfOffice
	case "TENTATIVE":
		if e.Status == calendar.Confirmed {
			e.Status = calendar.Tentative
		}
	}
	if p := c.Props.Get("ORGANIZER"); p != nil {
		e.Organizer = address(p.Value, p.Params.Get("EMAIL"))
	}
	for _, p := range c.Props["ATTENDEE"] {
		e.Attendees = append(e.Attendees, guest(p))
	}
	if n, err := strconv.Atoi(strings.TrimSpace(first(c, "SEQUENCE"))); err == nil && n > 0 {
		e.Sequence = min(n, math.MaxInt32)
	}
	if at, ok := readUTC(first(c, "LAST-MODIFIED")); ok {
		e.Updated = at
	}
	for _, p := range c.Props[markName] {
		if m, ok := calendar.ParseMark(p.Value); ok {
			e.Mark = &m
			break
		}
	}
	for _, p := range c.Props["ATTACH"] {
		if strings.EqualFold(p.Params.Get(ours), linkParam) {
			e.AgendaLink = clean(p.Value)
			break
		}
	}
}

func status(s string) calendar.Status {
	switch strings.ToUpper(strings.TrimSpace(s)) {
	case "CANCELLED", "CANCELED":
		return calendar.Cancelled
	case "TENTATIVE":
		return calendar.Tentative
	}
	return calendar.Confirmed
}
