package icalendar

import (
	"errors"
	"slices"
	"strings"
	"time"

	"oneonone/internal/recur"
)

// cut ends the series ev before the instant (Until of a part). Rules that
// end before it anyway stay as they are. Guests keep their answers: what is
// left is as they answered it.
func (e *editor) cut(ev *edited, before time.Time) error {
	switch {
	case ev.IsException() || !ev.Recurs():
		return errors.New("only a series can be ended")
	case !ev.Start.Before(before):
		return errors.New("a series cannot be ended before it begins")
	}
	was := ev.text
	var failed error
	ev.rewrite(func(l line) string {
		text, err := l.text, error(nil)
		switch l.name {
		case "RRULE":
			text, err = ev.cutRule(l.text, before)
		case "RDATE", "EXDATE":
			text, err = e.cutDates(l.text, ev.dtstart, before)
		}
		failed = errors.Join(failed, err)
		return text
	})
	if failed != nil {
		return failed
	}
	for i := range e.events {
		if other := &e.events[i]; other.IsException() && !other.Original.Before(before) {
			other.removed = true
			ev.rescheduled = true
		}
	}
	if ev.text == was {
		return nil
	}
	ev.rescheduled = true
	read, err := e.read(ev.draft)
	ev.reading = read
	return err
}

// cutRule returns an RRULE that generates what it did before the instant, and
// nothing from then on.
func (r reading) cutRule(text string, before time.Time) (string, error) {
	_, value, _ := splitLine(text)
	rule, err := recur.Parse(strings.TrimSpace(value))
	if err != nil {
		return "", err
	}
	if rule.Until.Form == recur.UntilUTC && rule.Until.Time.Before(before) && !r.AllDay {
		return text, nil // Looking for what comes next would take long for some rules.
	}
	set := recur.NewSet(r.Start, r.AllDay, []recur.Rule{rule}, nil, nil)
	last, next, err := set.Neighbours(before.Add(-time.Nanosecond), recur.DefaultBudget)
	if err != nil {
		return "", err
	}
	if next.IsZero() {
		return text, nil
	}
	var parts []string
	for part := range strings.SplitSeq(strings.TrimSpace(value), ";") {
		name, _, _ := strings.Cut(part, "=")
		name = strings.ToUpper(strings.TrimSpace(name))
		if part != "" && name != "COUNT" && name != "UNTIL" {
			parts = append(parts, part)
		}
	}
	parts = append(parts, "UNTIL="+r.until(last, before))
	return withValue(text, strings.Join(parts, ";")), nil
}

// until returns the UNTIL for a rule whose last start before the instant is
// last: in UTC for a series with a zone, without one for a floating series, a
// date for one of whole days (RFC 5545 §3.3.10).
//
// The time is the last second of the day before, in the series' zone, as Google's
// calendar writes it: programs that take UTC for the local time, or look at
// the date alone, still stop where they should, which neither the last start
// nor the last second before the instant gives them. Only when the series has
// a start on the very day it is the last second before the instant.
func (r reading) until(last, before time.Time) string {
	loc := r.dtstart.loc
	y, m, d := before.Add(-time.Nanosecond).In(loc).Date()
	if r.AllDay {
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Format("20060102")
	}
	y, m, d = before.In(loc).Date()
	end := recur.Instant(time.Date(y, m, d, 0, 0, 0, 0, time.UTC), loc).Add(-time.Second)
	sameDay := end.Before(last) || !end.Before(before)
	if sameDay {
		end = before.Add(-time.Nanosecond).Truncate(time.Second)
	}
	if r.dtstart.style == floating {
		if sameDay && !last.IsZero() {
			end = last // A clock that is put back shows the second before the instant twice.
		}
		return end.In(loc).Format("20060102T150405")
	}
	return end.UTC().Format(utcLayout)
}

// cutDates returns an RDATE or EXDATE without the times from the instant on, ""
// when none is left.
func (e *editor) cutDates(text string, start moment, before time.Time) (string, error) {
	params, value, _ := splitLine(text)
	tzid, _ := paramValue(params, "TZID")
	var failed error
	all := strings.Split(value, ",")
	kept := slices.DeleteFunc(slices.Clone(all), func(v string) bool {
		if strings.TrimSpace(v) == "" {
			return false
		}
		s, err := e.extra(strings.TrimSpace(v), tzid, start)
		failed = errors.Join(failed, err)
		return err == nil && !s.Start.Before(before)
	})
	switch {
	case len(kept) == len(all):
		return text, failed
	case strings.TrimSpace(strings.Join(kept, "")) == "":
		return "", failed
	}
	return withValue(text, strings.Join(kept, ",")), failed
}
