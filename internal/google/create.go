package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	gcal "google.golang.org/api/calendar/v3"

	"oneonone/internal/calendar"
)

// Create implements calendar.Author: one insert with the draft's id, never
// repeated, and for each exception that goes along one PATCH of the matching
// instance. The place is looked at first, so that what stands there costs no
// write. What an earlier call left undone is told by the carried mark on the
// instances; one that a person has touched since stays as that person left it.
// It is completed by the next call, or by the end of the old series (Part.Until).
//
// ErrConflict says that the id belongs to another event; ErrRefused that it
// belonged to one that somebody has deleted, which Google never gives again.
// A guest's own copy (Draft.Copy) is refused, because Google makes it itself.
func (c *Client) Create(ctx context.Context, d calendar.Draft) (calendar.Resource, error) {
	if d.Copy {
		return calendar.Resource{}, fmt.Errorf("%w: Google itself brings a meeting into the calendars of its guests", calendar.ErrRefused)
	}
	if !validID(d.ID) {
		return calendar.Resource{}, fmt.Errorf("%w: %.80q cannot name an event", calendar.ErrRefused, d.ID)
	}
	it, err := c.standing(ctx, d)
	if errors.Is(err, calendar.ErrNotFound) {
		it, err = c.insert(ctx, d)
	}
	if err != nil {
		return calendar.Resource{}, err
	}
	if len(d.Carry) > 0 {
		if err := c.carryAll(ctx, d, it); err != nil {
			return calendar.Resource{}, err
		}
		// Writing to instances may have changed the ETag of their series.
		if it, err = c.event(ctx, d.Calendar, d.ID); err != nil {
			return calendar.Resource{}, lost(err)
		}
	}
	return it.resource(d.Calendar), nil
}

// validID reports whether an event can have the id on every provider.
func validID(id string) bool {
	return len(id) >= 5 && len(id) <= 64 && !slices.ContainsFunc([]rune(id), func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'v')
	})
}

// standing returns the event with the draft's id when the program made it.
// ErrNotFound when there never was one.
func (c *Client) standing(ctx context.Context, d calendar.Draft) (item, error) {
	it, err := c.event(ctx, d.Calendar, d.ID)
	if err != nil {
		return item{}, err
	}
	e, err := decode(it.data)
	switch {
	case err != nil:
		return item{}, fmt.Errorf("%w: %w", calendar.ErrRefused, err)
	case it.Status == statusCancelled:
		return item{}, fmt.Errorf("%w: it stood there already, and somebody deleted it", calendar.ErrRefused)
	case !making(e):
		return item{}, fmt.Errorf("%w: its id belongs to another event", calendar.ErrConflict)
	}
	return it, nil
}

// insert makes the event and reads it back.
func (c *Client) insert(ctx context.Context, d calendar.Draft) (item, error) {
	want, err := draftOf(d)
	if err != nil {
		return item{}, fmt.Errorf("%w: %w", calendar.ErrRefused, err)
	}
	_, err = write(ctx, c, func(ctx context.Context) (*gcal.Event, error) {
		call := c.service.Events.Insert(d.Calendar, want).SendUpdates("none")
		if d.Notify && d.Own == calendar.OwnNone {
			call.SendUpdates("all")
		}
		if len(want.Attachments) > 0 {
			call.SupportsAttachments(true)
		}
		if want.ConferenceData != nil {
			call.ConferenceDataVersion(1)
		}
		return call.Context(ctx).Do(c.calls...)
	})
	var f *failure
	switch {
	case errors.As(err, &f) && f.code == http.StatusConflict:
		return c.standing(ctx, d) // Made by a request whose answer was lost.
	case errors.Is(err, calendar.ErrNotFound) && d.Calendar == c.aside:
		c.aside = "" // The person deleted it; it is made anew when it is next asked for.
		return item{}, err
	case err != nil:
		return item{}, err
	}
	it, err := c.event(ctx, d.Calendar, d.ID)
	if err != nil {
		return item{}, lost(err)
	}
	return it, confirmMade(want, it)
}

// confirmMade compares what Google has stored with what was asked for.
func confirmMade(want *gcal.Event, it item) error {
	got, err := decode(it.data)
	if err != nil {
		return lost(err)
	}
	a, _ := spanOf(want)
	b, _ := spanOf(got)
	// Google may drop what has no effect, such as an EXDATE that matches nothing,
	// or a guest who is named twice.
	missing := len(want.Recurrence) > 0 && len(got.Recurrence) == 0 || len(want.Attendees) > 0 && len(got.Attendees) == 0
	if !a.Equal(b) || missing || !making(got) {
		return fmt.Errorf("%w: Google answered with success and stored another event", calendar.ErrRefused)
	}
	return nil
}
