package calendartest

import (
	"maps"
	"slices"
	"strings"

	"oneonone/internal/calendar"
)

// put stores e, which is new or changed, and brings its master into the change
// log too when it is an exception.
func (g *Google) put(c *googleCalendar, e *googleEvent) {
	g.seq++
	e.version, e.changed, e.updated = g.seq, g.seq, g.now()
	old := c.events[e.id]
	if old != nil && !e.cancelled && !old.cancelled && (!old.start.equal(e.start) || !old.end.equal(e.end)) ||
		old == nil && e.master != "" && !e.start.equal(e.original) {
		e.sequence++
	}
	c.events[e.id], c.last = e, g.seq
	if m := c.events[e.master]; e.master != "" && m != nil && !m.cancelled {
		m = m.clone()
		g.seq++
		if m.changed = g.seq; !g.style.SteadyMaster {
			m.version, m.updated = g.seq, e.updated
		}
		c.events[m.id] = m
	}
}

// same reports whether two states of an event say the same.
func (g *Google) same(a, b *googleEvent) bool {
	return a.start.equal(b.start) && a.end.equal(b.end) && a.cancelled == b.cancelled &&
		slices.Equal(a.recurrence, b.recurrence) && sameJSON(a.rest, b.rest)
}

// home is the calendar of an event's organizer, nil when that is on another
// server.
func (g *Google) home(c *googleCalendar, e *googleEvent) *googleCalendar {
	organizer := e.organizer()
	if organizer == c.id {
		return c
	}
	home := g.calendars[organizer]
	if u := g.userOf(organizer); u != nil {
		home = g.calendars[u.Email]
	}
	if home == nil || home == c {
		return home
	}
	if _, there := g.find(home, e.id); !there {
		return nil
	}
	return home
}

// guests returns the primary calendars of the guests who have one, the
// organizer's own left out.
func (g *Google) guests(home *googleCalendar, e *googleEvent) map[string]*googleCalendar {
	found := map[string]*googleCalendar{}
	if e == nil || e.cancelled {
		return found
	}
	for _, a := range e.attendees() {
		email, _ := a["email"].(string)
		if u := g.userOf(email); u != nil && u.Email != home.id {
			found[u.Email] = g.calendars[u.Email]
		}
	}
	return found
}

// copyField makes one field of to what it is in from.
func copyField(to, from fields, name string) {
	if v, ok := from[name]; ok {
		to[name] = v
	} else {
		delete(to, name)
	}
}

// copyShared makes what is the organizer's in to what it is in from.
func copyShared(to, from fields) {
	for _, names := range []fields{maps.Clone(to), from} {
		for name := range names {
			if name != "extendedProperties" && !slices.Contains(ownFields, name) {
				copyField(to, from, name)
			}
		}
	}
	a, b := &googleEvent{rest: to}, &googleEvent{rest: from}
	a.setProperties("shared", b.properties("shared"))
}

// sharedOf is e without what each copy has for itself and without answers.
func sharedOf(e *googleEvent) *googleEvent {
	s := e.clone()
	for _, name := range ownFields {
		delete(s.rest, name)
	}
	s.setProperties("private", nil)
	guests := s.attendees()
	for _, a := range guests {
		delete(a, "responseStatus")
		delete(a, "comment")
	}
	s.setAttendees(guests)
	return s
}

// deliver brings what home has now of an event into the guests' calendars, and
// writes to them.
func (g *Google) deliver(home *googleCalendar, old, now *googleEvent, w writing, what string) {
	before := g.guests(home, old)
	for email, c := range g.guests(home, now) {
		delete(before, email)
		g.deliverTo(c, now)
	}
	for _, c := range before {
		if e, ok := g.find(c, now.id); ok && !e.cancelled {
			g.drop(c, e)
		}
	}
	g.mail(home, now, w, what)
}

// deliverTo makes a guest's copy of e, or brings it up to date.
func (g *Google) deliverTo(c *googleCalendar, e *googleEvent) {
	old, ok := g.find(c, e.id)
	var next *googleEvent
	if ok && !old.cancelled {
		next = old.clone()
	} else {
		next = e.clone()
		for _, name := range ownFields {
			delete(next.rest, name)
		}
		next.setProperties("private", nil)
		next.rest["reminders"] = fields{"useDefault": true}
	}
	next.uid, next.master, next.original, next.recurrence = e.uid, e.master, e.original, slices.Clone(e.recurrence)
	next.start, next.end, next.cancelled, next.bare = e.start, e.end, false, false
	copyShared(next.rest, copyJSON(e.rest))
	if ok && g.same(old, next) && c.events[e.id] != nil {
		return
	}
	g.put(c, next)
	next.sequence = e.sequence
}

// drop makes a tombstone of e in c, and with a series of all its exceptions.
func (g *Google) drop(c *googleCalendar, e *googleEvent) {
	gone := e.clone()
	gone.cancelled = true
	gone.rest["status"] = "cancelled"
	g.put(c, gone)
	for _, x := range c.exceptions(e.id) {
		if !x.bare {
			x = x.clone()
			x.cancelled, x.bare = true, true
			g.put(c, x)
		}
	}
}

