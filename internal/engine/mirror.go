package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/span"
	"oneonone/internal/store"
)

// shelf is what an account's mirror was last read as. While nothing in the
// store has changed it is used again, and of what has changed only that is
// read anew.
type shelf struct {
	print  string // of all that the mirror was made from
	mirror *mirror
	parsed map[parsedKey]parsed
}

type parsedKey struct{ calendar, href string }

// parsed is what a resource was read as in one state and one zone.
type parsed struct {
	etag   calendar.ETag
	zone   string
	events []calendar.Event
	reason string // why it, or a part of it, was passed over
}

// mirror is one account's calendars as the store has them.
type mirror struct {
	account   *Account
	zone      *time.Location
	fresh     bool            // pulled without failure in this pass
	lost      map[string]lost // by id: calendars that could not be
	calendars []store.CalendarState
	series    []*series
	byUID     map[string]*series // of the calendars that hold 1:1s
	skipped   []Skipped
}

// Skipped is a resource that was passed over, with the reason.
type Skipped struct {
	Account, Calendar, Href, Reason string
}

// loadMirror reads the account's mirror, groups it into series and expands
// them in window.
func (e *Engine) loadMirror(ctx context.Context, a *Account, window span.Span) (*mirror, error) {
	cals, err := e.o.Store.Calendars(ctx, a.Name)
	if err != nil {
		return nil, err
	}
	old := e.shelf[a.Name]
	print := printOf(cals, homeZone(a, cals), window)
	if old.print != print {
		m := &mirror{account: a, calendars: cals, zone: homeZone(a, cals)}
		now := shelf{print: print, mirror: m, parsed: map[parsedKey]parsed{}}
		if err := e.readMirror(ctx, m, old.parsed, now.parsed); err != nil {
			return nil, err
		}
		for _, s := range m.series {
			s.expand(window)
		}
		e.shelf[a.Name], old = now, now
	}
	m := *old.mirror
	m.calendars, m.fresh, m.lost = cals, e.health[a.Name].fresh, maps.Clone(e.health[a.Name].lost)
	return &m, nil
}

// printOf is another text whenever a mirror has to be read again.
func printOf(cals []store.CalendarState, zone *time.Location, window span.Span) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %d %d", zone, window.Start.Unix(), window.End.Unix())
	for _, c := range cals {
		fmt.Fprintf(&b, "\n%q %q %t %t %d", c.ID, c.Name, c.Default, c.Writable, c.Revision)
	}
	return b.String()
}

// readMirror fills m with what the store holds of its account. Known is what
// resources were read as before, read is filled with what they are read as now.
func (e *Engine) readMirror(ctx context.Context, m *mirror, known, read map[parsedKey]parsed) error {
	name := m.account.Name
	versions, err := e.o.Store.Versions(ctx, name)
	if err != nil {
		return err
	}
	groups := grouping{}
	for _, v := range versions {
		key := parsedKey{v.Calendar, v.Href}
		p, ok := known[key]
		if !ok || p.etag != v.ETag || p.zone != m.zone.String() {
			if p, err = e.read(ctx, m, v); err != nil {
				return err
			}
		}
		read[key] = p
		if p.reason != "" {
			m.skipped = append(m.skipped, Skipped{name, v.Calendar, v.Href, p.reason})
		}
		for _, ev := range p.events {
			groups.add(ev, v.SeenAt, p.reason)
		}
	}
	unread, err := e.o.Store.Skipped(ctx, name)
	if err != nil {
		return err
	}
	for _, s := range unread {
		m.skipped = append(m.skipped, Skipped{name, s.Calendar, s.Href, s.Reason})
	}
	m.series = groups.sorted()
	m.index()
	return nil
}

// read returns what the resource of version v says.
func (e *Engine) read(ctx context.Context, m *mirror, v store.Version) (parsed, error) {
	res, found, err := e.o.Store.Resource(ctx, m.account.Name, v.Calendar, v.Href)
	if err != nil || !found {
		return parsed{}, err
	}
	p := parsed{etag: res.ETag, zone: m.zone.String()}
	if p.events, err = m.account.Provider.Parse(res.Resource, m.zone); err != nil {
		p.reason = err.Error()
	}
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

func (m *mirror) holdsOneOnOnes(id string) bool {
	c, ok := m.calendar(id)
	if !ok {
		return false
	}
	all := make([]calendar.Calendar, len(m.calendars))
	for i, x := range m.calendars {
		all[i] = x.Calendar
	}
	return HoldsOneOnOnes(m.account.Calendars, c.Calendar, all)
}

// HoldsOneOnOnes reports whether 1:1s are looked for in calendar c, one of all
// those of an account: in those the configuration names, else the default one,
// else, where the server names no default, every one that can be written.
func HoldsOneOnOnes(names []string, c calendar.Calendar, all []calendar.Calendar) bool {
	if len(names) > 0 {
		return slices.Contains(names, c.Name) || slices.Contains(names, c.ID)
	}
	if slices.ContainsFunc(all, func(x calendar.Calendar) bool { return x.Default }) {
		return c.Default
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
