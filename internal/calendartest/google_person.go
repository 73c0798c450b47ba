package calendartest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"oneonone/internal/span"
)

// document reads what a person's method is given: anything that JSON makes an
// event of, text in JSON too.
func document(event any) fields {
	data, ok := event.(string)
	if !ok {
		data = string(mustJSON(event))
	}
	var f fields
	if err := json.Unmarshal([]byte(data), &f); err != nil {
		panic(fmt.Sprintf("calendartest: %v in %s", err, data)) // A mistake in the test.
	}
	if faults := theDiscovery().checkBody("Event", f); len(faults) > 0 {
		panic(fmt.Sprintf("calendartest: %q in %s", faults, data))
	}
	return f
}

// Put makes an event as the person of a calendar and returns its id. event is
// JSON text, or whatever json.Marshal makes an event of. Other than the
// interface it takes id, iCalUID and organizer as they are given: with the
// organizer of another server the event is an invitation that came from there.
func (g *Google) Put(calendarID string, event any) string {
	g.mu.Lock()
	defer g.unlock()
	c, body := g.mustCalendar(calendarID), document(event)
	if id, _ := body["id"].(string); c.events[id] != nil {
		panic(fmt.Sprintf("calendartest: %s has an event %q already", calendarID, id))
	}
	e, err := g.newEvent(c, body, writing{person: true, notify: "all"})
	if err != nil {
		panic(fmt.Sprintf("calendartest: Put: %v", err))
	}
	return e.id
}

// Edit merges change into an event or an instance, as the person of that
// calendar. It reports whether the event is there.
func (g *Google) Edit(calendarID, id string, change any) bool {
	g.mu.Lock()
	defer g.unlock()
	c := g.mustCalendar(calendarID)
	e, ok := g.find(c, id)
	if !ok || e.cancelled {
		return false
	}
	if _, err := g.change(c, e, document(change), writing{person: true, notify: "all"}); err != nil {
		panic(fmt.Sprintf("calendartest: Edit: %v", err))
	}
	return true
}

// Drag gives an event or an instance another time, as the person of that
// calendar, and reports whether the event is there. The zone stays.
func (g *Google) Drag(calendarID, id string, to span.Span) bool {
	at := func(t time.Time) fields { return fields{"dateTime": t.Format(time.RFC3339)} }
	return g.Edit(calendarID, id, fields{"start": at(to.Start), "end": at(to.End)})
}

// Answer gives the answer of the calendar's person to an event or an instance:
// accepted, declined, tentative or needsAction. It reports whether that person
// is a guest there.
func (g *Google) Answer(calendarID, id, answer string) bool {
	g.mu.Lock()
	defer g.unlock()
	c := g.mustCalendar(calendarID)
	e, ok := g.find(c, id)
	if !ok || e.cancelled {
		return false
	}
	for _, a := range e.clone().attendees() {
		if g.isOwn(c, a["email"]) {
			a["responseStatus"] = answer
			g.answer(c, g.home(c, e), e, a, writing{person: true, notify: "all"})
			return true
		}
	}
	return false
}

// Delete takes an event or an instance out of a calendar, as its person, and
// reports whether it was there. An organizer cancels it for everybody, a guest
// declines.
func (g *Google) Delete(calendarID, id string) bool {
	g.mu.Lock()
	defer g.unlock()
	c := g.mustCalendar(calendarID)
	e, ok := g.find(c, id)
	if !ok || e.cancelled {
		return false
	}
	g.cancel(c, e, writing{person: true, notify: "all"})
	return true
}

// RemoveCalendar deletes a secondary calendar with all its events, as its owner.
// The guests of its events lose them too, and get no mail.
func (g *Google) RemoveCalendar(id string) {
	g.mu.Lock()
	defer g.unlock()
	c, mails := g.mustCalendar(id), len(g.mails)
	for _, e := range c.events {
		if !e.cancelled {
			g.cancel(c, e, writing{person: true, notify: "all"})
		}
	}
	g.mails = g.mails[:mails]
	delete(g.calendars, id)
}

