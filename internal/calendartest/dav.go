package calendartest

import (
	"bytes"
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// DAV is a CalDAV server in memory, an http.Handler for real clients. It
// stores objects byte for byte, with strong ETags, and applies every condition
// and the write it guards in one step. It delivers no invitations (like
// Radicale and Xandikos) unless Style.Delivers says so. All its methods are safe
// for concurrent use.
//
// Everything lies under /dav/: the principal of a user at
// /dav/principals/USER/, the calendars at /dav/calendars/USER/CALENDAR/.
// A user sees nothing of another one's. Nothing outlives the value.
type DAV struct {
	mu    sync.RWMutex
	users map[string]*user
	style Style
	seq   uint64 // number of changes ever made to objects; grows only
	epoch int    // sync tokens of earlier epochs are dead
	ids   int    // collections ever made

	script   script
	judge    judge
	messages []DAVMessage
	counters counters
	hook     func(*http.Request)
}

// User is somebody who signs in to a DAV.
type User struct {
	Name     string // the user name, also in paths
	Password string
	Title    string   // what people call the user; Name when empty
	Mail     []string // mail addresses, the calendar-user-address-set; may be none (Radicale, Xandikos)
}

type user struct {
	User
	calendars map[string]*collection
}

// NewDAV returns a server without users that behaves as style says. The zero
// Style is a server without faults.
func NewDAV(style Style) *DAV {
	return &DAV{users: map[string]*user{}, style: style}
}

// AddUser adds u without any calendar. A user of that name is replaced.
func (d *DAV) AddUser(u User) {
	if u.Title == "" {
		u.Title = u.Name
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.users[u.Name] = &user{User: u, calendars: map[string]*collection{}}
}

// Calendar is what a new calendar is like.
type Calendar struct {
	Name   string // the last segment of its path
	Title  string // displayname; Name when empty
	Zone   string // calendar-timezone: an IANA name, written as a VTIMEZONE with that TZID; may be empty
	Colour string // such as "#0B8043"; may be empty
}

// AddCalendar adds c to the calendars of user, who must exist, and returns its
// path, which begins and ends with a slash.
func (d *DAV) AddCalendar(user string, c Calendar) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	u, ok := d.users[user]
	if !ok {
		panic(fmt.Sprintf("calendartest: AddCalendar: no user %q", user)) // A mistake in the test or the demonstration.
	}
	col := d.newCollection()
	if c.Title == "" {
		c.Title = c.Name
	}
	col.props[propDisplayName] = c.Title
	if c.Colour != "" {
		col.props[propColour] = c.Colour
	}
	if c.Zone != "" {
		col.props[propTimezone] = timezoneObject(c.Zone)
	}
	u.calendars[c.Name] = col
	return node{kind: calendarNode, user: u, calendar: c.Name}.path(false)
}

// Path returns the path of an object of a user's calendar as the server
// spells it.
func (d *DAV) Path(owner, calendar, name string) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	n := node{kind: objectNode, user: &user{User: User{Name: owner}}, calendar: calendar, name: name}
	return n.path(d.style.EscapeAll)
}

// Put stores ics as it is, without a look at it and without conditions: what
// a person's other client does, and garbage too. It returns the new ETag. The
// calendar must exist.
func (d *DAV) Put(user, calendar, name string, ics []byte) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.mustCollection(user, calendar)
	before := c.data(name)
	o, _ := d.store(c, name, ics)
	d.deliver(d.users[user], before, o.data)
	return d.style.ETag.form(o.etag)
}

// Change replaces an object by what edit makes of it, in one step. It reports
// whether the object was there. The slice that edit gets must not be changed.
func (d *DAV) Change(user, calendar, name string, edit func([]byte) []byte) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.mustCollection(user, calendar)
	o, ok := c.objects[name]
	if ok {
		now, _ := d.store(c, name, edit(o.data))
		d.deliver(d.users[user], o.data, now.data)
	}
	return ok
}

// Delete removes an object and reports whether it was there.
func (d *DAV) Delete(user, calendar, name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.mustCollection(user, calendar)
	before := c.data(name)
	removed := d.remove(c, name)
	d.deliver(d.users[user], before, nil)
	return removed
}

// Get returns the bytes and the ETag of an object, and whether it is there.
func (d *DAV) Get(user, calendar, name string) (ics []byte, etag string, ok bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	o, ok := d.mustCollection(user, calendar).objects[name]
	if !ok {
		return nil, "", false
	}
	return bytes.Clone(o.data), d.style.ETag.form(o.etag), true
}