// exceptions returns the exceptions of a series, the cancelled ones too.
func (c *googleCalendar) exceptions(master string) []*googleEvent {
	var list []*googleEvent
	for _, e := range c.events {
		if e.master == master {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b *googleEvent) int { return strings.Compare(a.id, b.id) })
	return list
}

// cancel takes an event out of c. When c is the organizer's, the guests lose it
// too, unless nobody is to be told: then it stays with them (as was seen live).
// When c is a guest's, the guest has declined.
func (g *Google) cancel(c *googleCalendar, e *googleEvent, w writing) {
	home := g.home(c, e)
	g.drop(c, e)
	if home != c {
		if i := slices.IndexFunc(e.attendees(), func(a fields) bool { return g.isOwn(c, a["email"]) }); i >= 0 {
			own := e.attendees()[i]
			own["responseStatus"] = "declined"
			g.answer(c, home, e, own, w)
		}
		return
	}
	if !w.person && (w.notify == "" || w.notify == "none") {
		return
	}
	for _, guest := range g.guests(c, e) {
		if x, ok := g.find(guest, e.id); ok && !x.cancelled {
			g.drop(guest, x)
		}
	}
	g.mail(c, e, w, "cancellation")
}

// resetAnswers takes back what the guests answered when the start or the
// recurrence is another one. The organizer's own answer and the rooms' stay.
func (g *Google) resetAnswers(old, now *googleEvent) {
	if g.style.KeepAnswers || old.start.equal(now.start) && slices.Equal(old.recurrence, now.recurrence) {
		return
	}
	guests := now.attendees()
	for _, a := range guests {
		email, _ := a["email"].(string)
		if a["resource"] != true && !calendar.SameAddress(email, now.organizer()) {
			a["responseStatus"] = "needsAction"
			delete(a, "comment")
		}
	}
	now.setAttendees(guests)
}

// takeAnswer finds the guest's own answer in a change of the guest's copy, nil
// when it is what it was. Other people's answers and entries stay as they are.
func (g *Google) takeAnswer(c *googleCalendar, old, now *googleEvent) fields {
	var own, was fields
	for _, a := range now.attendees() {
		if g.isOwn(c, a["email"]) {
			own = a
		}
	}
	guests := old.attendees()
	for _, a := range guests {
		if g.isOwn(c, a["email"]) {
			was = a
		}
	}
	now.setAttendees(guests)
	if own == nil || was == nil || own["responseStatus"] == was["responseStatus"] && own["comment"] == was["comment"] {
		return nil
	}
	return own
}

// answer stores a guest's answer in every copy of the event.
func (g *Google) answer(c, home *googleCalendar, e *googleEvent, own fields, w writing) {
	email, _ := own["email"].(string)
	places := map[string]*googleCalendar{c.id: c}
	if home != nil {
		places[home.id] = home
		maps.Copy(places, g.guests(home, e))
	}
	for _, id := range slices.Sorted(maps.Keys(places)) {
		at, ok := g.find(places[id], e.id)
		if !ok || at.cancelled {
			continue
		}
		next := at.clone()
		guests := next.attendees()
		for _, a := range guests {
			if x, _ := a["email"].(string); calendar.SameAddress(x, email) {
				a["responseStatus"] = own["responseStatus"]
				copyField(a, own, "comment")
			}
		}
		if next.setAttendees(guests); !g.same(at, next) {
			g.put(places[id], next)
		}
	}
	if w.person || w.notify == "all" {
		g.mails = append(g.mails, GoogleMail{To: e.organizer(), Event: e.id, What: "answer"})
	}
}

// bequeath brings a change of a series to its exceptions where the style says so.
func (g *Google) bequeath(c *googleCalendar, old, now *googleEvent) {
	if !g.style.Inherit || len(now.recurrence) == 0 {
		return
	}
	for _, x := range c.exceptions(now.id) {
		if x.cancelled {
			continue
		}
		next := x.clone()
		for _, name := range []string{"summary", "description", "location", "attachments"} {
			if !sameJSON(old.rest[name], now.rest[name]) {
				copyField(next.rest, now.rest, name)
			}
		}
		if !g.same(x, next) {
			g.put(c, next)
			g.deliver(c, x, next, writing{notify: "none"}, "update")
		}
	}
}

// mail notes who is written to. externalOnly is everybody outside of the
// organizer's domain.
func (g *Google) mail(home *googleCalendar, e *googleEvent, w writing, what string) {
	if !w.person && (w.notify == "" || w.notify == "none") {
		return
	}
	_, domain, _ := strings.Cut(home.owner, "@")
	for _, a := range e.attendees() {
		email, _ := a["email"].(string)
		if a["resource"] == true || calendar.SameAddress(email, e.organizer()) || w.notify == "externalOnly" && strings.HasSuffix(email, "@"+domain) {
			continue
		}
		g.mails = append(g.mails, GoogleMail{To: email, Event: e.id, What: what})
	}
}
