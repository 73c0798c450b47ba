// Package icalendar reads the text of a calendar object (RFC 5545) into
// calendar.Events, and changes such a text where a calendar.Change says so.
//
// Reading forgives what calendars in the wild get wrong as long as the meaning
// is plain, and refuses with a reason where it is not: a wrong guess at a time
// would move a meeting. It is bounded in time and memory for any input and
// never panics.
//
// Changing is splicing: every byte that the change does not name stays as it
// was, in its order, with its folding and line ends (DESIGN §9).
//
// The package has no clock and does no I/O.
package icalendar

import (
	"errors"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
)

// ours is the parameter that tells the program's own properties from others.
const ours = "X-ONEONONE"

// Parse reads the events of a calendar object, in the order of the text.
// Calendar, Href, ETag, SeriesID and Attendee.Self are left for the provider to
// fill; HTML is always false. zone is that of the calendar's person, for
// all-day and floating times; it must not be nil. Objects without events
// (tasks, journals) have none.
//
// An error says why an event is passed over, in words for the operator. The
// events that can be read are returned beside it: they take up time, but when
// one of a series is missing nothing in it is safe to be changed, and Edit
// refuses to. When the text as a whole cannot be read there are none.
func Parse(data []byte, zone *time.Location) ([]calendar.Event, error) {
	r, err := newReader(data, zone)
	if err != nil {
		return nil, err
	}
	var events []calendar.Event
	var problems []string
	for _, e := range r.readings {
		if e.problem == "" {
			events = append(events, e.Event)
		} else if !slices.Contains(problems, e.problem) && len(problems) < 3 {
			problems = append(problems, e.problem)
		}
	}
	if len(problems) > 0 {
		return events, errors.New(strings.Join(problems, "; "))
	}
	return events, nil
}

// reader reads one object.
type reader struct {
	*object
	zone     *time.Location
	zones    map[string]located
	readings []reading // one for each of object.events
}

// reading is what came of one component.
type reading struct {
	calendar.Event
	dtstart moment
	problem string // why it could not be read; "" when it could
}

// located is the answer to one question for a zone.
type located struct {
	loc *time.Location
	err error
}

func newReader(data []byte, zone *time.Location) (*reader, error) {
	o, err := scan(string(data))
	if err != nil {
		return nil, err
	}
	r := &reader{object: o, zone: zone}
	if len(o.events) == 0 {
		return r, nil
	}
	components, err := o.decode()
	if err != nil {
		return nil, err
	}
	masters := map[string]moment{} // DTSTART by UID
	for _, c := range components {
		if c.problem != "" || c.Props.Get("RECURRENCE-ID") != nil {
			continue
		}
		if start, err := r.start(c); err == nil {
			masters[uid(c)] = start
		}
	}
	for _, c := range components {
		r.readings = append(r.readings, r.event(c, masters))
	}
	return r, nil
}
