package google

import (
	"errors"
	"fmt"
	"strings"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
	"oneonone/internal/span"
	"oneonone/internal/zone"
)

// moment is a date or time of an event.
type moment struct {
	at     time.Time // the instant; of a date the midnight it begins with
	allDay bool
	zoned  bool           // its own zone is known
	loc    *time.Location // its zone; that of the calendar's person where it has none
}

const dateLayout = "2006-01-02"

// readMoment reads a date or time. home is the zone of the calendar's person.
func readMoment(t *gcal.EventDateTime, home *time.Location) (moment, error) {
	if t.DateTime == "" {
		wall, err := time.Parse(dateLayout, t.Date)
		if err != nil {
			return moment{}, fmt.Errorf("%.40q is no date", t.Date)
		}
		return moment{at: recur.Instant(wall, home), allDay: true, loc: home}, nil
	}
	m := moment{loc: home}
	if t.TimeZone != "" {
		if loc, err := zone.Resolve(t.TimeZone, nil); err == nil {
			m.loc, m.zoned = loc, true
		}
	}
	if at, err := time.Parse(time.RFC3339, t.DateTime); err == nil {
		m.at = at.In(m.loc)
		return m, nil
	}
	wall, err := time.Parse("2006-01-02T15:04:05", t.DateTime)
	if err != nil || !m.zoned {
		return moment{}, fmt.Errorf("%.40q is no time", t.DateTime)
	}
	m.at = recur.Instant(wall, m.loc)
	return m, nil
}

// recurrence reads the lines of a series (RFC 5545 §3.8.5). Dates and times in
// them that have no zone stand in that of the start.
func recurrence(e *calendar.Event, lines []string, start moment) error {
	for _, line := range lines {
		head, value, ok := strings.Cut(line, ":")
		if !ok {
			return fmt.Errorf("%.60q is no line of a recurrence", line)
		}
		name, params, _ := strings.Cut(head, ";")
		in, err := lineZone(params, start)
		if err != nil {
			return err
		}
		switch strings.ToUpper(strings.TrimSpace(name)) {
		case "RRULE":
			e.RRules = append(e.RRules, value)
		case "EXRULE":
			return errors.New("the series has an EXRULE, which is not supported")
		case "EXDATE":
			for v := range strings.SplitSeq(value, ",") {
				at, err := readMember(v, in, start)
				if err != nil {
					return fmt.Errorf("EXDATE: %w", err)
				}
				e.ExDates = append(e.ExDates, at)
			}
		case "RDATE":
			for v := range strings.SplitSeq(value, ",") {
				s, err := readExtra(v, in, start)
				if err != nil {
					return fmt.Errorf("RDATE: %w", err)
				}
				e.RDates = append(e.RDates, s)
			}
		}
	}
	return nil
}

// lineZone returns the zone that the parameters of a line name, else that of start.
func lineZone(params string, start moment) (*time.Location, error) {
	for p := range strings.SplitSeq(params, ";") {
		key, value, _ := strings.Cut(p, "=")
		if !strings.EqualFold(key, "TZID") {
			continue
		}
		loc, err := zone.Resolve(strings.Trim(value, `"`), nil)
		if err != nil {
			return nil, fmt.Errorf("the recurrence names the time zone %.60q, which is not known here", value)
		}
		return loc, nil
	}
	return start.loc, nil
}

// readMember reads a date or time of a series that begins at start. Where its
// form is not that of start, a date means the series' time of that day, and in
// an all-day series only the date counts.
func readMember(text string, in *time.Location, start moment) (time.Time, error) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if day, err := time.Parse("20060102", text); err == nil {
		if start.allDay {
			return recur.Instant(day, start.loc), nil
		}
		h, m, s := start.at.Clock()
		return recur.Instant(day.Add(time.Duration(h)*time.Hour+time.Duration(m)*time.Minute+time.Duration(s)*time.Second), start.loc), nil
	}
	wall, err := time.Parse("20060102T150405", strings.TrimSuffix(text, "Z"))
	switch {
	case err != nil:
		return time.Time{}, fmt.Errorf("%.40q is no date or time", text)
	case start.allDay:
		return recur.Instant(wall.Truncate(24*time.Hour), start.loc), nil
	case strings.HasSuffix(text, "Z"):
		return wall.In(start.loc), nil
	}
	return recur.Instant(wall, in).In(start.loc), nil
}

// readExtra reads one member of an RDATE, which may be a period with an end.
func readExtra(text string, in *time.Location, start moment) (span.Span, error) {
	from, to, period := strings.Cut(text, "/")
	at, err := readMember(from, in, start)
	if err != nil || !period {
		return span.Span{Start: at, End: at}, err
	}
	end, err := readMember(to, in, start)
	if err == nil && end.Before(at) {
		err = fmt.Errorf("%.60q ends before it starts", text)
	}
	return span.Span{Start: at, End: end}, err
}
