package calendartest

import (
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// names returns the names of the user's calendars, sorted.
func (u *user) names() []string { return slices.Sorted(maps.Keys(u.calendars)) }

// patch is one wish of a PROPPATCH or MKCALENDAR body.
type patch struct {
	name   xml.Name
	value  string
	remove bool
	simple bool // the value is text, without elements
}

// patches reads the set and remove elements of root in their order.
func patches(root *element) []patch {
	var list []patch
	for _, e := range root.subs {
		if e.name != dav("set") && e.name != dav("remove") {
			continue
		}
		prop := e.sub(dav("prop"))
		if prop == nil {
			continue
		}
		for _, p := range prop.subs {
			list = append(list, patch{
				name:   p.name,
				value:  p.text(),
				remove: e.name == dav("remove"),
				simple: len(p.subs) == 0,
			})
		}
	}
	return list
}

// proppatch answers PROPPATCH (RFC 4918 §9.2): all or nothing, and nothing on
// what is no calendar.
func (d *DAV) proppatch(n node, body []byte) answer {
	if !n.exists() {
		return status(http.StatusNotFound)
	}
	root, err := parseXML(body)
	if err != nil || root.name != dav("propertyupdate") {
		return text(http.StatusBadRequest, "the body is not a DAV:propertyupdate document")
	}
	list := patches(root)
	refused := propstat{code: http.StatusForbidden}
	others := propstat{code: http.StatusFailedDependency}
	for _, p := range list {
		if n.kind != calendarNode || isLive(p.name) || !p.simple {
			refused.names = append(refused.names, p.name)
		} else {
			others.names = append(others.names, p.name)
		}
	}
	m := newMultistatus()
	if len(refused.names) > 0 {
		m.properties(n.path(d.style.EscapeAll), refused, others)
		return m.answer()
	}
	n.collection().apply(list)
	others.code = http.StatusOK
	m.properties(n.path(d.style.EscapeAll), others)
	return m.answer()
}

// apply sets and removes properties.
func (c *collection) apply(list []patch) {
	for _, p := range list {
		if p.remove {
			delete(c.props, p.name)
		} else {
			c.props[p.name] = p.value
		}
	}
}

// mkcalendar answers MKCALENDAR (RFC 4791 §5.3.1).
func (d *DAV) mkcalendar(n node, body []byte) answer {
	switch {
	case n.kind == objectNode:
		return refusal(http.StatusForbidden, caldav("calendar-collection-location-ok"))
	case n.kind != calendarNode:
		return status(http.StatusForbidden)
	case n.exists():
		return refusal(http.StatusForbidden, dav("resource-must-be-null"))
	}
	var list []patch
	if len(body) > 0 {
		root, err := parseXML(body)
		if err != nil || root.name != caldav("mkcalendar") {
			return text(http.StatusBadRequest, "the body is not a CALDAV:mkcalendar document")
		}
		// What clients say of components and types is not kept: every calendar
		// here takes the same ones.
		list = slices.DeleteFunc(patches(root), func(p patch) bool { return isLive(p.name) || !p.simple })
	}
	c := d.newCollection()
	c.apply(list)
	if strings.TrimSpace(c.props[propDisplayName]) == "" {
		c.props[propDisplayName] = n.calendar
	}
	n.user.calendars[n.calendar] = c
	return status(http.StatusCreated)
}
