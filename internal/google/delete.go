package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
	"oneonone/internal/recur"
)

// errMeeting enforces R8.
var errMeeting = fmt.Errorf("%w: no meeting is ever removed", calendar.ErrRefused)

// Delete implements calendar.Author: one DELETE with If-Match, never repeated.
// Whether an event may go is told by r, and for a meeting by what Google has now:
// a series that goes on from another goes only while that one still has
// meetings in its place, an exception only behind the end of its series.
//
// Google takes an event out of the guests' calendars only when it tells them
// (reference, section 3), so that they are told of the removal of a meeting
// whatever notify says: a meeting that only one of two people has is worse than
// a mail. A suggestion has one guest, the account's person, who is to get no
// mail: there the copy goes first, in the person's own name, and then the event.
func (c *Client) Delete(ctx context.Context, r calendar.Resource, notify bool) error {
	e, err := decode(r.Data)
	switch {
	case err != nil:
		return fmt.Errorf("%w: what cannot be read is not removed", calendar.ErrRefused)
	case e.Status == statusCancelled:
		return nil
	case r.ETag == "":
		return fmt.Errorf("%w: Google gives this event no ETag, without which somebody else's change could be lost", calendar.ErrRefused)
	case e.Organizer != nil && !e.Organizer.Self:
		return fmt.Errorf("%w: only the organizer's event is removed, the guests' copies go with it", calendar.ErrRefused)
	case ownOf(e) != calendar.OwnNone:
		return c.deleteOwn(ctx, r, e)
	}
	switch {
	case e.RecurringEventId != "":
		err = c.orphan(ctx, r, e)
	case afterOf(e) != "" && len(e.Recurrence) > 0:
		err = c.half(ctx, r, e)
	default:
		err = errMeeting
	}
	if err != nil {
		return err
	}
	return c.remove(ctx, r.Calendar, r.Href, r.ETag, notify || len(e.Attendees) > 0)
}

// remove sends one DELETE. What is gone already counts as removed.
func (c *Client) remove(ctx context.Context, calendarID, id string, etag calendar.ETag, notify bool) error {
	_, err := write(ctx, c, func(ctx context.Context) (struct{}, error) {
		call := c.service.Events.Delete(calendarID, id).SendUpdates("none").Context(ctx)
		if notify {
			call.SendUpdates("all")
		}
		call.Header().Set("If-Match", string(etag))
		return struct{}{}, call.Do(c.calls...)
	})
	if errors.Is(err, calendar.ErrNotFound) {
		return nil
	}
	return err
}

// orphan checks that e is an exception behind the end of its series.
func (c *Client) orphan(ctx context.Context, r calendar.Resource, e *gcal.Event) error {
	it, err := c.event(ctx, r.Calendar, e.RecurringEventId)
	if errors.Is(err, calendar.ErrNotFound) || err == nil && it.tombstone() {
		return fmt.Errorf("%w: its series is gone", errMeeting)
	}
	if err != nil {
		return err
	}
	if e.OriginalStartTime == nil {
		return errMeeting
	}
	original, err := readMoment(e.OriginalStartTime, time.UTC)
	if err != nil {
		return errMeeting
	}
	if meets, err := meetsFrom(it, original.at); err != nil || meets {
		return errors.Join(errMeeting, err)
	}
	return nil
}

// half checks that the series e goes on from another one that has not ended.
func (c *Client) half(ctx context.Context, r calendar.Resource, e *gcal.Event) error {
	start, err := readMoment(e.Start, time.UTC)
	if err != nil {
		return errMeeting
	}
	list, err := c.byUID(ctx, r.Calendar, afterOf(e))
	if err != nil {
		return err
	}
	for _, it := range list {
		if meets, err := meetsFrom(it, start.at); err == nil && meets && it.ID != r.Href {
			return nil
		}
	}
	return fmt.Errorf("%w: the series that it goes on from has no meeting in its place", errMeeting)
}

// meetsFrom reports whether a series has an occurrence planned at t or later.
func meetsFrom(it item, t time.Time) (bool, error) {
	g, err := decode(it.data)
	if err != nil || it.Status == statusCancelled || it.Series != "" {
		return false, err
	}
	e := calendar.Event{}
	if err := times(&e, g, time.UTC); err != nil {
		return false, err
	}
	if !e.Recurs() {
		return false, nil
	}
	set, err := recur.ParseSet(e.Start, e.AllDay, e.RRules, e.RDates, e.ExDates)
	if err != nil {
		return false, err
	}
	_, next, err := set.Neighbours(t.Add(-time.Nanosecond), recur.DefaultBudget)
	return !next.IsZero(), err
}

