package icalendar

import (
	"fmt"
	"strings"
	"time"

	"oneonone/internal/recur"
)

// style is one of the ways in which iCalendar writes a time (RFC 5545 §3.3.4, §3.3.5).
type style int

const (
	inUTC    style = iota // with a Z
	inZone                // with a TZID
	floating              // neither
	date                  // a day without a time
)

// moment is a date or time as it was written.
type moment struct {
	at    time.Time // the instant, in loc; of a date the midnight it begins with
	wall  time.Time // what the clock shows, as if it were UTC
	style style
	loc   *time.Location // its zone; that of the calendar's person for dates and floating times
}

// moment reads a date or time with the zone that its TZID parameter names, ""
// for none. The VALUE parameter is not asked: the form of the value tells the
// same, also where clients leave the parameter out or get it wrong.
func (r *reader) moment(value, tzid string) (moment, error) {
	m, err := readWall(value)
	if err != nil {
		return moment{}, err
	}
	switch {
	case m.style == inUTC:
		m.loc = time.UTC
	case m.style == date || tzid == "":
		m.loc = r.zone
	default:
		m.style = inZone
		if m.loc, err = r.location(tzid); err != nil {
			return moment{}, err
		}
	}
	m.at = recur.Instant(m.wall, m.loc)
	return m, nil
}

// readWall reads what the clock shows; style is inUTC, floating or date.
func readWall(value string) (moment, error) {
	s := strings.ToUpper(strings.TrimSpace(value))
	m := moment{style: floating}
	if cut, ok := strings.CutSuffix(s, "Z"); ok {
		s, m.style = cut, inUTC
	}
	day, clock, timed := strings.Cut(s, "T")
	year, month, dom := digits(day, 0, 4), digits(day, 4, 6), digits(day, 6, 8)
	if len(day) != 8 || year < 2 || month < 1 || dom < 1 {
		return moment{}, badTime(value)
	}
	var hour, minute, second int
	if timed {
		hour, minute, second = digits(clock, 0, 2), digits(clock, 2, 4), digits(clock, 4, 6)
		if len(clock) != 6 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 {
			return moment{}, badTime(value)
		}
		second = min(second, 59) // a leap second, RFC 5545 §3.3.12
	} else {
		m.style = date
	}
	m.wall = time.Date(year, time.Month(month), dom, hour, minute, second, 0, time.UTC)
	if m.wall.Day() != dom || int(m.wall.Month()) != month {
		return moment{}, badTime(value)
	}
	return m, nil
}

func badTime(value string) error {
	return fmt.Errorf("%q is no date or time", shorten(value))
}

// digits returns the number in s[from:to], -1 when there is none.
func digits(s string, from, to int) int {
	if len(s) < to {
		return -1
	}
	n := 0
	for _, c := range []byte(s[from:to]) {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// asIn returns m as a member of a series whose DTSTART is start. A RECURRENCE-ID,
// EXDATE or RDATE should have the form of DTSTART; where a client chose
// another one, a date means the series' time of that day, a time without zone
// is one in the series' zone, and in an all-day series only the date counts.
func (r *reader) asIn(m, start moment) moment {
	switch {
	case start.style == date:
		y, mo, d := m.wall.Date()
		m.wall, m.loc = time.Date(y, mo, d, 0, 0, 0, 0, time.UTC), r.zone
	case m.style == date:
		y, mo, d := m.wall.Date()
		h, mi, s := start.wall.Clock()
		m.wall, m.loc = time.Date(y, mo, d, h, mi, s, 0, time.UTC), start.loc
	case m.style == floating:
		m.loc = start.loc
	default:
		return m
	}
	m.style = start.style
	m.at = recur.Instant(m.wall, m.loc)
	return m
}

// write returns t as a value in the form of m. It fails when that form cannot
// express t: an all-day time that is no midnight, the second pass of an hour
// that the clocks repeat, fractions of a second.
func (m moment) write(t time.Time) (string, error) {
	t = t.In(m.loc)
	if y := t.Year(); y < 2 || y > 9999 {
		return "", fmt.Errorf("the year %d cannot be written", y)
	}
	y, mo, d := t.Date()
	h, mi, s := t.Clock()
	wall := time.Date(y, mo, d, h, mi, s, 0, time.UTC)
	layout := "20060102T150405"
	switch m.style {
	case inUTC:
		layout += "Z"
	case date:
		layout = "20060102"
		wall = time.Date(y, mo, d, 0, 0, 0, 0, time.UTC)
	}
	if !recur.Instant(wall, m.loc).Equal(t) {
		return "", fmt.Errorf("%s in %s cannot be written in the form that the event uses (%s)",
			t.Format("2006-01-02 15:04:05"), m.loc, wall.Format(layout))
	}
	return wall.Format(layout), nil
}
