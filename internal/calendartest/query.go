package calendartest

import (
	"net/http"
	"strings"
	"time"
)

// query answers calendar-query (RFC 4791 §7.8). A time-range is a pre-filter
// here: it may let through more than it should (recurring events are not
// expanded), and never less. Other filters are exact, but for param-filter,
// which lets everything through. calendar-data is always whole.
func (d *DAV) query(r *http.Request, n node, root *element) answer {
	m := newMultistatus()
	// RFC 4791 §7.8: the objects are one level below the calendar, so a query
	// of depth 0 is about the collection itself, which never matches. Clients
	// that leave the header out mean depth 1.
	if r.Header.Get("Depth") == "0" {
		return m.answer()
	}
	filter := root.sub(caldav("filter"))
	if filter == nil || filter.sub(caldav("comp-filter")) == nil {
		return refusal(http.StatusForbidden, caldav("valid-filter"))
	}
	w := wantedBy(root)
	for _, o := range d.children(n) {
		object, err := readComponents(o.object().data)
		// What the server cannot read it cannot filter out either.
		if err != nil || matches(object, filter.sub(caldav("comp-filter"))) {
			d.describeObject(m, o, w)
		}
	}
	return m.answer()
}

// matches reports whether c passes a comp-filter element about it
// (RFC 4791 §9.7.1).
func matches(c *component, filter *element) bool {
	if !strings.EqualFold(filter.attribute("name"), c.name) {
		return false
	}
	for _, f := range filter.subs {
		switch f.name {
		case caldav("time-range"):
			if !mayOverlap(c, f) {
				return false
			}
		case caldav("prop-filter"):
			if !matchesProperty(c, f) {
				return false
			}
		case caldav("comp-filter"):
			if !matchesSub(c, f) {
				return false
			}
		}
	}
	return true
}

// matchesSub reports whether c has a component that passes filter, or, with
// is-not-defined, none of that name.
func matchesSub(c *component, filter *element) bool {
	absent := filter.sub(caldav("is-not-defined")) != nil
	for _, s := range c.subs {
		if absent && strings.EqualFold(s.name, filter.attribute("name")) {
			return false
		}
		if !absent && matches(s, filter) {
			return true
		}
	}
	return absent
}

// matchesProperty applies a prop-filter (RFC 4791 §9.7.2).
func matchesProperty(c *component, filter *element) bool {
	lines := c.all(filter.attribute("name"))
	if filter.sub(caldav("is-not-defined")) != nil {
		return len(lines) == 0
	}
	wanted := filter.sub(caldav("text-match"))
	if wanted == nil {
		return len(lines) > 0
	}
	negate := wanted.attribute("negate-condition") == "yes"
	exact := wanted.attribute("collation") == "i;octet"
	for _, line := range lines {
		value, sought := lineValue(line), wanted.text()
		if !exact {
			value, sought = strings.ToLower(value), strings.ToLower(sought)
		}
		if strings.Contains(value, sought) != negate {
			return true
		}
	}
	return false
}

// slack covers every offset of a time zone and the length of an all-day event,
// since the offsets of zones are not looked up here.
const slack = 36 * time.Hour

// mayOverlap reports whether c could have something inside a time-range. It is
// true whenever that cannot be ruled out by a glance.
func mayOverlap(c *component, timeRange *element) bool {
	start, ok := glance(c.value("DTSTART"))
	if !ok || c.value("RDATE") != "" {
		return true
	}
	if to, ok := glance(timeRange.attribute("end")); ok && start.Add(-slack).After(to) {
		return false
	}
	end, ok := glance(c.value("DTEND"))
	if !ok || c.value("RRULE") != "" {
		return true
	}
	from, ok := glance(timeRange.attribute("start"))
	return !ok || !end.Add(slack).Before(from)
}

// glance reads a date or date-time as if it were UTC.
func glance(value string) (time.Time, bool) {
	for _, layout := range []string{"20060102T150405Z", "20060102T150405", "20060102"} {
		if t, err := time.Parse(layout, value); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
