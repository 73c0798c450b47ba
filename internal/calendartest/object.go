package calendartest

import (
	"encoding/xml"
	"errors"
	"mime"
	"net/http"
	"strings"
)

// maxObject is the largest object that a PUT may bring, in bytes.
const maxObject = 10 << 20

// get answers GET and HEAD.
func (d *DAV) get(r *http.Request, n node) answer {
	if !n.exists() {
		return status(http.StatusNotFound)
	}
	if n.kind != objectNode {
		return text(http.StatusOK, "This is a CalDAV server: point a calendar program at it.")
	}
	o := n.object()
	etag := d.style.ETag.form(o.etag)
	if listed(r.Header.Values("If-None-Match"), etag) {
		return status(http.StatusNotModified).with("ETag", etag)
	}
	contents, _ := contentType(d, n)
	a := status(http.StatusOK).with("Content-Type", contents).with("ETag", etag)
	a.body = o.data
	return a
}

// put answers PUT of an object (RFC 4791 §5.3.2).
func (d *DAV) put(r *http.Request, n node, body []byte) answer {
	switch {
	case n.kind != objectNode:
		return d.notAllowed(n)
	case n.collection() == nil:
		return text(http.StatusConflict, "there is no such calendar")
	}
	if a, ok := d.precondition(r, n); !ok {
		return a
	}
	if t := r.Header.Get("Content-Type"); t != "" && !d.style.Lax {
		if media, _, err := mime.ParseMediaType(t); err != nil || media != "text/calendar" {
			return refusal(http.StatusUnsupportedMediaType, caldav("supported-calendar-data"))
		}
	}
	if !d.style.Lax {
		if a, ok := d.acceptable(n, body); !ok {
			if d.style.RefuseInside {
				m := newMultistatus()
				m.item(n.path(d.style.EscapeAll), http.StatusPreconditionFailed, "")
				return m.answer()
			}
			return a
		}
	}
	if d.style.Rewrite != nil {
		body = d.style.Rewrite(body)
	}
	before := n.collection().data(n.name)
	o, created := d.store(n.collection(), n.name, body)
	d.deliver(n.user, before, o.data)
	a := status(http.StatusNoContent)
	if created {
		a = status(http.StatusCreated)
	}
	if !d.style.NoETagOnPut && d.style.Rewrite == nil {
		a = a.with("ETag", d.style.ETag.form(o.etag))
	}
	return a
}

// delete answers DELETE of an object or a calendar.
func (d *DAV) delete(r *http.Request, n node) answer {
	switch n.kind {
	case missingNode:
		return status(http.StatusNotFound)
	case objectNode:
		if a, ok := d.precondition(r, n); !ok {
			return a
		}
		before := n.collection().data(n.name)
		if !n.exists() || !d.remove(n.collection(), n.name) {
			return status(http.StatusNotFound)
		}
		d.deliver(n.user, before, nil)
		return status(http.StatusNoContent)
	case calendarNode:
		if !n.exists() {
			return status(http.StatusNotFound)
		}
		delete(n.user.calendars, n.calendar)
		return status(http.StatusNoContent)
	}
	return d.notAllowed(n)
}

// precondition checks If-Match and If-None-Match of a write (RFC 9110 §13.1).
// ETags are compared as they are spelled, weak ones too: a server that gives
// out weak ETags takes them back.
func (d *DAV) precondition(r *http.Request, n node) (answer, bool) {
	if d.style.Careless {
		return answer{}, true
	}
	etag := ""
	if n.exists() {
		etag = d.style.ETag.form(n.object().etag)
	}
	match, none := r.Header.Values("If-Match"), r.Header.Values("If-None-Match")
	if len(match) > 0 && !listed(match, etag) || len(none) > 0 && listed(none, etag) {
		return status(http.StatusPreconditionFailed), false
	}
	return answer{}, true
}

// listed reports whether a conditional header names etag, which is "" for what
// does not exist. "*" names whatever exists.
func listed(header []string, etag string) bool {
	if etag == "" {
		return false
	}
	for _, line := range header {
		for item := range strings.SplitSeq(line, ",") {
			if item = strings.TrimSpace(item); item == "*" || item == etag {
				return true
			}
		}
	}
	return false
}

// acceptable checks what RFC 4791 §5.3.2.1 demands of an object in a calendar.
// The check is light: what is not understood is stored.
func (d *DAV) acceptable(n node, body []byte) (answer, bool) {
	uid, kind, err := inspect(body)
	var refused *invalid
	if errors.As(err, &refused) {
		return refusal(http.StatusForbidden, refused.precondition), false
	}
	if kind != "VEVENT" && kind != "VTODO" {
		return refusal(http.StatusForbidden, caldav("supported-calendar-component")), false
	}
	if other, ok := n.collection().byUID[uid]; ok && other != n.name {
		o := node{kind: objectNode, user: n.user, calendar: n.calendar, name: other}
		return refusalNaming(http.StatusForbidden, caldav("no-uid-conflict"), o.path(d.style.EscapeAll)), false
	}
	return answer{}, true
}

// invalid is an object that a calendar does not take.
type invalid struct {
	precondition xml.Name
	reason       string
}

func (e *invalid) Error() string { return e.reason }

// inspect finds the UID and the component type of an object.
func inspect(data []byte) (uid, kind string, err error) {
	root, err := readComponents(data)
	if err != nil {
		return "", "", &invalid{caldav("valid-calendar-data"), err.Error()}
	}
	wrong := func(reason string) (string, string, error) {
		return "", "", &invalid{caldav("valid-calendar-object-resource"), reason}
	}
	if root.name != "VCALENDAR" {
		return "", "", &invalid{caldav("valid-calendar-data"), "the object is no VCALENDAR"}
	}
	if len(root.all("METHOD")) > 0 {
		return wrong("the object has a METHOD")
	}
	for _, c := range root.subs {
		if c.name == "VTIMEZONE" {
			continue
		}
		id := c.value("UID")
		switch {
		case id == "":
			return wrong("a component has no UID")
		case uid == "":
			uid, kind = id, c.name
		case uid != id || kind != c.name:
			return wrong("the object has more than one UID or component type")
		}
	}
	if uid == "" {
		return wrong("the object has no component")
	}
	return uid, kind, nil
}

// componentOf returns the component type of an object, VEVENT for garbage.
func componentOf(data []byte) string {
	if _, kind, err := inspect(data); err == nil {
		return strings.ToLower(kind)
	}
	return "vevent"
}
