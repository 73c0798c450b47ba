package caldav

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"oneonone/internal/calendar"
	"oneonone/internal/icalendar"
)

// Create implements calendar.Author: one PUT with If-None-Match, never
// repeated, of an object with the name Draft.ID + ".ics" and the UID Draft.ID,
// and a GET whose answer is returned. All that a Draft carries along is in the one
// object, so that nothing can be left half done.
//
// The place is looked at first, because SOGo takes no notice of If-None-Match.
// An object with the UID that stands there already, or that the server has
// under another name in the same calendar, is returned as it is. ErrConflict
// says that the name or the UID is taken by something else, such as the event
// itself in another calendar to which the person has brought it.
func (c *Client) Create(ctx context.Context, d calendar.Draft) (calendar.Resource, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	col, err := c.open(ctx, d.Calendar)
	if err != nil {
		return calendar.Resource{}, err
	}
	if !icalendar.ValidID(d.ID) {
		return calendar.Resource{}, fmt.Errorf("%w: %.80q cannot name an event", calendar.ErrRefused, d.ID)
	}
	href := col.url.JoinPath(d.ID + ".ics").EscapedPath()
	if r, err := c.standing(ctx, col, d, href); err == nil || !errors.Is(err, calendar.ErrNotFound) {
		return r, err
	}
	// Only now: what d.Like says may no longer hold once the event stands.
	text, err := icalendar.Create(d, c.zone)
	if err != nil {
		return calendar.Resource{}, fmt.Errorf("%w: %w", calendar.ErrRefused, err)
	}
	err = c.put(ctx, col, href, request{isNew: true, quiet: !d.Notify, body: text})
	switch {
	case err == nil:
		r, err := c.standing(ctx, col, d, href)
		if errors.Is(err, calendar.ErrNotFound) {
			r, err = c.elsewhere(ctx, col, d) // Some servers choose the name themselves.
		}
		if err != nil {
			return r, unknown(fmt.Errorf("the event was accepted, but what is stored now cannot be read: %w", err))
		}
		return r, nil
	case !taken(err):
		return calendar.Resource{}, err
	}
	r, found := c.standing(ctx, col, d, href)
	if errors.Is(found, calendar.ErrNotFound) {
		r, found = c.elsewhere(ctx, col, d)
	}
	if errors.Is(found, calendar.ErrNotFound) {
		found = err
	}
	return r, found
}

// taken reports whether a server refused a new object because of one that there
// is already. Cyrus says so with 403, Radicale and SOGo with 409, Xandikos with
// 412 in all cases.
func taken(err error) bool {
	var late *conflict
	var status *statusError
	return errors.As(err, &late) || errors.As(err, &status) && status.element == "no-uid-conflict"
}

// standing returns what is at href when that is the event of d. ErrNotFound when
// there is nothing, ErrConflict when it is something else.
func (c *Client) standing(ctx context.Context, col collection, d calendar.Draft, href string) (calendar.Resource, error) {
	o, err := c.get(ctx, col, href)
	if err != nil {
		return calendar.Resource{}, err
	}
	r := calendar.Resource{Calendar: d.Calendar, Href: href, ETag: o.etag, Data: o.data}
	if !c.is(r.Data, d.ID) {
		return calendar.Resource{}, fmt.Errorf("%w: %s is another event", calendar.ErrConflict, href)
	}
	return r, nil
}

// is reports whether data is an object with that UID.
func (c *Client) is(data []byte, uid string) bool {
	events, err := icalendar.Parse(data, c.zone)
	return err == nil && len(events) > 0 && events[0].UID == uid
}

// elsewhere looks for the event of d in the whole calendar. ErrNotFound when it
// is not there.
func (c *Client) elsewhere(ctx context.Context, col collection, d calendar.Draft) (calendar.Resource, error) {
	// Not every server can search for a UID, and this is rare.
	a, err := c.report(ctx, col.url, "1", everyEvent, bulkLimit)
	if err != nil {
		return calendar.Resource{}, err
	}
	for _, it := range a.items {
		if _, _, ok := newCollection(a.url).member(it.href); ok && it.data != nil && it.etag != "" && c.is(it.data, d.ID) {
			return calendar.Resource{Calendar: d.Calendar, Href: it.href, ETag: it.etag, Data: it.data}, nil
		}
	}
	return calendar.Resource{}, calendar.ErrNotFound
}

// Delete implements calendar.Author: one DELETE with If-Match, never repeated,
// and a GET that has to find nothing. The guard looks at r and, since SOGo
// takes no notice of If-Match, at what is stored just before. Exceptions are no
// resources of their own here: Part.Until takes those out that go.
func (c *Client) Delete(ctx context.Context, r calendar.Resource, notify bool) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.deletable(r); err != nil {
		return err
	}
	col, err := c.open(ctx, r.Calendar)
	if err != nil {
		return err
	}
	path, _, ok := col.member(r.Href)
	if !ok {
		return fmt.Errorf("%w: %.80q does not lie in the calendar", calendar.ErrRefused, r.Href)
	}
	switch o, err := c.get(ctx, col, r.Href); {
	case errors.Is(err, calendar.ErrNotFound):
		return nil
	case err != nil:
		return err
	case o.etag != r.ETag:
		return fmt.Errorf("%w: its ETag is %s now", calendar.ErrConflict, o.etag)
	default:
		// SOGo counts its ETags anew when an object is deleted and made again.
		if err := c.deletable(calendar.Resource{Href: r.Href, ETag: o.etag, Data: o.data}); err != nil {
			return err
		}
	}
	sent, err := c.write(ctx, col, path, request{method: http.MethodDelete, ifMatch: string(r.ETag), quiet: !notify})
	var status *statusError
	if errors.As(err, &status) && (status.status == http.StatusNotFound || status.status == http.StatusGone) {
		return nil
	}
	if err := outcome(sent, err); err != nil {
		return err
	}
	_, err = c.get(ctx, col, r.Href)
	switch {
	case errors.Is(err, calendar.ErrNotFound):
		return nil
	case err == nil:
		err = errors.New("the server said that it had removed the event, but it is still there")
	}
	return unknown(err)
}

// deletable enforces R8.
func (c *Client) deletable(r calendar.Resource) error {
	if r.ETag == "" {
		return fmt.Errorf("%w: the server gives this event no ETag, without which somebody else's change could be lost", calendar.ErrRefused)
	}
	// A part that cannot be read may be anything.
	events, err := icalendar.Parse(r.Data, c.zone)
	if err != nil || len(events) == 0 {
		return fmt.Errorf("%w: what cannot be read is not removed", calendar.ErrRefused)
	}
	uid, master := events[0].UID, false
	for _, e := range events {
		whole := !e.IsException() && (e.Own != calendar.OwnNone || e.After != "")
		if e.UID != uid || !whole && !e.IsException() {
			return fmt.Errorf("%w: the event is not one of the program's own, and no meeting is ever removed", calendar.ErrRefused)
		}
		master = master || whole
	}
	if !master {
		return fmt.Errorf("%w: the event is a part of a series, and no meeting is ever removed", calendar.ErrRefused)
	}
	return nil
}
