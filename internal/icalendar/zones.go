package icalendar

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"oneonone/internal/zone"
)

// maxZones is how many time zones one object may use. Working out one that the
// object defines itself takes a while.
const maxZones = 50

// location returns the zone that a TZID of this object means.
func (r *reader) location(tzid string) (*time.Location, error) {
	if l, ok := r.zones[tzid]; ok {
		return l.loc, l.err
	}
	if len(r.zones) == maxZones {
		return nil, fmt.Errorf("the calendar object uses more than %d time zones", maxZones)
	}
	var l located
	if l.loc, l.err = zone.Resolve(tzid, nil); l.err != nil {
		l = r.defined(tzid, l)
	}
	if r.zones == nil {
		r.zones = map[string]located{}
	}
	r.zones[tzid] = l
	return l.loc, l.err
}

// defined returns the zone as the object's own VTIMEZONE defines it, or else
// when there is none.
func (r *reader) defined(tzid string, otherwise located) located {
	for i := range r.object.zones {
		c := &r.object.zones[i]
		if unescape(c.value("TZID")) != tzid {
			continue
		}
		custom, err := customZone(c)
		if err != nil {
			return located{err: fmt.Errorf("time zone %q: %w", shorten(tzid), err)}
		}
		loc, err := zone.Resolve(tzid, custom)
		return located{loc, err}
	}
	return otherwise
}

// customZone reads a VTIMEZONE.
func customZone(c *component) (*zone.Custom, error) {
	if c.broken != "" {
		return nil, errors.New(c.broken)
	}
	custom := &zone.Custom{TZID: unescape(c.value("TZID"))}
	for _, p := range c.parts {
		if p.name != "STANDARD" && p.name != "DAYLIGHT" {
			continue
		}
		o := zone.Observance{Daylight: p.name == "DAYLIGHT"}
		for _, l := range p.lines {
			_, value, ok := splitLine(l.text)
			if !ok {
				continue
			}
			if err := readObservance(&o, l.name, strings.TrimSpace(value)); err != nil {
				return nil, err
			}
		}
		custom.Observances = append(custom.Observances, o)
	}
	return custom, nil
}

// readObservance reads one property of a STANDARD or DAYLIGHT.
func readObservance(o *zone.Observance, name, value string) (err error) {
	switch name {
	case "DTSTART":
		var m moment
		m, err = readWall(value)
		o.Start = m.wall
	case "RDATE":
		for v := range strings.SplitSeq(value, ",") {
			start, _, _ := strings.Cut(v, "/")
			m, err := readWall(start)
			if err != nil {
				return err
			}
			o.Dates = append(o.Dates, m.wall)
		}
	case "RRULE":
		o.Rules = append(o.Rules, value)
	case "TZOFFSETFROM":
		o.From, err = zone.ParseOffset(value)
	case "TZOFFSETTO":
		o.To, err = zone.ParseOffset(value)
	case "TZNAME":
		o.Name = unescape(value)
	}
	return err
}
