package calendartest

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"sync"
)

// judge notes what a careful client would not have done. It looks at requests
// only, not at what Put, Change and Delete do on a person's behalf.
type judge struct {
	mu     sync.Mutex
	exempt func(*http.Request) bool
	list   []string
}

// Violations returns what clients did that the program must never do, one
// sentence each, in the order in which it happened:
//
//   - deleting a calendar, or an object other than the program's own events and
//     the series that it made itself, since no meeting is ever deleted;
//   - writing over an object without If-Match, making one without If-None-Match;
//   - a PUT in chunks, which Radicale and SOGo refuse; a GET with If-None-Match,
//     whose answer breaks connections on SOGo; a calendar-query without Depth: 1,
//     which servers take to mean different things;
//   - a successful PUT that loses or cancels an event, or changes more of it
//     than its time, its answers and what is the program's own;
//   - ending a series before another one of the same user goes on from it (R29).
func (d *DAV) Violations() []string {
	d.judge.mu.Lock()
	defer d.judge.mu.Unlock()
	return slices.Clone(d.judge.list)
}

// Exempt passes over requests of which f is true, for tests in which another
// client has its own ways.
func (d *DAV) Exempt(f func(*http.Request) bool) {
	d.judge.mu.Lock()
	defer d.judge.mu.Unlock()
	d.judge.exempt = f
}

// look judges r, which was about n, where before was, and got an answer with
// that status. The caller holds the lock of the DAV.
func (j *judge) look(r *http.Request, n node, body []byte, before *object, status int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.exempt != nil && j.exempt(r) {
		return
	}
	note := func(format string, args ...any) {
		j.list = append(j.list, r.Method+" "+r.URL.Path+": "+fmt.Sprintf(format, args...))
	}
	switch r.Method {
	case http.MethodGet:
		if r.Header.Get("If-None-Match") != "" {
			note("a conditional GET")
		}
	case methodReport:
		if r.Header.Get("Depth") != "1" && bytes.Contains(body, []byte("calendar-query")) {
			note("a calendar-query without Depth: 1")
		}
	case http.MethodDelete:
		if before == nil && status/100 != 2 {
			return // It was gone already.
		}
		if before == nil || !removable(before.data) {
			note("a deletion")
		} else if r.Header.Get("If-Match") == "" {
			note("an object is deleted without If-Match")
		}
	case http.MethodPut:
		if r.ContentLength < 0 {
			note("the body is sent in chunks")
		}
		if before != nil && r.Header.Get("If-Match") == "" {
			note("an object is overwritten without If-Match")
		}
		if before == nil && r.Header.Get("If-None-Match") == "" && r.Header.Get("If-Match") == "" {
			note("an object is made without If-None-Match")
		}
		if before == nil || status/100 != 2 || n.object() == nil {
			return
		}
		for _, reason := range Damage(before.data, n.object().data) {
			note("%s", reason)
		}
		if ended(before.data, n.object().data) && !n.user.continues(uidOf(before.data)) {
			note("a series was ended though none goes on from it")
		}
	}
}

// removable reports whether the program may remove an object (R8): an event of
// its own kinds, or a series that it made to go on from another.
func removable(data []byte) bool {
	root, err := readComponents(data)
	if err != nil {
		return false
	}
	c := master(root)
	if c == nil {
		return false
	}
	kind := c.value("X-ONEONONE-KIND")
	return kind == "suggestion" || kind == "status" || c.value("X-ONEONONE-AFTER") != ""
}

// continues reports whether an object of u says that it goes on from the series uid.
func (u *user) continues(uid string) bool {
	for _, c := range u.calendars {
		for _, o := range c.objects {
			if root, err := readComponents(o.data); err == nil {
				if m := master(root); m != nil && m.value("X-ONEONONE-AFTER") == uid {
					return true
				}
			}
		}
	}
	return false
}
