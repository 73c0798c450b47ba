package calendartest

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
)

// report answers REPORT (RFC 3253 §3.6) on a calendar.
func (d *DAV) report(r *http.Request, n node, body []byte) answer {
	if !n.exists() {
		return status(http.StatusNotFound)
	}
	root, err := parseXML(body)
	if err != nil {
		return text(http.StatusBadRequest, "the body is not an XML document")
	}
	if n.kind == calendarNode {
		switch root.name {
		case caldav("calendar-multiget"):
			return d.multiget(n, root)
		case caldav("calendar-query"):
			return d.query(r, n, root)
		case dav("sync-collection"):
			if !d.style.NoSync {
				return d.sync(n, root)
			}
		}
	}
	return refusal(http.StatusForbidden, dav("supported-report"))
}

// wanted are the properties that a report asks of each object.
type wanted struct {
	names []xml.Name
	data  bool // calendar-data too, always whole
}

func wantedBy(root *element) wanted {
	var w wanted
	prop := root.sub(dav("prop"))
	if prop == nil {
		return w
	}
	for _, name := range prop.names() {
		if name == caldav("calendar-data") {
			w.data = true
		} else {
			w.names = append(w.names, name)
		}
	}
	return w
}

// describeObject adds what w asks about the object n.
func (d *DAV) describeObject(m *multistatus, n node, w wanted) {
	found, missing := d.lookup(n, w.names)
	if w.data {
		found.names = append(found.names, caldav("calendar-data"))
		found.values = append(found.values, d.calendarData(n.object()))
	}
	m.properties(n.path(d.style.EscapeAll), found, missing)
}

func (d *DAV) calendarData(o *object) string {
	s := escapeText(string(o.data))
	if d.style.RawCR {
		s = strings.ReplaceAll(s, "&#xD;", "\r")
	}
	return s
}

// multiget answers calendar-multiget (RFC 4791 §7.9).
func (d *DAV) multiget(n node, root *element) answer {
	w := wantedBy(root)
	m := newMultistatus()
	answered := map[string]bool{}
	for _, e := range root.all(dav("href")) {
		given := strings.TrimSpace(e.text())
		if answered[given] {
			continue
		}
		answered[given] = true
		path := given
		if u, err := url.Parse(given); err == nil {
			path = u.EscapedPath()
		}
		o := d.resolve(path)
		if o.kind != objectNode || o.user != n.user || o.calendar != n.calendar || !o.exists() {
			m.item(given, http.StatusNotFound, "")
			continue
		}
		d.describeObject(m, o, w)
	}
	return m.answer()
}