// Calendars returns the ids of the calendars that a user owns, sorted.
func (g *Google) Calendars(user string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var ids []string
	for id, c := range g.calendars {
		if c.owner == user {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Split changes a series from the instance with that original start on, as the
// organizer's "this and following" does: the old series ends before it, its
// exceptions from there on are gone, and a new one begins. Its id is returned.
// When the change leaves the time alone the id is that of the old series with
// an _R suffix, and created is the same; else everything is new.
func (g *Google) Split(calendarID, id string, from time.Time, change any) string {
	g.mu.Lock()
	defer g.unlock()
	c, body := g.mustCalendar(calendarID), document(change)
	old := c.events[id]
	if old == nil || old.cancelled || len(old.recurrence) == 0 {
		panic(fmt.Sprintf("calendartest: %s has no series %q", calendarID, id))
	}
	w := writing{person: true, notify: "all"}
	first := old.instance("", old.timeAt(from))
	next := fields{"start": first.start.json(time.UTC), "end": first.end.json(time.UTC), "recurrence": old.recurrence}
	maps.Copy(next, copyJSON(old.rest))
	moved := body["start"] != nil
	maps.Copy(next, body)
	if !moved {
		segment := old.id + "_R" + first.start.instant(c.zone).Format("20060102T150405")
		next["id"], next["iCalUID"] = segment, segment+"@google.com"
	}
	g.truncate(c, old, from, w)
	e, err := g.newEvent(c, copyJSON(next), w)
	if err != nil {
		panic(fmt.Sprintf("calendartest: Split: %v", err))
	}
	if !moved {
		e.created = old.created
	}
	return e.id
}

// truncate ends a series before the instance that begins at from. Exceptions
// from there on lose their series in every copy.
func (g *Google) truncate(c *googleCalendar, old *googleEvent, from time.Time, w writing) {
	day := from.In(zoneOf(old.start.zone))
	until := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, -1, 0, day.Location()).UTC().Format("20060102T150405Z")
	if old.start.date != "" {
		until = from.AddDate(0, 0, -1).Format("20060102")
	}
	ended := old.clone()
	for i, line := range ended.recurrence {
		if rule, ok := strings.CutPrefix(line, "RRULE:"); ok {
			parts := slices.DeleteFunc(strings.Split(rule, ";"), func(p string) bool {
				return strings.HasPrefix(p, "UNTIL=") || strings.HasPrefix(p, "COUNT=")
			})
			ended.recurrence[i] = "RRULE:" + strings.Join(append(parts, "UNTIL="+until), ";")
		}
	}
	for _, cal := range append([]*googleCalendar{c}, slices.Collect(maps.Values(g.guests(c, old)))...) {
		for _, x := range cal.exceptions(old.id) {
			if !x.bare && !x.original.instant(cal.zone).Before(from) {
				gone := x.clone()
				gone.cancelled, gone.bare, gone.master = true, true, ""
				g.put(cal, gone)
			}
		}
	}
	g.put(c, ended)
	g.deliver(c, old, ended, w, "update")
}

// Instance returns the id of the instance of a series with that original start,
// and whether there is one in the calendar that is not cancelled.
func (g *Google) Instance(calendarID, master string, original time.Time) (string, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.mustCalendar(calendarID)
	m := c.events[master]
	if m == nil || m.start.isZero() {
		return "", false
	}
	id := g.instanceID(master, m.timeAt(original.In(m.start.instant(c.zone).Location())))
	e, ok := g.find(c, id)
	return id, ok && !e.cancelled
}

// Event returns an event or an instance as its calendar gives it, in JSON with
// sorted keys, and whether there is one that is not deleted.
func (g *Google) Event(calendarID, id string) ([]byte, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.mustCalendar(calendarID)
	e, ok := g.find(c, id)
	if !ok || e.cancelled {
		return nil, false
	}
	return mustJSON(g.render(c, e, zoneOf(c.zone), 0)), true
}

// Snapshot returns every stored event that is not deleted as Event does, by
// its calendar's id, a slash, and its own id.
func (g *Google) Snapshot() map[string][]byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := map[string][]byte{}
	for _, c := range g.calendars {
		for id, e := range c.events {
			if !e.cancelled {
				all[c.id+"/"+id] = mustJSON(g.render(c, e, zoneOf(c.zone), 0))
			}
		}
	}
	return all
}
