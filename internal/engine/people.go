package engine

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"oneonone/internal/calendar"
	"oneonone/internal/hours"
	"oneonone/internal/oneonone"
	"oneonone/internal/reschedule"
	"oneonone/internal/span"
)

// collectPeople describes everybody a meeting names: hours, zone, busy time.
func (e *Engine) collectPeople(w *world) {
	meetings := map[meetingKey]bool{}
	for _, mt := range w.every {
		meetings[keyOf(mt.UID, mt.Original)] = true
	}
	w.facts.Now = w.now
	w.facts.People = map[string]reschedule.Person{}
	for i, mt := range w.facts.Meetings {
		for _, key := range mt.People {
			if _, done := w.facts.People[key]; !done {
				w.facts.People[key] = e.person(w, key, w.sources[i].care.own.m.zone, meetings)
			}
		}
		e.readRooms(w, &w.facts.Meetings[i])
	}
}

// person describes the one with key. Where the configuration is silent about
// zone or hours, the given zone and the usual office hours are taken.
func (e *Engine) person(w *world, key string, zone *time.Location, meetings map[meetingKey]bool) reschedule.Person {
	p := reschedule.Person{Name: e.name(w, key), Hours: hours.Default, Zone: zone}
	if m := w.byKey[key]; m != nil {
		p.Hours, p.Zone, p.Known = m.account.Hours, m.zone, m.fresh && len(m.lost) == 0
		p.Blocks = e.blocks(m, w.now, meetings)
		return p
	}
	if ct := e.contact(key); ct != nil {
		if ct.Person.Zone != nil {
			p.Zone = ct.Person.Zone
		}
		if ct.Hours != nil {
			p.Hours = *ct.Hours
		}
	}
	e.readBusy(w, key, &p)
	return p
}

func (e *Engine) contact(key string) *Contact {
	for i := range e.o.Contacts {
		if e.o.Contacts[i].Person.Has(key) {
			return &e.o.Contacts[i]
		}
	}
	return nil
}

// blocks is all that keeps m's person busy from now on beside the 1:1s in meetings.
func (e *Engine) blocks(m *mirror, now time.Time, meetings map[meetingKey]bool) []reschedule.Block {
	var out []reschedule.Block
	for _, s := range m.series {
		for i := range s.occurrences {
			o := &s.occurrences[i]
			if !o.End.After(now) || meetings[keyOf(o.UID, o.Original)] {
				continue
			}
			kind, blocks := e.blockKind(m, o)
			if !blocks {
				continue
			}
			out = append(out, reschedule.Block{
				Span: o.Span(), Kind: kind, UID: o.UID, Title: o.Title,
				Updated: latest(o.Updated, s.seenAt),
			})
		}
	}
	return out
}

// blockKind applies R4 and R5 to one event of m's person.
func (e *Engine) blockKind(m *mirror, o *calendar.Occurrence) (reschedule.BlockKind, bool) {
	answer, invited := o.AnswerOf(m.account.Person.Addresses)
	switch {
	case o.Status == calendar.Cancelled, o.Own != calendar.OwnNone,
		invited && (answer == calendar.Declined || answer == calendar.Delegated),
		o.Type == calendar.TypeWorkingLocation, o.Type == calendar.TypeBirthday:
		return 0, false
	case o.Type == calendar.TypeOutOfOffice, e.isAway(o):
		return reschedule.Away, true
	case o.Transparent:
		return 0, false
	case o.Type == calendar.TypeFocusTime:
		return reschedule.Focus, true
	case o.Status == calendar.Tentative,
		invited && answer != calendar.Accepted && !m.account.Person.Has(o.Organizer):
		return reschedule.Hold, true
	}
	return reschedule.Busy, true
}

// isAway recognises an absence by its words (R5): only all-day events have them.
func (e *Engine) isAway(o *calendar.Occurrence) bool {
	return o.AllDay && oneonone.MatchesTitle(o.Title, e.o.AwayTitles) &&
		!oneonone.MatchesTitle(o.Title, e.o.AwayNotTitles)
}

// readRooms fills in the busy time of the rooms of which it is known.
func (e *Engine) readRooms(w *world, mt *reschedule.Meeting) {
	for i, r := range mt.Rooms {
		m := w.byKey[e.people.Key(r.Name)]
		if m == nil {
			mt.Rooms[i].Busy, mt.Rooms[i].Known = e.busyOf(w, calendar.Address(r.Name))
		}
		if m == nil || !m.fresh {
			continue
		}
		var busy []span.Span
		for _, b := range e.blocks(m, w.now, nil) {
			if b.UID != mt.UID && b.Kind != reschedule.Hold {
				busy = append(busy, b.Span)
			}
		}
		mt.Rooms[i].Known, mt.Rooms[i].Busy = true, span.NewSet(busy...)
	}
}

// rememberNames keeps the names under which guests stand on an event, for
// people whom the configuration does not name.
func (e *Engine) rememberNames(w *world, ev calendar.Event) {
	for _, a := range ev.Attendees {
		key := e.people.Key(a.Address)
		if name := cleanName(a.Name); name != "" && w.names[key] == "" {
			w.names[key] = name
		}
	}
}

// name is what people are told somebody is called: the configured name, else
// the one on the event, else the account's, else the address.
func (e *Engine) name(w *world, key string) string {
	if ct := e.contact(key); ct != nil && ct.Person.Name != "" {
		return ct.Person.Name
	}
	if m := w.byKey[key]; m != nil && m.account.Person.Name != "" {
		return m.account.Person.Name
	}
	if n := w.names[key]; n != "" {
		return n
	}
	return key
}

// maxName keeps a hostile name from filling a page.
const maxName = 60

// cleanName makes a name from an event fit for one line: no control
// characters, no address, not too long.
func cleanName(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if strings.ContainsRune(s, '@') || !utf8.ValidString(s) {
		return ""
	}
	if r := []rune(s); len(r) > maxName {
		s = string(r[:maxName])
	}
	return s
}

// contactsOf lists the keys of everybody an event of the account names.
func contactsOf(ev calendar.Event, d oneonone.Directory) []string {
	keys := []string{}
	if ev.Organizer != "" {
		keys = append(keys, d.Key(ev.Organizer))
	}
	for _, a := range ev.Attendees {
		keys = append(keys, d.Key(a.Address))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// zoneOf returns the zone in which a meeting is told, by name; UTC where an
// event carries a zone of its own making.
func zoneOf(t time.Time) string { return t.Location().String() }
