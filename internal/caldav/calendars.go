package caldav

import (
	"context"
	"errors"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"oneonone/internal/calendar"
	"oneonone/internal/zone"
)

// Calendars lists the calendars of the account that hold events: everything in
// its homes, and the URL of the options itself when that is a calendar. What
// discovery found is kept; when the server no longer knows it, or shows no
// calendar there, it is made again.
func (c *Client) Calendars(ctx context.Context) ([]calendar.Calendar, error) {
	if c.account != nil {
		list, err := c.list(ctx)
		if !errors.Is(err, calendar.ErrNotFound) && (err != nil || len(list) > 0) {
			return list, err
		}
		// A server in trouble may have named no better place the first time.
		c.account = nil
	}
	if err := c.ensureAccount(ctx); err != nil {
		return nil, err
	}
	return c.list(ctx)
}

func (c *Client) ensureAccount(ctx context.Context) (err error) {
	if c.account == nil {
		c.account, err = c.discover(ctx)
	}
	return err
}

// catalogue is what the homes list.
type catalogue struct {
	calendars []calendar.Calendar
	standard  []string // keys of the calendars that new events go to
}

// list reads the homes.
func (c *Client) list(ctx context.Context) ([]calendar.Calendar, error) {
	var all catalogue
	var failure error
	readable := 0
	for _, home := range c.account.homes {
		err := c.look(ctx, &all, home, "1")
		switch {
		case err == nil:
			readable++
		case refused(err):
			// A home shared by somebody else may be closed without notice.
			c.log.Warn("a place for calendars cannot be read; the others are used", "home", home.Redacted(), "err", err)
			failure = err
		default:
			return nil, err
		}
	}
	if readable == 0 && failure != nil {
		return nil, failure
	}
	if given := c.account.given; given != nil && !all.holds(given) {
		if err := c.look(ctx, &all, given, "0"); err != nil {
			return nil, err
		}
	}
	for i, k := range all.calendars {
		all.calendars[i].Default = slices.Contains(all.standard, keyOf(k))
	}
	return all.calendars, nil
}

// look adds to all what stands at u, and inside it if depth is "1".
func (c *Client) look(ctx context.Context, all *catalogue, u *url.URL, depth string) error {
	a, err := c.propfind(ctx, u, depth, listCalendars, bulkLimit)
	if err != nil {
		return err
	}
	for _, it := range a.items {
		if it.defaultCalendar != "" {
			if u, err := resolve(a.url, it.defaultCalendar); err == nil {
				all.standard = append(all.standard, newCollection(u).key)
			}
		}
		all.calendars = c.add(all.calendars, a.url, it)
	}
	return nil
}

func (all *catalogue) holds(u *url.URL) bool {
	return slices.ContainsFunc(all.calendars, func(k calendar.Calendar) bool { return keyOf(k) == newCollection(u).key })
}

// keyOf returns the canonical path of a calendar.
func keyOf(k calendar.Calendar) string {
	u, err := url.Parse(k.ID)
	if err != nil {
		return "" // never: the ID was made from a URL
	}
	return newCollection(u).key
}

// add appends the calendar that it describes, if it is one that holds events
// and is not in the list yet.
func (c *Client) add(list []calendar.Calendar, base *url.URL, it item) []calendar.Calendar {
	if !it.calendar || it.other || it.hasComponents && !it.events {
		return list
	}
	u, err := c.named(base, it.href)
	if err != nil || it.href == "" {
		return list
	}
	id := u.String()
	if slices.ContainsFunc(list, func(k calendar.Calendar) bool { return k.ID == id }) {
		return list
	}
	l := c.learnt(id)
	l.noSync = it.hasReports && !it.sync
	name := it.name
	if name == "" {
		name = path.Base(u.Path)
	}
	return append(list, calendar.Calendar{
		ID:       id,
		Name:     name,
		Zone:     calendarZone(it.timezone),
		Writable: it.write || !it.hasPrivileges,
		Delivers: c.account.delivers,
	})
}

// calendarZone returns the zone that a calendar-timezone property names, nil
// when it names none that is known (RFC 4791 §5.2.2).
func calendarZone(ics string) *time.Location {
	for line := range strings.Lines(ics) {
		key, id, ok := strings.Cut(strings.TrimSpace(line), ":")
		key, _, _ = strings.Cut(key, ";")
		if ok && strings.EqualFold(key, "TZID") {
			loc, err := zone.Resolve(id, nil)
			if err != nil {
				return nil
			}
			return loc
		}
	}
	return nil
}

// learnt is what experience with a calendar taught; it is lost on restart.
type learnt struct {
	noSync     bool // sync-collection is not offered
	deadTokens int  // tokens that died one after the other
	noMultiget bool
	moved      *url.URL // where the server sends requests for it, nil if nowhere else
	batch      int      // objects that one multiget asks for
}

// syncs reports whether sync-collection is worth a try. Some servers offer it
// and refuse every token they gave.
func (l *learnt) syncs() bool { return !l.noSync && l.deadTokens < 2 }

func (c *Client) learnt(id string) *learnt {
	l := c.calendars[id]
	if l == nil {
		l = &learnt{batch: firstBatch}
		c.calendars[id] = l
	}
	return l
}

// open returns the collection that a Calendar.ID names, after a look at where
// the password may go if the ID is on another host than the start.
func (c *Client) open(ctx context.Context, id string) (collection, error) {
	u, err := url.Parse(id)
	if err != nil || u.Host == "" {
		return collection{}, errors.New("the calendar's address cannot be read")
	}
	if !c.trusted[origin(u)] {
		if err := c.ensureAccount(ctx); err != nil {
			return collection{}, err
		}
	}
	if moved := c.learnt(id).moved; moved != nil {
		u = moved
	}
	return newCollection(u), nil
}