// byUID returns the events of a calendar with that iCalendar UID that are not
// deleted: with those of a series its exceptions.
func (c *Client) byUID(ctx context.Context, calendarID, uid string) ([]item, error) {
	return c.search(ctx, calendarID, func(call *gcal.EventsListCall) { call.ICalUID(uid) })
}

// search returns the events of a calendar that are not deleted and that only asks for.
func (c *Client) search(ctx context.Context, calendarID string, only func(*gcal.EventsListCall)) ([]item, error) {
	l := listing{byID: map[string]item{}}
	page := ""
	for range maxPages {
		var body []byte
		answer, err := read(ctx, c, func(ctx context.Context) (*gcal.Events, error) {
			call := c.service.Events.List(calendarID).MaxResults(pageSize)
			only(call)
			if page != "" {
				call.PageToken(page)
			}
			return call.Context(withAnswer(ctx, &body)).Do(c.calls...)
		})
		if err != nil {
			return nil, err
		}
		if err := l.addPage(body); err != nil {
			return nil, err
		}
		if page = answer.NextPageToken; page == "" {
			var list []item
			for _, id := range l.order {
				if it := l.byID[id]; it.Status != statusCancelled {
					list = append(list, it)
				}
			}
			return list, nil
		}
	}
	return nil, errors.New("looking for an event: Google's list does not end")
}

// deleteOwn removes an event of the program's own kinds, with its copy.
func (c *Client) deleteOwn(ctx context.Context, r calendar.Resource, e *gcal.Event) error {
	if len(e.Attendees) == 0 {
		return c.remove(ctx, r.Calendar, r.Href, r.ETag, false)
	}
	now, err := c.event(ctx, r.Calendar, r.Href)
	gone := errors.Is(err, calendar.ErrNotFound) || err == nil && now.tombstone()
	switch {
	case !gone && err != nil:
		return err
	case !gone && now.ETag != r.ETag && !refusedSince(r.Data, now.data):
		return calendar.ErrConflict
	}
	if err := c.deleteCopies(ctx, r, e); err != nil || gone {
		return err
	}
	if now, err = c.event(ctx, r.Calendar, r.Href); err != nil {
		return lost(err)
	}
	if now.tombstone() {
		return nil
	}
	if now.ETag != r.ETag && !refusedSince(r.Data, now.data) {
		return calendar.ErrConflict
	}
	return c.remove(ctx, r.Calendar, r.Href, now.ETag, false)
}

// deleteCopies takes the guest's copies of r out of the person's calendar. One
// that has been answered since r was read stays, with the answer.
func (c *Client) deleteCopies(ctx context.Context, r calendar.Resource, e *gcal.Event) error {
	list, err := c.byUID(ctx, primary, e.ICalUID)
	if err != nil {
		return err
	}
	for _, it := range list {
		copied, err := decode(it.data)
		if err != nil || it.ID == r.Href && copied.Organizer != nil && copied.Organizer.Self || ownOf(copied) == calendar.OwnNone {
			continue // It stands in the person's own calendar itself.
		}
		if !sameAnswers(e, copied) {
			return fmt.Errorf("%w: it has been answered", calendar.ErrConflict)
		}
		if err := c.remove(ctx, primary, it.ID, it.ETag, false); err != nil {
			return err
		}
	}
	return nil
}

// primary is Google's name for the calendar of whoever asks.
const primary = "primary"

func sameAnswers(a, b *gcal.Event) bool {
	answers := map[string]string{}
	for _, x := range a.Attendees {
		answers[calendar.Address(x.Email)] = x.ResponseStatus
	}
	for _, x := range b.Attendees {
		if answers[calendar.Address(x.Email)] != x.ResponseStatus {
			return false
		}
	}
	return true
}

// refusedSince reports whether an event says what it said, but that its guest has
// declined since. That is what becomes of it when the copy is taken away, be it
// by the person or by an earlier attempt to remove it.
func refusedSince(before, after []byte) bool {
	var x, y map[string]any
	if json.Unmarshal(before, &x) != nil || json.Unmarshal(after, &y) != nil {
		return false
	}
	for _, e := range []map[string]any{x, y} {
		for _, name := range []string{"etag", "updated", "sequence"} {
			delete(e, name)
		}
	}
	guests, _ := y["attendees"].([]any)
	for _, g := range guests {
		if a, ok := g.(map[string]any); !ok || a["responseStatus"] != "declined" {
			return false
		}
	}
	delete(x, "attendees")
	delete(y, "attendees")
	return reflect.DeepEqual(x, y)
}
