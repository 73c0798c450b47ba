package engine

import (
	"context"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/store"
)

// parsedCache keeps what a resource was read as, so that a pass only reads what
// has changed. Its entries belong to one ETag and one zone.
type parsedCache map[parsedKey]parsed

type parsedKey struct{ account, calendar, href string }

type parsed struct {
	etag   calendar.ETag
	zone   string
	events []calendar.Event
	reason string // why it was passed over
}

// mirror is one account's calendars as the store has them.
type mirror struct {
	account   *Account
	zone      *time.Location
	fresh     bool // pulled without failure in this pass
	calendars []store.CalendarState
	series    []*series
	byUID     map[string]*series // of the calendars that hold 1:1s
	skipped   []Skipped
}

// Skipped is a resource that was passed over, with the reason.
type Skipped struct {
	Account, Calendar, Href, Reason string
}

// loadMirror reads the account's mirror and groups it into series.
func (e *Engine) loadMirror(ctx context.Context, a *Account) (*mirror, error) {
	cals, err := e.o.Store.Calendars(ctx, a.Name)
	if err != nil {
		return nil, err
	}
	m := &mirror{account: a, calendars: cals, fresh: e.health[a.Name].fresh}
	m.zone = homeZone(a, cals)
	versions, err := e.o.Store.Versions(ctx, a.Name)
	if err != nil {
		return nil, err
	}
	groups := grouping{}
	for _, v := range versions {
		p, err := e.read(ctx, m, v)
		if err != nil {
			return nil, err
		}
		if p.reason != "" {
			m.skipped = append(m.skipped, Skipped{a.Name, v.Calendar, v.Href, p.reason})
		}
		for _, ev := range p.events {
			groups.add(ev, v.SeenAt)
		}
	}
	unread, err := e.o.Store.Skipped(ctx, a.Name)
	if err != nil {
		return nil, err
	}
	for _, s := range unread {
		m.skipped = append(m.skipped, Skipped{a.Name, s.Calendar, s.Href, s.Reason})
	}
	m.series = groups.sorted()
	m.index()
	return m, nil
}

// read returns what the resource of version v says, from the cache if it can.
func (e *Engine) read(ctx context.Context, m *mirror, v store.Version) (parsed, error) {
	key := parsedKey{m.account.Name, v.Calendar, v.Href}
	if p, ok := e.parsed[key]; ok && p.etag == v.ETag && p.zone == m.zone.String() {
		return p, nil
	}
	res, found, err := e.o.Store.Resource(ctx, m.account.Name, v.Calendar, v.Href)
	if err != nil || !found {
		return parsed{}, err
	}
	p := parsed{etag: v.ETag, zone: m.zone.String()}
	p.events, err = m.account.Provider.Parse(res.Resource, m.zone)
	if err != nil {
		p.events, p.reason = nil, err.Error()
	}
	e.parsed[key] = p
	return p, nil
}

// homeZone is the zone in which a's all-day and floating events are read.
func homeZone(a *Account, cals []store.CalendarState) *time.Location {
	if a.Person.Zone != nil {
		return a.Person.Zone
	}
	for _, c := range cals {
		if c.Zone != nil {
			return c.Zone
		}
	}
	return time.UTC
}

// index finds the series by UID. With two copies of one UID the one in the
// calendar that holds 1:1s counts, then the first.
func (m *mirror) index() {
	m.byUID = make(map[string]*series, len(m.series))
	for _, s := range m.series {
		s.home = m.holdsOneOnOnes(s.calendar)
		old, ok := m.byUID[s.uid]
		if !ok || (s.home && !old.home) {
			m.byUID[s.uid] = s
		}
	}
}

// holdsOneOnOnes reports whether 1:1s are looked for in the calendar: in those
// the configuration names, else the default one, else, where the server names
// no default, every one that can be written.
func (m *mirror) holdsOneOnOnes(id string) bool {
	c, ok := m.calendar(id)
	if !ok {
		return false
	}
	if len(m.account.Calendars) > 0 {
		for _, name := range m.account.Calendars {
			if name == c.Name || name == c.ID {
				return true
			}
		}
		return false
	}
	for _, x := range m.calendars {
		if x.Default {
			return c.Default
		}
	}
	return c.Writable
}

func (m *mirror) calendar(id string) (store.CalendarState, bool) {
	for _, c := range m.calendars {
		if c.ID == id {
			return c, true
		}
	}
	return store.CalendarState{}, false
}
