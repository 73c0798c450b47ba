package demo

import (
	"bytes"
	"net/http"
	"strings"

	"oneonone/internal/calendartest"
)

// edit is one change that somebody's client made to one object: after is nil
// when the object is gone, before when it is new.
type edit struct {
	user          string
	before, after []byte
}

// watch is the calendar server with an eye on what other clients than the
// program itself change.
type watch struct {
	dav   *calendartest.DAV
	edits chan edit
}

func newWatch(d *calendartest.DAV) *watch {
	return &watch{dav: d, edits: make(chan edit, 64)}
}

// ServeHTTP implements http.Handler.
func (w *watch) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	user, name, ok := objectOf(r)
	if !ok {
		w.dav.ServeHTTP(rw, r)
		return
	}
	before, _, _ := w.dav.Get(user, calendarName, name)
	w.dav.ServeHTTP(rw, r)
	after, _, _ := w.dav.Get(user, calendarName, name)
	if bytes.Equal(before, after) {
		return
	}
	select {
	case w.edits <- edit{user, before, after}:
	default: // Nobody can follow so many; the program itself misses none.
	}
}

// objectOf returns whose object a writing request of another client is about,
// and its name.
func objectOf(r *http.Request) (user, name string, ok bool) {
	if r.Method != http.MethodPut && r.Method != http.MethodDelete || strings.HasPrefix(r.UserAgent(), "oneonone") {
		return "", "", false
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/") // dav/calendars/USER/CALENDAR/NAME
	if len(parts) != 5 || parts[1] != "calendars" || parts[3] != calendarName {
		return "", "", false
	}
	for _, p := range cast {
		if p.user == parts[2] {
			return p.user, parts[4], true
		}
	}
	return "", "", false
}