// Objects returns a copy of every object of every user by its path.
func (d *DAV) Objects() map[string][]byte {
	d.mu.RLock()
	defer d.mu.RUnlock()
	all := map[string][]byte{}
	for _, u := range d.users {
		for name, c := range u.calendars {
			for object, o := range c.objects {
				n := node{kind: objectNode, user: u, calendar: name, name: object}
				all[n.path(d.style.EscapeAll)] = bytes.Clone(o.data)
			}
		}
	}
	return all
}

// SetStyle makes the server behave as style says from now on.
func (d *DAV) SetStyle(style Style) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.style = style
}

// KillTokens makes every sync token given out so far unknown, as a server does
// after a restore from a backup. How it says so is Style.DeadToken.
func (d *DAV) KillTokens() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.epoch++
}

// OnRequest makes f run before each request is looked at, without a lock held:
// it may block, and may use d.
func (d *DAV) OnRequest(f func(*http.Request)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hook = f
}

func (d *DAV) mustCollection(user, calendar string) *collection {
	u, ok := d.users[user]
	if !ok {
		panic(fmt.Sprintf("calendartest: no user %q", user)) // A mistake in the test or the demonstration.
	}
	c, ok := u.calendars[calendar]
	if !ok {
		panic(fmt.Sprintf("calendartest: user %q has no calendar %q", user, calendar))
	}
	return c
}

// authenticate returns the user whom HTTP Basic (RFC 7617) names.
func (d *DAV) authenticate(r *http.Request) (*user, bool) {
	name, password, ok := r.BasicAuth()
	if !ok {
		return nil, false
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	u, ok := d.users[name]
	if !ok || subtle.ConstantTimeCompare([]byte(u.Password), []byte(password)) != 1 {
		return nil, false
	}
	return u, true
}

// kind is what a path names.
type kind int

const (
	missingNode kind = iota
	rootNode
	principalNode
	homeNode
	calendarNode
	objectNode
)

// node is one path of the server. The calendar or the object need not exist.
type node struct {
	kind     kind
	user     *user
	calendar string
	name     string // of an object, decoded
}

func (n node) collection() *collection {
	if n.user == nil {
		return nil
	}
	return n.user.calendars[n.calendar]
}

func (n node) object() *object {
	if c := n.collection(); c != nil {
		return c.objects[n.name]
	}
	return nil
}

// exists reports whether there is something at n.
func (n node) exists() bool {
	switch n.kind {
	case missingNode:
		return false
	case calendarNode:
		return n.collection() != nil
	case objectNode:
		return n.object() != nil
	}
	return true
}

// resolve finds what an escaped path names. Segments are decoded one by one,
// so that "%2F" stays part of a name.
func (d *DAV) resolve(escaped string) node {
	var segments []string
	for s := range strings.SplitSeq(strings.Trim(escaped, "/"), "/") {
		name, err := url.PathUnescape(s)
		if err != nil {
			return node{}
		}
		segments = append(segments, name)
	}
	if len(segments) == 1 && (segments[0] == "" || segments[0] == "dav") {
		return node{kind: rootNode}
	}
	if len(segments) < 3 || segments[0] != "dav" || slices.Contains(segments, "") {
		return node{}
	}
	u, ok := d.users[segments[2]]
	if !ok {
		return node{}
	}
	switch n := len(segments); {
	case segments[1] == "principals" && n == 3:
		return node{kind: principalNode, user: u}
	case segments[1] == "calendars" && n == 3:
		return node{kind: homeNode, user: u}
	case segments[1] == "calendars" && n == 4:
		return node{kind: calendarNode, user: u, calendar: segments[3]}
	case segments[1] == "calendars" && n == 5:
		return node{kind: objectNode, user: u, calendar: segments[3], name: segments[4]}
	}
	return node{}
}

// path spells n. With all it escapes whatever RFC 3986 §2.3 does not call
// unreserved, as Radicale does; otherwise it leaves "@", "+" and the like.
func (n node) path(all bool) string {
	escape := url.PathEscape
	if all {
		// QueryEscape writes a space as "+" and keeps nothing else that is reserved.
		escape = func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	}
	switch n.kind {
	case principalNode:
		return "/dav/principals/" + escape(n.user.Name) + "/"
	case homeNode:
		return "/dav/calendars/" + escape(n.user.Name) + "/"
	case calendarNode:
		return "/dav/calendars/" + escape(n.user.Name) + "/" + escape(n.calendar) + "/"
	case objectNode:
		return "/dav/calendars/" + escape(n.user.Name) + "/" + escape(n.calendar) + "/" + escape(n.name)
	}
	return "/dav/"
}
