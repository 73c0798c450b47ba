package google

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
)

// The program's own calendar is known by the mark in its description, so that
// the person can give it another name. The mark never changes: calendars in the
// field hold it.
const (
	asideName = "oneonone"
	asideMark = "[oneonone: suggestions]"
	asideText = "Suggestions about your 1:1s come from this calendar as invitations: answer yes, no or maybe. " +
		"It can be hidden or renamed; when it is deleted it is made anew. " + asideMark
)

// OwnCalendar implements calendar.Aside. Of several such calendars, which a lost
// answer and a slow list can lead to, the first by id counts, for every
// installation alike. One that the person has deleted is made anew.
func (c *Client) OwnCalendar(ctx context.Context) (calendar.Calendar, error) {
	if c.aside != "" {
		return ownCalendar(c.aside), nil
	}
	// Only a list that was read to its end says that there is none.
	entries, err := c.calendarList(ctx)
	if err != nil {
		return calendar.Calendar{}, err
	}
	if _, err = c.findAside(ctx, entries); err != nil {
		return calendar.Calendar{}, err
	}
	if c.aside == "" {
		if c.aside, err = c.makeAside(ctx, entries); err != nil {
			return calendar.Calendar{}, fmt.Errorf("making the calendar that suggestions come from: %w", err)
		}
	}
	return ownCalendar(c.aside), nil
}

// ownCalendar describes the program's own calendar: it holds no 1:1s.
func ownCalendar(id string) calendar.Calendar {
	return calendar.Calendar{ID: id, Name: asideName, Writable: true, Delivers: true}
}

func (c *Client) makeAside(ctx context.Context, entries []*gcal.CalendarListEntry) (string, error) {
	want := &gcal.Calendar{Summary: asideName, Description: asideText}
	if i := slices.IndexFunc(entries, func(e *gcal.CalendarListEntry) bool { return e.Primary }); i >= 0 {
		want.TimeZone = entries[i].TimeZone
	}
	made, err := write(ctx, c, func(ctx context.Context) (*gcal.Calendar, error) {
		return c.service.Calendars.Insert(want).Context(ctx).Do(c.calls...)
	})
	if err != nil {
		return "", err
	}
	return made.Id, nil
}

// findAside remembers the program's own calendar. One that has just been made
// may not be in the list yet: it is asked for by its id, and added.
func (c *Client) findAside(ctx context.Context, entries []*gcal.CalendarListEntry) ([]*gcal.CalendarListEntry, error) {
	known := c.aside
	if c.aside = asideIn(entries); c.aside != "" || known == "" {
		return entries, nil
	}
	e, err := read(ctx, c, func(ctx context.Context) (*gcal.CalendarListEntry, error) {
		return c.service.CalendarList.Get(known).Context(ctx).Do(c.calls...)
	})
	switch {
	case errors.Is(err, calendar.ErrNotFound) || err == nil && e.Deleted:
		return entries, nil
	case err != nil:
		c.aside = known
		return nil, fmt.Errorf("looking for the calendar that suggestions come from: %w", err)
	}
	c.aside = known
	return append(entries, e), nil
}

// asideIn returns the id of the program's own calendar, "" when there is none.
func asideIn(entries []*gcal.CalendarListEntry) string {
	id := ""
	for _, e := range entries {
		if isAside(e) && (id == "" || e.Id < id) {
			id = e.Id
		}
	}
	return id
}

func isAside(e *gcal.CalendarListEntry) bool {
	return !e.Primary && !e.Deleted && e.AccessRole == roleOwner && strings.Contains(e.Description, asideMark)
}
